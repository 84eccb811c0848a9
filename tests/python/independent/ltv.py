"""What customers are worth: orders, lifetimes, survival, and what it costs to win them."""

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .calendar import ONE_DAY, Period, add_months
from .history import Customer, History
from .parsing import round_half_away
from .policy import Policy
from .quality import Row
from .revenue import ratio
from .tally import ALL, Segment, last_day

DAYS_PER_MONTH = Fraction("30.4375")
MONTHS = 12
GRAINS = ("month", "quarter", "fiscal_year")


class Order(NamedTuple):
    """A paid order; its net amount is in the reporting currency."""

    customer: Customer
    day: date
    net_amount: Decimal
    is_automatic: bool


def paid_orders(history: History) -> list[Order]:
    """All paid orders up to the as-of day."""
    orders = []
    for row in history.used["orders"]:
        customer = history.customers.get(row["customer_id"])
        day = history.known_day(row["ordered_at"])
        if customer and day and row["status"] == "paid":
            net = Fraction(row["gross_amount"]) - Fraction(row["refunded_amount"])
            rate = Fraction(history.rate(row["currency_code"], day))
            orders.append(Order(customer, day, round_half_away(net * rate, 4), row["is_automatic"]))
    return orders


def by_customer(orders: list[Order]) -> dict[str, list[Order]]:
    """The orders of each customer that has any, in the order of their days."""
    found: dict[str, list[Order]] = defaultdict(list)
    for order in sorted(orders, key=lambda order: order.day):
        found[order.customer.customer_id].append(order)
    return found


def _total(orders: list[Order]) -> Decimal:
    return sum((order.net_amount for order in orders), Decimal(0))


