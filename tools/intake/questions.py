"""Dates whose notation only the user knows: what they may mean, and what to add to mapping.yml."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from tools.contract import Column, Table
from tools.intake.notation import formatted
from tools.intake.report import Problem
from tools.intake.settings import DATES, Settings

# Values of a column that are looked at; one kind must be at least half of those that are not blank.
MOST_SAMPLES: Final = 10_000
PARTS: Final = re.compile(
    r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})"
    r"(?:( |T|, ?)(\d{1,2}):\d{2}(:\d{2})?( ?[AaPp][Mm])?)?"
)
COMPACT: Final = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
SERIAL: Final = re.compile(r"\d{5}(?:\.\d+)?")
EPOCH_SECONDS: Final = re.compile(r"\d{10}(?:\.\d+)?")
EPOCH_MILLISECONDS: Final = re.compile(r"\d{13}(?:\.0+)?")
COUNTS: Final = {
    "serial": "excel_serial",
    "seconds": "epoch_seconds",
    "millis": "epoch_milliseconds",
}
# What the parts may be, the likeliest first; a year of two digits may come first, too.
ORDERS: Final = (("%m", "%d", "%Y"), ("%d", "%m", "%Y"))
SHORT_ORDERS: Final = (("%m", "%d", "%y"), ("%d", "%m", "%y"), ("%y", "%m", "%d"))

Sample = tuple[int | None, str]


def is_asked(column: Column, settings: Settings) -> bool:
    """Whether the values of a column may be dates in a notation that nobody named."""
    return column.type in DATES and column.name not in settings.formats


def question(
    table: Table,
    column: Column,
    samples: Sequence[Sample],
    source: str,
    is_text: bool = True,
) -> Problem | None:
    """What to ask about a column of dates; None when its values leave no doubt.

    Args:
        table: The raw table.
        column: The column.
        samples: Some of its values that are not blank, with their lines.
        source: The source, for messages.
        is_text: Whether dbt gets the values as text, of which it reads days without separators.
    """
    narrow = [(line, unicodedata.normalize("NFKC", value).strip()) for line, value in samples]
    by_kind: dict[str, list[Sample]] = {}
    for line, value in narrow:
        kind = _kind(value)
        if kind and not (kind == "compact" and is_text):
            by_kind.setdefault(kind, []).append((line, value))
    if not by_kind:
        return None
    kind, found = max(by_kind.items(), key=lambda item: len(item[1]))
    if 2 * len(found) < len(samples):
        return None
    line, value = found[0]
    values: dict[str, Any] = {"table": table.name, "column": column.name, "value": value}
    if kind == "day_month":
        formats = _formats([text for _, text in found])
        values |= {"format": formats[0], "other": formats[1] if len(formats) > 1 else None}
        return Problem("question_day_month", values, source, line, table.name)
    values["other"] = None
    if kind == "compact":
        values["format"] = "%Y%m%d"
        return Problem("question_compact", values, source, line, table.name)
    values |= {"format": COUNTS[kind], "meaning": formatted(COUNTS[kind])(value)}
    code = "question_serial" if kind == "serial" else "question_epoch"
    return Problem(code, values, source, line, table.name)


def _kind(value: str) -> str | None:
    """The notation of a value that dbt's casts do not read."""
    if PARTS.fullmatch(value):
        return "day_month"
    if COMPACT.fullmatch(value):
        return "compact"
    if SERIAL.fullmatch(value) and 20_000 <= float(value) <= 80_000:
        return "serial"
    if EPOCH_SECONDS.fullmatch(value):
        return "seconds"
    return "millis" if EPOCH_MILLISECONDS.fullmatch(value) else None


def _formats(values: Sequence[str]) -> list[str]:
    """The formats that values with a day, a month and a year may have, the likeliest first."""
    parts = [found.groups() for value in values if (found := PARTS.fullmatch(value))]
    _, mark, _, year, gap, hour, second, half = parts[0]
    orders = ORDERS if len(year) == 4 else SHORT_ORDERS
    days = {(first, middle, last) for first, _, middle, last, *_ in parts}
    possible = [order for order in orders if all(_is_day(order, day) for day in days)]
    time = ""
    if hour:
        time = f"{gap}{'%I' if half else '%H'}:%M{':%S' if second else ''}"
        time += half.replace(half.strip(), "%p") if half else ""
    return [mark.join(order) + time for order in possible or orders]


def _is_day(order: tuple[str, ...], texts: tuple[str, ...]) -> bool:
    """Whether texts are a day when they are read in an order."""
    numbers = {directive.lower(): int(text) for directive, text in zip(order, texts, strict=True)}
    try:
        date(numbers["%y"] % 100 + 2000, numbers["%m"], numbers["%d"])
    except ValueError:
        return False
    return True
