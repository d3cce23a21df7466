"""One run of AWS's training toolkit, laid out as SageMaker lays out a container's /opt/ml.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
"""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from local.sagemaker import processes

HOST = "algo-1"
GROUP = "homogeneousCluster"
REASON_LENGTH = 900
STOP_GRACE_SECONDS = 120.0  # between SIGTERM and SIGKILL, as on SageMaker
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")


class ToolkitRun:
    """The folder of one job, `base` standing for /opt/ml, and the `train` process in it."""

    def __init__(self, base: Path, request: dict[str, Any], python: Path) -> None:
        self.base = base
        self.model = base / "model"
        self.output = base / "output"
        self.checkpoints = base / "checkpoints"
        self.log = base / "training.log"
        self._request = request
        self._python = python
        self.process: subprocess.Popen[bytes] | None = None

    def data(self, channel: str) -> Path:
        return self.base / "input" / "data" / channel

    def prepare(self) -> None:
        """Write what the toolkit reads: hyperparameters, channels, and the one machine of this cluster."""
        shutil.rmtree(self.base, ignore_errors=True)
        config = self.base / "input" / "config"
        for folder in (config, self.model, self.output / "data", self.checkpoints):
            folder.mkdir(parents=True)
        instance = self._request["ResourceConfig"].get("InstanceType", "local")
        channels = {
            channel["ChannelName"]: {
                "TrainingInputMode": "File",
                "S3DistributionType": "FullyReplicated",
                "RecordWrapperType": channel.get("RecordWrapperType", "None"),
                **({"ContentType": channel["ContentType"]} if "ContentType" in channel else {}),
            }
            for channel in self._request.get("InputDataConfig", [])
        }
        resources = {
            "current_host": HOST,
            "hosts": [HOST],
            "network_interface_name": "lo",
            "current_instance_type": instance,
            "current_group_name": GROUP,
            "instance_groups": [{"instance_group_name": GROUP, "instance_type": instance, "hosts": [HOST]}],
        }
        for name, content in (
            ("hyperparameters", self._request.get("HyperParameters", {})),
            ("inputdataconfig", channels),
            ("resourceconfig", resources),
        ):
            (config / f"{name}.json").write_text(json.dumps(content))

    def start(self, arn: str, aws_environment: dict[str, str]) -> None:
        """Start `train` with the role's credentials and nothing of this process's own environment."""
        base = processes.base_environment()
        environment = {
            **base,
            "PATH": f"{self._python.parent}:{base.get('PATH', '')}",
            "SAGEMAKER_BASE_DIR": str(self.base),
            "SAGEMAKER_TRAINING_MODULE": "sagemaker_pytorch_container.training:main",
            # Without it the toolkit waits for a DNS name "algo-1", which only SageMaker's own network has.
            "SM_STUDIO_LOCAL_MODE": "true",
            "TRAINING_JOB_NAME": self._request["TrainingJobName"],
            "TRAINING_JOB_ARN": arn,
            "CHECKPOINT_DIR": str(self.checkpoints),
            # The toolkit installs the code's requirements.txt into the environment it runs in, here the user's
            # own: what is pinned there must already be installed, and is never fetched or replaced by a job.
            "PIP_NO_INDEX": "1",
            "PIP_ROOT_USER_ACTION": "ignore",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            **aws_environment,
            "S3_ENDPOINT_URL": aws_environment["AWS_ENDPOINT_URL"],
            **self._request.get("Environment", {}),
        }
        with self.log.open("wb") as output:
            command = [str(self._python.parent / "train")]
            self.process = processes.start(command, environment, self.base, output, STOP_GRACE_SECONDS)

    def end(self, limit: float = 2.0) -> int:
        """End what still runs of it, within `limit` seconds; returns the exit status as a shell gives it."""
        return processes.stop(self.process, limit) if self.process else 0

    def failure(self, returncode: int) -> str:
        """Why the run failed: the toolkit's own text where it wrote one, else how the process ended."""
        written = self.output / "failure"
        lines = self.log.read_text(errors="replace").strip().splitlines()
        if not written.exists():
            how = processes.outcome(returncode)
            return f"the training process {how}. Its last lines: {' | '.join(lines[-5:]) or '(none)'}"
        text = written.read_text(errors="replace")[:REASON_LENGTH]
        killed = re.search(r"ExitCode (-\d+)", text)
        if killed:
            text = f"the training script {processes.outcome(int(killed.group(1)))}: {text}"
        # The toolkit does not pass on what pip complains about.
        complaints = "".join(f" | {line}" for line in lines if line.startswith("ERROR: "))
        return f"{text}, exit code: {returncode}{complaints}"

    def metrics(self) -> dict[str, float]:
        """The last number that each of the job's MetricDefinitions finds in the output."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        values = {}
        for definition in self._request["AlgorithmSpecification"].get("MetricDefinitions", []):
            for match in re.finditer(definition["Regex"], text):
                number = match[min(match.re.groups, 1)] or ""
                if NUMBER.fullmatch(number):
                    values[definition["Name"]] = float(number)
        return values

    def clear(self) -> None:
        """Delete all but the log: what matters of the rest is in S3."""
        for entry in self.base.glob("*"):
            if entry != self.log:
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
