"""Customers, plans, MRR movements, retention, churns and cohorts."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from .calendar import ONE_DAY, Period, add_months, months_between
from .history import NOTHING, Customer, History, State
from .quality import Row

WINBACK = timedelta(days=180)
# A segment value other than `all` has a row where one of these is not 0.
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


def ratio(numerator: Decimal | int, denominator: Decimal | int) -> float | None:
    """A rate: null when the denominator is 0."""
    return float(Decimal(numerator) / Decimal(denominator)) if denominator else None


class Span(NamedTuple):
    """One customer over one period."""

    customer: Customer
    opening: State
    closing: State
    movement: str | None
    was_active: bool


def first_day(history: History) -> date:
    """The first day that is reported."""
    if history.policy.reporting_start_date:
        return history.policy.reporting_start_date
    customers = history.customers.values()
    days = [customer.signed_up_on for customer in customers]
    days += [item.start for customer in customers for item in customer.items]
    return min(days, default=history.as_of)


def dim_periods(periods: list[Period]) -> list[Row]:
    """All reporting periods."""
    return [
        period.columns() | {"period_label": period.label, "fiscal_year": period.fiscal_year}
        for period in periods
    ]


def dim_plans(history: History) -> list[Row]:
    """All plans with their products' names."""
    names = {row["product_id"]: row["product_name"] for row in history.used["products"]}
    top: dict[str, int] = {}
    for plan in history.plans.values():
        if plan["tier_rank"] is not None:
            product = plan["product_id"]
            top[product] = max(top.get(product, plan["tier_rank"]), plan["tier_rank"])
    return [
        {
            "plan_id": plan_id,
            "product_id": plan["product_id"],
            "plan_name": plan["plan_name"],
            "product_name": names.get(plan["product_id"]),
            "tier_rank": plan["tier_rank"],
            "is_free": plan["is_free"],
            "is_top_tier": plan["tier_rank"] is not None
            and plan["tier_rank"] == top[plan["product_id"]],
        }
        for plan_id, plan in history.plans.items()
    ]


def _is_in_trial(history: History, subscription: Row) -> bool:
    return (
        history.known_day(subscription["trial_started_at"]) is not None
        and history.known_day(subscription["trial_ended_at"]) is None
        and history.known_day(subscription["started_at"]) is None
        and history.subscription_end(subscription) is None
    )


def dim_customers(history: History) -> list[Row]:
    """All external customers as they are on the as-of day."""
    rows = []
    for customer in history.customers.values():
        now = history.policy.as_of_date
        state = customer.on(now)
        if state.mrr > 0:
            status = "active"
        elif customer.first_active_on:
            status = "churned"
        elif any(_is_in_trial(history, each) for each in customer.subscriptions):
            status = "trial"
        else:
            status = "prospect"
        copied = (
            "customer_id",
            "customer_name",
            "country_code",
            "industry",
            "company_size",
            "acquisition_channel",
            "csm_owner",
        )
        rows.append(
            {name: customer.row[name] for name in copied}
            | {
                "signed_up_on": customer.signed_up_on,
                "signup_fiscal_year": history.fiscal_year_name(customer.signed_up_on),
                "first_active_on": customer.first_active_on,
                "last_active_on": customer.last_active_on(now),
                "is_active": state.mrr > 0,
                "current_mrr": state.mrr,
                "current_plan_id": state.plan_id,
                "current_product_id": history.product_of(state.plan_id),
                "status": status,
            }
        )
    return rows


def fct_mrr_changes(history: History) -> list[Row]:
    """Every day on which a customer's MRR or primary plan changed."""
    rows = []
    for customer in history.customers.values():
        before = NOTHING
        for day, state in zip(customer.days, customer.states, strict=True):
            rows.append(
                {
                    "customer_id": customer.customer_id,
                    "changed_on": day,
                    "mrr_before": before.mrr,
                    "mrr_after": state.mrr,
                    "plan_id_before": before.plan_id,
                    "plan_id_after": state.plan_id,
                }
            )
            before = state
    return rows


