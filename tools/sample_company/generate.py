"""From the arguments to the raw tables, chunk by chunk."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from tools.sample_company.arrow import SCHEMA, to_table
from tools.sample_company.billing import billing_rows
from tools.sample_company.chunk import Chunk, Numbering, Rows, presence
from tools.sample_company.clock import DAY, UTC_OFFSET, Window
from tools.sample_company.customers import customer_frame, draw_customers
from tools.sample_company.reference_tables import reference_rows
from tools.sample_company.simulate import simulate
from tools.sample_company.usage import usage_rows
from tools.sample_company.voice import voice_rows

CHUNK = 20_000
"""Customers simulated at once: bounds the memory, and is part of what makes the data."""
LATE_SHARE = 0.004

Tables = dict[str, Any]
"""Arrow tables by name of the raw table."""


def generate(window: Window, customers: int, seed: int, events_scale: float) -> Iterator[Tables]:
    """Yield the raw tables in chunks of customers, first the reference tables.

    The same arguments give the same tables.

    Args:
        window: the months to simulate.
        customers: how many customers sign up within it.
        seed: of all randomness.
        events_scale: multiplies sessions and feature events.
    """
    rng = np.random.default_rng([seed, 0])
    yield _stamped(rng, window, reference_rows(rng, window, customers))
    numbering = Numbering()
    for index, first in enumerate(range(0, customers, CHUNK), start=1):
        rng = np.random.default_rng([seed, index])
        people = draw_customers(rng, window, min(CHUNK, customers - first), first + 1)
        history = simulate(rng, window, people)
        begins, until = presence(window, people, history)
        chunk = Chunk(rng, window, people, history, numbering, begins, until, events_scale)
        rows = {"customers": Rows(customer_frame(rng, people), people.signed_up)}
        rows |= billing_rows(chunk) | usage_rows(chunk) | voice_rows(chunk)
        yield _stamped(rng, window, rows)


def _stamped(rng: np.random.Generator, window: Window, rows: dict[str, Rows]) -> Tables:
    """Add when the source last changed each row and when the nightly load wrote it."""
    tables = {}
    for name, part in rows.items():
        # The load runs at midnight UTC; a few rows are overlooked for some days.
        loaded = np.ceil((part.changed - UTC_OFFSET) / DAY) * DAY + UTC_OFFSET
        late = rng.random(loaded.size) < LATE_SHARE
        loaded = loaded + np.where(late, rng.integers(3, 40, loaded.size), 0) * DAY
        stamps = {"loaded_at": np.minimum(loaded, window.end + UTC_OFFSET)}
        if "updated_at" in SCHEMA[name]:
            stamps["updated_at"] = part.changed
        tables[name] = to_table(name, {**part.frame, **stamps})
    return tables
