"""Values that are written differently: decimal commas, formats of dates, last days, time zones.

A conversion takes a value that is not blank and returns it as dbt reads it, or None when it does
not fit; a value that does not fit stays as it is, and dbt's casts reject it by name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from tools.contract import Column, Table, end_columns
from tools.intake.settings import Settings

Conversion = Callable[[str], str | None]

NUMBER: Final = re.compile(r"\d(?:[\d.,'’\s]*\d)?")
GROUPS: Final = re.compile(r"\d{1,3}([.'’\s])\d{3}(?:\1\d{3})*")
DOTTED_GROUPS: Final = re.compile(r"\d{1,3}(?:\.\d{3})+")
# Commas between thousands, which a point after them or a second one gives away.
COMMA_GROUPS: Final = re.compile(r"\d,\d{3}(?:\.\d|,\d{3})")
MARKS: Final = re.compile(r"[.'’\s]")
MOMENT: Final = re.compile(
    r"(\d{4})[-/年.](\d{1,2})[-/月.](\d{1,2})日?"
    r"(?:[T\s]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?",
    re.IGNORECASE,
)
TIME_DIRECTIVES: Final = re.compile(r"%[HIMSfpXcz]")
EPOCH: Final = datetime(1970, 1, 1)
# Excel counts a 29 February 1900 that never was, so that its day 1 moves by one after it.
SERIAL_START: Final = datetime(1899, 12, 30)
PHANTOM_DAY: Final = 60
PER_SECOND: Final = {"epoch_seconds": 1, "epoch_milliseconds": 1000}
CACHE: Final = 100_000


def conversion(column: Column, table: Table, settings: Settings) -> Conversion | None:
    """What mapping.yml demands of the values of a date or timestamp; None for nothing."""
    steps: list[Conversion] = []
    if column.name in settings.formats:
        steps.append(formatted(settings.formats[column.name]))
    if settings.ends and column.name in end_columns(table):
        steps.append(day_after if column.type == "date" else moment_after)
    if settings.timezone and column.type == "timestamp":
        steps.append(in_utc(settings.timezone))
    return _one_after_another(steps) if steps else None


def _one_after_another(steps: list[Conversion]) -> Conversion:
    """All steps as one; it fits when every step does."""

    @lru_cache(CACHE)
    def convert(value: str) -> str | None:
        for step in steps:
            converted = step(value)
            if converted is None:
                return None
            value = converted
        return value

    return convert


def formatted(pattern: str) -> Conversion:
    """The conversion of dates that are written in a format of mapping.yml."""
    if pattern == "excel_serial":
        return _from_serial
    if pattern in PER_SECOND:
        return lambda value: _from_epoch(value, PER_SECOND[pattern])
    has_time = bool(TIME_DIRECTIVES.search(pattern.replace("%%", "")))

    def convert(value: str) -> str | None:
        try:
            moment = datetime.strptime(_narrow(value), pattern)
        except ValueError:
            return None
        return moment.isoformat() if has_time else moment.date().isoformat()

    return convert


def _narrow(value: str) -> str:
    """A value without full-width characters and outer spaces."""
    return unicodedata.normalize("NFKC", value).strip()


def _number(value: str) -> Decimal | None:
    """A value as a number, if it is a finite one."""
    try:
        number = Decimal(_narrow(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal(10) ** 16 else None


def _from_serial(value: str) -> str | None:
    """A day as Excel counts it from 1900, with its time as a fraction."""
    if (moment := MOMENT.fullmatch(_narrow(value))) is not None:
        return moment.group()
    number = _number(value)
    if number is None or not 1 <= number < 2_958_466 or int(number) == PHANTOM_DAY:
        return None
    days = number if number > PHANTOM_DAY else number + 1
    milliseconds = round(days * 86_400_000)
    moment_found = SERIAL_START + timedelta(milliseconds=milliseconds)
    return _text_of(moment_found) if number % 1 else moment_found.date().isoformat()


def _from_epoch(value: str, per_second: int) -> str | None:
    """A count of seconds or milliseconds since 1970."""
    number = _number(value)
    try:
        if number is not None:
            micros = round(number * 1_000_000 / per_second)
            return f"{_text_of(EPOCH + timedelta(microseconds=micros))}Z"
    except OverflowError:
        pass
    return None


def _text_of(moment: datetime) -> str:
    """A moment as ISO writes it, with a fraction only where there is one."""
    return moment.isoformat(timespec="auto")


def _moment(value: str) -> tuple[datetime, bool, str] | None:
    """What an ISO-like text means: the moment, whether it has a time of day, and its zone."""
    found = MOMENT.fullmatch(_narrow(value))
    if not found:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    micro = int(((fraction or "") + "000000")[:6])
    try:
        moment = datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            micro,
        )
    except ValueError:
        return None
    return moment, hour is not None, zone or ""


def day_after(value: str) -> str | None:
    """The end of a column of dates whose value is the last day; midnight is a day, too."""
    found = _moment(value)
    if found and found[1] and found[0].time() == datetime.min.time() and not found[2]:
        return _next_day(found[0].date(), value)
    return moment_after(value)


def moment_after(value: str) -> str | None:
    """The end of a column whose value is the last day, or the last minute or second of it."""
    found = _moment(value)
    if found is None:
        return None
    moment, has_time, zone = found
    if not has_time:
        return _next_day(moment.date(), value)
    is_last_minute = (moment.hour, moment.minute) == (23, 59)
    if is_last_minute and (moment.second == 59 or moment.second == moment.microsecond == 0):
        following = _next_day(moment.date(), "")
        return f"{following}T00:00:00{zone}" if following else value
    return value


def _next_day(day: date, otherwise: str) -> str:
    """The day after; the last day that there is, which stands for no end, stays."""
    return otherwise if day.year == 9999 else (day + timedelta(days=1)).isoformat()


def in_utc(zone_name: str) -> Conversion:
    """The conversion of timestamps without a zone, which are of one, to UTC.

    An hour that a clock shows twice, or never, is taken by standard time, as databases do.
    """
    zone = ZoneInfo(zone_name)

    def convert(value: str) -> str | None:
        found = _moment(value)
        if found is None:
            return None
        moment, has_time, own_zone = found
        if not has_time or own_zone:
            return value
        offsets = [moment.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)]
        try:
            return f"{_text_of(moment - min(offset or timedelta() for offset in offsets))}Z"
        except OverflowError:
            return None

    return convert


class Decimals:
    """How the numbers of one column are written where a comma is the decimal mark."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.comma: str | None = None
        self.dot: str | None = None
        self.are_groups = True
        self.is_point = False

    def see(self, value: str) -> None:
        """Take a value into account."""
        if COMMA_GROUPS.search(value):
            self.is_point = True
        if "," in value:
            self.comma = self.comma or value
        elif "." in value:
            self.dot = self.dot or value
            number = NUMBER.search(value)
            self.are_groups &= bool(number and DOTTED_GROUPS.fullmatch(number.group()))

    @property
    def code(self) -> str | None:
        """The note that says what was decided; None where there was nothing to decide."""
        if self.is_point:
            return None
        if self.dot is None:
            return "decimal_comma" if self.comma else None
        return "decimal_dots_thousands" if self.comma and self.are_groups else "decimal_dots_point"

    def conversion(self) -> Conversion:
        """The conversion of the column, once all of its values were seen."""
        has_dotted_thousands = self.code == "decimal_dots_thousands"
        return lambda value: with_point(value, has_dotted_thousands)


def with_point(value: str, has_dotted_thousands: bool) -> str:
    """A number with a decimal comma as one with a decimal point; anything else as it is.

    Args:
        value: The number, perhaps with a currency or percent sign.
        has_dotted_thousands: Whether a dot without a comma separates thousands.
    """
    value = unicodedata.normalize("NFKC", value)
    found = NUMBER.findall(value)
    if len(found) != 1:
        return value
    (number,) = found
    whole, comma, fraction = number.partition(",")
    is_grouped = bool(GROUPS.fullmatch(whole))
    if not comma:
        is_point = number.count(".") == 1 and not has_dotted_thousands
        return value if is_point or not is_grouped else value.replace(number, MARKS.sub("", number))
    if not fraction.isdecimal() or not (whole.isdecimal() or is_grouped):
        return value
    return value.replace(number, f"{MARKS.sub('', whole)}.{fraction}")
