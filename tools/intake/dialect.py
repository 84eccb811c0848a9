"""Where the header of a text or sheet is, and what separates its fields."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from itertools import chain
from typing import Final

DELIMITERS: Final = (",", ";", "\t", "|")
NAMES: Final = {"\t": "tab", " ": "space"}
MOST_TITLE_LINES: Final = 5
# Lines that a header may go on for within quotes.
LONGEST_HEADER: Final = 30

Recognise = Callable[[str], str | None]


@dataclass(frozen=True)
class Header:
    """A header and where it was found.

    Attributes:
        fields: Its fields.
        above: Number of lines or rows above it.
        delimiter: What separates fields; empty in a sheet.
    """

    fields: tuple[str, ...]
    above: int
    delimiter: str = ""


def find_in_text(
    lines: Sequence[str],
    recognise: Recognise,
    required: Set[str],
    delimiter: str | None = None,
    above: int | None = None,
) -> Header | None:
    """The header among the first lines of a text.

    Args:
        lines: The first lines, with their ends.
        recognise: The column that a field means.
        required: Columns that a header should have.
        delimiter: The separator, where mapping.yml names it.
        above: Number of lines above the header, where mapping.yml names its line.

    Returns:
        The best header; None when no line has a field that means a column.
    """
    delimiters = (delimiter,) if delimiter else DELIMITERS
    candidates = (
        Header(_fields(chain([lines[line]], lines[line + 1 :]), separator), line, separator)
        for line in _starts(len(lines), above)
        for separator in delimiters
    )
    return _best(candidates, recognise, required)


def find_in_rows(
    rows: Sequence[Sequence[str]],
    recognise: Recognise,
    required: Set[str],
    above: int | None = None,
) -> Header | None:
    """The header among the first rows of a sheet; see `find_in_text`."""
    candidates = (Header(tuple(rows[row]), row) for row in _starts(len(rows), above))
    return _best(candidates, recognise, required)


def _starts(length: int, above: int | None) -> Iterable[int]:
    """The lines on which a header may begin."""
    if above is not None:
        return [above] if above < length else []
    return range(min(length, MOST_TITLE_LINES + 1))


def _fields(lines: Iterable[str], delimiter: str) -> tuple[str, ...]:
    """The first record of some lines."""
    try:
        return tuple(next(csv.reader(lines, delimiter=delimiter), []))
    except csv.Error:
        return ()


def _best(candidates: Iterable[Header], recognise: Recognise, required: Set[str]) -> Header | None:
    """The header with all required columns, then most columns, most fields, then the first."""
    best, best_score = None, (False, 0, 0)
    for candidate in candidates:
        columns = {recognise(field) for field in candidate.fields} - {None}
        score = (required <= columns, len(columns), len(candidate.fields))
        if columns and score > best_score:
            best, best_score = candidate, score
    return best
