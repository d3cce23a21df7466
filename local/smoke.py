"""`npm run smoke -- --stage dev`: is a deployed stage sound?

Its page and model answer, its golden texts get their golden scores, and a small training job on a CPU goes through
to its verdict. Then all that this made is deleted. It needs the credentials that deployed the stage; `--stage local`
is the application that `npm start` runs.
"""

import argparse
import json
import os
import secrets
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from handlers.common import verdicts
from handlers.common.gate import REJECTED
from handlers.common.prices import price_list
from handlers.common.rollout import GOLDEN_TOLERANCE
from handlers.common.settings import settings
from handlers.common.store import read_json
from handlers.retrain import new_version
from local import leftovers, made_up
from local.problem import Problem
from local.screen import Step, say
from local.settings import ROOT, SERVICE
from ml.data import write
from ml.errors import DataError
from ml.upload import bucket_of, upload, variables

INSTANCE, MINUTES = "ml.m5.xlarge", 15
WAIT = 45 * 60  # seconds: for another job to end, for the instance, for the job, for the minute's verdict
SMALLEST: dict[str, Any] = {
    "preset": "sentences",
    "epochs": 1,
    "hidden_dim": 8,
    "embedding_dim": 8,
    "word_vectors": False,
    "self_training_epochs": 0,
    "min_count": 1,
}


@dataclass(frozen=True)
class Stage:
    """A deployed stage, as whoever deployed it reaches it."""

    url: str
    key: str

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The answer's JSON, None where it is a page. A question that is put off is put again.

        Raises Problem for everything but success.
        """
        headers = {"Content-Type": "application/json", "x-api-key": self.key}
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        for attempts_left in reversed(range(5)):
            try:
                with urllib.request.urlopen(request, timeout=40) as answer:
                    return json.load(answer) if "json" in answer.headers["Content-Type"] else None
            except urllib.error.HTTPError as error:
                if error.code not in (429, 503) or not attempts_left:
                    text = error.read().decode(errors="replace")[:500]
                    raise Problem(f"{method} {path} answers {error.code}: {text}") from None
                time.sleep(float(error.headers.get("Retry-After", 1)))
            except OSError as error:
                raise Problem(f"{self.url} does not answer: {error}") from None


def found(stage: str, region: str) -> Stage:
    """The stage in the account of these credentials; functions of handlers/common then speak of it.

    Raises Problem where there is none.
    """
    os.environ.update(AWS_REGION=region, AWS_DEFAULT_REGION=region)
    prefix = f"{SERVICE}-{stage}-"
    try:
        bucket = bucket_of(stage, boto3.client("sts"), region)
        os.environ.update(NAME_PREFIX=prefix, BUCKET=bucket)
        (stack,) = boto3.client("cloudformation").describe_stacks(StackName=prefix.rstrip("-"))["Stacks"]
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        name = outputs["ApiKeyName"]
        keys = boto3.client("apigateway").get_api_keys(nameQuery=name, includeValues=True)["items"]
    except (BotoCoreError, ClientError) as error:
        raise Problem(f"The stage “{stage}” is not found in {region}: {error}. Are these its credentials?") from error
    if not keys:
        raise Problem(f"There is no API key {name}; deploy again: npm run deploy -- --stage {stage}")
    return Stage(outputs["Url"], keys[0]["value"])


def price(region: str) -> str:
    """What it costs at most, in a sentence."""
    machine = f"{MINUTES} minutes of one {INSTANCE}"
    if region != price_list()["region"]:
        return f"It costs at most {machine}, at a price that is not listed here for {region}, and some 100 requests."
    dollars = price_list()["instance_hour"][INSTANCE]["usd"] * MINUTES / 60
    return f"It costs at most {dollars:.2f} USD, for {machine}, and less than a cent for some 100 requests."


def check_serving(stage: Stage) -> None:
    """Page and model answer, and the golden texts of what serves get their golden scores. Raises Problem."""
    with Step("The page, the model, its golden texts"):
        stage.ask("GET", "/")
        stage.ask("GET", "/openapi.json")
        version = stage.ask("GET", "/model")["version"]
        golden = read_json(f"models/{version}.golden.json")
        for _ in range(20):  # while another version is released, some of the requests are that one's
            answer = stage.ask("POST", "/sentiment", {"texts": [entry["text"] for entry in golden]})
            if answer["errors"]:
                raise Problem(f"Golden texts of {version} get errors: {answer['errors']}")
            if answer["results"][0]["model"] == version:
                break
        else:
            raise Problem(f"{version} is said to serve, and answers none of 20 requests.")
        pairs = zip(answer["results"], golden, strict=True)
        worst = max(abs(result["score"] - entry["score"]) for result, entry in pairs)
        if worst > GOLDEN_TOLERANCE:
            raise Problem(f"A golden text of {version} scores {worst:.4f} off; at most {GOLDEN_TOLERANCE:g} is right.")


def bring_data(name: str) -> None:
    """Upload made-up sentences as the data set `name`. No gate approves what they train. Raises Problem."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            write(Path(folder, "train.jsonl.gz"), made_up.training())
            write(Path(folder, "test.jsonl.gz"), made_up.testing())
            upload(boto3.client("s3"), settings().bucket, name, Path(folder))
        except DataError as error:
            raise Problem(str(error)) from error


