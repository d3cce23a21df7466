"""The model card: what a model is, what it was made of and how good it is, for whoever thinks of using it.

python -m ml.card MODEL_DIR     # write it anew

All of it comes from the artifact's own documents. The form is that of M. Mitchell et al., "Model Cards for Model
Reporting", FAT* 2019.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ml.artifact import EVALUATION, MODEL, WEIGHTS, read_json
from ml.calibration import LONGEST, USUAL
from ml.evaluate import wilson

CARD = "card.md"
CLEANING = {
    ("strip_html", True): "HTML is removed",
    ("alphanumeric", True): "what is neither letter, digit nor apostrophe is dropped",
    ("lowercase", True): "upper case is folded",
    ("stop_words", "keep-negations"): "stop words are dropped, but negations are kept",
    ("stop_words", "all"): "stop words are dropped, negations too",
    ("symbols", True): "emoji, emoticons, ratings and punctuation become words",
    ("ends", True): "of a text that is too long the beginning and the end are read",
}
CAPABILITIES = {
    "vocabulary": "words and phrases of praise and blame",
    "negation": "“not”, “never”, “hardly”, and what they deny",
    "contrast": "“but”, “although”, and expectations that were met or not",
    "temporal": "what was so once, and what is so now",
    "questions": "questions, asked or answered",
    "attribution": "others' opinions beside the writer's own",
    "robustness": "typos, links, punctuation, which may not change the verdict",
    "direction": "praise or blame added, which may move the score one way only",
    "fairness": "names, places and groups of people, which may not matter",
}
OFTEN = 0.1  # share of failed cases above which the card advises against such texts


def write(folder: Path) -> None:
    """Write card.md of the artifact in `folder`."""
    model, evaluation = read_json(folder / MODEL), read_json(folder / EVALUATION)
    sections = [
        summary(model, evaluation, (folder / WEIGHTS).stat().st_size),
        limits(model, evaluation),
        figures(evaluation),
        *([by_set(evaluation)] if len(evaluation.get("by_set", [])) > 1 else []),
        *([behaviour(evaluation)] if "behaviour" in evaluation else []),
        *([comparison(evaluation)] if "champion" in evaluation else []),
        data(model, evaluation),
        making(model),
    ]
    (folder / CARD).write_text("\n\n".join(sections) + "\n", "utf-8")


def summary(model: dict[str, Any], evaluation: dict[str, Any], size: int) -> str:
    """`size` is that of the weights, in bytes."""
    network, history = model["architecture"], evaluation["history"]
    ways = "in each of two directions" if network["bidirectional"] else "in one direction"
    accuracy = with_interval(evaluation["metrics"]["accuracy"], evaluation["set"]["size"])
    return f"""# Sentiment model {model["version"]}

Gives the probability that a text's sentiment is positive. {accuracy} of {evaluation["set"]["size"]:,} held-out texts
are judged rightly.

- Network: an embedding of {network["vocabulary_size"]:,} ids in {network["embedding_dim"]} numbers each, one LSTM layer
  of {network["hidden_dim"]} units {ways}, pooling “{network["pooling"]}”, a linear layer and a sigmoid.
  The weights take {size / 1e6:.1f} MB.
- Training: {len(history)} epochs in {duration(sum(epoch["seconds"] for epoch in history))} on {model["device"]},
  PyTorch {model["torch"]}, finished {model["trained_at"]}. Epoch {evaluation["validation"]["epoch"]} was kept."""


def limits(model: dict[str, Any], evaluation: dict[str, Any]) -> str:
    length = f"{model['preprocessing']['length']:,} words, counted after cleaning"
    unread = f"Of a text of more than {length}, the middle is not read."
    if not model["preprocessing"].get("ends"):
        unread = f"Beyond {length}, a text is not read."
    return f"""## Use and limits

- {use(evaluation)}
- It knows positive and negative only. What is neutral, or both, gets a score somewhere between.
- {unread}{weaknesses(evaluation)}
- Irony and quoted opinions can mislead it. It is no ground for decisions about people."""


def use(evaluation: dict[str, Any]) -> str:
    """What texts it is for: those of the sets that it was validated on."""
    sets = [each["set"] for each in evaluation["validation"].get("by_set", [])]
    kind = "texts like those that it was trained on (see Data)."
    if len(sets) > 1:
        kind = f"""opinions in English, from a sentence to a long review, of the kinds in its validation sets
  (see Data): {", ".join(sets)}."""
    return f"""It is for {kind} How it does on other kinds, or in another
  language, was not measured."""


def weaknesses(evaluation: dict[str, Any]) -> str:
    """A point of the list on the capabilities whose cases it often fails; nothing where there are none."""
    rates = {name: each["rate"] for name, each in evaluation.get("behaviour", {}).get("capabilities", {}).items()}
    often = [f"{name} ({rate:.1%})" for name, rate in rates.items() if rate >= OFTEN]
    if not often:
        return ""
    return f"""
