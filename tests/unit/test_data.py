"""Data sets on disk."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml import snippets
from ml.data import Example, read, read_texts, save, set_hash, split, write
from ml.data_commands import main
from ml.errors import DataError

EXAMPLES = [Example(f"text {number} é\n", number % 2) for number in range(20)]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "new" / "train.jsonl.gz"
    write(path, EXAMPLES)
    assert read(path) == EXAMPLES
    assert list(path.parent.iterdir()) == [path]


def test_the_same_examples_give_the_same_bytes(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl.gz", EXAMPLES)
    write(tmp_path / "b.jsonl.gz", iter(EXAMPLES))
    assert (tmp_path / "a.jsonl.gz").read_bytes() == (tmp_path / "b.jsonl.gz").read_bytes()


@pytest.mark.parametrize(
    "line",
    [
        '{"text": "x"}',
        '{"text": "x", "label": 2}',
        '{"text": "x", "label": true}',
        '{"text": 1, "label": 1}',
        '{"label": 1}',
        '{"text": " ", "label": 1}',
        "[]",
        "[" * 100_000,
        "x",
        "",
    ],
)
def test_a_bad_line_is_named_and_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "train.jsonl.gz"
    path.write_bytes(gzip.compress(f'{{"text": "fine", "label": 1}}\n{line}\n'.encode()))
    with pytest.raises(DataError, match=r"train\.jsonl\.gz, line 2: "):
        read(path)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"text", "after line 0: not a whole gzip file"),
        (gzip.compress(b'{"text": "fine", "label": 1}\n\xff\n'), "line 2: not UTF-8 text"),
        (gzip.compress(b'{"text": "fine", "label": 1}\n' * 2)[:-9], "not a whole gzip file"),
        (gzip.compress(b""), "is empty"),
        (gzip.compress(b'{"text": "fine", "label": 1}\n' * 3), "all 3 texts have label 1, but both"),
    ],
)
def test_a_damaged_or_useless_file_is_named_and_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "train.jsonl.gz"
    path.write_bytes(content)
    with pytest.raises(DataError, match=rf"train\.jsonl\.gz.*{sentence}"):
        read(path)


def test_texts_without_labels_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "unlabelled.jsonl.gz"
    write(path, ["One\ntext", "\ud800 another"])
    assert read_texts(path) == ["One\ntext", "\ud800 another"]
    write(path, [])
    with pytest.raises(DataError, match="is empty"):
        read_texts(path)


def test_a_set_that_cannot_be_written_to_its_end_leaves_what_was_there(tmp_path: Path) -> None:
    save(tmp_path, {"train": EXAMPLES, "test": EXAMPLES[:4]}, "first")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    unwritable = Example(object(), 1)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="not JSON serializable"):
        save(tmp_path, {"train": EXAMPLES[:4], "test": [*EXAMPLES, unwritable]}, "second")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    with pytest.raises(TypeError, match="not JSON serializable"):
        write(tmp_path / "train.jsonl.gz", [unwritable])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_two_data_sets_are_not_mixed_in_one_folder(tmp_path: Path) -> None:
    save(tmp_path, {"train": EXAMPLES, "test": EXAMPLES, "extra": EXAMPLES}, "")
    with pytest.raises(DataError, match=r"holds extra\.jsonl\.gz of another data set"):
        save(tmp_path, {"train": EXAMPLES, "test": EXAMPLES}, "")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        read(tmp_path / "train.jsonl.gz")


def test_a_set_keeps_its_hash_in_any_order() -> None:
    assert set_hash(EXAMPLES) == set_hash(reversed(EXAMPLES))
    assert set_hash(EXAMPLES) != set_hash(EXAMPLES[1:])


def test_a_split_keeps_the_balance_and_loses_nothing() -> None:
    rest, part = split(EXAMPLES, 0.2, seed=1)
    assert [example.label for example in part] == [0, 0, 1, 1]
    assert sorted(rest + part, key=EXAMPLES.index) == EXAMPLES
    assert split(EXAMPLES, 0.2, seed=1) == (rest, part) != split(EXAMPLES, 0.2, seed=2)


@given(
    st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from([0, 1])), min_size=20, max_size=80),
    st.floats(0.1, 0.5),
    st.integers(0, 5),
)
def test_a_split_tears_no_group_apart_and_takes_no_more_than_asked(
    texts: list[tuple[str, int]], share: float, seed: int
) -> None:
    examples = [Example(f"text {number}", label, group) for number, (group, label) in enumerate(texts)]
    try:
        rest, part = split(examples, share, seed)
    except DataError:
        return
    assert sorted(rest + part, key=examples.index) == examples
    assert not {example.group for example in rest} & {example.group for example in part}
    for label in (0, 1):
        of_label = [example for example in examples if example.label == label]
        assert sum(example.label == label for example in part) <= max(1, round(share * len(of_label)))


def test_groups_that_are_too_large_to_split_are_refused() -> None:
    with pytest.raises(DataError, match="the largest group has 20 texts: take a larger share"):
        split([Example(f"text {number}", number % 2, "one film") for number in range(20)], 0.1, seed=1)


def test_a_group_that_is_no_string_is_refused(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "train.jsonl.gz", "wt") as file:
        file.write('{"text": "good", "label": 1, "group": 7}\n')
    with pytest.raises(DataError, match="line 1: 'group' must be a string"):
        read(tmp_path / "train.jsonl.gz")


def test_texts_with_lone_surrogates_are_split_like_others() -> None:
    rest, part = split([Example(f"\ud800 {number}", number % 2) for number in range(4)], 0.5, seed=1)
    assert len(rest) == len(part) == 2


def test_a_set_of_one_class_cannot_be_split() -> None:
    with pytest.raises(DataError, match="0 examples have label 1"):
        split([example for example in EXAMPLES if example.label == 0], 0.2, seed=1)


def test_clearly_rated_snippets_are_kept_once() -> None:
    ratings = "1\t2.5\tA joy.\r\n2\t-0.9\tSo so.\r\n3\t-1\tA bore!\r\n4\t3\tA  joy\r\n"
    sets = snippets.corpus(ratings, [], "")
    texts = {(example.text, example.label) for example in sets["train"] + sets["test"]}
    assert texts == {("A joy.", 1), ("A bore!", 0)}
    assert sets["extra"] == []


def test_what_is_only_trained_on_repeats_no_snippet() -> None:
    lexicon = "joy\t2.8\t0.7\t[3]\n:)\t2\t0.7\t[2]\nmeh\t-0.3\t0.7\t[0]\nfine\t1.0\t0.7\t[1]\n"
    extra = snippets.corpus("1\t2\tjoy", ["1\t-3\tBroken!\r\n2\t2\tJOY."], lexicon)["extra"]
    assert [(example.text, example.label) for example in extra[:2]] == [("Broken!", 0), ("fine", 1)]
    negated = {(form.format(word), 0) for form in snippets.NEGATIONS for word in ("joy", "fine")}
    assert {(example.text, example.label) for example in extra[2:]} < negated
    assert len(extra) == 4


def test_a_snippet_never_changes_sides() -> None:
    lines = [f"{number}\t2\tFilm number {number}." for number in range(200)]
    held_out = snippets.corpus("\n".join(lines), [], "")["test"]
    held_out_of_half = snippets.corpus("\n".join(lines[:100]), [], "")["test"]
    assert 20 < len(held_out) < 60
    assert held_out_of_half == [example for example in held_out if int(example.text[12:-1]) < 100]


def test_another_archive_is_refused_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive = tmp_path / "other.tar.gz"
    archive.write_bytes(b"other")
    with pytest.raises(SystemExit, match=r"^ml\.data: the archive is not the source archive of vaderSentiment"):
        main(["snippets", "--out", str(tmp_path / "out"), "--archive", str(archive)])
    assert not (tmp_path / "out").exists()


def test_without_network_pip_s_reason_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(SystemExit, match=r"pip could not download .* --archive"):
        main(["snippets", "--out", str(tmp_path / "out")])
