"""Endpoints of the local SageMaker: a real serving process over a real archive."""

import json
import os
import signal
import threading

import pytest
from botocore.exceptions import ClientError

from tests.local_sagemaker import LocalSageMaker, archive, wait_for


@pytest.fixture(scope="module")
def echo(sagemaker, model):
    """The name of an endpoint in service."""
    sagemaker.create_endpoint("echo", model)
    assert sagemaker.settled("echo")["EndpointStatus"] == "InService"
    return "echo"


def test_an_endpoint_answers_with_its_model(sagemaker, echo):
    answer = sagemaker.invoke(echo, {"question": 1})

    assert (answer["weights"], answer["question"]) == ("0.1 0.2", 1)


def test_a_model_sees_no_credentials_and_nothing_of_the_users_environment(sagemaker, echo):
    environment = sagemaker.invoke(echo, {})["environment"]

    assert "SAGEMAKER_PROGRAM" in environment
    assert not [name for name in environment if name.startswith("AWS_") or name == "SECRET_OF_THE_USER"]


def test_an_answer_says_which_variant_gave_it_and_in_which_type(sagemaker, echo):
    answer = sagemaker.runtime.invoke_endpoint(EndpointName=echo, ContentType="application/json", Body=b"{}")

    assert answer["InvokedProductionVariant"] == "AllTraffic"
    assert answer["ContentType"] == "application/json"


def test_an_exception_in_the_model_is_a_model_error_with_its_text(sagemaker, echo):
    with pytest.raises(ClientError) as refusal:
        sagemaker.invoke(echo, {"fail": "the text has no words"})

    response = refusal.value.response
    assert response["Error"]["Code"] == "ModelError"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert response["OriginalStatusCode"] == 400
    assert json.loads(response["OriginalMessage"]) == {
        "code": 400,
        "type": "InternalServerException",
        "message": "the text has no words",
    }


def test_an_endpoint_that_is_not_there_is_a_validation_error(sagemaker):
    with pytest.raises(ClientError, match="Endpoint nowhere of account 123456789012 not found") as refusal:
        sagemaker.invoke("nowhere", {})

    assert refusal.value.response["Error"]["Code"] == "ValidationError"


def test_a_serving_process_that_dies_is_replaced_and_meanwhile_a_model_error(sagemaker, model):
    sagemaker.create_endpoint("mortal", model)
    sagemaker.settled("mortal")

    with pytest.raises(ClientError) as refusal:
        sagemaker.invoke("mortal", {"die": True})

    assert refusal.value.response["OriginalStatusCode"] == 500
    wait_for(lambda: _answers(sagemaker, "mortal"), "the replacement")
    assert sagemaker.endpoint("mortal")["EndpointStatus"] == "InService"


def test_deleting_lets_requests_in_flight_finish_and_ends_the_process(sagemaker, model):
    sagemaker.create_endpoint("brief", model)
    sagemaker.settled("brief")
    answers = []
    request = threading.Thread(target=lambda: answers.append(sagemaker.invoke("brief", {"seconds": 1.0})))
    request.start()
    wait_for(lambda: sagemaker.processes("endpoints/brief/model"), "the serving process")
    threading.Event().wait(0.4)  # the request has to be on its way, which nothing outside can see

    sagemaker.api.delete_endpoint(EndpointName="brief")

    assert sagemaker.endpoint("brief")["EndpointStatus"] == "Deleting"
    with pytest.raises(ClientError, match="is Deleting, not InService"):
        sagemaker.invoke("brief", {})
    request.join()
    assert answers[0]["seconds"] == 1.0
    wait_for(lambda: _is_gone(sagemaker, "brief"), "the endpoint to be gone")
    assert sagemaker.processes("endpoints/brief/model") == []


def test_an_endpoint_that_is_still_being_created_can_neither_serve_nor_be_deleted(sagemaker, model):
    sagemaker.create_endpoint("young", model)

    with pytest.raises(ClientError, match="Endpoint young is Creating, not InService"):
        sagemaker.invoke("young", {})
    with pytest.raises(ClientError, match="Cannot update in-progress endpoint"):
        sagemaker.api.delete_endpoint(EndpointName="young")
    assert sagemaker.settled("young")["EndpointStatus"] == "InService"


