"""PostgreSQL and Spark give the figures of DuckDB: every mart, every row, every column."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from engines import Engine, differences, is_of_the_origin, land_on_postgres, marts, reached
from independent.random_company import random_company, write_csv
from warehouse import ROOT, Build, run_dbt

pytestmark = pytest.mark.ci
EXAMPLE = {"as_of_date": "2024-12-31"}
RANDOM = {"as_of_date": "2026-03-31", "max_rejected_share": 1}
SCHEMA = "customer_success"
READER = "bi_reader"
MARTS = ("build", "--exclude-resource-type", "unit_test", "test")
INCREMENTAL = (
    *MARTS,
    "--select",
    "+int_usage_weekly",
    "+int_health_totals",
    "+int_indicator_values",
)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The RavenStack example as raw files."""
    folder = tmp_path_factory.mktemp("ravenstack")
    script = str(ROOT / "examples/ravenstack/map.py")
    subprocess.run([sys.executable, script, "--out", str(folder)], cwd=ROOT, check=True)
    return folder


def land_on_spark(engine: Engine, folder: Path, schema: str) -> None:
    """Declare tables over CSV files; without inferring, all their columns are text."""
    engine.execute(f"create database {schema}")
    for path in sorted(folder.glob("*.csv")):
        engine.execute(
            f"create table {schema}.{path.stem} using csv "
            f"options (path '{path}', header 'true', multiLine 'true', quote '\"', escape '\"')"
        )


def built(
    engine: Engine,
    folder: Path,
    schema: str,
    variables: Mapping[str, Any],
    command: Sequence[str] = MARTS,
) -> None:
    """Build the marts on an engine and insist that it succeeds."""
    environment = {
        **engine.environment,
        "DBT_TARGET": engine.target,
        "POSTGRES_SCHEMA": schema,
        "SPARK_SCHEMA": schema,
        "DBT_THREADS": "2",
    }
    run = run_dbt(folder, variables, command, environment)
    assert run.returncode == 0, run.output


