"""A data set from a folder to the bucket of a deployed stage, where its training jobs read it."""

import argparse
import os
from pathlib import Path
from typing import Any

from tqdm import tqdm

from ml.data import LABELLED, UNLABELLED, read, read_texts
from ml.errors import DataError
from ml.job import DATA_SET

PARTS = {f"{part}.jsonl.gz" for part in (*LABELLED, UNLABELLED)}
SERVICE = "sentiment"  # as in serverless.yml
ROOT = Path(__file__).resolve().parent.parent


def add_command(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser("upload", help="put a data set where training jobs read it")
    parser.add_argument("folder", type=Path, metavar="DIR", help="the data set")
    parser.add_argument("--name", required=True, help="what the retrain function is to call it, such as imdb")
    add_place(parser)
    parser.set_defaults(run=run)


def add_place(parser: argparse.ArgumentParser) -> Any:
    """Options that `connect` reads; the group of which one has to be given."""
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--stage", help="the deployed stage; variables in .env.STAGE are used, as serverless does")
    where.add_argument("--bucket", help="the bucket itself")
    parser.add_argument("--region", help="of the stage; default: AWS_REGION, else us-east-1, as serverless.yml has it")
    return where


def run(options: argparse.Namespace) -> None:
    """Upload `options.folder`. Raises DataError."""
    s3, bucket = connect(options)
    removed = upload(s3, bucket, options.name, options.folder)
    print(f"s3://{bucket}/data/{options.name}/ holds {options.folder}")
    if removed:
        print(f"removed from there, because it was of another set: {', '.join(removed)}")


def connect(options: argparse.Namespace) -> tuple[Any, str]:
    """A client of S3, and the name of the bucket. Raises DataError."""
    try:
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError as error:
        raise DataError("a stage's bucket needs boto3: pip install boto3") from error

    if options.stage:
        os.environ.update(variables(ROOT / f".env.{options.stage}"))
    try:
        session = boto3.Session()
        region = options.region or os.environ.get("AWS_REGION") or "us-east-1"
        bucket = options.bucket or bucket_of(options.stage, session.client("sts", region_name=region), region)
        s3 = session.client("s3", region_name=region)
    except (BotoCoreError, ClientError, ValueError) as error:
        raise DataError(f"AWS does not say who you are ({error}); check your credentials") from error
    return s3, bucket


def bucket_of(stage: str, sts: Any, region: str) -> str:
    """The bucket of the stage in the account of these credentials."""
    return f"{SERVICE}-{stage}-{sts.get_caller_identity()['Account']}-{region}"


def upload(s3: Any, bucket: str, name: str, folder: Path) -> list[str]:
    """Check the data set in `folder` and make it the bucket's data set `name`; the files that it took the place of.

    Raises DataError; before anything is sent when the set is not one that training reads.
    """
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    if not DATA_SET.fullmatch(name):
        raise DataError(f"{name!r} is no name for a data set: up to 40 of a-z, 0-9 and hyphens, such as imdb")
    paths = checked(folder)
    prefix = f"data/{name}/"
    size = sum(path.stat().st_size for path in paths)
    try:
        with tqdm(total=size, desc=f"Uploading {name}", unit="B", unit_scale=True, disable=None) as bar:
            for path in paths:
                s3.upload_file(str(path), bucket, prefix + path.name, Callback=bar.update)
        # A part that only an earlier set of this name had would be trained on as well.
        there = {each["Key"] for each in s3.list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]}
        old = sorted(there & {prefix + part for part in PARTS - {path.name for path in paths}})
        for key in old:
            s3.delete_object(Bucket=bucket, Key=key)
    except (Boto3Error, BotoCoreError, ClientError) as error:
        raise DataError(f"s3://{bucket}/{prefix}: {error}; is the stage deployed, and may you write there?") from error
    return old


def checked(folder: Path) -> list[Path]:
    """The files of the data set, each read as training reads it. Raises DataError."""
    paths = sorted({folder / "train.jsonl.gz", folder / "test.jsonl.gz", *folder.glob("*.jsonl.gz")})
    for path in tqdm(paths, f"Checking {folder}", unit=" files", disable=None):
        if path.name not in PARTS:
            raise DataError(f"{path} is no part of a data set; these are: {', '.join(sorted(PARTS))}")
        if path.name == f"{UNLABELLED}.jsonl.gz":
            read_texts(path)
        else:
            read(path)
    return paths


def variables(path: Path) -> dict[str, str]:
    """NAME=value lines of a file; none where there is no file."""
    if not path.exists():
        return {}
    pairs = (line.split("=", 1) for line in path.read_text("utf-8").splitlines() if "=" in line)
    return {name.strip(): value.strip().strip("\"'") for name, value in pairs if not name.lstrip().startswith("#")}
