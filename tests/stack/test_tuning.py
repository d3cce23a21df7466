"""{"tune": …} in POST /retrain, with real training of every job that it tries."""

from local.application import Application
from tests.stack.client import Client, wait_until

SMALL = {"preset": "sentences", "epochs": 1, "embedding_dim": 16, "word_vectors": False, "self_training_epochs": 0}


def test_the_best_of_the_jobs_that_are_tried_is_the_one_candidate(application: Application, client: Client) -> None:
    before = {each["version"] for each in client.get("/models")[1]["models"]}
    tune = {"ranges": {"hidden_dim": [8, 32], "pooling": ["max", "mean"]}, "jobs": 2, "parallel": 1}
    status, started = client.retrain({**SMALL, "tune": tune, "key": "tuned"})
    assert status == 202
    assert client.retrain({**SMALL, "tune": tune, "key": "tuned"}) == (202, started)
    report = wait_until(lambda: (r := client.job(started["job"]))["verdict"] and r, 300, "the tuning job is judged")
    assert report["status"] == "Completed"
    tried = report["tuning"]["tried"]
    assert [each["status"] for each in tried] == ["Completed", "Completed"]
    assert {int(each["hyperparameters"]["hidden_dim"]) for each in tried} <= set(range(8, 33))
    best = max(tried, key=lambda each: each["validation_accuracy"])
    assert report["tuning"]["best"]["validation_accuracy"] == best["validation_accuracy"]
    new = [each for each in client.get("/models")[1]["models"] if each["version"] not in before]
    assert [each["job"] for each in new] == [report["tuning"]["best"]["job"]]
    child = client.job(report["tuning"]["best"]["job"])
    assert child["epochs"]
    assert child["hyperparameters"].items() >= report["tuning"]["best"]["hyperparameters"].items()
