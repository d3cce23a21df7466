"""Training jobs of the local SageMaker, with a stand-in for the toolkit's process."""

import io
import json
import tarfile

import pytest
from botocore.exceptions import ClientError

from tests.local_sagemaker import BUCKET, Moto, wait_for


def test_a_job_takes_sagemakers_states_and_leaves_its_artifact_metrics_and_checkpoints(sagemaker, moto):
    job = sagemaker.train("whole")

    assert job["TrainingJobStatus"] == "Completed"
    states = [transition["Status"] for transition in job["SecondaryStatusTransitions"]]
    assert states == ["Starting", "Downloading", "Training", "Uploading", "Completed"]
    assert all(transition["EndTime"] >= transition["StartTime"] for transition in job["SecondaryStatusTransitions"])
    assert job["ModelArtifacts"]["S3ModelArtifacts"] == f"s3://{BUCKET}/jobs/whole/output/model.tar.gz"
    assert [(metric["MetricName"], metric["Value"]) for metric in job["FinalMetricDataList"]] == [("accuracy", 0.75)]
    assert job["BillableTimeInSeconds"] == job["TrainingTimeInSeconds"] >= 1
    assert _report(moto, "whole")["data"] == "good"
    assert moto.get("jobs/whole/checkpoints/epoch-1") == b"state, later"
    with tarfile.open(fileobj=io.BytesIO(moto.get("jobs/whole/output/output.tar.gz"))) as tar:
        assert tar.getnames() == ["curve.csv"]


def test_the_training_process_sees_its_role_and_nothing_of_the_users_environment(sagemaker, moto):
    sagemaker.train("alone", Environment={"MODEL_VERSION": "20260101-000000-abcd"})

    environment = _report(moto, "alone")["environment"]
    assert "SECRET_OF_THE_USER" not in environment
    assert environment["AWS_ACCESS_KEY_ID"] != moto.keys["aws_access_key_id"]
    assert environment["AWS_ENDPOINT_URL"] == environment["S3_ENDPOINT_URL"] == moto.url
    assert environment["MODEL_VERSION"] == "20260101-000000-abcd"


def test_checkpoints_of_an_earlier_run_are_there_before_training_begins(sagemaker, moto):
    moto.put("jobs/resumed/checkpoints/epoch-0", b"earlier")

    sagemaker.train("resumed")

    assert _report(moto, "resumed")["checkpoints"] == ["epoch-0"]


def test_checkpoints_reach_s3_while_the_job_runs(sagemaker, moto):
    sagemaker.start_training("long", {"mode": "hang"})

    wait_for(lambda: _exists(moto, "jobs/long/checkpoints/epoch-1"), "the checkpoint")

    assert sagemaker.job("long")["TrainingJobStatus"] == "InProgress"
    sagemaker.api.stop_training_job(TrainingJobName="long")


def test_the_output_of_a_job_is_in_cloudwatch_logs(sagemaker, moto):
    sagemaker.train("talkative")

    group = {"logGroupName": "/aws/sagemaker/TrainingJobs"}
    logs = moto.client("logs")
    stream = logs.describe_log_streams(**group, logStreamNamePrefix="talkative/algo-1-")["logStreams"][0]
    events = logs.get_log_events(**group, logStreamName=stream["logStreamName"])["events"]
    assert [event["message"] for event in events] == ["accuracy=0.50", "accuracy=0.75"]


def test_a_failing_script_gives_a_failed_job_with_the_toolkits_reason(sagemaker, moto):
    job = sagemaker.train("rotten", {"mode": "fail"})

    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Failed", "Failed")
    assert job["FailureReason"] == ("AlgorithmError: ExecuteUserScriptError: the labels are missing, exit code: 1")
    assert not _exists(moto, "jobs/rotten/output/model.tar.gz")


def test_a_training_process_killed_by_a_signal_gives_a_failed_job_that_names_it(sagemaker):
    job = sagemaker.train("killed", {"mode": "die"})

    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith(
        "AlgorithmError: the training process was killed by signal 9 (SIGKILL). Its last lines: accuracy=0.50"
    )


