# ruff: noqa: D103 - the names of the tests say what they are about
"""Onboarding, use, voice and support of the independent calculation, worked out by hand."""

import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from independent import Config, Policy, Row, compute
from independent.config import OnboardingStep, Sla, Weight
from independent.random_company import random_company
from independent.support import business_minutes
from independent.tally import median, percentile
from warehouse import ROOT, project_with_config

AS_OF = date(2025, 12, 31)
CONFIG = Config.load(ROOT / "seeds/config")
# Wednesday; the customers sign up on it at 9 o'clock in Tokyo.
SIGNED_UP = date(2025, 4, 2)
MONDAY = date(2025, 4, 7)
RawTable = list[dict[str, str | None]]
Marts = dict[str, list[Row]]


def customers(*customer_ids: str, signed_up_at: str = "2025-04-02") -> RawTable:
    return [{"customer_id": name, "signed_up_at": signed_up_at} for name in customer_ids]


def subscription(subscription_id: str, customer_id: str, **more: str | None) -> RawTable:
    return [{"subscription_id": subscription_id, "customer_id": customer_id} | more]


def paid(
    customer_id: str = "c", begun: str = "2025-04-02", ended: str | None = None, **more: str
) -> dict[str, RawTable]:
    """A subscription to plan basic and its item."""
    return {
        "subscriptions": subscription(f"s-{customer_id}", customer_id, started_at=begun),
        "subscription_items": [
            {
                "subscription_item_id": f"i-{customer_id}",
                "subscription_id": f"s-{customer_id}",
                "plan_id": "basic",
                "quantity": "4",
                "unit_price": "100",
                "currency_code": "JPY",
                "billing_interval": "month",
                "valid_from": begun,
                "valid_to": ended,
            }
            | more
        ],
    }


def together(*parts: dict[str, RawTable]) -> dict[str, RawTable]:
    tables: dict[str, RawTable] = {}
    for part in parts:
        for table, rows in part.items():
            tables[table] = [*tables.get(table, []), *rows]
    return tables


def build(
    *parts: dict[str, RawTable], policy: Policy | None = None, config: Config = CONFIG
) -> Marts:
    """One customer `c` without subscription, unless the tables say otherwise."""
    raw: dict[str, RawTable] = {
        "customers": customers("c"),
        "plans": [
            {"plan_id": "basic", "product_id": "core"},
            {"plan_id": "chat", "product_id": "addon"},
        ],
        "subscriptions": [],
        "subscription_items": [],
    }
    return compute(raw | together(*parts), policy or Policy(AS_OF), config)


def events(table: str, code: str, *rows: tuple[str, str] | tuple[str, str, str]) -> RawTable:
    """Events of customer `c`: a code, a time and perhaps a user."""
    return [
        {
            "event_id": f"{table}{number}",
            "customer_id": "c",
            code: row[0],
            "occurred_at": row[1],
            "user_id": row[2] if len(row) > 2 else None,
        }
        for number, row in enumerate(rows)
    ]


def steps(*rows: tuple[str, str]) -> dict[str, RawTable]:
    return {"onboarding_events": events("b", "step_code", *rows)}


def features(*rows: tuple[str, str] | tuple[str, str, str]) -> dict[str, RawTable]:
    return {"feature_events": events("e", "feature_code", *rows)}


def sessions(*rows: tuple[str, str, str | None]) -> dict[str, RawTable]:
    """Sessions of customer `c`: start, end and user."""
    return {
        "sessions": [
            {
                "session_id": f"v{number}",
                "customer_id": "c",
                "started_at": begun,
                "ended_at": ended,
                "user_id": user,
            }
            for number, (begun, ended, user) in enumerate(rows)
        ]
    }


def only(rows: list[Row], **where: Any) -> Row:
    found = [row for row in rows if all(row[name] == value for name, value in where.items())]
    assert len(found) == 1, found
    return found[0]


def month(rows: list[Row], start: date, kind: str = "all", value: str = "all") -> Row:
    return only(
        rows,
        period_grain="month",
        period_start=start,
        segment_type=kind,
        segment_value=value,
    )


# --- config ------------------------------------------------------------------------------


def test_config_of_the_project() -> None:
    assert CONFIG.churn_reasons["bankruptcy"] == ("business_closed", False, True)
    assert OnboardingStep("guided", None, "first_login", 3, False) in CONFIG.onboarding_rules
    assert OnboardingStep("guided", None, "first_report_shared", None, True) in (
        CONFIG.onboarding_rules
    )
    assert CONFIG.usage_score_weights["active_days"] == Weight(Fraction(3, 10), Fraction(5))
    assert CONFIG.usage_score_weights["features"].full_at is None
    assert CONFIG.feature_stages["webhook"] == 4
    assert CONFIG.feature_stages["forecast_run"] is None
    assert CONFIG.business_hours == dict.fromkeys(range(1, 6), (540, 1080))
    assert date(2025, 5, 5) in CONFIG.holidays
    assert CONFIG.support_sla["urgent"] == Sla(60, False)


def test_a_project_with_another_config(tmp_path: Path) -> None:
    text = "holiday_on,holiday_name\n2025-06-02,a day of ours\n"
    project = project_with_config(tmp_path / "project", {"holidays": text})
    config = Config.load(project / "seeds/config")
    assert config == replace(CONFIG, holidays=frozenset({date(2025, 6, 2)}))
    assert len(CONFIG.holidays) > 1
    for name in (
        "dbt_project.yml",
        "models/staging/_raw__sources.yml",
        "seeds/sample/raw_plans.csv",
    ):
        assert (project / name).read_bytes() == (ROOT / name).read_bytes()
    assert not (project / "seeds/sample").is_symlink()
    assert not (project / "seeds/config/holidays.csv").is_symlink()


