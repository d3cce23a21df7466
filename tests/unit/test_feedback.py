"""Data sets made of feedback, from a folder and from a bucket."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from ml import corpus
from ml.data import Example, read, read_texts, write
from ml.data_commands import main
from ml.duplicates import key
from ml.hyperparameters import Hyperparameters
from ml.shards import Line
from tests.unit.conftest import BUCKET

TRAIN = [Example(f"Film number {number} is one that I know.", number % 2, f"film {number}") for number in range(20)]
TEST = [Example(f"Nobody should test on film number {number}.", number % 2) for number in range(4)]
EXTRA = [Example("A fine thing to see", 1), Example("A dull thing to see", 0)]


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = tmp_path / "base"
    for part, rows in (("train", TRAIN), ("test", TEST), ("extra", EXTRA)):
        write(folder / f"{part}.jsonl.gz", rows)
    write(folder / "unlabelled.jsonl.gz", ["A text that has no label."])
    (folder / "README.md").write_text("Of my own.\n")
    return folder


def documents() -> dict[str, bytes]:
    """Twelve people's feedback of a text each, on two films; and some that is none, or of texts that are known."""
    sent = {
        f"{number:x}": (f"I saw this one {number} times, and liked it.", number % 2, f"source {number}")
        for number in range(12)
    }
    sent["test"] = (TEST[0].text.upper(), 1, "source 1")
    sent["train"] = (TRAIN[0].text, 1, "source 1")
    sent["short"] = ("Good", 0, "source 1")
    found = {
        name: json.dumps({"text": text, "label": label, "source": source}).encode()
        for name, (text, label, source) in sent.items()
    }
    return found | {"broken": b"{"}


def folder_of(tmp_path: Path, found: dict[str, bytes]) -> Path:
    quarantine = tmp_path / "feedback" / "quarantine"
    quarantine.mkdir(parents=True)
    for name, document in found.items():
        (quarantine / f"{name}.json").write_bytes(document)
    return tmp_path / "feedback"


def make(base: Path, out: Path, *arguments: str | Path) -> Path:
    main(["feedback", "--base", str(base), "--out", str(out), *map(str, arguments)])
    return out


def added(out: Path) -> dict[str, Any]:
    """Id → row, of the lines of extra that came as feedback."""
    rows = [json.loads(line) for line in gzip.decompress((out / "extra.jsonl.gz").read_bytes()).splitlines()]
    return {row["feedback"]: row for row in rows if "feedback" in row}


def names(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("*.json")}


