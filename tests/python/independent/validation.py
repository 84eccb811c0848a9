"""Whether health precedes churn, and which early behaviour goes with staying (magic numbers)."""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

from .calendar import Period, in_minutes, years_later
from .health import COMPONENTS
from .history import Customer, History
from .onboarding import Onboarding
from .parsing import round_half_away
from .quality import Row
from .tally import ratio
from .usage import Usage

INDICATORS = ("health_score", *COMPONENTS)
MONTHS = 12
# The chance at which a difference is called significant.
ERROR = 0.05


class Observation(NamedTuple):
    """The value of an indicator for a customer, and whether the customer churned soon after."""

    value: Decimal
    has_churned: bool


def auc(churned: Sequence[Decimal], retained: Sequence[Decimal]) -> Fraction | None:
    """The chance that one who stayed has the greater value than one who left.

    Args:
        churned: The values of those who left.
        retained: The values of those who stayed.

    Returns:
        The share of pairs, those with equal values by half; None without pairs.
    """
    if not churned or not retained:
        return None
    ordered = sorted(churned)
    twice = sum(bisect_left(ordered, value) + bisect_right(ordered, value) for value in retained)
    return Fraction(twice, 2 * len(churned) * len(retained))


def interval(area: Fraction, churned: int, retained: int) -> tuple[float, float]:
    """Between which bounds an AUC lies with a confidence of 95 %, by Hanley and McNeil."""
    one, other = area / (2 - area), 2 * area**2 / (1 + area)
    variance = (
        area * (1 - area) + (churned - 1) * (one - area**2) + (retained - 1) * (other - area**2)
    ) / (churned * retained)
    margin = 1.96 * sqrt(variance)
    return max(0.0, float(area) - margin), min(1.0, float(area) + margin)


def _mean(values: Sequence[Decimal]) -> float | None:
    return ratio(Fraction(sum(values)), len(values))


def _churn_rate(observations: Sequence[Observation]) -> float | None:
    return ratio(sum(each.has_churned for each in observations), len(observations))


def _fifths(observations: Sequence[Observation]) -> Row:
    """How many left of those with the lowest and of those with the highest values."""
    ordered = sorted(each.value for each in observations)
    worst = [each for each in observations if 5 * bisect_left(ordered, each.value) < len(ordered)]
    best = [
        each
        for each in observations
        if 5 * (len(ordered) - bisect_right(ordered, each.value)) < len(ordered)
    ]
    return {
        "worst_fifth_churn_rate": _churn_rate(worst),
        "best_fifth_churn_rate": _churn_rate(best),
    }


def judged(observations: Sequence[Observation]) -> Row:
    """How well an indicator foretells churn by a set of observations."""
    churned = [each.value for each in observations if each.has_churned]
    retained = [each.value for each in observations if not each.has_churned]
    area = auc(churned, retained)
    row: Row = {
        "observations": len(observations),
        "churned": len(churned),
        "mean_churned": _mean(churned),
        "mean_retained": _mean(retained),
        "auc": None,
        "auc_low": None,
        "auc_high": None,
        **_fifths(observations),
        "verdict": "unproven",
    }
    if area is not None:
        low, high = interval(area, len(churned), len(retained))
        row |= {"auc": float(area), "auc_low": low, "auc_high": high}
        if low > 0.5:
            row["verdict"] = "predictive"
        elif high < 0.5:
            row["verdict"] = "inverted"
    return row


def kpi_validation(
    history: History, periods: Iterable[Period], health_rows: Iterable[Row]
) -> list[Row]:
    """Every indicator over every twelve months of which it is known who left.

    Args:
        history: What is known.
        periods: The reported periods.
        health_rows: The exact rows of health.

    Returns:
        A row per indicator and window with any observation.
    """
    horizon = timedelta(days=history.policy.validation_horizon_days)
    months = [
        period
        for period in periods
        if period.grain == "month" and period.end + horizon <= history.as_of
    ]
    observed: dict[tuple[str, date], list[Observation]] = defaultdict(list)
    for row in health_rows:
        end = row["month_end"]
        churns = history.customers[row["customer_id"]].churns
        has_churned = any(end < churn.churned_on <= end + horizon for churn in churns)
        for name in INDICATORS:
            if row[name] is not None:
                value = round_half_away(Fraction(row[name]), 2)
                observed[name, end].append(Observation(value, has_churned))
    rows = []
    for number in range(len(months) - MONTHS + 1):
        window = months[number : number + MONTHS]
        for name in INDICATORS:
            found = [each for month in window for each in observed.get((name, month.end), [])]
            if found:
                rows.append(
                    {
                        "indicator_code": name,
                        "window_start": window[0].start,
                        "window_end": window[-1].end,
                    }
                    | judged(found)
                )
    return rows


# --- magic numbers -----------------------------------------------------------------------


class Behaviour(NamedTuple):
    """How much of something each customer did; for some things less is more."""

    code: str
    values: Mapping[str, int | None]
    is_less_more: bool = False

    def thresholds(self) -> list[int]:
        """The values that can tell customers apart."""
        lowest = 0 if self.is_less_more else 1
        values = {value for value in self.values.values() if value is not None}
        return sorted(value for value in values if value >= lowest)

    def is_above(self, customer_id: str, threshold: int) -> bool:
        """Whether a customer did as much as that."""
        value = self.values[customer_id]
        if value is None:
            return False
        return value <= threshold if self.is_less_more else value >= threshold


class Contingency(NamedTuple):
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
        """What follows from the counts."""
        rate_above = ratio(self.retained_above, self.above)
        return {
            "customers_above": self.above,
            "customers_below": self.below,
            "retained_rate_above": rate_above,
            "retained_rate_below": ratio(self.retained_below, self.below),
            "lift": ratio(self.retained_above * self.customers, self.above * self.retained),
            "precision": rate_above,
            "recall": ratio(self.retained_above, self.retained),
            "mcc": self.mcc,
            "chi_square": self.chi_square,
        }


def is_retained(history: History, customer: Customer) -> bool | None:
    """Whether a customer was there a year after the first active day; None while it is open."""
    first = customer.first_active_on
    if first is None or years_later(first, 1) > history.as_of:
        return None
    return customer.on(years_later(first, 1)).mrr > 0


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
        for row, day in history.dated_rows(table, column):
            customer_id = row["customer_id"]
            if customer_id not in last_days:
                continue
            signed_up_on = history.customers[customer_id].signed_up_on
            if not signed_up_on <= day <= last_days[customer_id]:
                continue
            if row["user_id"] is not None:
                users[customer_id].add(row["user_id"])
            if table == "sessions":
                minutes[customer_id] += in_minutes(
                    (row["ended_at"] or row["started_at"]) - row["started_at"]
                )
            else:
                events[customer_id, row["feature_code"]] += row["event_count"]

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


def _contingency(behaviour: Behaviour, threshold: int, retained: Mapping[str, bool]) -> Contingency:
    counts = Counter(
        (is_retained, behaviour.is_above(customer_id, threshold))
        for customer_id, is_retained in retained.items()
    )
    return Contingency(
        counts[True, True], counts[False, True], counts[True, False], counts[False, False]
    )


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
    found: list[tuple[Row, Contingency]] = []
    for behaviour in _behaviours(usage, onboarded, [history.customers[name] for name in retained]):
        tables = {
            threshold: table
            for threshold in behaviour.thresholds()
            if min((table := _contingency(behaviour, threshold, retained)).above, table.below)
            >= fewest
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


def _is_significant(table: Contingency, comparisons: int) -> bool:
    chi_square = table.chi_square
    return chi_square is not None and chi_square > critical_value(comparisons)