# --- onboarding --------------------------------------------------------------------------

GUIDED = (
    ("first_login", "2025-04-05T14:59:59Z"),  # 3 days: the last second of 5 April in Tokyo
    ("profile_completed", "2025-04-09"),  # 7 days
    ("data_imported", "2025-04-16"),  # 14 days
    ("teammate_invited", "2025-05-02"),  # 30 days
)


@pytest.mark.parametrize(
    ("taken", "as_of", "status", "completed_on"),
    [
        (GUIDED, AS_OF, "completed", date(2025, 5, 2)),
        (GUIDED, date(2025, 5, 2), "completed", date(2025, 5, 2)),
        (GUIDED, date(2025, 5, 1), "in_progress", None),
        ((), date(2025, 5, 1), "in_progress", None),
        ((), date(2025, 5, 2), "missed", None),
        ((*GUIDED, ("first_login", "2025-05-09")), AS_OF, "completed", date(2025, 5, 2)),
        ((("first_login", "2025-04-05T15:00Z"), *GUIDED[1:]), AS_OF, "missed", None),
        (GUIDED[:3], AS_OF, "missed", None),
        ((*GUIDED[:3], ("teammate_invited", "2025-05-03")), AS_OF, "missed", None),
        # The other path is complete earlier.
        ((*GUIDED, ("api_connected", "2025-04-20")), AS_OF, "completed", date(2025, 4, 20)),
        ((*GUIDED, ("api_connected", "2025-05-03")), AS_OF, "completed", date(2025, 5, 2)),
        ((GUIDED[0], ("api_connected", "2025-04-01")), AS_OF, "completed", date(2025, 4, 5)),
    ],
)
def test_onboarding(
    taken: tuple[tuple[str, str], ...], as_of: date, status: str, completed_on: date | None
) -> None:
    row = only(build(steps(*taken), policy=Policy(as_of))["fct_onboarding"])
    days = (completed_on - SIGNED_UP).days if completed_on else None
    assert row == {
        "customer_id": "c",
        "signed_up_on": SIGNED_UP,
        "deadline_on": date(2025, 5, 2),
        "is_due": as_of >= date(2025, 5, 2),
        "completed_on": completed_on,
        "status": status,
        "days_to_onboard": days,
        "first_value_on": None,
        "days_to_first_value": None,
    }


def test_paths_of_the_first_item_only() -> None:
    rules = (
        OnboardingStep("core", "core", "login", 2, False),
        OnboardingStep("core", "core", "share", None, True),
        OnboardingStep("addon", "addon", "login", 50, False),
        OnboardingStep("addon", "addon", "chat", 60, True),
        OnboardingStep("show", "addon", "show", None, True),
    )
    config = replace(CONFIG, onboarding_rules=rules)
    taken = steps(("login", "2025-04-12"), ("share", "2025-04-03"), ("chat", "2025-06-01"))
    own = paid(begun="2025-04-12")
    # A trial that was never paid; its item is valid before the other one.
    trial = together(paid("c", begun="2025-04-11T23:59:59Z", plan_id="chat"))
    trial["subscriptions"] = subscription("t", "c", trial_started_at="2025-04-12")
    trial["subscription_items"][0] |= {"subscription_id": "t", "subscription_item_id": "z"}

    row = only(build(own, taken, config=config)["fct_onboarding"])
    assert (row["deadline_on"], row["status"]) == (date(2025, 4, 4), "missed")
    assert (row["first_value_on"], row["days_to_first_value"]) == (date(2025, 4, 3), 1)
    row = only(build(own, trial, taken, config=config)["fct_onboarding"])
    assert (row["deadline_on"], row["status"]) == (date(2025, 6, 1), "completed")
    assert (row["days_to_onboard"], row["days_to_first_value"]) == (60, 60)
    # At the same time the smaller id is first.
    trial["subscription_items"][0] |= {"subscription_item_id": "a", "valid_from": "2025-04-12"}
    assert only(build(own, trial, taken, config=config)["fct_onboarding"])["days_to_onboard"] == 60
    # No path applies to whom has no item, and the path that only shows a value never completes.
    marts = build(taken, config=config)
    assert only(marts["fct_onboarding"]) == {
        "customer_id": "c",
        "signed_up_on": SIGNED_UP,
        "is_due": False,
        **dict.fromkeys(
            (
                *("deadline_on", "completed_on", "status", "days_to_onboard", "first_value_on"),
                "days_to_first_value",
            )
        ),
    }
    assert month(marts["kpi_onboarding"], date(2025, 4, 1))["signed_up_customers"] == 0


def test_rates_of_onboarding() -> None:
    raw: dict[str, RawTable] = {
        "customers": [
            *customers("a", "b", "c"),
            *customers("d", signed_up_at="2025-04-03"),
            *customers("e", signed_up_at="2025-05-31"),
        ],
        "onboarding_events": [
            {"event_id": f"{n}", "customer_id": name, "step_code": code, "occurred_at": day}
            for n, (name, code, day) in enumerate(
                [
                    *(("a", code, "2025-04-02") for code in ("first_login", "api_connected")),
                    *(("b", code, "2025-04-05") for code in ("first_login", "api_connected")),
                    ("a", "first_report_shared", "2025-04-03"),
                    ("d", "first_report_shared", "2025-04-07"),
                    ("d", "first_report_shared", "2025-04-09"),
                    ("e", "first_report_shared", "2025-06-01"),
                ]
            )
        ],
    }
    marts = build(raw, policy=Policy(date(2025, 5, 31)))
    april = month(marts["kpi_onboarding"], date(2025, 4, 1))
    may = month(marts["kpi_onboarding"], date(2025, 5, 1))
    assert april["due_customers"] == 0
    assert april["onboarding_completion_rate"] is april["median_days_to_onboard"] is None
    assert (april["signed_up_customers"], april["first_value_customers"]) == (4, 2)
    assert april["median_days_to_first_value"] == 2.5  # 1 and 4
    assert april["without_first_value_share"] == 0.5
    assert (may["due_customers"], may["completed_customers"]) == (4, 2)
    assert may["onboarding_completion_rate"] == 0.5
    assert may["median_days_to_onboard"] == 1.5  # 0 and 3
    # What e does on 1 June is not there yet.
    assert (may["signed_up_customers"], may["without_first_value_share"]) == (1, 1.0)


