"""The figures of docs/cost.md and docs/scale.md."""

import math

import pytest

from benchmarks import cost, scale


def test_the_page_holds_the_tables_as_prices_and_resources_are_now() -> None:
    assert cost.page() == cost.PAGE.read_text("utf-8"), "run: npm run bench -- cost --write"
    assert scale.page() == scale.PAGE.read_text("utf-8"), "run: npm run bench -- scale --write"


def test_comprehend_bills_by_tiers() -> None:
    reviews = 100_000_000 / cost.REVIEW_UNITS
    assert cost.comprehend(1000) == pytest.approx(1000 * cost.REVIEW_UNITS * 0.0001)
    assert cost.comprehend(reviews) == pytest.approx(10e6 * 0.0001 + 40e6 * 0.00005 + 50e6 * 0.000025)


def test_an_instance_bills_alike_whether_it_is_asked_or_not_until_the_peak_takes_another() -> None:
    endpoint = cost.Realtime("ml.m5.large", workers=2)
    idle = cost.HOURS * cost.hour("ml.m5.large")
    capacity = 2 * cost.BUSY * 1000 / cost.ENDPOINT_MS  # reviews a second
    most = math.floor(capacity / cost.PEAK * cost.HOURS * 3600)
    assert endpoint.month(0) == endpoint.month(most) == idle
    assert endpoint.month(most + 10) == 2 * idle


def test_a_batch_bills_its_instances_from_their_start_to_the_last_review() -> None:
    assert cost.batch_minutes(0) == cost.BATCH_START
    each = cost.batch_minutes(2_000_000) - cost.batch_minutes(1_000_000)
    cpus = cost.BATCH_INSTANCES * cost.BATCH_CPUS
    assert each * cpus == pytest.approx(1_000_000 * cost.BATCH_MS / 1000 / 60)


def test_what_has_not_been_measured_is_not_known() -> None:
    assert cost.Realtime("ml.g5.xlarge", workers=None).month(10**9) is None
    assert "not known" in cost.tables()


def test_a_page_without_the_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks the line"):
        cost.written("# What it costs\n", cost.BEGIN, cost.END, "")


def test_api_gateway_bills_by_tiers() -> None:
    assert scale.gateway(1e9) == pytest.approx(333e6 * 3.5e-6 + 667e6 * 2.8e-6)
    assert scale.gateway(21e9) == pytest.approx(333e6 * 3.5e-6 + 667e6 * 2.8e-6 + 19e9 * 2.38e-6 + 1e9 * 1.51e-6)


@pytest.mark.parametrize("rate", scale.RATES)
def test_every_other_shape_is_cheaper_than_a_review_a_request_and_the_endpoint_alone_the_cheapest(rate: int) -> None:
    costs = [sum(parts.values()) for parts in scale.shapes(rate).values()]
    assert (max(costs), min(costs)) == (costs[0], costs[-1])
