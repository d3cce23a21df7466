"""What training costs."""

import json
from pathlib import Path

import pytest

from handlers.common import prices
from handlers.common.prices import price_list, training_cost
from ml.instances import has_gpu
from tests.unit.handlers.stage import Stage


def test_a_price_is_per_instance_and_hour(stage: Stage) -> None:
    assert training_cost("ml.g5.xlarge", 1, 3600) == price_list()["training"]["ml.g5.xlarge"]
    assert training_cost("ml.m5.large", 4, 900) == price_list()["training"]["ml.m5.large"]


def test_what_is_not_in_the_list_is_unknown(stage: Stage) -> None:
    assert training_cost("ml.p5.48xlarge", 1, 3600) is None


def test_in_another_region_the_prices_are_unknown(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(price_list(), "region", "eu-west-1")
    assert training_cost("ml.g5.xlarge", 1, 3600) is None


def test_the_list_says_of_when_and_from_where_it_is() -> None:
    document = json.loads(Path(prices.__file__).with_name("prices.json").read_text())
    assert document.keys() >= {"as_of", "source", "region", "currency", "training"}
    assert all(0 < price < 100 for price in document["training"].values())
    assert any(has_gpu(name) for name in document["training"])
