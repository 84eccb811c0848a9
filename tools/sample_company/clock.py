"""Time as the simulation knows it.

A moment is a float: whole seconds since 1970-01-01 of the company's *local* clock (UTC+9, no
summer time); nan means "not at all". The writer turns moments into UTC.
"""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

MINUTE = 60.0
HOUR = 3600.0
DAY = 86400.0
UTC_OFFSET = 9 * HOUR


@dataclass(frozen=True)
class Window:
    """The calendar months that are simulated, the last one ending with `as_of`.

    Attributes:
        as_of: as-of date, the last local day with data.
        months: number of calendar months, that of `as_of` included.
    """

    as_of: dt.date
    months: int

    @cached_property
    def bounds(self) -> Floats:
        """Starts of the months, then the end of the window (`months` + 1 moments)."""
        last = np.datetime64(self.as_of, "M")
        starts = np.arange(last - (self.months - 1), last + 1).astype("datetime64[s]")
        return np.append(starts.astype(np.float64), self.end)

    @property
    def end(self) -> float:
        """The midnight at which `as_of` ends."""
        return float((self.as_of - dt.date(1970, 1, 1)).days + 1) * DAY

    def known(self, moments: Floats) -> Floats:
        """Return `moments` with those after the window as nan."""
        return np.where(moments < self.end, moments, np.nan)


def day_of(moments: Floats) -> Floats:
    """Return the midnights that begin the days of `moments`."""
    return np.floor(moments / DAY) * DAY


def month_of(moments: Floats) -> Ints:
    """Return calendar months as months since 1970-01 (`moments` must not be nan)."""
    return moments.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)


def add_months(moments: Floats, months: Floats | Ints | int) -> Floats:
    """Move moments by calendar months; the 31st becomes the last day of a shorter month."""
    source = month_of(moments)
    target = source + np.asarray(months).astype(np.int64)
    begins = target.astype("datetime64[M]").astype("datetime64[s]").astype(np.float64)
    ends = (target + 1).astype("datetime64[M]").astype("datetime64[s]").astype(np.float64)
    into = moments - source.astype("datetime64[M]").astype("datetime64[s]").astype(np.float64)
    return begins + np.minimum(into, ends - begins - DAY + into % DAY)


def between(rng: np.random.Generator, low: Floats, high: Floats, *, office: bool = True) -> Floats:
    """Draw one moment in each [low, high), by day (8 to 20 o'clock) or at any hour."""
    drawn = low + rng.random(low.size) * (high - low)
    if office:
        drawn = day_of(drawn) + rng.triangular(8 * HOUR, 13 * HOUR, 20 * HOUR, low.size)
    return np.maximum(np.minimum(np.floor(drawn), high - 1), low)


def by_day(rng: np.random.Generator, moments: Floats) -> Floats:
    """Put off most moments of the night, 18 to 9 o'clock, to the morning that follows."""
    hour = moments % DAY
    morning = day_of(moments) + np.where(hour < 18 * HOUR, 0, DAY) + 9 * HOUR
    put_off = ((hour < 9 * HOUR) | (hour >= 18 * HOUR)) & (rng.random(moments.size) < 0.85)
    return np.where(put_off, morning + rng.exponential(HOUR, moments.size), moments)


def near_midnight(
    rng: np.random.Generator, moments: Floats, low: Floats | float, share: float
) -> Floats:
    """Move a share of moments to 00:00:00, as many to 23:59:xx of their day, none below `low`."""
    dice = rng.random(moments.size)
    midnight = np.maximum(day_of(moments), low)
    last_minute = day_of(moments) + DAY - 1 - rng.integers(0, 60, moments.size)
    moved = np.where(dice < share, midnight, moments)
    return np.where(dice > 1 - share, last_minute, moved)
