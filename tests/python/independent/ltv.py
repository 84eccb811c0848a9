"""What customers are worth: orders, lifetimes, survival, and what it costs to win them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from .calendar import CLOSING_GRAINS, DAYS_PER_MONTH, ONE_DAY, Period, add_months, month_end
from .history import ALL, History, Segment
from .orders import by_customer
from .parsing import round_half_away
from .policy import Policy
from .quality import Row
from .tally import Events, Tallies, Tally, as_double, quotient, ratio, row_key

MONTHS = 12


def fct_customer_ltv(orders: Iterable[Row]) -> list[Row]:
    """What every customer with a paid order has paid so far."""
    return [
        {
            "customer_id": customer_id,
            "first_ordered_on": own[0]["ordered_on"],
            "last_ordered_on": own[-1]["ordered_on"],
            "paid_orders": len(own),
            "historic_ltv": sum((order["net_amount"] for order in own), Decimal(0)),
        }
        for customer_id, own in by_customer(orders).items()
    ]


# --- survival ----------------------------------------------------------------------------


def _tenure_months(first: date, last: date) -> int:
    return (last - first).days // DAYS_PER_MONTH


def fct_survival_curve(history: History) -> list[Row]:
    """The Kaplan-Meier curve of every segment, by months of tenure."""
    tenures: dict[Segment, list[tuple[int, bool]]] = defaultdict(list)
    for customer in history.customers.values():
        first = customer.first_active_on
        if first:
            has_churned = bool(customer.churns)
            last = customer.churns[0].churned_on if has_churned else history.as_of
            for segment in history.segments(customer, customer.on(first).plan_id):
                tenures[segment].append((_tenure_months(first, last), has_churned))
    rows = []
    for (segment_type, segment_value), found in tenures.items():
        survival = Fraction(1)
        for month in range(max(tenure for tenure, _ in found) + 1):
            at_risk = sum(tenure >= month for tenure, _ in found)
            churned = sum(tenure == month and has_churned for tenure, has_churned in found)
            hazard = Fraction(churned, at_risk)
            survival *= 1 - hazard
            rows.append(
                {
                    "segment_type": segment_type,
                    "segment_value": segment_value,
                    "tenure_month": month,
                    "at_risk": at_risk,
                    "churned": churned,
                    "hazard": float(hazard),
                    "survival": float(survival),
                }
            )
    return rows


def discounted_lifetime(policy: Policy, curve: list[Row]) -> Fraction | None:
    """The months that a customer is expected to stay, later ones discounted.

    Args:
        policy: The settings of the build.
        curve: The survival curve of one segment.

    Returns:
        The sum over tenure months of the share still there at the start of each, discounted;
        None where too few customers were ever at risk.
    """
    trusted = [
        row["tenure_month"] for row in curve if row["at_risk"] >= policy.survival_min_at_risk
    ]
    if not trusted:
        return None
    last = max(trusted)
    hazards = {
        row["tenure_month"]: Fraction(row["churned"], row["at_risk"])
        for row in curve
        if row["tenure_month"] <= last
    }
    final = [row for row in curve if last - MONTHS < row["tenure_month"] <= last]
    flat_hazard = Fraction(
        sum(row["churned"] for row in final), sum(row["at_risk"] for row in final)
    )
    discount = 1 + Fraction(str(policy.monthly_discount_rate))
    still_there, months = Fraction(1), Fraction(0)
    for month in range(policy.ltv_max_lifetime_months):
        months += still_there / discount**month
        still_there *= 1 - hazards.get(month, flat_hazard)
    return months


# --- the KPI -----------------------------------------------------------------------------


class _Closings:
    """Everything that is counted at a closing."""

    def __init__(self, history: History, orders: Sequence[Row]) -> None:
        self.history = history
        # Paid orders once by their own days, and once under the first order of the customer.
        self.orders, self.to_date = Events(history), Events(history)
        for customer_id, own in by_customer(orders).items():
            first = own[0]["ordered_on"]
            self.to_date.add(customer_id, first, "ordering")
            for order in own:
                day, amount = order["ordered_on"], order["net_amount"]
                self.to_date.add(customer_id, day, "order_to_date", amount, plan_of=first)
                self.orders.add(customer_id, day, "paid_order", amount)
        # At the end of each month: who is active, who was at its opening, and who no longer is.
        self.active, self.pooled = Events(history), Events(history)
        for customer_id, customer in history.customers.items():
            end = month_end(customer.days[0]) if customer.days else date.max
            while end <= history.as_of:
                opening, closing_mrr = add_months(end, 0) - ONE_DAY, customer.on(end).mrr
                opening_mrr = customer.on(opening).mrr
                if closing_mrr > 0:
                    self.active.add(customer_id, end, "active_month")
                if opening_mrr > 0:
                    self.pooled.add(customer_id, end, "pooled_opening", opening_mrr, opening)
                    if closing_mrr == 0:
                        self.pooled.add(customer_id, end, "pooled_churn", opening_mrr, opening)
                end = month_end(end + ONE_DAY)

    def tallies(self, period: Period) -> Tallies:
        """What is counted at the closing of a period."""
        tallies, closing = Tallies(period), period.closing
        # The month that holds the closing and the eleven before.
        first = add_months(closing, 1 - MONTHS)
        self.to_date.count(tallies, date.min, closing)
        self.orders.count(tallies, first, closing)
        self.active.count(tallies, first, closing)
        # The twelve before the one that holds the day after closing, the first not complete.
        self.pooled.count(tallies, add_months(closing + ONE_DAY, -MONTHS), closing)
        for customer in self.history.customers.values():
            state = customer.on(closing)
            if state.mrr > 0:
                segments = self.history.segments(customer, state.plan_id)
                tallies.add(segments, "closing", state.mrr)
                if closing != month_end(closing):
                    tallies.add(segments, "active_month")
        return tallies


def _spent(history: History, period: Period) -> dict[Segment, Decimal]:
    """The cost of acquisition of the period's months."""
    spent: dict[Segment, Decimal] = defaultdict(Decimal)
    for row in history.used["acquisition_costs"]:
        month = add_months(row["cost_month"], 0)
        if row["cost_month"] <= history.as_of and period.start <= month <= period.end:
            rate = Fraction(history.rate(row["currency_code"], month))
            amount = round_half_away(Fraction(row["amount"]) * rate, 4)
            spent[ALL] += amount
            if "acquisition_channel" in history.policy.segments:
                channel = ("acquisition_channel", row["acquisition_channel"])
                spent[history.reported([channel])[0]] += amount
    return spent


