"""A file of reviews is judged."""

import csv
import io
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from tests.browser.answers import one_after_another, problem, result
from tests.stack.test_sentiment import RAVE, SLATING

HEADED = ["id,Review,stars", f'1,"{RAVE}",5', '2,"A ""dull"", boring\r\nmess; the worst.",1', "3,!!!,3"]


def drop(page: Page, name: str, content: str | bytes) -> None:
    data = content.encode() if isinstance(content, str) else content
    page.locator("#file").set_input_files({"name": name, "mimeType": "text/plain", "buffer": data})


def cells(page: Page, column: int) -> list[str]:
    return page.locator(f"#rows td:nth-child({column})").all_text_contents()


def test_a_table_a_histogram_and_a_file_to_keep_come_of_a_csv_file(page: Page, tmp_path: Path) -> None:
    drop(page, "reviews.csv", "\r\n".join(HEADED))
    expect(page.locator("#batch-status")).to_have_text("All are judged.")
    expect(page.locator("#batch-found")).to_have_text("3 reviews, in the column “Review”.")
    expect(page.locator("#batch-sum")).to_have_text("1 positive · 0 hard to say · 1 negative · 1 not judged")
    assert cells(page, 3) == ["positive", "negative", "not judged"]
    assert [n for n in page.locator("#histogram text").all_text_contents() if n] == ["1", "1"]
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    download.value.save_as(tmp_path / "kept.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "kept.csv").read_bytes().decode("utf-8-sig"), newline="")))
    assert [row["sentiment"] for row in rows] == ["positive", "negative", ""]
    assert [row["text"] for row in rows] == [RAVE, 'A "dull", boring\r\nmess; the worst.', "!!!"]
    assert "no word" in rows[2]["error"]
    assert 0.5 < float(rows[0]["score"]) == float(rows[0]["confidence"]) <= 1


def test_in_a_text_file_each_line_is_a_review_and_each_can_be_looked_at(page: Page) -> None:
    drop(page, "reviews.txt", f"{RAVE}\n\n{SLATING}\r\nCaf\u00e9".encode("cp1252"))
    expect(page.locator("#batch-status")).to_have_text("All are judged.")
    assert cells(page, 2) == [RAVE, SLATING, "Café"]
    page.locator("#rows button").nth(1).click()
    expect(page.locator("#sentiment")).to_have_text("Negative")
    expect(page.get_by_label("Review", exact=True)).to_have_value(SLATING)


def test_a_file_can_be_dropped_anywhere(page: Page) -> None:
    page.evaluate(
        """text => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([text], "dropped.txt"));
          const drop = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
          document.querySelector("aside").dispatchEvent(drop);
        }""",
        RAVE,
    )
    expect(page.get_by_role("heading", name="dropped.txt")).to_be_visible()
    expect(page.locator("#batch-sum")).to_have_text("1 positive · 0 hard to say · 0 negative")


def test_hundreds_are_sent_25_at_a_time_and_wait_when_the_service_says_so(page: Page) -> None:
    several = {"results": [{"index": i, **result(i / 25)} for i in range(25)], "errors": []}
    busy = [problem(429, "Slow down.", 1), problem(503, "Away.")]
    sent = one_after_another(page, "**/sentiment", several, *busy, several)
    drop(page, "many.txt", "\n".join(f"Review {i}." for i in range(200)))
    expect(page.locator("#batch-status")).to_contain_text("Going on in 1 second.")
    assert page.locator("#batch-progress").evaluate("bar => bar.value / bar.max") == 25 / 200
    expect(page.locator("#batch-status")).to_have_text("All are judged.")
    assert [len(body["texts"]) for body in sent] == [25] * 10
    assert sent[1] == sent[2] == sent[3]
    judged = [text for body in [sent[0], *sent[3:]] for text in body["texts"]]
    assert judged == [f"Review {i}." for i in range(200)]
    expect(page.locator("#batch-sum")).to_have_text("64 positive · 64 hard to say · 72 negative")


def test_long_reviews_are_sent_fewer_at_a_time(page: Page) -> None:
    sent = one_after_another(
        page, "**/sentiment", {"results": [], "errors": [{"index": 0, "code": "x", "message": "x"}]}
    )
    drop(page, "long.txt", "\n".join("é" * 90_000 for _ in range(4)))
    expect(page.locator("#batch-status")).to_have_text("All are judged.")
    assert [len(body["texts"]) for body in sent] == [3, 1]


def test_one_that_is_too_long_spoils_no_other(page: Page) -> None:
    drop(page, "long.txt", f"{RAVE}\n{'é' * 700_000}\n{SLATING}")
    expect(page.locator("#batch-status")).to_have_text("All are judged.")
    assert cells(page, 3) == ["positive", "not judged", "negative"]


def test_it_can_be_stopped_and_goes_on_where_it_was(page: Page) -> None:
    page.route("**/sentiment", lambda route: None)
    drop(page, "two.txt", f"{RAVE}\n{SLATING}")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#batch-status")).to_have_text("Stopped.")
    page.unroute("**/sentiment")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#batch-sum")).to_have_text("1 positive · 0 hard to say · 1 negative")


def test_a_file_without_reviews_or_too_large_is_refused_in_a_sentence(page: Page) -> None:
    for content, sentence in (("\n \n", "There are no reviews in this file"), ("x" * 5_000_001, "larger than 5 MB")):
        drop(page, "bad.txt", content)
        expect(page.locator("#batch-found")).to_contain_text(sentence)
        expect(page.locator("#batch-result")).to_be_hidden()


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
TABLE = st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1))


@given(rows=TABLE, separator=st.sampled_from(",;\t"), ending=st.sampled_from(["\r\n", "\n"]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_python_writes_as_csv_is_read_as_it_was(
    page: Page, rows: list[list[str]], separator: str, ending: str
) -> None:
    written = io.StringIO()
    csv.writer(written, delimiter=separator, lineterminator=ending, quoting=csv.QUOTE_ALL).writerows(rows)
    assert in_page(page, "parse", written.getvalue(), separator) == rows


@given(
    rows=st.lists(st.lists(CELL.filter(lambda cell: not cell.startswith(tuple("=+-@\t\r"))), min_size=2), min_size=1)
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_the_page_writes_as_csv_python_reads(page: Page, rows: list[list[str]]) -> None:
    written = in_page(page, "write", rows)
    assert list(csv.reader(io.StringIO(written, newline=""))) == rows


def test_what_a_spreadsheet_would_take_for_a_formula_is_made_text(page: Page) -> None:
    assert in_page(page, "write", [['=HYPERLINK("x")', -1.5]]) == '"\'=HYPERLINK(""x"")",-1.5\r\n'


def in_page(page: Page, function: str, *arguments: object) -> Any:
    """What a function of web/csv.js returns."""
    call = "async ([name, args]) => (await import(new URL('assets/csv.js', document.baseURI)))[name](...args)"
    return page.evaluate(call, [function, list(arguments)])
