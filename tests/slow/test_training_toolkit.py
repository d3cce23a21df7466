"""Training jobs by AWS's own toolkit, run as in its container image, on scripts that end in every way."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from ml.job import source_archive
from tests.local_sagemaker import BUCKET, LocalSageMaker, Moto, archive, wait_for
from tests.unit.toys import write_data

SCRIPT = """
import argparse, os, pathlib, time

parser = argparse.ArgumentParser()
parser.add_argument("--hidden_dim", type=int)
parser.add_argument("--ending", default="well")
arguments = parser.parse_args()
print("accuracy=0.75", flush=True)
if arguments.ending == "raise":
    raise ValueError("the labels are missing")
if arguments.ending == "hang":
    time.sleep(600)
data = pathlib.Path(os.environ["SM_CHANNEL_DATA"], "reviews.txt").read_text()
pathlib.Path(os.environ["SM_MODEL_DIR"], "weights.txt").write_text(f"{data} {arguments.hidden_dim}")
"""


@pytest.fixture(scope="module")
def sagemaker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSageMaker]:
    moto = Moto(tmp_path_factory.mktemp("moto"))
    moto.put("data/reviews.txt", b"good")
    moto.put("code/sourcedir.tar.gz", archive({"train.py": SCRIPT}))
    sagemaker = LocalSageMaker(moto, tmp_path_factory.mktemp("sagemaker"))
    yield sagemaker
    sagemaker.close()
    moto.close()


def test_a_job_trains_with_its_hyperparameters_and_leaves_its_artifact(sagemaker):
    job = sagemaker.train("real", {"hidden_dim": "200"})

    assert (job["TrainingJobStatus"], job.get("FailureReason")) == ("Completed", None)
    assert job["FinalMetricDataList"][0]["Value"] == 0.75
    assert job["ModelArtifacts"]["S3ModelArtifacts"] == f"s3://{BUCKET}/jobs/real/output/model.tar.gz"


def test_an_exception_in_the_script_is_the_reason_of_the_failed_job(sagemaker):
    job = sagemaker.train("raising", {"ending": "raise"})

    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("AlgorithmError: ExecuteUserScriptError")
    assert 'raise ValueError("the labels are missing")' in job["FailureReason"]


def test_a_script_killed_by_a_signal_gives_a_failed_job_that_names_it(sagemaker):
    sagemaker.start_training("killed", {"ending": "hang"})

    os.kill(_script(sagemaker, "killed"), signal.SIGKILL)

    reason = sagemaker.finished("killed")["FailureReason"]
    assert reason.startswith("AlgorithmError: the training script was killed by signal 9 (SIGKILL)")


def test_a_killed_toolkit_gives_a_failed_job_and_takes_its_script_with_it(sagemaker):
    sagemaker.start_training("beheaded", {"ending": "hang"})
    script = _script(sagemaker, "beheaded")
    status = Path(f"/proc/{script}/stat").read_text()
    toolkit = int(status.rpartition(")")[2].split()[1])

    os.kill(toolkit, signal.SIGKILL)

    reason = sagemaker.finished("beheaded")["FailureReason"]
    assert reason.startswith("AlgorithmError: the training process was killed by signal 9 (SIGKILL)")
    assert sagemaker.processes("TRAINING_JOB_NAME=beheaded") == []


def test_a_stopped_job_leaves_no_process(sagemaker):
    sagemaker.start_training("stopped", {"ending": "hang"})
    _script(sagemaker, "stopped")

    sagemaker.api.stop_training_job(TrainingJobName="stopped")

    assert sagemaker.finished("stopped")["TrainingJobStatus"] == "Stopped"
    assert sagemaker.processes("TRAINING_JOB_NAME=stopped") == []


def test_a_package_that_is_not_installed_fails_the_job_and_is_not_fetched(sagemaker):
    code = archive({"train.py": SCRIPT, "requirements.txt": "no-such-package-anywhere==1.0\n"})
    address = sagemaker.moto.put("code/needy.tar.gz", code)

    job = sagemaker.train("needy", {"sagemaker_submit_directory": f'"{address}"'})

    assert job["TrainingJobStatus"] == "Failed"
    assert "No matching distribution found for no-such-package-anywhere==1.0" in job["FailureReason"]


def test_two_processes_of_the_toolkit_s_launcher_train_one_model(sagemaker, tmp_path: Path):
    """The real training code; each epoch is told once, and only one process writes."""
    sagemaker.moto.put("code/whole.tar.gz", source_archive())
    for file in write_data(tmp_path).iterdir():
        sagemaker.moto.put(f"data/{file.name}", file.read_bytes())
    launcher = {
        "sagemaker_submit_directory": json.dumps(f"s3://{BUCKET}/code/whole.tar.gz"),
        "sagemaker_torch_distributed_enabled": "true",
        "sagemaker_distribution_instance_groups": json.dumps('["homogeneousCluster"]'),
        "sagemaker_mpi_num_of_processes_per_host": "2",
    }

    job = sagemaker.train("shared", {"epochs": "2", "hidden_dim": "8", **launcher})

    assert (job["TrainingJobStatus"], job.get("FailureReason")) == ("Completed", None)
    lines = sagemaker.moto.get("jobs/shared/checkpoints/metrics.jsonl").splitlines()
    assert [json.loads(line)["epoch"] for line in lines] == [1, 2]


def _script(sagemaker: LocalSageMaker, job: str) -> int:
    """The id of the process that runs the job's train.py, once it does."""

    def find() -> int | None:
        for process in sagemaker.processes(f"TRAINING_JOB_NAME={job}"):
            if b"train.py" in Path(f"/proc/{process}/cmdline").read_bytes():
                return process
        return None

    return int(wait_for(find, f"the script of {job}", 60))
