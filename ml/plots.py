"""Pictures of a training run, as PNG: learning curves, calibration, confusion, accuracy by length.

python -m ml.plots MODEL_DIR     # draw them anew

All of it comes from the artifact's own evaluation.json. matplotlib is imported only when there is something to draw.
Colours: M. Okabe and K. Ito, "Color Universal Design", 2008.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ml.artifact import EVALUATION, read_json
from ml.card import span
from ml.errors import TrainingError
from ml.evaluate import wilson

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FOLDER = "plots"
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#999999"


def require() -> None:
    """Raises TrainingError where matplotlib is missing or does not load."""
    try:
        new_figure()
    except ImportError as error:
        message = f"plots need matplotlib, which cannot be loaded ({error}): pip install -r ml/requirements.txt"
        raise TrainingError(message) from error


def write(folder: Path) -> None:
    """Draw plots/*.png of the artifact in `folder`."""
    evaluation = read_json(folder / EVALUATION)
    (folder / FOLDER).mkdir(exist_ok=True)
    for name, draw in DRAWN.items():
        figure = new_figure()
        draw(figure, evaluation)
        # Without the release of matplotlib in it, the same figures give the same file.
        figure.savefig(folder / FOLDER / f"{name}.png", dpi=100, metadata={"Software": None})


def learning_curves(figure: "Figure", evaluation: dict[str, Any]) -> None:
    """Losses on the left, accuracy on the right."""
    history = evaluation["history"]
    epochs, kept = [epoch["epoch"] for epoch in history], evaluation["validation"]["epoch"]
    losses, accuracies = figure.subplots(1, 2)
    losses.plot(epochs, [epoch["loss"] for epoch in history], "o-", color=ORANGE, label="training")
    losses.plot(epochs, [epoch["validation_loss"] for epoch in history], "s-", color=BLUE, label="validation")
    accuracies.plot(epochs, [epoch["accuracy"] for epoch in history], "s-", color=BLUE, label="validation")
    losses.set(ylabel="loss (nats a text)", ylim=(0, None))
    accuracies.set(ylabel="accuracy")
    for axes in (losses, accuracies):
        axes.axvline(kept, color=GREY, linestyle=":", label="kept")
        axes.locator_params(axis="x", integer=True)
        axes.set_xlabel("epoch")
        axes.legend()
    best = next(epoch for epoch in history if epoch["epoch"] == kept)
    figure.suptitle(f"Epoch {kept} of {epochs[-1]} was kept: {best['accuracy']:.1%} of the validation set right")


def calibration(figure: "Figure", evaluation: dict[str, Any]) -> None:
    """Reliability diagrams, with the number of texts in each tenth below them.

    A. Niculescu-Mizil and R. Caruana, "Predicting Good Probabilities With Supervised Learning", ICML 2005.
    """
    found = evaluation["calibration"]
    diagrams, counts = figure.subplots(2, 2, sharex=True, sharey="row", height_ratios=(3, 1))
    for column, (when, colour) in enumerate((("before", ORANGE), ("after", BLUE))):
        stated, observed, n = ([each[key] for each in found[when]] for key in ("stated", "observed", "n"))
        diagrams[column].plot([0, 1], [0, 1], ":", color=GREY)
        diagrams[column].plot(stated, observed, "o-", color=colour)
        diagrams[column].set_title(f"{when}: error {found[f'ece_{when}']:.3f}")
        tenths = [min(int(10 * each), 9) / 10 + 0.05 for each in stated]
        counts[column].bar(tenths, n, width=0.09, color=colour)
        counts[column].set_xlabel("stated P(positive)")
    diagrams[0].set_ylabel("share that is positive")
    counts[0].set_ylabel("texts")
    figure.suptitle(f"Expected calibration error {found['ece_before']:.3f} → {found['ece_after']:.3f}")


def confusion(figure: "Figure", evaluation: dict[str, Any]) -> None:
    """Each square: how many texts, and their share of the row."""
    counts = evaluation["metrics"]["confusion"]
    rows = [
        [counts["true_positive"], counts["false_negative"]],
        [counts["false_positive"], counts["true_negative"]],
    ]
    shares = [[count / max(1, sum(row)) for count in row] for row in rows]
    axes = figure.subplots()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row in range(2):
        for column in range(2):
            share = shares[row][column]
            text = f"{rows[row][column]:,}\n{share:.1%}"
            axes.text(column, row, text, ha="center", va="center", color="white" if share > 0.5 else "black")
    axes.set(xticks=(0, 1), xticklabels=("positive", "negative"), xlabel="judged")
    axes.set(yticks=(0, 1), yticklabels=("positive", "negative"), ylabel="labelled")
    wrong = counts["false_positive"] + counts["false_negative"]
    figure.suptitle(f"{wrong:,} of {evaluation['set']['size']:,} held-out texts are misjudged")


def length(figure: "Figure", evaluation: dict[str, Any]) -> None:
    """Accuracy of each class of lengths, with its 95 % interval and its number of texts."""
    classes, overall = evaluation["by_length"], evaluation["metrics"]["accuracy"]
    places = range(len(classes))
    values = [each["accuracy"] for each in classes]
    intervals = [wilson(each["accuracy"], int(each["n"])) for each in classes]
    below = [value - low for value, (low, _) in zip(values, intervals, strict=True)]
    above = [high - value for value, (_, high) in zip(values, intervals, strict=True)]
    axes: Axes = figure.subplots()
    axes.axhline(overall, color=GREY, linestyle=":", label=f"all texts: {overall:.1%}")
    axes.errorbar(places, values, yerr=(below, above), fmt="o", color=BLUE, capsize=4, label="with 95 % interval")
    axes.set_xticks(places, [f"{span(each)}\n{each['n']:,} texts" for each in classes])
    axes.set(xlabel="words after cleaning", ylabel="accuracy")
    axes.legend()
    enough = [each for each in classes if each["n"] >= evaluation["set"]["size"] / 100] or classes
    worst = min(enough, key=lambda each: each["accuracy"])
    figure.suptitle(f"{overall:.1%} right; least, {worst['accuracy']:.1%}, at {span(worst)} words")


DRAWN = {"learning_curves": learning_curves, "calibration": calibration, "confusion": confusion, "length": length}


def new_figure() -> "Figure":
    """An empty figure that needs no display."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.5), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


if __name__ == "__main__":
    write(Path(sys.argv[1]))
