# ruff: noqa: D103 - the names of the tests say what they are about
"""Growth, LTV and repeat orders of the independent calculation, worked out by hand."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from independent import Policy, Row, compute
from independent.ltv import discounted_lifetime
from independent.random_company import random_company
from test_independent_self import (
    AS_OF,
    CONFIG,
    D,
    RawTable,
    build,
    customer,
    item,
    only,
    subscription,
)

Marts = dict[str, list[Row]]
PLANS: RawTable = [
    {"plan_id": plan_id, "product_id": product_id, "tier_rank": tier}
    for plan_id, product_id, tier in (
        ("basic", "core", "1"),
        ("pro", "core", "2"),
        ("Pro", "core", "2"),
        ("flat", "core", None),
        ("chat", "addon", "1"),
    )
]


def order(
    number: str, ordered_at: str, gross: str = "100", customer_id: str = "c", **more: str | None
) -> dict[str, str | None]:
    return {
        "order_id": number,
        "customer_id": customer_id,
        "ordered_at": ordered_at,
        "order_type": "one_time",
        "is_automatic": "no",
        "gross_amount": gross,
        "currency_code": "JPY",
        "status": "paid",
    } | more


def offer(
    number: str, decided_at: str | None, outcome: str | None, offered_at: str = "2025-05-01"
) -> dict[str, str | None]:
    return {
        "offer_id": number,
        "customer_id": "c",
        "offer_type": "upsell",
        "offered_plan_id": "pro",
        "offered_at": offered_at,
        "decided_at": decided_at,
        "outcome": outcome,
    }


def cost(channel: str, month: str, amount: str, currency: str = "JPY") -> dict[str, str | None]:
    return {
        "acquisition_channel": channel,
        "cost_month": month,
        "amount": amount,
        "currency_code": currency,
    }


def changes(marts: Marts) -> list[tuple[Any, ...]]:
    return [
        (
            f"{row['changed_on']:%m-%d}",
            row["product_id"],
            row["change_type"],
            row["plan_id_before"],
            row["plan_id_after"],
            row["mrr_change"],
        )
        for row in marts["fct_plan_changes"]
    ]


def drivers(marts: Marts, grain: str) -> list[tuple[Any, ...]]:
    return [
        (row["period_start"].month, row["product_id"], row["driver"], row["mrr_change"])
        for row in marts["fct_expansion_drivers"]
        if row["period_grain"] == grain
    ]


def of(
    marts: Marts,
    mart: str,
    start: date,
    segment: tuple[str, str] = ("all", "all"),
    grain: str = "month",
) -> Row:
    return only(
        marts[mart],
        period_grain=grain,
        period_start=start,
        segment_type=segment[0],
        segment_value=segment[1],
    )


def values(row: Row, names: str) -> list[Any]:
    return [row[name] for name in names.split()]


# --- growth --------------------------------------------------------------------------------


def ladder() -> Marts:
    return build(
        item("i1", "2025-04-10", "2025-05-10"),
        item("i2", "2025-05-10", "2025-06-10", "150", "pro"),
        item("i3", "2025-06-10", "2025-07-10", "150", "Pro"),
        item("i4", "2025-07-10", "2025-08-10", "120", "flat"),
        item("i5", "2025-08-10", None, "100"),
        item("j1", "2025-05-20", "2025-06-20", "40", "chat"),
        item("j2", "2025-09-01", None, "40", "chat"),
        item("k1", "2025-08-01", "2025-09-01", "0", "chat"),  # without MRR: not in force
        plans=PLANS,
    )


def test_plan_changes_of_every_type() -> None:
    assert changes(ladder()) == [
        ("05-10", "core", "upsell", "basic", "pro", 50),
        ("05-20", "addon", "cross_sell", None, "chat", 40),
        ("06-10", "core", "plan_change", "pro", "Pro", 0),
        ("06-20", "addon", "product_dropped", "chat", None, -40),
        ("07-10", "core", "plan_change", "Pro", "flat", -30),
        ("08-10", "core", "plan_change", "flat", "basic", -20),
        ("09-01", "addon", "product_returned", None, "chat", 40),
    ]


def test_drivers_compare_the_two_ends_of_a_period() -> None:
    marts = ladder()
    assert drivers(marts, "month") == [
        (5, "addon", "cross_sell", 40),
        (5, "core", "upsell", 50),
        (6, "addon", "product_dropped", -40),
        (7, "core", "price", -30),
        (8, "core", "price", -20),
        (9, "addon", "product_returned", 40),
    ]
    # From Pro at 30 June to basic at 30 September; in the first quarter the customer is new.
    assert drivers(marts, "quarter") == [
        (7, "addon", "product_returned", 40),
        (7, "core", "downgrade", -50),
    ]
    assert drivers(marts, "fiscal_year") == []
    assert {row["period_start"] for row in marts["fct_expansion_drivers"]} >= {
        date(2025, 5, 10),  # a day
        date(2025, 5, 5),  # the week of that day
    }


def test_customers_that_grew() -> None:
    marts = ladder()
    names = "opening_customers upsold_customers cross_sold_customers downgraded_customers"
    may, july = date(2025, 5, 1), date(2025, 7, 1)
    assert values(of(marts, "kpi_growth", date(2025, 4, 1)), names) == [0, 0, 0, 0]
    assert of(marts, "kpi_growth", date(2025, 4, 1))["upsell_rate"] is None
    assert values(of(marts, "kpi_growth", may), names) == [1, 1, 1, 0]
    assert of(marts, "kpi_growth", may)["upsell_rate"] == 1.0
    # The plan at opening was basic.
    assert values(of(marts, "kpi_growth", may, ("plan", "basic")), names) == [1, 1, 1, 0]
    assert not [
        row
        for row in marts["kpi_growth"]
        if (row["period_start"], row["segment_value"]) == (may, "pro")
    ]
    assert values(of(marts, "kpi_growth", july), names) == [1, 0, 0, 0]
    quarter = of(marts, "kpi_growth", july, grain="quarter")
    assert values(quarter, names) == [1, 0, 0, 1]
    assert (quarter["cross_sell_rate"], quarter["downgrade_rate"]) == (0.0, 1.0)
    days = [row for row in marts["kpi_growth"] if row["period_grain"] == "day"]
    assert {row["segment_type"] for row in days} == {"all"}
    assert len(days) == 365  # 1 April 2025 to 31 March 2026


def test_a_product_of_several_items() -> None:
    marts = build(
        item("a", "2025-04-10", None, "100", "flat", quantity="3"),
        item("b", "2025-05-10", "2025-07-10", "10"),
        item("c", "2025-06-10", "2025-08-10", "5", "Pro", quantity="2"),
        item("d", "2025-06-10", "2025-08-10", "10", "pro"),
        item("e", "2025-06-10", None, "999", "pro", quantity="0"),  # without MRR
        plans=PLANS,
    )
    assert changes(marts) == [
        # A tier comes before none, whatever the MRR.
        ("05-10", "core", "plan_change", "flat", "basic", 10),
        # Two items of tier 2 with an MRR of 10 each: the smaller plan id.
        ("06-10", "core", "upsell", "basic", "Pro", 20),
        ("08-10", "core", "plan_change", "Pro", "flat", -20),
    ]
    assert drivers(marts, "month") == [
        (5, "core", "seats", 10),  # not comparable, 3 to 4 seats
        (6, "core", "upsell", 20),
        (7, "core", "seats", -10),  # 7 to 6 seats
        (8, "core", "seats", -20),
    ]


def test_a_tier_may_rise_without_mrr_and_seats_without_a_change_of_plan() -> None:
    marts = build(
        item("i1", "2025-04-10", "2025-05-10"),
        item("i2", "2025-05-10", "2025-06-10", "100", "pro"),
        item("i3", "2025-06-10", None, "50", "pro", quantity="2"),
        item("i4", "2025-07-10", "2025-07-20", "1", "pro"),
        plans=PLANS,
    )
    assert changes(marts) == [("05-10", "core", "upsell", "basic", "pro", 0)]
    assert drivers(marts, "month") == []  # 2 seats of 50 are worth 1 of 100
    assert drivers(marts, "day") == [(7, "core", "seats", 1), (7, "core", "seats", -1)]
    assert of(marts, "kpi_growth", date(2025, 5, 1))["upsold_customers"] == 1


def test_who_comes_or_goes_as_a_customer_has_no_plan_changes() -> None:
    marts = build(
        item("i1", "2025-04-10", "2025-05-10"),
        item("i2", "2025-06-10", "2025-06-20", "40", "chat"),
        item("i3", "2025-07-10", None, "200", "pro"),
        plans=PLANS,
    )
    assert changes(marts) == []
    assert marts["fct_expansion_drivers"] == []
    # In force before, however long ago: no longer new.
    returned = build(
        item("i1", "2025-04-10", "2025-05-10", "40", "chat"),
        item("i2", "2025-07-10", None),
        item("i3", "2025-08-10", None, "40", "chat"),
    )
    assert changes(returned) == [("08-10", "addon", "product_returned", None, "chat", 40)]


def test_a_product_that_came_twice_within_a_period_is_new_there() -> None:
    marts = build(
        item("i", "2025-04-10", None),
        item("j1", "2025-05-05", "2025-05-10", "40", "chat"),
        item("j2", "2025-05-20", None, "40", "chat"),
    )
    assert [row[2] for row in changes(marts)] == [
        "cross_sell",
        "product_dropped",
        "product_returned",
    ]
    assert drivers(marts, "month") == [(5, "addon", "cross_sell", 40)]
    assert of(marts, "kpi_growth", date(2025, 5, 1))["cross_sold_customers"] == 1


@pytest.mark.parametrize(
    ("ended_at", "as_of", "churned"),
    [
        ("2025-08-08", AS_OF, True),  # 90 days after 10 May
        ("2025-08-09", AS_OF, False),
        (None, date(2025, 8, 8), False),
        (None, date(2025, 8, 7), None),
        ("2025-05-11", date(2025, 5, 11), True),
        ("2025-05-11", date(2025, 5, 10), None),
    ],
)
def test_churn_after_an_upsell(ended_at: str | None, as_of: date, churned: bool | None) -> None:
    marts = build(
        item("i1", "2025-04-10", "2025-05-10"),
        item("i2", "2025-05-10", None, "150", "pro"),
        subscriptions=[subscription(ended_at=ended_at)],
        policy=Policy(as_of),
    )
    assert only(marts["fct_plan_changes"])["churned_within_90_days"] is churned
    observed = [row for row in marts["kpi_growth"] if row["observed_upsells"]]
    if as_of < date(2025, 8, 8):
        assert observed == []
    else:
        row = of(marts, "kpi_growth", date(2025, 8, 1), ("plan", "pro"))
        assert row["churned_upsells"] == bool(churned)
        assert row["post_upsell_churn_rate"] == float(bool(churned))
        assert {row["segment_value"] for row in observed} >= {"all", "pro", "core"}
        assert "basic" not in {row["segment_value"] for row in observed}


def test_offers_count_on_the_day_of_decision() -> None:
    marts = build(
        item("i", "2025-05-01", "2025-06-01", plan="pro"),
        offers=[
            offer("f1", "2025-05-31T14:59:59Z", "accepted"),
            offer("f2", "2025-05-31T15:00:00Z", "declined"),  # 1 June, the day after the last
            offer("f3", "2025-06-05", "declined"),
            offer("f4", "2025-06-05", None),
            offer("f5", None, "accepted"),
            offer("f6", "2026-03-31T15:00:00Z", "accepted"),  # tomorrow
            offer("f7", "2025-06-05", "accepted", offered_at="2026-04-01"),
        ],
    )
    names = "offers_decided offers_accepted offer_acceptance_rate"
    may, june = date(2025, 5, 1), date(2025, 6, 1)
    assert values(of(marts, "kpi_growth", may), names) == [1, 1, 1.0]
    assert values(of(marts, "kpi_growth", june), names) == [2, 0, 0.0]
    assert values(of(marts, "kpi_growth", june, ("plan", "pro")), names) == [1, 0, 0.0]
    assert values(of(marts, "kpi_growth", june, ("plan", "(none)")), names) == [1, 0, 0.0]
    year = of(marts, "kpi_growth", date(2025, 4, 1), grain="trailing_12_months")
    assert values(year, names) == [3, 1, pytest.approx(1 / 3)]


# --- LTV -----------------------------------------------------------------------------------


def test_what_a_customer_has_paid() -> None:
    rates: RawTable = [
        {"currency_code": "USD", "valid_from": day, "rate_to_reporting": rate}
        for day, rate in (("2025-05-01", "150"), ("2025-06-01", "0.00005"))
    ]
    marts = build(
        orders=[
            order("o1", "2025-05-31T14:59:59Z", "2", refunded_amount="0.5", currency_code="USD"),
            order("o2", "2025-05-31T15:00:00Z", "1", currency_code="USD"),  # 0.00005
            order("o3", "2025-06-02", "1", currency_code="USD"),  # each is rounded by itself
            order("o4", "2025-06-20", "30", refunded_amount="30"),
            order("o5", "2025-07-01", status="open"),
            order("o6", "2026-03-31T15:00:00Z"),  # tomorrow
            order("p1", "2025-07-01", customer_id="own"),
        ],
        exchange_rates=rates,
        customers=[customer(), customer("own", is_internal="yes")],
    )
    assert marts["fct_customer_ltv"] == [
        {
            "customer_id": "c",
            "first_ordered_on": date(2025, 5, 31),
            "last_ordered_on": date(2025, 6, 20),
            "paid_orders": 4,
            "historic_ltv": D("225.0002"),
        }
    ]


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
        customers=[customer(name) for name in stays],
        subscriptions=[subscription(name, name) for name in stays],
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
    july = of(marts, "kpi_ltv", date(2025, 7, 1))
    assert july["ltv_survival"] == pytest.approx(80 * (1 + 0.6 + 0.32 + 0.5 * 5 / 7 / 1.953125))
    # The curve of today holds at every closing; of pro only one was ever at risk.
    assert of(marts, "kpi_ltv", date(2025, 4, 1))["ltv_survival"] == july["ltv_survival"]
    assert of(marts, "kpi_ltv", date(2025, 7, 1), ("plan", "pro"))["ltv_survival"] is None


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


def two_customers(policy: Policy, **tables: RawTable) -> Marts:
    """Customer c pays 100 from 10 April to 20 June, d 300 from 1 May on."""
    given: dict[str, RawTable] = {
        "customers": [customer(acquisition_channel="ads"), customer("d")],
        "subscriptions": [subscription(), subscription("t", "d")],
        "orders": [
            order("o1", "2025-04-05", "1000", refunded_amount="200"),  # before its first plan
            order("o2", "2025-04-15", "0"),
            order("o3", "2025-06-20", "400"),  # the day after its last plan
            order("o4", "2025-06-30", "600", "d", is_automatic="yes"),
            order("o5", "2025-06-30", "999", "d", status="failed"),
        ],
        "acquisition_costs": [
            cost("ads", "2025-06-10", "500"),
            cost("partner", "2025-05-31", "600"),
            cost("ads", "2025-08-10", "70"),
            cost("ads", "2025-09-01", "9999"),
        ],
    }
    return build(
        item("i", "2025-04-10", "2025-06-20"),
        item("j", "2025-05-01", None, "300", "pro", subscription_id="t"),
        policy=policy,
        **(given | tables),
    )


def test_ltv_at_a_closing() -> None:
    marts = two_customers(Policy(date(2025, 8, 15), gross_margin=0.8))
    june = of(marts, "kpi_ltv", date(2025, 6, 1))
    assert list(june.items())[6:] == [
        ("ordering_customers", 2),
        ("order_revenue", D(1800)),
        ("paid_orders", 4),
        ("paid_order_revenue", D(1800)),
        ("active_customer_months", 4),  # 1 in April, 2 in May, 1 in June
        ("pooled_churned_customers", 1),
        ("pooled_opening_customers", 3),  # 0 in April, 1 in May, 2 in June
        ("pooled_churn_mrr", D(100)),
        ("pooled_opening_mrr", D(500)),
        ("closing_customers", 1),
        ("closing_mrr", D(300)),
        ("arpa", 300.0),
        ("new_customers", 0),
        ("acquisition_cost", D(500)),
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
    may = of(marts, "kpi_ltv", date(2025, 5, 1))
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
        of(marts, "kpi_ltv", date(2025, month, 1), grain=grain)
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
    assert of(marts, "kpi_ltv", date(2025, 8, 1))["pooled_opening_customers"] == 5


def test_ltv_by_plan_and_channel() -> None:
    marts = two_customers(Policy(date(2025, 8, 15)))
    names = (
        "ordering_customers order_revenue paid_orders paid_order_revenue active_customer_months"
        " pooled_churned_customers closing_customers acquisition_cost cac"
    )

    def found(month: int, kind: str, value: str) -> list[Any]:
        return values(of(marts, "kpi_ltv", date(2025, month, 1), (kind, value)), names)

    # The first order of c has no plan: to date it belongs there; the others to their own days.
    assert found(6, "plan", "(none)") == [1, 1200, 1, 800, 0, 0, 0, None, None]
    assert found(6, "plan", "basic") == [0, 0, 2, 400, 2, 1, 0, None, None]
    assert found(6, "plan", "pro") == [1, 600, 1, 600, 2, 0, 1, None, None]
    assert found(6, "acquisition_channel", "ads") == [1, 1200, 3, 1200, 2, 1, 0, 500, None]
    # A channel without a cost costs 0, one without customers has its cost.
    assert found(5, "acquisition_channel", "(none)") == [0, 0, 0, 0, 1, 0, 1, 0, 0.0]
    assert found(5, "acquisition_channel", "partner") == [0, 0, 0, 0, 0, 0, 0, 600, None]
    none = of(marts, "kpi_ltv", date(2025, 5, 1), ("acquisition_channel", "(none)"))
    assert (none["ltv_cac_ratio"], none["cac_payback_months"]) == (None, 0.0)
    without = build(item("i", "2025-04-10", None))
    april = of(without, "kpi_ltv", date(2025, 4, 1))
    assert values(april, "acquisition_cost cac historic_ltv ltv_formula") == [None] * 4
    assert april["expected_lifetime_months"] == 60.0


def test_costs_are_converted_at_the_first_day_of_their_month() -> None:
    rates: RawTable = [
        {"currency_code": "USD", "valid_from": day, "rate_to_reporting": rate}
        for day, rate in (("2025-05-01", "150"), ("2025-06-05", "1"))
    ]
    marts = two_customers(
        Policy(date(2025, 8, 15)),
        acquisition_costs=[
            cost("ads", "2025-06-10", "2", "USD"),
            cost("ads", "2025-06-01", "1"),
        ],
        exchange_rates=rates,
    )
    assert of(marts, "kpi_ltv", date(2025, 6, 1))["acquisition_cost"] == 301


def test_twelve_months_of_orders() -> None:
    orders: RawTable = [
        order("o1", "2025-05-31"),
        order("o2", "2025-06-01"),
        order("o3", "2026-05-10"),
        order("o4", "2026-05-11"),
    ]
    marts = two_customers(Policy(date(2026, 5, 10)), orders=orders)
    may = of(marts, "kpi_ltv", date(2026, 5, 1))
    assert (may["paid_orders"], may["order_revenue"]) == (2, 300)
    # c at no month's end of the twelve, d at each.
    assert may["active_customer_months"] == 12
    # May 2025 to April 2026: c at the opening of May and June, d from June on.
    assert (may["pooled_opening_customers"], may["pooled_churned_customers"]) == (13, 1)


def test_months_before_the_first_reported_one_count() -> None:
    marts = two_customers(Policy(date(2025, 8, 15), reporting_start_date=date(2025, 8, 2)))
    months = [row for row in marts["kpi_ltv"] if row["period_grain"] == "month"]
    assert {row["period_start"] for row in months} == {date(2025, 8, 1)}
    august = of(marts, "kpi_ltv", date(2025, 8, 1))
    assert (august["pooled_opening_customers"], august["active_customer_months"]) == (4, 6)


# --- repeat --------------------------------------------------------------------------------


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
        orders=[
            order("o0", "2025-04-01", status="void"),
            order("o1", "2025-04-01", is_automatic="yes"),
            order("o2", "2025-04-01", refunded_amount="100"),
            order("o3", "2025-04-02"),
            order("o4", second),
        ],
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
        row = of(marts, "kpi_repeat", date(2025, 9, 1), ("plan", "basic"))
        assert row["repeat_rate_180d"] == float(repeats[2])


def test_an_order_that_is_worth_nothing_in_the_reporting_currency_is_not_voluntary() -> None:
    marts = build(
        orders=[order("o", "2025-05-02", "1", currency_code="IDR")],
        exchange_rates=[
            {"currency_code": "IDR", "valid_from": "2025-05-01", "rate_to_reporting": "0.00004"}
        ],
    )
    assert of(marts, "kpi_repeat", date(2025, 5, 1))["ordering_customers"] == 0


# --- the whole -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def companies() -> list[Marts]:
    """Two, because a random company may lack a column that some case needs."""
    policy = Policy(date(2025, 8, 10))
    return [
        compute(random_company(seed, 150, date(2023, 4, 1), 900), policy, CONFIG)
        for seed in (14, 15)
    ]


@pytest.fixture(scope="module", params=[0, 1])
def random_marts(companies: list[Marts], request: pytest.FixtureRequest) -> Marts:
    number: int = request.param
    return companies[number]


def test_drivers_add_up_to_expansion_and_contraction(random_marts: Marts) -> None:
    found: dict[tuple[Any, ...], Decimal] = {}
    for row in random_marts["fct_expansion_drivers"]:
        key = (row["customer_id"], row["period_grain"], row["period_start"])
        found[key] = found.get(key, D(0)) + row["mrr_change"]
    assert {key: change for key, change in found.items() if change} == {
        (row["customer_id"], row["period_grain"], row["period_start"]): row["mrr_change"]
        for row in random_marts["fct_mrr_movements"]
        if row["movement_type"] in ("expansion", "contraction")
    }


def sums(rows: Iterable[Row], names: list[str]) -> dict[tuple[Any, ...], list[Any]]:
    """The sums of columns by period and type of segment."""
    found: dict[tuple[Any, ...], list[Any]] = {}
    for row in rows:
        key = (row["period_grain"], row["period_start"], row["segment_type"])
        before = found.get(key, [0] * len(names))
        found[key] = [a + (row[name] or 0) for a, name in zip(before, names, strict=True)]
    return found


@pytest.mark.parametrize("mart", ["kpi_growth", "kpi_ltv", "kpi_repeat"])
def test_segments_add_up(mart: str, random_marts: Marts) -> None:
    rows = random_marts[mart]
    counts = [
        name
        for name, value in rows[0].items()
        if isinstance(value, int | Decimal) and name not in ("is_complete", "acquisition_cost")
    ]
    assert len(counts) >= 4
    found = sums(rows, counts)
    for (grain, start, kind), totals in found.items():
        assert totals == found[grain, start, "all"], (grain, start, kind)
    if mart == "kpi_ltv":
        costs = sums(rows, ["acquisition_cost"])
        for (grain, start, kind), total in costs.items():
            if kind in ("all", "acquisition_channel"):
                assert total == costs[grain, start, "all"]


def test_random_companies_have_every_case(companies: list[Marts]) -> None:
    def found(mart: str, column: str) -> set[Any]:
        return {row[column] for marts in companies for row in marts[mart]}

    types = {"cross_sell", "product_returned", "product_dropped", "upsell", "downgrade"}
    assert found("fct_plan_changes", "change_type") == types | {"plan_change"}
    assert found("fct_plan_changes", "churned_within_90_days") == {True, False, None}
    assert found("fct_expansion_drivers", "driver") == types | {"seats", "price"}
    for mart in ("kpi_growth", "kpi_ltv", "kpi_repeat"):
        for column in companies[0][mart][0]:
            assert len(found(mart, column)) > 1, (mart, column)
