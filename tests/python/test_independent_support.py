# ruff: noqa: D103 - the names of the tests say what they are about
"""Support of the independent calculation, worked out by hand."""

import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from independent import Config, Policy
from independent.hand_made import CONFIG, build, only, period_row, subscribed, ticket
from independent.support import business_minutes

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
        ("HIGH", "2025-05-09T03:00:01Z", 31, False),
        ("p1", "2025-05-09T08:00:00Z", 31, True),
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
        ticket("2025-05-08T08:00Z", answered_at, priority),
        policy=Policy(date(2025, 5, as_of)),
    )
    assert only(marts["fct_support_tickets"])["is_within_sla"] is is_within
    row = period_row(marts["kpi_support"], date(2025, 5, 1))
    assert row["sla_decided_tickets"] == (is_within is not None)
    assert row["sla_met_tickets"] == (is_within is True)


def test_a_limit_just_reached_at_the_end_of_the_last_day_is_not_passed() -> None:
    def decided(opened_at: str) -> Any:
        marts = build(ticket(opened_at, None, "urgent"), policy=Policy(date(2025, 5, 8)))
        return only(marts["fct_support_tickets"])["is_within_sla"]

    assert decided("2025-05-08T14:00:00Z") is None
    assert decided("2025-05-08T13:59:59Z") is False


def test_durations_stand_for_moments() -> None:
    marts = build(
        ticket("2025-05-08T00:00Z", None, ticket_id="a", first_response_minutes="12.5"),
        ticket("2025-05-08T00:00Z", None, ticket_id="b", resolution_minutes="1,440"),
        ticket("2025-05-08T00:00Z", "2025-05-08T00:10Z", ticket_id="c", first_response_minutes="9"),
        ticket("2025-12-31T14:00Z", None, ticket_id="d", first_response_minutes="60"),  # tomorrow
    )
    found = {
        row["ticket_id"]: (row["first_response_minutes"], row["resolution_minutes"])
        for row in marts["fct_support_tickets"]
    }
    assert found == {"a": (12.5, None), "b": (None, 1440.0), "c": (10.0, None), "d": (None, None)}
    assert only(marts["fct_support_tickets"], ticket_id="b")["resolved_on"] == date(2025, 5, 9)
    may = period_row(marts["kpi_support"], date(2025, 5, 1))
    assert (may["tickets_unanswered"], may["sla_met_tickets"]) == (0, 2)


def test_tickets() -> None:
    marts = build(
        subscribed(ended="2025-05-09"),
        ticket(
            "2025-05-08T23:30:00Z",
            "2025-05-09T00:40:30Z",
            ticket_id="t",
            resolved_at="2025-05-09T02:30:00Z",
        ),
        ticket("2025-05-08T00:00Z", None, resolved_at="2025-05-08T00:10Z"),
        ticket("2025-05-08T00:00Z", "2025-05-08T00:10Z", resolved_at="2026-01-01"),
        ticket("2025-05-08T00:00Z", "2025-05-08T00:20Z"),
        ticket("2025-12-31T15:00:00Z"),  # tomorrow
        ticket("2025-04-08T00:00Z", "2025-04-08T00:10Z", of="", ticket_id="n"),
    )
    assert only(marts["fct_support_tickets"], ticket_id="t") == {
        "ticket_id": "t",
        "customer_id": "c",
        "opened_on": date(2025, 5, 9),
        "first_responded_on": date(2025, 5, 9),
        "resolved_on": date(2025, 5, 9),
        "priority": None,
        "channel": None,
        "first_response_minutes": 70.5,
        "first_response_business_minutes": 40.5,  # from 9 o'clock on
        "resolution_minutes": 180.0,
        "is_within_sla": True,
    }
    assert len(marts["fct_support_tickets"]) == 5
    may = period_row(marts["kpi_support"], date(2025, 5, 1))
    assert (may["tickets_opened"], may["tickets_unanswered"]) == (4, 0)
    assert may["median_first_response_minutes"] == 20.0  # of 10, 20 and 70.5
    assert may["p90_first_response_minutes"] == pytest.approx(20 + 0.8 * 50.5)
    assert may["median_first_response_business_minutes"] == 20.0  # of 10, 20 and 40.5
    assert may["median_resolution_minutes"] == 95.0  # of 10 and 180
    assert (may["sla_decided_tickets"], may["first_response_within_sla_rate"]) == (3, 1.0)
    # Nobody knows whose ticket n is.
    assert only(marts["fct_support_tickets"], ticket_id="n")["customer_id"] is None
    for segment_type in ("plan", "country_code"):
        april = period_row(marts["kpi_support"], date(2025, 4, 1), segment_type, "(none)")
        assert (april["tickets_opened"], april["sla_met_tickets"]) == (1, 1)
    # On 9 May the plan is over, but it was there the day before.
    basic = period_row(marts["kpi_support"], date(2025, 5, 1), "plan", "basic")
    assert basic["tickets_opened"] == 4
