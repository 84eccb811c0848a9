# ruff: noqa: D103 - the names of the tests say what they are about
"""Revenue and renewal of the independent calculation, worked out by hand."""

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
    contract,
    customers,
    item,
    only,
    period_row,
    rates,
    session,
    steps,
    subscribed,
    subscription,
    survey,
    together,
    values,
)


def month(marts: Marts, start: date, kind: str = "all", value: str = "all") -> Row:
    return period_row(marts["kpi_revenue_retention"], start, kind, value)


def movements(marts: Marts, grain: str = "month") -> list[tuple[Any, ...]]:
    return [
        (row["period_start"], row["movement_type"], row["mrr_change"])
        for row in marts["fct_mrr_movements"]
        if row["period_grain"] == grain
    ]


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
        ("month", "4000", "2.5", "", "10000"),
        ("month", "0.000000123456", "3000000000", "", "370.368"),
        ("year", "0.000000123456", "3000000000", "0.1", "27.7776"),
        ("week", "0.000000004999", "1", "", "0"),
        ("day", "0.000000005", "1", "", "0"),
        ("day", "0.00000165", "1", "", "0.0001"),  # 0.0000501875
        ("month", "100", "0", "", "0"),
        ("month", "100", "1", "1", "0"),
    ],
)
def test_mrr_of_an_item(interval: str, price: str, quantity: str, discount: str, mrr: str) -> None:
    terms = {"billing_interval": interval, "quantity": quantity, "discount_rate": discount}
    marts = build(item("i", "2025-04-10", None, price, **terms))
    row = only(marts["dim_customers"])
    assert row["current_mrr"] == Decimal(mrr)
    assert row["current_plan_id"] == "basic"
    assert row["status"] == ("active" if Decimal(mrr) else "prospect")


def test_a_moving_rate_makes_no_movement() -> None:
    marts = build(
        item("early", "2025-04-01", "2025-05-30", "1", currency_code="USD"),
        item("later", "2025-05-31T15:00:00Z", None, "1", currency_code="USD"),
        rates("USD", ("2025-05-01", "150"), ("2025-06-01", "160"), ("2025-07-01", "1")),
    )
    # Before the first rate the first one counts; 31 May 15:00 UTC is 1 June in Tokyo.
    changes = [(row["changed_on"], row["mrr_after"]) for row in marts["fct_mrr_changes"]]
    assert changes == [
        (date(2025, 4, 1), Decimal(150)),
        (date(2025, 5, 30), Decimal(0)),
        (date(2025, 6, 1), Decimal(160)),
    ]


def test_a_day_without_mrr_is_no_churn() -> None:
    parts = (
        item("april", "2025-04-01", "2025-04-30T14:59:59Z"),  # ends on the 30th at 23:59:59
        item("may", "2025-04-30T15:00:00Z", "2025-05-31T14:59:59Z"),
        item("june", "2025-06-02", "2025-06-29T15:00:00Z"),
    )
    days = [(row["changed_on"].day, row["mrr_after"]) for row in build(*parts)["fct_mrr_changes"]]
    assert days == [(1, 100), (31, 0), (2, 100), (30, 0)]
    marts = build(*parts, policy=Policy(AS_OF, mrr_gap_days=0))
    assert [row["changed_on"].day for row in marts["fct_mrr_changes"]] == [1, 30, 1, 31, 2, 30]
    marts = build(*parts, policy=Policy(AS_OF, mrr_gap_days=2))
    assert [row["changed_on"].day for row in marts["fct_mrr_changes"]] == [1, 30]


def test_a_deleted_customer_leaves_on_that_day() -> None:
    running = item("i", "2025-04-01", None)
    marts = build(running, customers("c", is_deleted="true", updated_at="2025-06-10"))
    assert only(marts["fct_churns"])["churned_on"] == date(2025, 6, 10)
    assert marts["fct_flagged_rows"] == []
    marts = build(
        running,
        customers("c", is_deleted="true"),
        session("2025-06-20", "2025-06-20T15:10:00Z"),
    )
    assert only(marts["fct_churns"])["churned_on"] == date(2025, 6, 20)
    flag = only(marts["fct_flagged_rows"])
    assert (flag["table_name"], flag["row_key"], flag["reason"]) == (
        "customers",
        "c",
        "undated_deletion",
    )


