"""Paid orders, and customers that decide to order again."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction

from .calendar import Period
from .history import History
from .parsing import round_half_away
from .quality import Row
from .tally import Events, Tallies, Tally, kpi_rows

FOLLOWED = timedelta(days=180)
COUNTED = (
    "ordering_customers",
    "repeat_customers",
    "observed_customers_180d",
    "repeat_customers_180d",
)


def fct_paid_orders(history: History) -> list[Row]:
    """All paid orders, with what was kept of them in the reporting currency."""
    rows = []
    for row, day in history.dated_rows("orders", "ordered_at"):
        if row["status"] != "paid":
            continue
        net = Fraction(row["gross_amount"]) - Fraction(row["refunded_amount"])
        rate = Fraction(history.rate(row["currency_code"], day))
        net_amount = round_half_away(Fraction(round_half_away(net, 8)) * rate, 4)
        rows.append(
            {
                "order_id": row["order_id"],
                "customer_id": row["customer_id"],
                "ordered_on": day,
                "is_automatic": row["is_automatic"],
                "net_amount": net_amount,
                "is_voluntary": net_amount > 0 and not row["is_automatic"],
            }
        )
    return rows


def by_customer(orders: Iterable[Row]) -> dict[str, list[Row]]:
    """The orders of each customer that has any, in the order of their days."""
    found: dict[str, list[Row]] = defaultdict(list)
    for order in sorted(orders, key=lambda order: order["ordered_on"]):
        found[order["customer_id"]].append(order)
    return found


def _columns(tally: Tally) -> Row:
    return {name: tally.count(name) for name in COUNTED} | {
        "repeat_rate": tally.rate("repeat_customers", "ordering_customers"),
        "repeat_rate_180d": tally.rate("repeat_customers_180d", "observed_customers_180d"),
    }


def kpi_repeat(history: History, periods: list[Period], orders: list[Row]) -> list[Row]:
    """How many of the customers who ever decided to order did so again.

    Args:
        history: What is known.
        periods: The reported periods.
        orders: The rows of fct_paid_orders.

    Returns:
        A row per period and segment.
    """
    to_date, followed = Events(history), Events(history)
    for customer_id, own in by_customer(row for row in orders if row["is_voluntary"]).items():
        days = sorted({order["ordered_on"] for order in own})
        first, followed_until = days[0], days[0] + FOLLOWED
        to_date.add(customer_id, first, "ordering_customers")
        if len(days) > 1:
            to_date.add(customer_id, days[1], "repeat_customers", plan_of=first)
        followed.add(customer_id, followed_until, "observed_customers_180d", plan_of=first)
        if any(day <= followed_until for day in days[1:]):
            followed.add(customer_id, followed_until, "repeat_customers_180d", plan_of=first)

    def tallies(period: Period) -> Tallies:
        found = followed.tallies(period)
        to_date.count(found, date.min, period.closing)
        return found

    return kpi_rows(periods, tallies, _columns, COUNTED)
