"""Products that customers take on, change and drop, and the offers that they decide."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from .calendar import ONE_DAY, Period
from .history import Customer, History, Item
from .quality import Row
from .tally import Segment, Tallies, Tally, kept, kpi_rows, last_day

FOLLOWED = timedelta(days=90)
COUNTED = (
    "opening_customers",
    "upsold_customers",
    "cross_sold_customers",
    "downgraded_customers",
    "offers_decided",
    "offers_accepted",
    "observed_upsells",
    "churned_upsells",
)
# Under which name a customer with such a change of a product is counted.
KINDS = {
    "upsell": "upsold_customers",
    "cross_sell": "cross_sold_customers",
    "downgrade": "downgraded_customers",
}


class ProductState(NamedTuple):
    """What a customer has of one product in force on a day."""

    mrr: Decimal
    quantity: int
    tier: int | None
    plan_id: str


class ProductChange(NamedTuple):
    """What became of one product between two days."""

    product_id: str
    kind: str
    before: ProductState | None
    after: ProductState | None

    @property
    def mrr_change(self) -> Decimal:
        """The change of the product's MRR."""
        mrr_before = self.before.mrr if self.before else Decimal(0)
        return (self.after.mrr if self.after else Decimal(0)) - mrr_before


def _state(items: list[Item]) -> ProductState:
    """One product out of its items in force."""

    def rank(item: Item) -> tuple[bool, int, Decimal, str]:
        return item.tier is None, -(item.tier or 0), -item.mrr, item.plan_id

    highest = min(items, key=rank)
    return ProductState(
        sum((item.mrr for item in items), Decimal(0)),
        sum(item.quantity for item in items),
        highest.tier,
        highest.plan_id,
    )


class Products:
    """The products that one customer has in force on every day."""

    def __init__(self, customer: Customer) -> None:
        """Look at every day on which an item starts or ends."""
        days = {item.start for item in customer.items}
        days |= {item.end for item in customer.items if item.end}
        self.days = sorted(days)
        self.states = [self._in_force(customer, day) for day in self.days]
        self.first_days: dict[str, date] = {}
        for day, state in zip(self.days, self.states, strict=True):
            for product_id in state:
                self.first_days.setdefault(product_id, day)

    def on(self, day: date) -> dict[str, ProductState]:
        """By product, what is in force on a day."""
        position = bisect_right(self.days, day)
        return self.states[position - 1] if position else {}

    def changes(self, start: date, last: date) -> Iterator[ProductChange]:
        """What became of each product from the day before the start to the last day."""
        opening, closing = self.on(start - ONE_DAY), self.on(last)
        for product_id in sorted(opening.keys() | closing.keys()):
            before, after = opening.get(product_id), closing.get(product_id)
            is_new = self.first_days[product_id] >= start
            yield ProductChange(product_id, _kind(before, after, is_new), before, after)

    @staticmethod
    def _in_force(customer: Customer, day: date) -> dict[str, ProductState]:
        items: dict[str, list[Item]] = defaultdict(list)
        for item in customer.items:
            if item.is_in_force(day) and item.mrr > 0:
                items[item.product_id].append(item)
        return {product_id: _state(found) for product_id, found in items.items()}


def _kind(before: ProductState | None, after: ProductState | None, is_new: bool) -> str:
    """The line of the table in the definitions that holds for a product."""
    if before is None:
        return "cross_sell" if is_new else "product_returned"
    if after is None:
        return "product_dropped"
    if before.tier is not None and after.tier is not None and before.tier != after.tier:
        return "upsell" if after.tier > before.tier else "downgrade"
    return "seats" if before.quantity != after.quantity else "price"


def _is_active(customer: Customer, *days: date) -> bool:
    """Whether a customer has MRR on each of the days."""
    return all(customer.on(day).mrr > 0 for day in days)


def _churned_within_90_days(history: History, customer: Customer, day: date) -> bool | None:
    last = day + FOLLOWED
    after = day + ONE_DAY
    while after <= min(last, history.as_of):
        if customer.on(after).mrr == 0:
            return True
        after += ONE_DAY
    return False if last <= history.as_of else None


