"""docs/threat-model.md names tests that there are."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")


def test_every_test_that_the_threat_model_names_is_there() -> None:
    named = set(re.findall(r"\btests/[\w/]+\.py", PAGE))
    assert len(named) > 10
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_every_threat_has_what_stops_it_what_shows_that_and_what_is_left() -> None:
    rows = [line.strip("|").split(" | ") for line in PAGE.splitlines() if line.startswith("| ")]
    assert [row[0] for row in rows if len(row) != 4 or not all(cell.strip() for cell in row)] == []
    untested = [row[0] for row in rows[1:] if "tests/" not in row[2]]
    assert untested == []
