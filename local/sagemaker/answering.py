"""How a request to the control plane is answered: checked, carried out alone, kept on disk."""

import json
from typing import Any, ClassVar

from moto.core.common_types import TYPE_RESPONSE
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse
from moto.sagemaker.exceptions import ValidationError

from local.sagemaker.needed import needed
from local.sagemaker.records import Records
from local.sagemaker.rights import Rights
from local.sagemaker.validation import check_request

READING = ("Describe", "List", "Search")


class Answering(BaseResponse):
    """Stands before moto's class of a service and gives its answers; these are set before the first request."""

    records: ClassVar[Records]
    rights: ClassVar[Rights]

    def call_action(self) -> TYPE_RESPONSE:
        """Check the request and who makes it, carry it out alone, and keep its result on disk before it is answered."""
        operation = self._get_action()
        try:
            request = json.loads(self.body or "{}")
            check_request(operation, request, self.boto3_service_name)
            backend = self.records.backend
            asked = needed(self.boto3_service_name, operation, request, backend.region_name, backend.account_id)
            self.rights.check(self.get_access_key(), asked)
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
