"""The tables that do not grow with the customers: products, plans, campaigns, costs, rates."""

import numpy as np

from tools.sample_company import assumptions
from tools.sample_company.arrow import ids, labels
from tools.sample_company.chunk import Rows
from tools.sample_company.clock import DAY, Window
from tools.sample_company.simulate import rise_month


def campaign_months(window: Window) -> range:
    """Return the months of the window, from 0, in which a campaign begins: every second one."""
    return range(0, window.months, 2)


def reference_rows(rng: np.random.Generator, window: Window, customers: int) -> dict[str, Rows]:
    """Return the reference tables.

    Args:
        rng: source of randomness.
        window: the months simulated.
        customers: how many customers sign up in all; acquisition costs grow with them.
    """
    return {
        "products": _products(window),
        "plans": _plans(window),
        "campaigns": _campaigns(window),
        "acquisition_costs": _acquisition_costs(rng, window, customers),
        "exchange_rates": _exchange_rates(rng, window),
    }


def _products(window: Window) -> Rows:
    every = np.arange(len(assumptions.PRODUCTS))
    frame = {
        "product_id": labels(every, assumptions.PRODUCTS),
        "product_name": labels(every, assumptions.PRODUCT_NAMES),
    }
    return Rows(frame, np.full(every.size, window.bounds[0]))


def _plans(window: Window) -> Rows:
    product, tier = np.nonzero(np.arange(assumptions.MAX_TIERS) <= assumptions.TOP_TIER[:, None])
    names = tuple(plan.partition("-")[2].title() for plan in assumptions.PLAN_IDS)
    position = product * assumptions.MAX_TIERS + tier
    price = assumptions.LIST_PRICE_JPY[product, tier]
    core = product == assumptions.CORE
    frame = {
        "plan_id": labels(position, assumptions.PLAN_IDS),
        "product_id": labels(product, assumptions.PRODUCTS),
        "plan_name": labels(position, names),
        "tier_rank": (tier + 1).astype(np.float64),
        "list_monthly_price": price * np.where(core, assumptions.PRICE_RISE, 1),
        "currency_code": labels(np.zeros(price.size), assumptions.CURRENCIES),
        "is_free": price == 0,
    }
    rise = window.bounds[rise_month(window)]
    return Rows(frame, np.where(core & (price > 0), rise, window.bounds[0]))


def _campaigns(window: Window) -> Rows:
    number = np.arange(len(campaign_months(window)))
    kind, begins = number % 6, window.bounds[list(campaign_months(window))] + 5 * DAY
    names = tuple(
        f"{kind.replace('_', ' ').capitalize()} drive" for kind in assumptions.CAMPAIGN_TYPES
    )
    frame = {
        "campaign_id": ids("m", number + 1, 3),
        "campaign_name": labels(kind, names),
        "campaign_type": labels(kind, assumptions.CAMPAIGN_TYPES),
        "incentive_type": labels(number % 4, assumptions.INCENTIVES),
        "started_at": begins,
        "ended_at": begins + 30 * DAY,
    }
    return Rows(frame, begins)


def _acquisition_costs(rng: np.random.Generator, window: Window, customers: int) -> Rows:
    month, channel = (
        grid.ravel() for grid in np.mgrid[: window.months, : len(assumptions.CHANNELS)]
    )
    growth = customers / window.months / 10 * (0.6 + 0.8 * month / window.months)
    amount = assumptions.MONTHLY_SPEND_JPY[channel] * growth * rng.uniform(0.8, 1.2, month.size)
    frame = {
        "acquisition_channel": labels(channel, assumptions.CHANNELS),
        "cost_month": window.bounds[month],
        "amount": np.round(amount, -2),
        "currency_code": labels(np.zeros(month.size), assumptions.CURRENCIES),
    }
    return Rows(frame, window.bounds[month])


def _exchange_rates(rng: np.random.Generator, window: Window) -> Rows:
    """Draw a random walk by quarter; the first rates come a month after the window begins."""
    months = np.arange(1, max(window.months, 2), 3)
    walk = np.exp(np.cumsum(rng.normal(0.004, 0.025, (months.size, 2)), axis=0))
    month, currency = (grid.ravel() for grid in np.mgrid[: months.size, :2])
    begins = window.bounds[months[month]]
    frame = {
        "currency_code": labels(currency + 1, assumptions.CURRENCIES),
        "valid_from": begins,
        "rate_to_reporting": np.round(
            assumptions.JPY_PER_UNIT[currency + 1] * walk[month, currency], 4
        ),
    }
    return Rows(frame, begins)
