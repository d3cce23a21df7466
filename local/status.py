"""What runs: `npm run url` prints its address and nothing else, `npm run status` tells a person."""

import json
import sys
from typing import Any

from local.lock import is_held
from local.problem import Problem
from local.settings import PREFIX, Settings


def running_url(settings: Settings) -> str:
    """The base URL of the running application. Raises Problem when none runs, or when it is still starting."""
    found = _running(settings)
    if found is None:
        raise Problem("The application does not run; `npm start` starts it.")
    if found["phase"] != "ready":
        raise Problem("The application is still starting; ask again when `npm start` has said that it is ready.")
    return _with_ports(settings, found).base_url


def _running(settings: Settings) -> dict[str, Any] | None:
    path = settings.state / "running.json"
    if not is_held(settings.state) or not path.exists():
        return None
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def _with_ports(settings: Settings, found: dict[str, Any]) -> Settings:
    return Settings(settings.state, found["aws_port"], found["sagemaker_port"])


def main() -> int:
    """Print a line for each thing that a person may wonder about."""
    from local.application import Application

    settings = Settings.from_environment()
    found = _running(settings)
    if found is None:
        print("The application does not run; `npm start` starts it.")
        return 1
    settings = _with_ports(settings, found)
    application = Application(settings)  # not entered: it is another process that runs it
    print(f"application      {found['phase']}, process {found['process']}, state in {settings.state}")
    print(f"local AWS        {settings.aws_url}")
    print(f"local SageMaker  {settings.sagemaker_url}")
    print(f"API and page     {settings.base_url}/")
    if found["phase"] == "ready":
        status, model = application.get("/model")
        print(f"model            {model['version'] if status == 200 else 'none serves yet'}")
    sagemaker = application.client("sagemaker")
    for endpoint in sagemaker.list_endpoints(NameContains=PREFIX)["Endpoints"]:
        print(f"endpoint         {endpoint['EndpointName']}  {endpoint['EndpointStatus']}")
    jobs = sagemaker.list_training_jobs(NameContains=PREFIX)["TrainingJobSummaries"]
    for job in sorted(jobs, key=lambda job: job["CreationTime"])[-1:]:
        print(f"last job         {job['TrainingJobName']}  {job['TrainingJobStatus']}")
    if found["phase"] == "ready":
        status, candidates = application.get("/models")
        for candidate in candidates["models"][:3] if status == 200 else []:
            _tell(candidate)
    return 0


def _tell(candidate: dict[str, Any]) -> None:
    """What was decided on a model, why, and what is left to a person."""
    print(f"candidate        {candidate['version']}  {candidate['verdict']['status']}")
    for reason in candidate["verdict"]["reasons"]:
        print(f"                   {reason}")
    if candidate["verdict"]["status"] == "PendingManualApproval":
        version = json.dumps({"version": candidate["version"]})
        print(f"                   npx serverless invoke -f release --stage local -d '{version}'")


if __name__ == "__main__":
    sys.exit(main())
