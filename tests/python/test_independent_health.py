# ruff: noqa: D103 - the names of the tests say what they are about
"""Health and alerts of the independent calculation, worked out by hand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from independent import Config, Policy, Row
from independent.config import OnboardingStep, Sla
from independent.hand_made import (
    AS_OF,
    PLAIN_CONFIG,
    Tables,
    activity,
    answers,
    build_active,
    contract,
    only,
    orders,
    paying,
    sessions,
    steps,
    ticket,
    together,
    touch,
    week_of_use,
)


def config(**changes: Any) -> Config:
    return replace(PLAIN_CONFIG, **changes)


def of_health(*parts: Tables, at: date = AS_OF, customer_id: str = "c", **more: Any) -> Row:
    rows = build_active(*parts, **more)["fct_customer_health"]
    return only(rows, customer_id=customer_id, month_end=at)


def raised(alert_type: str, *parts: Tables, **more: Any) -> date | None:
    """Since when customer `c` has an alert."""
    rows = build_active(*parts, **more)["fct_customer_alerts"]
    found = [
        row["raised_on"]
        for row in rows
        if row["customer_id"] == "c" and row["alert_type"] == alert_type
    ]
    assert len(found) <= 1
    return found[0] if found else None


# --- health: components ------------------------------------------------------------------


def test_health_has_a_row_for_every_month_that_ends_active() -> None:
    marts = build_active(paying("c", "2025-10-15", "2025-12-01", signed_up_at="2025-09-20"))
    ends = [(row["customer_id"], row["month_end"]) for row in marts["fct_customer_health"]]
    assert ends == [("c", date(2025, 10, 31)), ("c", date(2025, 11, 30))]


def test_an_open_month_is_looked_at_on_the_last_day() -> None:
    marts = build_active(paying("c", "2025-11-15"), policy=Policy(date(2025, 12, 10)))
    ends = [row["month_end"] for row in marts["fct_customer_health"]]
    assert ends == [date(2025, 11, 30), date(2025, 12, 10)]


USE = together(
    week_of_use("2025-12-22", 2),
    week_of_use("2025-12-08", 5),
    week_of_use("2025-12-29", 3),  # its Sunday is yet to come
    week_of_use("2025-11-24", 5),  # the fifth week back
)


@pytest.mark.parametrize(
    ("begun", "usage"),
    [
        ("2025-04-02", (40 + 0 + 100 + 0) / 4),
        ("2025-12-10", (40 + 0 + 100) / 3),
        ("2025-12-15", 20),
        ("2025-12-29", None),
    ],
)
def test_usage_is_the_mean_of_four_weeks(begun: str, usage: float | None) -> None:
    assert of_health(paying("c", begun), USE)["usage"] == usage


def test_usage_at_a_month_that_ends_on_a_sunday() -> None:
    assert of_health(USE, at=date(2025, 11, 30))["usage"] == 25


def test_usage_where_use_is_known_and_where_it_is_not() -> None:
    assert of_health()["usage"] is None
    assert of_health({"sessions": []})["usage"] == 0
    assert of_health({"feature_events": []})["usage"] == 0


def test_onboarding() -> None:
    done = steps(("login", "2025-05-01"), ("import", "2025-05-02"))
    signed_up = paying("c", "2025-04-21", signed_up_at="2025-04-21")  # due on May 11
    assert [
        of_health(signed_up, done, at=end)["onboarding"]
        for end in (date(2025, 4, 30), date(2025, 5, 31))
    ] == [50, 100]
    late = steps(("login", "2025-05-02"), ("import", "2025-05-02"))
    assert of_health(signed_up, late, at=date(2025, 5, 31))["onboarding"] == 0
    on_the_day = paying("c", "2025-04-10", signed_up_at="2025-04-10")
    assert of_health(on_the_day, steps(), at=date(2025, 4, 30))["onboarding"] == 0
    last_moment = steps(("login", "2025-04-10"), ("import", "2025-04-30"))
    assert of_health(on_the_day, last_moment, at=date(2025, 4, 30))["onboarding"] == 100


def test_onboarding_without_a_path_or_events() -> None:
    assert of_health()["onboarding"] is None
    elsewhere = config(onboarding_rules=(OnboardingStep("p", "addon", "login", 1, False),))
    assert of_health(steps(), config=elsewhere)["onboarding"] is None
    nothing_due = config(onboarding_rules=(OnboardingStep("p", None, "login", None, True),))
    assert of_health(steps(("login", "2025-04-03")), config=nothing_due)["onboarding"] == 50


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ([("2025-07-04", 9)], 100),  # 180 days before
        ([("2025-07-03", 9)], None),
        ([("2025-12-31", 8)], 50),
        ([("2025-12-31", 6)], 0),
        ([("2025-10-01T10:00", 6), ("2025-10-01T10:01", 10)], 100),
        ([("2025-10-01T10:01", 6), ("2025-10-01T10:00", 10)], 0),
        ([("2025-10-01", 0), ("2025-10-01", 9)], 100),  # ties: the greatest id
        ([], None),
    ],
)
def test_nps(given: list[tuple[str, int]], value: int | None) -> None:
    assert of_health(answers(*given))["nps"] == value
    assert of_health(answers(*given), answers(("2025-12-31T01:00", 1), kind="csat"))["nps"] == value


def test_nps_does_not_look_ahead() -> None:
    given = answers(("2025-11-30T14:59", 9), ("2025-11-30T15:00", 3))  # midnight in Tokyo between
    assert of_health(given, at=date(2025, 11, 30))["nps"] == 100
    assert of_health(given)["nps"] == 0


def test_support() -> None:
    later = Policy(date(2026, 1, 15))

    def value(*tickets: Tables) -> float | None:
        found: float | None = of_health(*tickets, policy=later)["support"]
        return found

    assert value() is None
    assert value({"support_tickets": []}) == 100
    assert value(ticket("2025-12-23")) == 75
    assert value(ticket("2025-12-24")) == 100  # seven days are not too long
    assert value(ticket("2025-12-23", resolved_at="2025-12-31")) == 100
    assert value(ticket("2025-12-23", resolved_at="2025-12-31T15:00")) == 75  # January in Tokyo
    assert value(ticket("2025-12-23", answered_at="2025-12-23")) == 75
    assert value(*(ticket(f"2025-12-0{day}") for day in range(1, 6))) == 0


def test_payment() -> None:
    assert of_health()["payment"] is None
    assert of_health(orders(("2025-12-01", "void")))["payment"] == 100
    assert of_health(orders(("2025-12-01", "open")), at=date(2025, 11, 30))["payment"] is None
    assert of_health(orders(("2025-11-01", "failed")))["payment"] == 0  # 60 days before
    assert of_health(orders(("2025-10-31", "failed")))["payment"] == 100
    assert of_health(orders(("2025-12-01", "failed"), ("2025-12-02", "paid")))["payment"] == 0
    assert of_health(orders(("2025-11-01", "failed"), ("2025-10-01", "paid")))["payment"] == 0
    ahead = orders(("2025-10-01", "paid"), ("2025-12-01", "failed"))
    assert of_health(ahead, at=date(2025, 11, 30))["payment"] == 100


@pytest.mark.parametrize(
    ("when", "value"), [("2025-10-01", 0), ("2025-10-02", 100), ("2025-12-31", 100)]
)
def test_engagement(when: str, value: int) -> None:
    assert of_health(touch(responded_at=when))["engagement"] == value
    assert of_health(activity(when))["engagement"] == value
    assert of_health(touch(responded_at="2025-05-01"), activity(when))["engagement"] == value


def test_engagement_does_not_look_ahead_and_may_be_unknown() -> None:
    assert of_health()["engagement"] is None
    assert of_health(activity("2025-12-01"), at=date(2025, 11, 30))["engagement"] == 0
    assert of_health({"campaign_touches": []})["engagement"] == 0


# --- health: score and bands -------------------------------------------------------------


def test_score_is_the_weighted_mean_of_what_is_known() -> None:
    row = of_health(answers(("2025-12-01", 8)), orders(("2025-12-01", "paid")))
    assert row["health_score"] == pytest.approx((0.15 * 50 + 0.2 * 100) / 0.35, rel=1e-12)
    assert row["health_band"] == "green"


def test_score_without_any_weight_is_null() -> None:
    assert of_health()["health_score"] is None
    assert of_health()["health_band"] is None
    answered = answers(("2025-12-01", 9))
    without = config(health_score_weights={"nps": Fraction(0), "usage": Fraction(1)})
    assert of_health(answered, config=without)["health_score"] is None
    no_such_row = config(health_score_weights={"usage": Fraction(1)})
    assert of_health(answered, config=no_such_row)["health_score"] is None


@pytest.mark.parametrize(
    ("weight", "band"),
    # Payment at 100 with that weight, and an engagement of 0 with the rest.
    [("0.3999", "red"), ("0.4", "yellow"), ("0.6999", "yellow"), ("0.7", "green"), ("1", "green")],
)
def test_bands_begin_with_their_score(weight: str, band: str) -> None:
    weights = {"payment": Fraction(weight), "engagement": 1 - Fraction(weight)}
    tables = together(orders(("2025-12-01", "paid")), {"community_activities": []})
    assert of_health(tables, config=config(health_score_weights=weights))["health_band"] == band


def test_no_band_below_the_lowest() -> None:
    high = config(health_bands=(("green", Fraction(10)),))
    row = of_health({"community_activities": []}, config=high)
    assert (row["health_score"], row["health_band"]) == (0, None)


# --- kpi_health --------------------------------------------------------------------------


def test_kpi_health() -> None:
    marts = build_active(
        paying("red", unit_price="50"),
        paying("green", unit_price="150", plan_id="pro"),
        paying("unknown", unit_price="7"),
        paying("gone", ended="2025-12-31"),
        answers(("2025-12-01", 0), of="red"),
        answers(("2025-12-01", 9), of="green"),
        answers(("2025-12-01", 9), of="gone"),
    )
    everyone = {"period_start": date(2025, 12, 1), "segment_type": "all"}
    row = only(marts["kpi_health"], period_grain="month", **everyone)
    assert row == {
        "period_grain": "month",
        "period_start": date(2025, 12, 1),
        "period_end": AS_OF,
        "is_complete": True,
        "segment_type": "all",
        "segment_value": "all",
        "scored_customers": 2,
        "red_customers": 1,
        "yellow_customers": 0,
        "green_customers": 1,
        "health_score_sum": 100,
        "scored_mrr": 200,
        "red_mrr": 50,
        "health_score": 50,
        "red_customer_rate": 0.5,
        "yellow_customer_rate": 0,
        "green_customer_rate": 0.5,
        "red_mrr_share": 0.25,
    }
    assert isinstance(row["scored_mrr"], Decimal)
    by_plan = {"period_grain": "quarter", "segment_type": "plan"}
    quarter = only(marts["kpi_health"], **by_plan, segment_value="pro")
    assert (quarter["scored_customers"], quarter["health_score"]) == (1, 100)
    # Nobody has a score before December.
    nobody = only(marts["kpi_health"], period_start=date(2025, 11, 1), segment_type="all")
    assert (nobody["scored_customers"], nobody["scored_mrr"], nobody["health_score"]) == (
        0,
        0,
        None,
    )
    assert {row["period_grain"] for row in marts["kpi_health"]} == {
        "month",
        "quarter",
        "fiscal_year",
    }


def test_a_score_below_all_bands_is_scored() -> None:
    high = config(health_bands=(("green", Fraction(10)),))
    rows = build_active({"community_activities": []}, config=high)["kpi_health"]
    row = only(rows, period_grain="month", period_start=date(2025, 12, 1), segment_type="all")
    assert (row["scored_customers"], row["red_customers"], row["green_customers"]) == (1, 0, 0)


# --- alerts ------------------------------------------------------------------------------


def test_alerts_are_of_active_customers_and_say_what_is_at_risk() -> None:
    rows = build_active(
        paying("c", unit_price="33.3333"),
        paying("gone", ended="2025-12-31"),
        answers(("2025-12-01", 0)),
        answers(("2025-12-01", 0), of="gone"),
    )["fct_customer_alerts"]
    assert rows == [
        {
            "customer_id": "c",
            "alert_type": "detractor",
            "raised_on": date(2025, 12, 1),
            "mrr_at_risk": Decimal("33.3333"),
        }
    ]


def test_low_use() -> None:
    # Weeks of low use since Monday the 1st; the third ends on Sunday the 21st.
    used = sessions("2025-11-26")
    assert raised("low_use", used) == date(2025, 12, 21)
    assert raised("low_use", used, sessions("2025-12-23")) is None
    assert raised("low_use", used, policy=Policy(AS_OF, low_usage_weeks=4)) == date(2025, 12, 28)
    assert raised("low_use", used, policy=Policy(AS_OF, low_usage_weeks=5)) is None


@pytest.mark.parametrize(
    ("taken", "since"),
    [
        (steps(), date(2025, 4, 22)),
        (steps(("login", "2025-11-01")), date(2025, 4, 22)),
        (steps(("login", "2025-11-01"), ("import", "2025-12-31")), None),
        (steps(("login", "2025-04-02"), ("import", "2025-04-22")), None),
    ],
)
def test_onboarding_overdue(taken: Tables, since: date | None) -> None:
    assert raised("onboarding_overdue", taken) == since


def test_onboarding_overdue_takes_only_paths_that_apply() -> None:
    rules = (
        OnboardingStep("core", "core", "login", 10, False),
        OnboardingStep("core", "core", "import", 20, False),
        OnboardingStep("talk", "addon", "call", 30, False),
        OnboardingStep("shown", None, "show", None, True),
    )
    taken = steps(("login", "2025-04-02"), ("call", "2025-04-02"), ("show", "2025-04-02"))
    overdue = raised("onboarding_overdue", taken, config=config(onboarding_rules=rules))
    assert overdue == date(2025, 4, 22)
    still_time = Policy(date(2025, 4, 21))
    assert raised("onboarding_overdue", steps(), policy=still_time) is None


BILLS = orders(
    ("2025-09-30", "paid", "90"), ("2025-10-01", "paid", "100"), ("2025-11-30", "paid", "110")
)


@pytest.mark.parametrize(
    ("bill", "minutes", "is_shocking"),
    [
        ("130", 30, True),  # 1.3 times the mean
        ("129.9999", 30, False),
        ("130", 32, True),
        ("130", 33, False),  # as much more use
        ("130", 34, False),
        ("130", 0, True),
    ],
)
def test_bill_shock(bill: str, minutes: int, is_shocking: bool) -> None:
    before = sessions("2025-09-01", "2025-10-31", "2025-11-15", minutes=30)
    now = sessions("2025-12-10", minutes=minutes)
    since = raised("bill_shock", BILLS, orders(("2025-12-31", "paid", bill)), before, now)
    assert since == (AS_OF if is_shocking else None)


def test_bill_shock_compares_whole_months() -> None:
    bills = together(BILLS, orders(("2025-12-01", "paid", "1000")))
    unused: Tables = {"sessions": []}
    assert raised("bill_shock", bills, unused, policy=Policy(date(2025, 12, 30))) is None
    assert raised("bill_shock", bills, unused, policy=Policy(date(2026, 1, 30))) == AS_OF
    assert raised("bill_shock", bills, unused) == AS_OF  # no minutes are not more than none


def test_bill_shock_needs_a_bill_in_each_month_before() -> None:
    shock = orders(("2025-12-01", "paid", "1000"))
    unused: Tables = {"sessions": []}
    two = orders(("2025-10-01", "paid"), ("2025-11-01", "paid"))
    assert raised("bill_shock", two, shock, unused) is None
    failed = orders(("2025-09-01", "failed"), ("2025-10-01", "paid"), ("2025-11-01", "paid"))
    assert raised("bill_shock", failed, shock, unused) is None
    assert raised("bill_shock", BILLS, shock) is None  # sessions are not known


def test_bill_shock_is_about_what_was_kept() -> None:
    refunded = orders(("2025-12-01", "paid", "1000"))
    refunded["orders"][0]["refunded_amount"] = "870.0001"
    assert raised("bill_shock", BILLS, refunded, {"sessions": []}) is None


def test_detractor() -> None:
    assert raised("detractor", answers(("2025-07-04", 6))) == date(2025, 7, 4)
    assert raised("detractor", answers(("2025-07-03", 6))) is None
    assert raised("detractor", answers(("2025-07-04", 6), ("2025-07-05", 7))) is None
    assert raised("detractor", answers(("2025-07-04", 9), ("2025-07-05", 0))) == date(2025, 7, 5)


# Red since November, when the answer was given.
UNWELL = answers(("2025-09-01", 9), ("2025-11-05", 3))


@pytest.mark.parametrize(
    ("terms", "since"),
    [
        (contract("1", "2025-02-01", "2026-02-01"), date(2025, 11, 3)),
        (contract("1", "2025-02-01", "2026-03-31"), AS_OF),  # 90 days before its end
        (contract("1", "2025-02-01", "2026-04-01"), None),
        (contract("1", "2025-02-01", "2025-12-31"), date(2025, 11, 1)),  # red since November
        (contract("1", "2025-02-01", "2025-12-30"), None),
        (contract("1", "2025-12-15", "2026-01-15"), date(2025, 12, 15)),
        (contract("1", "2026-01-01", "2026-01-15"), None),
        (
            together(
                contract("1", "2025-12-20", "2026-02-02"), contract("2", "2025-12-10", "2026-02-01")
            ),
            date(2025, 12, 10),
        ),
        (
            together(
                contract("2", "2025-12-10", "2026-02-01"), contract("1", "2025-12-20", "2026-02-01")
            ),
            date(2025, 12, 20),
        ),
    ],
)
def test_renewal_at_risk(terms: Tables, since: date | None) -> None:
    assert raised("renewal_at_risk", terms, UNWELL) == since


def test_renewal_at_risk_unless_renewed_already() -> None:
    term = contract("1", "2025-02-01", "2026-02-01")
    later = {"previous_contract_id": "1"}
    began = contract("2", "2025-12-31", "2027-02-01", **later)
    begins = contract("2", "2026-01-01", "2027-02-01", **later)
    assert raised("renewal_at_risk", term, began, UNWELL) is None
    assert raised("renewal_at_risk", term, begins, UNWELL) == date(2025, 11, 3)
    itself = contract("1", "2025-02-01", "2026-02-01", previous_contract_id="1")
    assert raised("renewal_at_risk", itself, UNWELL) == date(2025, 11, 3)


def test_renewal_at_risk_since_the_customer_is_unwell() -> None:
    term = contract("1", "2025-02-01", "2026-01-01")
    assert raised("renewal_at_risk", term, answers(("2025-12-01", 9))) is None
    assert raised("renewal_at_risk", term) is None  # no band
    back = together(paying("c", "2025-04-02", "2025-11-20"))
    back["subscription_items"].append(
        back["subscription_items"][0]
        | {"subscription_item_id": "again", "valid_from": "2025-12-10", "valid_to": None}
    )
    assert raised("renewal_at_risk", back, term, answers(("2025-10-15", 0))) == date(2025, 12, 1)
    # The answer of June is too old by the end of December, when a payment has failed.
    ill = together(answers(("2025-06-10", 0)), orders(("2025-12-01", "failed")))
    assert raised("renewal_at_risk", term, ill) == date(2025, 10, 3)


def test_renewal_at_risk_begins_anew_after_a_green_or_unknown_month() -> None:
    term = contract("1", "2025-02-01", "2026-01-01")
    green_between = answers(("2025-09-05", 0), ("2025-11-05", 10), ("2025-12-05", 8))
    assert raised("renewal_at_risk", term, green_between) == date(2025, 12, 1)
    unknown_between = answers(("2025-05-05", 0), ("2025-12-05", 0))
    assert raised("renewal_at_risk", term, unknown_between) == date(2025, 12, 1)


AUTO = contract("1", "2025-02-01", "2026-02-01", kind="auto")


@pytest.mark.parametrize(
    ("terms", "visits", "since"),
    [
        (AUTO, [], date(2025, 11, 3)),  # 90 days before the end
        (AUTO, ["2025-12-01"], AS_OF),
        (AUTO, ["2025-12-02"], None),
        (AUTO, ["2025-05-05", "2025-11-09"], date(2025, 12, 9)),
        (contract("1", "2025-12-05", "2026-02-01", kind="auto"), [], date(2025, 12, 5)),
        (contract("1", "2025-02-01", "2026-02-01", kind="manual"), [], None),
        (together(contract("0", "2025-12-05", "2026-01-01"), AUTO), [], date(2025, 11, 3)),
    ],
)
def test_dormant_auto_renewal(terms: Tables, visits: list[str], since: date | None) -> None:
    assert raised("dormant_auto_renewal", terms, sessions(*visits)) == since


def test_dormant_auto_renewal_needs_sessions_and_an_open_end() -> None:
    assert raised("dormant_auto_renewal", AUTO) is None
    renewal = contract("2", "2025-12-01", "2027-01-01", previous_contract_id="1")
    assert raised("dormant_auto_renewal", AUTO, renewal, {"sessions": []}) is None


@pytest.mark.parametrize(
    ("tickets", "since"),
    [
        # Tokyo is nine hours ahead; business hours are 9 to 18 from Monday to Friday.
        ([ticket("2025-12-31T13:59", priority="urgent")], AS_OF),
        ([ticket("2025-12-31T14:00", priority="urgent")], None),  # up at midnight, not before
        ([ticket("2025-12-30T14:00", priority="urgent")], AS_OF),
        ([ticket("2025-12-30T13:59", priority="urgent")], date(2025, 12, 30)),
        ([ticket("2025-12-22T00:00")], date(2025, 12, 23)),  # nine hours are not more than nine
        ([ticket("2025-12-22T00:01")], date(2025, 12, 23)),
        ([ticket("2025-12-19T09:00")], date(2025, 12, 23)),  # Friday at 18 o'clock
        ([ticket("2025-12-19T08:59")], date(2025, 12, 22)),
        ([ticket("2025-12-19T00:00", answered_at="2025-12-31")], None),
        ([ticket("2025-12-22"), ticket("2025-12-15"), ticket("2025-12-18")], date(2025, 12, 16)),
    ],
)
def test_ticket_beyond_sla(tickets: list[Tables], since: date | None) -> None:
    assert raised("ticket_beyond_sla", *tickets, config=config(holidays=frozenset())) == since


def test_ticket_beyond_sla_of_a_minute_over_two_days() -> None:
    long = config(support_sla={"other": Sla(541, True)}, holidays=frozenset({date(2025, 12, 23)}))
    assert raised("ticket_beyond_sla", ticket("2025-12-22"), config=long) == date(2025, 12, 24)


@pytest.mark.parametrize(
    ("rows", "since"),
    [
        ([("2025-12-10", "failed")], date(2025, 12, 10)),
        ([("2025-12-10", "failed"), ("2025-12-10", "paid")], None),
        ([("2025-12-10", "failed"), ("2025-12-11", "paid")], None),
        ([("2025-12-10", "failed"), ("2025-12-11", "open")], date(2025, 12, 10)),
        ([("2025-12-05", "failed"), ("2025-12-10", "failed")], date(2025, 12, 5)),
        (
            [("2025-12-05", "failed"), ("2025-12-05", "paid"), ("2025-12-10", "failed")],
            date(2025, 12, 10),
        ),
        (
            [("2025-12-05", "failed"), ("2025-12-04", "paid"), ("2025-12-10", "failed")],
            date(2025, 12, 5),
        ),
        ([("2025-09-05", "failed"), ("2025-11-01", "failed")], date(2025, 11, 1)),
        ([("2025-09-05", "failed"), ("2025-12-01", "failed")], date(2025, 11, 1)),
        ([("2025-10-31", "failed")], None),
    ],
)
def test_payment_failed(rows: list[tuple[str, str]], since: date | None) -> None:
    assert raised("payment_failed", orders(*rows)) == since
