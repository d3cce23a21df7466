"""What `npm run audit` goes by."""

import pytest

from local import audit
from local.problem import Problem
from local.settings import ROOT


def test_a_finding_is_accepted_with_a_reason_and_comments_are_none() -> None:
    text = "# a comment\n\nnltk GHSA-1: it is never called.\n"
    assert audit.reasons(text) == {"nltk GHSA-1": "it is never called."}


@pytest.mark.parametrize("line", ["nltk GHSA-1", "nltk GHSA-1: ", "nltk: why", "nltk GHSA-1 x: why"])
def test_a_finding_without_a_reason_is_refused(line: str) -> None:
    with pytest.raises(Problem, match="why it may stay"):
        audit.reasons(line)


def test_what_is_accepted_now_has_its_reasons() -> None:
    assert all(audit.reasons(audit.ACCEPTED.read_text()).values())


def test_every_lock_file_is_audited() -> None:
    pinned = {path for path in ROOT.glob("*/**/*requirements*.txt") if ".local" not in path.parts}
    pinned = {path for path in pinned if not {"node_modules", ".venv", "build"} & set(path.parts)}
    assert {*(ROOT / "requirements").glob("*.txt"), *pinned} == set(audit.locks())
