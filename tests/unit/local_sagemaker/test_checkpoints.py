"""The folder of checkpoints on its way to S3."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.sagemaker.checkpoints import CheckpointSync


class Storage:
    """Takes files, or refuses them with the codes given."""

    def __init__(self, *codes: str) -> None:
        self.codes = list(codes)
        self.taken: list[str] = []

    def upload(self, path: Path, uri: str) -> None:
        if self.codes:
            raise ClientError({"Error": {"Code": self.codes.pop(0), "Message": ""}}, "PutObject")
        self.taken.append(uri)


def sync(folder: Path, storage: Any) -> CheckpointSync:
    (folder / "metrics.jsonl").write_text("{}\n")
    return CheckpointSync(folder, "s3://bucket/checkpoints/", storage)


def test_a_file_that_changes_while_it_is_sent_is_sent_again(tmp_path: Path) -> None:
    storage = Storage("BadDigest")
    folder = sync(tmp_path, storage)
    folder.push()
    assert storage.taken == []
    folder.push(last=True)
    assert storage.taken == ["s3://bucket/checkpoints/metrics.jsonl"]


def test_what_s3_refuses_otherwise_fails_the_job(tmp_path: Path) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        sync(tmp_path, Storage("AccessDenied")).push()
    with pytest.raises(ClientError, match="BadDigest"):
        sync(tmp_path, Storage("BadDigest")).push(last=True)
