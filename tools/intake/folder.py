"""Which files, sheets and folders are sources of raw tables."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tools.contract import Table, normalized, raw_tables, table_named
from tools.intake import sheets
from tools.intake.mapping import NAME
from tools.intake.report import IntakeError, Problem, Unknown, joined, labelled, stop
from tools.intake.settings import Mappings, Settings

TEXTS: Final = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt")
WORKBOOKS: Final = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
PARQUET: Final = ".parquet"
PARQUET_FOLDER: Final = "parquet folder"
READ: Final = (*TEXTS, *WORKBOOKS, PARQUET)


@dataclass(frozen=True)
class Found:
    """A source of a raw table.

    Attributes:
        table: The raw table.
        path: The file or folder.
        name: It as the user named it, relative to the folder.
        kind: Its extension without the first dot, or parquet folder.
        sheet: The sheet of a workbook.
        others: Names of further sheets that nobody asked for.
    """

    table: Table
    path: Path
    name: str
    kind: str
    sheet: str | None = None
    others: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """Its name in messages."""
        return labelled(self.name, self.sheet)


def refuse(found: Found, settings: Settings, keys: Iterable[str], kind: str | None = None) -> None:
    """Stop at keys of mapping.yml that mean nothing for a kind of source.

    Args:
        found: The source.
        settings: What mapping.yml says of it.
        keys: The keys.
        kind: The kind in words, where that is not the source's own.

    Raises:
        IntakeError: mapping.yml has one of the keys.
    """
    for key in keys:
        if getattr(settings, key) is not None:
            raise stop(
                "mapping_not_applicable",
                found.source,
                table=found.table.name,
                key=key,
                kind=kind or found.kind,
            )


@dataclass
class Contents:
    """What is in a folder; collected while it is looked through."""

    found: list[Found] = field(default_factory=list)
    unknown: list[Unknown] = field(default_factory=list)
    not_read: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def contents(folder: Path, mappings: Mappings, mapping_source: str) -> Contents:
    """Look through a folder.

    Args:
        folder: The folder.
        mappings: What mapping.yml says.
        mapping_source: Its name for messages.

    Returns:
        The sources, at most one for each table, and whatever else is there.

    Raises:
        OSError: The folder cannot be read.
    """
    seen = Contents()
    claimed = _named_in_mapping(folder, mappings, mapping_source, seen)
    for path in sorted(folder.iterdir()):
        # A workbook may hold further tables beside the one that mapping.yml names.
        if _is_ignored(path) or (path in claimed and path.suffix.lower() not in WORKBOOKS):
            continue
        try:
            _look_at(path, mappings, seen)
        except IntakeError as error:
            seen.problems += [item for item in error.problems if item not in seen.problems]
    _keep_one_each(seen, mappings, mapping_source)
    return seen


def _is_ignored(path: Path) -> bool:
    """Whether a file is nobody's data: hidden, a lock of Excel, mapping.yml itself."""
    return path.name.startswith((".", "~$")) or path.name == NAME


def kind_of(path: Path) -> tuple[str, str] | None:
    """Name and kind of a source by what it is called; None for a kind that is not read."""
    if path.is_dir():
        return (path.name, PARQUET_FOLDER) if any(parquet_files(path)) else None
    lower = path.name.lower()
    extension = max((end for end in READ if lower.endswith(end)), key=len, default=None)
    if extension is None or len(extension) == len(lower):
        return None
    return path.name[: -len(extension)], extension[1:]


