"""What is counted, by period and segment."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from .calendar import Period
from .history import ALL, History, Segment
from .parsing import round_half_away
from .quality import Row

Number = Fraction | Decimal | int


def quotient(numerator: Number | None, denominator: Number | None) -> Fraction | None:
    """A quotient, exactly: null when the denominator is 0, or when either is null."""
    if numerator is None or denominator is None or denominator == 0:
        return None
    return Fraction(numerator) / Fraction(denominator)


def as_double(value: Fraction | None) -> float | None:
    """A value as the marts state it."""
    return None if value is None else float(value)


def ratio(numerator: Number | None, denominator: Number | None) -> float | None:
    """A quotient as the marts state it."""
    return as_double(quotient(numerator, denominator))


def percentile(values: Sequence[Number], share: Fraction) -> float | None:
    """The value at a position, between the two next to it by distance; null without values."""
    if not values:
        return None
    ordered = sorted(Fraction(value) for value in values)
    below, rest = divmod(share * (len(ordered) - 1), 1)
    if not rest:
        return float(ordered[below])
    return float(ordered[below] * (1 - rest) + ordered[below + 1] * rest)


def median(values: Sequence[Number]) -> float | None:
    """The value in the middle."""
    return percentile(values, Fraction(1, 2))


class Tally:
    """What was counted in one segment of one period: under each name, the values."""

    def __init__(self) -> None:
        """Start from nothing."""
        self.values: dict[str, list[Number]] = defaultdict(list)

    def count(self, name: str) -> int:
        """How many values a name has."""
        return len(self.values[name])

    def total(self, name: str) -> Fraction:
        """The sum of the values of a name."""
        return Fraction(sum(self.values[name]))

    def amount(self, name: str) -> Decimal:
        """The sum of the values of a name that are amounts of money."""
        return round_half_away(self.total(name), 4)

    def rate(self, part: str, whole: str) -> float | None:
        """How many values one name has for each of another."""
        return ratio(self.count(part), self.count(whole))


class Tallies:
    """What was counted in one period, by segment."""

    def __init__(self, period: Period) -> None:
        """Start from nothing."""
        self.period = period
        self.by_segment: dict[Segment, Tally] = defaultdict(Tally)

    def add(self, segments: Iterable[Segment], name: str, value: Number = 1) -> None:
        """Count a value in each of its segments; in a day, in segment `all` only."""
        for segment in segments:
            if segment == ALL or self.period.grain != "day":
                self.by_segment[segment].values[name].append(value)


class Events:
    """Events of customers, to be counted in the periods that hold their days."""

    def __init__(self, history: History) -> None:
        """Start from nothing."""
        self._history = history
        self._by_day: dict[date, list[tuple[list[Segment], str, Number]]] = defaultdict(list)

    def add(
        self,
        customer_id: str | None,
        day: date,
        name: str,
        value: Number = 1,
        plan_of: date | None = None,
    ) -> None:
        """Take in an event.

        Args:
            customer_id: Whose; of nobody known where None.
            day: The day on which it counts.
            name: What it is counted under.
            value: Its value.
            plan_of: The day to whose primary plan it belongs; without it, its own day.
        """
        self.add_to(self._history.segments_of(customer_id, plan_of or day), day, name, value)

    def add_to(self, segments: list[Segment], day: date, name: str, value: Number = 1) -> None:
        """Take in an event of certain segments."""
        self._by_day[day].append((segments, name, value))

    def count(self, tallies: Tallies, first: date, last: date) -> None:
        """Count the events of a stretch of days."""
        for day, events in self._by_day.items():
            if first <= day <= last:
                for event in events:
                    tallies.add(*event)

    def tallies(self, period: Period) -> Tallies:
        """The events of a period up to its closing."""
        tallies = Tallies(period)
        self.count(tallies, period.start, period.closing)
        return tallies


def row_key(period: Period, segment: Segment) -> Row:
    """The columns of a period and a segment."""
    segment_type, segment_value = segment
    return period.columns() | {"segment_type": segment_type, "segment_value": segment_value}


def kpi_rows(
    periods: Iterable[Period],
    tallies_of: Callable[[Period], Tallies],
    columns_of: Callable[[Tally], Row],
    counted: Sequence[str],
) -> list[Row]:
    """The rows of a mart by period and segment.

    Args:
        periods: The periods that have rows.
        tallies_of: What was counted in a period.
        columns_of: The columns of a row.
        counted: The names of which some must have been counted for a segment value to have a
            row; segment `all` has one in every period.

    Returns:
        A row for every period and segment value.
    """
    rows = []
    for period in periods:
        tallies = {ALL: Tally()} | tallies_of(period).by_segment
        rows += [
            row_key(period, segment) | columns_of(tally)
            for segment, tally in tallies.items()
            if segment == ALL or any(tally.count(name) for name in counted)
        ]
    return rows
