"""Training, from a data set to an artifact that serves by itself."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest
import torch
from safetensors.torch import load_file

from ml import artifact, checkpoint, golden, tokens, train
from ml.data import Example, write
from ml.errors import DataError, GoldenError, TrainingError
from ml.hyperparameters import Hyperparameters

SMALL = Hyperparameters(
    epochs=5, embedding_dim=8, hidden_dim=8, batch_size=16, learning_rate=0.05, dropout=0.1, validation_share=0.2
)
TINY = ["--epochs", "2", "--embedding_dim", "4", "--hidden_dim", "4", "--bidirectional", "False"]


def write_data(folder: Path) -> Path:
    """Texts whose sentiment one word decides."""
    chance = random.Random(0)
    examples = []
    for number in range(200):
        filler = chance.choices(["film", "actor", "plot", "scene", "music"], k=chance.randint(2, 9))
        filler.insert(chance.randrange(len(filler)), "dull" if number % 2 else "lovely")
        examples.append(Example(f"{' '.join(filler)} {number}", 1 - number % 2))
    write(folder / "train.jsonl.gz", examples[:150])
    write(folder / "test.jsonl.gz", examples[150:])
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run: the artifact in model/, the checkpoint in checkpoints/."""
    folder = tmp_path_factory.mktemp("trained")
    train.train(data, folder / "model", folder / "checkpoints", SMALL, "toys")
    return folder


