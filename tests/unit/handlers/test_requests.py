"""What the handlers ask of AWS is what AWS takes."""

import pytest

from handlers.common import clients
from tests.unit.handlers.stage import Stage


@pytest.mark.parametrize(
    ("name", "rule"),
    [("x" * 64, "length less than or equal to 63"), ("under_score", "regular expression pattern"), ("", "pattern")],
)
def test_a_request_that_aws_would_refuse_fails_every_test_in_which_a_handler_makes_it(
    stage: Stage, name: str, rule: str
) -> None:
    with pytest.raises(AssertionError, match=rule):
        clients.sagemaker().describe_endpoint(EndpointName=name)
