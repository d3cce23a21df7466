"""How much each word of a text moved the model, towards positive or negative.

Integrated gradients (Sundararajan, Taly and Yan, 2017, https://arxiv.org/abs/1703.01365): the gradient of the logit by
each word's embedding, averaged over the way from a text of unknown words to the text itself, times that way.
"""

import torch
from torch import Tensor

from ml.model import SentimentLSTM
from ml.vocabulary import PADDING, UNKNOWN

STEPS = 4  # points on the way, scored as one batch; more find hardly better words (benchmarks/explanations.py)


def word_weights(network: SentimentLSTM, ids: Tensor, temperature: float = 1.0, steps: int = STEPS) -> Tensor:
    """What each of the words `ids` (T,) of one text adds to the calibrated logit: (T,), above 0 towards positive.

    They sum up, nearly, to the logit less that of as many unknown words; `temperature` is as in `predict`.
    """
    rows = ids.unsqueeze(0).expand(steps, -1)  # (S, T)
    # cuDNN takes an LSTM back only while it trains.
    with torch.enable_grad(), torch.backends.cudnn.flags(enabled=False):
        text = network.embedding(ids).detach()  # (T, E)
        way = text - network.embedding(torch.full_like(ids, UNKNOWN)).detach()
        # The middles of equal parts of the way: the midpoint rule.
        shares = (torch.arange(steps, device=ids.device) + 0.5) / steps
        points = (text - (1 - shares).view(-1, 1, 1) * way).requires_grad_()
        logits = network.judge(points, rows)
        (gradients,) = torch.autograd.grad(logits.sum(), points)
    return (way * gradients.mean(dim=0)).sum(dim=-1).where(ids != PADDING, 0.0) / temperature
