"""What is counted, by period and segment."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction

from .calendar import ONE_DAY, Period
from .history import History
from .quality import Row

Segment = tuple[str, str]
ALL: Segment = ("all", "all")
Number = Fraction | int


class Tally:
    """What was counted in one segment of one period: under each name, a value per thing."""

    def __init__(self) -> None:
        """Start from nothing."""
        self.values: dict[str, list[Number]] = defaultdict(list)

    def add(self, what: str, value: Number = 1) -> None:
        """Count one thing."""
        self.values[what].append(value)

    def count(self, what: str) -> int:
        """How many things there are of a name."""
        return len(self.values[what])

    def total(self, what: str) -> Fraction:
        """The sum of the values of a name."""
        return Fraction(sum(self.values[what]))

    def share(self, part: str, whole: str) -> float | None:
        """How many of one name there are for each of another."""
        return quotient(self.count(part), self.count(whole))


Tallies = dict[Segment, Tally]


def quotient(numerator: Number, denominator: Number) -> float | None:
    """A rate: null when the denominator is 0."""
    return float(Fraction(numerator) / Fraction(denominator)) if denominator else None


def percentile(values: Sequence[Number], share: Fraction) -> float | None:
    """The value at a position, between the two next to it by distance; null without values."""
    if not values:
        return None
    ordered = sorted(values)
    below, rest = divmod(share * (len(ordered) - 1), 1)
    if not rest:
        return float(ordered[below])
    return float(ordered[below] * (1 - rest) + ordered[below + 1] * rest)


def median(values: Sequence[Number]) -> float | None:
    """The value in the middle."""
    return percentile(values, Fraction(1, 2))


def last_day(history: History, period: Period) -> date:
    """The day at which a period closes."""
    return min(period.end, history.as_of)


def kept(period: Period, segments: list[Segment]) -> list[Segment]:
    """At grain day only segment `all` is kept."""
    return [ALL] if period.grain == "day" else segments


def dated_rows(history: History, table: str, column: str) -> Iterator[tuple[Row, date]]:
    """The rows of customers that count and their days, up to the last day that counts."""
    for row in history.used[table]:
        day = history.known_day(row[column])
        if day and row["customer_id"] in history.customers:
            yield row, day


class Dated:
    """Things that are counted in the period that holds their day."""

    def __init__(self, history: History) -> None:
        """Start from nothing."""
        self._history = history
        self._things: dict[date, list[tuple[list[Segment], str, Number]]] = defaultdict(list)

    def add(self, customer_id: str, day: date, what: str, value: Number = 1) -> None:
        """Count a thing under the primary plan of its day."""
        segments = self._history.segments_on(self._history.customers[customer_id], day)
        self._things[day].append((segments, what, value))

    def within(self, period: Period) -> Iterator[tuple[list[Segment], str, Number]]:
        """The things of a period up to the last day that counts."""
        day = period.start
        while day <= last_day(self._history, period):
            for segments, what, value in self._things.get(day, []):
                yield kept(period, segments), what, value
            day += ONE_DAY

    def tallies(self, period: Period) -> Tallies:
        """The things of a period by segment."""
        tallies: Tallies = defaultdict(Tally)
        for segments, what, value in self.within(period):
            for segment in segments:
                tallies[segment].add(what, value)
        return tallies


def kpi_rows(
    periods: Sequence[Period],
    tallies_of: Callable[[Period], Mapping[Segment, Tally]],
    columns_of: Callable[[Tally], Row],
    deciding: Sequence[str],
) -> list[Row]:
    """The rows of a mart by period and segment.

    Args:
        periods: All reported periods.
        tallies_of: What was counted in a period.
        columns_of: The columns of a row.
        deciding: The names of which some must have been counted for a segment value to have a
            row; segment `all` has one in every period.

    Returns:
        A row for every period and segment value.
    """
    rows = []
    for period in periods:
        tallies = {ALL: Tally()} | dict(tallies_of(period))
        for segment, tally in tallies.items():
            if segment == ALL or any(tally.count(what) for what in deciding):
                segment_type, segment_value = segment
                rows.append(
                    period.columns()
                    | {"segment_type": segment_type, "segment_value": segment_value}
                    | columns_of(tally)
                )
    return rows
