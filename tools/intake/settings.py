"""What mapping.yml may say of a raw table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

# Types of the contract.
DATES: Final = ("date", "timestamp")
NUMBERS: Final = ("integer", "numeric")  # of these, whatever their digits
# Formats of dates that are numbers.
COUNTS: Final = ("excel_serial", "epoch_seconds", "epoch_milliseconds")


@dataclass(frozen=True)
class Settings:
    """What mapping.yml says of one raw table.

    Attributes:
        file: The source file, relative to the folder.
        sheet: The sheet of a workbook.
        encoding: Encoding of a text file.
        delimiter: Separator of a text file.
        decimal: Decimal mark.
        header_line: Line of the header, from 1.
        columns: Header in the source by column of the contract.
        constants: Value of every row by column of the contract.
        formats: How dates are written, by column of the contract.
        ends: `inclusive` when end columns hold the last day.
        timezone: Zone of timestamps without one.
        line: Line of mapping.yml on which the table begins.
    """

    file: str | None = None
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    header_line: int | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    ends: str | None = None
    timezone: str | None = None
    line: int | None = None


Mappings = Mapping[str, Settings]
