"""Requests held against AWS's own service models, so that what AWS would refuse is refused here too."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
import regex  # type: ignore[import-untyped]
from botocore.model import ServiceModel, Shape
from botocore.validate import ParamValidator
from moto.sagemaker.exceptions import ValidationError


def check_request(operation: str, request: dict[str, Any], service: str = "sagemaker") -> None:
    """Raise ValidationError naming everything in `request` that the operation's input does not allow."""
    shape = _service_model(service).operation_model(operation).input_shape
    if shape is None:
        return
    # botocore's validator covers names, types, what is required and minima; the rest is AWS's own business.
    report = ParamValidator().validate(request, shape).generate_report()
    problems = report.splitlines() or list(_violations(request, shape, ""))
    if problems:
        count = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''} detected"
        raise ValidationError(f"{count}: {'; '.join(problems)}")


def check_training_job(request: dict[str, Any]) -> None:
    """Raise ValidationError for what SageMaker refuses beyond that, and for what one machine cannot do."""
    for definition in request["AlgorithmSpecification"].get("MetricDefinitions", []):
        try:
            re.compile(definition["Regex"])
        except re.error as error:
            raise ValidationError(f"The Regex of metric {definition['Name']} cannot be used: {error}") from error
    stopping = request.get("StoppingCondition", {})
    if "MaxWaitTimeInSeconds" in stopping and not request.get("EnableManagedSpotTraining"):
        raise ValidationError(
            "Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set to true"
        )
    if request.get("EnableManagedSpotTraining") and stopping.get("MaxWaitTimeInSeconds", 0) < stopping.get(
        "MaxRuntimeInSeconds", 86400
    ):
        raise ValidationError(
            "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds"
        )
    if request["ResourceConfig"].get("InstanceCount", 1) != 1:
        raise ValidationError("InstanceCount: this is one machine, so local SageMaker trains on 1 instance only")
    if request["AlgorithmSpecification"].get("TrainingInputMode", "File") == "Pipe":
        raise ValidationError("TrainingInputMode: local SageMaker has no Pipe mode; use File or FastFile")
    for channel in request.get("InputDataConfig", []):
        source = channel["DataSource"].get("S3DataSource", {})
        if source.get("S3DataType") != "S3Prefix":
            raise ValidationError(
                f"Channel {channel['ChannelName']}: local SageMaker reads S3DataSources of type S3Prefix only"
            )


def check_transform_job(request: dict[str, Any]) -> None:
    """Raise ValidationError for what SageMaker refuses beyond that, and for what one machine does not do."""
    source, target = request["TransformInput"], request["TransformOutput"]
    if source["DataSource"]["S3DataSource"]["S3DataType"] != "S3Prefix":
        raise ValidationError("TransformInput: local SageMaker reads an S3DataSource of type S3Prefix only")
    for field, found, offered in (
        ("SplitType", source.get("SplitType", "None"), "Line"),
        ("CompressionType", source.get("CompressionType", "None"), "None"),
        ("AssembleWith", target.get("AssembleWith", "None"), "Line"),
        ("BatchStrategy", request.get("BatchStrategy", "MultiRecord"), "MultiRecord"),
    ):
        if found != offered:
            raise ValidationError(f"{field}: local SageMaker offers {offered} only, and not {found}")
    if request.get("DataProcessing"):
        raise ValidationError("DataProcessing: local SageMaker filters and joins nothing")
    if request.get("MaxConcurrentTransforms", 1) * request.get("MaxPayloadInMB", 6) > 100:
        raise ValidationError("The product of MaxConcurrentTransforms and MaxPayloadInMB must not exceed 100 MB.")