@pytest.fixture(
    scope="module",
    params=[5, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(6, 26))],
)
def random_files(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random company with every notation and fault that raw text can have, as raw files."""
    folder = tmp_path_factory.mktemp("random") / str(request.param)
    write_csv(random_company(request.param, 150, date(2023, 4, 1), 1095), folder)
    return folder


@pytest.fixture(scope="module")
def random_on_duckdb(tmp_path_factory: pytest.TempPathFactory, random_files: Path) -> Build:
    """The random company on DuckDB."""
    variables = {"raw_mode": "files", "raw_dir": str(random_files), **RANDOM}
    return run_dbt(tmp_path_factory.mktemp("random_built"), variables, MARTS)


@pytest.fixture(scope="module")
def example_on_duckdb(tmp_path_factory: pytest.TempPathFactory, example: Path) -> Build:
    """The RavenStack example on DuckDB."""
    variables = {"raw_mode": "files", "raw_dir": str(example), **EXAMPLE}
    return run_dbt(tmp_path_factory.mktemp("example"), variables, MARTS)


def check_sample(engine: Engine, expected: Build, folder: Path) -> None:
    """The sample company on an engine equals DuckDB's, on top of an earlier day of it."""
    assert expected.returncode == 0, expected.output
    built(engine, folder, SCHEMA, {"as_of_date": "2026-08-12"}, INCREMENTAL)
    engine.execute(
        f"insert into {SCHEMA}_intermediate.int_usage_weekly"
        " (customer_id, active_days, events_hash, week_start)"
        " values ('nobody', 7, 'of a week that is there no more', date '2001-01-01')"
    )
    months = f"select count(distinct month_end) from {SCHEMA}_intermediate.int_health_totals"
    assert engine.execute(months)[0][0] > 12
    built(engine, folder, SCHEMA, {})
    found = differences(expected, engine, SCHEMA)
    assert not found, f"{len(found)} differences:\n" + "\n".join(found[:40])


def check_landed(
    engine: Engine, expected: Build, folder: Path, schema: str, variables: Mapping[str, Any]
) -> None:
    """Raw tables landed in a schema give what DuckDB makes of the same files."""
    assert expected.returncode == 0, expected.output
    landed = {"raw_mode": "schema", "raw_schema": f"landing_{schema}"}
    built(engine, folder, schema, {**variables, **landed})
    found = differences(expected, engine, schema)
    found = [line for line in found if not is_of_the_origin(line)]
    assert not found, f"{len(found)} differences:\n" + "\n".join(found[:40])


# A class for each engine, so that pytest-xdist can run them side by side.


class TestPostgres:
    """PostgreSQL against DuckDB, and what only PostgreSQL has: readers."""

    def test_sample_on_postgres(self, on_postgres: Engine, sample: Build, tmp_path: Path) -> None:
        """No difference between DuckDB and PostgreSQL."""
        check_sample(on_postgres, sample, tmp_path)

    @pytest.mark.long
    def test_example_on_postgres(
        self, on_postgres: Engine, example: Path, example_on_duckdb: Build, tmp_path: Path
    ) -> None:
        """No difference between DuckDB and PostgreSQL, landed in a schema."""
        land_on_postgres(on_postgres, example, "landing_ravenstack")
        check_landed(on_postgres, example_on_duckdb, tmp_path, "ravenstack", EXAMPLE)

    def test_random_company_on_postgres(
        self, on_postgres: Engine, random_files: Path, random_on_duckdb: Build, tmp_path: Path
    ) -> None:
        """No difference in how faults and notations are read."""
        schema = f"random_{random_files.name}"
        land_on_postgres(on_postgres, random_files, f"landing_{schema}")
        check_landed(on_postgres, random_on_duckdb, tmp_path, schema, RANDOM)

    def test_reader_reads_marts_and_nothing_else(self, on_postgres: Engine, tmp_path: Path) -> None:
        """A role of reader_roles reads every mart, and nothing of the layers below."""
        import psycopg2  # noqa: PLC0415

        on_postgres.execute(f"create role {READER} login")
        built(on_postgres, tmp_path, "governed", {"reader_roles": [READER]})
        reader = psycopg2.connect(reached(on_postgres.environment, READER))
        reader.autocommit = True
        tables = on_postgres.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_schema like 'governed%'"
        )
        read = set()
        for schema, table in tables:
            try:
                reader.cursor().execute(f'select 1 from "{schema}"."{table}" limit 1')
                read.add((schema, table))
            except psycopg2.errors.InsufficientPrivilege:
                continue
        reader.close()
        assert read == {("governed", mart) for mart in marts()}
        assert {schema for schema, _ in tables} >= {
            "governed_raw",
            "governed_config",
            "governed_staging",
            "governed_intermediate",
        }

    def test_a_missing_reader_is_named(self, on_postgres: Engine, tmp_path: Path) -> None:
        """A role that does not exist stops the run with a sentence that says what to do."""
        environment = {**on_postgres.environment, "DBT_TARGET": "postgres"}
        run = run_dbt(
            tmp_path,
            {"reader_roles": ["nobody_here"]},
            ("run", "--select", "dim_plans"),
            environment,
        )
        assert run.returncode != 0
        assert "which does not exist. Create it first: create role nobody_here login;" in run.output


class TestSpark:
    """Spark against DuckDB; the random company, which has more that can differ, on every change."""

    @pytest.mark.long
    def test_sample_on_spark(self, on_spark: Engine, sample: Build, tmp_path: Path) -> None:
        """No difference between DuckDB and Spark."""
        check_sample(on_spark, sample, tmp_path)

    @pytest.mark.long
    def test_example_on_spark(
        self, on_spark: Engine, example: Path, example_on_duckdb: Build, tmp_path: Path
    ) -> None:
        """No difference between DuckDB and Spark, landed in a schema."""
        land_on_spark(on_spark, example, "landing_ravenstack")
        check_landed(on_spark, example_on_duckdb, tmp_path, "ravenstack", EXAMPLE)

    def test_random_company_on_spark(
        self, on_spark: Engine, random_files: Path, random_on_duckdb: Build, tmp_path: Path
    ) -> None:
        """No difference in how faults and notations are read."""
        schema = f"random_{random_files.name}"
        land_on_spark(on_spark, random_files, f"landing_{schema}")
        check_landed(on_spark, random_on_duckdb, tmp_path, schema, RANDOM)
