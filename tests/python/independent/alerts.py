"""Alerts: what is wrong with which customers on the as-of date, and since when."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from .calendar import MINUTE, ONE_DAY, add_months, in_minutes, month_end
from .config import Config, OnboardingStep, Sla
from .health import days, latest_answer, nps_answers, order_days
from .history import History
from .onboarding import first_products
from .parsing import local_date
from .quality import Row
from .renewal import followers, is_said
from .support import business_minutes
from .voice import Survey

# By customer, since when there is something wrong.
Raised = dict[str, date]


def low_use(history: History, streaks: Iterable[Row]) -> Raised:
    """Use has been low for too many weeks."""
    long_enough = days(7 * history.policy.low_usage_weeks - 1)
    return {
        row["customer_id"]: row["streak_start"] + long_enough for row in streaks if row["is_open"]
    }


# --- onboarding --------------------------------------------------------------------------


def onboarding_overdue(history: History, config: Config, onboarding_rows: Iterable[Row]) -> Raised:
    """The deadline was missed, and onboarding has not been made up for since."""
    taken: dict[str, set[str]] = defaultdict(set)
    for row, _ in history.dated_rows("onboarding_events", "occurred_at"):
        taken[row["customer_id"]].add(row["step_code"])
    required: dict[str, list[OnboardingStep]] = defaultdict(list)
    for step in config.onboarding_rules:
        if step.within_days is not None:
            required[step.path_id].append(step)
    first_product = first_products(history)
    raised = {}
    for row in onboarding_rows:
        if row["status"] == "missed":
            customer_id = row["customer_id"]
            products = (None, first_product.get(customer_id))
            # A path on which no step is required is never done.
            is_done = any(
                all(step.step_code in taken[customer_id] for step in path)
                for steps in required.values()
                if (path := [step for step in steps if step.product_id in products])
            )
            if not is_done:
                raised[customer_id] = row["deadline_on"]
    return raised


# --- bills -------------------------------------------------------------------------------


def _minutes_by_month(history: History) -> dict[tuple[str, date], Fraction]:
    """By customer and month, the minutes of all sessions."""
    minutes: dict[tuple[str, date], Fraction] = defaultdict(Fraction)
    for row, day in history.dated_rows("sessions", "started_at"):
        month = add_months(day, 0)
        minutes[row["customer_id"], month] += in_minutes(
            (row["ended_at"] or row["started_at"]) - row["started_at"]
        )
    return minutes


def bill_shock(history: History, orders: Iterable[Row]) -> Raised:
    """The last month cost much more than those before, and use did not grow with it."""
    if not (history.has_sessions and history.has_table("orders")):
        return {}
    paid: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    for order in orders:
        paid[order["customer_id"], add_months(order["ordered_on"], 0)] += order["net_amount"]
    minutes = _minutes_by_month(history)
    ratio = Fraction(str(history.policy.bill_shock_ratio))
    growth = 1 + Fraction(str(history.policy.bill_shock_minutes_growth))
    # On the last day of a month, this is that month.
    last_month = add_months(history.as_of + ONE_DAY, -1)
    months = [add_months(last_month, -number) for number in (1, 2, 3)]
    raised = {}
    for customer_id in history.customers:
        bills = [Fraction(paid[customer_id, month]) for month in months]
        mean_minutes = sum((minutes[customer_id, month] for month in months), Fraction(0)) / 3
        used = minutes[customer_id, last_month]
        if (
            all(bill > 0 for bill in bills)
            and paid[customer_id, last_month] >= ratio * sum(bills) / 3
            and (used <= mean_minutes or used < growth * mean_minutes)
        ):
            raised[customer_id] = month_end(last_month)
    return raised


def payment_failed(history: History) -> Raised:
    """A payment failed lately, and none has gone through since."""
    first = history.as_of - days(history.policy.health_payment_days)
    raised = {}
    for customer_id, orders in order_days(history).items():
        failed = [day for day, status in orders if status == "failed"]
        paid = [day for day, status in orders if status == "paid"]
        if not failed or max(failed) < first or any(day >= max(failed) for day in paid):
            continue
        paid_before = max((day for day in paid if day < max(failed)), default=date.min)
        raised[customer_id] = max(min(day for day in failed if day > paid_before), first)
    return raised


# --- what customers say and ask ----------------------------------------------------------


def detractor(history: History, surveys: Iterable[Survey]) -> Raised:
    """The latest answer, if not too old, is a detractor's."""
    first = history.as_of - days(history.policy.health_nps_days)
    raised = {}
    for customer_id, answers in nps_answers(surveys).items():
        latest = latest_answer(answers, first, history.as_of)
        if latest and latest.responded_on and latest.nps_group == "detractor":
            raised[customer_id] = latest.responded_on
    return raised


def _late_on(history: History, config: Config, ticket: Row, sla: Sla) -> date:
    """The day on which a ticket that is late without an answer became late."""
    zone = history.policy.reporting_timezone
    opened_at: datetime = ticket["opened_at"]
    if not sla.is_business_time:
        late_on = local_date(opened_at + sla.minutes * MINUTE, zone)
        assert late_on
        return late_on
    begun = opened_at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    day, passed = begun.date(), Fraction(0)
    while True:
        midnight = datetime.combine(day, time())
        passed += business_minutes(config, max(begun, midnight), midnight + ONE_DAY)
        if passed > sla.minutes:
            return day
        day += ONE_DAY