@pytest.mark.parametrize(
    ("times", "as_of", "ended_on", "is_converted"),
    [
        # 14 April + 30 days is 14 May.
        ({"trial_ended_at": "2025-04-14", "started_at": "2025-05-14"}, AS_OF, 14, True),
        ({"trial_ended_at": "2025-04-14", "started_at": "2025-05-15"}, AS_OF, 14, False),
        ({"trial_ended_at": "2025-04-14", "started_at": "2025-04-10"}, AS_OF, 14, True),
        ({"trial_ended_at": "2025-04-14"}, AS_OF, 14, False),
        ({"started_at": "2025-04-20"}, AS_OF, 20, True),
        ({"ended_at": "2025-04-21"}, AS_OF, 21, False),
        ({"ended_at": "2025-04-21", "started_at": "2025-04-20"}, AS_OF, 20, True),
        ({"cancel_requested_at": "2025-04-21"}, AS_OF, None, False),
        ({}, AS_OF, None, False),
        # As of a day before the trial's end nothing of it is known.
        ({"trial_ended_at": "2025-04-14"}, date(2025, 4, 13), None, False),
        (
            {"trial_ended_at": "2025-04-14", "started_at": "2025-04-10"},
            date(2025, 4, 13),
            10,
            True,
        ),
    ],
)
def test_trials(
    times: dict[str, str | None], as_of: date, ended_on: int | None, is_converted: bool
) -> None:
    trial = subscription("t", "c", trial_started_at="2025-04-03", **times)
    marts = build({"subscriptions": trial}, policy=Policy(as_of))
    row = only(marts["fct_trials"])
    paid_on = times.get("started_at")
    assert row == {
        "subscription_id": "t",
        "customer_id": "c",
        "trial_started_on": date(2025, 4, 3),
        "trial_ended_on": None if ended_on is None else date(2025, 4, ended_on),
        "converted_on": date.fromisoformat(paid_on) if paid_on else None,
        "is_converted": is_converted,
        "onboarded_within_24_hours": None,
    }
    april = month(marts["kpi_onboarding"], date(2025, 4, 1))
    assert april["trials_ended"] == (ended_on is not None)
    assert april["trials_converted"] == is_converted
    assert april["fast_trials_ended"] is april["conversion_uplift"] is None


def test_a_subscription_without_a_trial_is_none() -> None:
    assert build(paid())["fct_trials"] == []
    trial = subscription("t", "c", trial_started_at="2026-01-01")
    assert build({"subscriptions": trial})["fct_trials"] == []


def test_fast_onboarding_and_conversion() -> None:
    # The last step of the earlier path, 3 April 12:00, is the moment of completion.
    taken = steps(
        ("first_login", "2025-04-02T10:00Z"),
        ("api_connected", "2025-04-03T12:00Z"),
        ("api_connected", "2025-04-03T11:59:00.5+00:00"),
    )
    trials: RawTable = [
        *subscription("exact", "c", trial_started_at="2025-04-02T11:59:00.5Z"),
        *subscription("late", "c", trial_started_at="2025-04-02T11:59:00.499999Z"),
        *subscription("before", "c", trial_started_at="2025-04-20"),
        *subscription("other", "d", trial_started_at="2025-04-20"),
    ]
    for trial in trials:
        trial["trial_ended_at"] = "2025-04-30"
        if trial["subscription_id"] in ("exact", "late"):
            trial["started_at"] = "2025-05-01"
    marts = build({"customers": customers("c", "d"), "subscriptions": trials}, taken)
    found = {
        row["subscription_id"]: row["onboarded_within_24_hours"] for row in marts["fct_trials"]
    }
    assert found == {"exact": True, "late": False, "before": True, "other": False}
    april = month(marts["kpi_onboarding"], date(2025, 4, 1))
    assert (april["trials_ended"], april["trials_converted"]) == (4, 2)
    assert (april["fast_trials_ended"], april["fast_trials_converted"]) == (2, 1)
    assert april["fast_onboarding_conversion_rate"] == april["other_conversion_rate"] == 0.5
    assert april["conversion_uplift"] == 0.0


# --- use ---------------------------------------------------------------------------------


