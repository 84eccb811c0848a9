"""MRR and its movements, retention, churns and cohorts."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from . import onboarding, voice
from .calendar import Period, add_months, month_end, months_between
from .history import NOTHING, Customer, History, State
from .quality import Row
from .tally import Tallies, Tally, kpi_rows, ratio

# A segment value has a row where one of these is not 0.
COUNTED = (
    "opening",
    "new",
    "reactivation",
    "churn",
    "closing",
    "intra_period",
    "transferred_in",
    "transferred_out",
)


class Span(NamedTuple):
    """One customer over one period."""

    customer: Customer
    opening: State
    closing: State
    movement: str | None
    was_active: bool


class Entry(NamedTuple):
    """What one customer adds to the ledger of a period, under the plan that it belongs to."""

    name: str
    mrr: Decimal
    plan_id: str | None


def fct_mrr_changes(history: History) -> list[Row]:
    """Every day on which a customer's MRR or primary plan changed."""
    rows = []
    for customer in history.customers.values():
        before, active_changes = NOTHING, 0
        following = [*customer.days, None][1:]
        for day, state, next_day in zip(customer.days, customer.states, following, strict=True):
            active_changes += state.mrr > 0
            churned = [churn.churned_on for churn in customer.churns if churn.churned_on <= day]
            rows.append(
                {
                    "customer_id": customer.customer_id,
                    "changed_on": day,
                    "mrr_before": before.mrr,
                    "mrr_after": state.mrr,
                    "plan_id_before": before.plan_id,
                    "plan_id_after": state.plan_id,
                    "first_active_on": customer.first_active_on,
                    "last_churned_on": max(churned, default=None),
                    "active_changes": active_changes,
                    "next_changed_on": next_day,
                }
            )
            before = state
    return rows


def fct_churns(
    history: History,
    onboarded: Mapping[str, onboarding.Onboarding],
    surveys: Sequence[voice.Survey],
) -> list[Row]:
    """Every day on which a customer's MRR went to 0.

    Args:
        history: What is known.
        onboarded: By customer, how onboarding went.
        surveys: All surveys.

    Returns:
        A row per customer and day.
    """
    rows = []
    for customer_id, customer in history.customers.items():
        for churn in customer.churns:
            assert customer.first_active_on
            group, is_graduated, is_involuntary = history.churn_reasons[churn.reason_code]
            rows.append(
                {
                    "customer_id": customer_id,
                    "churned_on": churn.churned_on,
                    "mrr_lost": churn.mrr_lost,
                    "tenure_days": (churn.churned_on - customer.first_active_on).days,
                    "plan_id": churn.plan_id,
                    "reason_code": churn.reason_code,
                    "reason_group": group,
                    "is_graduated": is_graduated,
                    "is_involuntary": is_involuntary,
                    "reactivated_on": churn.reactivated_on,
                    "was_onboarded": onboarding.was_onboarded(
                        history, onboarded, customer_id, churn.churned_on
                    ),
                    "last_nps_score": voice.last_nps_score(surveys, customer_id, churn.churned_on),
                }
            )
    return rows


def _movement(customer: Customer, period: Period, opening: State, closing: State) -> str | None:
    if opening.mrr == closing.mrr:
        return None
    if opening.mrr == 0:
        first_active_on = customer.first_active_on
        assert first_active_on
        return "new" if first_active_on >= period.start else "reactivation"
    if closing.mrr == 0:
        return "churn"
    return "expansion" if closing.mrr > opening.mrr else "contraction"


def spans(history: History, period: Period) -> list[Span]:
    """All customers who were active at some time in, or just before, a period."""
    found = []
    for customer in history.customers.values():
        if not customer.days or customer.days[0] > period.closing:
            continue
        opening, closing = customer.on(period.opening), customer.on(period.closing)
        was_active = customer.was_active_between(period.start, period.closing)
        if opening.mrr > 0 or was_active:
            movement = _movement(customer, period, opening, closing)
            found.append(Span(customer, opening, closing, movement, was_active))
    return found


