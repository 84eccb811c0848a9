"""Builds warehouses for the tests and reads their tables back as plain Python values."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).resolve().parents[2]
DBT = Path(sys.executable).with_name("dbt")
# What dbt reads at the root, besides seeds.
PROJECT = ("dbt_project.yml", "profiles.yml", "models", "macros", "tests", "analyses")


@dataclass(frozen=True)
class Build:
    """One run of dbt: where its warehouse is, what it printed and how it ended."""

    database: Path
    output: str
    returncode: int

    def rows(self, table: str) -> list[dict[str, Any]]:
        """All rows of a mart as dicts of column name to Python value."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            cursor = connection.execute(f"select * from {table}")
            names = [column[0] for column in cursor.description or []]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def query(self, query: str) -> list[tuple[Any, ...]]:
        """All rows that a query returns."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def value(self, query: str) -> Any:
        """First value of the first row that a query returns, None without a row."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            row = connection.execute(query).fetchone()
            return None if row is None else row[0]


def run_dbt(
    folder: Path,
    variables: Mapping[str, Any] | None = None,
    command: Sequence[str] = ("build", "--exclude-resource-type", "unit_test"),
    environment: Mapping[str, str] | None = None,
    project: Path = ROOT,
) -> Build:
    """Run dbt on the project with a warehouse and artifacts of its own.

    Args:
        folder: Where warehouse, target and logs of this run go.
        variables: dbt vars beside those of dbt_project.yml.
        command: dbt command with its options.
        environment: Environment variables beside those of the test run.
        project: Another folder that holds the project, as project_with_config makes it.

    Returns:
        The run; a failed one is returned too, for the caller to look at.
    """
    folder.mkdir(parents=True, exist_ok=True)
    database = folder / "warehouse.duckdb"
    finished = subprocess.run(
        [
            str(DBT),
            "--no-use-colors",
            *command,
            "--project-dir",
            str(project),
            "--profiles-dir",
            str(project),
            "--vars",
            json.dumps(dict(variables or {}), default=str),
            "--target-path",
            str(folder / "target"),
            "--log-path",
            str(folder / "logs"),
        ],
        cwd=ROOT,
        env={**os.environ, "DUCKDB_PATH": str(database), **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    return Build(database, finished.stdout + finished.stderr, finished.returncode)


def project_with_config(folder: Path, seeds: Mapping[str, str]) -> Path:
    """Make a copy of the project that has other config seeds.

    Args:
        folder: The new folder of the project.
        seeds: By name of the seed, the text of its CSV; the other seeds stay as they are.

    Returns:
        The folder. What is the same in both is linked, file by file below `seeds` because dbt
        does not follow links to folders there.
    """
    for name in PROJECT:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(ROOT / name)
    for source in (ROOT / "seeds").rglob("*.*"):
        link = folder / source.relative_to(ROOT)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(source)
    for name, text in seeds.items():
        seed = folder / "seeds" / "config" / f"{name}.csv"
        seed.unlink()
        seed.write_text(text, encoding="utf-8")
    return folder


def build(folder: Path, variables: Mapping[str, Any] | None = None, project: Path = ROOT) -> Build:
    """Build a warehouse as `dbt build` does and insist that it succeeds.

    Raises:
        AssertionError: The run failed; the message is what dbt printed.
    """
    run = run_dbt(folder, variables, project=project)
    assert run.returncode == 0, run.output
    return run