def fct_churns(history: History) -> list[Row]:
    """Every day on which a customer's MRR went to 0."""
    rows = []
    for customer in history.customers.values():
        for churn in customer.churns:
            assert customer.first_active_on
            group, is_graduated, is_involuntary = history.churn_reasons[churn.reason_code]
            rows.append(
                {
                    "customer_id": customer.customer_id,
                    "churned_on": churn.churned_on,
                    "mrr_lost": churn.mrr_lost,
                    "tenure_days": (churn.churned_on - customer.first_active_on).days,
                    "plan_id": churn.plan_id,
                    "reason_code": churn.reason_code,
                    "reason_group": group,
                    "is_graduated": is_graduated,
                    "is_involuntary": is_involuntary,
                    "reactivated_on": churn.reactivated_on,
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
    last = min(period.end, history.as_of)
    for customer in history.customers.values():
        if not customer.days or customer.days[0] > last:
            continue
        opening, closing = customer.on(period.start - ONE_DAY), customer.on(last)
        was_active = customer.was_active_between(period.start, last)
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


class Tally:
    """The customers and the MRR of one segment value over one period, by what they did."""

    def __init__(self) -> None:
        """Start from nothing."""
        self.customers: Counter[str] = Counter()
        self.mrr: dict[str, Decimal] = defaultdict(Decimal)

    def add(self, what: str, mrr: Decimal) -> None:
        """Count one customer."""
        self.customers[what] += 1
        self.mrr[what] += mrr


@dataclass(frozen=True)
class Deed:
    """One thing that a customer did, counted under the plan that it belongs to."""

    what: str
    mrr: Decimal
    plan_id: str | None


def _is_avoidable(history: History, customer: Customer, last: date) -> bool:
    churn = [churn for churn in customer.churns if churn.churned_on <= last][-1]
    _, is_graduated, is_involuntary = history.churn_reasons[churn.reason_code]
    return churn.reason_code == "unknown" or not (is_graduated or is_involuntary)


def _deeds(history: History, span: Span, last: date) -> list[Deed]:
    """All that one customer did over one period."""
    opening, closing, change = span.opening, span.closing, span.closing.mrr - span.opening.mrr
    deeds = []
    if opening.mrr > 0:
        deeds.append(Deed("opening", opening.mrr, opening.plan_id))
    if closing.mrr > 0:
        deeds.append(Deed("closing", closing.mrr, closing.plan_id))
    if opening.mrr > 0 and closing.mrr > 0:
        deeds.append(Deed("retained", closing.mrr, closing.plan_id))
    if span.movement:
        plan_id = opening.plan_id if opening.mrr > 0 else closing.plan_id
        deeds.append(Deed(span.movement, abs(change), plan_id))
    if span.movement == "churn" and _is_avoidable(history, span.customer, last):
        deeds.append(Deed("avoidable_churn", opening.mrr, opening.plan_id))
    if opening.mrr == 0 and closing.mrr == 0 and span.was_active:
        deeds.append(Deed("intra_period", Decimal(0), closing.plan_id))
    return deeds


def _tallies(history: History, period: Period) -> dict[tuple[str, str], Tally]:
    tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)
    last = min(period.end, history.as_of)
    for span in spans(history, period):
        for deed in _deeds(history, span, last):
            for segment in _kept(period, history.segments(span.customer, deed.plan_id)):
                tallies[segment].add(deed.what, deed.mrr)
        if span.opening.mrr > 0 and span.closing.mrr > 0:
            # Only plan and product can differ between the two days.
            left = _kept(period, history.segments(span.customer, span.opening.plan_id))
            entered = _kept(period, history.segments(span.customer, span.closing.plan_id))
            for segment_left, segment_entered in zip(left, entered, strict=True):
                if segment_left != segment_entered:
                    tallies[segment_left].add("transferred_out", span.closing.mrr)
                    tallies[segment_entered].add("transferred_in", span.closing.mrr)
    for customer in history.customers.values():
        for churn in customer.churns:
            if period.start <= churn.churned_on <= min(last, history.as_of - WINBACK):
                back = churn.reactivated_on
                is_won_back = back is not None and back <= churn.churned_on + WINBACK
                for segment in _kept(period, history.segments(customer, churn.plan_id)):
                    tallies[segment].add("winback_eligible", Decimal(0))
                    if is_won_back:
                        tallies[segment].add("won_back", Decimal(0))
    return tallies


def _kept(period: Period, segments: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """At grain day only segment `all` is kept."""
    return segments[:1] if period.grain == "day" else segments


def _retention_row(tally: Tally) -> Row:
    customers, mrr = tally.customers, tally.mrr
    opening, closing = mrr["opening"], mrr["closing"]
    lost = mrr["churn"] + mrr["contraction"]
    return {
        "opening_customers": customers["opening"],
        "new_customers": customers["new"],
        "reactivated_customers": customers["reactivation"],
        "churned_customers": customers["churn"],
        "closing_customers": customers["closing"],
        "intra_period_customers": customers["intra_period"],
        "transferred_in_customers": customers["transferred_in"],
        "transferred_out_customers": customers["transferred_out"],
        "retained_customers": customers["retained"],
        "kept_customers": customers["opening"] - customers["churn"],
        "avoidably_churned_customers": customers["avoidable_churn"],
        "winback_eligible_churns": customers["winback_eligible"],
        "won_back_churns": customers["won_back"],
        "opening_mrr": opening,
        "new_mrr": mrr["new"],
        "reactivation_mrr": mrr["reactivation"],
        "expansion_mrr": mrr["expansion"],
        "contraction_mrr": mrr["contraction"],
        "churn_mrr": mrr["churn"],
        "closing_mrr": closing,
        "transferred_in_mrr": mrr["transferred_in"],
        "transferred_out_mrr": mrr["transferred_out"],
        "won_mrr": mrr["new"] + mrr["reactivation"] + mrr["expansion"],
        "lost_mrr": lost,
        "net_lost_mrr": lost - mrr["expansion"],
        "gross_retained_mrr": opening - lost,
        "net_retained_mrr": opening - lost + mrr["expansion"],
        "customer_churn_rate": ratio(customers["churn"], customers["opening"]),
        "revenue_churn_rate": ratio(mrr["churn"], opening),
        "gross_revenue_churn_rate": ratio(lost, opening),
        "net_revenue_churn_rate": ratio(lost - mrr["expansion"], opening),
        "gross_revenue_retention": ratio(opening - lost, opening),
        "net_revenue_retention": ratio(opening - lost + mrr["expansion"], opening),
        "customer_retention_rate": ratio(
            customers["opening"] - customers["churn"], customers["opening"]
        ),
        "existing_customer_share": ratio(customers["retained"], customers["closing"]),
        "quick_ratio": ratio(mrr["new"] + mrr["reactivation"] + mrr["expansion"], lost),
        "arr": 12 * closing,
        "arpa": ratio(closing, customers["closing"]),
        "avoidable_churn_rate": ratio(customers["avoidable_churn"], customers["opening"]),
        "winback_rate": ratio(customers["won_back"], customers["winback_eligible"]),
    }


def kpi_revenue_retention(history: History, periods: list[Period]) -> list[Row]:
    """The MRR ledger and the rates of every period and segment."""
    rows = []
    for period in periods:
        tallies = _tallies(history, period)
        everyone = tallies.pop(("all", "all"), Tally())
        kept = {("all", "all"): everyone} | {
            segment: tally
            for segment, tally in tallies.items()
            if any(tally.customers[what] for what in COUNTED)
        }
        rows += [
            period.columns()
            | {"segment_type": segment_type, "segment_value": segment_value}
            | _retention_row(tally)
            for (segment_type, segment_value), tally in kept.items()
        ]
    return rows


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
            month_end = add_months(cohort_month, months_since + 1) - ONE_DAY
            left = [customer.on(min(month_end, history.as_of)).mrr for customer in cohort]
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
