"""The linear model of n-grams."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from ml import ngrams

SIZE = 9  # of the vocabulary
rows = st.lists(st.lists(st.integers(1, SIZE - 1), min_size=1, max_size=8), min_size=1, max_size=6)


@given(rows)
def test_each_ngram_of_a_text_has_one_code_of_its_own(texts: list[list[int]]) -> None:
    found = ngrams.find([torch.tensor(text) for text in texts], SIZE)
    codes: dict[tuple[int, ...], int] = {}
    for number, text in enumerate(texts):
        grams = {tuple(text[i : i + n]) for n in (1, 2, 3) for i in range(len(text) - n + 1)}
        assert (found.texts == number).sum() == len(grams)
        for gram in grams:
            alone = ngrams.find([torch.tensor(gram)], SIZE).codes
            whole = set(alone.tolist()) - {
                code for part in (gram[1:], gram[:-1]) if part for code in _codes(torch.tensor(part))
            }
            codes[gram] = whole.pop() if whole else codes[gram[:1]]
    assert len(set(codes.values())) == len(codes)


def _codes(row: Tensor) -> list[int]:
    return ngrams.find([row], SIZE).codes.tolist()


def test_an_order_of_words_is_learnt() -> None:
    good, bad = [[3, 4, 2], [2, 3, 4], [5, 3, 4]], [[4, 3, 2], [2, 4, 3], [5, 4, 3]]
    texts = [torch.tensor(row) for row in good + bad]
    labels = torch.tensor([1.0] * 3 + [0.0] * 3)
    model = ngrams.fit(texts, labels, SIZE)
    assert ((model.logits(texts) > 0) == (labels == 1)).all()
    assert model.logits([torch.tensor([6, 3, 4])]) > 0 > model.logits([torch.tensor([6, 4, 3])])


def test_a_text_of_new_ngrams_gets_the_bias_alone() -> None:
    model = ngrams.fit([torch.tensor([2, 3])] * 2 + [torch.tensor([4])] * 2, torch.tensor([1.0, 1, 0, 0]), SIZE)
    assert model.logits([torch.tensor([7, 8])]) == model.bias


def test_ngrams_of_a_single_text_are_left_out() -> None:
    model = ngrams.fit([torch.tensor([2, 3]), torch.tensor([2, 4])], torch.tensor([1.0, 0.0]), SIZE)
    assert len(model.codes) == 1


def test_the_weights_have_the_least_loss() -> None:
    torch.manual_seed(1)
    texts = [torch.randint(2, SIZE, (6,)) for _ in range(40)]
    labels = torch.tensor([float((row == 3).any()) for row in texts])
    model = ngrams.fit(texts, labels, SIZE)
    assert ((model.logits(texts) > 0) == (labels == 1)).float().mean() > 0.95


def test_where_no_ngram_is_shared_there_is_the_bias_alone() -> None:
    model = ngrams.fit([torch.tensor([2]), torch.tensor([3])], torch.tensor([1.0, 0.0]), SIZE)
    assert model.logits([torch.tensor([2]), torch.tensor([4, 5])]).tolist() == [model.bias] * 2
