"""Minutes, days, months and reporting periods."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from .policy import Policy

MICROSECOND = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(days=7)
DAYS_PER_MONTH = Fraction("30.4375")
# What is stated at a closing only has no rows by day, by week or over trailing windows.
CLOSING_GRAINS = ("month", "quarter", "fiscal_year")


@dataclass(frozen=True)
class Period:
    """One reporting period.

    Attributes:
        grain: day, week, month, quarter, fiscal_year or trailing_12_months.
        start: Its first day.
        end: Its last day, even while it is open.
        closing: The day at which it closes: its end, or the as-of date while it is open.
        label: Its name for readers.
        fiscal_year: The calendar year in which the fiscal year of its end starts.
    """

    grain: str
    start: date
    end: date
    closing: date
    label: str
    fiscal_year: int

    @property
    def opening(self) -> date:
        """The day before it starts."""
        return self.start - ONE_DAY

    def columns(self) -> dict[str, object]:
        """The columns that every mart by period carries."""
        return {
            "period_grain": self.grain,
            "period_start": self.start,
            "period_end": self.end,
            "is_complete": self.closing == self.end,
        }


def in_minutes(duration: timedelta) -> Fraction:
    """A duration in minutes, to the microsecond."""
    return Fraction(duration // MICROSECOND, MINUTE // MICROSECOND)


def add_months(month: date, months: int) -> date:
    """The first day of the month that many months from the month of a day."""
    count = month.year * 12 + month.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def month_end(day: date) -> date:
    """The last day of the month of a day."""
    return add_months(day, 1) - ONE_DAY


def months_between(earlier: date, later: date) -> int:
    """Calendar months from the month of one day to the month of another."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def years_later(day: date, years: int) -> date:
    """The same day of another year; 29 February is cut to the 28th where there is none."""
    last = monthrange(day.year + years, day.month)[1]
    return date(day.year + years, day.month, min(day.day, last))


def fiscal_year(day: date, first_month: int) -> int:
    """The calendar year in which the fiscal year of a day starts."""
    return day.year if day.month >= first_month else day.year - 1


def previous_start(grain: str, start: date) -> date:
    """The first day of the period before the one that starts on a day."""
    if grain == "day":
        return start - ONE_DAY
    if grain == "week":
        return start - ONE_WEEK
    months = {"month": 1, "trailing_12_months": 1, "quarter": 3, "fiscal_year": 12}[grain]
    return add_months(start, -months)


def year_ago_start(grain: str, start: date) -> date:
    """The first day of the same period a year before; of weeks, 52 weeks before."""
    return start - 52 * ONE_WEEK if grain == "week" else years_later(start, -1)


def _bounds(grain: str, day: date, first_month: int) -> tuple[date, date]:
    """The first day of the period holding a day, and the first day of the next one."""
    months_into_year = (day.month - first_month) % 12
    if grain == "day":
        return day, day + ONE_DAY
    if grain == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + ONE_WEEK
    if grain == "month":
        return add_months(day, 0), add_months(day, 1)
    if grain == "quarter":
        first = add_months(day, -(months_into_year % 3))
        return first, add_months(first, 3)
    first = add_months(day, -months_into_year)
    return first, add_months(first, 12)


def _label(grain: str, start: date, end: date, first_month: int) -> str:
    if grain == "day":
        return start.isoformat()
    if grain == "week":
        return f"{start.isocalendar().year:04d}-W{start.isocalendar().week:02d}"
    if grain == "month":
        return f"{start:%Y-%m}"
    if grain == "quarter":
        quarter = (start.month - first_month) % 12 // 3 + 1
        return f"FY{fiscal_year(start, first_month)} Q{quarter}"
    if grain == "fiscal_year":
        return f"FY{fiscal_year(start, first_month)}"
    return f"{start:%Y-%m}..{end:%Y-%m}"


def periods(policy: Policy, first_day: date) -> Iterator[Period]:
    """All periods from those holding the first day to those holding the as-of date."""
    first_month, as_of = policy.fiscal_year_start_month, policy.as_of_date

    def period(grain: str, start: date, end: date) -> Period:
        label = _label(grain, start, end, first_month)
        return Period(grain, start, end, min(end, as_of), label, fiscal_year(end, first_month))

    for grain in ("day", "week", "month", "quarter", "fiscal_year"):
        start, following = _bounds(grain, first_day, first_month)
        while start <= as_of:
            yield period(grain, start, following - ONE_DAY)
            start, following = _bounds(grain, following, first_month)
    start = add_months(first_day, 0)
    while add_months(start, 11) <= as_of:
        yield period("trailing_12_months", start, add_months(start, 12) - ONE_DAY)
        start = add_months(start, 1)
