"""What customers who stay do early on: how much of it tells them from the others best."""

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

from .calendar import add_months
from .history import Customer, History
from .onboarding import Onboarding
from .quality import Row
from .support import in_minutes
from .tally import dated_rows, quotient
from .usage import Usage

ERROR = 0.05


def year_later(day: date) -> date:
    """The day twelve calendar months later, cut to the length of its month."""
    month = add_months(day, 12)
    return month.replace(day=min(day.day, monthrange(month.year, month.month)[1]))


class Behaviour(NamedTuple):
    """How much of something each customer did; for some things less is more."""

    code: str
    values: Mapping[str, int | None]
    is_less_more: bool = False

    def thresholds(self) -> list[int]:
        """Every value that says something."""
        lowest = 0 if self.is_less_more else 1
        values = {value for value in self.values.values() if value is not None}
        return sorted(value for value in values if value >= lowest)

    def is_above(self, customer_id: str, threshold: int) -> bool:
        """Whether a customer did as much as that."""
        value = self.values[customer_id]
        if value is None:
            return False
        return value <= threshold if self.is_less_more else value >= threshold


class Table(NamedTuple):
    """How many customers there are on each side of a threshold, retained and not."""

    retained_above: int
    lost_above: int
    retained_below: int
    lost_below: int

    @property
    def above(self) -> int:
        """All at or above the threshold."""
        return self.retained_above + self.lost_above

    @property
    def below(self) -> int:
        """All below the threshold."""
        return self.retained_below + self.lost_below

    @property
    def retained(self) -> int:
        """All retained."""
        return self.retained_above + self.retained_below

    @property
    def customers(self) -> int:
        """All."""
        return self.above + self.below

    @property
    def _determinant(self) -> int:
        return self.retained_above * self.lost_below - self.lost_above * self.retained_below

    @property
    def _margins(self) -> int:
        return self.above * self.below * self.retained * (self.customers - self.retained)

    @property
    def signed_square(self) -> Fraction | None:
        """The square of the correlation with the sign of the correlation, exactly."""
        if not self._margins:
            return None
        return Fraction(self._determinant * abs(self._determinant), self._margins)

    @property
    def mcc(self) -> float | None:
        """Matthews' correlation."""
        return self._determinant / sqrt(self._margins) if self._margins else None

    @property
    def chi_square(self) -> float | None:
        """Pearson's statistic, without correction for continuity."""
        square = self.signed_square
        return None if square is None else float(self.customers * abs(square))

    def columns(self) -> Row:
        """What the table says."""
        rate_above = quotient(self.retained_above, self.above)
        return {
            "customers_above": self.above,
            "customers_below": self.below,
            "retained_rate_above": rate_above,
            "retained_rate_below": quotient(self.retained_below, self.below),
            "lift": quotient(self.retained_above * self.customers, self.above * self.retained),
            "precision": rate_above,
            "recall": quotient(self.retained_above, self.retained),
            "mcc": self.mcc,
            "chi_square": self.chi_square,
        }


def is_retained(history: History, customer: Customer) -> bool | None:
    """Whether a customer was there a year after the first active day; None while it is open."""
    first = customer.first_active_on
    if first is None or year_later(first) > history.as_of:
        return None
    return customer.on(year_later(first)).mrr > 0


def _behaviours(
    usage: Usage, onboarded: Mapping[str, Onboarding], customers: list[Customer]
) -> Iterator[Behaviour]:
    """Everything that customers can do early on."""
    history, config = usage.history, usage.config
    early = timedelta(days=history.policy.early_days)
    last_days = {each.customer_id: each.signed_up_on + early for each in customers}
    minutes: dict[str, Fraction] = defaultdict(Fraction)
    users: dict[str, set[str]] = defaultdict(set)
    events: Counter[tuple[str, str]] = Counter()
    for table, column in (("sessions", "started_at"), ("feature_events", "occurred_at")):
        for row, day in dated_rows(history, table, column):
            customer_id = row["customer_id"]
            if customer_id not in last_days:
                continue
            signed_up_on = history.customers[customer_id].signed_up_on
            if not signed_up_on <= day <= last_days[customer_id]:
                continue
            if row["user_id"] is not None:
                users[customer_id].add(row["user_id"])
            if table == "sessions":
                minutes[customer_id] += in_minutes(row["ended_at"] - row["started_at"])
            else:
                events[customer_id, row["feature_code"]] += 1

    def stage(customer_id: str) -> int:
        reached = 0
        for number in range(1, (usage.top_stage or 0) + 1):
            reached_on = usage.reached_on(customer_id, number)
            if reached_on and reached_on <= last_days[customer_id]:
                reached = number
        return reached

    def days_to_onboard(customer: Customer) -> int | None:
        onboarding = onboarded.get(customer.customer_id)
        if onboarding is None or onboarding.completed is None:
            return None
        return max((onboarding.completed.day - customer.signed_up_on).days, 0)

    # What was not landed is 0 for everybody, and so without any threshold.
    for code in config.feature_stages:
        yield Behaviour(f"feature_{code}", {name: events[name, code] for name in last_days})
    yield Behaviour("session_minutes", {name: minutes[name] // 10 * 10 for name in last_days})
    yield Behaviour("ladder_stage", {name: stage(name) for name in last_days})
    yield Behaviour("active_users", {name: len(users[name]) for name in last_days})
    to_onboard = {each.customer_id: days_to_onboard(each) for each in customers}
    yield Behaviour("onboarding_days", to_onboard, is_less_more=True)


def _table(behaviour: Behaviour, threshold: int, retained: Mapping[str, bool]) -> Table:
    counts = Counter(
        (is_retained, behaviour.is_above(customer_id, threshold))
        for customer_id, is_retained in retained.items()
    )
    return Table(counts[True, True], counts[False, True], counts[True, False], counts[False, False])


def kpi_magic_numbers(
    history: History, usage: Usage, onboarded: Mapping[str, Onboarding]
) -> list[Row]:
    """How well each threshold of each early behaviour tells who is there after a year.

    Args:
        history: What is known.
        usage: All use.
        onboarded: By customer, how onboarding went.

    Returns:
        A row per behaviour and threshold with enough customers on both sides.
    """
    retained = {
        customer_id: outcome
        for customer_id, customer in history.customers.items()
        if (outcome := is_retained(history, customer)) is not None
    }
    fewest = history.policy.magic_min_customers
    found: list[tuple[Row, Table]] = []
    for behaviour in _behaviours(usage, onboarded, [history.customers[name] for name in retained]):
        tables = {
            threshold: table
            for threshold in behaviour.thresholds()
            if min((table := _table(behaviour, threshold, retained)).above, table.below) >= fewest
        }
        squares = {
            threshold: square
            for threshold, table in tables.items()
            if (square := table.signed_square) is not None
        }
        # Of the greatest the one with the smallest threshold.
        best = max(squares, key=lambda threshold: (squares[threshold], -threshold), default=None)
        for threshold, table in tables.items():
            row = {"behaviour_code": behaviour.code, "threshold": float(threshold)}
            found.append((row | table.columns() | {"is_best": threshold == best}, table))
    return [row | {"is_significant": _is_significant(table, len(found))} for row, table in found]


def critical_value(comparisons: int) -> float:
    """What chi-square must exceed to be significant, by Bonferroni for so many comparisons."""
    return NormalDist().inv_cdf(1 - ERROR / comparisons / 2) ** 2


def _is_significant(table: Table, comparisons: int) -> bool:
    chi_square = table.chi_square
    return chi_square is not None and chi_square > critical_value(comparisons)
