"""Engines beside DuckDB: started for the tests, read, and compared with what DuckDB has."""

from __future__ import annotations

import csv
import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from independent.compare import compare
from warehouse import ROOT, Build

from tools.engines import postgres, spark
from tools.project import is_mart


@dataclass(frozen=True)
class Engine:
    """A server that runs: its dbt target, how to reach it and a connection to it."""

    target: str
    environment: Mapping[str, str]
    connection: Any

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows of a statement; none where it returns none."""
        cursor = self.connection.cursor()
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []

    def rows(self, table: str, schema: str) -> list[dict[str, Any]]:
        """All rows of a mart as dicts of column name to Python value."""
        cursor = self.connection.cursor()
        cursor.execute(f"select * from {schema}.{table}")
        names = [column[0].rsplit(".", 1)[-1] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def marts() -> dict[str, list[str]]:
    """Every mart and its grain, from the grain tests of its yml."""
    grains = {}
    for path in sorted((ROOT / "models").rglob("*.yml")):
        if is_mart(path.stem):
            (model,) = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
            (test,) = (test for test in model["data_tests"] if "unique_key" in test)
            grains[model["name"]] = test["unique_key"]["arguments"]["columns"]
    assert len(grains) >= 44
    return grains


def started(engine: ModuleType, folder: Path) -> dict[str, str]:
    """Start an engine on a free port; without it the test is skipped, or fails where required."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    try:
        return dict(engine.start(folder, port))
    except (postgres.PostgresMissingError, spark.SparkMissingError) as missing:
        if os.environ.get("REQUIRE_ENGINES"):
            raise
        pytest.skip(str(missing))


def reached(environment: Mapping[str, str], user: str) -> str:
    """How psycopg2 reaches the cluster as a user."""
    return (
        f"host={environment['POSTGRES_HOST']} port={environment['POSTGRES_PORT']} "
        f"dbname={environment['POSTGRES_DATABASE']} user={user}"
    )


def land_on_postgres(engine: Engine, folder: Path, schema: str) -> None:
    """Copy CSV files into tables of text; columns are named as loaders do it (price_group)."""
    engine.execute(f"create schema {schema}")
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            columns = [name.lower().replace(" ", "_") for name in next(csv.reader(file))]
        table = f"{schema}.{path.stem}"
        engine.execute(f"create table {table} ({', '.join(f'{name} text' for name in columns)})")
        with path.open(encoding="utf-8") as file:
            engine.connection.cursor().copy_expert(f"copy {table} from stdin csv header", file)


def differences(expected: Build, engine: Engine, schema: str) -> list[str]:
    """What a mart on an engine has otherwise than DuckDB's, over all marts."""
    found = []
    for table, key in marts().items():
        rows = expected.rows(table)
        types = column_types(rows)
        actual = [typed(row, types) for row in engine.rows(table, schema)]
        found += compare(table, key, rows, actual)
    return found


def is_of_the_origin(difference: str) -> bool:
    """Whether a difference says no more than that raw tables came from a schema, not from files."""
    return difference.startswith("rpt_policies policy_name=raw_mode:") or (
        difference.startswith("rpt_raw_reconciliation ") and " origin " in difference
    )


def column_types(rows: Sequence[Mapping[str, Any]]) -> dict[str, type]:
    """Python type of each column, from its first value that is not null."""
    types: dict[str, type] = {}
    for row in rows:
        for name, value in row.items():
            if value is not None:
                types.setdefault(name, type(value))
    return types


def typed(row: Mapping[str, Any], types: Mapping[str, type]) -> dict[str, Any]:
    """A row with dates and timestamps that came as text (Spark's protocol) as such."""
    readers = {date: date.fromisoformat, datetime: datetime.fromisoformat}
    return {
        name: readers[types[name]](value)
        if isinstance(value, str) and types.get(name) in readers
        else value
        for name, value in row.items()
    }
