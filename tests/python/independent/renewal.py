"""Contract terms that came due, and what became of them."""

import calendar
import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .calendar import DAYS_PER_MONTH, Period
from .history import History
from .parsing import listed, round_half_away
from .quality import Row
from .tally import Events, Tally, kpi_rows, ratio


def _monthly_value(history: History, term: Row) -> Decimal | None:
    """Value per month; a term of whole calendar months has that many."""
    start, end = term["term_start"], term["term_end"]
    if term["contract_value"] is None or end is None:
        return None
    # of a term that has not begun, the latest rate there is
    rate = history.rate(term["currency_code"], min(start, history.as_of))
    months = Fraction((end.year - start.year) * 12 + end.month - start.month)
    last_day = calendar.monthrange(end.year, end.month)[1]
    if months < 1 or end.day != min(start.day, last_day):
        months = (end - start).days / DAYS_PER_MONTH
    value = Fraction(round_half_away(Fraction(term["contract_value"]), 8))
    return round_half_away(value * Fraction(rate) / months, 4)


def _session_days(history: History) -> dict[str, list[date]]:
    days: dict[str, list[date]] = defaultdict(list)
    for row, day in history.dated_rows("sessions", "started_at"):
        days[row["customer_id"]].append(day)
    return days


class Follower(NamedTuple):
    """A term that renews another."""

    term: Row
    is_inferred: bool


def is_said(history: History, term: Row, *statuses: str) -> bool:
    """Whether the term is said to have one of these fates, as far as that is known."""
    is_known = not term["updated_at"] or history.known_day(term["updated_at"])
    return bool(is_known) and term["renewal_status"] in statuses


def known_terms(history: History) -> list[Row]:
    """Terms of customers that are not internal, begun or signed."""
    return [
        row
        for row in history.used["contracts"]
        if row["customer_id"] in history.customers
        and (row["term_start"] <= history.as_of or history.known_day(row["signed_at"]))
    ]


def _named_by(term: Row, terms: Mapping[str, Row]) -> list[str]:
    """The predecessors that a term names."""
    text = term["previous_contract_id"]
    if text is None:
        return []
    names = [text] if text in terms else listed(text) if re.search("[;,]", text) else []
    return sorted({name for name in names if name in terms} - {term["contract_id"]})


def followers(history: History) -> dict[str, list[Follower]]:
    """By term, what renews it: in time or too late, begun or only signed."""
    grace = timedelta(days=history.policy.renewal_grace_days)
    terms = {term["contract_id"]: term for term in known_terms(history)}
    named = {key: _named_by(term, terms) for key, term in terms.items()}
    found: dict[str, list[Follower]] = defaultdict(list)
    for key, names in named.items():
        for name in names:
            found[name].append(Follower(terms[key], is_inferred=False))
    unnamed = [term for key, term in terms.items() if key not in found]
    values = {key: _monthly_value(history, term) for key, term in terms.items()}
    by_customer: dict[str, list[Row]] = defaultdict(list)
    for term in unnamed:
        if term["term_end"] and not is_said(history, term, "lapsed"):
            by_customer[term["customer_id"]].append(term)
    for key, names in named.items():
        later = terms[key]
        if not names or not later["term_end"]:
            continue
        taken_in = [
            term
            for term in by_customer[later["customer_id"]]
            if term["term_start"] < later["term_start"] <= term["term_end"] + grace
            and term["term_end"] < later["term_end"]
            and len({term["subscription_id"], later["subscription_id"]} - {None}) < 2
            and not set(named[term["contract_id"]]) & set(names)
        ]
        all_values = [values[name] for name in names]
        all_values += [values[term["contract_id"]] for term in taken_in]
        worth = values[key]
        if worth is None or None in all_values:
            continue
        if worth >= sum((value for value in all_values if value is not None), Decimal(0)):
            for term in taken_in:
                found[term["contract_id"]].append(Follower(later, is_inferred=True))
    return found


def _shares(history: History, renewals: Mapping[str, list[Follower]]) -> dict[str, list[Decimal]]:
    """By term, the parts of the values of those that renew it that are its own."""
    values = {term["contract_id"]: _monthly_value(history, term) for term in known_terms(history)}
    renewed_by: dict[str, list[str]] = defaultdict(list)
    for key, followed in renewals.items():
        for follower in followed:
            renewed_by[follower.term["contract_id"]].append(key)
    shares: dict[str, list[Decimal]] = defaultdict(list)
    for later, keys in renewed_by.items():
        worth, parts = values[later], [values[key] for key in keys]
        if worth is None:
            continue
        total = sum((part or Decimal(0) for part in parts), Decimal(0))
        for key, part in zip(keys, parts, strict=True):
            weight = Fraction(1, len(keys))
            if None not in parts and total > 0 and part is not None:
                weight = Fraction(part) / Fraction(total)
            shares[key].append(round_half_away(Fraction(worth) * weight, 4))
    return shares


def fct_contract_renewals(history: History) -> list[Row]:
    """Every term due by the as-of date."""
    grace = timedelta(days=history.policy.renewal_grace_days)
    dormant = timedelta(days=history.policy.dormant_days)
    session_days = _session_days(history)
    following = followers(history)
    terms = {term["contract_id"]: term for term in known_terms(history)}
    in_time = {
        key: [
            follower
            for follower in found
            if (end := terms[key]["term_end"])
            and follower.term["term_start"] <= min(end + grace, history.as_of)
        ]
        for key, found in following.items()
    }
    shares = _shares(history, in_time)
    rows = []
    for key, term in terms.items():
        end = term["term_end"]
        if not end or end > history.as_of:
            continue
        candidates = [
            (follower.term["term_start"], follower.term["contract_id"], follower)
            for follower in in_time.get(key, [])
        ]
        first = min(candidates)[2] if candidates else None
        renewal = first.term if first else None
        due_value = _monthly_value(history, term)
        renewed_value = sum(shares[key], Decimal(0)) if shares[key] else None
        status = "pending" if history.as_of <= end + grace else "lapsed"
        source = None
        if first:
            status, source = "renewed", "inferred" if first.is_inferred else "named"
        elif is_said(history, term, "renewed"):
            status, source, renewed_value = "renewed", "stated", due_value
        elif is_said(history, term, "lapsed"):
            status = "lapsed"
        is_dormant = None
        if history.has_sessions:
            is_dormant = (
                renewal is not None
                and renewal["renewal_type"] == "auto"
                and not any(end - dormant <= day < end for day in session_days[term["customer_id"]])
            )
        rows.append(
            {
                "contract_id": key,
                "customer_id": term["customer_id"],
                "term_start": term["term_start"],
                "term_end": end,
                "status": status,
                "renewal_type": renewal["renewal_type"] if renewal else None,
                "renewed_contract_id": renewal["contract_id"] if renewal else None,
                "due_monthly_value": due_value,
                "renewed_monthly_value": renewed_value,
                "is_dormant": is_dormant,
                "renewal_source": source,
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
            if term["renewal_type"]:
                events.add(customer_id, day, term["renewal_type"])
            if term["is_dormant"]:
                events.add(customer_id, day, "dormant")
    return kpi_rows(
        periods, events.tallies, lambda tally: _renewal_row(tally, history.has_sessions), ("due",)
    )
