"""What of a data set teaches, chooses and judges."""

from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest

from ml import tokens
from ml.corpus import encode, load
from ml.data import Example, write
from ml.shards import Line
from tests.unit.toys import SMALL


def texts(lines: list[Line]) -> list[str]:
    return [line.example.text for line in lines if line.example]


HYPER = replace(SMALL, validation_share=0.2, min_count=1)


def examples(word: str, count: int) -> list[Example]:
    return [Example(f"{word} number{number} word{word}{number}", number % 2) for number in range(count)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "train.jsonl.gz", examples("train", 20))
    write(tmp_path / "test.jsonl.gz", examples("test", 6))
    write(tmp_path / "extra.jsonl.gz", examples("extra", 4))
    texts = ["something new", "Something NEW!", examples("test", 1)[0].text, *(e.text for e in examples("train", 20))]
    write(tmp_path / "unlabelled.jsonl.gz", texts)
    return tmp_path


def test_extra_texts_teach_and_nothing_is_judged_by_them(folder: Path) -> None:
    corpus = load(folder, HYPER)
    assert len(corpus.training) == 20
    assert len(corpus.validation) == 4
    learnt = {line.example for line in corpus.training}
    assert {each for each in learnt if each and "extra" in each.text} == set(examples("extra", 4))
    assert corpus.judged == examples("test", 6)


def test_extra_texts_that_are_judged_by_teach_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder / "extra.jsonl.gz", [*examples("extra", 4), *examples("test", 2)])
    assert len(load(folder, HYPER).training) == 20
    assert "2 texts of extra left out" in capsys.readouterr().out


def test_no_text_of_validation_or_test_is_learnt_from_without_its_label(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = load(folder, HYPER)
    unlabelled = texts(corpus.unlabelled)
    assert len(unlabelled) == len(set(unlabelled)) == 17
    assert not set(texts(corpus.validation + corpus.test)) & set(unlabelled)
    assert "17 texts without labels; 6 left out" in capsys.readouterr().out


def test_unlabelled_texts_are_not_read_where_nothing_is_learnt_from_them(folder: Path) -> None:
    assert load(folder, replace(HYPER, word_vectors=False, self_training_epochs=0)).unlabelled == []


def test_the_hash_tells_training_sets_apart(folder: Path) -> None:
    first = load(folder, HYPER).sha256
    assert load(folder, HYPER).sha256 == first
    (folder / "unlabelled.jsonl.gz").unlink()
    assert load(folder, HYPER).sha256 != first


def test_each_text_is_cleaned_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cleaning = Mock(side_effect=lambda text, preprocessing: text.lower().split())
    monkeypatch.setattr(tokens, "tokenise", cleaning)
    corpus = load(folder, HYPER)
    encode(corpus, HYPER)
    parts = corpus.training + corpus.validation + corpus.test + corpus.unlabelled
    cleaned = [call.args[0] for call in cleaning.call_args_list]
    assert sorted(cleaned) == sorted(texts(parts))


def test_the_words_are_those_of_training_and_unlabelled_texts(folder: Path) -> None:
    corpus = load(folder, HYPER)
    encoded = encode(corpus, HYPER)
    words = set(encoded.vocabulary.words)
    assert "wordextra1" in words
    assert "something" in words
    assert not any(text.split()[2] in words for text in texts(corpus.validation + corpus.test))
    assert [len(part.rows) for part in (encoded.training, encoded.validation, encoded.test)] == [20, 4, 6]


def test_texts_without_any_word_are_counted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder / "test.jsonl.gz", [Example("!!!", 0), Example("…", 1), Example("fine", 1)])
    encode(load(folder, HYPER), HYPER)
    assert "2 texts have no word left after cleaning" in capsys.readouterr().out
