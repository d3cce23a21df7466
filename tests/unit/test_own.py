"""Data sets made of a user's own files."""

import gzip
import json
from pathlib import Path

import pytest

from ml.data import Example, read
from ml.data_commands import main

TEXTS = [Example(f"Film number {number} is {'good' if number % 2 else 'bad'}.", number % 2) for number in range(10)]
CSV = "id,review,stars\n" + "".join(f'7,"{each.text}",{1 + 4 * each.label}\n' for each in TEXTS)
JSONL = "".join(json.dumps({"text": each.text, "label": each.label}) + "\n" for each in TEXTS)
STARS = ("--text-column", "review", "--label-column", "stars", "--positive", "4", "5", "--negative", "1", "2")


def make(tmp_path: Path, *arguments: str | Path) -> tuple[list[Example], list[Example]]:
    """(train, test) of what the command makes."""
    out = tmp_path / "out"
    main(["own", *map(str, arguments), "--out", str(out)])
    return read(out / "train.jsonl.gz"), read(out / "test.jsonl.gz")


def file(tmp_path: Path, name: str, content: str) -> Path:
    path = tmp_path / name
    path.write_bytes(gzip.compress(content.encode()) if name.endswith(".gz") else content.encode())
    return path


def folder(tmp_path: Path) -> Path:
    for number, each in enumerate(TEXTS):
        path = tmp_path / "mine" / ("neg", "pos")[each.label] / f"{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(each.text)
    return tmp_path / "mine"


@pytest.mark.parametrize(
    ("name", "content", "options"),
    [
        ("a.csv", CSV, STARS),
        ("a.csv", "\ufeff" + CSV.replace("\n", "\r\n"), STARS),
        ("a.tsv.gz", CSV.replace(",", "\t"), STARS),
        ("a.jsonl", JSONL, ()),
        ("a.jsonl.gz", JSONL.replace("\n", "\n\n"), ()),
        ("a.jsonl", JSONL.replace(": 1}", ": 1.0}").replace(": 0}", ": null}"), ("--negative", "NULL")),
        (
            "a.jsonl",
            JSONL.replace(": 1}", ": true}").replace(": 0}", ': "Bad"}'),
            ("--positive", "true", "--negative", "bad"),
        ),
    ],
)
def test_every_form_gives_the_same_examples(tmp_path: Path, name: str, content: str, options: tuple[str, ...]) -> None:
    train, test = make(tmp_path, file(tmp_path, name, content), *options)
    assert sorted(train + test, key=TEXTS.index) == TEXTS
    assert len(test) == 2
    assert make(tmp_path, folder(tmp_path)) == (train, test)


def test_texts_with_line_breaks_and_quotes_are_read_from_csv(tmp_path: Path) -> None:
    text = 'One "fine"\nfilm, ' + "long " * 40_000
    quoted = '"' + text.replace('"', '""') + '"'
    train, test = make(
        tmp_path, file(tmp_path, "a.csv", f"text,label\n{quoted},1\nx,0\n"), "--test", file(tmp_path, "b.jsonl", JSONL)
    )
    assert train == [Example(text, 1), Example("x", 0)]
    assert test == TEXTS


def test_the_part_held_out_is_as_large_as_asked(tmp_path: Path) -> None:
    train, test = make(tmp_path, file(tmp_path, "a.jsonl", JSONL), "--held-out", "0.4")
    assert [sum(example.label == label for example in test) for label in (0, 1)] == [2, 2]
    assert len(train) == 6


def test_what_repeats_is_kept_once_and_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    again = '{"text": "film  NUMBER 3 is good!", "label": 1}\n{"text": "Film number 5 is good", "label": 0}\n'
    train, test = make(tmp_path, file(tmp_path, "a.jsonl", JSONL), file(tmp_path, "b.jsonl", JSONL + again))
    assert sorted(train + test, key=TEXTS.index) == TEXTS
    assert "12 repetitions left out, 1 of them with the other label" in capsys.readouterr().out


def test_what_is_tested_on_is_not_trained_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    test_file = file(
        tmp_path, "test.jsonl", '{"text": "film number 3 is good", "label": 1}\n{"text": "New.", "label": 0}\n'
    )
    train, test = make(tmp_path, file(tmp_path, "a.jsonl", JSONL), "--test", test_file)
    assert train == [example for example in TEXTS if example != TEXTS[3]]
    assert test == [Example("film number 3 is good", 1), Example("New.", 0)]
    assert "1 texts of train left out because they are in test" in capsys.readouterr().out


def test_texts_of_other_labels_can_be_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = file(tmp_path, "a.csv", CSV + "7,So so.,3\n")
    train, test = make(tmp_path, path, *STARS, "--neither", "3")
    assert sorted(train + test, key=TEXTS.index) == TEXTS
    assert "1 texts left out because of their label" in capsys.readouterr().out


