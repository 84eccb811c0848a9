# ruff: noqa: D103 - the names of the tests say what they are about
"""Paid orders and LTV of the independent calculation, worked out by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from independent import Policy, Row
from independent.hand_made import (
    AS_OF,
    Marts,
    Tables,
    build,
    cost,
    customers,
    item,
    order,
    period_row,
    rates,
    subscription,
    together,
    values,
)
from independent.ltv import discounted_lifetime

# --- orders ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("second", "as_of", "repeats"),
    [
        ("2025-04-02T10:00:00Z", AS_OF, (0, 1, 0)),  # the same day
        ("2025-04-03", AS_OF, (1, 1, 1)),
        ("2025-09-29", AS_OF, (1, 1, 1)),  # 180 days after 2 April
        ("2025-09-30", AS_OF, (1, 1, 0)),
        ("2025-09-28", date(2025, 9, 28), (1, 0, 0)),
        ("2025-09-29", date(2025, 9, 28), (0, 0, 0)),
        ("2025-09-29", date(2025, 9, 29), (1, 1, 1)),
    ],
)
def test_repeat_orders(second: str, as_of: date, repeats: tuple[int, int, int]) -> None:
    marts = build(
        item("i", "2025-03-01", "2025-04-02"),
        order("2025-04-01", status="void"),
        order("2025-04-01", is_automatic="yes"),
        order("2025-04-01", refunded_amount="100"),
        order("2025-04-02"),
        order(second),
        policy=Policy(as_of),
    )
    months = [
        row
        for row in marts["kpi_repeat"]
        if (row["period_grain"], row["segment_type"]) == ("month", "all")
    ]
    assert months[0]["repeat_rate"] is None  # March
    assert months[-1]["ordering_customers"] == 1
    assert (
        months[-1]["repeat_customers"],
        sum(row["observed_customers_180d"] for row in months),
        sum(row["repeat_customers_180d"] for row in months),
    ) == repeats
    if repeats[1]:
        # On 2 April there is no plan any more, the day before there was.
        row = period_row(marts["kpi_repeat"], date(2025, 9, 1), "plan", "basic")
        assert row["repeat_rate_180d"] == float(repeats[2])


def test_an_order_that_is_worth_nothing_in_the_reporting_currency_is_not_voluntary() -> None:
    marts = build(
        order("2025-05-02", "1", currency_code="IDR"),
        rates("IDR", ("2025-05-01", "0.00004")),
    )
    assert period_row(marts["kpi_repeat"], date(2025, 5, 1))["ordering_customers"] == 0


def test_what_a_customer_has_paid() -> None:
    marts = build(
        order("2025-05-31T14:59:59Z", "2", refunded_amount="0.5", currency_code="USD"),
        order("2025-05-31T15:00:00Z", "1", currency_code="USD"),  # 0.00005
        order("2025-06-02", "1", currency_code="USD"),  # each is rounded by itself
        order("2025-06-20", "30", refunded_amount="30"),
        order("2025-07-01", status="open"),
        order("2025-12-31T15:00:00Z"),  # tomorrow
        order("2025-07-01", of="own"),
        rates("USD", ("2025-05-01", "150"), ("2025-06-01", "0.00005")),
        customers("c"),
        customers("own", is_internal="yes"),
    )
    assert [(row["ordered_on"], row["net_amount"]) for row in marts["fct_paid_orders"]] == [
        (date(2025, 5, 31), 225),
        (date(2025, 6, 1), Decimal("0.0001")),
        (date(2025, 6, 2), Decimal("0.0001")),
        (date(2025, 6, 20), 0),
    ]
    assert [row["is_voluntary"] for row in marts["fct_paid_orders"]] == [True, True, True, False]
    assert marts["fct_customer_ltv"] == [
        {
            "customer_id": "c",
            "first_ordered_on": date(2025, 5, 31),
            "last_ordered_on": date(2025, 6, 20),
            "paid_orders": 4,
            "historic_ltv": Decimal("225.0002"),
        }
    ]


# --- LTV ---------------------------------------------------------------------------------


def four_customers(policy: Policy) -> Marts:
    """Tenures until 1 July: 30 days, 31 days, 91 days and 61 days; the first two churned."""
    stays = {
        "a": ("2025-04-01", "2025-05-01"),
        "b": ("2025-04-01", "2025-05-02"),
        "c": ("2025-04-01", None),
        "d": ("2025-05-01", None),
    }
    items = [
        item(name, first, last, subscription_id=name, plan="basic" if name < "d" else "pro")
        for name, (first, last) in stays.items()
    ]
    return build(
        *items,
        item("again", "2025-06-01", None, subscription_id="a"),  # the first churn counts
        customers(*stays),
        *(subscription(name, name) for name in stays),
        policy=policy,
    )


def test_survival() -> None:
    marts = four_customers(Policy(date(2025, 7, 1)))
    names = "tenure_month at_risk churned hazard survival"
    rows = marts["fct_survival_curve"]
    assert [values(row, names) for row in rows if row["segment_type"] == "all"] == [
        [0, 4, 1, 0.25, 0.75],
        [1, 3, 1, pytest.approx(1 / 3), 0.5],
        [2, 2, 0, 0.0, 0.5],
    ]
    assert [values(row, names) for row in rows if row["segment_value"] == "pro"] == [
        [0, 1, 0, 0.0, 1.0],
        [1, 1, 0, 0.0, 1.0],
        [2, 1, 0, 0.0, 1.0],
    ]
    assert build()["fct_survival_curve"] == []


def test_ltv_by_survival() -> None:
    policy = Policy(
        date(2025, 7, 1),
        monthly_discount_rate=0.25,
        ltv_max_lifetime_months=4,
        survival_min_at_risk=3,
    )
    marts = four_customers(policy)
    # Tenure month 1 is the last with 3 at risk; from then on 2 of 7 leave each month.
    # 1 + 0.75 / 1.25 + 0.5 / 1.5625 + 0.5 x 5/7 / 1.953125, at an ARPA of 100 and a margin of 0.8
    july = period_row(marts["kpi_ltv"], date(2025, 7, 1))
    assert july["ltv_survival"] == pytest.approx(80 * (1 + 0.6 + 0.32 + 0.5 * 5 / 7 / 1.953125))
    # The curve of today holds at every closing; of pro only one was ever at risk.
    assert period_row(marts["kpi_ltv"], date(2025, 4, 1))["ltv_survival"] == july["ltv_survival"]
    assert period_row(marts["kpi_ltv"], date(2025, 7, 1), "plan", "pro")["ltv_survival"] is None


def test_the_flat_hazard_is_that_of_twelve_months() -> None:
    churned = [50, 10, *[1] * 11, 10, 3]
    at_risk = [*[100] * 14, 29]
    curve: list[Row] = [
        {"tenure_month": month, "at_risk": pair[0], "churned": pair[1]}
        for month, pair in enumerate(zip(at_risk, churned, strict=True))
    ]
    policy = Policy(AS_OF, monthly_discount_rate=0, ltv_max_lifetime_months=16)
    share, expected = Decimal(1), Decimal(0)
    for month in range(16):
        expected += share
        # Months 2 to 13: eleven times 1 and once 10 of 100.
        hazard = Decimal(21) / 1200 if month > 13 else Decimal(churned[month]) / 100
        share *= 1 - hazard
    found = discounted_lifetime(policy, curve)
    assert found is not None
    assert float(found) == pytest.approx(float(expected))
    assert discounted_lifetime(policy, curve[-1:]) is None


ORDERS = together(
    order("2025-04-05", "1000", refunded_amount="200"),  # before the first plan of c
    order("2025-04-15", "0"),
    order("2025-06-20", "400"),  # the day after its last plan
    order("2025-06-30", "600", "d", is_automatic="yes"),
    order("2025-06-30", "999", "d", status="failed"),
)
COSTS = together(
    cost("ads", "2025-06-10", "500"),
    cost("partner", "2025-05-31", "600"),
    cost("ads", "2025-08-10", "70"),
    cost("ads", "2025-09-01", "9999"),
)


def two_customers(policy: Policy, orders: Tables = ORDERS, costs: Tables = COSTS) -> Marts:
    """Customer c pays 100 from 10 April to 20 June, d 300 from 1 May on."""
    return build(
        item("i", "2025-04-10", "2025-06-20"),
        item("j", "2025-05-01", None, "300", "pro", subscription_id="t"),
        customers("c", acquisition_channel="ads"),
        customers("d"),
        subscription(),
        subscription("t", "d"),
        orders,
        costs,
        policy=policy,
    )


def test_ltv_at_a_closing() -> None:
    marts = two_customers(Policy(date(2025, 8, 15), gross_margin=0.8))
    june = period_row(marts["kpi_ltv"], date(2025, 6, 1))
    assert list(june.items())[6:] == [
        ("ordering_customers", 2),
        ("order_revenue", Decimal(1800)),
        ("paid_orders", 4),
        ("paid_order_revenue", Decimal(1800)),
        ("active_customer_months", 4),  # 1 in April, 2 in May, 1 in June
        ("pooled_churned_customers", 1),
        ("pooled_opening_customers", 3),  # 0 in April, 1 in May, 2 in June
        ("pooled_churn_mrr", Decimal(100)),
        ("pooled_opening_mrr", Decimal(500)),
        ("closing_customers", 1),
        ("closing_mrr", Decimal(300)),
        ("arpa", 300.0),
        ("new_customers", 0),
        ("acquisition_cost", Decimal(500)),
        ("historic_ltv", 900.0),
        ("average_order_value", 450.0),
        ("orders_per_customer_month", 1.0),
        ("expected_lifetime_months", 3.0),
        ("expected_revenue_lifetime_months", 5.0),
        ("ltv_formula", 1350.0),
        ("ltv_subscription", 1200.0),
        ("ltv_survival", None),  # never 30 at risk
        ("cac", None),
        ("ltv_cac_ratio", None),
        ("cac_payback_months", None),
    ]
    may = period_row(marts["kpi_ltv"], date(2025, 5, 1))
    names = (
        "pooled_opening_customers expected_lifetime_months ltv_subscription acquisition_cost"
        " new_customers cac ltv_cac_ratio cac_payback_months"
    )
    # 200 x 0.8 x 60; 9600 / 600; 600 / 160
    assert values(may, names) == [1, 60.0, 9600.0, 600, 1, 600.0, 16.0, 3.75]
    assert {row["period_grain"] for row in marts["kpi_ltv"]} == {"month", "quarter", "fiscal_year"}


def test_ltv_of_an_open_period_is_that_of_the_last_day() -> None:
    marts = two_customers(Policy(date(2025, 8, 15)))
    august, quarter, year = (
        period_row(marts["kpi_ltv"], date(2025, month, 1), grain=grain)
        for month, grain in ((8, "month"), (7, "quarter"), (4, "fiscal_year"))
    )
    for row in (august, quarter, year):
        assert row["active_customer_months"] == 6
        assert row["pooled_opening_customers"] == 4  # July is the last complete month
        assert row["is_complete"] is False
    assert [row["acquisition_cost"] for row in (august, quarter, year)] == [70, 70, 1170]
    assert [row["new_customers"] for row in (august, quarter, year)] == [0, 0, 1]
    # On 31 August that month is complete as well.
    marts = two_customers(Policy(date(2025, 8, 31)))
    assert period_row(marts["kpi_ltv"], date(2025, 8, 1))["pooled_opening_customers"] == 5


def test_ltv_by_plan_and_channel() -> None:
    marts = two_customers(Policy(date(2025, 8, 15)))
    names = (
        "ordering_customers order_revenue paid_orders paid_order_revenue active_customer_months"
        " pooled_churned_customers closing_customers acquisition_cost cac"
    )

    def found(month: int, kind: str, value: str) -> list[Any]:
        return values(period_row(marts["kpi_ltv"], date(2025, month, 1), kind, value), names)

    # The first order of c has no plan: to date it belongs there; the others to their own days.
    assert found(6, "plan", "(none)") == [1, 1200, 1, 800, 0, 0, 0, None, None]
    assert found(6, "plan", "basic") == [0, 0, 2, 400, 2, 1, 0, None, None]
    assert found(6, "plan", "pro") == [1, 600, 1, 600, 2, 0, 1, None, None]
    assert found(6, "acquisition_channel", "ads") == [1, 1200, 3, 1200, 2, 1, 0, 500, None]
    # A channel without a cost costs 0, one without customers has its cost.
    assert found(5, "acquisition_channel", "(none)") == [0, 0, 0, 0, 1, 0, 1, 0, 0.0]
    assert found(5, "acquisition_channel", "partner") == [0, 0, 0, 0, 0, 0, 0, 600, None]
    none = period_row(marts["kpi_ltv"], date(2025, 5, 1), "acquisition_channel", "(none)")
    assert (none["ltv_cac_ratio"], none["cac_payback_months"]) == (None, 0.0)
    without = build(item("i", "2025-04-10", None))
    april = period_row(without["kpi_ltv"], date(2025, 4, 1))
    assert values(april, "acquisition_cost cac historic_ltv ltv_formula") == [None] * 4
    assert april["expected_lifetime_months"] == 60.0


def test_costs_are_converted_at_the_first_day_of_their_month() -> None:
    marts = two_customers(
        Policy(date(2025, 8, 15)),
        costs=together(
            cost("ads", "2025-06-10", "2", "USD"),
            cost("ads", "2025-06-01", "1"),
            rates("USD", ("2025-05-01", "150"), ("2025-06-05", "1")),
        ),
    )
    assert period_row(marts["kpi_ltv"], date(2025, 6, 1))["acquisition_cost"] == 301


def test_twelve_months_of_orders() -> None:
    orders = together(
        *(order(day) for day in ("2025-05-31", "2025-06-01", "2026-05-10", "2026-05-11"))
    )
    marts = two_customers(Policy(date(2026, 5, 10)), orders=orders)
    may = period_row(marts["kpi_ltv"], date(2026, 5, 1))
    assert (may["paid_orders"], may["order_revenue"]) == (2, 300)
    # c at no month's end of the twelve, d at each.
    assert may["active_customer_months"] == 12
    # May 2025 to April 2026: c at the opening of May and June, d from June on.
    assert (may["pooled_opening_customers"], may["pooled_churned_customers"]) == (13, 1)


def test_months_before_the_first_reported_one_count() -> None:
    marts = two_customers(Policy(date(2025, 8, 15), reporting_start_date=date(2025, 8, 2)))
    months = [row for row in marts["kpi_ltv"] if row["period_grain"] == "month"]
    assert {row["period_start"] for row in months} == {date(2025, 8, 1)}
    august = period_row(marts["kpi_ltv"], date(2025, 8, 1))
    assert (august["pooled_opening_customers"], august["active_customer_months"]) == (4, 6)
