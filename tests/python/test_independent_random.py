# ruff: noqa: D103 - the names of the tests say what they are about
"""What holds of any company, on random ones."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from independent import Policy, Row, compute
from independent.hand_made import SEEDS, Marts
from independent.quality import account
from independent.random_company import random_company, write_csv

START = date(2023, 4, 1)
POLICY = Policy(date(2025, 9, 17))
KPIS = (
    *("kpi_revenue_retention", "kpi_renewal", "kpi_growth", "kpi_ltv", "kpi_repeat"),
    *("kpi_onboarding", "kpi_engagement", "kpi_nps", "kpi_support", "kpi_health"),
)
# Whoever changes the plan leaves one segment for another; costs are known by channel only; a
# segment value in which there is nothing but a churn that could be won back has no row.
NOT_ADDED = {
    *("transferred_in_customers", "transferred_out_customers"),
    *("transferred_in_mrr", "transferred_out_mrr", "acquisition_cost"),
    *("winback_eligible_churns", "won_back_churns"),
}


@pytest.fixture(scope="module")
def companies() -> list[Marts]:
    """Two, because a random company may lack a column that some case needs."""
    return [compute(random_company(seed, 150, START, 900), POLICY, SEEDS) for seed in (14, 15)]


@pytest.fixture(scope="module", params=[0, 1])
def marts(companies: list[Marts], request: pytest.FixtureRequest) -> Marts:
    number: int = request.param
    return companies[number]


def test_a_random_company_has_every_reason_and_is_the_same_each_time(tmp_path: Path) -> None:
    raw = random_company(3, 40, START, 400)
    assert raw == random_company(3, 40, START, 400)
    reasons = {row["reason"] for row in account(raw, POLICY).rejected}
    assert reasons == {
        "missing_required",
        "bad_type",
        "not_allowed",
        "out_of_range",
        "unknown_reference",
        "missing_exchange_rate",
        "inconsistent",
    }
    write_csv(raw, tmp_path)
    assert len(list(tmp_path.glob("*.csv"))) == 18


def test_every_raw_row_is_accounted_for(marts: Marts) -> None:
    for row in marts["rpt_raw_reconciliation"]:
        parts = ("used_rows", "superseded_rows", "deleted_rows", "rejected_rows")
        assert row["raw_rows"] == sum(row[part] for part in parts) > 0


def test_the_ledger_closes(marts: Marts) -> None:
    for row in marts["kpi_revenue_retention"]:
        assert row["closing_mrr"] == (
            row["opening_mrr"]
            + row["new_mrr"]
            + row["reactivation_mrr"]
            + row["expansion_mrr"]
            - row["contraction_mrr"]
            - row["churn_mrr"]
            + row["transferred_in_mrr"]
            - row["transferred_out_mrr"]
        )
        assert row["closing_customers"] == (
            row["opening_customers"]
            + row["new_customers"]
            + row["reactivated_customers"]
            - row["churned_customers"]
            + row["transferred_in_customers"]
            - row["transferred_out_customers"]
        )


def test_drivers_add_up_to_expansion_and_contraction(marts: Marts) -> None:
    found: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for row in marts["fct_expansion_drivers"]:
        found[row["customer_id"], row["period_grain"], row["period_start"]] += row["mrr_change"]
    assert {key: change for key, change in found.items() if change} == {
        (row["customer_id"], row["period_grain"], row["period_start"]): row["mrr_change"]
        for row in marts["fct_mrr_movements"]
        if row["movement_type"] in ("expansion", "contraction")
    }


def sums(rows: Iterable[Row], names: Sequence[str]) -> dict[tuple[Any, ...], list[Any]]:
    """The sums of columns by period and type of segment."""
    found: dict[tuple[Any, ...], list[Any]] = {}
    for row in rows:
        key = (row["period_grain"], row["period_start"], row["segment_type"])
        before = found.get(key, [0] * len(names))
        found[key] = [a + (row[name] or 0) for a, name in zip(before, names, strict=True)]
    return found


@pytest.mark.parametrize("mart", KPIS)
def test_segments_add_up(mart: str, marts: Marts) -> None:
    names = [
        name
        for name, value in marts[mart][0].items()
        if isinstance(value, int | Decimal)
        and not isinstance(value, bool)
        and name not in NOT_ADDED
    ]
    assert len(names) >= 4
    found = sums(marts[mart], names)
    for (grain, start, kind), totals in found.items():
        assert totals == found[grain, start, "all"], (grain, start, kind)


def test_costs_add_up_by_channel(marts: Marts) -> None:
    costs = sums(marts["kpi_ltv"], ["acquisition_cost"])
    for (grain, start, kind), total in costs.items():
        if kind in ("all", "acquisition_channel"):
            assert total == costs[grain, start, "all"]


def test_random_companies_have_every_case(companies: list[Marts]) -> None:
    def found(mart: str, column: str) -> set[Any]:
        return {row[column] for marts in companies for row in marts[mart]}

    movements = {"new", "reactivation", "churn", "expansion", "contraction"}
    assert found("fct_mrr_movements", "movement_type") == movements
    types = {"cross_sell", "product_returned", "product_dropped", "upsell", "downgrade"}
    assert found("fct_plan_changes", "change_type") == types | {"plan_change"}
    assert found("fct_plan_changes", "churned_within_90_days") == {True, False, None}
    assert found("fct_expansion_drivers", "driver") == types | {"seats", "price"}
    assert found("fct_onboarding", "status") == {"completed", "missed", "in_progress"}
    assert found("fct_trials", "onboarded_within_24_hours") == {True, False}
    assert found("fct_trials", "is_converted") == {True, False}
    assert None in found("fct_trials", "trial_ended_on")
    assert found("fct_low_use_streaks", "is_open") == {True, False}
    assert found("fct_feature_stages", "ladder_stage") == {1, 2, 3, 4}
    groups = {"promoter", "passive", "detractor", None}
    assert found("fct_survey_responses", "nps_group") == groups
    assert found("fct_support_tickets", "is_within_sla") == {True, False, None}
    assert found("fct_churns", "was_onboarded") == {True, False}
    assert len(found("fct_churns", "last_nps_score")) > 2
    assert found("fct_offers", "outcome") == {"accepted", "declined", None}
    assert found("fct_paid_orders", "is_voluntary") == {True, False}
    for mart in KPIS:
        for column in companies[0][mart][0]:
            assert len(found(mart, column)) > 1, (mart, column)
