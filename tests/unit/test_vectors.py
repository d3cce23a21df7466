"""Word vectors from the company that words keep."""

import random

import pytest
import torch

from ml import vectors
from ml.vectors import word_vectors

FRUITS, TOOLS, EATING, BUILDING = [2, 3], [4, 5], [6, 7, 8], [9, 10, 11]


def texts() -> list[torch.Tensor]:
    """Fruits stand among words of eating, tools among words of building; 12 never occurs, 1 is unknown."""
    chance = random.Random(1)
    rows = []
    for number in range(400):
        thing, company = (FRUITS, EATING) if number % 2 else (TOOLS, BUILDING)
        rows.append(torch.tensor([chance.choice(company), chance.choice(thing), 1, chance.choice(company)]))
    return rows


def test_words_in_like_company_get_like_vectors() -> None:
    torch.manual_seed(1)
    found = word_vectors(texts(), vocabulary_size=13, dimension=4)
    alike = found @ found.T
    assert alike[2, 3] > 0.9
    assert alike[4, 5] > 0.9
    assert alike[2:4, 4:6].max() < 0.3


def test_vectors_have_length_1_and_ids_without_company_none() -> None:
    lengths = word_vectors(texts(), vocabulary_size=13, dimension=4).norm(dim=1)
    assert torch.allclose(lengths[2:12], torch.ones(10))
    assert lengths[[0, 1, 12]].max() == 0


def test_texts_are_no_company_to_one_another() -> None:
    torch.manual_seed(1)
    found = word_vectors([torch.tensor([2, 3])] * 9 + [torch.tensor([4, 5])] * 9, vocabulary_size=6, dimension=4)
    assert (found @ found.T)[2:4, 4:6].abs().max() < 1e-4


def test_more_dimensions_than_words_are_zeros() -> None:
    assert word_vectors([torch.tensor([2, 3, 2])], vocabulary_size=4, dimension=10).shape == (4, 10)


def test_the_same_seed_gives_the_same_vectors() -> None:
    both = []
    for _ in range(2):
        torch.manual_seed(7)
        both.append(word_vectors(texts(), vocabulary_size=13, dimension=4))
    assert torch.equal(*both)


def test_the_rarest_words_of_a_very_large_vocabulary_get_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "FREQUENT", 8)
    lengths = word_vectors(texts(), vocabulary_size=13, dimension=4).norm(dim=1)
    assert torch.allclose(lengths[2:4], torch.ones(2))
    assert lengths[8:].tolist() == [0.0] * 5