@pytest.fixture
def without_bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out code/ and its check in a fresh process, for speed."""
    monkeypatch.setattr(train.bundle, "write_code", lambda folder: None)
    monkeypatch.setattr(train.golden, "check_alone", lambda folder: None)


def test_it_learns(trained: Path) -> None:
    evaluation = artifact.read_json(trained / "model" / "evaluation.json")
    assert evaluation["metrics"]["accuracy"] > 0.95 > evaluation["majority"]
    assert evaluation["set"]["size"] == 50
    assert set(evaluation["calibration"]) == {"temperature", "ece_before", "ece_after"}


def test_each_text_is_cleaned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [[Example(f"good {part} {number}", number % 2) for number in range(3)] for part in ("a", "b", "c")]
    cleaning = Mock(side_effect=lambda text, preprocessing: text.split())
    monkeypatch.setattr(tokens, "tokenise", cleaning)
    vocabulary, encoded = train.clean(parts, replace(SMALL, min_count=1))
    assert [call.args[0] for call in cleaning.call_args_list] == [example.text for part in parts for example in part]
    assert [len(each.rows) for each in encoded] == [3, 3, 3]
    assert "a" in vocabulary.words
    assert "b" not in vocabulary.words


def test_the_artifact_describes_itself(trained: Path) -> None:
    description = artifact.read_json(trained / "model" / "model.json")
    assert description["data"]["name"] == "toys"
    assert description["data"]["train"] + description["data"]["validation"] == 150
    assert description["hyperparameters"]["hidden_dim"] == 8
    assert description["vocabulary"]["id"] == artifact.read(trained / "model").vocabulary.id
    assert not list(trained.glob("model/config.json"))


def test_each_epoch_leaves_a_line_of_metrics(trained: Path) -> None:
    lines = (trained / "checkpoints" / "metrics.jsonl").read_text().splitlines()
    epochs = [json.loads(line) for line in lines]
    assert [epoch["epoch"] for epoch in epochs] == [1, 2, 3, 4, 5]
    assert set(epochs[0]) == {"epoch", "loss", "accuracy", "validation_loss", "seconds"}


def test_golden_texts_hold_the_hard_cases(trained: Path) -> None:
    entries = artifact.read_json(trained / "model" / "golden.json")
    assert len(entries) == golden.COUNT
    assert {entry["text"] for entry in entries} > set(golden.HARD_CASES)
    assert max(len(entry["ids"]) for entry in entries) == SMALL.length


def test_the_artifact_serves_with_what_the_serving_image_has(trained: Path) -> None:
    """Packages that the image lacks are hidden, and still the golden texts agree."""
    hidden = ["click", "joblib", "scipy", "sklearn", "charset_normalizer", "bs4.tests", "boto3"]
    program = f"import sys; sys.modules.update(dict.fromkeys({hidden}))\nfrom ml.golden import main\nmain()"
    subprocess.run(
        [sys.executable, "-c", program, str(trained / "model")],
        env=os.environ | {"PYTHONPATH": str(trained / "model" / "code")},
        cwd=trained,
        check=True,
        timeout=60,
    )


def test_a_model_that_changed_fails_its_golden_texts(trained: Path, tmp_path: Path) -> None:
    for name in (artifact.MODEL, artifact.EVALUATION, artifact.VOCABULARY, artifact.GOLDEN, artifact.WEIGHTS):
        (tmp_path / name).write_bytes((trained / "model" / name).read_bytes())
    golden.check(tmp_path)
    entries = artifact.read_json(tmp_path / artifact.GOLDEN)
    entries[3]["score"] += 0.01
    artifact.write_json(tmp_path / artifact.GOLDEN, entries)
    with pytest.raises(GoldenError, match="scored"):
        golden.check(tmp_path)
    entries[2]["ids"][0] += 1
    artifact.write_json(tmp_path / artifact.GOLDEN, entries)
    with pytest.raises(GoldenError, match="no longer gives the ids"):
        golden.check(tmp_path)


def test_an_artifact_without_its_code_fails_alone(trained: Path, tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    with pytest.raises(GoldenError, match=r"does not serve by itself: .*ml"):
        golden.check_alone(tmp_path)


@pytest.mark.usefixtures("without_bundle")
def test_the_same_seed_gives_the_same_weights(data: Path, trained: Path, tmp_path: Path) -> None:
    train.train(data, tmp_path / "again", tmp_path / "a", SMALL)
    train.train(data, tmp_path / "other", tmp_path / "b", replace(SMALL, seed=2))
    first, again, other = (
        load_file(path / artifact.WEIGHTS) for path in (trained / "model", tmp_path / "again", tmp_path / "other")
    )
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["linear.weight"], other["linear.weight"])


@pytest.mark.usefixtures("without_bundle")
def test_an_interrupted_run_ends_as_if_it_had_not_been(
    data: Path, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real_save = checkpoint.save

    def save_and_lose_the_machine(*arguments: object) -> None:
        real_save(*arguments)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(checkpoint, "save", save_and_lose_the_machine)
    with pytest.raises(KeyboardInterrupt):
        train.train(data, tmp_path / "model", tmp_path, SMALL)
    monkeypatch.setattr(checkpoint, "save", real_save)
    train.train(data, tmp_path / "model", tmp_path, SMALL)
    assert "resuming after epoch 1" in capsys.readouterr().out
    first, resumed = (load_file(path / "model" / artifact.WEIGHTS) for path in (trained, tmp_path))
    assert all(torch.equal(first[name], resumed[name]) for name in first)
    assert len((tmp_path / "metrics.jsonl").read_text().splitlines()) == 5


@pytest.mark.usefixtures("without_bundle")
def test_a_checkpoint_of_another_run_is_left_alone(
    data: Path, trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / checkpoint.FILE).write_bytes((trained / "checkpoints" / checkpoint.FILE).read_bytes())
    train.train(data, tmp_path / "model", tmp_path, replace(SMALL, epochs=1))
    assert "of another run: starting afresh" in capsys.readouterr().out
    (tmp_path / checkpoint.FILE).write_bytes(b"damaged")
    train.train(data, tmp_path / "model", tmp_path, replace(SMALL, epochs=1))
    assert "cannot be read" in capsys.readouterr().out


def run(*arguments: str, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "ml.train", *arguments],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_command_prints_metrics_one_a_line(data: Path, tmp_path: Path) -> None:
    environment = {"SM_CHANNEL_DATA": str(data), "SM_MODEL_DIR": str(tmp_path / "model"), "MODEL_VERSION": "v-1"}
    process = run(*TINY, **environment, CHECKPOINT_DIR=str(tmp_path / "checkpoints"))
    stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == 0, stderr
    names = [line.partition("=")[0] for line in stdout.splitlines() if "=" in line]
    epoch = ["epoch", "train_loss", "validation_loss", "validation_accuracy"]
    assert names == [*epoch, *epoch, "test_accuracy"]
    assert artifact.read(tmp_path / "model").version == "v-1"
    assert (tmp_path / "checkpoints" / "metrics.jsonl").exists()


def test_sigterm_ends_it_with_143_and_a_checkpoint(data: Path, tmp_path: Path) -> None:
    process = run(
        "--data", str(data), "--out", str(tmp_path / "model"), "--epochs", "100000", CHECKPOINT_DIR=str(tmp_path)
    )
    deadline = time.monotonic() + 60
    while not (tmp_path / "metrics.jsonl").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 143
    assert (tmp_path / checkpoint.FILE).exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--data", ".", "--epochs", "0"], "epochs must be at least 1, not 0"),
        (["--epochs", "many"], "argument --epochs: invalid int value: 'many'"),
        (["--epoch", "3"], "unrecognized arguments: --epoch 3"),
        (["--bidirectional", "yes"], "must be true or false, not 'yes'"),
        (["--data", ".", "--pooling", "min"], "'pooling' must be one of"),
        (["--data", ".", "--dropout", "nan"], "dropout must be at least 0, not nan"),
        (["--data", "nowhere"], "nowhere/train.jsonl.gz does not exist"),
        ([], "give --data"),
    ],
)
def test_wrong_arguments_end_with_one_sentence(
    arguments: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SM_CHANNEL_DATA", "SM_MODEL_DIR"):
        monkeypatch.delenv(name, raising=False)
    handler = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as end:
        train.main([*arguments, "--out", str(tmp_path)])
    signal.signal(signal.SIGTERM, handler)
    assert str(end.value).startswith("ValueError: ")
    assert sentence in str(end.value)
    assert "\n" not in str(end.value)


@pytest.mark.usefixtures("without_bundle")
def test_a_run_that_diverges_says_so(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ml.fit.train_epoch", lambda *_: float("nan"))
    with pytest.raises(TrainingError, match="give a lower learning_rate"):
        train.train(data, tmp_path / "model", tmp_path, SMALL)


def test_an_empty_test_set_is_refused(data: Path, tmp_path: Path) -> None:
    (tmp_path / "train.jsonl.gz").write_bytes((data / "train.jsonl.gz").read_bytes())
    write(tmp_path / "test.jsonl.gz", [])
    with pytest.raises(DataError, match="is empty"):
        train.train(tmp_path, tmp_path / "model", tmp_path, SMALL)
