"""The table of sets in docs/data.md, made from what this folder holds: `python -m ml.short.page` writes it there."""

from collections.abc import Iterator
from pathlib import Path

from ml.short.build import FROM_TEMPLATES, OWN, TEMPLATES, sentences
from ml.short.sources import TRAINING, VALIDATION

PAGE = Path(__file__).parent.parent.parent / "docs" / "data.md"
BEGIN, END = "<!-- sets: .venv/bin/python -m ml.short.page -->\n", "<!-- end of sets -->"
HEAD = ("file, or set", "what it holds", "texts used", "licence", "home")


def table() -> str:
    """A Markdown table with a row for each set: those of others by their file, then our own."""
    rows = [HEAD, ("---", "---", "---:", "---", "---"), *_of_others(), *_own()]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _of_others() -> Iterator[tuple[str, ...]]:
    for folder, sources in (("train", TRAINING), ("validation", VALIDATION)):
        for source in sources:
            name = f"`{folder}/{source.name}`"
            yield name, source.title, f"{source.texts:,}", source.licence, source.home


def _own() -> Iterator[tuple[str, ...]]:
    training, validation = sentences()
    home = "ml/short/{}"
    yield OWN, "sentences, to learn", f"{len(training):,}", "MIT", home.format("sentences/")
    yield OWN, "the same, to validate", f"{len(validation):,}", "MIT", home.format("sentences/")
    yield TEMPLATES, "sentences from templates, to learn", f"{FROM_TEMPLATES:,}", "MIT", home.format("templates.py")


def page(text: str) -> str:
    """The page with the table as it is now. Raises ValueError where the page has no place for it."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"the page lacks the line {BEGIN.strip()!r} or, after it, {END!r}")
    return f"{before}{begin}\n{table()}\n{end}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
