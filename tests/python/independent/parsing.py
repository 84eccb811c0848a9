"""Raw text to values. Every parser answers None for text that it cannot read."""

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

_TRUE = {"true", "t", "yes", "y", "on", "1", "1.0", "はい"}
_FALSE = {"false", "f", "no", "n", "off", "0", "0.0", "いいえ"}
_NULL_WORDS = {"null", "none", "nan", "nat", "n/a", "na", "#n/a", "<na>", "-"}
_WIDE = str.maketrans(
    "０１２３４５６７８９．，－−＋％：／（）￥Ｔ\u3000\u00a0\t", "0123456789.,--+%:/()¥T   "
)
_NUMBER = re.compile(
    r"(?:(?P<sign>[-+▲△]?)[¥$€£]?|[¥$€£](?P<inner>[-+]))"
    r"(?P<digits>([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]+)?|\.[0-9]+) ?円?"
)
_SMALL = re.compile(r"-?[0-9](\.[0-9]+)?[eE]-[0-9]{2}")
_PERCENT = re.compile(r"([-+]?([0-9]{1,3}(\.[0-9]+)?|\.[0-9]+)) ?%")
_WHOLE = re.compile(r"^[^eE.]*[0-9](\.0+)? ?円?$")
_DAY = (
    r"(?P<year>[0-9]{4})([-/.年](?P<month>[0-9]{1,2})[-/.月](?P<day>[0-9]{1,2})日?"
    r"|(?P<month2>[0-9]{2})(?P<day2>[0-9]{2}))"
)
_TIMESTAMP = re.compile(
    _DAY + r"([ Tt]+(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})"
    r"(:(?P<second>[0-9]{2})(\.(?P<fraction>[0-9]+))?)?"
    r"( ?(?P<zone>UTC|GMT|Z|z)"
    r"| ?(?P<sign>[+-])(?P<off_hour>[0-9]{2})(:?(?P<off_minute>[0-9]{2}))?)?)?"
)


def half_width(text: str) -> str:
    """Full-width digits and signs as ASCII, without the blanks around."""
    return text.translate(_WIDE).strip(" ")


def is_null(text: str | None) -> bool:
    """Empty and blank text is null; any other text is a value, taken as it is."""
    return text is None or text.strip() == ""


def is_null_word(text: str) -> bool:
    """What programs write where there is no value; only where text cannot be one."""
    return half_width(text).lower() in _NULL_WORDS


def round_half_away(value: Fraction, places: int) -> Decimal:
    """Round to decimal places; a half goes away from zero."""
    scaled = abs(value) * 10**places
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    if 2 * rest >= scaled.denominator:
        whole += 1
    return Decimal(whole if value >= 0 else -whole).scaleb(-places)


def number(text: str, *, is_share: bool = False) -> Fraction | None:
    """A number as people and programs write it, exactly; of shares a percentage, too."""
    plain = half_width(text).replace("\\", "¥")  # which is the backslash of CP932
    if found := _NUMBER.fullmatch(plain):
        value = Fraction(found["digits"].replace(",", ""))
        return -value if found["sign"] in ("-", "▲", "△") or found["inner"] == "-" else value
    if _SMALL.fullmatch(plain):
        return Fraction(plain)
    percent = _PERCENT.fullmatch(plain) if is_share else None
    return Fraction(percent[1]) / 100 if percent else None


def parse_integer(text: str) -> int | None:
    """A whole number within 32 bits, also with decimals that are all 0."""
    found = number(text)
    if found is None or not _WHOLE.search(half_width(text)):
        return None
    return int(found) if -(2**31) <= found < 2**31 and found.denominator == 1 else None


def parse_numeric(
    text: str, places: int = 4, digits: int = 18, *, is_share: bool = False
) -> Decimal | None:
    """A number, rounded to the places, within so many digits."""
    found = number(text, is_share=is_share)
    if found is None:
        return None
    rounded = round_half_away(found, places)
    return rounded if abs(rounded) < 10 ** (digits - places) else None


def listed(text: str) -> list[str]:
    """The ids in a text that are separated by semicolons or commas."""
    return [part.strip(" ") for part in text.replace(";", ",").split(",") if part.strip(" ")]


def key_text(text: str, data_type: str, *, is_upper: bool) -> str:
    """A part of a primary key, the same in whatever notation."""
    if is_upper:
        return half_width(text).upper()
    found = re.match(_DAY, half_width(text)) if data_type == "date" else None
    if not found:
        return text
    month, day = (found[name] or found[f"{name}2"] for name in ("month", "day"))
    rest = half_width(text)[found.end() :]
    is_day = rest == "" or re.match("[Tt ]+0?0:00", rest)
    return f"{found['year']}-{month:0>2}-{day:0>2}" if is_day else text


def parse_boolean(text: str) -> bool | None:
    """One of the words for yes and no, in any case."""
    word = half_width(text).lower()
    if word in _TRUE:
        return True
    return False if word in _FALSE else None


def _day(found: re.Match[str]) -> date | None:
    month, day = (found[name] or found[f"{name}2"] for name in ("month", "day"))
    try:
        return date(int(found["year"]), int(month), int(day))
    except ValueError:
        return None


def parse_date(text: str, timezone: str = "Asia/Tokyo") -> date | None:
    """A day, year first, with midnight behind it or not; or a moment that begins a day."""
    found = _TIMESTAMP.fullmatch(half_width(text))
    if not found or not _day(found):
        return None
    clock = [found[part] or "0" for part in ("hour", "minute", "second", "fraction")]
    if not any(int(part) for part in clock):
        return _day(found) if found["hour"] is None or _moment(found) else None
    moment = _moment(found)
    if moment is None:
        return None
    for zone in (timezone, "UTC"):
        local = _local(moment, zone)
        if local and local.time() == time():
            return local.date()
    return None


def parse_timestamp(
    text: str, timezone: str = "Asia/Tokyo", source_timezone: str = "UTC"
) -> datetime | None:
    """A UTC moment without zone; a day alone is its beginning in the reporting time zone.

    Args:
        text: As landed.
        timezone: The reporting time zone.
        source_timezone: The zone of moments that say none.
    """
    found = _TIMESTAMP.fullmatch(half_width(text))
    if not found or not _day(found):
        return None
    if found["hour"] is None:
        day = _day(found)
        return _utc(datetime.combine(day, time()), timezone) if day else None
    written = _moment(found)
    if written is None or found["zone"] or found["sign"]:
        return written
    return _utc(written, source_timezone)


def _moment(found: re.Match[str]) -> datetime | None:
    """The moment written, less the offset written; None where there is no such moment."""
    day = _day(found)
    hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
    if day is None or hour > 23 or minute > 59 or second > 59:
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


def _utc(local: datetime, timezone: str) -> datetime | None:
    try:
        return local.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        return datetime.max  # an end that is meant to be none


def _local(moment: datetime, timezone: str) -> datetime | None:
    try:
        return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)).replace(tzinfo=None)
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