- Do not use it for texts that depend on these capabilities, whose cases it often gets wrong (see How it behaves):
  {", ".join(often)}."""


def figures(evaluation: dict[str, Any]) -> str:
    measured, calibration, size = evaluation["metrics"], evaluation["calibration"], evaluation["set"]["size"]
    confusion = measured["confusion"]
    values = [
        ("accuracy (95 % interval)", with_interval(measured["accuracy"], size)),
        ("accuracy of always guessing the larger class", f"{measured['majority']:.2%}"),
        ("positive texts judged positive / negative", f"{confusion['true_positive']} / {confusion['false_negative']}"),
        ("negative texts judged positive / negative", f"{confusion['false_positive']} / {confusion['true_negative']}"),
        ("F1", f"{measured['f1']:.4f}"),
        ("area under the ROC curve", f"{measured['auc']:.4f}"),
        ("log loss", f"{measured['loss']:.4f}"),
        ("calibration error before / after", f"{calibration['ece_before']:.4f} / {calibration['ece_after']:.4f}"),
    ]
    lengths = [(span(each), each["n"], with_interval(each["accuracy"], each["n"])) for each in evaluation["by_length"]]
    return f"""## Figures on the held-out texts

{table(("figure", "value"), values)}

The calibration error is the expected one over ten bins. To calibrate, logits are divided by
{divisor(calibration)}, which the validation set chose.

{table(("words after cleaning", "texts", "accuracy (95 % interval)"), lengths)}"""


def divisor(calibration: dict[str, Any]) -> str:
    """Artifacts from before lengths mattered name no exponent."""
    temperature, exponent = calibration["temperature"], calibration.get("exponent", 0.0)
    if not exponent:
        return f"{temperature:.3f}"
    return f"{temperature:.3f} · (words / {USUAL})^{exponent:.2f}, words from 1 to {LONGEST:,}"


def by_set(evaluation: dict[str, Any]) -> str:
    rows = [
        (each["set"], each["n"], with_interval(each["accuracy"], each["n"]), f"{each['calibration_error']:.4f}")
        for each in evaluation["by_set"]
    ]
    return f"""## By kind of text

{table(("set", "held-out texts", "accuracy (95 % interval)", "calibration error"), rows)}"""


def behaviour(evaluation: dict[str, Any]) -> str:
    """Beside the champion's rates where it was asked the same cases."""
    found, champion = evaluation["behaviour"], evaluation.get("champion", {})
    beside = champion.get("behaviour", {})
    others = beside["capabilities"] if beside.get("suite") == found["suite"] else {}
    rows = [
        (name, CAPABILITIES.get(name, ""), each["cases"], each["failures"], f"{each['rate']:.1%}")
        + ((f"{others[name]['rate']:.1%}",) if others else ())
        for name, each in found["capabilities"].items()
    ]
    heads = ("capability", "what the cases hold", "cases", "failed", "failure rate")
    return f"""## How it behaves

{table((*heads, f"of {champion['version']}") if others else heads, rows)}

The cases are plain sentences, made of templates for this purpose (`ml/evaluation`, suite {found["suite"]}); a text that
the service would refuse has failed. Rates of models are comparable where the suite is the same."""


def comparison(evaluation: dict[str, Any]) -> str:
    champion = evaluation["champion"]
    if "error" in champion:
        return f"## Against the model that served\n\nIt could not be judged: {champion['error']}"
    rows = [
        (name, f"{each['accuracy']:.2%}", f"{each['loss']:.4f}", f"{each['calibration_error']:.4f}")
        for name, each in (("this one", evaluation["metrics"]), (champion["version"], champion["metrics"]))
    ]
    test = champion["mcnemar"]
    return f"""## Against the model that served

{table(("model", "accuracy", "log loss", "calibration error"), rows)}

On the same texts. {test["candidate_only"]} are judged rightly by this model alone and {test["champion_only"]} by the
other alone: p = {test["p_value"]:.2g} (McNemar's exact test, two-sided)."""


def data(model: dict[str, Any], evaluation: dict[str, Any]) -> str:
    about = model["data"]
    rows = [(part, about[part]) for part in ("train", "validation", "unlabelled", "test") if part in about]
    source = "".join(f"\n> {line}".rstrip() for line in model.get("data_source", "").splitlines())
    source = f"\n{source}" if source else ""
    return f"""## Data{f": {about['name']}" if "name" in about else ""}

{table(("part", "texts"), rows)}

- sha256 of all texts but the held-out ones: `{about["sha256"]}`
- sha256 of the held-out texts: `{evaluation["set"]["sha256"]}`

The texts are their authors', and what the data set's terms ask applies to this model as well.{source}"""


def making(model: dict[str, Any]) -> str:
    steps = [step for (name, value), step in CLEANING.items() if model["preprocessing"].get(name) == value]
    hyperparameters = ", ".join(f"{name} {value}" for name, value in model["hyperparameters"].items())
    return f"""## How it was made

Cleaning: {"; ".join(steps) or "none"}. Then nltk's tokeniser.

    {model["command"]}

Hyperparameters: {hyperparameters}."""


def with_interval(share: float, n: int) -> str:
    low, high = wilson(share, n)
    return f"{share:.2%} ({low:.2%}–{high:.2%})"


def span(lengths: dict[str, int]) -> str:
    """ "8–15", or "1"."""
    return "–".join(dict.fromkeys((str(lengths["from"]), str(lengths["to"]))))


def duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def table(heads: Iterable[Any], rows: Iterable[Iterable[Any]]) -> str:
    heads = list(heads)
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in (heads, ["---"] * len(heads), *rows))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
