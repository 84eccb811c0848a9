"""Sheets of Excel and LibreOffice as rows of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import python_calamine
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from tools.contract import Table
from tools.intake.columns import Layout
from tools.intake.report import IntakeError, Problem, stop
from tools.intake.settings import DATES, Settings

Cell = int | float | str | bool | time | date | datetime | timedelta
# The last day that Excel counts.
LAST_SERIAL: Final = 2_958_465


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, whether it is shown, and whether it has cells."""

    name: str
    is_visible: bool
    is_empty: bool


@contextmanager
def _workbook(path: Path, source: str) -> Iterator[CalamineWorkbook]:
    """A workbook that is open.

    Raises:
        IntakeError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            yield CalamineWorkbook.from_filelike(file)
    except python_calamine.PasswordError as error:
        raise stop("workbook_locked", source) from error
    except python_calamine.CalamineError as error:
        raise stop("workbook_damaged", source, error=error) from error
    except OSError as error:
        raise stop("unreadable", source, error=error.strerror or error) from error
    except BaseException as error:
        # A damaged workbook may end the library with an error of its own that is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise stop("workbook_damaged", source, error="damaged") from error


def sheets(path: Path, source: str) -> list[Sheet]:
    """The sheets of a workbook, in order.

    Args:
        path: The workbook.
        source: Its name for messages.

    Raises:
        IntakeError: It cannot be read.
    """
    with _workbook(path, source) as workbook:
        return [
            Sheet(
                item.name,
                item.visible == SheetVisibleEnum.Visible,
                workbook.get_sheet_by_name(item.name).end is None,
            )
            for item in workbook.sheets_metadata
        ]


def cells(path: Path, sheet: str, source: str) -> list[list[Cell]]:
    """The cells of a sheet by row, from its first row and column.

    Args:
        path: The workbook.
        sheet: The sheet.
        source: Its name for messages.

    Raises:
        IntakeError: It cannot be read.
    """
    with _workbook(path, source) as workbook:
        found: list[list[Cell]] = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        return found


class SheetRecords:
    """The rows of a sheet after its header, as text.

    Attributes:
        cells: The cells of the whole sheet by row.
        first: Index of the first row after the header.
        width: Number of columns up to the last one with a header; what stands to the right of it
            belongs to none, and nothing can slip there.
    """

    def __init__(self, cells: Sequence[Sequence[Cell]], first: int, width: int) -> None:
        """Take rows of a sheet."""
        self.cells = cells
        self.first = first
        self.width = width
        self.raw: list[str] = []
        self.delimiter = ""
        self._number = first

    def __iter__(self) -> Iterator[list[str]]:
        """The rows."""
        timed = {
            position
            for row in self.cells[self.first :]
            for position, cell in enumerate(row)
            if isinstance(cell, datetime) and cell.time() != time()
        }
        for number, row in enumerate(self.cells[self.first :], self.first + 1):
            self._number = number
            yield [text(cell, position in timed) for position, cell in enumerate(row[: self.width])]

    def line(self, record: Sequence[str]) -> int:
        """The number of the row at hand."""
        del record
        return self._number


def text(cell: Cell, has_time: bool = False) -> str:
    """A cell as text.

    Args:
        cell: The cell.
        has_time: Whether dates of its column have a time of day.
    """
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else format(Decimal(repr(cell)), "f")
    if isinstance(cell, date):
        moment = cell if isinstance(cell, datetime) else datetime.combine(cell, time())
        return moment.isoformat() if has_time else moment.date().isoformat()
    return str(cell)


def check_numbers(
    records: SheetRecords, table: Table, layout: Layout, settings: Settings, source: str
) -> None:
    """Stop at numbers in columns of dates: days that lost their format.

    Args:
        records: The rows.
        table: The raw table.
        layout: Its columns.
        settings: What mapping.yml says of it.
        source: The sheet, for messages.

    Raises:
        IntakeError: There are such numbers, and mapping.yml does not say what they are.
    """
    problems = []
    for item in layout.fields:
        column = item.column
        if column is None or column.type not in DATES or column.name in settings.formats:
            continue
        numbers = [
            (number, row[item.position])
            for number, row in enumerate(records.cells[records.first :], records.first + 1)
            if _is_serial(row[item.position])
        ]
        if numbers:
            row_number, value = numbers[0]
            values: dict[str, Any] = {
                "table": table.name,
                "column": column.name,
                "format": "excel_serial",
                "n": len(numbers),
                "value": text(value),
                "cell": cell_name(row_number, item.position),
            }
            problems.append(Problem("serial_numbers", values, source, row_number, table.name))
    if problems:
        raise IntakeError(*problems)


def _is_serial(cell: Cell) -> bool:
    """Whether a cell is a number that Excel would show as a day."""
    return isinstance(cell, (int, float)) and not isinstance(cell, bool) and cell <= LAST_SERIAL


def cell_name(row: int, position: int) -> str:
    """The name of a cell, such as B7, by its row from 1 and its position from 0."""
    letters, rest = "", position + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"