def test_weeks_of_use() -> None:
    marts = build(
        sessions(
            # Sunday 23:59 in Tokyo until Monday: all of it is Sunday's.
            ("2025-04-13T14:59:00Z", "2025-04-13T15:30:30Z", "u1"),
            ("2025-04-13T15:00:00Z", "2025-04-13T15:00:01Z", None),
            ("2025-04-08", "2025-04-08", "u1"),
            # The last day that counts, and the one after.
            ("2025-12-31T14:59:00Z", "2026-01-01T14:59:00Z", "u1"),
            ("2025-12-31T15:00:00Z", "2026-01-01T15:30:00Z", "u1"),
        ),
        features(
            ("webhook", "2025-04-09", "u2"),
            ("webhook", "2025-04-09", "u1"),
            ("Webhook", "2025-04-10"),
            ("forecast_run", "2025-04-10", " "),
        ),
    )
    assert marts["fct_usage_scores"] == []  # never active
    found = {row.pop("week_start"): row for row in marts["fct_usage_weekly"]}
    assert found == {
        MONDAY: {
            "customer_id": "c",
            "sessions": 2,
            "session_minutes": 31.5,
            "active_days": 4,
            "active_users": 2,
            "features_used": 2,
        },
        MONDAY + timedelta(days=7): {
            "customer_id": "c",
            "sessions": 1,
            "session_minutes": 1 / 60,
            "active_days": 1,
            "active_users": 0,
            "features_used": 0,
        },
        date(2025, 12, 29): {
            "customer_id": "c",
            "sessions": 1,
            "session_minutes": 1440.0,
            "active_days": 1,
            "active_users": 1,
            "features_used": 0,
        },
    }


USE = (
    sessions(
        ("2025-04-08", "2025-04-08T00:30Z", "u1"),
        ("2025-04-09", "2025-04-09T00:30Z", "u2"),
    ),
    features(("webhook", "2025-04-10", "u3"), ("chat_widget", "2025-04-10", "u1")),
)


def score(*parts: dict[str, RawTable], config: Config = CONFIG) -> Any:
    return only(build(paid(), *parts, config=config)["fct_usage_scores"])["usage_score"]


def test_usage_score() -> None:
    row = only(build(paid(), *USE)["fct_usage_scores"])
    assert (row["customer_id"], row["week_start"], row["seats"]) == ("c", MONDAY, 4)
    # 3 of 5 days, 60 of 120 minutes, 2 of 12 features, 3 of 4 users
    days, minutes, used, users = 0.3 * 3 / 5, 0.2 * 60 / 120, 0.3 * 2 / 12, 0.2 * 3 / 4
    assert row["usage_score"] == pytest.approx(100 * (days + minutes + used + users))
    # Two seats only: three users are at most full marks.
    few = paid(quantity="2")
    full = only(build(few, *USE)["fct_usage_scores"])["usage_score"]
    assert full == pytest.approx(100 * (days + minutes + used + 0.2))


def test_components_that_drop_out_of_the_score() -> None:
    without_sessions = 0.3 * 1 / 5 + 0.3 * 2 / 12 + 0.2 * 2 / 4
    assert score(USE[1]) == pytest.approx(100 * without_sessions / 0.8)
    without_features = 0.3 * 2 / 5 + 0.2 * 60 / 120 + 0.2 * 2 / 4
    assert score(USE[0]) == pytest.approx(100 * without_features / 0.7)
    unnamed = sessions(("2025-04-08", "2025-04-08T01:00Z", None))
    assert score(unnamed) == pytest.approx(100 * (0.3 * 1 / 5 + 0.2 * 60 / 120) / 0.5)
    # Somebody is named in another week.
    named = sessions(("2025-04-08", "2025-04-08T01:00Z", None), ("2025-12-31", "2025-12-31", "u1"))
    assert score(named) == pytest.approx(100 * (0.3 * 1 / 5 + 0.2 * 60 / 120) / 0.7)

    def weighted(**weights: Weight) -> Any:
        return score(*USE, config=replace(CONFIG, usage_score_weights=weights))

    one, minutes = Weight(Fraction(1), Fraction(5)), Weight(Fraction(3), Fraction(60))
    assert weighted(active_days=one) == pytest.approx(60)
    assert weighted(active_days=one, session_minutes=minutes) == pytest.approx((60 + 300) / 4)
    nothing = Weight(Fraction(0), Fraction(60))
    assert weighted(active_days=one, session_minutes=nothing) == pytest.approx(60)
    assert weighted(session_minutes=nothing) is None
    assert weighted(active_days=one, session_minutes=Weight(Fraction(1), None)) == (
        pytest.approx(60)
    )
    empty = replace(CONFIG, feature_stages={})
    assert score(*USE, config=empty) == pytest.approx(
        100 * (0.3 * 3 / 5 + 0.2 * 60 / 120 + 0.2 * 3 / 4) / 0.7
    )


def test_scores_are_of_active_customers_on_sundays() -> None:
    marts = build(paid(ended="2025-04-27"), *USE)  # 27 April is a Sunday
    april = month(marts["kpi_engagement"], date(2025, 4, 1))
    # Sundays 6, 13 and 20 April, of which only the week to the 13th has use.
    assert april["active_customer_weeks"] == 3
    assert april["usage_score_sum"] == pytest.approx(48)
    assert april["usage_score"] == pytest.approx(16)
    assert april["active_customers"] == 0
    assert month(marts["kpi_engagement"], date(2025, 4, 1), "plan", "basic") | {
        "segment_type": "all",
        "segment_value": "all",
    } == april | {"stage_due_customers": 0, "top_stage_rate": None}
    days = [row for row in marts["kpi_engagement"] if row["period_grain"] == "day"]
    assert {row["period_start"].day for row in days if row["active_customer_weeks"]} == {6, 13, 20}
    assert {row["segment_type"] for row in days} == {"all"}
    # Before the Sunday is over its week is not counted.
    marts = build(paid(), *USE, policy=Policy(date(2025, 4, 12)))
    assert marts["fct_usage_scores"] == []
    assert month(marts["kpi_engagement"], date(2025, 4, 1))["active_customer_weeks"] == 1


