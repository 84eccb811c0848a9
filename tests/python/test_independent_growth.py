# ruff: noqa: D103 - the names of the tests say what they are about
"""Growth of the independent calculation, worked out by hand."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from independent import Policy
from independent.hand_made import (
    AS_OF,
    PLAIN_CONFIG,
    Marts,
    Tables,
    answers,
    build,
    build_active,
    features,
    item,
    offer,
    only,
    orders,
    paying,
    period_row,
    sessions,
    subscription,
    together,
    values,
    week_of_use,
)

MARCH = Policy(date(2026, 3, 31))

# --- plan changes and drivers ------------------------------------------------------------


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
    assert values(period_row(marts["kpi_growth"], date(2025, 4, 1)), names) == [0, 0, 0, 0]
    assert period_row(marts["kpi_growth"], date(2025, 4, 1))["upsell_rate"] is None
    assert values(period_row(marts["kpi_growth"], may), names) == [1, 1, 1, 0]
    assert period_row(marts["kpi_growth"], may)["upsell_rate"] == 1.0
    # The plan at opening was basic.
    assert values(period_row(marts["kpi_growth"], may, "plan", "basic"), names) == [1, 1, 1, 0]
    assert not [
        row
        for row in marts["kpi_growth"]
        if (row["period_start"], row["segment_value"]) == (may, "pro")
    ]
    assert values(period_row(marts["kpi_growth"], july), names) == [1, 0, 0, 0]
    quarter = period_row(marts["kpi_growth"], july, grain="quarter")
    assert values(quarter, names) == [1, 0, 0, 1]
    assert (quarter["cross_sell_rate"], quarter["downgrade_rate"]) == (0.0, 1.0)
    days = [row for row in marts["kpi_growth"] if row["period_grain"] == "day"]
    assert {row["segment_type"] for row in days} == {"all"}
    assert len(days) == 274  # 2 April to 31 December


def test_a_product_of_several_items() -> None:
    marts = build(
        item("a", "2025-04-10", None, "100", "flat", quantity="3"),
        item("b", "2025-05-10", "2025-07-10", "10"),
        item("c", "2025-06-10", "2025-08-10", "5", "Pro", quantity="2"),
        item("d", "2025-06-10", "2025-08-10", "10", "pro"),
        item("e", "2025-06-10", None, "999", "pro", quantity="0"),  # without MRR
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
    )
    assert changes(marts) == [("05-10", "core", "upsell", "basic", "pro", 0)]
    assert drivers(marts, "month") == []  # 2 seats of 50 are worth 1 of 100
    assert drivers(marts, "day") == [(7, "core", "seats", 1), (7, "core", "seats", -1)]
    assert period_row(marts["kpi_growth"], date(2025, 5, 1))["upsold_customers"] == 1


def test_who_comes_or_goes_as_a_customer_has_no_plan_changes() -> None:
    marts = build(
        item("i1", "2025-04-10", "2025-05-10"),
        item("i2", "2025-06-10", "2025-06-20", "40", "chat"),
        item("i3", "2025-07-10", None, "200", "pro"),
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
    assert period_row(marts["kpi_growth"], date(2025, 5, 1))["cross_sold_customers"] == 1


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
        subscription(ended_at=ended_at),
        policy=Policy(as_of),
    )
    assert only(marts["fct_plan_changes"])["churned_within_90_days"] is churned
    observed = [row for row in marts["kpi_growth"] if row["observed_upsells"]]
    if as_of < date(2025, 8, 8):
        assert observed == []
    else:
        row = period_row(marts["kpi_growth"], date(2025, 8, 1), "plan", "pro")
        assert row["churned_upsells"] == bool(churned)
        assert row["post_upsell_churn_rate"] == float(bool(churned))
        assert {row["segment_value"] for row in observed} >= {"all", "pro", "core"}
        assert "basic" not in {row["segment_value"] for row in observed}


# --- offers ------------------------------------------------------------------------------


def test_offers_count_on_the_day_of_decision() -> None:
    marts = build(
        item("i", "2025-05-01", "2025-06-01", plan="pro"),
        *[
            offer("f1", "2025-05-31T14:59:59Z", "accepted"),
            offer("f2", "2025-05-31T15:00:00Z", "declined"),  # 1 June, the day after the last
            offer("f3", "2025-06-05", "declined"),
            offer("f4", "2025-06-05", None),
            offer("f5", None, "accepted"),
            offer("f6", "2026-03-31T15:00:00Z", "accepted"),  # tomorrow
            offer("f7", "2025-06-05", "accepted", offered_at="2026-04-01"),
        ],
        policy=MARCH,
    )
    june_5 = date(2025, 6, 5)
    found = [values(row, "offer_id decided_on outcome") for row in marts["fct_offers"]]
    assert found == [
        ["f1", date(2025, 5, 31), "accepted"],
        ["f2", date(2025, 6, 1), "declined"],
        ["f3", june_5, "declined"],
        ["f4", june_5, None],
        ["f5", None, None],
        ["f6", None, None],
    ]
    names = "offers_decided offers_accepted offer_acceptance_rate"
    may, june = date(2025, 5, 1), date(2025, 6, 1)
    assert values(period_row(marts["kpi_growth"], may), names) == [1, 1, 1.0]
    assert values(period_row(marts["kpi_growth"], june), names) == [2, 0, 0.0]
    assert values(period_row(marts["kpi_growth"], june, "plan", "pro"), names) == [1, 0, 0.0]
    assert values(period_row(marts["kpi_growth"], june, "plan", "(none)"), names) == [1, 0, 0.0]
    year = period_row(marts["kpi_growth"], date(2025, 4, 1), grain="trailing_12_months")
    assert values(year, names) == [3, 1, pytest.approx(1 / 3)]


# --- expansion candidates ----------------------------------------------------------------


WELL: dict[str, Any] = {
    "health_score_weights": {"payment": Fraction(1)},
    "onboarding_rules": (),
}


def crowd(number: int, **item: str) -> Tables:
    """Customers 1 to a number, with as many days of use in the last of eight weeks."""
    parts = []
    for each in range(1, number + 1):
        name = str(each)
        parts += [paying(name, **item), orders(("2025-12-01", "paid"), of=name)]
        parts += [week_of_use("2025-12-22", each, of=name), sessions("2025-12-01", of=name)]
    return together(*parts)


def upsells(*parts: Tables, **more: Any) -> list[str]:
    rows = build_active(*parts, config=replace(PLAIN_CONFIG, **WELL | more))[
        "fct_expansion_candidates"
    ]
    return [row["customer_id"] for row in rows if row["candidate_type"] == "upsell"]


def test_upsell_is_for_the_first_fifth() -> None:
    assert upsells(crowd(5)) == ["5"]
    assert upsells(crowd(6)) == ["5", "6"]  # a fifth of six, rounded up
    idle = together(*(paying(f"idle{number}") for number in range(5)))
    assert upsells(crowd(5), idle) == ["4", "5"]
    assert upsells(crowd(5), paying("new", "2025-12-29")) == ["5"]  # not yet of the plan's n
    row = build(crowd(5), config=replace(PLAIN_CONFIG, **WELL))["fct_expansion_candidates"][0]
    assert row == {
        "customer_id": "5",
        "candidate_type": "upsell",
        "product_id": "core",
        "usage_score": (100 + 20) / 8,
        "current_mrr": 100,
    }


def test_upsell_counts_ties_as_the_better_rank() -> None:
    also = together(paying("also"), orders(("2025-12-01", "paid"), of="also"))
    used = together(week_of_use("2025-12-22", 4, of="also"), sessions("2025-12-01", of="also"))
    tied = together(crowd(4), also, used)
    assert upsells(tied) == ["4", "also"]


def test_upsell_is_for_those_who_are_well_and_have_no_alert() -> None:
    assert upsells(crowd(5), answers(("2025-12-01", 3), of="5")) == []
    assert upsells(crowd(6), answers(("2025-12-01", 3), of="5")) == ["6"]
    assert upsells(crowd(5), health_bands=(("yellow", Fraction(0)),)) == []
    assert upsells(crowd(5, plan_id="pro")) == []  # the top of its product
    assert upsells(crowd(5, plan_id="flat")) == ["5"]  # a plan without a tier is no top
    idle = together(paying(), orders(("2025-12-01", "paid")), {"sessions": []})
    assert upsells(idle, {"feature_events": []}) == []


def test_upsell_looks_at_eight_weeks() -> None:
    rows = build_active(
        orders(("2025-12-01", "paid")),
        week_of_use("2025-11-03", 5),
        week_of_use("2025-10-27", 5),
        policy=Policy(AS_OF, low_usage_weeks=9),
        config=replace(PLAIN_CONFIG, **WELL),
    )["fct_expansion_candidates"]
    assert [row["usage_score"] for row in rows] == [100 / 8]


def cross_sells(*parts: Tables, **more: Any) -> list[str]:
    rows = build_active(*parts, **more)["fct_expansion_candidates"]
    return [row["product_id"] for row in rows if row["candidate_type"] == "cross_sell"]


THRICE = features(("chat", "2025-12-01"), ("chat", "2025-12-14"), ("chat", "2025-12-28T14:59"))


def test_cross_sell_is_for_three_weeks_of_four() -> None:
    assert cross_sells(THRICE) == ["addon"]
    two_weeks = features(("chat", "2025-12-01"), ("chat", "2025-12-03"), ("chat", "2025-12-28"))
    assert cross_sells(two_weeks) == []
    too_old = features(("chat", "2025-11-30"), ("chat", "2025-12-14"), ("chat", "2025-12-28"))
    assert cross_sells(too_old) == []
    too_new = features(("chat", "2025-12-01"), ("chat", "2025-12-14"), ("chat", "2025-12-28T15:00"))
    assert cross_sells(too_new) == []
    several = replace(
        PLAIN_CONFIG, related_products={"chat": "addon", "view": "addon", "api": "core"}
    )
    mixed = features(("chat", "2025-12-01"), ("view", "2025-12-14"), ("view", "2025-12-28"))
    assert cross_sells(mixed, config=several) == ["addon"]
    assert cross_sells(mixed) == []


def test_cross_sell_is_of_products_that_exist() -> None:
    other = replace(PLAIN_CONFIG, related_products={"chat": "listed"})
    assert cross_sells(THRICE, config=other) == []
    assert cross_sells(THRICE, {"products": [{"product_id": "listed"}]}, config=other) == ["listed"]


def test_cross_sell_is_of_products_that_the_customer_does_not_have() -> None:
    def having(**item: str | None) -> Tables:
        tables = paying()
        added = tables["subscription_items"][0] | {"subscription_item_id": "x", "plan_id": "chat"}
        tables["subscription_items"].append(added | item)
        return tables

    assert cross_sells(having(), THRICE) == []
    assert cross_sells(having(unit_price="0"), THRICE) == ["addon"]
    assert cross_sells(having(valid_to="2025-12-31"), THRICE) == ["addon"]
    assert cross_sells(paying(ended="2025-12-31"), THRICE) == []
    assert cross_sells(THRICE, answers(("2025-12-01", 3))) == []


def test_cross_sell_does_without_a_score() -> None:
    rows = build_active(paying("c", "2025-12-30"), THRICE)["fct_expansion_candidates"]
    assert [(row["candidate_type"], row["usage_score"]) for row in rows] == [("cross_sell", None)]
