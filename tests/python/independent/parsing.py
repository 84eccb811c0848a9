"""Raw text to values. Every parser answers None for text that it cannot read."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

_TRUE = {"true", "t", "yes", "1"}
_FALSE = {"false", "f", "no", "0"}
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIMESTAMP = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"([T ](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(:(?P<second>[0-9]{2})(\.(?P<fraction>[0-9]+))?)?"
    r"(?P<zone>Z|(?P<sign>[+-])(?P<off_hour>[0-9]{2})(:?(?P<off_minute>[0-9]{2}))?)?)?"
)


def is_null(text: str | None) -> bool:
    """Empty and blank text is null; any other text is a value, taken as it is."""
    return text is None or text.strip() == ""


def round_half_away(value: Fraction, places: int) -> Decimal:
    """Round to decimal places; a half goes away from zero."""
    scaled = abs(value) * 10**places
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    if 2 * rest >= scaled.denominator:
        whole += 1
    return Decimal(whole if value >= 0 else -whole).scaleb(-places)


def parse_integer(text: str) -> int | None:
    """Digits only, within 32 bits."""
    if not re.fullmatch(r"-?[0-9]+", text):
        return None
    number = int(text)
    return number if -(2**31) <= number < 2**31 else None


def parse_numeric(text: str, places: int = 4) -> Decimal | None:
    """Plain notation, rounded to the places, within 18 digits."""
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        return None
    number = round_half_away(Fraction(text), places)
    return number if abs(number) < 10 ** (18 - places) else None


def parse_boolean(text: str) -> bool | None:
    """One of true/false, t/f, yes/no, 1/0 in any case."""
    if text.lower() in _TRUE:
        return True
    return False if text.lower() in _FALSE else None


def parse_date(text: str) -> date | None:
    """Exactly YYYY-MM-DD, and a day that exists."""
    found = _DATE.fullmatch(text)
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def parse_timestamp(text: str) -> datetime | None:
    """ISO 8601 to a UTC moment without zone; a date alone is its midnight."""
    found = _TIMESTAMP.fullmatch(text)
    day = parse_date(found["day"]) if found else None
    if not found or not day:
        return None
    hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
    if hour > 23 or minute > 59 or second > 59:
        return None
    offset_hour, offset_minute = int(found["off_hour"] or 0), int(found["off_minute"] or 0)
    if offset_hour > 15 or offset_minute > 59:
        return None
    microsecond = int((found["fraction"] or "")[:6].ljust(6, "0"))
    offset = timedelta(hours=offset_hour, minutes=offset_minute)
    written = datetime(day.year, day.month, day.day, hour, minute, second, microsecond)
    try:
        return written + offset if found["sign"] == "-" else written - offset
    except OverflowError:
        return None


def local_date(moment: datetime | None, timezone: str) -> date | None:
    """The day that a UTC moment falls on in a time zone."""
    if moment is None:
        return None
    try:
        return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)).date()
    except OverflowError:
        return date.max
