"""Parquet files and folders of them, by DuckDB."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from tools.contract import Table
from tools.intake import columns, notation, questions
from tools.intake.columns import Field, Layout
from tools.intake.folder import PARQUET_FOLDER, Found, parquet_files, refuse
from tools.intake.notation import Conversion
from tools.intake.report import IntakeError, Note, stop
from tools.intake.settings import Settings
from tools.publish.sql import literal, quoted

MEMORY: Final = "1GB"
ROWS: Final = 10_000
WILDCARDS: Final = re.compile(r"[*?\[]")
# Keys of mapping.yml that say nothing about Parquet.
NOT_APPLICABLE: Final = ("encoding", "delimiter", "decimal", "header_line", "sheet")


@contextmanager
def engine(spill: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB in memory that keeps within bounds.

    Args:
        spill: Folder for what does not fit; made when needed.
    """
    with duckdb.connect() as connection:
        connection.execute(f"set memory_limit = '{MEMORY}'")
        connection.execute(f"set temp_directory = {literal(str(spill))}")
        connection.execute("set preserve_insertion_order = false")
        connection.execute("set enable_progress_bar = false")
        connection.execute("set timezone = 'UTC'")
        yield connection


def relation(files: Sequence[Path]) -> str:
    """Files as DuckDB reads them together; wildcards in their names are no wildcards."""
    return f"read_parquet([{', '.join(map(path_literal, files))}], union_by_name = true)"


def path_literal(path: Path) -> str:
    """A path as SQL, for functions that would take wildcards in it for wildcards."""
    return literal(WILDCARDS.sub(r"[\g<0>]", str(path.absolute())))


def files_of(found: Found) -> list[Path]:
    """The Parquet files of a source."""
    return list(parquet_files(found.path)) if found.kind == PARQUET_FOLDER else [found.path]


def measured(
    connection: duckdb.DuckDBPyConnection, found: Found, files: Sequence[Path]
) -> tuple[int, list[str], list[str]]:
    """Number of records, and names and types of columns.

    Args:
        connection: What `engine` yields.
        found: The source.
        files: Its files.

    Raises:
        IntakeError: A file is no Parquet, or the files do not fit together.
    """
    records = 0
    for path in files:
        try:
            query = f"select num_rows from parquet_file_metadata({path_literal(path)})"
            records += sum(rows for (rows,) in connection.execute(query).fetchall())
        except duckdb.Error as error:
            source = found.name if path == found.path else str(path.relative_to(found.path.parent))
            raise stop("not_parquet", source, table=found.table.name, error=brief(error)) from error
    try:
        described = connection.execute(f"describe from {relation(files)}").fetchall()
    except duckdb.Error as error:
        raise stop(
            "parquet_mixed", found.source, table=found.table.name, error=brief(error)
        ) from error
    return records, [row[0] for row in described], [row[1] for row in described]


def brief(error: duckdb.Error) -> str:
    """The first sentence of an error of DuckDB, without the path, which the message names."""
    first = str(error).strip().splitlines()[0]
    return first.partition(": ")[2].rstrip(". ") or first


@dataclass(frozen=True)
class Opened:
    """A source that DuckDB has before it.

    Attributes:
        connection: What `engine` yields.
        found: The source.
        layout: Its columns.
        settings: What mapping.yml says of it.
        origin: What `relation` returns.
        spill: Folder for what is written on the way; made when needed.
    """

    connection: duckdb.DuckDBPyConnection
    found: Found
    layout: Layout
    settings: Settings
    origin: str
    spill: Path


def ask(opened: Opened, types: Sequence[str]) -> None:
    """Stop at dates that are texts or numbers in a notation that only the user knows.

    Args:
        opened: The source.
        types: Types of its columns.

    Raises:
        IntakeError: There are such columns.
    """
    found = opened.found
    problems = []
    for item in opened.layout.fields:
        if item.column is None or not questions.is_asked(item.column, opened.settings):
            continue
        if types[item.position].startswith(("DATE", "TIMESTAMP")):
            continue
        header = quoted(item.header)
        query = (
            f"select cast({header} as varchar) as value from {opened.origin} "
            f"where {header} is not null limit {questions.MOST_SAMPLES}"
        )
        samples = [
            (None, value)
            for (value,) in opened.connection.execute(query).fetchall()
            if value and value.strip()
        ]
        if not samples:
            continue
        is_text = types[item.position] == "VARCHAR"
        asked = questions.question(found.table, item.column, samples, found.source, is_text)
        problems += [asked] if asked else []
    if problems:
        raise IntakeError(*problems)


