"""`make bench-engines`: the same raw tables built on DuckDB, PostgreSQL and Spark, in one run.

The tables are landed first (not measured): files for DuckDB, typed tables for PostgreSQL, external
Parquet tables for Spark. Each engine runs alone, with a limit of memory and two cores.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import duckdb
import psutil

from tools.bench.measure import Part, generate, rows_of, run_dbt, table
from tools.engines import postgres, require_posix, spark

AS_OF = "2026-09-30"
LANDING = "landing"


def on_duckdb(folder: Path, raw_dir: Path) -> Part:
    """Build from the Parquet files."""
    database = folder / "warehouse.duckdb"
    database.unlink(missing_ok=True)
    variables = {"raw_mode": "files", "raw_dir": str(raw_dir), "as_of_date": AS_OF}
    environment = {"DBT_TARGET": "duckdb", "DUCKDB_PATH": str(database)}
    return run_dbt(folder / "duckdb_target", variables, environment)


def on_postgres(folder: Path, raw_dir: Path) -> Part:
    """Copy the tables into a private cluster and build there."""
    import psycopg2  # noqa: PLC0415  (only where PostgreSQL is used is its client installed)

    environment = postgres.start(folder / "postgres")
    try:
        connection = psycopg2.connect(
            host=environment["POSTGRES_HOST"],
            port=environment["POSTGRES_PORT"],
            user=environment["POSTGRES_USER"],
            dbname=environment["POSTGRES_DATABASE"],
        )
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(f"drop schema if exists {LANDING} cascade")
        cursor.execute(f"create schema {LANDING}")
        for path in sorted(raw_dir.glob("*.parquet")):
            columns = duckdb.connect().execute(f"describe select * from '{path}'").fetchall()
            types = {"VARCHAR": "text"}
            spec = ", ".join(f"{name} {types.get(kind, kind)}" for name, kind, *_ in columns)
            cursor.execute(f"create table {LANDING}.{path.stem} ({spec})")
            with tempfile.NamedTemporaryFile(suffix=".csv", dir=folder) as copy:
                duckdb.connect().execute(f"copy (from '{path}') to '{copy.name}' (header false)")
                with Path(copy.name).open(encoding="utf-8") as file:
                    cursor.copy_expert(f"copy {LANDING}.{path.stem} from stdin csv", file)
        cursor.execute("analyze")
        connection.close()
        return measured(
            folder, "postgres", environment, server(folder / "postgres/data", "postmaster.pid")
        )
    finally:
        postgres.stop(folder / "postgres")


def on_spark(folder: Path, raw_dir: Path) -> Part:
    """Declare external tables on a Thrift server and build there."""
    environment = spark.start(folder / "spark", memory="8g")
    try:
        from pyhive import hive  # noqa: PLC0415  (only where Spark is used is its client installed)

        connection = hive.connect(
            host=environment["SPARK_HOST"], port=int(environment["SPARK_PORT"]), username="dbt"
        )
        cursor = connection.cursor()
        cursor.execute(f"create database if not exists {LANDING}")
        for path in sorted(raw_dir.glob("*.parquet")):
            cursor.execute(f"drop table if exists {LANDING}.{path.stem}")
            cursor.execute(
                f"create table {LANDING}.{path.stem} using parquet options (path '{path}')"
            )
        connection.close()
        return measured(folder, "spark", environment, server(folder / "spark", "pid"))
    finally:
        spark.stop(folder / "spark")


def server(folder: Path, name: str) -> psutil.Process:
    """Process of a server whose first line of a file is its process id."""
    return psutil.Process(int((folder / name).read_text(encoding="utf-8").split()[0]))


def measured(
    folder: Path, target: str, environment: Mapping[str, str], process: psutil.Process
) -> Part:
    """Build on a server from the landed tables."""
    variables = {"raw_mode": "schema", "raw_schema": LANDING, "as_of_date": AS_OF}
    return run_dbt(
        folder / f"{target}_target",
        variables,
        {**environment, "DBT_TARGET": target},
        servers=[process],
    )


def main() -> None:
    """Generate, build on each engine and print what came out."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench.engines", description=__doc__)
    parser.add_argument("--customers", type=int, default=200_000)
    parser.add_argument("--months", type=int, default=60)
    parser.add_argument("--events-scale", type=float, default=0.15)
    parser.add_argument("--folder", type=Path, default=Path("build/bench-engines"))
    options = parser.parse_args()
    options.as_of = AS_OF
    try:
        require_posix()
    except RuntimeError as problem:
        sys.exit(str(problem))
    folder = options.folder.resolve()
    raw_dir = folder / "raw"
    folder.mkdir(parents=True, exist_ok=True)
    generate(options, raw_dir)
    print(f"{options.customers:,} customers, {options.months} months\n{rows_of(raw_dir)}\n")
    for name, build in {"DuckDB": on_duckdb, "PostgreSQL": on_postgres, "Spark": on_spark}.items():
        started = time.time()
        part = build(folder, raw_dir)
        landing = time.time() - started - part.seconds
        print(
            f"{name} (start and landing {landing:.0f} s, not counted)\n{table(part)}\n", flush=True
        )


if __name__ == "__main__":
    main()
