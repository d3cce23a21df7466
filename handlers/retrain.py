"""POST /retrain, and `serverless invoke -f retrain`: start a training job, or let it wait until none runs."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from handlers.common import lease, pointer, queue, training
from handlers.common.clients import s3
from handlers.common.errors import ApiError, Busy, Malformed, Unavailable
from handlers.common.http import Answer, Event, answer_json, json_object, route
from handlers.common.log import correlate, logger
from handlers.common.prices import training_cost
from handlers.common.settings import required, settings
from handlers.common.store import artifact_uri, put
from ml.job import JobError, JobRequest, Surroundings, parse, source_archive, training_job
from ml.tuning import tuning_job

TUNING_NAME_LENGTH = 32  # AWS's limit, CreateHyperParameterTuningJob


def handler(event: Event, context: Any) -> Any:
    """Over HTTP the request is the body; invoked directly it is the event itself, and so is the answer.

    Woken by another function, the event asks for no job of its own: `{"start_next": true}`.
    """
    if "httpMethod" in event:
        return over_http(event, context)
    correlate(event, context)
    if event == {"start_next": True}:
        return {"started": start_next()}
    return retrain(event)


@route
def over_http(event: Event) -> Answer:
    """202 with the job, or a problem."""
    try:
        return answer_json(202, retrain(json_object(event)))
    except JobError as error:
        raise Malformed(str(error)) from None


def retrain(body: dict[str, Any]) -> dict[str, Any]:
    """Start the job that the body asks for, or queue it, and say where to follow it. Raises JobError and ApiError."""
    request = check(body)
    version = new_version(request.key, request.tune is not None)
    if request.key and (before := asked_before(version)):
        return answer(version, before)
    require_data(request.data)
    if required("WHEN_TRAINING") == "refuse":
        start(request, version)
    else:
        start_or_queue(request, version)
    return answer(version, machines(request))


def start_or_queue(request: JobRequest, version: str) -> None:
    """Start the job at once where none runs and none waits, else let it wait its turn."""
    if queue.is_empty():
        try:
            return start(request, version)
        except Busy as busy:
            logger.info("a job runs", extra={"reason": str(busy)})
    queue.add(request, version)


def start_next() -> str | None:
    """Start the job that has waited longest and can be started; its name, None when there is none or another runs."""
    for entry in queue.waiting():
        try:
            # One that exists was created by a run that then broke off.
            if training.runs(entry.job) is None:
                request = check(entry.request)
                require_data(request.data)
                start(request, entry.version)
                queue.remove(entry)
                return entry.job
            queue.remove(entry)
        except Busy:
            return None
        except JobError as error:
            queue.drop(entry, str(error))
        except ApiError as error:  # it waits on, and is no obstacle to others: they may ask for other machines
            queue.note(entry, str(error))
    return None


def start(request: JobRequest, version: str) -> None:
    """Create the job, unless another runs.

    Raises Busy when one does, JobError when it can never be created, ApiError when it cannot be now.
    """
    name, stage = settings().name_of(version), surroundings()
    turn = lease.take(name)
    try:
        job = training_job(request, name, version, upload_code(), stage)
        training.create(tuning_job(job, request.tune, settings().prefix) if request.tune else job)
    except training.Unsure:
        raise  # the job may come into being yet
    except Exception:
        lease.give_back(turn)
        raise
    logger.info("training job created", extra={"job": name})


def check(body: dict[str, Any]) -> JobRequest:
    """The request, with this stage's defaults. Raises JobError."""
    request = parse(body, data=required("DATA_SET"), instance_type=required("TRAINING_INSTANCE_TYPE"))
    over = len(settings().name_of(new_version(request.key, tunes=True))) - TUNING_NAME_LENGTH
    if request.tune and over > 0:
        raise JobError(f"SageMaker takes shorter names for tuning jobs: this stage's name is {over} letters too long.")
    return request


def require_data(names: Iterable[str]) -> None:
    """Raises JobError when the bucket holds no data set of one of these names."""
    for name in names:
        found = s3().list_objects_v2(Bucket=settings().bucket, Prefix=f"data/{name}/", MaxKeys=1)
        if not found.get("KeyCount"):
            raise JobError(f"There is no data set “{name}”; upload one to s3://{settings().bucket}/data/{name}/ first.")


def new_version(key: str | None, tunes: bool = False) -> str:
    """A version's name: the time and four random characters; for tuning a short one.

    With a key it is the key's hash alone, so that the same key names the same job however late it comes again.
    """
    if tunes:
        return "t" + (hashlib.sha256(key.encode()).hexdigest() if key else secrets.token_hex(5))[:10]
    if key:
        return "key-" + hashlib.sha256(key.encode()).hexdigest()[:16]
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def surroundings() -> Surroundings:
    """What this stage brings to the job. Raises Unavailable while the stage is being made or removed."""
    serving = pointer.read()
    if serving.etag is None:
        raise Unavailable("This stage is being set up or removed; nothing is started in it.", retry_after=60)
    return Surroundings(
        bucket=settings().bucket,
        role_arn=required("SAGEMAKER_ROLE_ARN"),
        cpu_image=required("TRAINING_IMAGE_CPU"),
        gpu_image=required("TRAINING_IMAGE_GPU"),
        # The model that serves, which the new one is compared with on the same held-out set.
        champion=artifact_uri(serving.champion.version) if serving.champion else None,
    )


def upload_code() -> str:
    """The S3 key of the training code, which is there afterwards."""
    code = source_archive()
    key = f"code/{hashlib.sha256(code).hexdigest()}/sourcedir.tar.gz"
    put(key, code)
    return key


Machines = tuple[str, int, int]  # instance type, number of instances, seconds at most


def asked_before(version: str) -> Machines | None:
    """The machines of the request that made this version, whether it runs, has ended, waits or was dropped."""
    entry = queue.find(version)  # first: what leaves the queue is a job by then, or dropped
    name = settings().name_of(version)
    if settings().tunes(name):
        if tuning := training.describe_tuning(name):
            limits = tuning["HyperParameterTuningJobConfig"]["ResourceLimits"]
            return _machines_of(tuning[training.DEFINITION], limits["MaxNumberOfTrainingJobs"])
    elif description := training.describe(name):
        return _machines_of(description)
    entry = entry or queue.find_dropped(version)
    return machines(check(entry.request)) if entry else None


def _machines_of(job: dict[str, Any], jobs: int = 1) -> Machines:
    resources, limits = job["ResourceConfig"], job["StoppingCondition"]
    return resources["InstanceType"], resources["InstanceCount"], jobs * limits["MaxRuntimeInSeconds"]


def machines(request: JobRequest) -> Machines:
    """What the request's job may use at most."""
    return request.instance_type, request.instance_count, request.seconds


def answer(version: str, used: Machines) -> dict[str, Any]:
    """What whoever asked for the job is told."""
    job = settings().name_of(version)
    return {"job": job, "status_url": f"{required('API_URL')}/jobs/{job}", "cost_limit_usd": training_cost(*used)}
