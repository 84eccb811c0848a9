# ruff: noqa: D103 - the names of the tests say what they are about
"""Health, alerts, candidates, validation and magic numbers, worked out by hand."""

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import sqrt
from typing import Any

import pytest
from independent import (
    Config,
    Policy,
    Row,
    alerts,
    candidates,
    health,
    magic,
    onboarding,
    revenue,
    support,
    usage,
    validation,
    voice,
)
from independent.calendar import periods
from independent.config import OnboardingStep, Sla, Weight
from independent.history import History
from independent.quality import account
from scipy.stats import chi2, chi2_contingency  # type: ignore[import-untyped]
from sklearn.metrics import matthews_corrcoef, roc_auc_score  # type: ignore[import-untyped]
from warehouse import ROOT

# Wednesday; the last whole week ends on Sunday the 28th and begins on Monday the 22nd.
AS_OF = date(2025, 12, 31)
SEEDS = Config.load(ROOT / "seeds/config")
RawTable = list[dict[str, str | None]]
Tables = dict[str, RawTable]
Marts = dict[str, list[Row]]


POLICY = Policy(AS_OF)
# One onboarding path, and every active day of a week scores 20.
CONFIG = replace(
    SEEDS,
    onboarding_rules=(
        OnboardingStep("guided", None, "login", 10, False),
        OnboardingStep("guided", None, "import", 20, False),
        OnboardingStep("guided", None, "share", None, True),
    ),
    usage_score_weights={"active_days": Weight(Fraction(1), Fraction(5))},
    feature_stages={"view": 1, "api": 2, "chat": None},
    health_score_weights={
        "usage": Fraction("0.3"),
        "onboarding": Fraction("0.1"),
        "nps": Fraction("0.15"),
        "support": Fraction("0.15"),
        "payment": Fraction("0.2"),
        "engagement": Fraction("0.1"),
    },
    health_bands=(("red", Fraction(0)), ("green", Fraction(70)), ("yellow", Fraction(40))),
    related_products={"chat": "addon"},
    support_sla={"urgent": Sla(60, False), "other": Sla(540, True)},
)


def policy(as_of: date = AS_OF, **changes: Any) -> Policy:
    return replace(POLICY, as_of_date=as_of, **changes)


def config(**changes: Any) -> Config:
    return replace(CONFIG, **changes)


def together(*parts: Tables) -> Tables:
    tables: Tables = {}
    for part in parts:
        for table, rows in part.items():
            tables[table] = [*tables.get(table, []), *rows]
    return tables


def customer(
    customer_id: str,
    begun: str | None = "2025-04-02",
    ended: str | None = None,
    signed_up_at: str = "2025-04-02",
    **item: str | None,
) -> Tables:
    """A customer that pays 100 a month for plan basic from one day until before another."""
    tables: Tables = {"customers": [{"customer_id": customer_id, "signed_up_at": signed_up_at}]}
    if begun is None:
        return tables
    tables["subscriptions"] = [
        {"subscription_id": f"s-{customer_id}", "customer_id": customer_id, "started_at": begun}
    ]
    tables["subscription_items"] = [
        {
            "subscription_item_id": f"i-{customer_id}",
            "subscription_id": f"s-{customer_id}",
            "plan_id": "basic",
            "quantity": "1",
            "unit_price": "100",
            "currency_code": "JPY",
            "billing_interval": "month",
            "valid_from": begun,
            "valid_to": ended,
        }
        | item
    ]
    return tables


def sessions(*starts: str, of: str = "c", minutes: int = 30, user: str | None = None) -> Tables:
    return {
        "sessions": [
            {
                "session_id": f"{of}{start}{user}",
                "customer_id": of,
                "user_id": user,
                "started_at": start,
                "ended_at": (
                    datetime.fromisoformat(start) + timedelta(minutes=minutes)
                ).isoformat(),
            }
            for start in starts
        ]
    }


def week_of_use(monday: str, days: int, of: str = "c") -> Tables:
    first = date.fromisoformat(monday)
    return sessions(*(str(first + timedelta(days=number)) for number in range(days)), of=of)