def test_a_plan_swap_is_neither_churn_nor_new() -> None:
    marts = build(
        item("i1", "2025-04-10", "2025-05-10"),
        item("i2", "2025-05-10", None, "150", "pro"),
    )
    assert movements(marts) == [
        (date(2025, 4, 1), "new", Decimal(100)),
        (date(2025, 5, 1), "expansion", Decimal(50)),
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
    assert movements(marts) == [(date(2025, 4, 1), "new", Decimal(100))]
    assert only(marts["fct_mrr_changes"], changed_on=date(2025, 5, 10)) == {
        "customer_id": "c",
        "changed_on": date(2025, 5, 10),
        "mrr_before": Decimal(100),
        "mrr_after": Decimal(100),
        "plan_id_before": "basic",
        "plan_id_after": "chat",
        "first_active_on": date(2025, 4, 10),
        "last_churned_on": None,
        "active_changes": 2,
        "next_changed_on": None,
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
        subscription(ended_at=ended_at, cancel_reason_code="too_expensive"),
    )
    row = only(marts["fct_churns"])
    assert row == {
        "customer_id": "c",
        "churned_on": churned_on,
        "mrr_lost": Decimal(100),
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
    assert movements(marts)[1:] == [(churned_on.replace(day=1), "churn", Decimal(-100))]
    assert only(marts["dim_customers"])["status"] == "churned"
    assert month(marts, churned_on.replace(day=1))["customer_churn_rate"] == 1.0


def test_pause_return_and_a_stay_within_one_month() -> None:
    marts = build(
        item("i1", "2025-04-10", "2025-05-20"),
        item("i2", "2025-07-05", "2025-07-06"),
        item("i3", "2025-09-01", None, "80"),
        policy=Policy(date(2026, 3, 31)),
    )
    assert movements(marts) == [
        (date(2025, 4, 1), "new", Decimal(100)),
        (date(2025, 5, 1), "churn", Decimal(-100)),
        (date(2025, 9, 1), "reactivation", Decimal(80)),
    ]
    names = "changed_on last_churned_on active_changes next_changed_on"
    assert [values(row, names) for row in marts["fct_mrr_changes"]] == [
        [date(2025, 4, 10), None, 1, date(2025, 5, 20)],
        [date(2025, 5, 20), date(2025, 5, 20), 1, date(2025, 7, 5)],
        [date(2025, 7, 5), date(2025, 5, 20), 2, date(2025, 7, 6)],
        [date(2025, 7, 6), date(2025, 7, 6), 2, date(2025, 9, 1)],
        [date(2025, 9, 1), date(2025, 7, 6), 3, None],
    ]
    july = month(marts, date(2025, 7, 1))
    assert (july["intra_period_customers"], july["closing_mrr"]) == (1, 0)
    assert month(marts, date(2025, 7, 1), "plan", "(none)")["intra_period_customers"] == 1
    # 20 May to 5 July and 6 July to 1 September are both shorter than 180 days.
    assert month(marts, date(2025, 5, 1))["winback_rate"] == 1.0
    assert july["winback_rate"] == 1.0
    year = only(marts["fct_mrr_movements"], period_grain="fiscal_year")
    assert (year["movement_type"], year["mrr_change"]) == ("new", 80)


def test_winback_counts_some_days_and_only_once_they_are_over() -> None:
    def rate(back: str, as_of: date, **more: Any) -> Any:
        marts = build(
            item("i1", "2025-04-01", "2025-05-01"),
            item("i2", back, None),
            policy=Policy(as_of, **more),
        )
        return month(marts, date(2025, 5, 1))["winback_rate"]

    # 1 May + 180 days is 28 October.
    assert rate("2025-10-28", date(2025, 10, 28)) == 1.0
    assert rate("2025-10-29", date(2025, 12, 31)) == 0.0
    assert rate("2025-06-01", date(2025, 10, 27)) is None
    assert rate("2025-05-11", date(2025, 5, 11), winback_days=10) == 1.0
    assert rate("2025-05-12", date(2025, 5, 12), winback_days=10) == 0.0
    assert rate("2025-05-11", date(2025, 5, 10), winback_days=10) is None


def test_avoidable_churn_by_the_last_subscription_to_end() -> None:
    def churned(**codes: str | None) -> Marts:
        ended = (
            subscription(number, ended_at="2025-06-10", cancel_reason_code=code)
            for number, code in codes.items()
        )
        earlier = subscription("a", ended_at="2025-06-09", cancel_reason_code="too_expensive")
        return build(item("i", "2025-04-10", None), *ended, earlier)

    for codes, reason, avoidable in (
        ({"s": "outgrew", "t": "too_expensive"}, "outgrew", 0.0),
        ({"s": "too_expensive", "r": "bankruptcy"}, "bankruptcy", 0.0),
        # within a day of the end, a subscription that gives a reason is preferred
        ({"s": "no_such_code"}, "too_expensive", 1.0),
        ({"s": None, "t": "bankruptcy"}, "bankruptcy", 0.0),
    ):
        marts = churned(**codes)
        assert only(marts["fct_churns"])["reason_code"] == reason
        assert month(marts, date(2025, 6, 1))["avoidable_churn_rate"] == avoidable


def test_churn_recognition_on_request() -> None:
    marts = build(
        item("i", "2025-04-10", None),
        subscription(cancel_requested_at="2025-06-10", ended_at="2025-07-10"),
        policy=Policy(AS_OF, churn_recognition="cancel_request"),
    )
    assert only(marts["fct_churns"])["churned_on"] == date(2025, 6, 10)


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


def test_what_was_known_of_who_left() -> None:
    voice = together(
        survey("a", "9", "2025-06-01"),
        survey("b", "4", "2025-06-08T14:59:59Z", user_id="u2"),
        survey("c", "10", "2025-06-08T15:00:00Z"),
        survey("d", "1", "2025-06-08", survey_type="csat"),
    )
    taken = steps(("first_login", "2025-04-03"), ("api_connected", "2025-05-01T15:00Z"))

    def churn(day: str, *parts: Tables) -> tuple[Any, Any]:
        row = only(build(subscribed(ended=day), *parts)["fct_churns"])
        return row["was_onboarded"], row["last_nps_score"]

    assert churn("2025-06-09", voice, taken) == (True, 4)
    assert churn("2025-06-10", voice, taken) == (True, 10)
    assert churn("2025-06-08", voice) == (None, 9)
    assert churn("2025-06-01", voice, taken) == (True, None)
    assert churn("2025-05-03", taken) == (True, None)
    assert churn("2025-05-02", taken) == (False, None)  # completed on that very day


# --- renewal -----------------------------------------------------------------------------


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
        contract("k1", "2025-04-01", "2025-07-01"),
        contract("k2", term_start, "2026-07-01", "manual", previous_contract_id="k1"),
        policy=Policy(as_of),
    )
    row = only(marts["fct_contract_renewals"], contract_id="k1")
    assert row["status"] == status
    assert row["renewed_contract_id"] == ("k2" if status == "renewed" else None)
    assert row["is_dormant"] is None  # there is no table of sessions


def test_renewal_rates() -> None:
    marts = build(
        item("i", "2025-04-01", "2025-07-03"),
        # 1 June: 30 days before 1 July
        session("2025-05-31T15:00:00Z", "2025-05-31T16:00:00Z"),
        # three months
        contract("a1", "2025-04-01", "2025-07-01", contract_value="910.5"),
        # twelve months: 365 a month, of which 303.5 count
        contract(
            "a2",
            "2025-07-01",
            "2026-07-01",
            "auto",
            previous_contract_id="a1",
            contract_value="4380",
        ),
        # 29 days, no whole month: 100 x 30.4375 / 29 = 104.956896...
        contract("b1", "2025-06-03", "2025-07-02", contract_value="100"),
        contract("b2", "2025-07-02", "2026-07-02", "auto", previous_contract_id="b1"),
        contract("c1", "2025-06-02", "2025-07-03"),
    )
    found = {row["contract_id"]: row for row in marts["fct_contract_renewals"]}
    assert found["a1"]["due_monthly_value"] == Decimal("303.5")
    assert found["a1"]["renewed_monthly_value"] == Decimal("365")
    assert found["b1"]["due_monthly_value"] == Decimal("104.9569")
    assert [found[name]["is_dormant"] for name in ("a1", "b1", "c1")] == [False, True, False]
    july = date(2025, 7, 1)
    row = period_row(marts["kpi_renewal"], july)
    names = "due_contracts renewed_contracts auto_renewed_contracts"
    assert values(row, names) == [3, 2, 2]
    assert row["contract_renewal_rate"] == pytest.approx(2 / 3)
    assert row["contract_value_renewal_rate"] == pytest.approx(303.5 / (303.5 + 104.9569))
    assert (row["voluntary_renewal_rate"], row["dormant_auto_renewal_share"]) == (0.0, 0.5)
    # On 3 July there is no plan any more, on 2 July there was.
    assert period_row(marts["kpi_renewal"], july, "plan", "basic")["due_contracts"] == 3
    june = period_row(marts["kpi_renewal"], date(2025, 6, 1))
    assert (june["due_contracts"], june["contract_renewal_rate"]) == (0, None)


def test_several_terms_renewed_as_one() -> None:
    def fates(*terms: Tables, **more: Any) -> dict[str, list[Any]]:
        names = "status renewed_contract_id renewed_monthly_value renewal_source"
        marts = build(*terms, policy=Policy(date(2025, 12, 31), **more))
        return {row["contract_id"]: values(row, names) for row in marts["fct_contract_renewals"]}

    a = contract("a", "2024-01-01", "2025-01-01", contract_value="1200")
    b = contract("b", "2024-03-01", "2025-03-01", contract_value="2400")

    def both(previous: str, value: str) -> Tables:
        return contract(
            *("c", "2025-01-01", "2026-01-01", "manual"),
            previous_contract_id=previous,
            contract_value=value,
        )

    lapsed = ["lapsed", None, None, None]
    # two become one of the same value: 100 % of either
    assert fates(a, b, both("b;a", "3600")) == {
        "a": ["renewed", "c", 100, "named"],
        "b": ["renewed", "c", 200, "named"],
    }
    assert fates(a, b, both("a, b", "1800"))["b"] == ["renewed", "c", 100, "named"]
    # C names only one of them
    assert fates(a, b, both("a", "3600"))["b"] == ["renewed", "c", 200, "inferred"]
    assert fates(a, b, both("a", "3599.94")) == {
        "a": ["renewed", "c", Decimal("299.995"), "named"],
        "b": lapsed,
    }
    assert fates(a, b, both("no-such", "3600")) == {"a": lapsed, "b": lapsed}
    assert fates(a, b, both("a;no-such", "3600"))["b"][0] == "renewed"


def test_terms_whose_fate_is_said() -> None:
    def fate(said: str, *later: Tables, as_of: date = date(2025, 7, 10)) -> Any:
        marts = build(
            contract("k", "2025-04-01", "2025-07-01", contract_value="300", renewal_status=said),
            *later,
            policy=Policy(as_of),
        )
        row = only(marts["fct_contract_renewals"], contract_id="k")
        return [*values(row, "status renewal_type renewed_monthly_value"), row["renewal_source"]]

    said_only = ["renewed", None, 100, "stated"]
    assert fate("更新済") == fate("Won") == said_only
    assert fate("解約") == ["lapsed", None, None, None]
    assert fate("pending") == ["pending", None, None, None]
    assert fate("pending", as_of=date(2025, 8, 1))[0] == "lapsed"
    next_term = contract(
        *("n", "2025-07-05", "2026-07-05", "auto"), previous_contract_id="k", contract_value="600"
    )
    assert fate("lapsed", next_term) == ["renewed", "auto", 50, "named"]
    assert fate("renewed", next_term, as_of=date(2025, 7, 4)) == said_only