def streaks(*parts: dict[str, RawTable], **policy: Any) -> list[tuple[Any, ...]]:
    as_of = policy.pop("as_of", date(2025, 5, 25))  # a Sunday, the end of the 7th whole week
    marts = build(*parts, policy=Policy(as_of, **policy))
    return [
        (row["streak_start"], row["streak_end"], row["weeks"], row["is_open"])
        for row in marts["fct_low_use_streaks"]
    ]


def test_low_use() -> None:
    def minutes(*lengths: str) -> dict[str, RawTable]:
        """One session in each week from 7 April on."""
        visits = []
        for number, length in enumerate(lengths):
            day = MONDAY + timedelta(weeks=number)
            visits.append((f"{day}T12:00:00Z", f"{day}T{length}Z", "u"))
        return sessions(*visits)

    exact, more, none = "12:20:00", "12:20:00.000001", "12:00:00"
    first, last = MONDAY, date(2025, 5, 25)
    open_run = [(first, last, 7, True)]
    assert streaks(paid(), minutes(none)) == open_run
    assert streaks(paid(), minutes(*[exact] * 7)) == open_run
    assert streaks(paid(), minutes(*[more] * 7)) == []
    # 3 weeks, broken by one, then 3 more; 2 are too few.
    assert streaks(paid(), minutes(exact, none, exact, more)) == [
        (first, date(2025, 4, 27), 3, False),
        (date(2025, 5, 5), last, 3, True),
    ]
    assert streaks(paid(), minutes(exact, none, more)) == [(date(2025, 4, 28), last, 4, True)]
    assert streaks(paid(), minutes(more, more, more, exact, none, exact, more)) == [
        (date(2025, 4, 28), date(2025, 5, 18), 3, False)
    ]
    # A week that is not over is in no run and breaks none.
    assert streaks(paid(), minutes(none), as_of=date(2025, 5, 31)) == open_run
    assert streaks(paid(), minutes(none), as_of=date(2025, 5, 24)) == [
        (first, date(2025, 5, 18), 6, True)
    ]
    # Active from Tuesday 8 April to Monday 12 May: began the weeks of 14 April to 5 May active.
    assert streaks(paid(begun="2025-04-08", ended="2025-05-12"), minutes(none)) == [
        (date(2025, 4, 14), date(2025, 5, 11), 4, False)
    ]
    assert streaks(paid(), minutes(*[more] * 7), low_usage_minutes=21) == open_run
    assert streaks(paid(), minutes(exact, none, exact, more, exact, none, exact))[0][2] == 3
    assert streaks(paid(), minutes(none), low_usage_weeks=8) == []
    assert streaks(paid()) == []  # there is no table of sessions


def test_low_usage_customers() -> None:
    busy = sessions(*((f"2025-04-{day}", f"2025-04-{day}T01:00Z", "u") for day in ("08", "16")))
    marts = build(paid(), busy, policy=Policy(date(2025, 5, 14)))
    low = {
        row["period_start"]: row["low_usage_customers"]
        for row in marts["kpi_engagement"]
        if row["period_grain"] == "day"
    }
    # Low from the week of 21 April on; the third such week ends on 11 May.
    assert low[date(2025, 5, 10)] == 0
    assert low[date(2025, 5, 11)] == low[date(2025, 5, 14)] == 1
    may = month(marts["kpi_engagement"], date(2025, 5, 1))
    assert (may["low_usage_customers"], may["low_usage_customer_rate"]) == (1, 1.0)
    # Who has left is not counted, though the run goes on to the last whole week.
    marts = build(paid(ended="2025-05-12"), busy, policy=Policy(date(2025, 5, 14)))
    assert only(marts["fct_low_use_streaks"])["is_open"] is True
    may = month(marts["kpi_engagement"], date(2025, 5, 1))
    assert (may["low_usage_customers"], may["low_usage_customer_rate"]) == (0, None)


def test_ladder() -> None:
    used = features(
        ("api_call", "2025-04-03"),
        ("dashboard_view", "2025-04-05"),
        ("report_create", "2025-04-04"),
        ("teammate_share", "2025-05-01"),
        ("data_import", "2025-06-01"),
        ("alert_rule", "2025-06-30"),
    )
    marts = build(used)
    stages = {row["ladder_stage"]: row["reached_on"] for row in marts["fct_feature_stages"]}
    assert stages == {1: date(2025, 4, 4), **dict.fromkeys((2, 3, 4), date(2025, 6, 1))}
    # 2 April + 60 days is 1 June.
    june = month(marts["kpi_engagement"], date(2025, 6, 1))
    assert (june["stage_due_customers"], june["top_stage_customers"]) == (1, 1)
    assert june["top_stage_rate"] == 1.0
    marts = build(used, policy=Policy(AS_OF, ladder_days=59))
    may = month(marts["kpi_engagement"], date(2025, 5, 1))
    assert (may["stage_due_customers"], may["top_stage_customers"]) == (1, 0)
    marts = build(used, policy=Policy(date(2025, 5, 31)))
    assert {row["ladder_stage"] for row in marts["fct_feature_stages"]} == {1}
    assert not any(row["stage_due_customers"] for row in marts["kpi_engagement"])