def check_training(stage: Stage, every: float) -> None:
    """A small job goes through to its verdict, a rejection; all that was made for it is deleted. Raises Problem."""
    name = f"smoke-{secrets.token_hex(4)}"
    before = leftovers.code()
    # By its key the job's name is known before it is asked for: what to delete is clear whatever comes of the request.
    job = settings().name_of(new_version(name))
    try:
        bring_data(name)
        asked = {
            **SMALLEST,
            "key": name,
            "data": name,
            "instance_type": INSTANCE,
            "max_minutes": MINUTES,
            "spot": False,
        }
        stage.ask("POST", "/retrain", asked)
        say(f"  {job}")
        report = wait_for_verdict(stage, job, every)
        if report["status"] != "Completed":
            raise Problem(f"The training job ended as {report['status']}: {report['reason']}")
        if report["verdict"]["status"] != REJECTED:
            raise Problem(f"A model whose test labels are wrong was not rejected: {report['verdict']}")
        cost = report["cost_usd_estimate"]
        say(f"  {' '.join(report['verdict']['reasons'])}" + (f" It cost {cost:.3f} USD." if cost is not None else ""))
    finally:
        with Step("Deleting what this made"):
            leftovers.delete(name, job, before, every)


def wait_for_verdict(stage: Stage, job: str, every: float) -> dict[str, Any]:
    """GET /jobs/{job} once there is a verdict that the registry knows of. Raises Problem."""
    deadline = time.monotonic() + WAIT
    version = settings().version_of(job)
    with Step("A training job, and its verdict") as step:
        while time.monotonic() < deadline:
            report: dict[str, Any] = stage.ask("GET", f"/jobs/{job}")
            verdict = verdicts.read(version)
            if verdict and (verdict.registered or verdict.metrics is None):
                return report
            step.tick(report["secondary_status"] or report["status"])
            time.sleep(every)
    raise Problem(f"After {WAIT // 60} minutes {job} has no verdict; it is {report['status']}.")


def main() -> int:
    parser = argparse.ArgumentParser(prog="npm run smoke --", description="Is a deployed stage sound?")
    parser.add_argument("--stage", required=True)
    parser.add_argument("--region", help="default: AWS_REGION, else us-east-1, as serverless.yml has it")
    parser.add_argument("--yes", action="store_true", help="spend the money without being asked")
    options = parser.parse_args()
    if "AWS_ENDPOINT_URL" not in os.environ:
        os.environ.update(variables(ROOT / f".env.{options.stage}"))
    emulated = "AWS_ENDPOINT_URL" in os.environ
    region = options.region or os.environ.get("AWS_REGION") or "us-east-1"
    say(price(region) if not emulated else "It costs nothing: AWS is on this machine.")
    try:
        if not emulated and not options.yes:
            raise Problem(f"Nothing has been done. With --yes it is: npm run smoke -- --stage {options.stage} --yes")
        stage = found(options.stage, region)
        check_serving(stage)
        check_training(stage, every=1 if emulated else 15)
    except Problem as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except (BotoCoreError, ClientError) as error:
        print(f"\nAWS does not do what these credentials ask for: {error}", file=sys.stderr)
        return 1
    say("The stage is sound, and as it was before.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
