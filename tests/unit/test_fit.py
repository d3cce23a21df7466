"""The training loop."""

import itertools
import json
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn, optim

from ml import checkpoint
from ml.classification import Classification, computes_half
from ml.data import Example
from ml.encoded import Encoded, shuffled_batches
from ml.errors import TrainingError
from ml.fit import fit
from ml.hyperparameters import Hyperparameters
from ml.job import Surroundings, parse, training_job
from ml.loop import Loop
from ml.model import SentimentLSTM
from ml.phase import Phase
from ml.scoring import logits_of
from ml.state import State
from ml.vocabulary import UNKNOWN
from ml.workers import Workers
from tests.unit.toys import SMALL, encoded, network

TRAINING, VALIDATION = encoded(50), encoded(20, seed=1)
NONE = Encoded([])
QUICK = replace(SMALL, epochs=2, averaging=0.9)


class Rebuilding:
    """A first phase without validation, with a head of its own: words are to be told from their embeddings."""

    name, epochs = "rebuilding", 2

    def __init__(self, network: SentimentLSTM) -> None:
        self.network, self.tokens = network, sum(TRAINING.lengths)
        self.head: nn.Module = nn.Linear(network.embedding.embedding_dim, network.embedding.num_embeddings)

    def prepare(self, workers: Workers) -> None:
        self.network.reset()

    def optimizer(self) -> optim.Optimizer:
        return optim.AdamW([*self.network.embedding.parameters(), *self.head.parameters()], lr=0.01)

    def batches(self) -> list[list[int]]:
        return shuffled_batches(TRAINING.lengths, 16)

    def tokens_of(self, batch: list[int]) -> int:
        return sum(TRAINING.lengths[index] for index in batch)

    def learn(self, batch: list[int], rows: slice) -> tuple[Tensor, Tensor]:
        words = TRAINING.ids(batch)[:, 0]
        noisy = self.network.embedding(words) + 0.1 * torch.randn(len(words), self.network.embedding.embedding_dim)
        loss = nn.functional.cross_entropy(self.head(noisy)[rows], words[rows], reduction="sum") / len(words)
        loss.backward()
        return loss.detach(), torch.tensor(0)

    def validate(self, network: SentimentLSTM, workers: Workers) -> dict[str, float]:
        return {}


def loop(hyper: Hyperparameters, folder: Path, trained: SentimentLSTM, every: float = 0.0) -> Loop:
    phases: list[Phase] = [Rebuilding(trained), Classification(trained, TRAINING, VALIDATION, hyper, trained.reset)]
    return Loop(trained, phases, hyper, folder, {"seed": hyper.seed}, Workers(), every)


def train(hyper: Hyperparameters, folder: Path) -> tuple[dict[str, Tensor], list[dict[str, Any]]]:
    """The weights of an uninterrupted run of the one phase, and its published lines."""
    trained = network(hyper)
    fit(trained, TRAINING, VALIDATION, NONE, hyper, folder, {})
    return trained.state_dict(), metrics(folder)


def metrics(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / checkpoint.METRICS).read_text().splitlines()]


def without_times(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in line.items() if "second" not in name} for line in lines]


