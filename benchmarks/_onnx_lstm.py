"""The network as an ONNX graph: one bidirectional LSTM, maximum and mean over the words."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import quantize_dynamic
from torch import Tensor, from_numpy

from ml.model import SentimentLSTM
from ml.vocabulary import PADDING


def runner(network: SentimentLSTM, quantised: bool) -> Callable[[Tensor], Tensor]:
    """Logits (B,) of ids (B, T) by ONNX Runtime on one thread; `quantised`: the LSTM's weights in int8."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.onnx")
        onnx.save(_graph(network), path)
        if quantised:
            quantize_dynamic(path, path, op_types_to_quantize=["LSTM"])
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def run(ids: Tensor) -> Tensor:
        ids = ids.t().contiguous()
        inputs = {
            "ids": ids.numpy(),
            "lengths": (ids != PADDING).sum(dim=0).int().numpy(),
            # States of padding are 0: minus 1 takes them below every other.
            "lowered": -(ids == PADDING).float()[:, None, :, None].numpy(),
        }
        return from_numpy(session.run(["logits"], inputs)[0]).squeeze(-1)

    return run


def _graph(network: SentimentLSTM) -> onnx.ModelProto:
    if network.backward_lstm is None or network.pooling != "max-mean":
        raise ValueError("only a network of two directions with max-mean pooling is translated")
    lstms = (network.forward_lstm, network.backward_lstm)
    biases = [numpy.concatenate([_gates(lstm.bias_ih_l0), _gates(lstm.bias_hh_l0)]) for lstm in lstms]
    constants = {
        "embedding": network.embedding.weight.detach().numpy(),
        "W": numpy.stack([_gates(lstm.weight_ih_l0) for lstm in lstms]),
        "R": numpy.stack([_gates(lstm.weight_hh_l0) for lstm in lstms]),
        "B": numpy.stack(biases),
        # For each direction its maxima and means; ONNX's one node for both directions gives the maxima of both first.
        "weight": network.linear.weight.detach().reshape(2, 2, -1).transpose(0, 1).reshape(-1, 1).numpy(),
        "bias": network.linear.bias.detach().numpy(),
        "time": numpy.array([0]),
        "last": numpy.array([1]),
    }
    hidden = network.forward_lstm.hidden_size
    nodes = [
        helper.make_node("Gather", ["embedding", "ids"], ["embedded"]),
        helper.make_node(
            "LSTM", ["embedded", "W", "R", "B", "lengths"], ["states"], direction="bidirectional", hidden_size=hidden
        ),  # (T, 2, B, H)
        helper.make_node("Add", ["states", "lowered"], ["real"]),
        helper.make_node("ReduceMax", ["real", "time"], ["highest"], keepdims=0),
        helper.make_node("ReduceSum", ["states", "time"], ["sum"], keepdims=0),
        helper.make_node("Cast", ["lengths"], ["counts"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["counts", "last"], ["divisors"]),
        helper.make_node("Div", ["sum", "divisors"], ["mean"]),
    ]
    for name in ("highest", "mean"):
        nodes.append(helper.make_node("Transpose", [name], [f"{name} of each"], perm=[1, 0, 2]))
        nodes.append(helper.make_node("Flatten", [f"{name} of each"], [f"{name} flat"]))
    nodes.append(helper.make_node("Concat", ["highest flat", "mean flat"], ["pooled"], axis=1))
    nodes.append(helper.make_node("Gemm", ["pooled", "weight", "bias"], ["logits"]))
    graph = helper.make_graph(
        nodes,
        "sentiment",
        [
            helper.make_tensor_value_info("ids", TensorProto.INT64, ["T", "N"]),
            helper.make_tensor_value_info("lengths", TensorProto.INT32, ["N"]),
            helper.make_tensor_value_info("lowered", TensorProto.FLOAT, ["T", 1, "N", 1]),
        ],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", 1])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)


def _gates(weights: Any) -> numpy.ndarray:
    """PyTorch's order input, forget, cell, output as ONNX has it: input, output, forget, cell."""
    entry, forget, cell, output = numpy.split(weights.detach().numpy(), 4)
    return numpy.concatenate([entry, output, forget, cell])
