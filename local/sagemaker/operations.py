"""Operations of moto replaced by this project's own, in `mock_aws` as in the local server."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import camelcase_to_underscores

from local.sagemaker.validation import check_request

# Takes moto's backend and the request; returns the response, None where that is empty.
Operation = Callable[[Any, dict[str, Any]], dict[str, Any] | None]


def replace(
    response: type[BaseResponse],
    service: str,
    operations: Mapping[str, Operation],
    backend_of: Callable[[Any], Any],
) -> None:
    """Let `operations` answer in place of the methods of moto's class `response`, in this process, for good.

    backend_of: moto's backend for one instance of that class.
    """
    for name, operation in operations.items():
        setattr(response, camelcase_to_underscores(name), _method(service, name, operation, backend_of))


def _method(
    service: str, name: str, operation: Operation, backend_of: Callable[[Any], Any]
) -> Callable[[BaseResponse], ActionResult]:
    def method(response: BaseResponse) -> ActionResult:
        request = json.loads(response.body)
        check_request(name, request, service)
        return ActionResult(operation(backend_of(response), request) or {})

    return method
