"""Which column of the contract each header of a source means, and which headers are left out."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from tools import contract
from tools.contract import Column, Table, normalized
from tools.intake.dialect import Recognise
from tools.intake.report import Note, stop
from tools.intake.settings import Settings


@dataclass(frozen=True)
class Field:
    """A column of a source that is handed on.

    Attributes:
        position: Its position among the fields of a row, from 0.
        header: Its header in the source.
        name: Its header in what is written.
        column: The column of the contract that it is, if any.
    """

    position: int
    header: str
    name: str
    column: Column | None


@dataclass(frozen=True)
class Layout:
    """The columns of a source.

    Attributes:
        fields: Those that are handed on, in order.
        width: Number of fields up to the last one with a header.
        unnamed: Positions of columns without a header that come before the last with one.
        is_plain: Whether the header can stay as it is.
        notes: What is left out and why.
    """

    fields: tuple[Field, ...]
    width: int
    unnamed: tuple[int, ...]
    is_plain: bool
    notes: tuple[Note, ...]

    @property
    def used(self) -> dict[str, str]:
        """Header in the source by column of the contract."""
        return {field.column.name: field.header for field in self.fields if field.column}


def recogniser(table: Table, settings: Settings) -> Recognise:
    """The function that says which column of a table a header means.

    Args:
        table: The raw table.
        settings: What mapping.yml says of it; what it names comes before the header's own meaning.
    """
    mapped = {normalized(header): column for column, header in settings.columns.items()}

    def recognise(header: str) -> str | None:
        name = normalized(header.lstrip("\ufeff"))
        column = contract.column_named(table, header.lstrip("\ufeff"))
        return mapped.get(name) or (column.name if column else None)

    return recognise


def required(table: Table, settings: Settings) -> frozenset[str]:
    """Columns that a source of a table must have."""
    names = {column.name for column in table.columns if column.meta.get("required")}
    return frozenset(names - set(settings.constants))


def layout(table: Table, header: Sequence[str], settings: Settings, source: str) -> Layout:
    """Say what each header of a source is.

    Args:
        table: The raw table.
        header: The headers.
        settings: What mapping.yml says of the table.
        source: The source, for messages.

    Raises:
        IntakeError: Two headers mean one column, or mapping.yml names a header that is not there.
    """
    headers = [name.lstrip("\ufeff") for name in header]
    width = max((index for index, name in enumerate(headers, 1) if name.strip()), default=0)
    columns = {column.name: column for column in table.columns}
    recognise = recogniser(table, settings)
    fields: dict[str, Field] = {}
    notes: list[Note] = []
    for position, text in enumerate(headers[:width]):
        if not text.strip():
            continue
        name = recognise(text)
        mapped = settings.columns.get(name) if name else None
        if name and name in settings.constants:
            raise stop("mapping_constant", source, table=table.name, column=name, header=text)
        if mapped and normalized(mapped) != normalized(text):
            notes.append(
                Note("overridden_column", {"header": text, "column": name, "mapped": mapped})
            )
            continue
        key = name or text.strip().lower()
        if key in fields and name:
            raise stop(
                "duplicate_column",
                source,
                table=table.name,
                column=name,
                first=fields[key].header,
                second=text,
            )
        if key in fields:
            notes.append(Note("repeated_column", {"header": text}))
            continue
        fields[key] = Field(position, text, name or text, columns[name] if name else None)
    _check_mapped(table, headers, fields, settings, source)
    kept = tuple(fields.values())
    return Layout(
        fields=kept,
        width=width,
        unnamed=tuple(index for index in range(width) if not headers[index].strip()),
        is_plain=[field.name for field in kept] == list(header),
        notes=tuple(notes),
    )


def _check_mapped(
    table: Table,
    headers: Sequence[str],
    fields: dict[str, Field],
    settings: Settings,
    source: str,
) -> None:
    """Stop when mapping.yml names a header that is not there."""
    for column, header in settings.columns.items():
        if column not in fields:
            near = difflib.get_close_matches(header, [name for name in headers if name], 1)
            raise stop(
                "mapping_no_header",
                source,
                table=table.name,
                column=column,
                header=header,
                near=near[0] if near else None,
            )


def unknown(table: Table, found: Layout, settings: Settings) -> dict[str, str | None]:
    """Headers that are no column, and the nearest column that the source has not.

    Args:
        table: The raw table.
        found: The columns of the source.
        settings: What mapping.yml says of the table.
    """
    absent = {
        normalized(label): column.name
        for column in table.columns
        if column.name not in found.used and column.name not in settings.constants
        for label in (column.name, column.meta.get("label_ja"))
        if label
    }
    nearest: dict[str, str | None] = {}
    for field in found.fields:
        if field.column is None:
            near = difflib.get_close_matches(normalized(field.header), list(absent), 1)
            nearest[field.header] = absent[near[0]] if near else None
    return nearest


def missing(table: Table, found: Layout, settings: Settings) -> tuple[tuple[str, ...], ...]:
    """Columns that the source has not: those that the contract requires, and the others."""
    absent = [
        column
        for column in table.columns
        if column.name not in found.used and column.name not in settings.constants
    ]
    return (
        tuple(column.name for column in absent if column.meta.get("required")),
        tuple(column.name for column in absent if not column.meta.get("required")),
    )
