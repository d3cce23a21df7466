"""How a request to the control plane is answered: checked, carried out alone, kept on disk."""

import json
from typing import Any, ClassVar

from moto.core.common_types import TYPE_RESPONSE
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse
from moto.sagemaker.exceptions import ValidationError

from local.sagemaker.records import Records
from local.sagemaker.validation import check_request

READING = ("Describe", "List", "Search")


class Answering(BaseResponse):
    """Stands before moto's class of a service and gives its answers; `records` is set before the first request."""

    records: ClassVar[Records]

    def call_action(self) -> TYPE_RESPONSE:
        """Check the request, carry it out alone, and keep its result on disk before it is answered."""
        operation = self._get_action()
        try:
            request = json.loads(self.body or "{}")
            check_request(operation, request, self.boto3_service_name)
            with self.records.lock:
                answer = self.answer(operation, request)
                if not operation.startswith(READING):
                    self.records.save()
            return answer
        except ServiceException as error:
            return self._refusal(error)
        except NotImplementedError:
            return self._refusal(ValidationError(f"Local SageMaker does not offer {operation}."))

    def answer(self, operation: str, request: dict[str, Any]) -> TYPE_RESPONSE:
        """Carry out one checked request; this one lets moto's class do it."""
        return super().call_action()

    def _refusal(self, error: ServiceException) -> TYPE_RESPONSE:
        status, headers, body = self.serialized(ActionResult(error))
        return status, {**headers, "status": str(status)}, body
