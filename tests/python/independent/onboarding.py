"""Onboarding by the company's own rules, and what became of trials."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from .calendar import Period
from .config import Config, OnboardingStep
from .history import Customer, History
from .quality import Row
from .tally import Events, Tally, kpi_rows, median

ONE_DAY_LONG = timedelta(hours=24)


class First(NamedTuple):
    """The first time that a customer took a step."""

    moment: datetime
    day: date


@dataclass(frozen=True)
class Onboarding:
    """How the onboarding of one customer to whom a path applies went."""

    deadline_on: date | None
    completed: First | None
    first_value_on: date | None


def _first_steps(history: History) -> dict[str, dict[str, First]]:
    """By customer and step code, when it was first taken."""
    first: dict[str, dict[str, First]] = defaultdict(dict)
    for row, day in history.dated_rows("onboarding_events", "occurred_at"):
        steps, taken = first[row["customer_id"]], First(row["occurred_at"], day)
        steps[row["step_code"]] = min(steps.get(row["step_code"], taken), taken)
    return first


def first_products(history: History) -> dict[str, str | None]:
    """By customer, the product of the item that was valid first."""
    customer_of = {
        subscription["subscription_id"]: subscription["customer_id"]
        for subscription in history.used["subscriptions"]
    }
    earliest: dict[str, tuple[datetime, str, str]] = {}
    for item in history.used["subscription_items"]:
        customer_id = customer_of.get(item["subscription_id"])
        if customer_id is not None and history.known_day(item["valid_from"]):
            candidate = (item["valid_from"], item["subscription_item_id"], item["plan_id"])
            earliest[customer_id] = min(earliest.get(customer_id, candidate), candidate)
    return {
        customer_id: history.product_of(plan_id)
        for customer_id, (_, _, plan_id) in earliest.items()
    }


def _completed(
    steps: list[OnboardingStep], customer: Customer, taken: dict[str, First]
) -> First | None:
    """When a path was completed: at its last required step, if each was taken in time."""
    times = []
    for step in steps:
        if step.within_days is None:
            continue
        first = taken.get(step.step_code)
        if first is None or first.day > customer.signed_up_on + timedelta(days=step.within_days):
            return None
        times.append(first)
    # A path on which no step is required has no last step.
    return max(times, default=None)


def onboardings(history: History, config: Config) -> dict[str, Onboarding]:
    """By customer, how onboarding went; whom no path applies to is not there.

    Nobody is there when the events of onboarding were not landed.
    """
    if not history.has_table("onboarding_events"):
        return {}
    first_steps, products = _first_steps(history), first_products(history)
    found = {}
    for customer_id, customer in history.customers.items():
        paths: dict[str, list[OnboardingStep]] = defaultdict(list)
        for step in config.onboarding_rules:
            if step.product_id is None or step.product_id == products.get(customer_id):
                paths[step.path_id].append(step)
        if not paths:
            continue
        taken = first_steps.get(customer_id, {})
        steps = [step for path in paths.values() for step in path]
        within_days = [step.within_days for step in steps if step.within_days is not None]
        completions = [_completed(path, customer, taken) for path in paths.values()]
        successes = [
            taken[step.step_code].day
            for step in steps
            if step.is_first_value and step.step_code in taken
        ]
        found[customer_id] = Onboarding(
            customer.signed_up_on + timedelta(days=max(within_days)) if within_days else None,
            min((completed for completed in completions if completed), default=None),
            min(successes, default=None),
        )
    return found


def was_onboarded(
    history: History, onboarded: Mapping[str, Onboarding], customer_id: str, day: date
) -> bool | None:
    """Whether onboarding was completed before a day; unknown without the events of onboarding."""
    if not history.has_table("onboarding_events"):
        return None
    completed = onboarded[customer_id].completed if customer_id in onboarded else None
    return completed is not None and completed.day < day


def fct_onboarding(history: History, onboarded: dict[str, Onboarding]) -> list[Row]:
    """Every customer and how its onboarding went."""
    if not history.has_table("onboarding_events"):
        return []
    rows = []
    for customer_id, customer in history.customers.items():
        row: Row = {
            "customer_id": customer_id,
            "signed_up_on": customer.signed_up_on,
            "deadline_on": None,
            "is_due": False,
            "completed_at": None,
            "completed_on": None,
            "status": None,
            "days_to_onboard": None,
            "first_value_on": None,
            "days_to_first_value": None,
        }
        rows.append(row)
        if customer_id not in onboarded:
            continue
        onboarding = onboarded[customer_id]
        row["deadline_on"] = onboarding.deadline_on
        row["is_due"] = bool(onboarding.deadline_on and onboarding.deadline_on <= history.as_of)
        if onboarding.completed:
            row["status"] = "completed"
            row["completed_at"] = onboarding.completed.moment
            row["completed_on"] = onboarding.completed.day
            row["days_to_onboard"] = (onboarding.completed.day - customer.signed_up_on).days
        elif onboarding.deadline_on and onboarding.deadline_on <= history.as_of:
            row["status"] = "missed"
        else:
            row["status"] = "in_progress"
        if onboarding.first_value_on:
            row["first_value_on"] = onboarding.first_value_on
            row["days_to_first_value"] = (onboarding.first_value_on - customer.signed_up_on).days
    return rows


def fct_trials(history: History, onboarded: dict[str, Onboarding]) -> list[Row]:
    """Every subscription that began with a trial."""
    may_take = timedelta(days=history.policy.trial_conversion_days)
    rows = []
    for customer_id, customer in history.customers.items():
        for subscription in customer.subscriptions:
            started_on = history.known_day(subscription["trial_started_at"])
            if started_on is None:
                continue
            paid_on = history.known_day(subscription["started_at"])
            ended_on = (
                history.known_day(subscription["trial_ended_at"])
                or paid_on
                or history.subscription_end(subscription)
            )
            is_fast = None
            if history.has_table("onboarding_events"):
                completed = onboarded[customer_id].completed if customer_id in onboarded else None
                is_fast = (
                    completed is not None
                    and completed.moment <= subscription["trial_started_at"] + ONE_DAY_LONG
                )
            rows.append(
                {
                    "subscription_id": subscription["subscription_id"],
                    "customer_id": customer_id,
                    "trial_started_on": started_on,
                    "trial_ended_on": ended_on,
                    "converted_on": paid_on,
                    "is_converted": ended_on is not None
                    and paid_on is not None
                    and paid_on <= ended_on + may_take,
                    "onboarded_within_24_hours": is_fast,
                }
            )
    return rows


def _onboarding_row(tally: Tally, has_events: bool) -> Row:
    ended, converted = tally.count("trial_ended"), tally.count("trial_converted")
    fast_ended, fast_converted = tally.count("fast_ended"), tally.count("fast_converted")
    fast_rate = tally.rate("fast_converted", "fast_ended")
    other_rate = tally.rate("other_converted", "other_ended")
    uplift = None if fast_rate is None or other_rate is None else fast_rate - other_rate
    return {
        "due_customers": tally.count("due"),
        "completed_customers": tally.count("completed"),
        "onboarding_completion_rate": tally.rate("completed", "due"),
        "median_days_to_onboard": median(tally.values["completed"]),
        "signed_up_customers": tally.count("signed_up"),
        "first_value_customers": tally.count("first_value"),
        "median_days_to_first_value": median(tally.values["first_value"]),
        "without_first_value_share": tally.rate("without_first_value", "signed_up"),
        "customers_without_first_value": tally.count("without_first_value"),
        "trials_ended": ended,
        "trials_converted": converted,
        "trial_conversion_rate": tally.rate("trial_converted", "trial_ended"),
        "fast_trials_ended": fast_ended if has_events else None,
        "fast_trials_converted": fast_converted if has_events else None,
        "other_trials_ended": tally.count("other_ended") if has_events else None,
        "other_trials_converted": tally.count("other_converted") if has_events else None,
        "fast_onboarding_conversion_rate": fast_rate if has_events else None,
        "other_conversion_rate": other_rate if has_events else None,
        "conversion_uplift": uplift if has_events else None,
    }


def kpi_onboarding(
    history: History, periods: list[Period], onboarding_rows: list[Row], trials: list[Row]
) -> list[Row]:
    """Onboarding and trials of every period and segment."""
    events = Events(history)
    for row in onboarding_rows:
        if row["status"] is None:
            continue
        customer_id = row["customer_id"]
        if row["deadline_on"]:
            events.add(customer_id, row["deadline_on"], "due")
            if row["status"] == "completed":
                events.add(customer_id, row["deadline_on"], "completed", row["days_to_onboard"])
        events.add(customer_id, row["signed_up_on"], "signed_up")
        if row["first_value_on"]:
            days = row["days_to_first_value"]
            events.add(customer_id, row["signed_up_on"], "first_value", days)
        else:
            events.add(customer_id, row["signed_up_on"], "without_first_value")
    for trial in trials:
        if trial["trial_ended_on"]:
            kind = "fast" if trial["onboarded_within_24_hours"] else "other"
            for name in ("trial", kind):
                events.add(trial["customer_id"], trial["trial_ended_on"], f"{name}_ended")
                if trial["is_converted"]:
                    events.add(trial["customer_id"], trial["trial_ended_on"], f"{name}_converted")
    has_events = history.has_table("onboarding_events")
    return kpi_rows(
        periods,
        events.tallies,
        lambda tally: _onboarding_row(tally, has_events),
        ("due", "signed_up", "trial_ended"),
    )
