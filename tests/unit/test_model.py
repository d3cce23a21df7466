"""The network."""

import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.model import POOLING, Architecture, SentimentLSTM
from ml.vocabulary import PADDING, pad

WORDS = 50


def network(bidirectional: bool, pooling: str) -> SentimentLSTM:
    torch.manual_seed(0)
    return SentimentLSTM(Architecture(WORDS, 8, 12, bidirectional, pooling, dropout=0.5, embedding_dropout=0.25)).eval()


NETWORKS = [network(*choice) for choice in itertools.product([False, True], POOLING)]
texts = st.lists(st.integers(1, WORDS - 1), min_size=1, max_size=40)


@settings(deadline=None, max_examples=40)
@given(st.lists(texts, min_size=1, max_size=6), st.integers(0, 30))
def test_a_score_depends_neither_on_neighbours_nor_on_padding(rows: list[list[int]], extra: int) -> None:
    together = torch.tensor([row + [PADDING] * extra for row in pad(rows)])
    for each in NETWORKS:
        alone = torch.cat([each.predict(torch.tensor([row])) for row in rows])
        assert torch.allclose(each.predict(together), alone, rtol=0, atol=1e-6)


@pytest.mark.parametrize("each", NETWORKS)
def test_word_order_matters(each: SentimentLSTM) -> None:
    there, back = each.predict(torch.tensor([[2, 9, 30, 4], [4, 30, 9, 2]]))
    assert abs(there - back) > 1e-6


def test_the_backward_direction_reads_from_the_last_real_word() -> None:
    """Its states are those of an LSTM that PyTorch itself runs backwards over the unpadded row."""
    ours = network(bidirectional=True, pooling="last")
    theirs = torch.nn.LSTM(8, 12, batch_first=True, bidirectional=True)
    assert ours.backward_lstm is not None
    own = ours.forward_lstm.state_dict() | {
        f"{name}_reverse": tensor for name, tensor in ours.backward_lstm.state_dict().items()
    }
    theirs.load_state_dict(own)
    row = torch.tensor([[7, 3, 21]])
    _, (last, _) = theirs(ours.embedding(row))
    expected = ours.linear(torch.cat([last[0], last[1]], dim=-1)).squeeze(-1)
    padded = torch.tensor([[7, 3, 21, PADDING, PADDING]])
    assert torch.allclose(ours(padded), expected, atol=1e-6)


def test_pooling_is_over_the_real_words_only() -> None:
    each = NETWORKS[0]
    ids = torch.tensor([[7, 3, 21, PADDING, PADDING]])
    states, _ = each.forward_lstm(each.embed(ids))
    expected = torch.cat([states[0, :3].amax(dim=0), states[0, :3].mean(dim=0)])
    assert torch.allclose(each(ids), each.linear(expected), atol=1e-6)


def test_dropout_is_that_of_the_masks_and_of_nothing_else() -> None:
    """A dimension is dropped from all words of a text, and what is left makes up for it."""
    each = network(bidirectional=True, pooling="max").train()
    ids = torch.tensor([[7, 3, 21, 9]] * 400)
    assert torch.equal(each(ids), each(ids))
    masks = each.draw_masks(400)
    assert masks.embedding is not None
    assert masks.pooled is not None
    assert masks.embedding.shape == (400, 1, 8)
    assert masks.embedding.unique().tolist() == pytest.approx([0.0, 1 / 0.75])
    assert masks.embedding.mean() == pytest.approx(1, abs=0.05)
    assert set(masks.pooled.unique().tolist()) == {0.0, 2.0}
    some = slice(3, None, 2)
    assert torch.allclose(each(ids, masks)[some], each(ids[some], masks[some]), atol=1e-6)
    assert torch.equal(each.embed(ids, masks), each.embed(ids) * masks.embedding)


def test_without_rates_no_mask_is_drawn() -> None:
    masks = SentimentLSTM(Architecture(WORDS, 8, 12, True, "max", 0.0)).draw_masks(5)
    assert masks.embedding is None
    assert masks.pooled is None


def test_temperature_pulls_towards_a_half() -> None:
    each, row = NETWORKS[0], torch.tensor([[5, 6]])
    cold, hot = each.predict(row), each.predict(row, temperature=100.0)
    assert abs(hot - 0.5) < abs(cold - 0.5)


def test_the_embedding_of_padding_is_zero() -> None:
    assert not NETWORKS[0].embedding.weight[PADDING].any()


def test_an_architecture_survives_json_and_refuses_nonsense() -> None:
    architecture = Architecture(WORDS, 8, 12, True, "last", 0.0)
    assert Architecture.from_dict(architecture.to_dict()) == architecture
    with pytest.raises(ValueError, match="'pooling' must be one of"):
        Architecture.from_dict(architecture.to_dict() | {"pooling": "min"})
    with pytest.raises(ValueError, match="'hidden_dim' must be of type int"):
        Architecture.from_dict(architecture.to_dict() | {"hidden_dim": 1.5})
