"""Integrated gradients of the network's words."""

import pytest
import torch

from ml.attribution import word_weights
from ml.model import POOLING, Architecture, SentimentLSTM
from ml.vocabulary import PADDING, UNKNOWN

IDS = torch.tensor([4, 9, UNKNOWN, 2, 17, 9])


def network(pooling: str = "max-mean") -> SentimentLSTM:
    torch.manual_seed(1)
    made = SentimentLSTM(Architecture(20, 6, 5, True, pooling, dropout=0.5)).eval().requires_grad_(False)
    made.embedding.weight.mul_(20)  # as far from linear as a trained one
    return made


@pytest.mark.parametrize("pooling", POOLING)
def test_the_weights_sum_up_to_what_the_words_change(pooling: str) -> None:
    made = network(pooling)
    change = made(IDS.unsqueeze(0)) - made(torch.full_like(IDS, UNKNOWN).unsqueeze(0))
    weights = word_weights(made, IDS, steps=200)
    assert weights.sum().item() == pytest.approx(change.item(), rel=0.01, abs=0.005)
    assert word_weights(made, IDS, temperature=2.0, steps=200).tolist() == pytest.approx((weights / 2).tolist())


def test_a_word_that_is_unknown_and_padding_weigh_nothing() -> None:
    made = network()
    weights = word_weights(made, IDS)
    assert weights[2] == 0
    assert weights.abs().sum() > 0
    padded = word_weights(made, torch.cat([IDS, torch.tensor([PADDING, PADDING])]))
    assert padded.tolist() == pytest.approx([*weights.tolist(), 0, 0], abs=1e-6)


def test_explaining_leaves_no_trace_in_the_network() -> None:
    made = network().requires_grad_(True)
    word_weights(made, IDS)
    assert all(parameter.grad is None and parameter.requires_grad for parameter in made.parameters())