def check_ranges(request: dict[str, Any]) -> None:
    """Raise ValidationError for ranges that SageMaker refuses, and for tuning that this one does not offer."""
    config, definition = request["HyperParameterTuningJobConfig"], request.get("TrainingJobDefinition")
    if definition is None or "HyperParameterTuningJobObjective" not in config:
        raise ValidationError("local SageMaker tunes one TrainingJobDefinition towards one objective")
    limits = config["ResourceLimits"]
    if limits["MaxParallelTrainingJobs"] > limits.get("MaxNumberOfTrainingJobs", 0):
        raise ValidationError("MaxParallelTrainingJobs must not be greater than MaxNumberOfTrainingJobs")
    metrics = {each["Name"] for each in definition["AlgorithmSpecification"].get("MetricDefinitions", [])}
    if (objective := config["HyperParameterTuningJobObjective"]["MetricName"]) not in metrics:
        raise ValidationError(f"The objective metric {objective} is none of the MetricDefinitions")
    ranges = [each for kind in config.get("ParameterRanges", {}).values() for each in kind]
    if not ranges:
        raise ValidationError("ParameterRanges: at least one is needed")
    for each in ranges:
        name = each["Name"]
        if name in definition.get("StaticHyperParameters", {}):
            raise ValidationError(f"Hyperparameter {name} is both static and in a range")
        if "MinValue" in each and not float(each["MinValue"]) < float(each["MaxValue"]):
            raise ValidationError(f"Hyperparameter {name}: MinValue must be less than MaxValue")
        if each.get("ScalingType") == "Logarithmic" and not float(each["MinValue"]) > 0:
            raise ValidationError(f"Hyperparameter {name}: logarithmic scaling takes positive values only")


def check_variant(variant: dict[str, Any], isolated: bool) -> None:
    """Raise ValidationError for a production variant that SageMaker has no machine for, `isolated` as its model is.

    https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
    """
    name, serverless = variant["VariantName"], variant.get("ServerlessConfig")
    if (serverless is None) == ("InstanceType" not in variant):
        raise ValidationError(f"Variant {name} must have one of InstanceType and ServerlessConfig, and not both.")
    if serverless is None:
        if variant.get("InitialInstanceCount", 0) < 1:
            raise ValidationError(f"Variant {name} must have an InitialInstanceCount of 1 or more.")
        return
    if serverless["MemorySizeInMB"] % 1024:
        raise ValidationError(
            f"Variant {name}: MemorySizeInMB {serverless['MemorySizeInMB']} must be one of "
            "1024, 2048, 3072, 4096, 5120, 6144."
        )
    if serverless.get("ProvisionedConcurrency", 0) > serverless["MaxConcurrency"]:
        raise ValidationError(f"Variant {name}: ProvisionedConcurrency must not be greater than MaxConcurrency.")
    if isolated:
        raise ValidationError(f"Variant {name} is serverless, for which network isolation is not supported.")


def _violations(value: Any, shape: Shape, name: str) -> Iterator[str]:
    """Lengths, ranges, patterns and enums, which botocore leaves to AWS; in AWS's own words."""
    if shape.type_name == "structure":
        for key, member in value.items():
            yield from _violations(member, shape.members[key], f"{name}.{key}" if name else key)
        return
    if shape.type_name == "map":
        for key, member in value.items():
            yield from _violations(key, shape.key, f"{name} (key)")
            yield from _violations(member, shape.value, f"{name}.{key}")
    elif shape.type_name == "list":
        for index, member in enumerate(value):
            yield from _violations(member, shape.member, f"{name}[{index}]")
    failed = f"Value {value!r} at {name!r} failed to satisfy constraint: Member must"
    maximum = shape.metadata.get("max")
    sized = isinstance(value, str | bytes | list | dict)
    if maximum is not None and (len(value) if sized else value) > maximum:
        kind = "have length" if sized else "have value"
        yield f"{failed} {kind} less than or equal to {maximum}"
    if not isinstance(value, str):
        return
    if shape.metadata.get("enum") and value not in shape.metadata["enum"]:
        yield f"{failed} satisfy enum value set: {shape.metadata['enum']}"
    pattern = _pattern(shape.metadata.get("pattern", ""))
    if pattern and not pattern.fullmatch(value):
        yield f"{failed} satisfy regular expression pattern: {pattern.pattern}"


@cache
def _pattern(expression: str) -> regex.Pattern[str] | None:
    """The compiled pattern, which may have Java's classes (\\p{L}); None where there is none, or only Java reads it."""
    # Some end in "${1,256}", a length after the end of the text, which no engine takes.
    expression = re.sub(r"\$\{\d+,\d+\}$", "", expression)
    try:
        return regex.compile(expression) if expression else None
    except regex.error:
        return None


@cache
def _service_model(service: str) -> ServiceModel:
    return botocore.session.get_session().get_service_model(service)
