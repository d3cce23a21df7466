"""The serving model against a candidate, on the same texts."""

import io
import json
import tarfile
from contextlib import suppress
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from ml import artifact, champion, train
from ml.errors import SentimentError
from tests.unit import small_model
from tests.unit.small_model import HELD_OUT

ALL_WRONG = torch.zeros(len(HELD_OUT), dtype=torch.bool)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return small_model.write(tmp_path / "model")


def pack(folder: Path, archive: Path) -> Path:
    """model.tar.gz as SageMaker makes it."""
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(folder, ".")
    return archive


def test_the_champion_gets_the_figures_that_its_own_training_gave_it(model: Path) -> None:
    evaluation = artifact.read_json(model / artifact.EVALUATION)
    found = champion.compare(model, HELD_OUT, ALL_WRONG)
    assert found["version"] == artifact.read_json(model / artifact.MODEL)["version"]
    assert found["metrics"] == evaluation["metrics"]
    assert found["behaviour"] == evaluation["behaviour"]
    right = round(evaluation["metrics"]["accuracy"] * len(HELD_OUT))
    assert found["mcnemar"] == {"candidate_only": 0, "champion_only": right, "p_value": pytest.approx(2 * 0.5**right)}
    assert f"{right} by it alone" in champion.sentence(found)


def test_a_folder_its_archive_and_a_channel_with_that_archive_are_one_champion(model: Path, tmp_path: Path) -> None:
    channel = tmp_path / "channel"
    channel.mkdir()
    archive = pack(model, channel / "model.tar.gz")
    found = [champion.compare(path, HELD_OUT, ALL_WRONG) for path in (model, archive, channel)]
    assert found[0] == found[1] == found[2]


def test_a_run_records_its_champion(model: Path, tmp_path: Path) -> None:
    candidate = small_model.write(tmp_path / "candidate", seed=1, champion=model)
    evaluation = artifact.read_json(candidate / artifact.EVALUATION)
    assert evaluation["champion"].keys() == {"version", "metrics", "mcnemar", "behaviour"}
    differing = evaluation["champion"]["mcnemar"]
    ahead = evaluation["metrics"]["accuracy"] - evaluation["champion"]["metrics"]["accuracy"]
    assert differing["candidate_only"] - differing["champion_only"] == pytest.approx(ahead * len(HELD_OUT))


def test_a_champion_whose_behaviour_cannot_be_measured_is_compared_all_the_same(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(champion.behaviour, "measure", Mock(side_effect=RuntimeError("out of memory")))
    found = champion.compare(model, HELD_OUT, ALL_WRONG)
    assert found["behaviour"] == {"error": "RuntimeError: out of memory"}
    assert found["metrics"] == artifact.read_json(model / artifact.EVALUATION)["metrics"]
    assert "its behaviour was not measured: RuntimeError: out of memory" in champion.sentence(found)


def change(model: Path, name: str, **values: Any) -> None:
    artifact.write_json(model / name, artifact.read_json(model / name) | values)


def lose_a_file(model: Path) -> None:
    (model / artifact.WEIGHTS).unlink()


def have_another_network(model: Path) -> None:
    change(model, artifact.MODEL, architecture={"vocabulary_size": 10, "heads": 8})


def have_a_strange_temperature(model: Path) -> None:
    change(model, artifact.EVALUATION, calibration={"temperature": float("nan")})


def swap_a_word(model: Path) -> None:
    document = json.loads((model / artifact.VOCABULARY).read_bytes())
    document["words"][0] = "other"
    (model / artifact.VOCABULARY).write_text(json.dumps(document))


def spoil_the_weights(model: Path) -> None:
    weights = load_file(model / artifact.WEIGHTS)
    weights["linear.bias"].fill_(float("nan"))
    save_file(weights, model / artifact.WEIGHTS)


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lose_a_file, "holds no whole model"),
        (have_another_network, "architecture"),
        (have_a_strange_temperature, "the temperature nan is no positive number"),
        (swap_a_word, "was changed or damaged"),
        (spoil_the_weights, "its weights are damaged"),
    ],
)
def test_a_damaged_champion_is_reported_and_fails_nothing(
    damage: Any, sentence: str, model: Path, tmp_path: Path
) -> None:
    damage(model)
    archive = pack(model, tmp_path / "model.tar.gz")
    found = champion.compare(archive, HELD_OUT, ALL_WRONG)
    assert found.keys() == {"version", "error"}
    assert found["version"] is None
    assert sentence in found["error"]
    assert found["error"] in champion.sentence(found)


def test_no_archive_and_several_are_refused(tmp_path: Path) -> None:
    assert "holds 0 archives" in champion.compare(tmp_path, HELD_OUT, ALL_WRONG)["error"]
    (tmp_path / "a.tar.gz").touch()
    (tmp_path / "b.tar.gz").touch()
    assert "holds 2 archives" in champion.compare(tmp_path, HELD_OUT, ALL_WRONG)["error"]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_an_archive_that_is_cut_or_changed_anywhere_gives_a_model_or_a_sentence(
    data: st.DataObject, model: Path, tmp_path: Path
) -> None:
    content = bytearray(pack(model, tmp_path / "whole.tar.gz").read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        del content[place:]
    else:
        content[place] ^= data.draw(st.integers(1, 255))
    (tmp_path / "model.tar.gz").write_bytes(content)
    with suppress(SentimentError):
        assert champion.read(tmp_path / "model.tar.gz").network


def test_an_archive_can_neither_write_elsewhere_nor_bring_links_code_or_bombs(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "model.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(model, ".")
        for name in ("../escaped", str(tmp_path / "escaped"), "code/ml/__init__.py"):
            member = tarfile.TarInfo(name)
            member.size = 4
            tar.addfile(member, io.BytesIO(b"1/0\n"))
        link = tarfile.TarInfo(artifact.EVALUATION)
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    before = sorted(tmp_path.rglob("*"))
    assert champion.read(archive).version
    assert sorted(tmp_path.rglob("*")) == before
    monkeypatch.setattr(champion, "CONTENTS_BYTES", 1000)
    assert "is too large to be part of a model" in champion.compare(archive, HELD_OUT, ALL_WRONG)["error"]


def test_a_job_s_champion_channel_is_what_is_compared_with(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    run = Mock()
    monkeypatch.setattr(train, "train", run)
    monkeypatch.setattr(train.signal, "signal", lambda *_: None)
    for channel in ("DATA", "CHAMPION"):
        monkeypatch.setenv(f"SM_CHANNEL_{channel}", str(tmp_path))
    train.main(["--out", str(tmp_path)])
    assert run.call_args.args[-1] == tmp_path
    with pytest.raises(SystemExit, match="nowhere does not exist; give a model's folder"):
        train.main(["--out", str(tmp_path), "--champion", "nowhere"])
