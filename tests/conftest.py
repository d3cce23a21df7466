"""What may be asked of the tests beside what pytest knows."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """--every-call: what is tried at a part of all AWS calls otherwise."""
    parser.addoption("--every-call", action="store_true", help="have every single AWS call fail in turn (minutes)")
