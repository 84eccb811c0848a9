# ruff: noqa: D103 - the names of the tests say what they are about
"""The independent calculation against cases worked out by hand."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from independent import Config, Policy, Row, compute
from independent.compare import compare
from independent.parsing import parse_integer, parse_numeric, parse_timestamp, round_half_away
from independent.random_company import random_company, write_csv
from warehouse import ROOT

D = Decimal
REASONS = {
    "unknown": ("unknown", False, False),
    "too_expensive": ("price", False, False),
    "outgrew": ("graduated", True, False),
    "bankruptcy": ("business_closed", False, True),
}
CONFIG = replace(Config.load(ROOT / "seeds/config"), churn_reasons=REASONS)
AS_OF = date(2026, 3, 31)
RawTable = list[dict[str, str | None]]


def customer(customer_id: str = "c", **more: str | None) -> dict[str, str | None]:
    return {"customer_id": customer_id, "signed_up_at": "2025-04-01"} | more


def subscription(
    subscription_id: str = "s", customer_id: str = "c", **more: str | None
) -> dict[str, str | None]:
    return {
        "subscription_id": subscription_id,
        "customer_id": customer_id,
        "started_at": "2025-01-01",
    } | more


def item(
    number: str,
    valid_from: str,
    valid_to: str | None,
    price: str = "100",
    plan: str = "basic",
    **more: str,
) -> dict[str, str | None]:
    return {
        "subscription_item_id": number,
        "subscription_id": "s",
        "plan_id": plan,
        "quantity": "1",
        "unit_price": price,
        "currency_code": "JPY",
        "billing_interval": "month",
        "valid_from": valid_from,
        "valid_to": valid_to,
    } | more


def term(
    contract_id: str, start: str, end: str, kind: str = "new", **more: str | None
) -> dict[str, str | None]:
    return {
        "contract_id": contract_id,
        "customer_id": "c",
        "term_start": start,
        "term_end": end,
        "renewal_type": kind,
    } | more


def build(
    *items: dict[str, str | None], policy: Policy | None = None, **tables: RawTable
) -> dict[str, list[Row]]:
    """One customer `c` with one subscription `s`, unless the tables say otherwise."""
    raw: dict[str, RawTable] = {
        "customers": [customer()],
        "plans": [
            {"plan_id": "basic", "product_id": "core", "tier_rank": "1"},
            {"plan_id": "pro", "product_id": "core", "tier_rank": "2"},
            {"plan_id": "chat", "product_id": "addon", "tier_rank": "1"},
        ],
        "subscriptions": [subscription()],
        "subscription_items": list(items),
    }
    return compute(raw | tables, policy or Policy(AS_OF), CONFIG)


def only(rows: list[Row], **where: Any) -> Row:
    """The one row that has these values."""
    found = [row for row in rows if all(row[name] == value for name, value in where.items())]
    assert len(found) == 1, found
    return found[0]


def month(marts: dict[str, list[Row]], start: date, kind: str = "all", value: str = "all") -> Row:
    return only(
        marts["kpi_revenue_retention"],
        period_grain="month",
        period_start=start,
        segment_type=kind,
        segment_value=value,
    )


def movements(marts: dict[str, list[Row]], grain: str = "month") -> list[tuple[Any, ...]]:
    return [
        (row["period_start"], row["movement_type"], row["mrr_change"])
        for row in marts["fct_mrr_movements"]
        if row["period_grain"] == grain
    ]


def rejections(marts: dict[str, list[Row]]) -> set[tuple[str, str, str, str]]:
    return {
        (row["table_name"], row["row_key"], row["reason"], row["column_name"])
        for row in marts["fct_rejected_rows"]
    }


# --- parsing ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "rounded"),
    [("0.00005", "0.0001"), ("-0.00005", "-0.0001"), ("0.000049", "0"), ("2.00015", "2.0002")],
)
def test_a_half_is_rounded_away_from_zero(value: str, rounded: str) -> None:
    assert round_half_away(Fraction(value), 4) == D(rounded)
    assert parse_numeric(value) == D(rounded)


@pytest.mark.parametrize(
    "text", ["1e5", "1,000", "NaN", ".5", "5.", " 5", "+1", "1" + "0" * 14, "٣"]
)
def test_numbers_in_other_notations_are_unreadable(text: str) -> None:
    assert parse_numeric(text) is None


def test_integers_are_of_32_bits() -> None:
    assert parse_integer("-2147483648") == -2147483648
    assert parse_integer("2147483648") is None
    assert parse_integer("1.0") is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-04-01", datetime(2025, 4, 1)),
        ("2025-04-01T00:30+09:00", datetime(2025, 3, 31, 15, 30)),
        ("2025-04-01 00:30:00+0900", datetime(2025, 3, 31, 15, 30)),
        ("2025-04-01T00:30:00-03", datetime(2025, 4, 1, 3, 30)),
        ("2025-04-01T23:59:59.9999999Z", datetime(2025, 4, 1, 23, 59, 59, 999999)),
        ("2025-02-29", None),
        ("2025-04-01Z", None),
        ("2025-04-01T24:00", None),
        ("2025-04-01T10", None),
        ("2025-04-01T10:00+16:00", None),
        ("2025-04-01t10:00", None),
    ],
)
def test_timestamps(text: str, moment: datetime | None) -> None:
    assert parse_timestamp(text) == moment


# --- raw rows ----------------------------------------------------------------------------


def test_rejections_cascade() -> None:
    marts = build(
        item("i1", "2025-04-01", None),
        customers=[customer(signed_up_at="soon")],
    )
    assert rejections(marts) == {
        ("customers", "c", "bad_type", "signed_up_at"),
        ("subscriptions", "s", "unknown_reference", "customer_id"),
        ("subscription_items", "i1", "unknown_reference", "subscription_id"),
    }
    assert only(marts["fct_rejected_rows"], row_key="i1")["bad_value"] == "s"
    assert marts["dim_customers"] == marts["fct_mrr_changes"] == []


def test_every_raw_row_is_accounted_for() -> None:
    marts = build(
        customers=[
            customer("a", updated_at="2025-01-01", country_code="US"),
            customer("a", updated_at="2025-01-02T00:00:00Z", country_code="JP"),
            customer("a", updated_at="never", country_code="DE", loaded_at="2026-01-01"),
            customer("b", is_deleted="YES"),
            customer("b", loaded_at="2025-01-01", is_deleted="no", is_internal="maybe"),
            customer("c", is_deleted="T"),
            customer("", loaded_at="2025-01-01", signed_up_at=None),
            customer("  ", loaded_at="2025-01-02"),
        ]
    )
    assert only(marts["rpt_raw_reconciliation"], table_name="customers") == {
        "table_name": "customers",
        "is_present": True,
        "raw_rows": 8,
        "used_rows": 1,
        "superseded_rows": 3,
        "deleted_rows": 1,
        "rejected_rows": 3,
    }
    assert len(marts["rpt_raw_reconciliation"]) == 18
    assert not only(marts["rpt_raw_reconciliation"], table_name="offers")["is_present"]
    assert only(marts["dim_customers"])["country_code"] == "JP"
    assert only(marts["fct_rejected_rows"], row_key="", column_name="customer_id") == {
        "table_name": "customers",
        "row_key": "",
        "reason": "missing_required",
        "column_name": "customer_id",
        "bad_value": None,
        "loaded_at": datetime(2025, 1, 2),
        "raw_rows": 2,
    }
    assert rejections(marts) == {
        ("customers", "b", "bad_type", "is_internal"),
        ("customers", "", "missing_required", "customer_id"),
        ("customers", "", "missing_required", "signed_up_at"),
        ("subscriptions", "s", "unknown_reference", "customer_id"),
    }


def test_reasons_of_items() -> None:
    marts = build(
        item("a", "2025-04-02", "2025-04-01T23:59:59Z"),
        item("b", "2025-04-01", "2025-04-01", discount_rate="1.0001", quantity="-1"),
        item("c", "2025-04-01", None, billing_interval="Month", currency_code="XXX"),
        item("d", "2025-04-01", None, plan="none", quantity=""),
        exchange_rates=[
            {"currency_code": "XXX", "valid_from": "2025-13-01", "rate_to_reporting": "1"}
        ],
    )
    assert rejections(marts) == {
        ("subscription_items", "a", "inconsistent", ""),
        ("subscription_items", "b", "out_of_range", "discount_rate"),
        ("subscription_items", "b", "out_of_range", "quantity"),
        ("subscription_items", "c", "not_allowed", "billing_interval"),
        ("subscription_items", "c", "missing_exchange_rate", "currency_code"),
        ("subscription_items", "d", "unknown_reference", "plan_id"),
        ("subscription_items", "d", "missing_required", "quantity"),
        ("exchange_rates", "XXX|2025-13-01", "bad_type", "valid_from"),
    }


def test_survey_answers_need_both_score_and_time() -> None:
    cases: dict[str, tuple[str, str | None, str | None]] = {
        "fine": ("nps", "10", "2025-05-01"),
        "none": ("nps", None, None),
        "no time": ("nps", "3", None),
        "no score": ("ces", None, "2025-05-01"),
        "unreadable": ("nps", "x", None),
        "high": ("csat", "6", "2025-05-01"),
        "type": ("other", "99", "2025-05-01"),
    }
    rows: RawTable = [
        {
            "response_id": name,
            "survey_type": kind,
            "customer_id": "c",
            "sent_at": "2025-05-01",
            "score": score,
            "responded_at": responded_at,
        }
        for name, (kind, score, responded_at) in cases.items()
    ]
    assert rejections(build(survey_responses=rows)) == {
        ("survey_responses", "no time", "inconsistent", ""),
        ("survey_responses", "no score", "inconsistent", ""),
        ("survey_responses", "unreadable", "bad_type", "score"),
        ("survey_responses", "high", "out_of_range", "score"),
        ("survey_responses", "type", "not_allowed", "survey_type"),
    }


# --- MRR -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("interval", "price", "quantity", "discount", "mrr"),
    [
        ("year", "1200", "1", "", "100"),
        ("year", "0.0006", "1", "", "0.0001"),  # 0.00005
        ("half_year", "100.0003", "1", "", "16.6667"),  # 16.66671666...
        ("quarter", "100", "2", "0.1", "60"),
        ("week", "3", "1", "", "13"),
        ("day", "100", "1", "", "3041.6667"),  # 3041.6666...
        ("month", "0.0001", "1", "0.5", "0.0001"),  # 0.00005
        ("month", "0.0001", "1", "0.6", "0"),  # 0.00004
        ("month", "100", "0", "", "0"),
        ("month", "100", "1", "1", "0"),
    ],
)
def test_mrr_of_an_item(interval: str, price: str, quantity: str, discount: str, mrr: str) -> None:
    terms = {"billing_interval": interval, "quantity": quantity, "discount_rate": discount}
    marts = build(item("i", "2025-04-10", None, price, **terms))
    row = only(marts["dim_customers"])
    assert row["current_mrr"] == D(mrr)
    assert row["current_plan_id"] == "basic"
    assert row["status"] == ("active" if D(mrr) else "prospect")


def test_a_moving_rate_makes_no_movement() -> None:
    rates: RawTable = [
        {"currency_code": "USD", "valid_from": day, "rate_to_reporting": rate}
        for day, rate in (("2025-05-01", "150"), ("2025-06-01", "160"), ("2025-07-01", "1"))
    ]
    marts = build(
        item("early", "2025-04-01", "2025-05-31", "1", currency_code="USD"),
        item("later", "2025-05-31T15:00:00Z", None, "1", currency_code="USD"),
        exchange_rates=rates,
    )
    # Before the first rate the first one counts; 31 May 15:00 UTC is 1 June in Tokyo.
    changes = [(row["changed_on"], row["mrr_after"]) for row in marts["fct_mrr_changes"]]
    assert changes == [
        (date(2025, 4, 1), D(150)),
        (date(2025, 5, 31), D(0)),
        (date(2025, 6, 1), D(160)),
    ]


def test_a_plan_swap_is_neither_churn_nor_new() -> None:
    marts = build(
        item("i1", "2025-04-10", "2025-05-10"),
        item("i2", "2025-05-10", None, "150", "pro"),
    )
    assert movements(marts) == [
        (date(2025, 4, 1), "new", D(100)),
        (date(2025, 5, 1), "expansion", D(50)),
    ]
    assert marts["fct_churns"] == []
    may = date(2025, 5, 1)
    basic, pro = month(marts, may, "plan", "basic"), month(marts, may, "plan", "pro")
    assert (basic["opening_mrr"], basic["expansion_mrr"], basic["closing_mrr"]) == (100, 50, 0)
    assert (basic["transferred_out_customers"], basic["transferred_out_mrr"]) == (1, 150)
    assert basic["net_revenue_retention"] == 1.5
    assert (pro["opening_mrr"], pro["expansion_mrr"], pro["closing_mrr"]) == (0, 0, 150)
    assert (pro["transferred_in_customers"], pro["transferred_in_mrr"]) == (1, 150)
    product = month(marts, may, "product", "core")
    assert product["transferred_in_customers"] == product["transferred_out_customers"] == 0
    assert (product["expansion_mrr"], product["closing_mrr"]) == (50, 150)
    everyone = month(marts, may)
    assert (everyone["arr"], everyone["arpa"], everyone["quick_ratio"]) == (1800, 150.0, None)
    assert everyone["existing_customer_share"] == 1.0


def test_a_swap_of_equal_price_is_a_change_and_a_transfer_but_no_movement() -> None:
    marts = build(
        item("i1", "2025-04-10", "2025-05-10"),
        item("i2", "2025-05-10", None, "100", "chat"),
    )
    assert movements(marts) == [(date(2025, 4, 1), "new", D(100))]
    assert only(marts["fct_mrr_changes"], changed_on=date(2025, 5, 10)) == {
        "customer_id": "c",
        "changed_on": date(2025, 5, 10),
        "mrr_before": D(100),
        "mrr_after": D(100),
        "plan_id_before": "basic",
        "plan_id_after": "chat",
    }
    assert month(marts, date(2025, 5, 1), "product", "addon")["transferred_in_mrr"] == 100


def test_overlapping_items_add_up_and_the_greatest_is_primary() -> None:
    marts = build(
        item("i1", "2025-04-10", "2025-04-20", "100", "basic"),
        item("i2", "2025-04-15", None, "100", "pro"),
        item("i3", "2025-04-18", None, "40", "chat"),
        item("i4", "2025-04-18", "2025-04-18", "999", "chat"),
    )
    changes = [
        (row["changed_on"].day, row["mrr_after"], row["plan_id_after"])
        for row in marts["fct_mrr_changes"]
    ]
    # On the 15th two items tie on MRR: the higher tier is primary.
    assert changes == [(10, 100, "basic"), (15, 200, "pro"), (18, 240, "pro"), (20, 140, "pro")]


@pytest.mark.parametrize(
    ("ended_at", "churned_on"),
    [
        ("2025-05-31T14:59:59Z", date(2025, 5, 31)),
        ("2025-05-31T15:00:00Z", date(2025, 6, 1)),
        ("2025-06-01", date(2025, 6, 1)),
        ("2025-06-30T14:59:59.999999Z", date(2025, 6, 30)),
    ],
)
def test_churn_falls_on_the_first_day_without_mrr(ended_at: str, churned_on: date) -> None:
    marts = build(
        item("i", "2025-03-31T15:00:00Z", None),
        subscriptions=[subscription(ended_at=ended_at, cancel_reason_code="too_expensive")],
    )
    row = only(marts["fct_churns"])
    assert row == {
        "customer_id": "c",
        "churned_on": churned_on,
        "mrr_lost": D(100),
        "tenure_days": (churned_on - date(2025, 4, 1)).days,
        "plan_id": "basic",
        "reason_code": "too_expensive",
        "reason_group": "price",
        "is_graduated": False,
        "is_involuntary": False,
        "reactivated_on": None,
        "was_onboarded": None,  # there is no table of onboarding events
        "last_nps_score": None,
    }
    assert movements(marts)[1:] == [(churned_on.replace(day=1), "churn", D(-100))]
    assert only(marts["dim_customers"])["status"] == "churned"
    assert month(marts, churned_on.replace(day=1))["customer_churn_rate"] == 1.0


def test_pause_return_and_a_stay_within_one_month() -> None:
    marts = build(
        item("i1", "2025-04-10", "2025-05-20"),
        item("i2", "2025-07-05", "2025-07-06"),
        item("i3", "2025-09-01", None, "80"),
    )
    assert movements(marts) == [
        (date(2025, 4, 1), "new", D(100)),
        (date(2025, 5, 1), "churn", D(-100)),
        (date(2025, 9, 1), "reactivation", D(80)),
    ]
    july = month(marts, date(2025, 7, 1))
    assert (july["intra_period_customers"], july["closing_mrr"]) == (1, 0)
    assert month(marts, date(2025, 7, 1), "plan", "(none)")["intra_period_customers"] == 1
    # 20 May to 5 July and 6 July to 1 September are both shorter than 180 days.
    assert month(marts, date(2025, 5, 1))["winback_rate"] == 1.0
    assert july["winback_rate"] == 1.0
    year = only(marts["fct_mrr_movements"], period_grain="fiscal_year")
    assert (year["movement_type"], year["mrr_change"]) == ("new", 80)


def test_winback_counts_180_days_and_only_once_they_are_over() -> None:
    def rate(back: str, as_of: date) -> Any:
        items = [item("i1", "2025-04-01", "2025-05-01"), item("i2", back, None)]
        return month(build(*items, policy=Policy(as_of)), date(2025, 5, 1))["winback_rate"]

    # 1 May + 180 days is 28 October.
    assert rate("2025-10-28", date(2025, 10, 28)) == 1.0
    assert rate("2025-10-29", date(2025, 12, 31)) == 0.0
    assert rate("2025-06-01", date(2025, 10, 27)) is None


def test_avoidable_churn_by_the_last_subscription_to_end() -> None:
    def churned(**codes: str | None) -> dict[str, list[Row]]:
        subscriptions: RawTable = [
            subscription(number, ended_at="2025-06-10", cancel_reason_code=code)
            for number, code in codes.items()
        ]
        earlier = subscription("a", ended_at="2025-06-09", cancel_reason_code="too_expensive")
        return build(item("i", "2025-04-10", None), subscriptions=[*subscriptions, earlier])

    for codes, reason, avoidable in (
        ({"s": "outgrew", "t": "too_expensive"}, "outgrew", 0.0),
        ({"s": "too_expensive", "r": "bankruptcy"}, "bankruptcy", 0.0),
        ({"s": "no_such_code"}, "unknown", 1.0),
        ({"s": None}, "unknown", 1.0),
    ):
        marts = churned(**codes)
        assert only(marts["fct_churns"])["reason_code"] == reason
        assert month(marts, date(2025, 6, 1))["avoidable_churn_rate"] == avoidable


def test_churn_recognition_on_request() -> None:
    marts = build(
        item("i", "2025-04-10", None),
        subscriptions=[subscription(cancel_requested_at="2025-06-10", ended_at="2025-07-10")],
        policy=Policy(AS_OF, churn_recognition="cancel_request"),
    )
    assert only(marts["fct_churns"])["churned_on"] == date(2025, 6, 10)


def test_what_happens_after_the_as_of_day_is_not_there_yet() -> None:
    items = [item("i1", "2025-04-10", "2025-06-11"), item("i2", "2025-06-11", None, "150")]
    subscriptions: RawTable = [subscription(ended_at="2025-06-30")]
    marts = build(*items, subscriptions=subscriptions, policy=Policy(date(2025, 6, 10)))
    row = only(marts["dim_customers"])
    assert (row["status"], row["current_mrr"]) == ("active", 100)
    assert row["last_active_on"] == date(2025, 6, 10)
    assert marts["fct_churns"] == []
    june = only(marts["dim_periods"], period_grain="month", period_start=date(2025, 6, 1))
    assert june["is_complete"] is False
    assert june["period_end"] == date(2025, 6, 30)


def test_trials_and_internal_customers() -> None:
    marts = build(
        item("i", "2025-04-10", None),
        customers=[customer(), customer("own", is_internal="1"), customer("new")],
        subscriptions=[
            subscription(
                started_at=None, trial_started_at="2025-04-10", trial_ended_at="2026-03-31T15:00Z"
            ),
            subscription(
                "t",
                "new",
                started_at=None,
                trial_started_at="2025-04-10",
                trial_ended_at="2026-03-31T14:59Z",
            ),
        ],
    )
    statuses = {row["customer_id"]: row["status"] for row in marts["dim_customers"]}
    assert statuses == {"c": "trial", "new": "prospect"}
    assert marts["fct_mrr_changes"] == []


# --- periods, cohorts, plans ---------------------------------------------------------------


def test_periods() -> None:
    marts = build(
        policy=Policy(date(2026, 4, 5), reporting_start_date=date(2025, 4, 2)),
    )
    by_grain: dict[str, list[Row]] = {}
    for row in marts["dim_periods"]:
        by_grain.setdefault(row["period_grain"], []).append(row)
    assert {grain: len(rows) for grain, rows in by_grain.items()} == {
        "day": 369,
        "week": 53,
        "month": 13,
        "quarter": 5,
        "fiscal_year": 2,
        "trailing_12_months": 2,
    }
    firsts = {grain: rows[0] for grain, rows in by_grain.items()}
    assert {grain: row["period_label"] for grain, row in firsts.items()} == {
        "day": "2025-04-02",
        "week": "2025-W14",
        "month": "2025-04",
        "quarter": "FY2025 Q1",
        "fiscal_year": "FY2025",
        "trailing_12_months": "2025-04..2026-03",
    }
    assert firsts["week"]["period_start"] == date(2025, 3, 31)
    last = by_grain["fiscal_year"][-1]
    assert (last["period_end"], last["fiscal_year"]) == (date(2027, 3, 31), 2026)
    assert [row["is_complete"] for row in by_grain["trailing_12_months"]] == [True, False]
    # The week of 5 April 2026 ends on that Sunday.
    assert by_grain["week"][-1]["is_complete"] is True


def test_cohorts() -> None:
    marts = build(
        item("i1", "2025-04-30", "2025-06-30"),
        item("i2", "2025-06-10", "2025-06-20", "50", "chat"),
        item("i3", "2025-07-31", None, "120", "pro"),
        policy=Policy(date(2025, 8, 15)),
    )
    rows = [
        (row["months_since"], row["retained_customers"], row["retained_mrr"])
        for row in marts["fct_cohort_retention"]
        if (row["segment_type"], row["segment_value"]) == ("plan", "basic")
    ]
    assert rows == [(0, 1, 100), (1, 1, 100), (2, 0, 0), (3, 1, 120), (4, 1, 120)]
    last = only(marts["fct_cohort_retention"], segment_type="all", months_since=4)
    assert (last["cohort_mrr"], last["mrr_retention_rate"]) == (100, 1.2)


def test_plans() -> None:
    marts = build(products=[{"product_id": "core", "product_name": "Core"}])
    row = only(marts["dim_plans"], plan_id="basic")
    assert (row["product_name"], row["is_free"], row["is_top_tier"]) == ("Core", False, False)
    assert only(marts["dim_plans"], plan_id="chat")["is_top_tier"] is True


# --- renewal ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("term_start", "as_of", "status"),
    [
        ("2025-07-31", date(2025, 12, 31), "renewed"),  # 30 days after 1 July
        ("2025-08-01", date(2025, 12, 31), "lapsed"),
        ("2025-07-31", date(2025, 7, 30), "pending"),
        ("2025-08-01", date(2025, 7, 31), "pending"),
        ("2025-08-01", date(2025, 8, 1), "lapsed"),
        ("2025-06-20", date(2025, 7, 1), "renewed"),
    ],
)
def test_a_late_renewal(term_start: str, as_of: date, status: str) -> None:
    marts = build(
        contracts=[
            term("k1", "2025-04-01", "2025-07-01"),
            term("k2", term_start, "2026-07-01", "manual", previous_contract_id="k1"),
        ],
        policy=Policy(as_of),
    )
    row = only(marts["fct_contract_renewals"], contract_id="k1")
    assert row["status"] == status
    assert row["renewed_contract_id"] == ("k2" if status == "renewed" else None)
    assert row["is_dormant"] is None  # there is no table of sessions


def test_renewal_rates() -> None:
    sessions: RawTable = [
        {
            "session_id": "v1",
            "customer_id": "c",
            "started_at": "2025-05-31T15:00:00Z",  # 1 June: 30 days before 1 July
            "ended_at": "2025-05-31T16:00:00Z",
        }
    ]
    contracts: RawTable = [
        # 91 days: 910 x 30.4375 / 91 = 304.375 a month
        term("a1", "2025-04-01", "2025-07-01", contract_value="910"),
        # 365 days: 4380 x 30.4375 / 365 = 365.25 a month, of which 304.375 count
        term(
            "a2",
            "2025-07-01",
            "2026-07-01",
            "auto",
            previous_contract_id="a1",
            contract_value="4380",
        ),
        # 30 days: 100 x 30.4375 / 30 = 101.458333...
        term("b1", "2025-06-02", "2025-07-02", contract_value="100"),
        term("b2", "2025-07-02", "2026-07-02", "auto", previous_contract_id="b1"),
        term("c1", "2025-06-02", "2025-07-03"),
    ]
    marts = build(
        item("i", "2025-04-01", "2025-07-03"),
        contracts=contracts,
        sessions=sessions,
    )
    found = {row["contract_id"]: row for row in marts["fct_contract_renewals"]}
    assert found["a1"]["due_monthly_value"] == D("304.375")
    assert found["a1"]["renewed_monthly_value"] == D("365.25")
    assert found["b1"]["due_monthly_value"] == D("101.4583")
    assert [found[name]["is_dormant"] for name in ("a1", "b1", "c1")] == [False, True, False]
    july = {"period_grain": "month", "period_start": date(2025, 7, 1)}
    row = only(marts["kpi_renewal"], **july, segment_type="all")
    assert (row["due_contracts"], row["renewed_contracts"], row["auto_renewed_contracts"]) == (
        3,
        2,
        2,
    )
    assert row["contract_renewal_rate"] == pytest.approx(2 / 3)
    assert row["contract_value_renewal_rate"] == pytest.approx(304.375 / (304.375 + 101.4583))
    assert (row["voluntary_renewal_rate"], row["dormant_auto_renewal_share"]) == (0.0, 0.5)
    # On 3 July there is no plan any more, on 2 July there was.
    assert only(marts["kpi_renewal"], **july, segment_value="basic")["due_contracts"] == 3
    june = only(
        marts["kpi_renewal"],
        period_grain="month",
        period_start=date(2025, 6, 1),
        segment_type="all",
    )
    assert (june["due_contracts"], june["contract_renewal_rate"]) == (0, None)


# --- the whole ---------------------------------------------------------------------------------


def test_the_ledger_closes_on_a_random_company() -> None:
    raw = random_company(7, 120, date(2024, 4, 1), 500)
    marts = compute(raw, Policy(date(2025, 8, 10)), CONFIG)
    for row in marts["rpt_raw_reconciliation"]:
        parts = ("used_rows", "superseded_rows", "deleted_rows", "rejected_rows")
        assert row["raw_rows"] == sum(row[part] for part in parts) > 0
    sums: dict[tuple[Any, ...], list[D]] = {}
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
        if row["period_grain"] != "day":
            period = (row["period_grain"], row["period_start"], row["segment_type"])
            names = ("opening_mrr", "closing_mrr", "expansion_mrr", "contraction_mrr", "churn_mrr")
            found = [row[name] for name in names]
            before = sums.get(period, [D(0)] * len(found))
            sums[period] = [a + b for a, b in zip(before, found, strict=True)]
    for (grain, start, kind), totals in sums.items():
        assert totals == sums[grain, start, "all"], kind
    kinds = {row["movement_type"] for row in marts["fct_mrr_movements"]}
    assert kinds == {"new", "reactivation", "churn", "expansion", "contraction"}


def test_a_random_company_has_every_reason_and_is_the_same_each_time(tmp_path: Path) -> None:
    raw = random_company(3, 40, date(2024, 4, 1), 400)
    assert raw == random_company(3, 40, date(2024, 4, 1), 400)
    reasons = {row["reason"] for row in compute(raw, Policy(AS_OF), CONFIG)["fct_rejected_rows"]}
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


def test_compare_names_every_difference() -> None:
    expected: list[Row] = [
        {"k": 1, "v": D("1.0"), "f": 0.1, "b": True},
        {"k": 2, "v": None, "f": 1.0, "b": False},
    ]
    same: list[Row] = [{"k": 2, "v": None, "f": 1 + 1e-12, "b": False, "more": 1}, expected[0]]
    assert compare("t", ["k"], expected, same) == []
    actual: list[Row] = [{"k": 1, "v": D("1.1"), "f": None, "b": 1}, {"k": 3}, {"k": 3}]
    assert compare("t", ["k"], expected, actual) == [
        "t k=3: twice in the actual rows",
        "t k=1: v is Decimal('1.1'), expected Decimal('1.0')",
        "t k=1: f is None, expected 0.1",
        "t k=1: b is 1, expected True",
        "t k=2: missing",
        "t k=3: extra",
    ]