def _lifetime(policy: Policy, opening: Decimal | int, churned: Decimal | int) -> Fraction:
    longest = Fraction(policy.ltv_max_lifetime_months)
    return min(longest, Fraction(opening) / Fraction(churned)) if churned else longest


def _product(*factors: Fraction | None) -> Fraction | None:
    """The factors multiplied; None when one of them is."""
    product = Fraction(1)
    for factor in factors:
        if factor is None:
            return None
        product *= factor
    return product


def _ltv_row(
    policy: Policy,
    tally: Tally,
    new_customers: int,
    acquisition_cost: Decimal | None,
    lifetime_by_survival: Fraction | None,
) -> Row:
    margin = Fraction(str(policy.gross_margin))
    order_value = quotient(tally.amount("paid_order"), tally.count("paid_order"))
    frequency = quotient(tally.count("paid_order"), tally.count("active_month"))
    lifetime = _lifetime(policy, tally.count("pooled_opening"), tally.count("pooled_churn"))
    revenue_lifetime = _lifetime(
        policy, tally.amount("pooled_opening"), tally.amount("pooled_churn")
    )
    arpa = quotient(tally.amount("closing"), tally.count("closing"))
    monthly_profit = _product(arpa, margin)
    ltv_subscription = _product(monthly_profit, revenue_lifetime)
    cac = quotient(acquisition_cost, new_customers)
    return {
        "ordering_customers": tally.count("ordering"),
        "order_revenue": tally.amount("order_to_date"),
        "paid_orders": tally.count("paid_order"),
        "paid_order_revenue": tally.amount("paid_order"),
        "active_customer_months": tally.count("active_month"),
        "pooled_churned_customers": tally.count("pooled_churn"),
        "pooled_opening_customers": tally.count("pooled_opening"),
        "pooled_churn_mrr": tally.amount("pooled_churn"),
        "pooled_opening_mrr": tally.amount("pooled_opening"),
        "closing_customers": tally.count("closing"),
        "closing_mrr": tally.amount("closing"),
        "arpa": as_double(arpa),
        "new_customers": new_customers,
        "acquisition_cost": acquisition_cost,
        "historic_ltv": ratio(tally.amount("order_to_date"), tally.count("ordering")),
        "average_order_value": as_double(order_value),
        "orders_per_customer_month": as_double(frequency),
        "expected_lifetime_months": float(lifetime),
        "expected_revenue_lifetime_months": float(revenue_lifetime),
        "ltv_formula": as_double(_product(order_value, frequency, lifetime)),
        "ltv_subscription": as_double(ltv_subscription),
        "ltv_survival": as_double(_product(monthly_profit, lifetime_by_survival)),
        "cac": as_double(cac),
        "ltv_cac_ratio": as_double(quotient(ltv_subscription, cac)),
        "cac_payback_months": as_double(quotient(cac, monthly_profit)),
    }


def kpi_ltv(
    history: History,
    periods: list[Period],
    orders: Sequence[Row],
    retention_rows: Iterable[Row],
    curve: Iterable[Row],
) -> list[Row]:
    """What a customer is worth and costs, at the closing of months, quarters and years.

    Args:
        history: What is known.
        periods: The reported periods; those of other grains have no row.
        orders: The rows of fct_paid_orders.
        retention_rows: The rows of kpi_revenue_retention.
        curve: The rows of fct_survival_curve.

    Returns:
        A row per period and segment.
    """
    new_customers: dict[tuple[str, date], dict[Segment, int]] = defaultdict(dict)
    for row in retention_rows:
        if row["new_customers"]:
            segment = row["segment_type"], row["segment_value"]
            new_customers[row["period_grain"], row["period_start"]][segment] = row["new_customers"]
    curves: dict[Segment, list[Row]] = defaultdict(list)
    for row in curve:
        curves[row["segment_type"], row["segment_value"]].append(row)
    lifetimes = {
        segment: discounted_lifetime(history.policy, found) for segment, found in curves.items()
    }
    closings = _Closings(history, orders)
    rows = []
    for period in (period for period in periods if period.grain in CLOSING_GRAINS):
        tallies = closings.tallies(period).by_segment
        new = new_customers[period.grain, period.start]
        spent = _spent(history, period)
        with_cost = {segment for segment, amount in spent.items() if amount}
        for segment in sorted({ALL} | tallies.keys() | new.keys() | with_cost):
            is_cost_known = history.has_table("acquisition_costs") and segment[0] in (
                "all",
                "acquisition_channel",
            )
            rows.append(
                row_key(period, segment)
                | _ltv_row(
                    history.policy,
                    tallies[segment],
                    new.get(segment, 0),
                    spent[segment] if is_cost_known else None,
                    lifetimes.get(segment),
                )
            )
    return rows
