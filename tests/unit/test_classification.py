"""What a network learns from labels, from pushed texts, and from texts without labels."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from ml import classification
from ml.classification import Classification, SelfTraining
from ml.encoded import Encoded, joined
from ml.fit import VECTOR_LENGTH, Start, fit
from ml.teaching import blend
from ml.workers import Workers
from tests.unit.toys import SMALL, encoded, network

TRAINING, VALIDATION, UNLABELLED = encoded(60), encoded(30, seed=1), encoded(40, seed=2)
PLAIN = replace(SMALL, adversarial=0.0, word_dropout=0.0, dropout=0.0, embedding_dropout=0.0, precision="float32")
ALL = list(range(60))


def gradients(each: nn.Module) -> torch.Tensor:
    return torch.cat([parameter.grad.flatten() for parameter in each.parameters() if parameter.grad is not None])


def test_a_part_of_a_batch_adds_its_part_of_the_mean() -> None:
    whole, parts = network(PLAIN), network(PLAIN)
    phase = Classification(whole, TRAINING, VALIDATION, PLAIN, whole.reset)
    loss, right = phase.learn(ALL, slice(None))
    phase = Classification(parts, TRAINING, VALIDATION, PLAIN, parts.reset)
    found = [phase.learn(ALL, slice(rank, None, 2)) for rank in (0, 1)]
    assert sum(each for each, _ in found) == pytest.approx(loss.item(), abs=1e-6)
    assert sum(each for _, each in found) == right
    assert torch.allclose(gradients(whole), gradients(parts), atol=1e-6)


def test_pushed_texts_are_harder_than_the_texts_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    """A first step's adversarial gradient is that of a text moved by `adversarial` to where the loss grows."""
    monkeypatch.setattr(classification, "SHORT", 0)
    trained = network(PLAIN)
    hyper = replace(PLAIN, adversarial=0.5)
    Classification(trained, TRAINING, VALIDATION, hyper, trained.reset).learn(ALL, slice(None))
    together = gradients(trained)
    trained.zero_grad()
    ids = TRAINING.ids(ALL)
    embedded = trained.embed(ids).detach().requires_grad_()
    loss = nn.functional.binary_cross_entropy_with_logits(trained.judge(embedded, ids), TRAINING.labels)
    (slope,) = torch.autograd.grad(loss, embedded)
    push = 0.5 * slope / slope.norm(dim=(1, 2), keepdim=True)
    pushed = trained.embed(ids) + push
    assert torch.allclose((pushed - embedded).norm(dim=(1, 2)), torch.tensor(0.5), atol=1e-5)
    harder = nn.functional.binary_cross_entropy_with_logits(trained.judge(pushed, ids), TRAINING.labels)
    assert harder > loss
    plain = nn.functional.binary_cross_entropy_with_logits(trained(ids), TRAINING.labels)
    (plain + harder).backward()
    assert torch.allclose(together, gradients(trained), atol=1e-5)


def test_unlabelled_texts_get_probabilities_and_labelled_ones_keep_their_labels() -> None:
    trained = network()
    fresh = network().state_dict()
    phase = SelfTraining(trained, TRAINING, UNLABELLED, VALIDATION, PLAIN, lambda: trained.load_state_dict(fresh))
    phase.prepare(Workers())
    labels = phase.head.get_buffer("labels")
    assert torch.equal(labels[:60], TRAINING.labels)
    assert len(labels) == 100
    assert ((labels[60:] > 0) & (labels[60:] < 1)).all()
    assert len(labels[60:].unique()) > 10


def test_the_network_of_the_second_phase_starts_anew(tmp_path: Path) -> None:
    """With no step of it that counts, its weights are those that it started with."""
    hyper = replace(PLAIN, epochs=1, self_training_epochs=1, learning_rate=1e-7, averaging=0.0, keep="last")
    once, twice = network(PLAIN), network(PLAIN)
    fit(once, TRAINING, VALIDATION, Encoded([]), hyper, tmp_path / "once", {})
    epoch = fit(twice, TRAINING, VALIDATION, UNLABELLED, hyper, tmp_path / "twice", {})
    assert epoch == 2
    assert not torch.allclose(once.linear.weight, twice.linear.weight, atol=1e-3)


def test_unlabelled_texts_help_where_labels_are_few(tmp_path: Path) -> None:
    few = joined(encoded(12, seed=5), Encoded([]))
    hyper = replace(SMALL, epochs=8, self_training_epochs=4, adversarial=0.1)
    fit(network(hyper), few, VALIDATION, encoded(300, seed=6), hyper, tmp_path, {})
    assert (tmp_path / "metrics.jsonl").read_text().count("\n") == 12


def test_the_embedding_starts_from_word_vectors_unless_told_not_to() -> None:
    each = network()
    torch.manual_seed(1)
    Start(each, TRAINING.rows, SMALL)()
    known = torch.cat(TRAINING.rows).unique()
    assert torch.allclose(each.embedding.weight[known].norm(dim=1), torch.tensor(VECTOR_LENGTH), atol=1e-4)
    Start(each, TRAINING.rows, replace(SMALL, word_vectors=False))()
    assert each.embedding.weight[known].norm(dim=1).max() < VECTOR_LENGTH / 2


def test_the_better_teacher_counts_for_more() -> None:
    torch.manual_seed(1)
    labels = (torch.rand(500) < 0.5).float()
    good = (labels * 2 - 1) * 2 + torch.randn(500)
    guess = torch.randn(500)
    weights = blend(torch.stack([guess, good], dim=1), labels)
    assert weights[1] > 1
    assert abs(weights[0]) < weights[1] / 4