def test_community_and_campaigns() -> None:
    activities: RawTable = [
        {"activity_id": day, "customer_id": name, "activity_type": "post", "occurred_at": day}
        for name, day in (("c", "2025-05-31"), ("c", "2025-05-30"), ("d", "2025-05-31"))
    ]
    touches: RawTable = [
        {"touch_id": "a", "sent_at": "2025-05-31", "delivered_at": "2025-06-02"},
        {"touch_id": "b", "sent_at": "2025-05-31", "delivered_at": "2025-06-03"},
        {"touch_id": "c", "sent_at": "2025-06-02", "opened_at": "2025-06-02"},
        {"touch_id": "d", "sent_at": "2025-06-03", "opened_at": "2025-06-02"},
    ]
    raw = {
        "customers": customers("c", "d"),
        "community_activities": activities,
        "campaign_touches": [
            touch | {"customer_id": "c", "campaign_id": "any"} for touch in touches
        ],
    }
    marts = build(paid(ended="2025-06-01"), raw, policy=Policy(date(2025, 6, 2)))
    may = month(marts["kpi_engagement"], date(2025, 5, 1))
    assert (may["active_customers"], may["community_customers"]) == (1, 1)
    assert may["community_participation_rate"] == 1.0
    assert (may["touches_sent"], may["touches_delivered"], may["touches_opened"]) == (2, 1, 0)
    assert may["campaign_delivered_rate"] == 0.5
    june = month(marts["kpi_engagement"], date(2025, 6, 1))
    assert (june["community_customers"], june["community_participation_rate"]) == (0, None)
    assert (june["touches_sent"], june["touches_opened"], june["campaign_open_rate"]) == (1, 1, 1)
    # On 2 June there is no plan any more, nor was there one the day before.
    none = month(marts["kpi_engagement"], date(2025, 6, 1), "plan", "(none)")
    assert none["touches_sent"] == 1
    assert month(marts["kpi_engagement"], date(2025, 5, 1), "plan", "basic")["touches_sent"] == 2


def test_what_rests_on_tables_that_are_not_there_is_null() -> None:
    marts = build(paid())
    row = month(marts["kpi_engagement"], date(2025, 4, 1))
    for name in (
        *("usage_score_sum", "usage_score", "low_usage_customers", "low_usage_customer_rate"),
        *("top_stage_customers", "top_stage_rate"),
        *("community_customers", "community_participation_rate", "campaign_open_rate"),
    ):
        assert row[name] is None, name
    assert row["active_customer_weeks"] == 4
    assert row["touches_sent"] == 0
    assert month(marts["kpi_engagement"], date(2025, 6, 1))["stage_due_customers"] == 1
    assert marts["fct_onboarding"] == marts["fct_usage_weekly"] == []
    no_ladder = replace(CONFIG, feature_stages={"api_call": None})
    row = month(build(features(), config=no_ladder)["kpi_engagement"], date(2025, 6, 1))
    assert (row["stage_due_customers"], row["top_stage_customers"]) == (1, None)
    assert row["usage_score"] is None
    assert row["usage_score_sum"] == 0.0


# --- voice -------------------------------------------------------------------------------


def survey(
    response_id: str, score: str | None, responded_at: str | None, **more: str | None
) -> dict[str, str | None]:
    return {
        "response_id": response_id,
        "survey_type": "nps",
        "customer_id": "c",
        "user_id": "u1",
        "sent_at": "2025-05-01",
        "score": score,
        "responded_at": responded_at,
    } | more


def test_nps_counts_the_latest_answer_of_each_respondent() -> None:
    answers: RawTable = [
        survey("a1", "2", "2025-05-03T10:00Z"),
        survey("a2", "9", "2025-05-03T10:01Z", sent_at="2025-04-30"),
        survey("b1", "10", "2025-05-02", user_id=None),
        survey("b2", "7", "2025-05-02", user_id="", sent_at="2025-05-01T00:00:01Z"),
        survey("c2", "8", "2025-05-02", user_id="u2"),
        survey("c1", "0", "2025-05-02", user_id="u2"),
        survey("d1", "6", "2025-05-31T14:59:59Z", customer_id="d"),
        survey("e1", None, None, sent_at="2025-05-09"),
        survey("f1", "3", "2026-01-01", sent_at="2025-05-09"),
        survey("g1", "5", "2025-05-09", sent_at="2026-01-01"),
        survey("h1", "1", "2025-05-31T15:00:00Z", user_id="u3"),
    ]
    marts = build({"customers": customers("c", "d"), "survey_responses": answers})
    row = only(marts["fct_survey_responses"], response_id="f1")
    assert (row["sent_on"], row["responded_on"], row["score"], row["nps_group"]) == (
        date(2025, 5, 9),
        None,
        None,
        None,
    )
    groups = {row["response_id"]: row["nps_group"] for row in marts["fct_survey_responses"]}
    assert {name: group for name, group in groups.items() if group} == {
        **dict.fromkeys(("a1", "c1", "d1", "h1"), "detractor"),
        **dict.fromkeys(("b2", "c2"), "passive"),
        **dict.fromkeys(("a2", "b1"), "promoter"),
    }
    assert "g1" not in groups
    assert only(marts["fct_survey_responses"], response_id="b2")["respondent_id"] == "c"
    may = month(marts["kpi_nps"], date(2025, 5, 1))
    # a2 was answered last, b2 sent last, c2 has the greater id; d1 is of another customer's u1.
    assert (may["nps_answers"], may["promoters"], may["passives"], may["detractors"]) == (
        *(4, 1, 2, 1),
    )
    assert may["nps"] == 0.0
    assert (may["surveys_sent"], may["surveys_answered"]) == (9, 7)
    assert may["nps_response_rate"] == pytest.approx(7 / 9)
    june = month(marts["kpi_nps"], date(2025, 6, 1))
    assert (june["nps_answers"], june["nps"], june["surveys_sent"]) == (1, -100.0, 0)