def features(*events: tuple[str, str], of: str = "c", user: str | None = None) -> Tables:
    return {
        "feature_events": [
            {
                "event_id": f"{of}{number}{user}",
                "customer_id": of,
                "feature_code": code,
                "occurred_at": when,
                "user_id": user,
            }
            for number, (code, when) in enumerate(events)
        ]
    }


def steps(*events: tuple[str, str], of: str = "c") -> Tables:
    return {
        "onboarding_events": [
            {"event_id": f"{of}{code}", "customer_id": of, "step_code": code, "occurred_at": when}
            for code, when in events
        ]
    }


def answers(*given: tuple[str, int], of: str = "c", kind: str = "nps") -> Tables:
    return {
        "survey_responses": [
            {
                "response_id": f"{of}{kind}{when}{score}",
                "survey_type": kind,
                "customer_id": of,
                "sent_at": "2025-04-02",
                "responded_at": when,
                "score": str(score),
            }
            for when, score in given
        ]
    }


def ticket(opened: str, of: str = "c", **more: str | None) -> Tables:
    key = f"{of}{opened}{more}"
    return {"support_tickets": [{"ticket_id": key, "customer_id": of, "opened_at": opened} | more]}


def orders(*rows: tuple[str, str] | tuple[str, str, str], of: str = "c") -> Tables:
    """Orders: day, status and perhaps amount."""
    return {
        "orders": [
            {
                "order_id": f"{of}{number}{row}",
                "customer_id": of,
                "ordered_at": row[0],
                "order_type": "usage",
                "is_automatic": "yes",
                "gross_amount": row[2] if len(row) > 2 else "100",
                "currency_code": "JPY",
                "status": row[1],
            }
            for number, row in enumerate(rows)
        ]
    }


def contract(contract_id: str, start: str, end: str, of: str = "c", **more: str | None) -> Tables:
    return {
        "contracts": [
            {
                "contract_id": contract_id,
                "customer_id": of,
                "term_start": start,
                "term_end": end,
                "renewal_type": "new",
            }
            | more
        ]
    }


def touch(responded_at: str, of: str = "c") -> Tables:
    return {
        "campaigns": [{"campaign_id": "k", "campaign_type": "adoption"}],
        "campaign_touches": [
            {
                "touch_id": of,
                "campaign_id": "k",
                "customer_id": of,
                "sent_at": "2025-04-02",
                "responded_at": responded_at,
            }
        ],
    }


def activity(when: str, of: str = "c") -> Tables:
    return {
        "community_activities": [
            {"activity_id": of, "customer_id": of, "activity_type": "post", "occurred_at": when}
        ]
    }


def build(*parts: Tables, policy: Policy = POLICY, config: Config = CONFIG) -> Marts:
    """The marts of customer `c`, who pays from the day of sign-up, unless tables name others."""
    raw: Tables = {
        "plans": [
            {"plan_id": "basic", "product_id": "core", "tier_rank": "1"},
            {"plan_id": "pro", "product_id": "core", "tier_rank": "2"},
            {"plan_id": "flat", "product_id": "loose"},
            {"plan_id": "talk", "product_id": "addon", "tier_rank": "1"},
        ],
        "subscriptions": [],
        "subscription_items": [],
    }
    raw = together(raw, *parts)
    if "customers" not in raw:
        raw = together(raw, customer("c"))
    accounts = account(raw, policy.reporting_currency)
    assert not accounts.rejected
    history = History(accounts.used, set(raw), policy, config.churn_reasons)
    reported = list(periods(policy, revenue.first_day(history)))
    used, onboarded = usage.Usage(history, config), onboarding.onboardings(history, config)
    scores, surveys = used.scores(), voice.surveys(history)
    rows = health.scored(config, health.components(history, reported, scores, onboarded, surveys))
    marts: Marts = {
        "dim_plans": revenue.dim_plans(history),
        "fct_onboarding": onboarding.fct_onboarding(history, onboarded),
        "fct_low_use_streaks": usage.fct_low_use_streaks(history, used.low_weeks()),
        "fct_support_tickets": support.fct_support_tickets(history, config),
        "fct_customer_health": health.fct_customer_health(rows),
        "kpi_health": health.kpi_health(history, reported, rows),
        "kpi_validation": validation.kpi_validation(history, reported, rows),
        "kpi_magic_numbers": magic.kpi_magic_numbers(history, used, onboarded),
    }
    marts["fct_customer_alerts"] = alerts.fct_customer_alerts(history, config, marts, surveys)
    marts["fct_expansion_candidates"] = candidates.fct_expansion_candidates(
        history, config, scores, marts
    )
    return marts


