"""Records of a text or a sheet, written as plain CSV."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tools.contract import Table
from tools.intake import notation
from tools.intake.columns import Layout
from tools.intake.notation import Conversion
from tools.intake.report import Note
from tools.intake.rows import Records, Survey
from tools.intake.settings import Settings


@dataclass(frozen=True)
class Further:
    """What is written beside and instead of what a source holds.

    Attributes:
        constants: Value of every record by further column.
        conversions: Conversions by position among the fields that are written.
        has_returns: Whether a field may hold a carriage return.
    """

    constants: Mapping[str, str]
    conversions: Mapping[int, Conversion]
    has_returns: bool = True


def conversions(
    found: Survey, table: Table, layout: Layout, settings: Settings
) -> dict[int, Conversion]:
    """What is to be written differently, by position among the fields that are written.

    Args:
        found: What looking through the records showed.
        table: The raw table.
        layout: The columns of the source.
        settings: What mapping.yml says of the table.
    """
    needed = {}
    for index, item in enumerate(layout.fields):
        decimals = found.decimals.get(item.position)
        if decimals and decimals.code:
            needed[index] = decimals.conversion()
        elif item.column and (convert := notation.conversion(item.column, table, settings)):
            needed[index] = convert
    return needed


def write(path: Path, records: Records, layout: Layout, further: Further) -> list[Note]:
    """Write records as plain CSV: UTF-8, commas, doubled quotes, LF, a header.

    Args:
        path: The file to write.
        records: The records.
        layout: The columns of the source.
        further: What is written beside and instead of what is there.

    Returns:
        Notes of values that did not fit.
    """
    misfits: dict[int, dict[str, Any]] = {}
    with path.open("w", encoding="utf-8", newline="") as file:
        # The writer puts quotes around the characters of its line end only, so it is told of both
        # when a field may hold the other.
        lines = SimpleNamespace(write=lambda line: file.write(f"{line[:-2]}\n"))
        writer = (
            csv.writer(lines, lineterminator="\r\n")
            if further.has_returns
            else csv.writer(file, lineterminator="\n")
        )
        writer.writerow([item.name for item in layout.fields] + list(further.constants))
        writer.writerows(_written(records, layout, further, misfits))
    return [
        Note("misfits", {"column": layout.fields[index].name, **values})
        for index, values in sorted(misfits.items())
    ]


def _written(
    records: Records, layout: Layout, further: Further, misfits: dict[int, dict[str, Any]]
) -> Iterator[list[str]]:
    """The records as they are written; counts values that do not fit."""
    width = layout.width
    positions = [item.position for item in layout.fields]
    is_all = positions == list(range(width))
    constants = list(further.constants.values())
    has_more = bool(further.conversions or constants)
    for record in records:
        if not record or not (record[0].strip() or any(map(str.strip, record))):
            continue
        row = record
        if len(row) != width:
            row = row[:width] + [""] * (width - len(row))
        if not is_all:
            row = [row[position] for position in positions]
        if has_more:
            where = partial(records.line, record)
            row = _converted(row, further.conversions, misfits, where) + constants
        yield row


def _converted(
    row: list[str],
    conversions: Mapping[int, Conversion],
    misfits: dict[int, dict[str, Any]],
    line: Callable[[], int],
) -> list[str]:
    """A record with its values as dbt reads them; counts those that do not fit."""
    converted = list(row)
    for index, convert in conversions.items():
        value = row[index]
        if not value or value.isspace():
            continue
        text = convert(value)
        if text is not None:
            converted[index] = text
            continue
        first = misfits.setdefault(index, {"n": 0, "value": value, "line": line()})
        first["n"] += 1
    return converted