def test_an_answer_belongs_to_the_plan_of_its_day() -> None:
    answers: RawTable = [
        survey("a", "10", "2025-05-10"),
        survey("b", "0", "2025-05-20"),
        survey("c", "9", "2025-05-12", user_id="u2"),
    ]
    marts = build(paid(ended="2025-05-12"), {"survey_responses": answers})
    basic = month(marts["kpi_nps"], date(2025, 5, 1), "plan", "basic")
    none = month(marts["kpi_nps"], date(2025, 5, 1), "plan", "(none)")
    # The respondent's last answer is on 20 May, so that the one on 10 May counts nowhere.
    assert (basic["nps_answers"], basic["nps"], basic["surveys_sent"]) == (1, 100.0, 3)
    assert (none["nps_answers"], none["nps"], none["surveys_sent"]) == (1, -100.0, 0)


def test_satisfaction_and_effort_count_every_answer() -> None:
    answers: RawTable = [
        *(
            survey(f"s{n}", score, "2025-05-02", survey_type="csat")
            for n, score in enumerate("54311")
        ),
        *(survey(f"e{n}", score, "2025-05-02", survey_type="ces") for n, score in enumerate("72")),
    ]
    may = month(build({"survey_responses": answers})["kpi_nps"], date(2025, 5, 1))
    assert (may["csat_answers"], may["csat_satisfied_answers"], may["csat"]) == (5, 2, 0.4)
    assert (may["ces_answers"], may["ces_score_sum"], may["ces"]) == (2, 9, 4.5)
    assert (may["nps_answers"], may["surveys_sent"], may["nps"]) == (0, 0, None)


def test_what_was_known_of_who_left() -> None:
    answers: RawTable = [
        survey("a", "9", "2025-06-01"),
        survey("b", "4", "2025-06-08T14:59:59Z", user_id="u2"),
        survey("c", "10", "2025-06-08T15:00:00Z"),
        survey("d", "1", "2025-06-08", survey_type="csat"),
    ]
    taken = steps(("first_login", "2025-04-03"), ("api_connected", "2025-05-01T15:00Z"))

    def churn(day: str, *parts: dict[str, RawTable]) -> tuple[Any, Any]:
        row = only(build(paid(ended=day), *parts)["fct_churns"])
        return row["was_onboarded"], row["last_nps_score"]

    voice: dict[str, RawTable] = {"survey_responses": answers}
    assert churn("2025-06-09", voice, taken) == (True, 4)
    assert churn("2025-06-10", voice, taken) == (True, 10)
    assert churn("2025-06-08", voice) == (None, 9)
    assert churn("2025-06-01", voice, taken) == (True, None)
    assert churn("2025-05-03", taken) == (True, None)
    assert churn("2025-05-02", taken) == (False, None)  # completed on that very day


# --- support -----------------------------------------------------------------------------

ODD_HOURS = replace(
    CONFIG,
    business_hours={1: (510, 735), 4: (0, 1440), 5: (780, 785), 7: (30, 255)},
    holidays=frozenset({date(2025, 5, 1), date(2025, 5, 5), date(2025, 5, 11)}),
)


@pytest.mark.parametrize("config", [CONFIG, ODD_HOURS], ids=["usual", "odd"])
def test_business_minutes_as_counted_minute_by_minute(config: Config) -> None:
    rng = random.Random(1)
    for _ in range(60):
        begun = datetime(2025, 4, 28) + timedelta(minutes=rng.randrange(20 * 1440))
        ended = begun + timedelta(minutes=rng.choice((0, 1, 500, 1440, rng.randrange(9000))))
        expected = 0
        minute = begun
        while minute < ended:
            hours = config.business_hours.get(minute.isoweekday(), (0, 0))
            is_open = hours[0] <= minute.hour * 60 + minute.minute < hours[1]
            expected += is_open and minute.date() not in config.holidays
            minute += timedelta(minutes=1)
        assert business_minutes(config, begun, ended) == expected


@pytest.mark.parametrize(
    ("begun", "ended", "minutes"),
    [
        (datetime(2025, 5, 8, 8), datetime(2025, 5, 8, 19), 540),  # a Thursday
        (datetime(2025, 5, 9, 17, 30), datetime(2025, 5, 12, 9, 30), 60),  # over the weekend
        (datetime(2025, 5, 2, 17), datetime(2025, 5, 7, 10), 120),  # and three holidays
        (datetime(2025, 5, 10, 9), datetime(2025, 5, 11, 18), 0),
        (datetime(2025, 5, 8, 17, 59, 59), datetime(2025, 5, 9, 9, 0, 1), Fraction(1, 30)),
        (datetime(2025, 5, 8, 12), datetime(2025, 5, 8, 11, 30), 0),  # the clock was set back
    ],
)
def test_business_minutes(begun: datetime, ended: datetime, minutes: Fraction | int) -> None:
    assert business_minutes(CONFIG, begun, ended) == minutes


def ticket(
    opened_at: str, answered_at: str | None, priority: str | None = None, **more: str | None
) -> dict[str, str | None]:
    return {
        "ticket_id": "t",
        "customer_id": "c",
        "opened_at": opened_at,
        "first_responded_at": answered_at,
        "priority": priority,
    } | more


