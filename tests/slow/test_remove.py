"""`serverless remove` in the middle of a training job leaves nothing that bills."""

import json
from pathlib import Path

from local.application import Application
from local.screen import run
from local.seed import seed, serve
from local.settings import BUCKET, PREFIX, ROOT, SERVERLESS, STAGE, Settings
from local.supervise import Command
from tests.stack.client import wait_until
from tests.stack.conftest import free_port

SMALL: dict[str, int | float] = {"epochs": 2, "hidden_dim": 32, "embedding_dim": 32}


def inventory(application: Application) -> dict[str, list[str]]:
    """What the emulators hold of the application, log groups apart."""
    aws, sagemaker = application.client, application.client("sagemaker")
    scaling = application.client("application-autoscaling")
    jobs = sagemaker.list_training_jobs(MaxResults=100)["TrainingJobSummaries"]
    return {
        "stacks": [s["StackName"] for s in aws("cloudformation").describe_stacks()["Stacks"]],
        "functions": [f["FunctionName"] for f in aws("lambda").list_functions()["Functions"]],
        "layers": [layer["LayerName"] for layer in aws("lambda").list_layers()["Layers"]],
        "apis": [api["id"] for api in aws("apigateway").get_rest_apis()["items"]],
        "keys": [key["name"] for key in aws("apigateway").get_api_keys()["items"]],
        "buckets": [b["Name"] for b in aws("s3").list_buckets()["Buckets"]],
        "roles": [r["RoleName"] for r in aws("iam").list_roles()["Roles"] if r["RoleName"].startswith(PREFIX)],
        "rules": [r["Name"] for r in aws("events").list_rules()["Rules"]],
        "endpoints": [e["EndpointName"] for e in sagemaker.list_endpoints()["Endpoints"]],
        "endpoint configs": [c["EndpointConfigName"] for c in sagemaker.list_endpoint_configs()["EndpointConfigs"]],
        "models": [m["ModelName"] for m in sagemaker.list_models()["Models"]],
        "model package groups": [
            g["ModelPackageGroupName"] for g in sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]
        ],
        "alarms": [a["AlarmName"] for a in aws("cloudwatch").describe_alarms()["MetricAlarms"]],
        "topics": [t["TopicArn"] for t in aws("sns").list_topics()["Topics"]],
        "scalable targets": [
            t["ResourceId"] for t in scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
        ],
        "jobs": [job["TrainingJobName"] for job in jobs if job["TrainingJobStatus"] in ("InProgress", "Stopping")],
    }


def pointer(application: Application) -> str:
    """The ETag of the serving pointer."""
    return str(application.client("s3").head_object(Bucket=BUCKET, Key="serving.json")["ETag"])


def test_a_remove_ends_jobs_and_endpoints_and_leaves_nothing(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path / "state", aws_port=free_port(), sagemaker_port=free_port())
    with Application(settings) as application:
        before = inventory(application)
        assert not any(before.values()), before
        application.deploy()
        serve(application)
        seed(application)
        job = application.invoke("retrain", {**SMALL, "epochs": 200})["job"]
        wait_until(lambda: application.get(f"/jobs/{job}")[1]["secondary_status"] == "Training", 60, "the job trains")
        deployed = inventory(application)
        empty = [what for what, names in deployed.items() if not names]
        assert empty == [], json.dumps(deployed, indent=1)
        serving = pointer(application)
        application.deploy()
        application.invoke("reconcile")
        assert pointer(application) == serving  # what is deployed again as it was changes nothing that serves
        command: Command = [SERVERLESS, "remove", "--stage", STAGE]
        run("serverless remove", command, settings.logs / "remove.log", cwd=ROOT, env=settings.environment())
        assert inventory(application) == before
