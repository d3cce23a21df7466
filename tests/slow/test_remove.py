"""`serverless remove` in the middle of a training job leaves nothing that bills."""

from pathlib import Path

from local.application import Application
from local.screen import run
from local.seed import seed, serve
from local.settings import BUCKET, ROOT, SERVERLESS, STAGE, Settings
from local.supervise import Command
from tests.slow.inventory import inventory, services
from tests.stack.client import wait_until
from tests.stack.conftest import free_port

SMALL: dict[str, int | float] = {"epochs": 2, "hidden_dim": 32, "embedding_dim": 32}


# What a removal leaves, and why; nothing of it bills.
LEFT = {
    "cloudformation:ListStacks": "CloudFormation remembers deleted stacks for 90 days.",
    "cloudwatch:DescribeAlarmHistory": "CloudWatch remembers what alarms did for 30 days.",
    "cloudwatch:ListMetrics": "Metrics expire by themselves, 15 months after their last value.",
    "logs:DescribeLogGroups": "Asked for by name below.",
    "sagemaker:ListTrainingJobs": "SageMaker keeps the record of every job.",
}
# What belongs to the application while it is deployed, by the list that tells of it.
DEPLOYED = (
    "apigateway:GetApiKeys",
    "apigateway:GetRestApis",
    "apigateway:GetUsagePlans",
    "application-autoscaling:DescribeScalableTargets",
    "cloudformation:DescribeStacks",
    "cloudwatch:DescribeAlarms",
    "events:ListRules",
    "iam:ListRoles",
    "lambda:ListFunctions",
    "lambda:ListLayers",
    "s3:ListBuckets",
    "sagemaker:ListEndpointConfigs",
    "sagemaker:ListEndpoints",
    "sagemaker:ListModelPackageGroups",
    "sagemaker:ListModels",
    "sns:ListTopics",
)


def pointer(application: Application) -> str:
    """The ETag of the serving pointer."""
    return str(application.client("s3").head_object(Bucket=BUCKET, Key="serving.json")["ETag"])


def test_a_remove_ends_jobs_and_endpoints_and_leaves_nothing(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path / "state", aws_port=free_port(), sagemaker_port=free_port())
    with Application(settings) as application:
        names = services(application)
        before = inventory(application, names)
        application.deploy()
        serve(application)
        seed(application)
        job = application.invoke("retrain", {**SMALL, "epochs": 200})["job"]
        wait_until(lambda: application.get(f"/jobs/{job}")[1]["secondary_status"] == "Training", 60, "the job trains")
        deployed = inventory(application, names)
        assert [what for what in DEPLOYED if deployed[what] == before[what]] == []
        serving = pointer(application)
        application.deploy()
        application.invoke("reconcile")
        assert pointer(application) == serving  # what is deployed again as it was changes nothing that serves
        command: Command = [SERVERLESS, "remove", "--stage", STAGE]
        run("serverless remove", command, settings.logs / "remove.log", cwd=ROOT, env=settings.environment())
        after = inventory(application, names)
        changed = {what: after.get(what) for what in before | after if after.get(what) != before.get(what)}
        assert {what: answer for what, answer in changed.items() if what not in LEFT} == {}
        assert [what for what in LEFT if what not in changed] == []  # else the reason is for nothing
        jobs = application.client("sagemaker").list_training_jobs(MaxResults=100)["TrainingJobSummaries"]
        assert {each["TrainingJobStatus"] for each in jobs} == {"Stopped"}
        groups = application.client("logs").describe_log_groups()["logGroups"]
        # SageMaker makes it, one for all the jobs of an account.
        assert {each["logGroupName"] for each in groups} == {"/aws/sagemaker/TrainingJobs"}