def test_texts_that_clean_to_nothing_are_counted_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wordless = [Example(":-)", 1), Example(":-(", 0)]
    lines = "".join(json.dumps({"text": each.text, "label": each.label}) + "\n" for each in wordless)
    train, test = make(tmp_path, file(tmp_path, "a.jsonl", JSONL + lines))
    assert set(wordless) < set(train + test)
    assert "2 texts hold no word to learn from, the first in " in (out := capsys.readouterr().out)
    assert "a.jsonl, line 11" in out


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.jsonl", JSONL + "{", "a.jsonl, line 11: not JSON"),
        ("a.jsonl", JSONL + "7", "a.jsonl, line 11: expected a JSON object, not '7'"),
        ("a.jsonl", JSONL + "{}", "a.jsonl, line 11: no text: there is no 'text', only nothing"),
        ("a.jsonl", JSONL + '{"text": null, "label": 1}', "a.jsonl, line 11: no text: 'text' is None"),
        ("a.jsonl", JSONL + '{"text": "\\n", "label": 1}', "a.jsonl, line 11: no text: it is blank"),
        ("a.jsonl", JSONL + '{"text": "x"}', "a.jsonl, line 11: no label: .* name it with --label-column"),
        ("a.jsonl", JSONL + '{"text": "x", "label": 3}', "line 11: the label '3' is neither positive nor negative"),
        ("a.jsonl", JSONL.replace(": 1}", ": 0}"), "all 10 texts have label 0"),
        ("a.jsonl", "", "a.jsonl is empty"),
        ("a.csv", "", "a.csv is empty"),
        ("a.csv", "text,label\n", "a.csv is empty"),
        ("a.csv", 'text,label\n"x\ny",1\nz\n', "a.csv, line 4: 1 columns, but the first line names 2"),
        ("a.csv", 'text,label\nx,1\n"never\nends,1\n', "a.csv, line 3: not CSV"),
        ("a.csv", "text;label\nx;1\n", "a.csv, line 2: no text: there is no 'text', only 'text;label'"),
        ("a.csv", "text,label\n,1\n", "a.csv, line 2: no text: it is blank"),
        ("a.json", "[]", "a.json: expected a folder with one subfolder"),
    ],
)
def test_bad_data_is_refused_with_file_and_line(tmp_path: Path, name: str, content: str, sentence: str) -> None:
    with pytest.raises(SystemExit, match=sentence):
        make(tmp_path, file(tmp_path, name, content))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["a.csv.gz", "a.jsonl.gz"])
def test_a_gzip_that_is_cut_short_is_refused(tmp_path: Path, name: str) -> None:
    path = file(tmp_path, name, JSONL if "jsonl" in name else CSV.replace("review,stars", "text,label"))
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(SystemExit, match=f"{name}, .*not a whole gzip file"):
        make(tmp_path, path, "--positive", "5", "1", "--negative", "0")


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_text_that_is_not_utf_8_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"text,label\n\xe9,1\n" if name == "a.csv" else b'\n{"text": "\xe9"}\n')
    with pytest.raises(SystemExit, match=f"{name}, line 2: not UTF-8 text"):
        make(tmp_path, tmp_path / name)


def test_a_missing_file_or_a_folder_without_texts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"no\.csv does not exist"):
        make(tmp_path, tmp_path / "no.csv")
    (tmp_path / "pos").mkdir()
    with pytest.raises(SystemExit, match=r"pos holds no \.txt file"):
        make(tmp_path, tmp_path)
    with pytest.raises(SystemExit, match="pos holds no subfolder"):
        make(tmp_path, tmp_path / "pos")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--positive", "1", "--negative", "0", " 1"), "the label '1' is said to mean two things"),
        (("--held-out", "1"), "--held-out 1: expected a share between 0 and 1"),
    ],
)
def test_options_that_contradict_are_refused(tmp_path: Path, options: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(SystemExit, match=sentence):
        make(tmp_path, file(tmp_path, "a.jsonl", JSONL), *options)


def test_a_source_is_never_overwritten(tmp_path: Path) -> None:
    path = file(tmp_path, "train.jsonl.gz", JSONL)
    before = path.read_bytes()
    with pytest.raises(SystemExit, match=r"train\.jsonl\.gz would be overwritten"):
        main(["own", str(path), "--out", str(tmp_path)])
    assert path.read_bytes() == before


def test_a_test_set_that_leaves_nothing_to_train_on_is_refused(tmp_path: Path) -> None:
    path = file(tmp_path, "a.jsonl", JSONL)
    with pytest.raises(SystemExit, match="what is left of train is empty"):
        make(tmp_path, path, "--test", path)