def only(rows: Iterable[Row], **where: Any) -> Row:
    found = [row for row in rows if all(row[name] == value for name, value in where.items())]
    assert len(found) == 1, found
    return found[0]


def of_health(*parts: Tables, at: date = AS_OF, customer_id: str = "c", **more: Any) -> Row:
    rows = build(*parts, **more)["fct_customer_health"]
    return only(rows, customer_id=customer_id, month_end=at)


def raised(alert_type: str, *parts: Tables, **more: Any) -> date | None:
    """Since when customer `c` has an alert."""
    rows = build(*parts, **more)["fct_customer_alerts"]
    found = [
        row["raised_on"]
        for row in rows
        if row["customer_id"] == "c" and row["alert_type"] == alert_type
    ]
    assert len(found) <= 1
    return found[0] if found else None


# --- health: components ------------------------------------------------------------------


def test_health_has_a_row_for_every_month_that_ends_active() -> None:
    marts = build(customer("c", "2025-10-15", "2025-12-01", signed_up_at="2025-09-20"))
    ends = [(row["customer_id"], row["month_end"]) for row in marts["fct_customer_health"]]
    assert ends == [("c", date(2025, 10, 31)), ("c", date(2025, 11, 30))]


def test_an_open_month_is_looked_at_on_the_last_day() -> None:
    marts = build(customer("c", "2025-11-15"), policy=policy(date(2025, 12, 10)))
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
    assert of_health(customer("c", begun), USE)["usage"] == usage


def test_usage_at_a_month_that_ends_on_a_sunday() -> None:
    assert of_health(USE, at=date(2025, 11, 30))["usage"] == 25


def test_usage_where_use_is_known_and_where_it_is_not() -> None:
    assert of_health()["usage"] is None
    assert of_health({"sessions": []})["usage"] == 0
    assert of_health({"feature_events": []})["usage"] == 0


