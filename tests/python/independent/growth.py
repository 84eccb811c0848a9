"""Products that customers take on, change and drop, offers, and who could be offered more."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .calendar import ONE_DAY, ONE_WEEK, Period
from .config import Config
from .health import mean_score
from .history import Customer, History, Item
from .parsing import round_half_away
from .quality import Row
from .tally import Events, Tallies, Tally, kpi_rows
from .usage import Scores, last_whole_week, monday

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
    quantity: Decimal
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
        sum((item.quantity for item in items), Decimal(0)),
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
                        "followed_until": day + FOLLOWED,
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
            if _is_active(customer, period.opening, period.closing):
                rows += [
                    period.columns()
                    | {
                        "customer_id": customer.customer_id,
                        "product_id": change.product_id,
                        "driver": change.kind,
                        "mrr_change": change.mrr_change,
                    }
                    for change in products.changes(period.start, period.closing)
                    if change.mrr_change
                ]
    return rows


def fct_offers(history: History) -> list[Row]:
    """Every offer, with its outcome once it is decided."""
    rows = []
    for row, offered_on in history.dated_rows("offers", "offered_at"):
        decided_on = history.known_day(row["decided_at"])
        rows.append(
            {
                "offer_id": row["offer_id"],
                "customer_id": row["customer_id"],
                "campaign_id": row["campaign_id"],
                "offer_type": row["offer_type"],
                "offered_plan_id": row["offered_plan_id"],
                "offered_on": offered_on,
                "decided_on": decided_on,
                "outcome": row["outcome"] if decided_on else None,
            }
        )
    return rows


def _events(history: History, plan_changes: list[Row], offers: list[Row]) -> Events:
    """Offers by the day of decision, and upsells by the 90th day after."""
    events = Events(history)
    for row in offers:
        if row["outcome"]:
            events.add(row["customer_id"], row["decided_on"], "offers_decided")
            if row["outcome"] == "accepted":
                events.add(row["customer_id"], row["decided_on"], "offers_accepted")
    for row in plan_changes:
        if row["change_type"] == "upsell":
            customer_id, day, until = (
                row[name] for name in ("customer_id", "changed_on", "followed_until")
            )
            events.add(customer_id, until, "observed_upsells", plan_of=day)
            if row["churned_within_90_days"]:
                events.add(customer_id, until, "churned_upsells", plan_of=day)
    return events


def _columns(tally: Tally) -> Row:
    return {name: tally.count(name) for name in COUNTED} | {
        "upsell_rate": tally.rate("upsold_customers", "opening_customers"),
        "cross_sell_rate": tally.rate("cross_sold_customers", "opening_customers"),
        "downgrade_rate": tally.rate("downgraded_customers", "opening_customers"),
        "offer_acceptance_rate": tally.rate("offers_accepted", "offers_decided"),
        "post_upsell_churn_rate": tally.rate("churned_upsells", "observed_upsells"),
    }


def kpi_growth(
    history: History, periods: list[Period], plan_changes: list[Row], offers: list[Row]
) -> list[Row]:
    """How many customers grew or shrank by product, and what offers led to.

    Args:
        history: What is known.
        periods: The reported periods.
        plan_changes: The rows of fct_plan_changes.
        offers: The rows of fct_offers.

    Returns:
        A row per period and segment.
    """
    customers = [(customer, Products(customer)) for customer in history.customers.values()]
    events = _events(history, plan_changes, offers)

    def tallies(period: Period) -> Tallies:
        found = events.tallies(period)
        for customer, products in customers:
            if not _is_active(customer, period.opening):
                continue
            segments = history.segments(customer, customer.on(period.opening).plan_id)
            found.add(segments, "opening_customers")
            if _is_active(customer, period.closing):
                changes = products.changes(period.start, period.closing)
                for kind in {change.kind for change in changes} & KINDS.keys():
                    found.add(segments, KINDS[kind])
        return found

    return kpi_rows(periods, tallies, _columns, COUNTED)


# --- expansion candidates ----------------------------------------------------------------


def _upsells(
    history: History,
    marts: Mapping[str, list[Row]],
    active: list[Customer],
    means: Mapping[str, Fraction | None],
) -> Iterator[tuple[str, str]]:
    """The customers who make the most of a plan that is not the highest of its product."""
    as_of = history.as_of
    plans = {row["plan_id"]: row for row in marts["dim_plans"]}
    bands = {
        row["customer_id"]: row["health_band"]
        for row in marts["fct_customer_health"]
        if row["month_end"] == as_of
    }
    peers: dict[str, list[Decimal]] = defaultdict(list)
    for customer in active:
        mean, plan_id = means[customer.customer_id], customer.on(as_of).plan_id
        if mean is not None and plan_id is not None:
            peers[plan_id].append(round_half_away(mean, 6))
    for customer in active:
        mean, plan_id = means[customer.customer_id], customer.on(as_of).plan_id
        if not mean or plan_id is None or plans[plan_id]["is_top_tier"]:
            continue
        better = sum(other > round_half_away(mean, 6) for other in peers[plan_id])
        # Rank 1 to ceil(n / 5).
        is_among_the_best = 1 + better <= -(-len(peers[plan_id]) // 5)
        if is_among_the_best and bands.get(customer.customer_id) == "green":
            yield customer.customer_id, plans[plan_id]["product_id"]


def _cross_sells(
    history: History, config: Config, active: list[Customer]
) -> Iterator[tuple[str, str]]:
    """The customers who keep using features of a product that they do not have."""
    sold = [*history.used["products"], *history.plans.values()]
    products = {row["product_id"] for row in sold if not row["is_deleted"]}
    last = last_whole_week(history.as_of)
    weeks = {last - number * ONE_WEEK for number in range(4)}
    used: dict[tuple[str, str], set[date]] = defaultdict(set)
    for row, day in history.dated_rows("feature_events", "occurred_at"):
        product_id = config.related_products.get(row["feature_code"])
        if product_id is not None and product_id in products and monday(day) in weeks:
            used[row["customer_id"], product_id].add(monday(day))
    for customer in active:
        had = {
            item.product_id
            for item in customer.items
            if item.mrr > 0 and item.is_in_force(history.as_of)
        }
        for product_id in sorted(products - had):
            if len(used.get((customer.customer_id, product_id), ())) >= 3:
                yield customer.customer_id, product_id


def fct_expansion_candidates(
    history: History, config: Config, scores: Scores, marts: Mapping[str, list[Row]]
) -> list[Row]:
    """Who could be offered more on the as-of date, without the evidence in words.

    Args:
        history: What is known.
        config: The config seeds.
        scores: By customer and week, the usage score.
        marts: Rows of dim_plans, fct_customer_health and fct_customer_alerts.

    Returns:
        A row per customer, type and product.
    """
    alerted = {row["customer_id"] for row in marts["fct_customer_alerts"]}
    active = [each for each in history.customers.values() if each.on(history.as_of).mrr > 0]
    means = {
        customer.customer_id: mean_score(history, scores, customer, history.as_of, 8)
        for customer in active
    }
    found = (
        ("upsell", _upsells(history, marts, active, means)),
        ("cross_sell", _cross_sells(history, config, active)),
    )
    return [
        {
            "customer_id": customer_id,
            "candidate_type": candidate_type,
            "product_id": product_id,
            "usage_score": None if (mean := means[customer_id]) is None else float(mean),
            "current_mrr": history.customers[customer_id].on(history.as_of).mrr,
        }
        for candidate_type, pairs in found
        for customer_id, product_id in pairs
        if customer_id not in alerted
    ]
