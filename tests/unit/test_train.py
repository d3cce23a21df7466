"""Training, from a data set to an artifact that serves by itself."""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from ml import artifact, checkpoint, fallback, golden, train
from ml.data import Example, write
from ml.errors import DataError, GoldenError
from ml.evaluation import behaviour, scorers
from ml.evaluation.cases import cases, suite_id
from tests.unit.toys import SMALL, wait_for_another, write_data

TINY = ["--epochs", "2", "--embedding_dim", "4", "--hidden_dim", "4", "--bidirectional", "False"]


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
    assert set(evaluation["calibration"]) == {"temperature", "exponent", "ece_before", "ece_after", "before", "after"}


def test_the_model_is_asked_the_behavioural_cases_as_it_is_served(trained: Path) -> None:
    found = artifact.read_json(trained / "model" / "evaluation.json")["behaviour"]
    assert found == behaviour.failure_rates(scorers.of_model(trained / "model"), cases())
    assert found["suite"] == suite_id(cases())
    assert found["capabilities"]["negation"].keys() == {"cases", "failures", "rate", "tests"}


def test_the_artifact_describes_itself(trained: Path) -> None:
    description = artifact.read_json(trained / "model" / "model.json")
    assert description["data"]["name"] == "toys"
    assert description["data"]["train"] + description["data"]["validation"] == 150
    assert description["hyperparameters"]["hidden_dim"] == 8
    assert description["vocabulary"]["id"] == artifact.read(trained / "model").vocabulary.id
    assert not list(trained.glob("model/config.json"))


def test_it_leaves_a_small_model_too_which_the_same_data_makes_again(trained: Path, data: Path, tmp_path: Path) -> None:
    assert artifact.read_json(trained / "model" / "evaluation.json")["fallback"]["accuracy"] > 0.8
    again = Path(shutil.copytree(trained / "model", tmp_path / "again"))
    (again / "fallback.bin").unlink()
    fallback.add(again, fallback.corpus_of(again, data))
    for name in ("fallback.bin", "evaluation.json"):
        assert (again / name).read_bytes() == (trained / "model" / name).read_bytes()


def test_each_epoch_leaves_a_line_of_metrics(trained: Path) -> None:
    lines = (trained / "checkpoints" / "metrics.jsonl").read_text().splitlines()
    epochs = [json.loads(line) for line in lines]
    assert [epoch["epoch"] for epoch in epochs] == [1, 2, 3, 4, 5]
    assert set(epochs[0]) == {"epoch", "loss", "accuracy", "validation_loss", "seconds", "tokens_per_second"}


def test_golden_texts_hold_the_hard_cases(trained: Path) -> None:
    entries = artifact.read_json(trained / "model" / "golden.json")
    assert len(entries) == 20
    assert {entry["text"] for entry in entries} > set(golden.TEXTS)
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
def test_texts_that_clean_to_nothing_are_reported_and_not_fatal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    examples = [Example(f"{'lovely' if number % 2 else 'dull'} {number}", number % 2) for number in range(20)]
    write(tmp_path / "train.jsonl.gz", [*examples, Example("... !", 1)])
    write(tmp_path / "test.jsonl.gz", [*examples[:6], Example("<br />", 0)])
    train.train(tmp_path, tmp_path / "model", tmp_path / "checkpoints", replace(SMALL, epochs=1, min_count=1))
    assert "2 texts have no word left after cleaning" in capsys.readouterr().out


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
    epoch = ["epoch", "train_loss", "validation_loss", "validation_accuracy", "tokens_per_second"]
    assert names == [*epoch, *epoch, "validation_accuracy", "test_accuracy"]
    assert artifact.read(tmp_path / "model").version == "v-1"
    assert (tmp_path / "checkpoints" / "metrics.jsonl").exists()


@pytest.mark.usefixtures("without_bundle")
def test_killed_and_then_stopped_it_ends_as_if_it_had_not_been(data: Path, tmp_path: Path) -> None:
    """SIGKILL at some step; then SIGTERM, which ends the command with 143, its step saved; then to the end."""
    hyper = replace(SMALL, epochs=30, averaging=0.99)
    train.train(data, tmp_path / "straight", tmp_path / "checkpoints", hyper)
    checkpoints = tmp_path / "interrupted"
    arguments = ["--data", str(data), "--out", str(tmp_path / "model"), "--checkpoint_seconds", "0.02"]
    arguments += [word for name, value in asdict(hyper).items() for word in (f"--{name}", str(value))]

    for ending in (signal.SIGKILL, signal.SIGTERM):
        process = run(*arguments, CHECKPOINT_DIR=str(checkpoints))
        wait_for_another(checkpoints / checkpoint.FILE, process)
        process.send_signal(ending)
        output, _ = process.communicate(timeout=60)
        assert process.returncode == {signal.SIGKILL: -9, signal.SIGTERM: 143}[ending]
    assert "resuming from" in output
    assert "stopped in epoch" in output

    train.train(data, tmp_path / "model", checkpoints, hyper)
    first, resumed = (load_file(tmp_path / name / artifact.WEIGHTS) for name in ("straight", "model"))
    assert all(torch.equal(first[name], resumed[name]) for name in first)
    lines = (checkpoints / checkpoint.METRICS).read_text().splitlines()
    assert [json.loads(line)["epoch"] for line in lines] == list(range(1, 31))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--data", ".", "--epochs", "0"], "epochs must be at least 1, not 0"),
        (["--epochs", "many"], "argument --epochs: invalid int value: 'many'"),
        (["--epoch", "3"], "unrecognized arguments: --epoch 3"),
        (["--bidirectional", "yes"], "must be true or false, not 'yes'"),
        (["--data", ".", "--pooling", "min"], "pooling must be one of max-mean, max, mean, last, not 'min'"),
        (["--data", ".", "--preset", "best"], "preset must be one of default, sentences, notebook, not 'best'"),
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


def test_an_empty_test_set_is_refused(data: Path, tmp_path: Path) -> None:
    (tmp_path / "train.jsonl.gz").write_bytes((data / "train.jsonl.gz").read_bytes())
    write(tmp_path / "test.jsonl.gz", [])
    with pytest.raises(DataError, match="is empty"):
        train.train(tmp_path, tmp_path / "model", tmp_path, SMALL)
