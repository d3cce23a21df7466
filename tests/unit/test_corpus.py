"""What of a data set teaches, chooses and judges."""

from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest

from ml import tokens
from ml.corpus import encode, load
from ml.data import Example, write
from ml.errors import DataError
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
    assert "2 texts left out of extra, because they are validated or tested on" in capsys.readouterr().out


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


def test_several_sets_are_learnt_from_together_and_keep_their_names(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    write(other / "train.jsonl.gz", [*examples("other", 6), Example("both of them", 1, set="own")])
    write(other / "test.jsonl.gz", examples("others", 4))
    corpus = load([folder, other], HYPER, name="imdb+mine")
    assert {line.set for line in corpus.training + corpus.validation} == {"imdb", "mine", "own"}
    assert [line.set for line in corpus.test] == ["imdb"] * 6 + ["mine"] * 4
    assert encode(corpus, HYPER).test.sets == ["imdb"] * 6 + ["mine"] * 4


def test_a_validation_file_validates_and_all_of_train_teaches(folder: Path) -> None:
    write(folder / "validation.jsonl.gz", examples("validation", 4))
    corpus = load(folder, HYPER)
    assert {text.split()[0] for text in texts(corpus.validation)} == {"validation"}
    assert sum(text.startswith("train") for text in texts(corpus.training)) == 20


def test_a_text_of_another_set_s_test_teaches_nothing(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    write(other / "train.jsonl.gz", [*examples("other", 6), *examples("test", 6)])
    write(other / "test.jsonl.gz", examples("others", 4))
    corpus = load([folder, other], HYPER)
    assert not [text for text in texts(corpus.training + corpus.validation) if text.startswith("test")]


def test_a_target_is_learnt_as_often_as_its_line_says(folder: Path) -> None:
    write(folder / "extra.jsonl.gz", [Example("so so", 1, target=0.5, times=3), Example("a bore", 0)])
    training = encode(load(folder, HYPER), HYPER).training
    assert training.labels.tolist().count(0.5) == 3


def test_each_unlabelled_text_gives_pieces_of_its_sentences(folder: Path) -> None:
    sentences = ["First one here. ", "Second one there! ", "A third? ", "And the fourth. ", "Last of all."]
    write(folder / "unlabelled.jsonl.gz", ["".join(sentences)])
    hyper = replace(HYPER, pieces=8)
    whole, *pieces = texts(load(folder, hyper).unlabelled)
    assert len(set(pieces)) > 2
    assert all(piece in whole and 1 <= len(piece.split()) <= 9 for piece in pieces)
    assert texts(load(folder, hyper).unlabelled) == [whole, *pieces]


def test_what_is_judged_by_has_its_labels_and_each_text_once(folder: Path) -> None:
    write(folder / "test.jsonl.gz", [Example("so so", 1, target=0.5, times=3), Example("a bore", 0, target=0.1)])
    assert encode(load(folder, HYPER), HYPER).test.labels.tolist() == [1.0, 0.0]


def test_a_text_that_two_sets_hold_counts_once(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    for part in ("train", "test"):
        write(copy / f"{part}.jsonl.gz", examples(part, 20 if part == "train" else 6))
    alone, both = load(folder, HYPER), load([folder, copy], HYPER)
    assert len(both.test) == len(alone.test)
    assert len(both.training + both.validation) <= len(alone.training + alone.validation)


def test_a_set_of_whose_validation_nothing_is_left_is_refused(folder: Path) -> None:
    write(folder / "validation.jsonl.gz", examples("test", 4))
    with pytest.raises(DataError, match="what is left of validation is empty"):
        load(folder, HYPER)


def test_words_of_pieces_are_counted_once(folder: Path) -> None:
    write(folder / "unlabelled.jsonl.gz", ["A sentence with unicorns. Another one follows it here."])
    hyper = replace(HYPER, min_count=2, pieces=5)
    assert "unicorns" not in encode(load(folder, hyper), hyper).vocabulary.words
