"""What AWS asks for, by prices.json: dated list prices of one region. What is not in it is unknown."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from handlers.common.clients import sagemaker


@cache
def price_list() -> dict[str, Any]:
    """prices.json: US dollars per “instance_hour” of SageMaker and per “use” of all else, each with its source."""
    document: dict[str, Any] = json.loads(Path(__file__).with_name("prices.json").read_text())
    return document


def training_cost(instance_type: str, instances: int, seconds: float) -> float | None:
    """US dollars for so many instances over so many seconds each; None where the price is unknown.

    Spot training is never dearer: SageMaker bills the same price for fewer seconds (BillableTimeInSeconds).
    https://docs.aws.amazon.com/sagemaker/latest/dg/model-managed-spot-training.html
    """
    hourly = price_list()["instance_hour"].get(instance_type)
    if hourly is None or sagemaker().meta.region_name != price_list()["region"]:
        return None
    return round(hourly["usd"] * instances * seconds / 3600, 4)
