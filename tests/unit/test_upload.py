"""Data sets on their way to the bucket."""

import os
from pathlib import Path
from typing import Any

import pytest

from ml import upload
from ml.data import Example, read, write
from ml.data_commands import main
from tests.unit.conftest import BUCKET

EXAMPLES = [Example("good", 1), Example("bad", 0)]
ROOT = upload.ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for part in ("train", "test"):
        write(tmp_path / "set" / f"{part}.jsonl.gz", EXAMPLES)
    (tmp_path / "set" / "README.md").write_text("not for the bucket")
    return tmp_path / "set"


def keys(s3: Any) -> list[str]:
    return [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


def test_a_set_lies_where_training_jobs_read_it(s3: Any, folder: Path, tmp_path: Path) -> None:
    write(folder / "unlabelled.jsonl.gz", ["text"])
    main(["upload", str(folder), "--name", "mine", "--stage", "dev"])
    assert keys(s3) == [f"data/mine/{part}.jsonl.gz" for part in ("test", "train", "unlabelled")]
    s3.download_file(BUCKET, "data/mine/train.jsonl.gz", str(tmp_path / "back.jsonl.gz"))
    assert read(tmp_path / "back.jsonl.gz") == EXAMPLES


def test_a_set_takes_the_place_of_an_earlier_one(s3: Any, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for key in ("data/mine/extra.jsonl.gz", "data/mine/notes.txt", "data/mine-2/extra.jsonl.gz"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"")
    main(["upload", str(folder), "--name", "mine", "--bucket", BUCKET])
    assert "data/mine/extra.jsonl.gz" not in keys(s3)
    assert {"data/mine/notes.txt", "data/mine-2/extra.jsonl.gz"} < set(keys(s3))
    assert "of another set: data/mine/extra.jsonl.gz" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("part", "rows", "sentence"),
    [
        ("test", EXAMPLES[:1], r"test\.jsonl\.gz: all 1 texts have label 1"),
        ("unlabelled", [], r"unlabelled\.jsonl\.gz is empty"),
        ("training", EXAMPLES, r"training\.jsonl\.gz is no part of a data set"),
    ],
)
def test_a_set_that_cannot_be_trained_on_is_not_sent(
    s3: Any, folder: Path, part: str, rows: list[Example | str], sentence: str
) -> None:
    write(folder / f"{part}.jsonl.gz", rows)
    with pytest.raises(SystemExit, match=sentence):
        main(["upload", str(folder), "--name", "mine", "--bucket", BUCKET])
    assert keys(s3) == []


def test_a_folder_without_a_test_set_is_refused(s3: Any, folder: Path) -> None:
    (folder / "test.jsonl.gz").unlink()
    with pytest.raises(SystemExit, match=r"test\.jsonl\.gz does not exist"):
        main(["upload", str(folder), "--name", "mine", "--bucket", BUCKET])


def test_a_name_that_retrain_would_refuse_is_refused(s3: Any, folder: Path) -> None:
    with pytest.raises(SystemExit, match="'My data' is no name for a data set"):
        main(["upload", str(folder), "--name", "My data", "--bucket", BUCKET])


def test_a_stage_that_is_not_deployed_is_named(s3: Any, folder: Path) -> None:
    with pytest.raises(SystemExit, match=r"sentiment-prod-123456789012.*NoSuchBucket.*is the stage deployed"):
        main(["upload", str(folder), "--name", "mine", "--stage", "prod"])


@pytest.mark.parametrize(
    ("variable", "options", "region"),
    [("eu-west-1", [], "eu-west-1"), ("eu-west-1", ["--region", "eu-north-1"], "eu-north-1"), (None, [], "us-east-1")],
)
def test_the_stage_is_sought_in_the_region_that_serverless_deploys_to(
    s3: Any, folder: Path, monkeypatch: pytest.MonkeyPatch, variable: str | None, options: list[str], region: str
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")  # which serverless does not read
    if variable:
        monkeypatch.setenv("AWS_REGION", variable)
    with pytest.raises(SystemExit, match=f"sentiment-prod-123456789012-{region}/"):
        main(["upload", str(folder), "--name", "mine", "--stage", "prod", *options])


def test_missing_credentials_are_named(s3: Any, folder: Path) -> None:
    with pytest.MonkeyPatch.context() as environment:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.delenv(name)
        for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
            environment.setenv(name, os.devnull)
        environment.setenv("AWS_EC2_METADATA_DISABLED", "true")
        with pytest.raises(SystemExit, match=r"Unable to locate credentials.*check your credentials"):
            main(["upload", str(folder), "--name", "mine", "--stage", "dev"])


def test_a_stage_s_variables_come_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / ".env.local"
    assert upload.variables(path) == {}
    path.write_text("# A=comment\nAWS_REGION=us-east-1\n\nAWS_ENDPOINT_URL = 'http://127.0.0.1:4566/?a=b'\n")
    assert upload.variables(path) == {"AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": "http://127.0.0.1:4566/?a=b"}


def test_the_service_is_the_one_of_serverless_yml() -> None:
    assert f"\nservice: {upload.SERVICE}\n" in "\n" + ROOT.joinpath("serverless.yml").read_text("utf-8")
