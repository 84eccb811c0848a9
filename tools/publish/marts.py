"""Which marts there are, and a copy of them that everything else is published from.

The warehouse is open only while this copy is taken: a DuckDB file has one writer or many readers,
and a reader that stays would keep the next build out.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from tools.project import artifact, is_mart
from tools.publish.folder import waited_for
from tools.publish.problem import Progress, PublishError, first_line

POLICIES = "rpt_policies"
# The oldest storage format that is promised to readers; later ones shut DuckDB 1.4 out.
STORAGE_VERSION = "v1.4.0"
FAILED = ("error", "fail", "skipped", "runtime error")


@dataclass(frozen=True)
class Column:
    """A column of a mart: name, DuckDB type, and description (empty where there is none)."""

    name: str
    type: str
    description: str


@dataclass(frozen=True)
class Declared:
    """A mart as the project declares it.

    Attributes:
        schema: Schema of the warehouse that holds it.
        name: Its name.
        description: What it is.
        columns: Description by column name.
    """

    schema: str
    name: str
    description: str
    columns: Mapping[str, str]


@dataclass(frozen=True)
class Mart:
    """A mart as it was copied: name, description, columns in order, and number of rows."""

    name: str
    description: str
    columns: Sequence[Column]
    rows: int


@dataclass(frozen=True)
class Version:
    """All marts of one publication.

    Attributes:
        name: Identifies the version; later ones sort after earlier ones.
        as_of: Last day that counts in its figures.
        published_at: When it was copied from the warehouse, UTC.
        snapshot: The DuckDB file with the copy.
        marts: The marts, sorted by name.
    """

    name: str
    as_of: date
    published_at: datetime
    snapshot: Path
    marts: Sequence[Mart]


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def _artifact(target: Path, name: str) -> dict[str, Any]:
    try:
        return artifact(target, name)
    except FileNotFoundError:
        raise PublishError(
            f"{target / name} is missing: run `make build` first, or name dbt's folder with "
            "--target-path."
        ) from None
    except ValueError:
        raise PublishError(f"{target / name} cannot be read: run `make build` again.") from None


def declared(target: Path) -> list[Declared]:
    """The marts of the last dbt run.

    Args:
        target: dbt's folder of artifacts.

    Returns:
        Every model that is enabled and a mart, sorted by name.

    Raises:
        PublishError: There is no manifest, or it is of a run on another engine.
    """
    manifest = _artifact(target, "manifest.json")
    engine = manifest["metadata"]["adapter_type"]
    if engine != "duckdb":
        raise PublishError(
            f"The last run of dbt was on {engine}, where readers connect themselves: "
            "run `make build` on DuckDB to publish from there."
        )
    marts = [
        Declared(
            schema=node["schema"],
            name=node["alias"],
            description=node["description"],
            columns={name: column["description"] for name, column in node["columns"].items()},
        )
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and is_mart(node["alias"])
    ]
    return sorted(marts, key=lambda mart: mart.name)


def check_last_run(target: Path) -> None:
    """Refuse marts that a failed run left behind: some would be new and some not.

    Args:
        target: dbt's folder of artifacts; without results of a run nothing is checked.

    Raises:
        PublishError: A node of the last run failed or was skipped.
    """
    if not (target / "run_results.json").exists():
        return
    results = _artifact(target, "run_results.json")["results"]
    failed = [result["unique_id"] for result in results if result["status"] in FAILED]
    if failed:
        raise PublishError(
            f"The last run of dbt did not succeed ({len(failed)} of {len(results)} nodes, first "
            f"{failed[0]}): mend it and run `make build` again before you publish."
        )


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

    def attempt() -> bool:
        try:
            connection.execute(f"attach {literal(str(database))} as warehouse (read_only)")
        except duckdb.IOException as error:
            if "lock" in str(error):
                return False
            raise
        return True

    try:
        waited_for(
            attempt,
            wait,
            f"A build writes {database}; waiting up to {wait:.0f} s.",
            f"A build still writes {database}: publish when it has ended, or wait longer with "
            "--wait.",
        )
    except duckdb.Error as error:
        raise PublishError(
            f"{database} cannot be read as a DuckDB warehouse ({first_line(error)}): name another "
            "one with --database."
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
        progress: Is told of each mart.

    Returns:
        What was copied.

    Raises:
        PublishError: The warehouse is not there, stays locked, lacks a mart or its as-of date, or
            there is no room for the copy.
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
            _comment(connection, mart)
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


def _comment(connection: duckdb.DuckDBPyConnection, mart: Mart) -> None:
    table = f"publication.{quoted(mart.name)}"
    for statement in comments(mart, table):
        connection.execute(statement)


def comments(mart: Mart, table: str) -> list[str]:
    """The statements that put a mart's descriptions into a database, DuckDB or PostgreSQL.

    Args:
        mart: The mart.
        table: Its qualified and quoted name there.
    """
    statements = [f"comment on table {table} is {literal(mart.description)}"]
    statements += [
        f"comment on column {table}.{quoted(column.name)} is {literal(column.description)}"
        for column in mart.columns
        if column.description
    ]
    return statements
