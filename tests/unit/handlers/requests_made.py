"""Each request that the handlers make in a test is held against AWS's own model of it: types, lengths, patterns, enums.

botocore checks names, types and minima alone before it sends a request; the rest, AWS would refuse.
"""

from typing import Any

from botocore.model import OperationModel
from moto.sagemaker.exceptions import ValidationError

from local.sagemaker.validation import check_request


def check(params: dict[str, Any], model: OperationModel, **_: object) -> None:
    """Raises AssertionError, which no handler takes for AWS's answer. For botocore's event provide-client-params."""
    try:
        check_request(model.name, params, model.service_model.service_name)
    except ValidationError as error:
        raise AssertionError(f"AWS would refuse {model.name}: {error.message}") from None