def fct_customer_ltv(history: History) -> list[Row]:
    """What every customer with a paid order has paid so far."""
    return [
        {
            "customer_id": customer_id,
            "first_ordered_on": orders[0].day,
            "last_ordered_on": orders[-1].day,
            "paid_orders": len(orders),
            "historic_ltv": _total(orders),
        }
        for customer_id, orders in by_customer(paid_orders(history)).items()
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


class _Figures:
    """Counts and amounts of one segment."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.amounts: dict[str, Decimal] = defaultdict(Decimal)

    def add(self, what: str, amount: Decimal, count: int = 1) -> None:
        self.counts[what] += count
        self.amounts[what] += amount


class _Segments:
    """The figures of every segment."""

    def __init__(self) -> None:
        self.figures: dict[Segment, _Figures] = defaultdict(_Figures)

    def add(self, what: str, amount: Decimal, segments: list[Segment]) -> None:
        """Count something in each of its segments."""
        for segment in segments:
            self.figures[segment].add(what, amount)

    def include(self, other: "_Segments") -> None:
        """Add other figures to these."""
        for segment, figures in other.figures.items():
            for what, count in figures.counts.items():
                self.figures[segment].add(what, figures.amounts[what], count)


class _Subscribers:
    """Who was active on a day, and who left within a month; each found once."""

    def __init__(self, history: History) -> None:
        self.history = history
        self._active: dict[tuple[str, date], _Segments] = {}
        self._pooled: dict[date, _Segments] = {}

    def active_on(self, what: str, day: date) -> _Segments:
        """Customers with MRR on a day, by their primary plan then."""
        if (what, day) not in self._active:
            found = self._active[what, day] = _Segments()
            for customer in self.history.customers.values():
                state = customer.on(day)
                if state.mrr > 0:
                    found.add(what, state.mrr, self.history.segments(customer, state.plan_id))
        return self._active[what, day]

    def of_month(self, month: date) -> _Segments:
        """Customers with MRR at the opening of a month and those of them without at its end."""
        if month not in self._pooled:
            found = self._pooled[month] = _Segments()
            for customer in self.history.customers.values():
                opening = customer.on(month - ONE_DAY)
                if opening.mrr > 0:
                    segments = self.history.segments(customer, opening.plan_id)
                    found.add("pooled_opening", opening.mrr, segments)
                    if customer.on(add_months(month, 1) - ONE_DAY).mrr == 0:
                        found.add("pooled_churn", opening.mrr, segments)
        return self._pooled[month]


class _Orders:
    """The paid orders with the segments that they belong to."""

    def __init__(self, history: History) -> None:
        orders = paid_orders(history)
        self.single = [(order, history.segments_on(order.customer, order.day)) for order in orders]
        self.of_customers = [
            (own, history.segments_on(own[0].customer, own[0].day))
            for own in by_customer(orders).values()
        ]

    def to_date(self, closing: date) -> _Segments:
        """Customers with an order by a day, and what they have paid."""
        found = _Segments()
        for own, segments in self.of_customers:
            orders = [order for order in own if order.day <= closing]
            if orders:
                found.add("ordering", _total(orders), segments)
        return found

    def of_twelve_months(self, closing: date) -> _Segments:
        """Orders of the month that holds a day and of the eleven before, up to the day."""
        found = _Segments()
        for order, segments in self.single:
            if add_months(closing, 1 - MONTHS) <= order.day <= closing:
                found.add("paid_order", order.net_amount, segments)
        return found


def _at_closing(orders: _Orders, subscribers: _Subscribers, closing: date) -> _Segments:
    """Everything that is counted at a closing."""
    found = _Segments()
    found.include(orders.to_date(closing))
    found.include(orders.of_twelve_months(closing))
    for ago in range(MONTHS):
        month_end = add_months(closing, 1 - ago) - ONE_DAY
        found.include(subscribers.active_on("active_month", min(month_end, closing)))
    found.include(subscribers.active_on("closing", closing))
    # The month that holds the day after closing is the first that is not complete.
    incomplete = add_months(closing + ONE_DAY, 0)
    for ago in range(1, MONTHS + 1):
        found.include(subscribers.of_month(add_months(incomplete, -ago)))
    return found


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
                spent["acquisition_channel", row["acquisition_channel"]] += amount
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


def _quotient(
    numerator: Fraction | Decimal | int | None, denominator: Fraction | Decimal | int | None
) -> Fraction | None:
    """Null when the denominator is 0, or when either is null."""
    if numerator is None or denominator is None or denominator == 0:
        return None
    return Fraction(numerator) / Fraction(denominator)


def _double(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _ltv_row(
    policy: Policy,
    figures: _Figures,
    new_customers: int,
    acquisition_cost: Decimal | None,
    lifetime_by_survival: Fraction | None,
) -> Row:
    counts, amounts = figures.counts, figures.amounts
    margin = Fraction(str(policy.gross_margin))
    order_value = _quotient(amounts["paid_order"], counts["paid_order"])
    frequency = _quotient(counts["paid_order"], counts["active_month"])
    lifetime = _lifetime(policy, counts["pooled_opening"], counts["pooled_churn"])
    revenue_lifetime = _lifetime(policy, amounts["pooled_opening"], amounts["pooled_churn"])
    monthly_profit = _product(_quotient(amounts["closing"], counts["closing"]), margin)
    ltv_subscription = _product(monthly_profit, revenue_lifetime)
    cac = _quotient(acquisition_cost, new_customers)
    return {
        "ordering_customers": counts["ordering"],
        "order_revenue": amounts["ordering"],
        "paid_orders": counts["paid_order"],
        "paid_order_revenue": amounts["paid_order"],
        "active_customer_months": counts["active_month"],
        "pooled_churned_customers": counts["pooled_churn"],
        "pooled_opening_customers": counts["pooled_opening"],
        "pooled_churn_mrr": amounts["pooled_churn"],
        "pooled_opening_mrr": amounts["pooled_opening"],
        "closing_customers": counts["closing"],
        "closing_mrr": amounts["closing"],
        "arpa": ratio(amounts["closing"], counts["closing"]),
        "new_customers": new_customers,
        "acquisition_cost": acquisition_cost,
        "historic_ltv": ratio(amounts["ordering"], counts["ordering"]),
        "average_order_value": _double(order_value),
        "orders_per_customer_month": _double(frequency),
        "expected_lifetime_months": float(lifetime),
        "expected_revenue_lifetime_months": float(revenue_lifetime),
        "ltv_formula": _double(_product(order_value, frequency, lifetime)),
        "ltv_subscription": _double(ltv_subscription),
        "ltv_survival": _double(_product(monthly_profit, lifetime_by_survival)),
        "cac": _double(cac),
        "ltv_cac_ratio": _double(_quotient(ltv_subscription, cac)),
        "cac_payback_months": _double(_quotient(cac, monthly_profit)),
    }


def kpi_ltv(
    history: History, periods: list[Period], retention_rows: list[Row], curve: list[Row]
) -> list[Row]:
    """What a customer is worth and costs, at the closing of months, quarters and years.

    Args:
        history: What is known.
        periods: The reported periods; those of other grains have no row.
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
    orders, subscribers = _Orders(history), _Subscribers(history)
    rows = []
    for period in (period for period in periods if period.grain in GRAINS):
        figures = _at_closing(orders, subscribers, last_day(history, period)).figures
        new = new_customers[period.grain, period.start]
        spent = _spent(history, period)
        with_cost = {segment for segment, amount in spent.items() if amount}
        for segment in sorted({ALL} | figures.keys() | new.keys() | with_cost):
            is_cost_known = history.has_table("acquisition_costs") and segment[0] in (
                "all",
                "acquisition_channel",
            )
            rows.append(
                period.columns()
                | {"segment_type": segment[0], "segment_value": segment[1]}
                | _ltv_row(
                    history.policy,
                    figures[segment],
                    new.get(segment, 0),
                    spent[segment] if is_cost_known else None,
                    lifetimes.get(segment),
                )
            )
    return rows
