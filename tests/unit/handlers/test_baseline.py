"""The baseline: brought by a deployment, judged and served like any model, and older than any."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from handlers import lifecycle, reconcile
from handlers.common import judging
from handlers.common.store import artifact_key
from tests.unit.handlers.stage import BUCKET, V0, V1, V2, Stage, artifact, better_than, documents, endpoint_of


def deploy(baseline: Path, version: str = V0, accuracy: float = 0.8) -> None:
    """A deployment whose baseline has this version and accuracy, and what the clock does then."""
    for name, document in documents(accuracy).items():
        (baseline / name).write_bytes(document)
    model = json.loads((baseline / "model.json").read_text()) | {"version": version}
    (baseline / "model.json").write_text(json.dumps(model))
    lifecycle.prepare()
    reconcile.handler({}, None)


def forget_drained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAIN_SECONDS", "-1")
    reconcile.handler({}, None)


def test_a_fresh_deployment_s_baseline_is_judged_published_and_serves(stage: Stage, baseline: Path) -> None:
    deploy(baseline)
    assert stage.verdict(V0)[0] == "Approved"
    assert stage.get(f"models/{V0}.json")["version"] == V0
    assert stage.pointer() == {V0: 1.0}
    model = stage.sagemaker.describe_model(ModelName=endpoint_of(V0))
    assert model["PrimaryContainer"]["ModelDataUrl"] == f"s3://{BUCKET}/{artifact_key(V0)}"


def test_the_archive_holds_what_an_endpoint_needs(stage: Stage, baseline: Path, tmp_path_factory: Any) -> None:
    deploy(baseline)
    unpacked = tmp_path_factory.mktemp("unpacked")
    stage.s3.download_file(BUCKET, artifact_key(V0), str(unpacked / "model.tar.gz"))
    subprocess.run(["tar", "xzf", "model.tar.gz"], cwd=unpacked, check=True)
    assert (unpacked / "model.safetensors").read_bytes() == documents()["model.safetensors"]
    for name in ("inference.py", "ml/inference.py", "nltk/__init__.py", "bs4/__init__.py"):
        assert (unpacked / "code" / name).is_file()


def test_the_same_deployment_again_changes_nothing(stage: Stage, baseline: Path) -> None:
    deploy(baseline)
    before = [stage.s3.head_object(Bucket=BUCKET, Key=key)["ETag"] for key in (artifact_key(V0), "serving.json")]
    (baseline / "card.md").write_text("Another file, and so another archive, of the same version.")
    deploy(baseline)
    after = [stage.s3.head_object(Bucket=BUCKET, Key=key)["ETag"] for key in (artifact_key(V0), "serving.json")]
    assert after == before


def test_a_model_that_was_trained_has_to_be_better_than_the_baseline(stage: Stage, baseline: Path) -> None:
    deploy(baseline)
    stage.finish_job(V1, artifact())
    reconcile.handler({}, None)
    assert stage.pointer() == {V0: 1.0}
    stage.finish_job(V2, better_than(V0))
    reconcile.handler({}, None)
    assert stage.pointer() == {V2: 1.0, V0: 0.0}


def test_a_new_baseline_replaces_an_old_one(stage: Stage, baseline: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deploy(baseline)
    deploy(baseline, version=V2)
    assert stage.pointer() == {V2: 1.0, V0: 0.0}
    forget_drained(monkeypatch)
    assert stage.hosted() == {V2}


def test_a_new_baseline_does_not_replace_a_model_that_was_trained_even_long_ago(
    stage: Stage, baseline: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(baseline)
    stage.finish_job(V1, better_than(V0))
    reconcile.handler({}, None)
    forget_drained(monkeypatch)
    deploy(baseline, version=V2)
    monkeypatch.setattr(judging, "_finished_jobs", lambda since: [])  # as when many later jobs have come to nothing
    deploy(baseline, version=V2)
    assert stage.pointer() == {V1: 1.0}
    assert stage.hosted() == {V1}


def test_a_baseline_below_the_stage_s_floor_does_not_serve(stage: Stage, baseline: Path) -> None:
    deploy(baseline, accuracy=0.6)
    assert "below the floor" in stage.verdict(V0)[1]
    assert stage.pointer() == {}


def test_a_baseline_whose_archive_is_not_there_yet_is_not_looked_for(
    stage: Stage, baseline: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "put_baseline", lambda *_: None)  # cut off before its last step
    deploy(baseline)
    assert stage.s3.list_objects_v2(Bucket=BUCKET, Prefix="verdicts/")["KeyCount"] == 0


def test_a_stage_that_was_removed_gets_its_baseline_s_endpoint_no_more(stage: Stage, baseline: Path) -> None:
    lifecycle.prepare()
    stage.s3.delete_object(Bucket=BUCKET, Key="serving.json")
    reconcile.handler({}, None)
    assert stage.hosted() == set()
