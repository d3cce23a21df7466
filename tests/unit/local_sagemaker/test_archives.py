"""Archives and S3 addresses."""

import gzip
import tarfile

import pytest

from local.sagemaker.aws import AwsError, pack, split_uri, unpack


def test_an_archive_lists_its_files_in_the_order_of_their_names_and_without_owners(tmp_path):
    folder = tmp_path / "model"
    for name in ("b.txt", "a/z.txt", "a/c.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)

    pack(folder, tmp_path / "model.tar.gz")

    with tarfile.open(tmp_path / "model.tar.gz") as tar:
        assert tar.getnames() == ["a", "a/c.txt", "a/z.txt", "b.txt"]
        assert {(member.uid, member.gname) for member in tar} == {(0, "")}


def test_an_archive_comes_back_as_it_went(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "weights").write_bytes(b"\0\1")

    pack(tmp_path / "model", tmp_path / "model.tar.gz")
    unpack(tmp_path / "model.tar.gz", tmp_path / "copy")

    assert (tmp_path / "copy" / "weights").read_bytes() == b"\0\1"


def test_a_cut_off_archive_is_refused_with_a_sentence(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "weights").write_bytes(bytes(100_000))
    pack(tmp_path / "model", tmp_path / "whole.tar.gz")
    tar = gzip.decompress((tmp_path / "whole.tar.gz").read_bytes())
    (tmp_path / "cut.tar.gz").write_bytes(gzip.compress(tar[:50_000]))

    with pytest.raises(AwsError, match="The model archive cannot be unpacked"):
        unpack(tmp_path / "cut.tar.gz", tmp_path / "copy")


def test_an_s3_address_is_a_bucket_and_a_key():
    assert split_uri("s3://bucket/a/b") == ("bucket", "a/b")
    for wrong in ("https://bucket/a", "s3://", "bucket/a"):
        with pytest.raises(AwsError, match="is not an S3 address"):
            split_uri(wrong)