@pytest.mark.parametrize(
    ("name", "body", "reason"),
    [
        ("text", b"not an archive", "The model archive cannot be unpacked"),
        ("escaping", archive({"../../evil.py": "1"}), "outside the destination"),
        ("codeless", archive({"weights.txt": "1"}), "The model archive has no code/inference.py"),
        ("partial", archive({"code/inference.py": "model_fn = print"}), "does not define input_fn, predict_fn"),
    ],
)
def test_a_model_that_cannot_be_served_fails_its_endpoint_with_the_reason(sagemaker, moto, name, body, reason):
    sagemaker.create_endpoint(name, moto.put(f"models/{name}.tar.gz", body))

    endpoint = sagemaker.settled(name)

    assert endpoint["EndpointStatus"] == "Failed"
    assert reason in endpoint["FailureReason"]
    sagemaker.api.delete_endpoint(EndpointName=name)


def test_a_model_that_cannot_be_loaded_refuses_every_request_as_it_does_on_aws(sagemaker, moto):
    sagemaker.create_endpoint("broken", moto.put("models/broken.tar.gz", archive({"code/inference.py": "1 / 0"})))

    assert sagemaker.settled("broken")["EndpointStatus"] == "InService"
    for _ in range(2):
        with pytest.raises(ClientError, match="division by zero"):
            sagemaker.invoke("broken", {})
    sagemaker.api.delete_endpoint(EndpointName="broken")


def test_a_missing_archive_fails_the_endpoint_with_its_address(sagemaker):
    sagemaker.create_endpoint("nothing", "s3://test-bucket/models/nothing.tar.gz")

    assert "s3://test-bucket/models/nothing.tar.gz does not exist" in sagemaker.settled("nothing")["FailureReason"]


def test_what_exists_cannot_be_created_again(sagemaker, echo, model):
    with pytest.raises(ClientError, match=r'Cannot create already existing model "arn:aws:sagemaker:.*:model/echo"'):
        sagemaker.create_endpoint(echo, model)
    with pytest.raises(ClientError, match="Cannot create already existing endpoint "):
        sagemaker.api.create_endpoint(EndpointName=echo, EndpointConfigName=echo)


def test_a_serverless_endpoint_serves_as_many_requests_at_once_as_its_concurrency_and_refuses_more(sagemaker, model):
    serverless = {"MemorySizeInMB": 3072, "MaxConcurrency": 1}
    sagemaker.create_endpoint("serverless", model, ServerlessConfig=serverless)
    (variant,) = sagemaker.settled("serverless")["ProductionVariants"]
    assert variant["CurrentServerlessConfig"] == serverless
    request = threading.Thread(target=lambda: sagemaker.invoke("serverless", {"seconds": 1.5}))
    request.start()
    threading.Event().wait(0.5)  # the request has to be on its way, which nothing outside can see

    with pytest.raises(ClientError) as refusal:
        sagemaker.invoke("serverless", {})

    assert refusal.value.response["Error"]["Code"] == "ThrottlingException"
    request.join()
    assert sagemaker.invoke("serverless", {"question": 3})["question"] == 3
    sagemaker.api.delete_endpoint(EndpointName="serverless")


def test_an_endpoint_on_instances_may_keep_its_model_from_the_network(sagemaker, model):
    sagemaker.create_endpoint("isolated", model, isolated=True)

    assert sagemaker.settled("isolated")["EndpointStatus"] == "InService"
    sagemaker.api.delete_endpoint(EndpointName="isolated")


