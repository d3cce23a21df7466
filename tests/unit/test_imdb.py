"""The Large Movie Review Dataset, from a small archive of the same layout."""

import io
import re
import tarfile
from pathlib import Path

import pytest

from ml import imdb
from ml.data import Example, read, read_texts
from ml.data_commands import main

REVIEWS = {
    "train/neg/10_2.txt": "A bore.",
    "train/neg/9_1.txt": "Dull!",
    "train/pos/0_9.txt": "A joy.",
    "train/pos/1_10.txt": "Fine, <br /> really é.",
    "test/neg/0_3.txt": "a BORE",
    "test/neg/1_1.txt": "No.",
    "test/pos/0_7.txt": "Yes.",
    "test/pos/1_8.txt": "Good.",
    "train/unsup/1_0.txt": "It is a film.",
    "train/unsup/0_0.txt": "yes",
    "train/urls_neg.txt": "http://www.imdb.com/title/tt01/usercomments\nhttp://www.imdb.com/title/tt02/usercomments\n",
    "train/urls_pos.txt": "http://www.imdb.com/title/tt03/usercomments\nhttp://www.imdb.com/title/tt03/usercomments\n",
}


def archive(path: Path, reviews: dict[str, str]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        folder = tarfile.TarInfo("aclImdb/train/pos")
        folder.type = tarfile.DIRTYPE
        tar.addfile(folder)
        for name, text in {"README": "…", "train/all/0_0.txt": "x", **reviews}.items():
            member = tarfile.TarInfo(f"aclImdb/{name}")
            content = text.encode("utf-8", "surrogateescape")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imdb, "COUNTS", dict.fromkeys(imdb.COUNTS, 2))


def make(path: Path, out: Path) -> None:
    main(["imdb", "--out", str(out), "--archive", str(path)])


def test_the_sets_are_the_official_ones_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    make(archive(tmp_path / "a.tar.gz", REVIEWS), tmp_path / "imdb")
    assert read(tmp_path / "imdb" / "train.jsonl.gz") == [
        Example("Dull!", 0, "tt01"),
        Example("A bore.", 0, "tt02"),
        Example("A joy.", 1, "tt03"),
        Example("Fine, <br /> really é.", 1, "tt03"),
    ]
    assert [example.text for example in read(tmp_path / "imdb" / "test.jsonl.gz")] == ["a BORE", "No.", "Yes.", "Good."]
    assert read_texts(tmp_path / "imdb" / "unlabelled.jsonl.gz") == ["yes", "It is a film."]


def test_the_order_within_the_archive_does_not_matter(tmp_path: Path) -> None:
    make(archive(tmp_path / "a.tar.gz", REVIEWS), tmp_path / "a")
    make(archive(tmp_path / "b.tar.gz", dict(sorted(REVIEWS.items()))), tmp_path / "b")
    for path in (tmp_path / "a").iterdir():
        assert (tmp_path / "b" / path.name).read_bytes() == path.read_bytes()


def test_reviews_that_are_in_two_sets_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make(archive(tmp_path / "a.tar.gz", REVIEWS), tmp_path / "imdb")
    assert (
        "Of the 4 test reviews, 1 are in train as well, word for word, and 1 in unlabelled" in capsys.readouterr().out
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"test/pos/2_8.txt": "More."}, "holds 3 of 2 texts in test/pos"),
        ({"train/urls_pos.txt": "http://www.imdb.com/title/tt03/"}, "names 1 of 2 films in aclImdb/train/urls_pos.txt"),
        ({"test/pos/1_8.txt": "\udcff"}, "aclImdb/test/pos/1_8.txt: not UTF-8 text"),
    ],
)
def test_an_archive_of_other_content_is_refused(tmp_path: Path, change: dict[str, str], sentence: str) -> None:
    path = archive(tmp_path / "a.tar.gz", REVIEWS | change)
    with pytest.raises(SystemExit, match=re.escape(sentence)):
        make(path, tmp_path / "imdb")
    assert not (tmp_path / "imdb").exists()


def test_an_archive_with_a_missing_review_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.tar.gz", {name: text for name, text in REVIEWS.items() if "unsup/1" not in name})
    with pytest.raises(SystemExit, match=r"a\.tar\.gz is not aclImdb_v1.*it holds 1 of 2 texts in train/unsup"):
        make(path, tmp_path / "imdb")


@pytest.mark.parametrize("kept", [0, 5, 100, -8, -1])
def test_an_archive_that_is_cut_short_is_refused(tmp_path: Path, kept: int) -> None:
    path = archive(tmp_path / "a.tar.gz", REVIEWS)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(SystemExit, match=r"a\.tar\.gz is not a whole \.tar\.gz"):
        make(path, tmp_path / "imdb")
    assert not (tmp_path / "imdb").exists()


def test_a_download_that_fails_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imdb, "HOME", "http://127.0.0.1:1/")
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises(SystemExit, match=r"0 of 84,125,825 bytes are here.*\n.*name it with --archive"):
        main(["imdb", "--out", str(tmp_path)])


def test_an_archive_downloaded_before_is_used(tmp_path: Path) -> None:
    archive(tmp_path / imdb.ARCHIVE, REVIEWS)
    main(["imdb", "--out", str(tmp_path)])
    assert len(read(tmp_path / "test.jsonl.gz")) == 4
