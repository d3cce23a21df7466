"""What the name of a SageMaker instance type tells."""

import re

INSTANCE_TYPE = re.compile(r"ml\.[a-z0-9-]+\.[a-z0-9]+")
# The training image's CUDA 13 no longer runs on these cards (K80, V100).
RETIRED = re.compile(r"ml\.p[23]\.|ml\.p3dn\.")
GPU_FAMILY = re.compile(r"ml\.(g|p)[0-9]")
# Of the G families these sizes have two to eight GPUs, of the P families all but the smallest.
# https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html
SEVERAL_GPUS = re.compile(r"ml\.(g[0-9]\w*\.(12|24|48)xlarge|p[4-9][\w-]*\.(?!4xlarge)\w+)")


def has_gpu(instance_type: str) -> bool:
    """Whether it trains on GPUs."""
    return GPU_FAMILY.match(instance_type) is not None


def has_several_gpus(instance_type: str) -> bool:
    """Whether it has more than one GPU, each of which wants a process of its own."""
    return SEVERAL_GPUS.fullmatch(instance_type) is not None


def is_retired(instance_type: str) -> bool:
    """Whether its GPUs are too old for the training image."""
    return RETIRED.match(instance_type) is not None
