"""Contract terms that came due, and what became of them."""

import calendar
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from .calendar import DAYS_PER_MONTH, Period
from .history import History
from .parsing import round_half_away
from .quality import Row
from .tally import Events, Tally, kpi_rows, ratio


def _monthly_value(history: History, term: Row) -> Decimal | None:
    """Value per month; a term of whole calendar months has that many."""
    start, end = term["term_start"], term["term_end"]
    if term["contract_value"] is None or end is None:
        return None
    rate = history.rate(term["currency_code"], start)
    months = Fraction((end.year - start.year) * 12 + end.month - start.month)
    last_day = calendar.monthrange(end.year, end.month)[1]
    if months < 1 or end.day != min(start.day, last_day):
        months = (end - start).days / DAYS_PER_MONTH
    return round_half_away(Fraction(term["contract_value"]) * Fraction(rate) / months, 4)


def _session_days(history: History) -> dict[str, list[date]]:
    days: dict[str, list[date]] = defaultdict(list)
    for row, day in history.dated_rows("sessions", "started_at"):
        days[row["customer_id"]].append(day)
    return days


def fct_contract_renewals(history: History) -> list[Row]:
    """Every term due by the as-of date."""
    grace = timedelta(days=history.policy.renewal_grace_days)
    dormant = timedelta(days=history.policy.dormant_days)
    session_days = _session_days(history)
    following: dict[str, list[Row]] = defaultdict(list)
    for row in history.used["contracts"]:
        previous = row["previous_contract_id"]
        if row["customer_id"] in history.customers and previous not in (None, row["contract_id"]):
            following[previous].append(row)
    rows = []
    for term in history.used["contracts"]:
        end = term["term_end"]
        if term["customer_id"] not in history.customers or not end or end > history.as_of:
            continue
        last_day = term["term_end"] + grace
        candidates = [
            (row["term_start"], row["contract_id"], row)
            for row in following[term["contract_id"]]
            if row["term_start"] <= min(last_day, history.as_of)
        ]
        renewal = min(candidates)[2] if candidates else None
        monthly = [_monthly_value(history, row) for _, _, row in candidates]
        values = [value for value in monthly if value is not None]
        status = "pending" if history.as_of <= last_day else "lapsed"
        is_dormant = None
        if history.has_sessions:
            is_dormant = (
                renewal is not None
                and renewal["renewal_type"] == "auto"
                and not any(
                    term["term_end"] - dormant <= day < term["term_end"]
                    for day in session_days[term["customer_id"]]
                )
            )
        rows.append(
            {
                "contract_id": term["contract_id"],
                "customer_id": term["customer_id"],
                "term_start": term["term_start"],
                "term_end": term["term_end"],
                "status": "renewed" if renewal else status,
                "renewal_type": renewal["renewal_type"] if renewal else None,
                "renewed_contract_id": renewal["contract_id"] if renewal else None,
                "due_monthly_value": _monthly_value(history, term),
                "renewed_monthly_value": sum(values, Decimal(0)) if values else None,
                "is_dormant": is_dormant,
            }
        )
    return rows


def _renewal_row(tally: Tally, has_sessions: bool) -> Row:
    decided, renewed = tally.count("decided"), tally.count("renewed")
    due_value, renewed_value = tally.amount("due_value"), tally.amount("renewed_value")
    return {
        "due_contracts": tally.count("due"),
        "pending_contracts": tally.count("pending"),
        "decided_contracts": decided,
        "renewed_contracts": renewed,
        "manually_renewed_contracts": tally.count("manual"),
        "auto_renewed_contracts": tally.count("auto"),
        "dormant_auto_renewed_contracts": tally.count("dormant") if has_sessions else None,
        "due_value": due_value,
        "renewed_value": renewed_value,
        "contract_renewal_rate": ratio(renewed, decided),
        "contract_value_renewal_rate": ratio(renewed_value, due_value),
        "voluntary_renewal_rate": tally.rate("manual", "decided"),
        "dormant_auto_renewal_share": tally.rate("dormant", "auto") if has_sessions else None,
    }


def kpi_renewal(history: History, periods: list[Period], terms: list[Row]) -> list[Row]:
    """How many of the terms that came due were renewed, by period and segment.

    Args:
        history: What is known.
        periods: The reported periods.
        terms: The rows of fct_contract_renewals.

    Returns:
        A row per period and segment.
    """
    events = Events(history)
    for term in terms:
        customer_id, day, due_value = (
            term[name] for name in ("customer_id", "term_end", "due_monthly_value")
        )
        events.add(customer_id, day, "due")
        if term["status"] == "pending":
            events.add(customer_id, day, "pending")
            continue
        events.add(customer_id, day, "decided")
        if due_value is not None:
            events.add(customer_id, day, "due_value", due_value)
            renewed_value = term["renewed_monthly_value"] or Decimal(0)
            events.add(customer_id, day, "renewed_value", min(renewed_value, due_value))
        if term["status"] == "renewed":
            events.add(customer_id, day, "renewed")
            # manual, auto, or new: a term that names another but is not called its renewal
            events.add(customer_id, day, term["renewal_type"])
            if term["is_dormant"]:
                events.add(customer_id, day, "dormant")
    return kpi_rows(
        periods, events.tallies, lambda tally: _renewal_row(tally, history.has_sessions), ("due",)
    )