@pytest.mark.parametrize(
    ("variant", "isolated", "problem"),
    [
        ({"ServerlessConfig": {"MemorySizeInMB": 1536, "MaxConcurrency": 1}}, False, "must be one of 1024, 2048"),
        ({"ServerlessConfig": {"MemorySizeInMB": 7168, "MaxConcurrency": 1}}, False, "less than or equal to 6144"),
        ({"ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 201}}, False, "less than or equal to 200"),
        ({"ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 5}}, True, "network isolation"),
        (
            {"ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 1, "ProvisionedConcurrency": 2}},
            False,
            "must not be greater than MaxConcurrency",
        ),
        ({"InstanceType": "ml.m5.large"}, False, "InitialInstanceCount of 1 or more"),
        (
            {"InstanceType": "ml.m5.large", "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 1}},
            False,
            "one of InstanceType and ServerlessConfig",
        ),
    ],
)
def test_a_variant_that_sagemaker_has_no_machine_for_is_refused(sagemaker, model, variant, isolated, problem):
    with pytest.raises(ClientError) as refusal:
        sagemaker.create_endpoint("refused", model, isolated, **variant)

    sagemaker.api.delete_model(ModelName="refused")
    assert refusal.value.response["Error"]["Code"] == "ValidationException"
    assert problem in refusal.value.response["Error"]["Message"]


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("delete_endpoint", {"EndpointName": "nowhere"}),
        ("delete_endpoint_config", {"EndpointConfigName": "nowhere"}),
        ("delete_model", {"ModelName": "nowhere"}),
        ("create_endpoint", {"EndpointName": "new", "EndpointConfigName": "nowhere"}),
    ],
)
def test_what_does_not_exist_is_said_in_the_words_of_aws(sagemaker, operation, arguments):
    with pytest.raises(ClientError, match=r"Could not find .*nowhere") as refusal:
        getattr(sagemaker.api, operation)(**arguments)

    assert refusal.value.response["Error"]["Code"] == "ValidationException"


def test_an_operation_that_is_not_offered_is_refused_by_name(sagemaker, echo):
    with pytest.raises(ClientError, match="Local SageMaker does not offer UpdateEndpoint"):
        sagemaker.api.update_endpoint(EndpointName=echo, EndpointConfigName=echo)


def test_a_restart_brings_back_endpoints_and_records_and_fails_the_jobs_that_ran(moto, python, model, tmp_path):
    sagemaker = LocalSageMaker(moto, tmp_path, python)
    sagemaker.create_endpoint("kept", model)
    arn = sagemaker.settled("kept")["EndpointArn"]
    # SageMaker serves from its own copy: what the endpoint was made from may go.
    sagemaker.api.delete_model(ModelName="kept")
    sagemaker.api.delete_endpoint_config(EndpointConfigName="kept")
    sagemaker.train("before")
    sagemaker.start_training("interrupted", {"mode": "hang"})
    wait_for(lambda: sagemaker.processes("TRAINING_JOB_NAME=interrupted"), "the training process")

    sagemaker.close()

    assert sagemaker.processes(str(tmp_path)) == []
    sagemaker.start()
    assert sagemaker.settled("kept")["EndpointStatus"] == "InService"
    assert sagemaker.invoke("kept", {"question": 2})["question"] == 2
    assert sagemaker.api.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "stage", "Value": "test"}]
    assert sagemaker.job("before")["TrainingJobStatus"] == "Completed"
    interrupted = sagemaker.job("interrupted")
    assert interrupted["TrainingJobStatus"] == "Failed"
    assert interrupted["FailureReason"].startswith("InternalServerError: the machine that trained was restarted")
    sagemaker.close()


def test_nothing_outlives_a_server_that_is_killed_hard(moto, python, model, tmp_path):
    sagemaker = LocalSageMaker(moto, tmp_path, python)
    sagemaker.create_endpoint("orphan", model)
    sagemaker.settled("orphan")
    sagemaker.start_training("orphan", {"mode": "hang"})
    wait_for(lambda: sagemaker.processes("TRAINING_JOB_NAME=orphan"), "the training process")

    os.kill(sagemaker.process.pid, signal.SIGKILL)
    sagemaker.process.wait()

    wait_for(lambda: not sagemaker.processes(str(tmp_path)), "every process to end", 5)


def _answers(sagemaker: LocalSageMaker, name: str) -> bool:
    try:
        return bool(sagemaker.invoke(name, {"again": True}))
    except ClientError:
        return False


def _is_gone(sagemaker: LocalSageMaker, name: str) -> bool:
    try:
        sagemaker.endpoint(name)
    except ClientError as error:
        return "Could not find" in str(error)
    return False
