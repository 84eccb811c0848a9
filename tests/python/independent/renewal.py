"""Contract terms that came due, and what became of them."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from .calendar import ONE_DAY, Period
from .history import History
from .parsing import local_date, round_half_away
from .quality import Row
from .revenue import ratio

DAYS_PER_MONTH = Fraction("30.4375")


def _monthly_value(history: History, term: Row) -> Decimal | None:
    if term["contract_value"] is None:
        return None
    rate = history.rate(term["currency_code"], term["term_start"])
    days = (term["term_end"] - term["term_start"]).days
    return round_half_away(
        Fraction(term["contract_value"]) * Fraction(rate) * DAYS_PER_MONTH / days, 4
    )


def _session_days(history: History) -> dict[str, list[date]]:
    days: dict[str, list[date]] = defaultdict(list)
    for row in history.used["sessions"]:
        day = local_date(row["started_at"], history.policy.reporting_timezone)
        if day and day <= history.as_of:
            days[row["customer_id"]].append(day)
    return days


def fct_contract_renewals(history: History) -> list[Row]:
    """Every term due by the as-of day."""
    grace = timedelta(days=history.policy.renewal_grace_days)
    dormant = timedelta(days=history.policy.dormant_days)
    session_days = _session_days(history)
    following: dict[str, list[Row]] = defaultdict(list)
    for row in history.used["contracts"]:
        if (
            row["customer_id"] in history.customers
            and row["contract_id"] != (row["previous_contract_id"])
        ):
            following[row["previous_contract_id"] or ""].append(row)
    rows = []
    for term in history.used["contracts"]:
        if term["customer_id"] not in history.customers or term["term_end"] > history.as_of:
            continue
        last_day = term["term_end"] + grace
        candidates = [
            (row["term_start"], row["contract_id"], row)
            for row in following[term["contract_id"]]
            if row["term_start"] <= min(last_day, history.as_of)
        ]
        renewal = min(candidates)[2] if candidates else None
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
                "renewed_monthly_value": _monthly_value(history, renewal) if renewal else None,
                "is_dormant": is_dormant,
            }
        )
    return rows


def _segments(history: History, term: Row) -> list[tuple[str, str]]:
    customer = history.customers[term["customer_id"]]
    plan_id = customer.on(term["term_end"]).plan_id
    if plan_id is None:
        plan_id = customer.on(term["term_end"] - ONE_DAY).plan_id
    return history.segments(customer, plan_id)


def _renewal_row(history: History, terms: list[Row]) -> Row:
    decided = [term for term in terms if term["status"] != "pending"]
    renewed = [term for term in decided if term["status"] == "renewed"]
    manual = sum(term["renewal_type"] == "manual" for term in renewed)
    auto = sum(term["renewal_type"] == "auto" for term in renewed)
    dormant = sum(bool(term["is_dormant"]) for term in renewed) if history.has_sessions else None
    valued = [term for term in decided if term["due_monthly_value"] is not None]
    due_value = sum((term["due_monthly_value"] for term in valued), Decimal(0))
    kept_value = sum(
        (
            min(term["renewed_monthly_value"] or Decimal(0), term["due_monthly_value"])
            for term in valued
        ),
        Decimal(0),
    )
    return {
        "due_contracts": len(terms),
        "pending_contracts": len(terms) - len(decided),
        "decided_contracts": len(decided),
        "renewed_contracts": len(renewed),
        "manually_renewed_contracts": manual,
        "auto_renewed_contracts": auto,
        "dormant_auto_renewed_contracts": dormant,
        "due_value": due_value,
        "renewed_value": kept_value,
        "contract_renewal_rate": ratio(len(renewed), len(decided)),
        "contract_value_renewal_rate": ratio(kept_value, due_value),
        "voluntary_renewal_rate": ratio(manual, len(decided)),
        "dormant_auto_renewal_share": None if dormant is None else ratio(dormant, auto),
    }


def kpi_renewal(history: History, periods: list[Period], terms: list[Row]) -> list[Row]:
    """How many of the terms that came due were renewed, by period and segment."""
    segments = {term["contract_id"]: _segments(history, term) for term in terms}
    rows = []
    for period in periods:
        due: dict[tuple[str, str], list[Row]] = {("all", "all"): []}
        for term in terms:
            if period.start <= term["term_end"] <= min(period.end, history.as_of):
                found = segments[term["contract_id"]]
                for segment in found[:1] if period.grain == "day" else found:
                    due.setdefault(segment, []).append(term)
        rows += [
            period.columns()
            | {"segment_type": segment_type, "segment_value": segment_value}
            | _renewal_row(history, due_terms)
            for (segment_type, segment_value), due_terms in due.items()
        ]
    return rows
