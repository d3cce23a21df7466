"""What an endpoint runs on: instances of one type, or SageMaker's serverless inference.

https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
"""

from dataclasses import dataclass
from typing import Any

from handlers.common.settings import SettingsError, required, whole_number
from ml.instances import has_gpu

KINDS = ("realtime", "serverless")


@dataclass(frozen=True)
class Realtime:
    """Instances, which bill by the hour and answer at once."""

    instance_type: str
    least: int  # instances
    most: int
    # The artifact brings all that it imports, so the model's code is let out to nobody.
    isolated = True
    alarming = 1  # minutes in a row with a failure
    ami = "al2-ami-sagemaker-inference-gpu-3-1"  # whose driver has the image's CUDA, 12.4; the default one is older

    @property
    def gpu(self) -> bool:
        return has_gpu(self.instance_type)

    @property
    def scales(self) -> bool:
        return self.most > self.least

    def variant(self) -> dict[str, Any]:
        """Its members of CreateEndpointConfig's ProductionVariant."""
        common = {"InstanceType": self.instance_type, "InitialInstanceCount": self.least}
        return common | ({"InferenceAmiVersion": self.ami} if self.gpu else {})


@dataclass(frozen=True)
class Serverless:
    """Nothing while nobody asks; the first request after a pause waits for a start. CPU only, and never isolated."""

    memory: int  # MB
    concurrency: int  # requests at once; more are refused
    isolated = False  # of network isolation, GPUs and autoscaling by instances AWS offers none here
    gpu = False
    scales = False
    alarming = 3  # in one, a request may have met a start that takes too long

    def variant(self) -> dict[str, Any]:
        """Its members of CreateEndpointConfig's ProductionVariant."""
        return {"ServerlessConfig": {"MemorySizeInMB": self.memory, "MaxConcurrency": self.concurrency}}


Capacity = Realtime | Serverless


def capacity() -> Capacity:
    """As `endpoint` in serverless.yml has it. Raises SettingsError for what SageMaker would not take."""
    kind = required("ENDPOINT_KIND")
    if kind == "serverless":
        memory, concurrency = whole_number("ENDPOINT_MEMORY"), whole_number("ENDPOINT_CONCURRENCY")
        if memory not in range(1024, 6145, 1024):
            raise SettingsError(f"The endpoint's memory is {memory} MB; it has to be 1024, 2048, … or 6144.")
        if not 1 <= concurrency <= 200:
            raise SettingsError(f"The endpoint's concurrency is {concurrency}; it has to be from 1 to 200.")
        return Serverless(memory, concurrency)
    if kind == "realtime":
        least, most = whole_number("ENDPOINT_LEAST"), whole_number("ENDPOINT_MOST")
        if not 1 <= least <= most:
            raise SettingsError(f"The endpoint has from {least} to {most} instances; it has to have 1 at least.")
        return Realtime(required("ENDPOINT_INSTANCE_TYPE"), least, most)
    raise SettingsError(f"The endpoint's kind is {kind!r}; it has to be one of {', '.join(KINDS)}.")


def kind_of(description: dict[str, Any]) -> str:
    """Of which kind an endpoint is that DescribeEndpoint tells of; while it is being created, AWS does not say."""
    variants = description.get("ProductionVariants") or []
    return "serverless" if any("CurrentServerlessConfig" in variant for variant in variants) else "realtime"
