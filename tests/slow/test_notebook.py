"""The lines of ml/notebook.py, through SageMaker's own SDK, against SageMaker on this machine."""

import ast
import subprocess
from pathlib import Path

import pytest

from local.application import Application
from local.seed import seed, serve
from local.settings import ROOT, SDK_PYTHON, Settings
from tests.stack.conftest import free_port

SMALL = 'data="snippets", preset="sentences", epochs=1, hidden_dim=16, embedding_dim=16, word_vectors=False'


def lines() -> str:
    """Those of the module's docstring, for the local stage and with the smallest of networks."""
    docstring = ast.get_docstring(ast.parse((ROOT / "ml" / "notebook.py").read_text())) or ""
    code = "\n".join(line.strip() for line in docstring.splitlines() if line.startswith("    "))
    assert 'Stage("dev")' in code
    assert "epochs=4" in code
    return code.replace('"dev"', '"local"').replace("epochs=4", SMALL)


@pytest.mark.skipif(not SDK_PYTHON.exists(), reason="SageMaker's SDK is not installed: npm run images does that")
@pytest.mark.timeout(900)
def test_a_notebook_trains_deploys_predicts_and_deletes_with_the_sdk(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path, aws_port=free_port(), sagemaker_port=free_port())
    with Application(settings) as application:
        application.deploy()
        serving = serve(application)["version"]
        seed(application)
        done = subprocess.run(
            [SDK_PYTHON, "-c", f"from ml.notebook import Stage, delete, predict\n{lines()}"],
            cwd=ROOT,
            env=settings.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        (score,) = ast.literal_eval(done.stdout.strip().splitlines()[-1])
        assert 0 < score < 1
        sagemaker = application.client("sagemaker")
        (job,) = sagemaker.list_training_jobs(NameContains="notebook-")["TrainingJobSummaries"]
        assert job["TrainingJobStatus"] == "Completed"
        assert not sagemaker.list_endpoints(NameContains="notebook-")["Endpoints"]
        assert not sagemaker.list_endpoint_configs(NameContains="notebook-")["EndpointConfigs"]
        assert not sagemaker.list_models(NameContains="notebook-")["Models"]
        application.invoke("reconcile")
        assert [each["version"] for each in application.get("/models")[1]["models"]] == [serving]
