"""A stage that wants a fallback goes on answering while its model's endpoint is away."""

from collections.abc import Iterator

import pytest

from local.application import Application
from local.settings import PREFIX
from tests.stack.client import Client, wait_until
from tests.stack.test_sentiment import RAVE, SLATING

FUNCTION = f"{PREFIX}sentiment"


@pytest.fixture
def with_fallback(application: Application) -> Iterator[None]:
    """The setting `fallback: true`, as a deployment would bring it to the function."""
    functions = application.client("lambda")
    before = functions.get_function_configuration(FunctionName=FUNCTION)["Environment"]["Variables"]
    changed = {"Variables": before | {"FALLBACK": "true"}}
    functions.update_function_configuration(FunctionName=FUNCTION, Environment=changed)
    yield
    functions.update_function_configuration(FunctionName=FUNCTION, Environment={"Variables": before})


@pytest.mark.timeout(180)
def test_until_a_deleted_endpoint_is_back_the_fallback_answers_and_says_so(
    application: Application, client: Client, with_fallback: None
) -> None:
    version = client.serving()
    (endpoint,) = (
        each["EndpointName"]
        for each in application.client("sagemaker").list_endpoints()["Endpoints"]
        if each["EndpointName"].startswith(PREFIX + version)
    )
    assert client.sentiment({"text": RAVE})[1]["model"] == version  # is no cold start, which takes long enough to heal
    application.client("sagemaker").delete_endpoint(EndpointName=endpoint)
    for text, sentiment in ((RAVE, "positive"), (SLATING, "negative")):
        status, answer = client.sentiment({"text": text, "explain": True})
        assert status == 200
        assert (answer["sentiment"], answer["model"]) == (sentiment, f"fallback-{version}")
        assert answer["degraded"] is True
        assert len(answer["words"]) == answer["tokens"]
    application.invoke("reconcile")
    wait_until(lambda: client.sentiment({"text": RAVE})[1].get("model") == version, 120, "the model answers again")