def ticket_beyond_sla(history: History, config: Config, ticket_rows: Iterable[Row]) -> Raised:
    """A ticket has not been answered though the time for it is up."""
    late = {
        row["ticket_id"]
        for row in ticket_rows
        if row["is_within_sla"] is False and row["first_response_minutes"] is None
    }
    raised: Raised = {}
    for ticket in history.used["support_tickets"]:
        if ticket["ticket_id"] in late:
            sla = config.sla_of(ticket["priority"])
            late_on = _late_on(history, config, ticket, sla)
            customer_id = ticket["customer_id"]
            raised[customer_id] = min(raised.get(customer_id, late_on), late_on)
    return raised


# --- terms that end soon -----------------------------------------------------------------


def _open_terms(history: History) -> dict[str, list[Row]]:
    """By customer, the terms that end soon and are not renewed already, the first end first."""
    last = history.as_of + days(history.policy.renewal_alert_days)
    renewed = followers(history)
    terms: dict[str, list[Row]] = defaultdict(list)
    ending = [term for term in history.used["contracts"] if term["term_end"]]
    for term in sorted(ending, key=lambda term: (term["term_end"], term["contract_id"])):
        is_running = term["term_start"] <= history.as_of <= term["term_end"] <= last
        is_decided = term["contract_id"] in renewed or is_said(history, term, "renewed", "lapsed")
        if is_running and not is_decided:
            terms[term["customer_id"]].append(term)
    return terms


def _alert_starts(history: History, term: Row) -> date:
    """The day from which the end of a term is near."""
    began_on: date = term["term_start"]
    alerted_on: date = term["term_end"] - days(history.policy.renewal_alert_days)
    return max(began_on, alerted_on)


def _unwell_since(history: History, bands: Mapping[date, str | None]) -> date | None:
    """The month's end since which a customer has been in a band other than green."""

    def is_unwell(end: date) -> bool:
        return bands.get(end) not in (None, "green")

    end = history.as_of
    if not is_unwell(end):
        return None
    while is_unwell(add_months(end, 0) - ONE_DAY):
        end = add_months(end, 0) - ONE_DAY
    return end


def renewal_at_risk(history: History, health_rows: Iterable[Row]) -> Raised:
    """A term ends soon, and the customer is not well."""
    bands: dict[str, dict[date, str | None]] = defaultdict(dict)
    for row in health_rows:
        bands[row["customer_id"]][row["month_end"]] = row["health_band"]
    raised = {}
    for customer_id, terms in _open_terms(history).items():
        unwell_since = _unwell_since(history, bands.get(customer_id, {}))
        if unwell_since:
            first_day = unwell_since.replace(day=1)
            raised[customer_id] = max(_alert_starts(history, terms[0]), first_day)
    return raised


def dormant_auto_renewal(history: History) -> Raised:
    """A term that began by itself ends soon, and nobody uses the product."""
    if not history.has_sessions:
        return {}
    dormant = days(history.policy.dormant_days)
    last_session_on: dict[str, date] = {}
    for row, day in history.dated_rows("sessions", "started_at"):
        customer_id = row["customer_id"]
        last_session_on[customer_id] = max(last_session_on.get(customer_id, day), day)
    raised = {}
    for customer_id, terms in _open_terms(history).items():
        automatic = [term for term in terms if term["renewal_type"] == "auto"]
        if not automatic:
            continue
        raised_on = _alert_starts(history, automatic[0])
        if customer_id in last_session_on:
            dormant_on = last_session_on[customer_id] + dormant
            if dormant_on > history.as_of:
                continue
            raised_on = max(raised_on, dormant_on)
        raised[customer_id] = raised_on
    return raised


def fct_customer_alerts(
    history: History, config: Config, marts: Mapping[str, list[Row]], surveys: Iterable[Survey]
) -> list[Row]:
    """The open alerts of active customers, without their evidence in words.

    Args:
        history: What is known.
        config: The config seeds.
        marts: Rows of fct_low_use_streaks, fct_onboarding, fct_paid_orders, fct_support_tickets
            and fct_customer_health.
        surveys: All surveys.

    Returns:
        A row per customer and type of alert.
    """
    alerts = {
        "low_use": low_use(history, marts["fct_low_use_streaks"]),
        "onboarding_overdue": onboarding_overdue(history, config, marts["fct_onboarding"]),
        "bill_shock": bill_shock(history, marts["fct_paid_orders"]),
        "detractor": detractor(history, surveys),
        "renewal_at_risk": renewal_at_risk(history, marts["fct_customer_health"]),
        "dormant_auto_renewal": dormant_auto_renewal(history),
        "ticket_beyond_sla": ticket_beyond_sla(history, config, marts["fct_support_tickets"]),
        "payment_failed": payment_failed(history),
    }
    return [
        {
            "customer_id": customer_id,
            "alert_type": alert_type,
            "raised_on": raised_on,
            "mrr_at_risk": customer.on(history.as_of).mrr,
        }
        for alert_type, raised in alerts.items()
        for customer_id, raised_on in raised.items()
        if (customer := history.customers.get(customer_id)) and customer.on(history.as_of).mrr > 0
    ]