def write(opened: Opened, path: Path) -> list[Note]:
    """Write one Parquet file as dbt reads it.

    Args:
        opened: The source.
        path: The file to write.

    Returns:
        Notes of values that did not fit.

    Raises:
        duckdb.Error: The file could not be written.
    """
    notes: list[Note] = []
    selected, joins = [], []
    for item in opened.layout.fields:
        header = f"source.{quoted(item.header)}"
        convert = _conversion(item, opened.found.table, opened.settings)
        if convert is None:
            selected.append(f"{header} as {quoted(item.name)}")
            continue
        table = f"converted_{item.position}"
        notes += _converted(opened, item, convert, table)
        value = f"cast({header} as varchar)"
        selected.append(f"coalesce({table}.converted, {value}) as {quoted(item.name)}")
        joins.append(f"left join {table} on {table}.value = {value}")
    selected += [
        f"{literal(text)} as {quoted(name)}" for name, text in opened.settings.constants.items()
    ]
    opened.connection.execute(
        f"copy (select {', '.join(selected)} from {opened.origin} as source {' '.join(joins)}) "
        f"to {literal(str(path))} (format parquet)"
    )
    return notes


def _conversion(item: Field, table: Table, settings: Settings) -> Conversion | None:
    """What mapping.yml demands of a column."""
    return notation.conversion(item.column, table, settings) if item.column else None


def _converted(opened: Opened, item: Field, convert: Conversion, table: str) -> list[Note]:
    """Make a table of the values of a column and what becomes of each.

    A function of Python within DuckDB would need NumPy, which the build does without.

    Args:
        opened: The source.
        item: The column.
        convert: The conversion.
        table: Name of the table.

    Returns:
        A note of values that did not fit, if there are any.
    """
    misfits, example = 0, ""
    opened.spill.mkdir(exist_ok=True)
    path = opened.spill / f"{table}.csv"
    values = opened.connection.execute(
        f"select cast({quoted(item.header)} as varchar) as value, count(*) from {opened.origin} "
        "where value is not null group by value order by value"
    )
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        while rows := values.fetchmany(ROWS):
            for value, count in rows:
                converted = convert(value) if value.strip() else value
                if converted is None:
                    misfits, example = misfits + count, example or value
                elif converted != value:
                    writer.writerow([value, converted])
    opened.connection.execute(
        f"create temp table {table} as from read_csv({path_literal(path)}, auto_detect = false, "
        "header = false, columns = {value: 'varchar', converted: 'varchar'}, delim = ',', "
        "quote = '\"', escape = '\"', max_line_size = 40000000)"
    )
    said = {"column": item.name, "n": misfits, "value": example}
    return [Note("misfits_parquet", said)] if misfits else []


def is_plain(layout: Layout, files: Sequence[Path], table: Table, settings: Settings) -> bool:
    """Whether a source is one file that can stay as it is."""
    is_converted = any(_conversion(item, table, settings) for item in layout.fields)
    return len(files) == 1 and layout.is_plain and not settings.constants and not is_converted


def layout_of(found: Found, names: Sequence[str], settings: Settings) -> Layout:
    """The columns of a source; stops at keys of mapping.yml that mean nothing for Parquet.

    Args:
        found: The source.
        names: Names of its columns.
        settings: What mapping.yml says of it.

    Raises:
        IntakeError: mapping.yml or the columns are wrong.
    """
    refuse(found, settings, NOT_APPLICABLE, "Parquet")
    layout = columns.layout(found.table, names, settings, found.source)
    if not layout.used:
        raise stop(
            "no_header",
            found.source,
            table=found.table.name,
            found=", ".join(names),
            expected=", ".join(sorted(columns.required(found.table, settings))[:4]),
        )
    return layout
