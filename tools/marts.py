"""Where the marts are, whatever project, engine and schema made them, and how tools read them.

DuckDB files are read as they are. Of PostgreSQL the tools take a copy in memory, all marts as of
one moment, so that what reads them is written once.
"""

from __future__ import annotations

import argparse
import importlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tools.project import PACKAGE, artifact, declared_marts, warehouse
from tools.publish.postgres import connection_reason, reason
from tools.publish.sql import literal, quoted

POSTGRES = "MARTS_POSTGRES_URI"


class MartsError(Exception):
    """The marts cannot be read; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Place:
    """Where the marts are.

    Attributes:
        database: A DuckDB file; of no meaning where there is a connection to PostgreSQL.
        postgres: How libpq reaches the database: a URI or key=value pairs; empty for DuckDB.
        schema: The schema that holds the marts.
    """

    database: Path
    postgres: str = ""
    schema: str = "main"


def add_database_argument(parser: argparse.ArgumentParser) -> None:
    """Give a command line the option that names a warehouse of DuckDB."""
    parser.add_argument(
        "--database",
        type=Path,
        default=warehouse(),
        help="the warehouse, a DuckDB file (default: DUCKDB_PATH or customer_success.duckdb)",
    )


def add_place_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a command line the options that `place` takes."""
    add_database_argument(parser)
    parser.add_argument(
        "--postgres",
        metavar="URI",
        default=os.environ.get(POSTGRES, ""),
        help=f"read PostgreSQL instead (default: {POSTGRES}, which keeps a password out of the "
        "list of processes)",
    )
    parser.add_argument(
        "--schema", default="", help="schema of the marts (default: the manifest's)"
    )
    parser.add_argument(
        "--manifest",
        type=Path,
        help="manifest.json of the dbt project that built the marts, which says their schema",
    )


def place(options: argparse.Namespace) -> Place:
    """Where a command line says that the marts are.

    Args:
        options: What `add_place_arguments` added.

    Raises:
        MartsError: The manifest cannot be read, is of another engine than the one that would be
            read, or without marts.
    """
    schema = options.schema or (PACKAGE if options.postgres else "main")
    if options.manifest:
        manifest = read_manifest(options.manifest)
        engine = manifest["metadata"]["adapter_type"]
        if engine == "postgres" and not options.postgres:
            raise MartsError(
                "The marts were built on PostgreSQL: say how to reach it with --postgres or "
                f"{POSTGRES}."
            )
        if engine not in ("duckdb", "postgres"):
            raise MartsError(
                f"The marts were built on {engine}, which the tools do not read; BI tools do."
            )
        schema = options.schema or schema_of(manifest)
    return Place(options.database, options.postgres, schema)


def read_manifest(path: Path) -> dict[str, Any]:
    """Dbt's manifest at a path.

    Raises:
        MartsError: There is none.
    """
    try:
        return artifact(path.parent, path.name)
    except (OSError, ValueError):
        raise MartsError(
            f"{path} is no manifest of dbt: name the manifest.json in the folder target of the "
            "project that built the marts."
        ) from None


def schema_of(manifest: Mapping[str, Any]) -> str:
    """The schema of the marts in dbt's manifest.

    Raises:
        MartsError: There are no marts.
    """
    for node in declared_marts(manifest).values():
        return str(node["schema"])
    raise MartsError(f"The manifest is of a dbt project without the package {PACKAGE}.")


