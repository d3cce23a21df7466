"""Pictures of a training run."""

import subprocess
import sys
from pathlib import Path

import pytest

from ml import artifact, plots
from ml.errors import TrainingError
from tests.unit import small_model

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return small_model.write(tmp_path / "model")


def drawn(model: Path) -> dict[str, bytes]:
    plots.write(model)
    return {path.name: path.read_bytes() for path in (model / plots.FOLDER).iterdir()}


def test_four_small_pictures_that_are_the_same_every_time(model: Path) -> None:
    pictures = drawn(model)
    assert pictures.keys() == {"learning_curves.png", "calibration.png", "confusion.png", "length.png"}
    assert all(picture.startswith(PNG) and len(picture) < 60_000 for picture in pictures.values())
    assert drawn(model) == pictures


def test_titles_say_the_figures(model: Path) -> None:
    evaluation = artifact.read_json(model / artifact.EVALUATION)
    titles = {}
    for name, draw in plots.DRAWN.items():
        figure = plots.new_figure()
        draw(figure, evaluation)
        titles[name] = figure.get_suptitle()
    wrong = round((1 - evaluation["metrics"]["accuracy"]) * 40)
    assert titles["learning_curves"] == "Epoch 1 of 2 was kept: 50.0% of the validation set right"
    assert titles["confusion"] == f"{wrong} of 40 held-out texts are misjudged"
    assert titles["length"].startswith(f"{evaluation['metrics']['accuracy']:.1%} right; least, ")
    assert f"{evaluation['calibration']['ece_after']:.3f}" in titles["calibration"]


def test_one_epoch_one_class_of_lengths_and_a_perfect_model_can_be_drawn(model: Path) -> None:
    evaluation = artifact.read_json(model / artifact.EVALUATION)
    evaluation["history"] = evaluation["history"][:1]
    evaluation["by_length"] = [{"from": 1, "to": 1, "n": 40, "accuracy": 1.0}]
    evaluation["metrics"]["confusion"] = {
        "true_positive": 40,
        "false_positive": 0,
        "true_negative": 0,
        "false_negative": 0,
    }
    for when in ("before", "after"):
        evaluation["calibration"][when] = [{"n": 40, "stated": 1.0, "observed": 1.0}]
    artifact.write_json(model / artifact.EVALUATION, evaluation)
    assert len(drawn(model)) == 4


def test_without_matplotlib_a_run_ends_before_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.backends.backend_agg", None)
    with pytest.raises(TrainingError, match=r"pip install -r ml/requirements\.txt"):
        plots.require()


def test_matplotlib_is_imported_only_to_draw() -> None:
    program = "import ml.train, sys; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == 0