def test_a_stopped_job_ends_as_stopped_and_no_process_of_it_is_left(sagemaker):
    sagemaker.start_training("stopped", {"mode": "hang"})
    wait_for(lambda: sagemaker.processes("TRAINING_JOB_NAME=stopped"), "the training process")

    sagemaker.api.stop_training_job(TrainingJobName="stopped")

    assert sagemaker.job("stopped")["TrainingJobStatus"] in ("Stopping", "Stopped")
    job = sagemaker.finished("stopped")
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "Stopped")
    assert sagemaker.processes("TRAINING_JOB_NAME=stopped") == []
    with pytest.raises(ClientError, match="the training job is in status Stopped"):
        sagemaker.api.stop_training_job(TrainingJobName="stopped")


def test_a_job_that_runs_too_long_is_stopped_for_that(sagemaker):
    job = sagemaker.train("endless", {"mode": "hang"}, StoppingCondition={"MaxRuntimeInSeconds": 1})

    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")


def test_a_prefix_without_data_fails_the_job_as_on_sagemaker(sagemaker):
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/nothing/"}}

    job = sagemaker.train("hungry", InputDataConfig=[{"ChannelName": "data", "DataSource": source}])

    assert job["FailureReason"] == (
        f'ClientError: No S3 objects found under S3 URL "s3://{BUCKET}/nothing/" given in input data source.'
    )


def test_missing_code_fails_the_job_with_its_address(sagemaker):
    job = sagemaker.train("codeless", {"sagemaker_submit_directory": f'"s3://{BUCKET}/code/gone.tar.gz"'})

    assert job["FailureReason"].startswith(f"ClientError: s3://{BUCKET}/code/gone.tar.gz does not exist")


def test_a_role_that_may_not_read_the_data_fails_the_job_with_the_call_that_was_denied(sagemaker, moto):
    role = moto.role("powerless")

    job = sagemaker.train("denied", RoleArn=role)

    assert job["FailureReason"].startswith(f"ClientError: The role {role} may not s3:ListBucket s3://{BUCKET}/data/")


def test_a_role_that_does_not_trust_sagemaker_is_refused(sagemaker, moto):
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = moto.role("lambdas", trust={"Version": "2012-10-17", "Statement": [trust]})

    with pytest.raises(ClientError, match=f"Could not assume role {role}"):
        sagemaker.start_training("mistrusted", RoleArn=role)


def test_a_job_name_is_taken_once(sagemaker):
    sagemaker.train("twice")

    with pytest.raises(ClientError, match="ResourceInUse"):
        sagemaker.start_training("twice")


def test_a_job_that_is_over_can_be_deleted_and_its_name_taken_again(sagemaker, moto):
    sagemaker.train("deleted")

    sagemaker.api.delete_training_job(TrainingJobName="deleted")

    with pytest.raises(ClientError, match="Requested resource not found"):
        sagemaker.job("deleted")
    with pytest.raises(ClientError, match="ResourceNotFound"):
        sagemaker.api.delete_training_job(TrainingJobName="deleted")
    assert moto.get("jobs/deleted/output/model.tar.gz")
    assert sagemaker.train("deleted")["TrainingJobStatus"] == "Completed"


def test_a_job_that_runs_cannot_be_deleted(sagemaker):
    sagemaker.start_training("under-way", {"mode": "hang"})

    with pytest.raises(ClientError, match="ResourceInUse"):
        sagemaker.api.delete_training_job(TrainingJobName="under-way")
    sagemaker.api.stop_training_job(TrainingJobName="under-way")
    assert sagemaker.finished("under-way")["TrainingJobStatus"] == "Stopped"


def test_jobs_are_listed_newest_first_filtered_and_in_pages(sagemaker):
    for number in range(3):
        sagemaker.train(f"listed-{number}", {"mode": "fail"} if number == 1 else {})

    jobs = sagemaker.api.list_training_jobs
    first = jobs(NameContains="listed", StatusEquals="Completed", MaxResults=1)
    second = jobs(NameContains="listed", StatusEquals="Completed", MaxResults=1, NextToken=first["NextToken"])
    names = [page["TrainingJobSummaries"][0]["TrainingJobName"] for page in (first, second)]
    assert names == ["listed-2", "listed-0"]
    assert "NextToken" not in second


def _report(moto: Moto, job: str) -> dict:
    with tarfile.open(fileobj=io.BytesIO(moto.get(f"jobs/{job}/output/model.tar.gz"))) as tar:
        report = tar.extractfile("report.json")
        assert report is not None
        return dict(json.load(report))


def _exists(moto: Moto, key: str) -> bool:
    return any(item["Key"] == key for item in moto.s3.list_objects_v2(Bucket=BUCKET).get("Contents", []))
