"""What training costs, and where the prices are from."""

from datetime import date

import pytest

from handlers.common.prices import price_list, training_cost
from ml.instances import has_gpu
from tests.unit.handlers.stage import Stage


def test_a_price_is_per_instance_and_hour(stage: Stage) -> None:
    assert training_cost("ml.g5.xlarge", 1, 3600) == price_list()["instance_hour"]["ml.g5.xlarge"]["usd"]
    assert training_cost("ml.m5.large", 4, 900) == price_list()["instance_hour"]["ml.m5.large"]["usd"]


def test_what_is_not_in_the_list_is_unknown(stage: Stage) -> None:
    assert training_cost("ml.p5.48xlarge", 1, 3600) is None


def test_in_another_region_the_prices_are_unknown(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(price_list(), "region", "eu-west-1")
    assert training_cost("ml.g5.xlarge", 1, 3600) is None


def test_every_price_has_a_source_and_every_source_a_date() -> None:
    document = price_list()
    for source in document["sources"].values():
        assert date(2025, 1, 1) < date.fromisoformat(source["as_of"]) < date(2027, 1, 1)
        assert source["from"]
    prices = [*document["instance_hour"].values(), *document["use"].values()]
    assert {price["source"] for price in prices} == document["sources"].keys()
    assert all(0 < price["usd"] < 100 for price in prices)
    assert any(has_gpu(name) for name in document["instance_hour"])
