"""The table of sets in docs/data.md."""

import pytest

from ml.short import page
from ml.short.sources import TRAINING, VALIDATION


def test_the_page_holds_the_table_as_the_sets_are_now() -> None:
    text = page.PAGE.read_text("utf-8")
    assert page.page(text) == text, "run: .venv/bin/python -m ml.short.page"


def test_every_set_has_a_row_with_its_file_its_number_of_texts_its_licence_and_its_home() -> None:
    rows = page.table().splitlines()[2:]
    for folder, sources in (("train", TRAINING), ("validation", VALIDATION)):
        for source in sources:
            (row,) = [row for row in rows if row.startswith(f"| `{folder}/{source.name}` |")]
            assert row.endswith(f"| {source.texts:,} | {source.licence} | {source.home} |")
            assert source.texts > 0
    assert len(rows) == len(TRAINING) + len(VALIDATION) + 3  # and our own


def test_a_table_takes_the_place_of_the_one_before() -> None:
    written = page.page(f"before\n{page.BEGIN}old\n{page.END}\nafter\n")
    assert written == f"before\n{page.BEGIN}\n{page.table()}\n{page.END}\nafter\n"
    assert page.page(written) == written


@pytest.mark.parametrize("text", ["", page.BEGIN, f"{page.END} {page.BEGIN}"])
def test_a_page_without_a_place_for_it_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="lacks the line"):
        page.page(text)