@contextmanager
def opened(where: Place, needed: Iterable[str]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in which the marts have their plain names.

    Args:
        where: Where they are.
        needed: The marts that will be read.

    Raises:
        MartsError: The warehouse or a mart is not there, or cannot be read.
    """
    if where.postgres:
        connection = duckdb.connect()
        copy_from_postgres(where, sorted(needed), connection)
    else:
        connection = opened_file(where)
    with connection:
        there = {
            name
            for (name,) in connection.execute(
                "select table_name from information_schema.tables "
                "where table_schema = current_schema()"
            ).fetchall()
        }
        missing = sorted(set(needed) - there)
        if missing:
            raise MartsError(
                f"The warehouse has no {', '.join(missing)} in the schema {where.schema}; run "
                "`make build` first, or name another schema with --schema."
            )
        yield connection


def opened_file(where: Place) -> duckdb.DuckDBPyConnection:
    """A DuckDB file, opened for reading.

    Raises:
        MartsError: There is no such file or schema, or it cannot be read.
    """
    if not where.database.is_file():
        raise MartsError(
            f"There is no warehouse {where.database}; run `make build` first, or name it with "
            "--database."
        )
    try:
        connection = duckdb.connect(str(where.database), read_only=True)
    except duckdb.Error as error:
        raise MartsError(
            f"The warehouse {where.database} cannot be read ({first_line(error)}); wait until a "
            "build has finished, or run `make build` again."
        ) from None
    (catalog,) = connection.execute("select current_database()").fetchone() or ("",)
    try:
        connection.execute(f"use {quoted(catalog)}.{quoted(where.schema)}")
    except duckdb.Error:
        connection.close()
        raise MartsError(
            f"The warehouse {where.database} has no schema {where.schema}; name the one with the "
            "marts with --schema, or dbt's manifest with --manifest."
        ) from None
    return connection


def first_line(error: Exception) -> str:
    """The first line of an error's message."""
    return str(error).splitlines()[0]


def copy_from_postgres(
    where: Place, needed: Sequence[str], connection: duckdb.DuckDBPyConnection, into: str = "main"
) -> None:
    """Copy marts of PostgreSQL into a DuckDB, all as of the same moment.

    Args:
        where: Where they are.
        needed: The marts to copy; those that are not there are left out.
        connection: The DuckDB.
        into: Its schema that gets them, qualified and quoted as need be.

    Raises:
        MartsError: The database cannot be reached or refuses to be read.
    """
    try:
        driver = importlib.import_module("adbc_driver_postgresql.dbapi")
        importlib.import_module("pyarrow")
    except ModuleNotFoundError as error:
        raise MartsError(
            f"Reading PostgreSQL needs the package {error.name}: install "
            "adbc-driver-postgresql and pyarrow."
        ) from None
    try:
        source = driver.connect(where.postgres)
    except driver.Error as error:
        raise MartsError(
            f"PostgreSQL cannot be reached ({connection_reason(error)}): see --postgres or "
            f"{POSTGRES}."
        ) from None
    try:
        with source, source.cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read, read only")
            cursor.execute(
                f"""
                select
                    table_name::text, column_name::text, data_type::text,
                    numeric_precision::int, numeric_scale::int
                from information_schema.columns
                where table_schema = {literal(where.schema)}
                order by table_name, ordinal_position
                """
            )
            columns: dict[str, list[tuple[Any, ...]]] = {}
            for table, *column in cursor.fetchall():
                columns.setdefault(table, []).append(tuple(column))
            for mart in needed:
                if mart in columns:
                    table = f"{quoted(where.schema)}.{quoted(mart)}"
                    copy(cursor, table, columns[mart], connection, f"{into}.{quoted(mart)}")
    except driver.Error as error:
        raise MartsError(f"PostgreSQL refused to be read ({reason(error)}).") from None


def copy(
    cursor: Any,
    table: str,
    columns: Sequence[tuple[Any, ...]],
    connection: duckdb.DuckDBPyConnection,
    into: str,
) -> None:
    """Copy one table of PostgreSQL; numbers with decimals stay exact.

    Args:
        cursor: Of the connection to PostgreSQL.
        table: Its qualified and quoted name there.
        columns: Name, type, precision and scale of each column.
        connection: The DuckDB.
        into: The new table there, qualified and quoted.
    """
    sent, kept = [], []
    for name, kind, precision, scale in columns:
        column = quoted(name)
        if kind == "numeric":  # the driver sends it as text, which says so and keeps every digit
            sent.append(f"{column}::text as {column}")
            exact = f"decimal({precision}, {scale})" if precision else "decimal(38, 10)"
            kept.append(f"cast({column} as {exact}) as {column}")
        else:
            sent.append(column)
            kept.append(column)
    cursor.execute(f"select {', '.join(sent)} from {table}")
    rows = cursor.fetch_record_batch()  # noqa: F841 - DuckDB finds it by its name
    connection.execute(f"create table {into} as select {', '.join(kept)} from rows")
