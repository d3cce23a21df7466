"""How often several ways judge short texts rightly, and how far off their probabilities are, group by group."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

from benchmarks.cost import table
from ml.data import Example, json_object, lines, read
from ml.evaluate import calibration_error, wilson

Groups = Mapping[str, Sequence[Example]]
GROUPED_BY = {"everyday": "domain", "negation": "kind"}  # the files of benchmarks/texts, and the field that parts them


def of_data_set(folder: Path) -> Groups:
    """The validation and test texts of a data set, by the set that each comes from. Raises DataError."""
    groups: dict[str, list[Example]] = {}
    for part in ("validation", "test"):
        path = folder / f"{part}.jsonl.gz"
        for example in read(path) if part == "test" or path.exists() else ():
            groups.setdefault(f"{example.set or folder.name}, {part}", []).append(example)
    return groups


def of_files(folder: Path) -> Groups:
    """The texts of everyday.jsonl by their domain, and of negation.jsonl by their kind. Raises DataError."""
    groups: dict[str, list[Example]] = {}
    for name, field in GROUPED_BY.items():
        for where, line in lines(folder / f"{name}.jsonl"):
            row = json_object(line, where)
            groups.setdefault(f"{name}: {row[field]}", []).append(Example(row["text"], row["label"]))
    return groups


def accuracy(labels: Sequence[int], scores: Sequence[float]) -> float:
    """The share that is judged correctly. A score of exactly one half says nothing and counts as half correct."""
    pairs = zip(labels, scores, strict=True)
    return sum(0.5 if score == 0.5 else (score > 0.5) == (label == 1) for label, score in pairs) / len(labels)


def compared(groups: Groups, scores: Mapping[str, Mapping[str, float]]) -> str:
    """A Markdown table, a row for each group and a column for each way, whose P(positive) by text is in `scores`."""
    rows = []
    for name, examples in groups.items():
        labels = [example.label for example in examples]
        cells = [_cell(labels, [by_text[example.text] for example in examples]) for by_text in scores.values()]
        rows.append([name, f"{len(examples):,}", *cells])
    return table(["accuracy (95 % interval), calibration error", "n", *scores], rows)


def _cell(labels: Sequence[int], scores: Sequence[float]) -> str:
    share = accuracy(labels, scores)
    low, high = wilson(share, len(labels))
    error = calibration_error(torch.tensor(labels), torch.tensor(scores, dtype=torch.double))
    return f"{share:.3f} ({low:.3f}–{high:.3f}), {error:.3f}"
