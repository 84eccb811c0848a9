"""Whether the indicators of health told beforehand who would leave."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import sqrt
from typing import NamedTuple

from .calendar import Period
from .health import COMPONENTS
from .history import History
from .parsing import round_half_away
from .quality import Row
from .tally import quotient

INDICATORS = ("health_score", *COMPONENTS)
MONTHS = 12


class Observation(NamedTuple):
    """What an indicator said of a customer, and whether the customer left soon after."""

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
    return quotient(Fraction(sum(values)), len(values))


def _churn_rate(observations: Sequence[Observation]) -> float | None:
    return quotient(sum(each.has_churned for each in observations), len(observations))


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
    """What a set of observations says of an indicator."""
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
