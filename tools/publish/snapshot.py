"""A copy of the marts, which everything is published from.

The warehouse is open only while this copy is taken: a DuckDB file has one writer or many readers,
and a reader that stays would keep the next build out.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from tools.publish import sql
from tools.publish.declared import Declared
from tools.publish.problem import Progress, PublishError, first_line
from tools.publish.sql import literal, quoted
from tools.publish.waiting import attempts

POLICIES = "rpt_policies"
# The oldest storage format that is promised to readers; DuckDB 1.4 cannot read later ones.
STORAGE_VERSION = "v1.4.0"
# DuckDB's words for a file that another process holds, on Linux and macOS and on Windows.
HELD = ("Could not set lock", "already open")


@dataclass(frozen=True)
class Column:
    """A column of a mart: name, DuckDB type, and description (empty where there is none)."""

    name: str
    type: str
    description: str


@dataclass(frozen=True)
class Mart:
    """A mart as it was copied: name, description, columns in order, and number of rows."""

    name: str
    description: str
    columns: Sequence[Column]
    rows: int

    def comments(self, table: str) -> list[str]:
        """The statements that describe the mart in a database.

        Args:
            table: Its qualified and quoted name there.
        """
        columns = {column.name: column.description for column in self.columns}
        return sql.comments(table, self.description, columns)


@dataclass(frozen=True)
class Version:
    """All marts of one publication.

    Attributes:
        name: Identifies the version; later ones sort after earlier ones.
        as_of: As-of date of its figures.
        published_at: When it was copied from the warehouse, UTC.
        snapshot: The DuckDB file with the copy.
        marts: The marts, sorted by name.
    """

    name: str
    as_of: date
    published_at: datetime
    snapshot: Path
    marts: Sequence[Mart]


def engine(spill: Path) -> duckdb.DuckDBPyConnection:
    """A DuckDB without a database of its own, with bounded memory.

    Args:
        spill: Folder for what does not fit into memory.
    """
    limit = os.environ.get("DUCKDB_MEMORY_LIMIT", "8GB")
    connection = duckdb.connect(
        config={
            "memory_limit": limit,
            "temp_directory": str(spill),
            "preserve_insertion_order": "false",
        }
    )
    connection.execute("set enable_progress_bar = false")
    return connection


def _attach(connection: duckdb.DuckDBPyConnection, database: Path, wait: float) -> None:
    """Attach the warehouse read-only; a build that writes it is waited for."""
    if not database.exists():
        raise PublishError(
            f"There is no warehouse at {database}: run `make build` first, or name it with "
            "--database."
        )
    statement = f"attach {literal(str(database))} as warehouse (read_only)"
    for _ in attempts(
        wait,
        f"A build is writing {database}; waiting up to {wait:.0f} s.",
        f"A build is still writing {database}: publish when it has finished, or wait longer with "
        "--wait.",
    ):
        try:
            connection.execute(statement)
            return
        except duckdb.Error as error:
            is_held = any(words in str(error) for words in HELD)
            if not (is_held and isinstance(error, duckdb.IOException)):
                raise PublishError(
                    f"{database} cannot be read as a DuckDB warehouse ({first_line(error)}): name "
                    "another one with --database."
                ) from error


def take_snapshot(
    database: Path, marts: Sequence[Declared], path: Path, wait: float, progress: Progress
) -> Version:
    """Copy the marts out of the warehouse, which is let go of as soon as they are copied.

    Args:
        database: The warehouse.
        marts: What to copy; views become tables.
        path: The new DuckDB file, with table and column comments.
        wait: Seconds to wait for a build that writes the warehouse.
        progress: Reports each mart.

    Returns:
        What was copied.

    Raises:
        PublishError: The warehouse is missing, stays locked, lacks a mart or its as-of date, or
            there is no space for the copy.
    """
    with engine(path.with_name(f"{path.name}.spill")) as connection:
        connection.execute(
            f"attach {literal(str(path))} as publication (storage_version '{STORAGE_VERSION}')"
        )
        _attach(connection, database, wait)
        _check_complete(connection, database, marts)
        published_at = datetime.now(UTC)
        copied = [_copy(connection, mart, progress) for mart in marts]
        connection.execute("detach warehouse")
        for mart in copied:
            for statement in mart.comments(f"publication.{quoted(mart.name)}"):
                connection.execute(statement)
        as_of = connection.execute(
            f"select policy_value::date from publication.{POLICIES} "
            "where policy_name = 'as_of_date'"
        ).fetchone()
        if as_of is None:
            raise PublishError(f"{POLICIES} has no as_of_date: run `make build` again.")
        # Checkpoints: nothing may stay in a write-ahead log, which is not moved along.
        connection.execute("detach publication")
    name = f"{published_at:%Y%m%dT%H%M%S%fZ}"
    return Version(name, as_of[0], published_at, path, copied)


def _check_complete(
    connection: duckdb.DuckDBPyConnection, database: Path, marts: Sequence[Declared]
) -> None:
    rows = connection.execute(
        "select table_schema, table_name from information_schema.tables "
        "where table_catalog = 'warehouse'"
    ).fetchall()
    missing = [mart.name for mart in marts if (mart.schema, mart.name) not in set(rows)]
    if missing or not marts:
        which = missing[0] if missing else POLICIES
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise PublishError(
            f"{database} lacks the mart {which}{more}: run `make build` before you publish."
        )


def _copy(connection: duckdb.DuckDBPyConnection, mart: Declared, progress: Progress) -> Mart:
    target = f"publication.{quoted(mart.name)}"
    source = f"warehouse.{quoted(mart.schema)}.{quoted(mart.name)}"
    with progress.copying("Copy", mart.name) as counted:
        try:
            copied = connection.execute(f"create table {target} as from {source}").fetchone()
        except duckdb.Error as error:
            raise PublishError(
                f"The mart {mart.name} could not be copied ({first_line(error)}): free space or "
                "memory, or run `make build` again."
            ) from error
        rows = copied[0] if copied else 0
        counted.append(rows)
    columns = connection.execute(
        "select column_name, data_type from duckdb_columns() "
        "where database_name = 'publication' and table_name = ? order by column_index",
        [mart.name],
    ).fetchall()
    return Mart(
        name=mart.name,
        description=mart.description.strip(),
        columns=[Column(name, kind, mart.columns.get(name, "").strip()) for name, kind in columns],
        rows=rows,
    )
