# ruff: noqa: D103 - the names of the tests say what they are about
"""Onboarding and trials of the independent calculation, worked out by hand."""

from dataclasses import replace
from datetime import date

import pytest
from independent import Policy
from independent.config import OnboardingStep
from independent.hand_made import (
    AS_OF,
    CONFIG,
    Marts,
    Tables,
    Text,
    build,
    customers,
    item,
    only,
    period_row,
    steps,
    subscribed,
    trial,
)
from independent.parsing import local_date

SIGNED_UP = date(2025, 4, 2)

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
    assert local_date(row.pop("completed_at"), "Asia/Tokyo") == completed_on
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
    own = subscribed(begun="2025-04-12")

    def marts_with_trial(item_id: str, valid_from: str) -> Marts:
        """The item of a trial that was never paid, beside the own one."""
        tried = item(item_id, valid_from, None, plan="chat", subscription_id="t")
        begun = trial("t", trial_started_at="2025-04-12")
        return build(own, begun, tried, taken, config=config)

    row = only(build(own, taken, config=config)["fct_onboarding"])
    assert (row["deadline_on"], row["status"]) == (date(2025, 4, 4), "missed")
    assert (row["first_value_on"], row["days_to_first_value"]) == (date(2025, 4, 3), 1)
    row = only(marts_with_trial("z", "2025-04-11T14:59:59Z")["fct_onboarding"])
    assert (row["deadline_on"], row["status"]) == (date(2025, 6, 1), "completed")
    assert (row["days_to_onboard"], row["days_to_first_value"]) == (60, 60)
    # At the same time the smaller id is first.
    row = only(marts_with_trial("a", "2025-04-12")["fct_onboarding"])
    assert row["days_to_onboard"] == 60
    # No path applies to whom has no item, and the path that only shows a value never completes.
    marts = build(taken, config=config)
    assert only(marts["fct_onboarding"]) == {
        "customer_id": "c",
        "signed_up_on": SIGNED_UP,
        "is_due": False,
        **dict.fromkeys(
            (
                *("deadline_on", "completed_on", "status", "days_to_onboard", "first_value_on"),
                *("days_to_first_value", "completed_at"),
            )
        ),
    }
    assert period_row(marts["kpi_onboarding"], date(2025, 4, 1))["signed_up_customers"] == 0


def test_rates_of_onboarding() -> None:
    def taken(of: str, day: str, *codes: str) -> Tables:
        return steps(*((code, day) for code in codes), of=of)

    marts = build(
        customers("a", "b", "c"),
        customers("d", signed_up_at="2025-04-03"),
        customers("e", signed_up_at="2025-05-31"),
        taken("a", "2025-04-02", "first_login", "api_connected"),
        taken("b", "2025-04-05", "first_login", "api_connected"),
        taken("a", "2025-04-03", "first_report_shared"),
        taken("d", "2025-04-07", "first_report_shared"),
        taken("d", "2025-04-09", "first_report_shared"),
        taken("e", "2025-06-01", "first_report_shared"),
        policy=Policy(date(2025, 5, 31)),
    )
    april = period_row(marts["kpi_onboarding"], date(2025, 4, 1))
    may = period_row(marts["kpi_onboarding"], date(2025, 5, 1))
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
    times: dict[str, Text], as_of: date, ended_on: int | None, is_converted: bool
) -> None:
    marts = build(trial("t", "c", trial_started_at="2025-04-03", **times), policy=Policy(as_of))
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
    april = period_row(marts["kpi_onboarding"], date(2025, 4, 1))
    assert april["trials_ended"] == (ended_on is not None)
    assert april["trials_converted"] == is_converted
    assert april["fast_trials_ended"] is april["conversion_uplift"] is None


def test_a_subscription_without_a_trial_is_none() -> None:
    assert build(subscribed())["fct_trials"] == []
    assert build(trial("t", trial_started_at="2026-01-01"))["fct_trials"] == []


def test_fast_onboarding_and_conversion() -> None:
    # The last step of the earlier path, 3 April 12:00, is the moment of completion.
    taken = steps(
        ("first_login", "2025-04-02T10:00Z"),
        ("api_connected", "2025-04-03T12:00Z"),
        ("api_connected", "2025-04-03T11:59:00.5+00:00"),
    )
    ended: dict[str, Text] = {"trial_ended_at": "2025-04-30"}
    paid: dict[str, Text] = ended | {"started_at": "2025-05-01"}
    marts = build(
        customers("c", "d"),
        taken,
        trial("exact", "c", trial_started_at="2025-04-02T11:59:00.5Z", **paid),
        trial("late", "c", trial_started_at="2025-04-02T11:59:00.499999Z", **paid),
        trial("before", "c", trial_started_at="2025-04-20", **ended),
        trial("other", "d", trial_started_at="2025-04-20", **ended),
    )
    found = {
        row["subscription_id"]: row["onboarded_within_24_hours"] for row in marts["fct_trials"]
    }
    assert found == {"exact": True, "late": False, "before": True, "other": False}
    april = period_row(marts["kpi_onboarding"], date(2025, 4, 1))
    assert (april["trials_ended"], april["trials_converted"]) == (4, 2)
    assert (april["fast_trials_ended"], april["fast_trials_converted"]) == (2, 1)
    assert april["fast_onboarding_conversion_rate"] == april["other_conversion_rate"] == 0.5
    assert april["conversion_uplift"] == 0.0
