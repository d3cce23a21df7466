"""The model that the repository holds, and how it gets there."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from handlers.common.settings import VERSION
from layers.build import UNNEEDED
from ml.adopt import FILES, adopt
from ml.bundle import BASELINE, model_archive, write_code
from ml.errors import ArtifactError, GoldenError
from ml.linear import Linear


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A copy of the baseline, as a training run might have left it."""
    return Path(shutil.copytree(BASELINE, tmp_path / "model"))


def rewrite(path: Path, change: dict[str, Any]) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | change))


def test_the_repository_s_baseline_is_whole_small_enough_and_gives_its_golden_scores(tmp_path: Path) -> None:
    version = adopt(BASELINE, tmp_path / "baseline")
    assert VERSION.fullmatch(version)
    assert sorted(path.name for path in BASELINE.iterdir()) == sorted(FILES)


def test_only_what_belongs_to_a_baseline_is_adopted_and_the_old_one_is_gone(model: Path, tmp_path: Path) -> None:
    baseline = tmp_path / "baseline"
    for folder, name in ((model / "code", "left_out.py"), (model / "plots", "left_out.png"), (baseline, "old.json")):
        folder.mkdir()
        (folder / name).write_text("")
    adopt(model, baseline)
    assert sorted(path.name for path in baseline.iterdir()) == sorted(FILES)
    assert {path.name for path in tmp_path.iterdir()} == {"model", "baseline"}


@pytest.mark.parametrize("missing", FILES)
def test_a_folder_that_lacks_a_file_is_refused(model: Path, tmp_path: Path, missing: str) -> None:
    (model / missing).unlink()
    with pytest.raises(ArtifactError, match=f"lacks {missing}"):
        adopt(model, tmp_path / "baseline")


def test_a_model_that_packs_to_too_much_is_refused(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ml.adopt.MOST_BYTES", 100_000)
    with pytest.raises(ArtifactError, match=r"packs to [0-9,]+ bytes; a baseline may have 100,000"):
        adopt(model, tmp_path / "baseline")


def test_a_version_that_no_endpoint_could_be_named_after_is_refused(model: Path, tmp_path: Path) -> None:
    rewrite(model / "model.json", {"version": "mine"})
    with pytest.raises(ArtifactError, match="'mine' is not of the form"):
        adopt(model, tmp_path / "baseline")


def test_a_model_that_does_not_give_its_golden_scores_is_refused_and_the_old_one_stays(
    model: Path, tmp_path: Path
) -> None:
    evaluation = json.loads((model / "evaluation.json").read_text())
    rewrite(model / "evaluation.json", {"calibration": evaluation["calibration"] | {"temperature": 9.0}})
    (tmp_path / "baseline").mkdir()
    (tmp_path / "baseline" / "old.json").write_text("old")
    with pytest.raises(GoldenError):
        adopt(model, tmp_path / "baseline")
    assert [path.name for path in (tmp_path / "baseline").iterdir()] == ["old.json"]


def test_a_fallback_that_does_not_give_its_golden_scores_is_refused(model: Path, tmp_path: Path) -> None:
    linear = Linear.from_bytes((model / "fallback.bin").read_bytes())
    (model / "fallback.bin").write_bytes(replace(linear, bias=linear.bias + 1).to_bytes())
    with pytest.raises(GoldenError, match="fallback"):
        adopt(model, tmp_path / "baseline")


def test_the_lambda_layer_lacks_nothing_that_the_archive_s_code_holds(tmp_path: Path) -> None:
    write_code(tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.name in UNNEEDED] == []


def test_the_same_files_give_the_same_archive(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text("{}")
    assert model_archive(tmp_path) == model_archive(tmp_path)
