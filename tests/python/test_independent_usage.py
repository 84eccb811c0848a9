# ruff: noqa: D103 - the names of the tests say what they are about
"""Use, campaigns and community of the independent calculation, worked out by hand."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from independent import Config, Policy
from independent.config import Weight
from independent.hand_made import (
    AS_OF,
    CONFIG,
    Tables,
    activity,
    build,
    customers,
    features,
    only,
    paying,
    period_row,
    session,
    together,
    touch,
    values,
)

MONDAY = date(2025, 4, 7)


def paid(begun: str = "2025-04-02", ended: str | None = None, seats: str = "4") -> Tables:
    """Customer c with seats of plan basic."""
    return paying("c", begun, ended, quantity=seats)


# --- use ---------------------------------------------------------------------------------


def test_weeks_of_use() -> None:
    marts = build(
        # Sunday 23:59 in Tokyo until Monday: all of it is Sunday's.
        session("2025-04-13T14:59:00Z", "2025-04-13T15:30:30Z", "u1"),
        session("2025-04-13T15:00:00Z", "2025-04-13T15:00:01Z"),
        session("2025-04-08", "2025-04-08", "u1"),
        # The as-of date, and the day after.
        session("2025-12-31T14:59:00Z", "2026-01-01T14:59:00Z", "u1"),
        session("2025-12-31T15:00:00Z", "2026-01-01T15:30:00Z", "u1"),
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
    together(
        session("2025-04-08T00:00Z", "2025-04-08T00:30Z", "u1"),
        session("2025-04-09T00:00Z", "2025-04-09T00:30Z", "u2"),
    ),
    features(("webhook", "2025-04-10", "u3"), ("chat_widget", "2025-04-10", "u1")),
)


def score(*parts: Tables, config: Config = CONFIG) -> Any:
    return only(build(paid(), *parts, config=config)["fct_usage_scores"])["usage_score"]


def test_usage_score() -> None:
    row = only(build(paid(), *USE)["fct_usage_scores"])
    names = "customer_id week_start week_end seats"
    assert values(row, names) == ["c", MONDAY, date(2025, 4, 13), 4]
    # 3 of 5 days, 60 of 120 minutes, 2 of 12 features, 3 of 4 users
    days, minutes, used, users = 0.3 * 3 / 5, 0.2 * 60 / 120, 0.3 * 2 / 12, 0.2 * 3 / 4
    assert row["usage_score"] == pytest.approx(100 * (days + minutes + used + users))
    # Two seats only: three users are at most full marks.
    few = paid(seats="2")
    full = only(build(few, *USE)["fct_usage_scores"])["usage_score"]
    assert full == pytest.approx(100 * (days + minutes + used + 0.2))


def test_components_that_drop_out_of_the_score() -> None:
    without_sessions = 0.3 * 1 / 5 + 0.3 * 2 / 12 + 0.2 * 2 / 4
    assert score(USE[1]) == pytest.approx(100 * without_sessions / 0.8)
    without_features = 0.3 * 2 / 5 + 0.2 * 60 / 120 + 0.2 * 2 / 4
    assert score(USE[0]) == pytest.approx(100 * without_features / 0.7)
    unnamed = session("2025-04-08T00:00Z", "2025-04-08T01:00Z")
    assert score(unnamed) == pytest.approx(100 * (0.3 * 1 / 5 + 0.2 * 60 / 120) / 0.5)
    # Somebody is named in another week.
    named = together(unnamed, session("2025-12-31", "2025-12-31", "u1"))
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
    april = period_row(marts["kpi_engagement"], date(2025, 4, 1))
    # Sundays 6, 13 and 20 April, of which only the week to the 13th has use.
    assert april["active_customer_weeks"] == 3
    assert april["usage_score_sum"] == pytest.approx(48)
    assert april["usage_score"] == pytest.approx(16)
    assert april["active_customers"] == 0
    assert period_row(marts["kpi_engagement"], date(2025, 4, 1), "plan", "basic") | {
        "segment_type": "all",
        "segment_value": "all",
    } == april | {"stage_due_customers": 0, "top_stage_rate": None}
    days = [row for row in marts["kpi_engagement"] if row["period_grain"] == "day"]
    assert {row["period_start"].day for row in days if row["active_customer_weeks"]} == {6, 13, 20}
    assert {row["segment_type"] for row in days} == {"all"}
    # Before the Sunday is over its week is not counted.
    marts = build(paid(), *USE, policy=Policy(date(2025, 4, 12)))
    assert marts["fct_usage_scores"] == []
    assert period_row(marts["kpi_engagement"], date(2025, 4, 1))["active_customer_weeks"] == 1


def streaks(*parts: Tables, **policy: Any) -> list[tuple[Any, ...]]:
    as_of = policy.pop("as_of", date(2025, 5, 25))  # a Sunday, the end of the 7th whole week
    marts = build(*parts, policy=Policy(as_of, **policy))
    return [
        (row["streak_start"], row["streak_end"], row["weeks"], row["is_open"])
        for row in marts["fct_low_use_streaks"]
    ]


def test_low_use() -> None:
    def minutes(*lengths: str) -> Tables:
        """One session in each week from 7 April on."""
        days = [MONDAY + timedelta(weeks=number) for number in range(len(lengths))]
        return together(
            *(
                session(f"{day}T12:00:00Z", f"{day}T{length}Z", "u")
                for day, length in zip(days, lengths, strict=True)
            )
        )

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
    busy = together(
        session("2025-04-08T00:00Z", "2025-04-08T01:00Z", "u"),
        session("2025-04-16", "2025-04-16T01:00Z", "u"),
    )
    marts = build(paid(), busy, policy=Policy(date(2025, 5, 14)))
    low = {
        row["period_start"]: row["low_usage_customers"]
        for row in marts["kpi_engagement"]
        if row["period_grain"] == "day"
    }
    # Low from the week of 21 April on; the third such week ends on 11 May.
    assert low[date(2025, 5, 10)] == 0
    assert low[date(2025, 5, 11)] == low[date(2025, 5, 14)] == 1
    may = period_row(marts["kpi_engagement"], date(2025, 5, 1))
    assert (may["low_usage_customers"], may["low_usage_customer_rate"]) == (1, 1.0)
    # Who has left is not counted, though the run goes on to the last whole week.
    marts = build(paid(ended="2025-05-12"), busy, policy=Policy(date(2025, 5, 14)))
    assert only(marts["fct_low_use_streaks"])["is_open"] is True
    may = period_row(marts["kpi_engagement"], date(2025, 5, 1))
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
    june = period_row(marts["kpi_engagement"], date(2025, 6, 1))
    assert (june["stage_due_customers"], june["top_stage_customers"]) == (1, 1)
    assert june["top_stage_rate"] == 1.0
    marts = build(used, policy=Policy(AS_OF, ladder_days=59))
    may = period_row(marts["kpi_engagement"], date(2025, 5, 1))
    assert (may["stage_due_customers"], may["top_stage_customers"]) == (1, 0)
    marts = build(used, policy=Policy(date(2025, 5, 31)))
    assert {row["ladder_stage"] for row in marts["fct_feature_stages"]} == {1}
    assert not any(row["stage_due_customers"] for row in marts["kpi_engagement"])


# --- campaigns and community -------------------------------------------------------------


def test_community_and_campaigns() -> None:
    marts = build(
        paid(ended="2025-06-01"),
        customers("d"),
        activity("2025-05-31"),
        activity("2025-05-30"),
        activity("2025-05-31", of="d"),
        touch("2025-05-31", delivered_at="2025-06-02"),
        touch("2025-05-31", delivered_at="2025-06-03"),
        touch("2025-06-02", opened_at="2025-06-02"),
        touch("2025-06-03", opened_at="2025-06-02"),
        policy=Policy(date(2025, 6, 2)),
    )
    last = date(2025, 6, 2)
    names = "sent_on delivered_on opened_on"
    assert [values(row, names) for row in marts["fct_campaign_touches"]] == [
        [date(2025, 5, 31), last, None],
        [date(2025, 5, 31), None, None],
        [last, None, last],
    ]
    assert len(marts["fct_community_activities"]) == 3
    may = period_row(marts["kpi_engagement"], date(2025, 5, 1))
    assert (may["active_customers"], may["community_customers"]) == (1, 1)
    assert may["community_participation_rate"] == 1.0
    assert (may["touches_sent"], may["touches_delivered"], may["touches_opened"]) == (2, 1, 0)
    assert may["campaign_delivered_rate"] == 0.5
    june = period_row(marts["kpi_engagement"], date(2025, 6, 1))
    assert (june["community_customers"], june["community_participation_rate"]) == (0, None)
    assert (june["touches_sent"], june["touches_opened"], june["campaign_open_rate"]) == (1, 1, 1)
    # On 2 June there is no plan any more, nor was there one the day before.
    none = period_row(marts["kpi_engagement"], date(2025, 6, 1), "plan", "(none)")
    assert none["touches_sent"] == 1
    basic = period_row(marts["kpi_engagement"], date(2025, 5, 1), "plan", "basic")
    assert basic["touches_sent"] == 2


def test_what_rests_on_tables_that_are_not_there_is_null() -> None:
    marts = build(paid())
    row = period_row(marts["kpi_engagement"], date(2025, 4, 1))
    for name in (
        *("usage_score_sum", "usage_score", "low_usage_customers", "low_usage_customer_rate"),
        *("top_stage_customers", "top_stage_rate"),
        *("community_customers", "community_participation_rate", "campaign_open_rate"),
    ):
        assert row[name] is None, name
    assert row["active_customer_weeks"] == 4
    assert row["touches_sent"] == 0
    assert period_row(marts["kpi_engagement"], date(2025, 6, 1))["stage_due_customers"] == 1
    assert marts["fct_onboarding"] == marts["fct_usage_weekly"] == []
    no_ladder = replace(CONFIG, feature_stages={"api_call": None})
    row = period_row(build(features(), config=no_ladder)["kpi_engagement"], date(2025, 6, 1))
    assert (row["stage_due_customers"], row["top_stage_customers"]) == (1, None)
    assert row["usage_score"] is None
    assert row["usage_score_sum"] == 0.0
