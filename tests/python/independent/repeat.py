"""Customers who decide to order again."""

from collections.abc import Iterator
from datetime import timedelta

from .calendar import Period
from .growth import by_segment
from .history import History
from .ltv import by_customer, paid_orders
from .quality import Row
from .tally import Segment, Tally, kpi_rows, last_day

FOLLOWED = timedelta(days=180)
COUNTED = (
    "ordering_customers",
    "repeat_customers",
    "observed_customers_180d",
    "repeat_customers_180d",
)


def _columns(tally: Tally) -> Row:
    return {name: tally.count(name) for name in COUNTED} | {
        "repeat_rate": tally.share("repeat_customers", "ordering_customers"),
        "repeat_rate_180d": tally.share("repeat_customers_180d", "observed_customers_180d"),
    }


def kpi_repeat(history: History, periods: list[Period]) -> list[Row]:
    """How many of the customers who ever decided to order did so again."""
    voluntary = [
        order for order in paid_orders(history) if order.net_amount > 0 and not order.is_automatic
    ]
    customers = []
    for orders in by_customer(voluntary).values():
        days = sorted({order.day for order in orders})
        customers.append((days, history.segments_on(orders[0].customer, days[0])))

    def deeds(period: Period) -> Iterator[tuple[str, list[Segment]]]:
        closing = last_day(history, period)
        for days, segments in customers:
            days_to_date = sum(day <= closing for day in days)
            if days_to_date >= 1:
                yield "ordering_customers", segments
            if days_to_date >= 2:
                yield "repeat_customers", segments
            followed_until = days[0] + FOLLOWED
            if period.start <= followed_until <= closing:
                yield "observed_customers_180d", segments
                if any(day <= followed_until for day in days[1:]):
                    yield "repeat_customers_180d", segments

    return kpi_rows(periods, lambda period: by_segment(period, deeds(period)), _columns, COUNTED)