def parquet_files(folder: Path) -> Iterator[Path]:
    """The Parquet files in a folder, at any depth, without those that tools keep for themselves."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        is_hidden = any(part.startswith((".", "_")) for part in parts)
        if path.suffix.lower() == PARQUET and path.is_file() and not is_hidden:
            yield path


def _look_at(path: Path, mappings: Mappings, seen: Contents) -> None:
    """Put a file or subfolder where it belongs."""
    kind = kind_of(path)
    if path.is_dir():
        table = table_named(path.name)
        if kind and table:
            seen.found.append(Found(table, path, path.name, kind[1]))
        elif table:
            seen.not_read.append(path.name)
    elif kind is None:
        seen.not_read.append(path.name)
    elif f".{kind[1]}" in WORKBOOKS:
        _look_into(path, *kind, mappings, seen)
    elif table := table_named(kind[0]):
        seen.found.append(Found(table, path, path.name, kind[1]))
    else:
        seen.unknown.append(Unknown(path.name, kind[0], nearest_table(kind[0])))


def _look_into(path: Path, name: str, kind: str, mappings: Mappings, seen: Contents) -> None:
    """Put the sheets of a workbook where they belong."""
    tables = {table.name: table for table in raw_tables()}
    asked = {
        settings.sheet: tables[table]
        for table, settings in mappings.items()
        if settings.sheet and not settings.file
    }
    named = {found.sheet for found in seen.found if found.path == path}
    known: list[str] = []
    rest: list[sheets.Sheet] = []
    for sheet in sheets.sheets(path, path.name):
        if sheet.name in named:
            continue
        table = asked.get(sheet.name) or table_named(sheet.name)
        if table and not (table.name in mappings and mappings[table.name].file):
            known.append(table.name)
            seen.found.append(Found(table, path, path.name, kind, sheet.name))
        elif not sheet.is_empty:
            rest.append(sheet)
    by_file = table_named(name)
    if by_file and by_file.name not in known and not named:
        first, others = _first(rest)
        seen.found.append(Found(by_file, path, path.name, kind, first, others))
    else:
        seen.unknown += [
            Unknown(
                labelled(path.name, sheet.name),
                sheet.name,
                nearest_table(sheet.name) or (None if known else nearest_table(name)),
            )
            for sheet in rest
        ]


def _first(rest: list[sheets.Sheet]) -> tuple[str | None, tuple[str, ...]]:
    """The first sheet that is shown and has cells, and the names of the others."""
    names = [sheet.name for sheet in rest if sheet.is_visible] or [sheet.name for sheet in rest]
    first = names[0] if names else None
    return first, tuple(sheet.name for sheet in rest if sheet.name != first)


def _named_in_mapping(
    folder: Path, mappings: Mappings, mapping_source: str, seen: Contents
) -> set[Path]:
    """Find the files that mapping.yml names; returns their paths."""
    claimed: set[Path] = set()
    tables = {table.name: table for table in raw_tables()}
    for name, settings in mappings.items():
        if settings.file is None:
            continue
        path = folder / settings.file
        kind = kind_of(path) if path.exists() else None
        if kind is None:
            near = difflib.get_close_matches(settings.file, _names(folder), 1)
            values = {"table": name, "name": settings.file, "near": near[0] if near else None}
            problem = Problem("mapping_file_missing", values, mapping_source, settings.line, name)
            seen.problems.append(problem)
            continue
        claimed.add(path)
        found = Found(tables[name], path, settings.file, kind[1], settings.sheet)
        try:
            is_workbook = f".{kind[1]}" in WORKBOOKS
            seen.found.append(_with_sheet(found, settings) if is_workbook else found)
        except IntakeError as error:
            seen.problems += error.problems
    return claimed


def _with_sheet(found: Found, settings: Settings) -> Found:
    """A workbook that mapping.yml names, with the sheet that is meant."""
    inside = sheets.sheets(found.path, found.name)
    names = [sheet.name for sheet in inside]
    if settings.sheet:
        if settings.sheet not in names:
            near = difflib.get_close_matches(settings.sheet, names, 1)
            values = {"sheet": settings.sheet, "near": near[0] if near else None}
            raise IntakeError(Problem("sheet_missing", values, found.name, None, found.table.name))
        return found
    named = next((name for name in names if table_named(name) == found.table), None)
    first, others = _first([sheet for sheet in inside if not sheet.is_empty])
    return Found(
        found.table, found.path, found.name, found.kind, named or first, () if named else others
    )


def _keep_one_each(seen: Contents, mappings: Mappings, mapping_source: str) -> None:
    """Turn several sources of a table, and tables of mapping.yml without one, into problems."""
    by_table: dict[str, list[Found]] = {}
    for found in seen.found:
        by_table.setdefault(found.table.name, []).append(found)
    kept = []
    for table, sources in by_table.items():
        settings = mappings.get(table, Settings())
        if settings.file:
            kept += [item for item in sources if item.name == settings.file][:1]
            seen.not_read += [item.source for item in sources if item not in kept]
            continue
        kept.append(sources[0])
        if len(sources) > 1:
            values = {
                "table": table,
                "first": sources[0].source,
                "second": joined(item.source for item in sources[1:]),
            }
            seen.problems.append(Problem("two_sources", values, sources[0].name, None, table))
    seen.found = kept
    for table, settings in mappings.items():
        if table not in by_table and not settings.file:
            values = {"table": table}
            seen.problems.append(
                Problem("mapping_no_source", values, mapping_source, settings.line, table)
            )


def _names(folder: Path) -> list[str]:
    """What is in a folder, for the nearest name."""
    return [path.name for path in folder.iterdir() if not _is_ignored(path)]


def nearest_table(name: str) -> str | None:
    """The raw table whose name is nearest to one that is none, if any is near."""
    names = _labels(raw_tables())
    near = difflib.get_close_matches(normalized(name), list(names), 1)
    return names[near[0]] if near else None


def _labels(tables: Iterable[Table]) -> dict[str, str]:
    """Names of tables by each of their names as they are compared."""
    return {
        normalized(label): table.name
        for table in tables
        for label in (table.label_ja, table.name)
        if label
    }
