"""Records of a text or a sheet, looked through before they are written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from tools.contract import Table
from tools.intake import questions
from tools.intake.columns import Layout
from tools.intake.notation import Decimals
from tools.intake.report import IntakeError, Note, Problem
from tools.intake.settings import NUMBERS, Settings

# A record as RFC 4180 writes it, by separator; quotes stand around a field or nowhere.
FIELD: Final = r'(?:"(?:[^"]|"")*+"|[^"{0}\r\n]*+)'


class Records(Protocol):
    """The records of a source after its header; each time they are read from the beginning.

    Attributes:
        raw: Lines of the record at hand, where it has a quote; cleared by whoever looks at them.
        delimiter: Separator of a text.
    """

    raw: list[str]
    delimiter: str

    def __iter__(self) -> Iterator[list[str]]:
        """The records."""

    def line(self, record: Sequence[str]) -> int:
        """The line on which the record at hand begins."""


@dataclass
class Survey:
    """What looking through the records of a source shows.

    Attributes:
        records: Number of records.
        blank: Number of blank ones, which are left out.
        short: Number of records with fewer fields than the header, and the first line.
        surplus: Number of records with blank fields beyond the header, and the first line.
        wide: Number of records with other fields beyond the header, the first line, its fields.
        named: Unnamed columns that hold something.
        is_plain: Whether all records are written as RFC 4180 says.
        decimals: How numbers are written, by position.
        samples: Some values of date columns with their lines, by position.
    """

    records: int = 0
    blank: int = 0
    short: tuple[int, int] = (0, 0)
    surplus: tuple[int, int] = (0, 0)
    wide: tuple[int, int, int] = (0, 0, 0)
    named: set[int] = field(default_factory=set)
    is_plain: bool = True
    decimals: dict[int, Decimals] = field(default_factory=dict)
    samples: dict[int, list[tuple[int | None, str]]] = field(default_factory=dict)


def survey(records: Records, layout: Layout, settings: Settings, has_decimal_comma: bool) -> Survey:
    """Look through the records of a source.

    Args:
        records: The records.
        layout: Its columns.
        settings: What mapping.yml says of the table.
        has_decimal_comma: Whether numbers have a decimal comma.

    Raises:
        IntakeError: From reading the records.
    """
    found = _nothing_seen(layout, settings, has_decimal_comma)
    is_standard = _standard(records.delimiter)
    width, raw = layout.width, records.raw
    for record in records:
        if raw:
            # Only a value with a quote can come from one that is not written as it should be.
            if found.is_plain and '"' in "".join(record) and not is_standard("".join(raw)):
                found.is_plain = False
            raw.clear()
        # The first field nearly always decides.
        if not record or not (record[0].strip() or any(map(str.strip, record))):
            found.blank += 1
            continue
        found.records += 1
        if len(record) != width:
            _measure(found, records.line(record), record, width)
        if layout.unnamed:
            found.named |= {
                index for index in layout.unnamed if index < len(record) and record[index].strip()
            }
        if found.decimals:
            _see_decimals(found, record)
        if found.records <= questions.MOST_SAMPLES:
            _take_samples(found, records, record)
    return found


def _nothing_seen(layout: Layout, settings: Settings, has_decimal_comma: bool) -> Survey:
    """A survey before the first record."""
    columns = {item.position: item.column for item in layout.fields if item.column}
    return Survey(
        decimals={
            position: Decimals()
            for position, column in columns.items()
            if has_decimal_comma and column.type.startswith(NUMBERS)
        },
        samples={
            position: []
            for position, column in columns.items()
            if questions.is_asked(column, settings)
        },
    )


def _see_decimals(found: Survey, record: list[str]) -> None:
    """Take the numbers of a record into account."""
    for position, decimals in found.decimals.items():
        if position < len(record) and record[position]:
            decimals.see(record[position])


def _take_samples(found: Survey, records: Records, record: list[str]) -> None:
    """Keep the dates of a record, to look at their notation."""
    for position, values in found.samples.items():
        if position < len(record) and record[position].strip():
            values.append((records.line(record), record[position]))


def _standard(delimiter: str) -> Callable[[str], object]:
    """The function that says whether a record is written as RFC 4180 says."""
    one = FIELD.format(re.escape(delimiter))
    return re.compile(f"{one}(?:{re.escape(delimiter)}{one})*+(?:\r\n|\n|\r)?").fullmatch


def _measure(found: Survey, line: int, record: list[str], width: int) -> None:
    """Take a record into account that has fewer or more fields than the header."""
    if len(record) < width:
        found.short = (found.short[0] + 1, found.short[1] or line)
    elif any(map(str.strip, record[width:])):
        count, first, fields = found.wide
        found.wide = (count + 1, first or line, fields or len(record))
    else:
        found.surplus = (found.surplus[0] + 1, found.surplus[1] or line)


def check(found: Survey, table: Table, layout: Layout, source: str) -> None:
    """Stop at what only the user can mend.

    Args:
        found: What looking through the records showed.
        table: The raw table.
        layout: The columns of the source.
        source: The source, for messages.

    Raises:
        IntakeError: Records are too wide, or dates have a notation that only the user knows.
    """
    problems: list[Problem] = []
    count, line, fields = found.wide
    if count:
        values = {"fields": fields, "width": layout.width, "more": count - 1 or None}
        problems.append(Problem("wide_row", values, source, line, table.name))
    for item in layout.fields:
        samples = found.samples.get(item.position)
        if samples and item.column:
            asked = questions.question(table, item.column, samples, source)
            problems += [asked] if asked else []
    if problems:
        raise IntakeError(*problems)


def notes(found: Survey, layout: Layout, header_fields: int) -> list[Note]:
    """What was left out or decided on the way from records to plain CSV.

    Args:
        found: What looking through the records showed.
        layout: The columns of the source.
        header_fields: Number of fields of the header, with those that have no name.
    """
    said = list(layout.notes)
    if found.blank:
        said.append(Note("blank_records", {"n": found.blank}))
    if found.short[0]:
        said.append(Note("short_rows", {"n": found.short[0], "line": found.short[1]}))
    # Where the header has the same blank fields at its end, nothing was lost or out of place.
    if found.surplus[0] and header_fields == layout.width:
        said.append(Note("surplus", {"n": found.surplus[0], "line": found.surplus[1]}))
    if found.named:
        positions = ", ".join(str(index + 1) for index in sorted(found.named))
        said.append(Note("unnamed_columns", {"positions": positions}))
    for item in layout.fields:
        decimals = found.decimals.get(item.position)
        if decimals and decimals.code and item.column:
            values = {"column": item.column.name, "example_value": decimals.comma or decimals.dot}
            said.append(Note(decimals.code, values))
    return said
