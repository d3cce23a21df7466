"""A data set made of another one and of the feedback that people sent, by the rules of ml/feedback_rules.py.

python -m ml.data feedback --base data/imdb --stage dev --out data/imdb-feedback
python -m ml.data feedback --base data/imdb --stage dev --out data/imdb-feedback --upload imdb-feedback
python -m ml.data feedback --base data/imdb --folder feedback --out data/imdb-feedback   # a copy of s3://…/feedback

All feedback is judged anew each time, so the set is the same for the same feedback, in whatever order it came. What is
taken is appended to extra.jsonl.gz, each line with the id of its feedback: that part is trained on, and a run validates
and tests on none of it (ml/corpus.py). The base set's other parts stay as they are, so a model that learns from
feedback is judged on the same texts as the one that serves.
"""

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from math import ceil
from pathlib import Path
from typing import Any

from ml.data import UNLABELLED, Example, json_object, lines, read, read_texts, require_both_classes, save
from ml.errors import DataError
from ml.feedback_rules import Fate, Feedback, Judgement, Rules, judge, parse
from ml.feedback_store import Bucket, Folder, Store
from ml.upload import add_place, connect, upload

Part = list[Example | str]


@dataclass(frozen=True)
class Sent(Example):
    """A text that came as feedback."""

    feedback: str | None = None  # its id


def add_command(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser("feedback", help="a data set, and what people sent since")
    parser.add_argument("--base", type=Path, required=True, metavar="DIR", help="the data set that is trusted")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the new one")
    parser.add_argument("--upload", metavar="NAME", help="put it into the bucket too, under this name")
    add_place(parser).add_argument("--folder", type=Path, metavar="DIR", help="a copy of a bucket's feedback/")
    rules = Rules()
    parser.add_argument("--least-words", type=int, default=rules.least_words, help="of a text (%(default)s)")
    most = "texts of one source (%(default)s)"
    parser.add_argument("--most-per-source", type=int, default=rules.most_per_source, metavar="TEXTS", help=most)
    share = "share of what is taken that is of one source: at 0.1, ten sources are needed (%(default)s)"
    parser.add_argument("--largest-share", type=float, default=rules.largest_share, metavar="SHARE", help=share)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Write the set to `options.out`, upload it if it is to be, and note what was accepted. Raises DataError."""
    rules = Rules(**{each.name: getattr(options, each.name) for each in fields(Rules)})
    if options.out.resolve() == options.base.resolve():
        raise DataError(f"{options.out} is the base set, which stays as it is; name another folder with --out")
    if options.upload and options.folder:
        raise DataError("--upload needs --stage or --bucket, not --folder")
    base = read_base(options.base)
    s3, bucket = (None, "") if options.folder else connect(options)
    store: Store = Folder(options.folder) if options.folder else Bucket(s3, bucket)
    received, unreadable = read_feedback(store)
    held_out = base["test"] + base.get("validation", [])
    judgement = judge(received, held_out, base["train"] + base.get("extra", []), rules)
    report = table(received, judgement, unreadable)
    print(report)
    if not judgement.taken:
        capped = Fate.CAPPED in judgement.fates.values()
        hint = f"at a largest share of {rules.largest_share:g}, {ceil(1 / rules.largest_share)} sources are needed"
        raise DataError(f"none of the feedback is taken, so no set was written{': ' + hint if capped else ''}")
    extra = [*base.get("extra", []), *(Sent(each.text, each.label, feedback=each.id) for each in judgement.taken)]
    require_both_classes(extra, "what is taken")
    parts: dict[str, Part] = {**base, "extra": extra}
    save(options.out, parts, readme(options.base, report, rules))
    if options.upload:
        upload(s3, bucket, options.upload, options.out)
        print(f"s3://{bucket}/data/{options.upload}/ holds {options.out}")
    store.accept({each.id for each in judgement.taken})


def read_base(folder: Path) -> dict[str, Any]:
    """Part → rows of the set that feedback is added to. Raises DataError, also where it holds feedback itself."""
    parts: dict[str, Any] = {part: read(folder / f"{part}.jsonl.gz") for part in ("train", "test")}
    if (validation := folder / "validation.jsonl.gz").exists():
        parts["validation"] = read(validation)
    if (extra := folder / "extra.jsonl.gz").exists():
        if any("feedback" in json_object(line, where) for where, line in lines(extra)):
            raise DataError(f"{folder} was made with feedback; name the set that it was made from, with --base")
        parts["extra"] = read(extra)
    if (unlabelled := folder / f"{UNLABELLED}.jsonl.gz").exists():
        parts[UNLABELLED] = read_texts(unlabelled)
    return parts


def read_feedback(store: Store) -> tuple[list[Feedback], list[str]]:
    """All feedback, and a sentence for each that cannot be read. Raises DataError."""
    received, unreadable = [], []
    for name, document in store.quarantine().items():
        try:
            received.append(parse(name, document))
        except DataError as error:
            unreadable.append(str(error))
    return received, unreadable


def table(received: Sequence[Feedback], judgement: Judgement, unreadable: Sequence[str]) -> str:
    """What became of all of it, in Markdown."""
    counts: Mapping[Fate, int] = Counter(judgement.fates.values())
    sources = len({each.source for each in received})
    positive = sum(each.label for each in judgement.taken)
    taken = f"taken: {positive:,} positive, {len(judgement.taken) - positive:,} negative"
    rows = [f"| received, from {sources:,} sources | {len(received) + len(unreadable):,} |", "|---|---|"]
    rows.append(f"| {taken}; {judgement.cap:,} or fewer of a source | {len(judgement.taken):,} |")
    rows += [f"| {fate.value} | {counts[fate]:,} |" for fate in Fate if fate is not Fate.TAKEN and counts[fate]]
    if unreadable:
        rows.append(f"| cannot be read: {unreadable[0]} | {len(unreadable):,} |")
    return "\n".join(rows)


def readme(base: Path, report: str, rules: Rules) -> str:
    """The README.md of the set."""
    settings = ", ".join(f"{each.name} {getattr(rules, each.name)}" for each in fields(Rules))
    about = f"Made with `python -m ml.data feedback` of the set {base.resolve().name}, whose README.md follows, and:"
    own = (base / "README.md").read_text("utf-8") if (base / "README.md").exists() else "It has none.\n"
    return f"{about}\n\n{report}\n\nRules (ml/feedback_rules.py): {settings}. In extra, `feedback` is an id.\n\n{own}"