def fct_plan_changes(history: History) -> list[Row]:
    """Every day on which an active customer's product came, went, or changed tier or plan."""
    rows = []
    for customer in history.customers.values():
        products = Products(customer)
        for day in products.days:
            if not _is_active(customer, day - ONE_DAY, day):
                continue
            for change in products.changes(day, day):
                before = change.before.plan_id if change.before else None
                after = change.after.plan_id if change.after else None
                if before == after:
                    continue  # a product's tier is that of its plan
                is_of_plan = change.kind in ("seats", "price")
                rows.append(
                    {
                        "customer_id": customer.customer_id,
                        "product_id": change.product_id,
                        "changed_on": day,
                        "change_type": "plan_change" if is_of_plan else change.kind,
                        "plan_id_before": before,
                        "plan_id_after": after,
                        "mrr_change": change.mrr_change,
                        "churned_within_90_days": _churned_within_90_days(history, customer, day),
                    }
                )
    return rows


def fct_expansion_drivers(history: History, periods: list[Period]) -> list[Row]:
    """What moved the MRR of customers who stayed, by product and period."""
    rows = []
    for customer in history.customers.values():
        products = Products(customer)
        for period in periods:
            last = last_day(history, period)
            if _is_active(customer, period.start - ONE_DAY, last):
                rows += [
                    period.columns()
                    | {
                        "customer_id": customer.customer_id,
                        "product_id": change.product_id,
                        "driver": change.kind,
                        "mrr_change": change.mrr_change,
                    }
                    for change in products.changes(period.start, last)
                    if change.mrr_change
                ]
    return rows


def by_segment(period: Period, things: Iterable[tuple[str, list[Segment]]]) -> Tallies:
    """Count things, each under its name and in its segments."""
    tallies: Tallies = defaultdict(Tally)
    for name, segments in things:
        for segment in kept(period, segments):
            tallies[segment].add(name)
    return tallies


class _Deed(NamedTuple):
    """Something to count that happened on a day, with the segments that it belongs to."""

    day: date
    is_success: bool
    segments: list[Segment]


def _decisions(history: History) -> list[_Deed]:
    """Offers by the day of decision; a success is one accepted."""
    decisions = []
    for offer in history.used["offers"]:
        customer = history.customers.get(offer["customer_id"])
        decided_on = history.known_day(offer["decided_at"])
        if customer and history.known_day(offer["offered_at"]) and decided_on and offer["outcome"]:
            segments = history.segments_on(customer, decided_on)
            decisions.append(_Deed(decided_on, offer["outcome"] == "accepted", segments))
    return decisions


def _followed_upsells(history: History, plan_changes: list[Row]) -> list[_Deed]:
    """Upsells by the 90th day after, where it is over; a success is a churn by then."""
    upsells = []
    for row in plan_changes:
        followed_until = row["changed_on"] + FOLLOWED
        if row["change_type"] == "upsell" and followed_until <= history.as_of:
            customer = history.customers[row["customer_id"]]
            segments = history.segments_on(customer, row["changed_on"])
            upsells.append(_Deed(followed_until, row["churned_within_90_days"], segments))
    return upsells


def _columns(tally: Tally) -> Row:
    return {name: tally.count(name) for name in COUNTED} | {
        "upsell_rate": tally.share("upsold_customers", "opening_customers"),
        "cross_sell_rate": tally.share("cross_sold_customers", "opening_customers"),
        "downgrade_rate": tally.share("downgraded_customers", "opening_customers"),
        "offer_acceptance_rate": tally.share("offers_accepted", "offers_decided"),
        "post_upsell_churn_rate": tally.share("churned_upsells", "observed_upsells"),
    }


def kpi_growth(history: History, periods: list[Period], plan_changes: list[Row]) -> list[Row]:
    """How many customers grew or shrank by product, and what offers led to.

    Args:
        history: What is known.
        periods: The reported periods.
        plan_changes: The rows of fct_plan_changes.

    Returns:
        A row per period and segment.
    """
    customers = [(customer, Products(customer)) for customer in history.customers.values()]
    dated = (
        ("offers_decided", "offers_accepted", _decisions(history)),
        ("observed_upsells", "churned_upsells", _followed_upsells(history, plan_changes)),
    )

    def deeds(period: Period) -> Iterator[tuple[str, list[Segment]]]:
        opening, last = period.start - ONE_DAY, last_day(history, period)
        for customer, products in customers:
            if not _is_active(customer, opening):
                continue
            segments = history.segments(customer, customer.on(opening).plan_id)
            yield "opening_customers", segments
            if _is_active(customer, last):
                kinds = {change.kind for change in products.changes(period.start, last)}
                yield from ((KINDS[kind], segments) for kind in kinds if kind in KINDS)
        for name, name_of_success, things in dated:
            for thing in things:
                if period.start <= thing.day <= last:
                    yield name, thing.segments
                    if thing.is_success:
                        yield name_of_success, thing.segments

    return kpi_rows(periods, lambda period: by_segment(period, deeds(period)), _columns, COUNTED)