@pytest.mark.parametrize(
    ("priority", "answered_at", "as_of", "is_within"),
    [
        # Opened on Thursday 8 May at 17:00 in Tokyo. Urgent: 60 minutes of any kind.
        ("urgent", "2025-05-08T09:00:00Z", 31, True),
        ("urgent", "2025-05-08T09:00:00.000001Z", 31, False),
        ("urgent", None, 8, False),
        # High: 240 business minutes, to Friday 12:00.
        ("high", "2025-05-09T03:00:00Z", 31, True),
        ("high", "2025-05-09T03:00:01Z", 31, False),
        ("high", None, 8, None),
        ("high", None, 9, False),
        ("high", "2025-05-10", 9, False),  # the answer is not known yet
        # Any other: 540, to Friday 17:00.
        ("High", "2025-05-09T08:00:00Z", 31, True),
        (None, "2025-05-09T08:00:00Z", 31, True),
        ("", "2025-05-09T08:00:01Z", 31, False),
        # Low: 1080, to Monday 17:00.
        ("low", None, 11, None),
        ("low", None, 12, False),
        ("low", "2025-05-12T08:00:00Z", 31, True),
    ],
)
def test_answers_within_the_limit(
    priority: str | None, answered_at: str | None, as_of: int, is_within: bool | None
) -> None:
    marts = build(
        {"support_tickets": [ticket("2025-05-08T08:00Z", answered_at, priority)]},
        policy=Policy(date(2025, 5, as_of)),
    )
    assert only(marts["fct_support_tickets"])["is_within_sla"] is is_within
    row = month(marts["kpi_support"], date(2025, 5, 1))
    assert row["sla_decided_tickets"] == (is_within is not None)
    assert row["sla_met_tickets"] == (is_within is True)


def test_a_limit_just_reached_at_the_end_of_the_last_day_is_not_passed() -> None:
    def decided(opened_at: str) -> Any:
        tickets: RawTable = [ticket(opened_at, None, "urgent")]
        marts = build({"support_tickets": tickets}, policy=Policy(date(2025, 5, 8)))
        return only(marts["fct_support_tickets"])["is_within_sla"]

    assert decided("2025-05-08T14:00:00Z") is None
    assert decided("2025-05-08T13:59:59Z") is False


def test_tickets() -> None:
    tickets: RawTable = [
        ticket("2025-05-08T23:30:00Z", "2025-05-09T00:40:30Z", resolved_at="2025-05-09T02:30:00Z"),
        ticket("2025-05-08", None, ticket_id="open", resolved_at="2025-05-08T00:10Z"),
        ticket("2025-05-08", "2025-05-08T00:10Z", ticket_id="quick", resolved_at="2026-01-01"),
        ticket("2025-05-08", "2025-05-08T00:20Z", ticket_id="quicker"),
        ticket("2025-12-31T15:00:00Z", None, ticket_id="not there yet"),
    ]
    marts = build({"support_tickets": tickets}, paid(ended="2025-05-09"))
    assert only(marts["fct_support_tickets"], ticket_id="t") == {
        "ticket_id": "t",
        "customer_id": "c",
        "opened_on": date(2025, 5, 9),
        "priority": None,
        "first_response_minutes": 70.5,
        "first_response_business_minutes": 40.5,  # from 9 o'clock on
        "resolution_minutes": 180.0,
        "is_within_sla": True,
    }
    assert len(marts["fct_support_tickets"]) == 4
    may = month(marts["kpi_support"], date(2025, 5, 1))
    assert (may["tickets_opened"], may["tickets_unanswered"]) == (4, 1)
    assert may["median_first_response_minutes"] == 20.0  # of 10, 20 and 70.5
    assert may["p90_first_response_minutes"] == pytest.approx(20 + 0.8 * 50.5)
    assert may["median_first_response_business_minutes"] == 20.0  # of 10, 20 and 40.5
    assert may["median_resolution_minutes"] == 95.0  # of 10 and 180
    assert (may["sla_decided_tickets"], may["first_response_within_sla_rate"]) == (4, 0.75)
    # On 9 May the plan is over, but it was there the day before.
    assert month(marts["kpi_support"], date(2025, 5, 1), "plan", "basic")["tickets_opened"] == 4


def test_percentiles() -> None:
    values = [Fraction(value) for value in (40, 10, 20)]
    assert median(values) == 20
    assert percentile(values, Fraction(9, 10)) == pytest.approx(36)  # position 1.8 of 0 to 2
    assert percentile(values, Fraction(1)) == 40
    assert median(values[:2]) == 25
    assert median(values[:1]) == 40
    assert median([]) is None


# --- the whole ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def random_marts() -> Marts:
    return compute(random_company(8, 200, date(2023, 4, 1), 900), Policy(date(2025, 9, 17)), CONFIG)


def test_segments_add_up(random_marts: Marts) -> None:
    added = {
        "kpi_onboarding": ("due_customers", "completed_customers", "trials_ended"),
        "kpi_engagement": ("active_customer_weeks", "low_usage_customers", "touches_sent"),
        "kpi_nps": ("nps_answers", "promoters", "surveys_sent", "csat_answers", "ces_score_sum"),
        "kpi_support": ("tickets_opened", "tickets_unanswered", "sla_met_tickets"),
    }
    for mart, names in added.items():
        sums: dict[tuple[Any, ...], list[int]] = {}
        for row in random_marts[mart]:
            key = (row["period_grain"], row["period_start"], row["segment_type"])
            before = sums.get(key, [0] * len(names))
            sums[key] = [a + row[name] for a, name in zip(before, names, strict=True)]
        totals = {key[:2]: counts for key, counts in sums.items() if key[2] == "all"}
        assert len(totals) == len(random_marts["dim_periods"])
        for key, counts in sums.items():
            assert counts == totals[key[:2]], (mart, key)


def test_a_random_company_has_every_case(random_marts: Marts) -> None:
    def found(mart: str, column: str) -> set[Any]:
        return {row[column] for row in random_marts[mart]}

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
    for mart in ("kpi_onboarding", "kpi_engagement", "kpi_nps", "kpi_support"):
        for column in random_marts[mart][0]:
            assert len(found(mart, column)) > 1, (mart, column)
