"""Who could be offered more."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from .config import Config
from .health import Scores, mean_score
from .history import Customer, History
from .parsing import round_half_away
from .quality import Row
from .tally import dated_rows
from .usage import ONE_WEEK, last_whole_week, monday

Marts = Mapping[str, list[Row]]
Means = Mapping[str, Fraction | None]


def _upsells(
    history: History, marts: Marts, active: list[Customer], means: Means
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
    products = {row["product_id"] for row in history.used["products"]}
    products |= {plan["product_id"] for plan in history.plans.values()}
    last = last_whole_week(history.as_of)
    weeks = {last - number * ONE_WEEK for number in range(4)}
    used: dict[tuple[str, str], set[date]] = defaultdict(set)
    for row, day in dated_rows(history, "feature_events", "occurred_at"):
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
    history: History, config: Config, scores: Scores, marts: Marts
) -> list[Row]:
    """Who could be offered more today, without the words for it.

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
