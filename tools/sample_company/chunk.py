"""What the makers of raw tables share: one simulated chunk and running row numbers."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from tools.sample_company.arrow import Frame
from tools.sample_company.clock import Bools, Floats, Ints, Window
from tools.sample_company.customers import Customers
from tools.sample_company.simulate import History


class Numbering:
    """Hands out row numbers, so that ids stay unique over all chunks."""

    def __init__(self) -> None:
        """Begin every kind of row at 1."""
        self._taken: Counter[str] = Counter()

    def take(self, kind: str, size: int) -> Ints:
        """Return the next `size` numbers of one kind of row."""
        first = self._taken[kind] + 1
        self._taken[kind] += size
        return np.arange(first, first + size)


@dataclass(frozen=True)
class Rows:
    """Rows of one raw table, before they are stamped.

    Attributes:
        frame: the columns without `updated_at`, `is_deleted` and `loaded_at`.
        changed: when the source last wrote each row, in local seconds.
    """

    frame: Frame
    changed: Floats


@dataclass(frozen=True)
class Chunk:
    """A simulated chunk.

    Attributes:
        begins: by customer and month, when the customer begins to be one in that month;
            nan in months in which it is not there at all.
        until: likewise, when it ceases to be one, at the latest the end of the month.
        events_scale: multiplies use.
    """

    rng: np.random.Generator
    window: Window
    customers: Customers
    history: History
    numbering: Numbering
    begins: Floats
    until: Floats
    events_scale: float

    def cells(self, chosen: Bools) -> tuple[Ints, Ints, Floats, Floats]:
        """Return customers, months, begins and ends of the chosen (customer, month) cells."""
        customer, month = np.nonzero(chosen & ~np.isnan(self.begins))
        return customer, month, self.begins[customer, month], self.until[customer, month]

    @property
    def last(self) -> Floats:
        """When each customer was last one; its sign-up if it never had a subscription."""
        latest: Floats = np.nanmax(self.until, axis=1, initial=0)
        return np.fmax(self.customers.signed_up, latest)

    def changed(self, *moments: Floats) -> Floats:
        """Return the latest of the moments that lie within the window."""
        known = [self.window.known(moment) for moment in moments]
        latest = known[0]
        for moment in known[1:]:
            latest = np.fmax(latest, moment)
        return latest


def presence(window: Window, customers: Customers, history: History) -> tuple[Floats, Floats]:
    """Return from when and until when each customer is one, by month of the window."""
    subscriptions = history.subscriptions
    who = subscriptions["customer"].astype(np.int64)
    since = np.fmin(subscriptions["trial_from"], subscriptions["started"])
    lapsed = np.where(np.isnan(subscriptions["started"]), subscriptions["trial_to"], np.nan)
    left = np.fmin(np.fmin(subscriptions["ended"], lapsed), window.end)
    left = np.where(np.isnan(left), window.end, left)
    begins = np.full((customers.count, window.months), np.inf)
    until = np.full((customers.count, window.months), -np.inf)
    for month in range(window.months):
        start, end = window.bounds[month], window.bounds[month + 1]
        there = (since < end) & (left > start)
        np.minimum.at(begins[:, month], who[there], np.maximum(since[there], start))
        np.maximum.at(until[:, month], who[there], np.minimum(left[there], end))
    absent = np.isinf(begins)
    begins[absent] = until[absent] = np.nan
    return begins, until