def equal(first: dict[str, Tensor], second: dict[str, Tensor]) -> bool:
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("seed", range(3))
def test_killed_at_any_steps_it_ends_as_if_it_had_not_been(
    precision: str, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bit for bit, through both phases, whether a checkpoint was just written or some steps ago."""
    hyper = replace(QUICK, precision=precision)
    straight = network(hyper)
    loop(hyper, tmp_path / "straight", straight).train()
    chance = random.Random(seed)
    step = Loop._train_step
    left = 0

    def step_unless_killed(*arguments: Any) -> None:
        nonlocal left
        left -= 1
        step(*arguments)
        if left == 0:
            raise KeyboardInterrupt

    monkeypatch.setattr(Loop, "_train_step", step_unless_killed)
    for kills in itertools.count():
        left = chance.randint(2, 7)
        taken_up = network(hyper)
        if kills:
            nn.init.normal_(taken_up.linear.weight)  # nothing may hang on what the weights were
        every = chance.choice([0.0, 0.005])
        try:
            loop(hyper, tmp_path / "killed", taken_up, every).train()
        except KeyboardInterrupt:
            continue
        break
    assert kills > 1
    assert equal(straight.state_dict(), taken_up.state_dict())
    assert without_times(metrics(tmp_path / "killed")) == without_times(metrics(tmp_path / "straight"))


@pytest.mark.parametrize("stopped", [3, 10, 18])
def test_a_whole_run_that_is_stopped_in_either_phase_ends_as_if_it_had_not_been(
    stopped: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Word vectors and the labels of unlabelled texts are the same, wherever they are made anew."""
    hyper = replace(QUICK, epochs=3, self_training_epochs=2)
    texts = TRAINING, VALIDATION, encoded(30, seed=2)
    straight, resumed = network(hyper), network(hyper)
    fit(straight, *texts, hyper, tmp_path / "straight", {})
    step, done = Loop._train_step, itertools.count()

    def step_until_stopped(*arguments: Any) -> None:
        if next(done) == stopped:
            raise KeyboardInterrupt
        step(*arguments)

    monkeypatch.setattr(Loop, "_train_step", step_until_stopped)
    with pytest.raises(KeyboardInterrupt):
        fit(resumed, *texts, hyper, tmp_path / "resumed", {}, checkpoint_seconds=0.0)
    monkeypatch.undo()
    resumed = network(hyper)
    fit(resumed, *texts, hyper, tmp_path / "resumed", {})
    assert equal(straight.state_dict(), resumed.state_dict())


def test_a_second_phase_that_makes_nothing_better_leaves_what_the_first_made(tmp_path: Path) -> None:
    hyper = replace(SMALL, epochs=4, self_training_epochs=1, averaging=0.0, adversarial=0.0, word_vectors=False)
    once, twice = network(hyper), network(hyper)
    fit(once, TRAINING, VALIDATION, NONE, hyper, tmp_path / "once", {})
    epoch = fit(twice, TRAINING, VALIDATION, encoded(4, seed=2), hyper, tmp_path / "twice", {})
    losses = [line["validation_loss"] for line in metrics(tmp_path / "twice")]
    assert len(losses) == 5
    assert epoch == losses.index(min(losses)) + 1 <= 4
    assert equal(once.state_dict(), twice.state_dict())


def test_a_run_that_had_ended_is_not_trained_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, lines = train(QUICK, tmp_path)
    monkeypatch.delattr(Classification, "learn")
    assert equal(train(QUICK, tmp_path)[0], first)
    assert metrics(tmp_path) == lines


def test_the_lines_of_another_run_are_replaced(tmp_path: Path) -> None:
    train(QUICK, tmp_path)
    fit(network(), TRAINING, VALIDATION, NONE, replace(QUICK, epochs=1), tmp_path, {"another": True})
    assert [line["epoch"] for line in metrics(tmp_path)] == [1]


def test_each_epoch_says_what_it_reached_and_how_fast(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    loop(QUICK, tmp_path, network(QUICK)).train()
    lines = metrics(tmp_path)
    assert [line["epoch"] for line in lines] == [1, 2]
    assert all(line["tokens_per_second"] > 0 for line in lines)
    names = [line.partition("=")[0] for line in capsys.readouterr().out.splitlines() if "=" in line]
    first = ["epoch", "rebuilding_loss", "tokens_per_second"]
    second = ["epoch", "train_loss", "validation_loss", "validation_accuracy", "tokens_per_second"]
    assert names == [*first, *first, *second, *second]


def test_sagemaker_reads_every_metric_that_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fit(network(QUICK), TRAINING, VALIDATION, encoded(30, seed=2), QUICK, tmp_path, {})
    job = training_job(parse({}, "imdb", "ml.m5.large"), "", "", "", Surroundings("", "", "", ""))
    rules = {rule["Name"]: rule["Regex"] for rule in job["AlgorithmSpecification"]["MetricDefinitions"]}
    output = capsys.readouterr().out
    lines = metrics(tmp_path)
    read = {name: float(re.findall(rule, output)[-1]) for name, rule in rules.items() if name != "test_accuracy"}
    assert read == {
        "train_loss": round(lines[QUICK.epochs - 1]["loss"], 4),
        "self_training_loss": round(lines[-1]["loss"], 4),
        "validation_loss": round(lines[-1]["validation_loss"], 4),
        "validation_accuracy": round(lines[-1]["accuracy"], 4),
        "tokens_per_second": lines[-1]["tokens_per_second"],
    }


def test_the_best_epoch_is_kept_or_the_last(tmp_path: Path) -> None:
    """A learning rate that destroys what was learnt makes an early epoch the best."""
    wild = replace(SMALL, learning_rate=1.0, schedule="constant", epochs=4, averaging=0.0)
    for keep in ("best", "last"):
        trained = network(wild)
        hyper = replace(wild, keep=keep)
        epoch = fit(trained, TRAINING, VALIDATION, NONE, hyper, tmp_path / keep, {})
        losses = [line["validation_loss"] for line in metrics(tmp_path / keep)]
        assert epoch == (4 if keep == "last" else losses.index(min(losses)) + 1)
        kept = Classification(trained, TRAINING, VALIDATION, hyper, trained.reset).validate(trained, Workers())
        assert kept["validation_loss"] == losses[epoch - 1]


def test_the_average_follows_the_weights_ever_more_slowly() -> None:
    moving = network()
    state = State(moving, nn.Module(), optim.AdamW(moving.parameters()), averaging=0.5)
    assert state.judged is not moving
    expected = moving.linear.bias.item()
    for steps in range(12):
        with torch.no_grad():
            moving.linear.bias.fill_(float(steps))
        state.follow(steps)
        share = min(0.5, (1 + steps) / (10 + steps))
        expected = share * expected + (1 - share) * steps
        assert state.judged.linear.bias.item() == pytest.approx(expected)


def test_averaged_weights_are_what_is_validated_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    validate = Classification.validate

    def watch(phase: Classification, judged: SentimentLSTM, workers: Workers) -> dict[str, float]:
        seen.append(not equal(judged.state_dict(), phase.network.state_dict()))
        return validate(phase, judged, workers)

    monkeypatch.setattr(Classification, "validate", watch)
    averaged, _ = train(QUICK, tmp_path / "averaged")
    plain, _ = train(replace(QUICK, averaging=0.0), tmp_path / "plain")
    assert seen == [True, True, False, False]
    assert not equal(averaged, plain)


def test_a_run_that_diverges_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Classification, "validate", lambda *_: {"validation_loss": float("nan"), "accuracy": 0.5})
    with pytest.raises(TrainingError, match="give a lower learning_rate"):
        train(QUICK, tmp_path)


def test_the_step_size_rises_and_falls_or_stays(tmp_path: Path) -> None:
    linear, constant = (loop(replace(SMALL, schedule=name), tmp_path, network()) for name in ("linear", "constant"))
    assert [linear._factor(done) for done in (0.0, 0.0475, 0.5, 1.0)] == pytest.approx([0.05, 0.9525, 0.5, 0.0])
    assert {constant._factor(done) for done in (0.0, 0.5, 1.0)} == {1.0}


def test_half_precision_trains_nearly_the_same_and_judges_in_full(tmp_path: Path) -> None:
    full, half = (train(replace(QUICK, precision=name), tmp_path / name)[0] for name in ("float32", "bfloat16"))
    assert not equal(full, half)
    assert all(tensor.dtype == torch.float32 for tensor in half.values())
    ids = TRAINING.ids(range(4))
    each = network().eval()
    exact = each(ids)
    rounded = each(ids, half=True)
    assert 0 < (exact - rounded).abs().max() < 0.01
    four = Encoded([row.tolist() for row in TRAINING.rows[:4]], [Example("", 0)] * 4)
    assert torch.allclose(logits_of(each, four), exact, atol=1e-6)


def test_precision_is_as_asked_for() -> None:
    assert computes_half("bfloat16")
    assert not computes_half("float32")


def test_texts_that_clean_to_nothing_are_counted_and_kept() -> None:
    texts = Encoded([[5, 6], [], []], [Example("", 1)] * 3)
    assert texts.empty == 2
    assert [row.tolist() for row in texts.rows] == [[5, 6], [UNKNOWN], [UNKNOWN]]


def test_an_epoch_has_every_text_once_in_batches_of_similar_length() -> None:
    torch.manual_seed(3)
    lengths = [length for length in range(1, 101) for _ in range(3)]
    batches = shuffled_batches(lengths, 16)
    assert sorted(index for batch in batches for index in batch) == list(range(300))
    assert max(max(lengths[i] for i in batch) - min(lengths[i] for i in batch) for batch in batches) < 7
    assert batches != shuffled_batches(lengths, 16)