def test_onboarding() -> None:
    done = steps(("login", "2025-05-01"), ("import", "2025-05-02"))
    signed_up = customer("c", "2025-04-21", signed_up_at="2025-04-21")  # due on May 11
    assert [
        of_health(signed_up, done, at=end)["onboarding"]
        for end in (date(2025, 4, 30), date(2025, 5, 31))
    ] == [50, 100]
    late = steps(("login", "2025-05-02"), ("import", "2025-05-02"))
    assert of_health(signed_up, late, at=date(2025, 5, 31))["onboarding"] == 0
    on_the_day = customer("c", "2025-04-10", signed_up_at="2025-04-10")
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
    later = policy(date(2026, 1, 15))

    def value(*tickets: Tables) -> float | None:
        found: float | None = of_health(*tickets, policy=later)["support"]
        return found

    assert value() is None
    assert value({"support_tickets": []}) == 100
    assert value(ticket("2025-12-23")) == 75
    assert value(ticket("2025-12-24")) == 100  # seven days are not too long
    assert value(ticket("2025-12-23", resolved_at="2025-12-31")) == 100
    assert value(ticket("2025-12-23", resolved_at="2025-12-31T15:00")) == 75  # January in Tokyo
    assert value(ticket("2025-12-23", first_responded_at="2025-12-23")) == 75
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
    assert of_health(touch(when))["engagement"] == value
    assert of_health(activity(when))["engagement"] == value
    assert of_health(touch("2025-05-01"), activity(when))["engagement"] == value


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
    marts = build(
        customer("red", unit_price="50"),
        customer("green", unit_price="150", plan_id="pro"),
        customer("unknown", unit_price="7"),
        customer("gone", ended="2025-12-31"),
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
    rows = build({"community_activities": []}, config=high)["kpi_health"]
    row = only(rows, period_grain="month", period_start=date(2025, 12, 1), segment_type="all")
    assert (row["scored_customers"], row["red_customers"], row["green_customers"]) == (1, 0, 0)


# --- alerts ------------------------------------------------------------------------------


def test_alerts_are_of_active_customers_and_say_what_is_at_risk() -> None:
    rows = build(
        customer("c", unit_price="33.3333"),
        customer("gone", ended="2025-12-31"),
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
    assert raised("low_use", used, policy=policy(low_usage_weeks=4)) == date(2025, 12, 28)
    assert raised("low_use", used, policy=policy(low_usage_weeks=5)) is None


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
    still_time = policy(date(2025, 4, 21))
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
    assert raised("bill_shock", bills, unused, policy=policy(date(2025, 12, 30))) is None
    assert raised("bill_shock", bills, unused, policy=policy(date(2026, 1, 30))) == AS_OF
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
    back = together(customer("c", "2025-04-02", "2025-11-20"))
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


AUTO = contract("1", "2025-02-01", "2026-02-01", renewal_type="auto")


@pytest.mark.parametrize(
    ("terms", "visits", "since"),
    [
        (AUTO, [], date(2025, 11, 3)),  # 90 days before the end
        (AUTO, ["2025-12-01"], AS_OF),
        (AUTO, ["2025-12-02"], None),
        (AUTO, ["2025-05-05", "2025-11-09"], date(2025, 12, 9)),
        (contract("1", "2025-12-05", "2026-02-01", renewal_type="auto"), [], date(2025, 12, 5)),
        (contract("1", "2025-02-01", "2026-02-01", renewal_type="manual"), [], None),
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
        ([ticket("2025-12-19T00:00", first_responded_at="2025-12-31")], None),
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


# --- candidates --------------------------------------------------------------------------

WELL = {
    "health_score_weights": {"payment": Fraction(1)},
    "onboarding_rules": (),
}


def crowd(number: int, **item: str) -> Tables:
    """Customers 1 to a number, with as many days of use in the last of eight weeks."""
    parts = []
    for each in range(1, number + 1):
        name = str(each)
        parts += [customer(name, **item), orders(("2025-12-01", "paid"), of=name)]
        parts += [week_of_use("2025-12-22", each, of=name), sessions("2025-12-01", of=name)]
    return together(*parts)


def upsells(*parts: Tables, **more: Any) -> list[str]:
    rows = build(*parts, config=config(**WELL | more))["fct_expansion_candidates"]
    return [row["customer_id"] for row in rows if row["candidate_type"] == "upsell"]


def test_upsell_is_for_the_first_fifth() -> None:
    assert upsells(crowd(5)) == ["5"]
    assert upsells(crowd(6)) == ["5", "6"]  # a fifth of six, rounded up
    idle = together(*(customer(f"idle{number}") for number in range(5)))
    assert upsells(crowd(5), idle) == ["4", "5"]
    assert upsells(crowd(5), customer("new", "2025-12-29")) == ["5"]  # not yet of the plan's n
    row = build(crowd(5), config=config(**WELL))["fct_expansion_candidates"][0]
    assert row == {
        "customer_id": "5",
        "candidate_type": "upsell",
        "product_id": "core",
        "usage_score": (100 + 20) / 8,
        "current_mrr": 100,
    }


def test_upsell_counts_ties_as_the_better_rank() -> None:
    also = together(customer("also"), orders(("2025-12-01", "paid"), of="also"))
    used = together(week_of_use("2025-12-22", 4, of="also"), sessions("2025-12-01", of="also"))
    tied = together(crowd(4), also, used)
    assert upsells(tied) == ["4", "also"]


def test_upsell_is_for_those_who_are_well_and_have_no_alert() -> None:
    assert upsells(crowd(5), answers(("2025-12-01", 3), of="5")) == []
    assert upsells(crowd(6), answers(("2025-12-01", 3), of="5")) == ["6"]
    assert upsells(crowd(5), health_bands=(("yellow", Fraction(0)),)) == []
    assert upsells(crowd(5, plan_id="pro")) == []  # the top of its product
    assert upsells(crowd(5, plan_id="flat")) == ["5"]  # a plan without a tier is no top
    idle = together(customer("c"), orders(("2025-12-01", "paid")), {"sessions": []})
    assert upsells(idle, {"feature_events": []}) == []


def test_upsell_looks_at_eight_weeks() -> None:
    rows = build(
        orders(("2025-12-01", "paid")),
        week_of_use("2025-11-03", 5),
        week_of_use("2025-10-27", 5),
        policy=policy(low_usage_weeks=9),
        config=config(**WELL),
    )["fct_expansion_candidates"]
    assert [row["usage_score"] for row in rows] == [100 / 8]


def cross_sells(*parts: Tables, **more: Any) -> list[str]:
    rows = build(*parts, **more)["fct_expansion_candidates"]
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
    several = config(related_products={"chat": "addon", "view": "addon", "api": "loose"})
    mixed = features(("chat", "2025-12-01"), ("view", "2025-12-14"), ("view", "2025-12-28"))
    assert cross_sells(mixed, config=several) == ["addon"]
    assert cross_sells(mixed) == []


def test_cross_sell_is_of_products_that_exist() -> None:
    other = config(related_products={"chat": "listed"})
    assert cross_sells(THRICE, config=other) == []
    assert cross_sells(THRICE, {"products": [{"product_id": "listed"}]}, config=other) == ["listed"]


def test_cross_sell_is_of_products_that_the_customer_does_not_have() -> None:
    def having(**item: str | None) -> Tables:
        tables = customer("c")
        added = tables["subscription_items"][0] | {"subscription_item_id": "x", "plan_id": "talk"}
        tables["subscription_items"].append(added | item)
        return tables

    assert cross_sells(having(), THRICE) == []
    assert cross_sells(having(unit_price="0"), THRICE) == ["addon"]
    assert cross_sells(having(valid_to="2025-12-31"), THRICE) == ["addon"]
    assert cross_sells(customer("c", ended="2025-12-31"), THRICE) == []
    assert cross_sells(THRICE, answers(("2025-12-01", 3))) == []


def test_cross_sell_does_without_a_score() -> None:
    rows = build(customer("c", "2025-12-30"), THRICE)["fct_expansion_candidates"]
    assert [(row["candidate_type"], row["usage_score"]) for row in rows] == [("cross_sell", None)]


# --- validation --------------------------------------------------------------------------


def observed(churned: str, retained: str) -> list[validation.Observation]:
    """Observations from values with blanks between."""
    return [
        validation.Observation(Decimal(value), has_churned)
        for values, has_churned in ((churned, True), (retained, False))
        for value in values.split()
    ]


def test_judged() -> None:
    row = validation.judged(observed("0 50", "50 100 100"))
    # Of six pairs five are won and one is even.
    area = 5.5 / 6
    one, other = area / (2 - area) - area**2, 2 * area**2 / (1 + area) - area**2
    margin = 1.96 * sqrt((area * (1 - area) + one + 2 * other) / 6)
    assert row == {
        "observations": 5,
        "churned": 2,
        "mean_churned": 25,
        "mean_retained": pytest.approx(250 / 3),
        "auc": pytest.approx(area, rel=1e-12),
        "auc_low": pytest.approx(area - margin, rel=1e-9),
        "auc_high": 1,
        "worst_fifth_churn_rate": 1,
        "best_fifth_churn_rate": 0,
        "verdict": "predictive",
    }


@pytest.mark.parametrize(
    ("churned", "retained", "verdict"),
    [
        ("0 0 0", "100 100 100", "predictive"),
        ("100 100 100", "0 0 0", "inverted"),
        ("0 100", "0 100", "unproven"),
        ("50", "50", "unproven"),
        ("0", "", "unproven"),
        ("", "0", "unproven"),
    ],
)
def test_verdict(churned: str, retained: str, verdict: str) -> None:
    assert validation.judged(observed(churned, retained))["verdict"] == verdict


def test_nobody_left_or_everybody_did() -> None:
    assert validation.judged(observed("", "1 2"))["mean_churned"] is None
    row = validation.judged(observed("1 2", ""))
    assert (row["mean_retained"], row["auc"], row["auc_low"], row["auc_high"]) == 4 * (None,)
    assert (row["worst_fifth_churn_rate"], row["best_fifth_churn_rate"]) == (1, 1)


def test_fifths_hold_all_that_are_as_low_or_as_high() -> None:
    row = validation.judged(observed("0", "0 0 50 50 50 50 50 80 100"))
    assert row["worst_fifth_churn_rate"] == pytest.approx(1 / 3)
    assert row["best_fifth_churn_rate"] == 0
    # Of six, two have less than a fifth below them.
    row = validation.judged(observed("1", "2 3 4 5 6"))
    assert (row["worst_fifth_churn_rate"], row["best_fifth_churn_rate"]) == (1 / 2, 0)
    row = validation.judged(observed("1", "2 3 4 5"))
    assert row["worst_fifth_churn_rate"] == 1


@pytest.mark.parametrize("seed", range(20))
def test_auc_equals_that_of_scikit_learn(seed: int) -> None:
    rng = random.Random(seed)
    observations = [
        validation.Observation(
            Decimal(rng.randrange(rng.choice((3, 40, 10000)))) / 100, has_churned
        )
        for has_churned in (True, False)
        for _ in range(rng.randrange(1, 200))
    ]
    theirs = roc_auc_score(
        [not each.has_churned for each in observations],
        [float(each.value) for each in observations],
    )
    assert validation.judged(observations)["auc"] == pytest.approx(theirs, abs=1e-9)


def test_windows_of_twelve_months_whose_outcomes_are_known() -> None:
    paid = orders(("2024-01-05", "paid"))
    signed_up = customer("c", "2024-01-05", signed_up_at="2024-01-05")

    def windows(as_of: date) -> list[tuple[str, date, date, int]]:
        return [
            (row["indicator_code"], row["window_start"], row["window_end"], row["observations"])
            for row in build(signed_up, paid, policy=policy(as_of))["kpi_validation"]
        ]

    assert windows(date(2025, 3, 30)) == []  # 31 December + 90 days is 31 March
    first = (date(2024, 1, 1), date(2024, 12, 31), 12)
    assert windows(date(2025, 3, 31)) == [("health_score", *first), ("payment", *first)]
    assert windows(date(2025, 5, 1))[2:] == [
        (name, date(2024, 2, 1), date(2025, 1, 31), 12) for name in ("health_score", "payment")
    ]


@pytest.mark.parametrize(
    ("churned_on", "churned"),
    # 90 days after 31 October 2024 is 29 January 2025; the customer is active at 12 ends of month.
    [("2025-01-01", 3), ("2025-01-29", 3), ("2025-01-30", 2), ("2025-03-31", 1), ("2025-04-01", 0)],
)
def test_churned_within_the_horizon(churned_on: str, churned: int) -> None:
    rows = build(
        customer("c", "2024-01-05", churned_on, signed_up_at="2024-01-05"),
        orders(("2024-01-05", "paid")),
        policy=policy(date(2025, 4, 15)),
    )["kpi_validation"]
    row = only(rows, indicator_code="payment", window_end=date(2024, 12, 31))
    assert (row["observations"], row["churned"]) == (12, churned)


def test_values_are_rounded_to_two_decimals() -> None:
    rows = build(
        customer("c", "2024-01-05", signed_up_at="2024-01-05"),
        orders(("2024-01-05", "paid")),
        {"community_activities": []},
        config=config(
            health_score_weights={"payment": Fraction("0.12345"), "engagement": Fraction("0.87655")}
        ),
        policy=policy(date(2025, 4, 15)),
    )["kpi_validation"]
    row = only(rows, indicator_code="health_score", window_end=date(2024, 12, 31))
    assert row["mean_retained"] == pytest.approx(12.35, rel=1e-12)


# --- magic numbers -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2023, 2, 28), date(2024, 2, 28)),
        (date(2023, 12, 31), date(2024, 12, 31)),
    ],
)
def test_a_year_later(day: date, later: date) -> None:
    assert magic.year_later(day) == later


@pytest.mark.parametrize("seed", range(20))
def test_tables_equal_those_of_scipy_and_scikit_learn(seed: int) -> None:
    rng = random.Random(seed)
    counts = [rng.randrange(1, 200) for _ in range(4)]
    table = magic.Table(*counts)
    theirs = chi2_contingency([counts[:2], counts[2:]], correction=False)
    assert table.chi_square == pytest.approx(theirs.statistic, rel=1e-9, abs=1e-12)
    retained = [1] * counts[0] + [0] * counts[1] + [1] * counts[2] + [0] * counts[3]
    above = [1] * (counts[0] + counts[1]) + [0] * (counts[2] + counts[3])
    assert table.mcc == pytest.approx(matthews_corrcoef(retained, above), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("comparisons", [1, 2, 33, 1000, 100000])
def test_critical_value_equals_that_of_scipy(comparisons: int) -> None:
    theirs = chi2.ppf(1 - 0.05 / comparisons, 1)
    assert magic.critical_value(comparisons) == pytest.approx(theirs, rel=1e-9)


def test_columns_of_a_table() -> None:
    row = magic.Table(30, 10, 15, 45).columns()
    assert row == {
        "customers_above": 40,
        "customers_below": 60,
        "retained_rate_above": 0.75,
        "retained_rate_below": 0.25,
        "lift": pytest.approx(0.75 / 0.45),
        "precision": 0.75,
        "recall": pytest.approx(30 / 45),
        "mcc": pytest.approx((30 * 45 - 10 * 15) / sqrt(40 * 60 * 45 * 55)),
        "chi_square": pytest.approx(100 * 1200**2 / (40 * 60 * 45 * 55)),
    }
    row = magic.Table(2, 0, 3, 0).columns()
    assert (row["lift"], row["recall"], row["mcc"], row["chi_square"]) == (1, 0.4, None, None)
    row = magic.Table(0, 2, 0, 3).columns()
    assert (row["lift"], row["recall"], row["retained_rate_above"]) == (None, None, 0)


def magic_rows(*parts: Tables, behaviour: str, fewest: int = 1, **more: Any) -> list[Row]:
    rows = build(*parts, policy=policy(magic_min_customers=fewest), **more)["kpi_magic_numbers"]
    return [row for row in rows if row["behaviour_code"] == behaviour]


def old(name: str, ended: str | None = None) -> Tables:
    """A customer that signed up and was first active on 10 April 2024."""
    return customer(name, "2024-04-10", ended, signed_up_at="2024-04-10")


def test_population_of_magic_numbers() -> None:
    rows = magic_rows(
        old("stays"),
        old("left", "2025-04-10"),
        old("leaves", "2025-04-11"),
        customer("young", "2025-01-01", signed_up_at="2024-04-10"),
        customer("never", None, signed_up_at="2024-04-10"),
        *(sessions("2024-04-10", of=name) for name in ("stays", "leaves", "young", "never")),
        behaviour="session_minutes",
    )
    row = only(rows)
    assert (row["threshold"], row["customers_above"], row["customers_below"]) == (30, 2, 1)
    assert (row["retained_rate_above"], row["retained_rate_below"]) == (1, 0)
    assert (row["mcc"], row["is_best"], row["is_significant"]) == (pytest.approx(1), True, False)


def test_early_is_from_sign_up_for_sixty_days() -> None:
    def minutes(*visits: str) -> list[float]:
        tables = together(old("c"), old("idle"), sessions(*visits, minutes=19))
        found = magic_rows(tables, behaviour="session_minutes")
        return [row["threshold"] for row in found]

    assert minutes("2024-04-10", "2024-06-09T14:00") == [30]  # 38 minutes
    assert minutes("2024-04-09", "2024-06-09T15:00") == []
    assert minutes("2024-06-09") == [10]


def test_behaviours() -> None:
    tables = together(
        *(old(name) for name in "abcd"),
        features(("view", "2024-04-20"), ("view", "2024-05-20"), ("api", "2024-06-10"), of="a"),
        features(("view", "2024-04-20"), ("api", "2024-06-09"), of="b", user="u"),
        features(("other", "2024-04-20"), of="c", user="v"),
        sessions("2024-04-20", of="b", user="w"),
        sessions("2024-04-21", of="b", user="u"),
        steps(("login", "2024-04-10"), ("import", "2024-04-10"), of="a"),
        steps(("login", "2024-04-10"), ("import", "2024-04-30"), of="b"),
        steps(("login", "2024-04-10"), ("import", "2024-05-01"), of="c"),
    )

    def thresholds(behaviour: str, fewest: int = 1) -> list[tuple[float, int]]:
        rows = magic_rows(tables, behaviour=behaviour, fewest=fewest)
        return [(row["threshold"], row["customers_above"]) for row in rows]

    assert thresholds("feature_view") == [(1, 2), (2, 1)]
    assert thresholds("feature_view", 2) == [(1, 2)]
    assert thresholds("feature_view", 3) == []
    assert thresholds("feature_api") == [(1, 1)]
    assert thresholds("feature_other") == []
    assert thresholds("ladder_stage") == [(1, 2), (2, 1)]
    assert thresholds("active_users") == [(1, 2), (2, 1)]
    assert thresholds("session_minutes") == [(60, 1)]
    assert thresholds("onboarding_days") == [(0, 1), (20, 2)]


def test_of_equal_thresholds_the_smallest_is_best() -> None:
    # Retained: a, b; lost: c, d. At 1 all but d are above, at 2 only a is.
    tables = together(
        *(old(name) for name in "ab"),
        *(old(name, "2025-01-01") for name in "cd"),
        features(("view", "2024-04-20"), ("view", "2024-04-20"), of="a"),
        features(("view", "2024-04-20"), of="b"),
        features(("view", "2024-04-20"), of="c"),
    )
    rows = magic_rows(tables, behaviour="feature_view")
    assert [row["mcc"] for row in rows] == [pytest.approx(1 / sqrt(3))] * 2
    assert [row["is_best"] for row in rows] == [True, False]
    everybody_stays = together(old("a"), old("b"), features(("view", "2024-04-20"), of="a"))
    row = only(magic_rows(everybody_stays, behaviour="feature_view"))
    assert (row["mcc"], row["is_best"], row["is_significant"]) == (None, False, False)


@pytest.mark.parametrize(("others", "is_significant"), [(0, True), (9, True), (10, False)])
def test_significance_takes_all_rows_into_account(others: int, is_significant: bool) -> None:
    # Four who use the product and stay, four who do neither: chi-square is 8, which chance
    # exceeds once in 214 times. Of m rows one in 20 m is looked for.
    codes = [f"f{number}" for number in range(others)]
    tables = together(
        *(old(name) for name in "abcd"),
        *(old(name, "2025-01-01") for name in "wxyz"),
        *(sessions("2024-04-20", of=name) for name in "abcd"),
        features(*((code, "2024-04-20") for code in codes), of="a"),
    )
    more = config(feature_stages=dict.fromkeys(codes))
    row = only(magic_rows(tables, behaviour="session_minutes", config=more))
    assert (row["chi_square"], row["is_significant"]) == (pytest.approx(8), is_significant)
