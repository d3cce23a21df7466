"""A stage that keeps its feedback is not removed while it holds some."""

from collections.abc import Iterator

import pytest

from tests.unit.local.plugins import Aws, aws_server, run_hook

BUCKET = "test-bucket"


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    with aws_server() as aws:
        aws.client("s3").create_bucket(Bucket=BUCKET)
        yield aws


def remove(aws: Aws, keep: bool, bucket: str = BUCKET) -> str:
    """What `serverless remove` says before it removes anything."""
    return run_hook(
        "keep-feedback.js", "before:remove:remove", aws, {"settings": {"keepFeedback": keep}, "bucket": bucket}
    )


def test_a_stage_without_feedback_is_removed(aws: Aws) -> None:
    aws.client("s3").put_object(Bucket=BUCKET, Key="jobs/feedback/1.json", Body=b"{}")
    assert remove(aws, keep=True) == "done"


@pytest.mark.parametrize(("keep", "said"), [(True, "Nothing was removed"), (False, "done")])
def test_removal_stops_at_feedback_where_the_stage_keeps_it(aws: Aws, keep: bool, said: str) -> None:
    aws.client("s3").put_object(Bucket=BUCKET, Key="feedback/quarantine/1.json", Body=b"{}")
    assert said in remove(aws, keep)


def test_a_removal_that_broke_off_after_the_bucket_was_gone_can_be_finished(aws: Aws) -> None:
    assert remove(aws, keep=True, bucket="gone") == "done"
