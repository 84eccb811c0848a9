"""Who the customers are: their attributes, and the hidden traits that drive what they do."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tools.sample_company import assumptions
from tools.sample_company.arrow import Frame, customer_ids, ids, labels
from tools.sample_company.clock import HOUR, Bools, Floats, Ints, Window, between, near_midnight

INTERNAL_EVERY = 61
"""One account in so many is the company's own."""


def draw(rng: np.random.Generator, shares: Sequence[float], size: int) -> Ints:
    """Draw positions with the given shares."""
    return np.searchsorted(np.cumsum(shares)[:-1], rng.random(size), side="right").astype(np.int64)


@dataclass(frozen=True)
class Customers:
    """A chunk of customers, one array element each (codes are positions in assumptions).

    Attributes:
        first_number: the number of the first one among all chunks.
        signed_up: moments of sign-up, ascending.
        onboarded: does the onboarding steps in time.
        swift: does them within 24 hours.
        mood: contentment, standard normal.
        shares: uses of teammate_share in the first 60 days.
        dormant: stops using the product after four months, yet goes on paying.
        low: hardly any use, by month of the window.
        slow: a support ticket is answered late, by month of the window.
    """

    first_number: int
    signed_up: Floats
    country: Ints
    currency: Ints
    industry: Ints
    size: Ints
    channel: Ints
    first_product: Ints
    onboarded: Bools
    swift: Bools
    mood: Floats
    shares: Ints
    dormant: Bools
    low: Bools
    slow: Bools

    @property
    def count(self) -> int:
        """How many customers the chunk has."""
        return self.signed_up.size

    @property
    def numbers(self) -> Ints:
        """The number of each among all chunks."""
        return self.first_number + np.arange(self.count)


def draw_customers(
    rng: np.random.Generator, window: Window, count: int, first_number: int
) -> Customers:
    """Draw a chunk of customers that sign up within the window, ever more of them.

    Args:
        rng: source of randomness.
        window: the months simulated.
        count: how many customers.
        first_number: number of the first one.
    """
    bounds = window.bounds
    grown = (np.sqrt(0.64 + 0.8 * rng.random(count)) - 0.8) / 0.4  # density 0.8 + 0.4 x
    rough = np.sort(bounds[0] + grown * (window.end - bounds[0]))
    signed_up = between(rng, rough, np.minimum(rough + HOUR, window.end), office=False)
    signed_up = np.minimum(near_midnight(rng, signed_up, bounds[0], 0.03), window.end - 1)
    country = draw(rng, assumptions.COUNTRY_SHARES, count)
    onboarded = rng.random(count) < 0.58
    months = window.months
    return Customers(
        first_number=first_number,
        signed_up=signed_up,
        country=country,
        currency=assumptions.COUNTRY_CURRENCY[country],
        industry=rng.integers(0, len(assumptions.INDUSTRIES), count),
        size=draw(rng, assumptions.SIZE_SHARES, count),
        channel=draw(rng, assumptions.CHANNEL_SHARES, count),
        first_product=draw(rng, (0.70, 0.15, 0.15), count),
        onboarded=onboarded,
        swift=onboarded & (rng.random(count) < 0.3),
        mood=rng.standard_normal(count),
        shares=rng.poisson(np.where(rng.random(count) < 0.5, 0.4, 4.0)),
        dormant=rng.random(count) < 0.025,
        low=_low_months(rng, signed_up, onboarded, bounds),
        slow=rng.random((count, months)) < 0.04,
    )


def _low_months(
    rng: np.random.Generator, signed_up: Floats, onboarded: Bools, bounds: Floats
) -> Bools:
    """Draw spells of low use: they begin after the month of sign-up and last a few months."""
    low = np.zeros((signed_up.size, bounds.size - 1), dtype=np.bool_)
    begins = np.where(onboarded, 0.03, 0.07)
    for month in range(1, bounds.size - 1):
        chance = np.where(low[:, month - 1], 0.72, begins)
        low[:, month] = (rng.random(signed_up.size) < chance) & (signed_up < bounds[month])
    return low


def customer_frame(rng: np.random.Generator, customers: Customers) -> Frame:
    """Return the raw columns of the customers; a few attributes are unknown."""
    count, numbers = customers.count, customers.numbers

    def mostly(codes: Ints, missing: float) -> Ints:
        return np.where(rng.random(count) < missing, -1, codes)

    names = assumptions.JAPANESE_NAMES + assumptions.ENGLISH_NAMES
    japanese = customers.country == 0
    name = np.where(  # strides without a common divisor: no name comes twice in a small sample
        japanese,
        numbers * 37 % len(assumptions.JAPANESE_NAMES),
        len(assumptions.JAPANESE_NAMES) + numbers * 37 % len(assumptions.ENGLISH_NAMES),
    )
    return {
        "customer_id": customer_ids(numbers),
        "customer_name": labels(name, names),
        "signed_up_at": customers.signed_up,
        "country_code": labels(mostly(customers.country, 0.02), assumptions.COUNTRIES),
        "industry": labels(mostly(customers.industry, 0.05), assumptions.INDUSTRIES),
        "company_size": labels(customers.size, assumptions.SIZES),
        "acquisition_channel": labels(mostly(customers.channel, 0.04), assumptions.CHANNELS),
        "csm_owner": labels(mostly(numbers % len(assumptions.OWNERS), 0.10), assumptions.OWNERS),
        "contact_email": ids("contact@c", numbers, 4, ".example"),
        "is_internal": numbers % INTERNAL_EVERY == INTERNAL_EVERY - 1,
    }