def fct_mrr_movements(history: History, periods: list[Period]) -> list[Row]:
    """What became of each customer's MRR over each period."""
    return [
        period.columns()
        | {
            "customer_id": span.customer.customer_id,
            "movement_type": span.movement,
            "opening_mrr": span.opening.mrr,
            "closing_mrr": span.closing.mrr,
            "mrr_change": span.closing.mrr - span.opening.mrr,
            "opening_plan_id": span.opening.plan_id,
            "closing_plan_id": span.closing.plan_id,
        }
        for period in periods
        for span in spans(history, period)
        if span.movement
    ]


def _is_avoidable(history: History, customer: Customer, closing: date) -> bool:
    churn = [churn for churn in customer.churns if churn.churned_on <= closing][-1]
    _, is_graduated, is_involuntary = history.churn_reasons[churn.reason_code]
    return churn.reason_code == "unknown" or not (is_graduated or is_involuntary)


def _entries(history: History, span: Span, period: Period) -> Iterator[Entry]:
    """What one customer adds to the ledger of a period."""
    opening, closing = span.opening, span.closing
    if opening.mrr > 0:
        yield Entry("opening", opening.mrr, opening.plan_id)
    if closing.mrr > 0:
        yield Entry("closing", closing.mrr, closing.plan_id)
    if opening.mrr > 0 and closing.mrr > 0:
        yield Entry("retained", closing.mrr, closing.plan_id)
    if span.movement:
        plan_id = opening.plan_id if opening.mrr > 0 else closing.plan_id
        yield Entry(span.movement, abs(closing.mrr - opening.mrr), plan_id)
    if span.movement == "churn" and _is_avoidable(history, span.customer, period.closing):
        yield Entry("avoidable_churn", opening.mrr, opening.plan_id)
    if opening.mrr == 0 and closing.mrr == 0 and span.was_active:
        yield Entry("intra_period", Decimal(0), closing.plan_id)


def _add_transfers(history: History, span: Span, tallies: Tallies) -> None:
    """A customer that stays and whose primary plan changes leaves one segment for another."""
    if span.opening.mrr > 0 and span.closing.mrr > 0:
        left = history.segments(span.customer, span.opening.plan_id)
        entered = history.segments(span.customer, span.closing.plan_id)
        for segment_left, segment_entered in zip(left, entered, strict=True):
            if segment_left != segment_entered:
                tallies.add([segment_left], "transferred_out", span.closing.mrr)
                tallies.add([segment_entered], "transferred_in", span.closing.mrr)


def _add_winbacks(history: History, tallies: Tallies) -> None:
    """The churns of a period that are old enough to have been won back."""
    period, winback = tallies.period, timedelta(days=history.policy.winback_days)
    for customer in history.customers.values():
        for churn in customer.churns:
            last = churn.churned_on + winback
            if period.start <= churn.churned_on <= period.closing and last <= history.as_of:
                segments = history.segments(customer, churn.plan_id)
                tallies.add(segments, "winback_eligible")
                if churn.reactivated_on is not None and churn.reactivated_on <= last:
                    tallies.add(segments, "won_back")


def _tallies(history: History, period: Period) -> Tallies:
    tallies = Tallies(period)
    for span in spans(history, period):
        for entry in _entries(history, span, period):
            segments = history.segments(span.customer, entry.plan_id)
            tallies.add(segments, entry.name, entry.mrr)
        _add_transfers(history, span, tallies)
    _add_winbacks(history, tallies)
    return tallies