def test_what_is_taken_is_only_trained_on_and_says_where_it_is_from(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = folder_of(tmp_path, documents())
    out = make(base, tmp_path / "out", "--folder", place)
    assert added(out)["a"] == {"text": "I saw this one 10 times, and liked it.", "label": 0, "feedback": "a"}
    assert names(place / "accepted") == set(added(out)) == {f"{number:x}" for number in range(12)}
    assert names(place / "quarantine") == set(documents())
    assert (read(out / "train.jsonl.gz"), read(out / "test.jsonl.gz")) == (TRAIN, TEST)
    assert read(out / "extra.jsonl.gz")[:2] == EXTRA
    assert read_texts(out / "unlabelled.jsonl.gz") == ["A text that has no label."]
    printed = capsys.readouterr().out
    assert "| received, from 12 sources | 16 |" in printed
    assert "| taken: 6 positive, 6 negative; 1 or fewer of a source | 12 |" in printed
    assert "| its text is one that models are tested on | 1 |" in printed
    assert "| cannot be read: feedback broken: not what the service stores (JSONDecodeError) | 1 |" in printed
    about = (out / "README.md").read_text()
    assert about.endswith("Of my own.\n")
    assert "largest_share 0.1" in about


def test_training_validates_and_tests_on_no_feedback(base: Path, tmp_path: Path) -> None:
    out = make(base, tmp_path / "out", "--folder", folder_of(tmp_path, documents()))
    before, after = (corpus.load(folder, Hyperparameters(validation_share=0.3)) for folder in (base, out))
    assert (examples(after.validation), after.judged) == (examples(before.validation), before.judged)
    sent = {key(each["text"]) for each in added(out).values()}
    assert sent <= {key(each.text) for each in examples(after.training)}
    assert not sent & {key(each.text) for each in examples(after.validation + after.test)}


def examples(lines: list[Line]) -> list[Example]:
    return [line.example for line in lines if line.example]


def test_the_same_feedback_gives_the_same_set_and_what_is_no_longer_taken_is_accepted_no_longer(
    base: Path, tmp_path: Path
) -> None:
    place = folder_of(tmp_path, documents())
    first, again = (make(base, tmp_path / name, "--folder", place) for name in ("first", "again"))
    assert all((first / path.name).read_bytes() == path.read_bytes() for path in again.glob("*.jsonl.gz"))
    (place / "quarantine" / "a.json").unlink()  # as DELETE /feedback/{id} does
    make(base, tmp_path / "later", "--folder", place)
    assert names(place / "accepted") == {f"{number:x}" for number in range(12)} - {"a"}


def test_the_feedback_of_a_stage_becomes_a_set_in_its_bucket(s3: Any, base: Path, tmp_path: Path) -> None:
    for name, document in documents().items():
        s3.put_object(Bucket=BUCKET, Key=f"feedback/quarantine/{name}.json", Body=document)
    s3.put_object(Bucket=BUCKET, Key="feedback/accepted/gone.json", Body=b"{}")
    out = make(base, tmp_path / "out", "--stage", "dev", "--upload", "mine")
    assert added(out) == added(make(base, tmp_path / "of-folder", "--folder", folder_of(tmp_path, documents())))
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert {each for each in keys if "accepted" in each} == {f"feedback/accepted/{name}.json" for name in added(out)}
    assert {each for each in keys if "quarantine" in each} == {
        f"feedback/quarantine/{name}.json" for name in documents()
    }
    assert {each for each in keys if "data" in each} == {
        f"data/mine/{part}.jsonl.gz" for part in ("train", "test", "extra", "unlabelled")
    }
    body = s3.get_object(Bucket=BUCKET, Key="feedback/accepted/a.json")["Body"].read()
    assert body == documents()["a"]


def test_from_too_few_sources_nothing_is_taken_and_nothing_written(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = {name: document for name, document in documents().items() if name in "0123"}
    place = folder_of(tmp_path, few)
    with pytest.raises(SystemExit, match=r"none of the feedback is taken.*10 sources are needed"):
        make(base, tmp_path / "out", "--folder", place)
    assert "| its source has as many in the set as one may have | 4 |" in capsys.readouterr().out
    assert not (tmp_path / "out").exists()
    assert len(added(make(base, tmp_path / "out", "--folder", place, "--largest-share", "0.25"))) == 4


def test_feedback_of_one_sentiment_alone_is_no_set_of_its_own(base: Path, tmp_path: Path) -> None:
    (base / "extra.jsonl.gz").unlink()
    positive = {name: each for name, each in documents().items() if b'"label": 1' in each}
    with pytest.raises(SystemExit, match="what is taken: all 6 texts have label 1"):
        make(base, tmp_path / "out", "--folder", folder_of(tmp_path, positive), "--largest-share", "0.5")


def test_feedback_is_added_to_no_set_that_holds_some_nor_written_over_its_base(base: Path, tmp_path: Path) -> None:
    place = folder_of(tmp_path, documents())
    out = make(base, tmp_path / "out", "--folder", place)
    with pytest.raises(SystemExit, match="out was made with feedback; name the set that it was made from"):
        make(out, tmp_path / "more", "--folder", place)
    with pytest.raises(SystemExit, match="base is the base set, which stays as it is"):
        make(base, base, "--folder", place)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--folder", "absent"], "absent holds no folder quarantine"),
        (["--folder", "absent", "--upload", "mine"], "--upload needs --stage or --bucket"),
        (["--folder", "absent", "--largest-share", "0"], "the largest share is above 0"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    base: Path, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    with pytest.raises(SystemExit, match=sentence):
        make(base, tmp_path / "out", *arguments)


def test_a_stage_that_is_not_deployed_is_named(s3: Any, base: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"sentiment-prod-123456789012.*NoSuchBucket.*is the stage deployed"):
        make(base, tmp_path / "out", "--stage", "prod")