def _retention_row(tally: Tally) -> Row:
    opening, closing = tally.amount("opening"), tally.amount("closing")
    new, reactivation = tally.amount("new"), tally.amount("reactivation")
    expansion, contraction = tally.amount("expansion"), tally.amount("contraction")
    churn = tally.amount("churn")
    won, lost = new + reactivation + expansion, churn + contraction
    kept_customers = tally.count("opening") - tally.count("churn")
    return {
        "opening_customers": tally.count("opening"),
        "new_customers": tally.count("new"),
        "reactivated_customers": tally.count("reactivation"),
        "churned_customers": tally.count("churn"),
        "closing_customers": tally.count("closing"),
        "intra_period_customers": tally.count("intra_period"),
        "transferred_in_customers": tally.count("transferred_in"),
        "transferred_out_customers": tally.count("transferred_out"),
        "retained_customers": tally.count("retained"),
        "kept_customers": kept_customers,
        "avoidably_churned_customers": tally.count("avoidable_churn"),
        "winback_eligible_churns": tally.count("winback_eligible"),
        "won_back_churns": tally.count("won_back"),
        "opening_mrr": opening,
        "new_mrr": new,
        "reactivation_mrr": reactivation,
        "expansion_mrr": expansion,
        "contraction_mrr": contraction,
        "churn_mrr": churn,
        "closing_mrr": closing,
        "transferred_in_mrr": tally.amount("transferred_in"),
        "transferred_out_mrr": tally.amount("transferred_out"),
        "won_mrr": won,
        "lost_mrr": lost,
        "net_lost_mrr": lost - expansion,
        "gross_retained_mrr": opening - lost,
        "net_retained_mrr": opening - lost + expansion,
        "customer_churn_rate": tally.rate("churn", "opening"),
        "revenue_churn_rate": ratio(churn, opening),
        "gross_revenue_churn_rate": ratio(lost, opening),
        "net_revenue_churn_rate": ratio(lost - expansion, opening),
        "gross_revenue_retention": ratio(opening - lost, opening),
        "net_revenue_retention": ratio(opening - lost + expansion, opening),
        "customer_retention_rate": ratio(kept_customers, tally.count("opening")),
        "existing_customer_share": tally.rate("retained", "closing"),
        "quick_ratio": ratio(won, lost),
        "arr": 12 * closing,
        "arpa": ratio(closing, tally.count("closing")),
        "avoidable_churn_rate": tally.rate("avoidable_churn", "opening"),
        "winback_rate": tally.rate("won_back", "winback_eligible"),
    }


def kpi_revenue_retention(history: History, periods: list[Period]) -> list[Row]:
    """The MRR ledger and the rates of every period and segment."""
    return kpi_rows(periods, lambda period: _tallies(history, period), _retention_row, COUNTED)


def fct_cohort_retention(history: History) -> list[Row]:
    """What is left of the customers who became active in a month, month by month."""
    members: dict[tuple[date, str, str], list[Customer]] = defaultdict(list)
    for customer in history.customers.values():
        first = customer.first_active_on
        if first:
            for segment_type, segment_value in history.segments(
                customer, customer.on(first).plan_id
            ):
                members[add_months(first, 0), segment_type, segment_value].append(customer)
    rows = []
    for (cohort_month, segment_type, segment_value), cohort in members.items():
        starts = [c.on(c.first_active_on).mrr for c in cohort if c.first_active_on]
        cohort_mrr = sum(starts, Decimal(0))
        for months_since in range(months_between(cohort_month, history.as_of) + 1):
            closing = min(month_end(add_months(cohort_month, months_since)), history.as_of)
            left = [customer.on(closing).mrr for customer in cohort]
            retained_customers = sum(mrr > 0 for mrr in left)
            retained_mrr = sum(left, Decimal(0))
            rows.append(
                {
                    "cohort_month": cohort_month,
                    "months_since": months_since,
                    "segment_type": segment_type,
                    "segment_value": segment_value,
                    "cohort_customers": len(cohort),
                    "retained_customers": retained_customers,
                    "cohort_mrr": cohort_mrr,
                    "retained_mrr": retained_mrr,
                    "customer_retention_rate": ratio(retained_customers, len(cohort)),
                    "mrr_retention_rate": ratio(retained_mrr, cohort_mrr),
                }
            )
    return rows
