"""Builds warehouses for the tests and reads their tables back as plain Python values."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tools.dbt import parsed_vars

ROOT = Path(__file__).resolve().parents[2]
DBT = Path(sys.executable).with_name("dbt")
# The oldest dbt-core that the project accepts, which `make test-long` installs beside the other.
PROGRAM = "TESTS_DBT"
OLDEST_DBT = ROOT / ".venv-dbt-1.11" / "bin" / "dbt"
# Where conftest.py has dbt_server.py listen; without it every run is a command of its own.
SERVER = "TESTS_DBT_SERVER"
# Commands that begin from a manifest; the others are about parsing.
FROM_MANIFEST = ("build", "compile", "run", "run-operation", "seed", "test")
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

    Commands that begin from a manifest are run by dbt_server.py, without artifacts and logs; the
    tables, what is printed and the exit code are those of the command dbt. Other commands, and a
    project with other models, are left to that.

    Args:
        folder: Where warehouse, target and logs of this run go.
        variables: dbt vars beside those of dbt_project.yml.
        command: dbt command with its options.
        environment: Environment variables beside those of the test run.
        project: Another folder that holds the project, as project_with_config makes it.

    Returns:
        The run; a failed one is returned too, for the caller to look at.
    """
    server = os.environ.get(SERVER)
    if server is None or command[0] not in FROM_MANIFEST or not has_same_models(project):
        return plain_dbt(folder, variables, command, environment, project)
    given = plain_values(variables)
    complete = surroundings(folder, environment)
    # of DuckDB's file the manifest has the name without the folder, and that is always the same
    parser = ask(
        server,
        {
            "arguments": [*located(ROOT), "--vars", json.dumps(parsed_vars(given))],
            "environment": {**(environment or {}), "DUCKDB_PATH": "warehouse.duckdb"},
        },
    )
    quick = ("--no-write-json", "--log-level-file", "none")
    printed = {name: folder / f"dbt.{name}" for name in ("stdout", "stderr")}
    ended = ask(
        parser,
        {
            "arguments": [*quick, *arguments(folder, given, command, project)],
            "environment": complete,
            "project": str(project),
            **{name: str(path) for name, path in printed.items()},
        },
    )
    note_run(what="run", seconds=ended["seconds"], cpu=ended["cpu"])
    output = "".join(path.read_text(encoding="utf-8") for path in printed.values())
    return Build(folder / "warehouse.duckdb", output, ended["returncode"])


def plain_dbt(
    folder: Path,
    variables: Mapping[str, Any] | None = None,
    command: Sequence[str] = ("build",),
    environment: Mapping[str, str] | None = None,
    project: Path = ROOT,
) -> Build:
    """Run the command dbt as a user does; arguments and what it returns are those of run_dbt.

    The variable TESTS_DBT of `environment` names a dbt of another virtual environment.
    """
    complete = surroundings(folder, environment)
    began = time.monotonic()
    finished = subprocess.run(
        [
            complete.get(PROGRAM, str(DBT)),
            *arguments(folder, plain_values(variables), command, project),
        ],
        cwd=ROOT,
        env=complete,
        capture_output=True,
        text=True,
        check=False,
    )
    note_run(what="command", seconds=time.monotonic() - began)
    return Build(
        folder / "warehouse.duckdb", finished.stdout + finished.stderr, finished.returncode
    )


def plain_values(variables: Mapping[str, Any] | None) -> dict[str, Any]:
    """Vars as JSON has them: dates and paths become text."""
    values: dict[str, Any] = json.loads(json.dumps(dict(variables or {}), default=str))
    return values


def surroundings(folder: Path, environment: Mapping[str, str] | None) -> dict[str, str]:
    """The environment of a run whose warehouse is in a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    database = str(folder / "warehouse.duckdb")
    return {**os.environ, "DUCKDB_PATH": database, **(environment or {})}


def arguments(
    folder: Path, variables: Mapping[str, Any], command: Sequence[str], project: Path
) -> list[str]:
    """The words after `dbt`."""
    return [
        "--no-use-colors",
        *command,
        *located(project),
        *("--vars", json.dumps(variables)),
        *("--target-path", str(folder / "target")),
        *("--log-path", str(folder / "logs")),
    ]


def has_same_models(project: Path) -> bool:
    """Whether a project is this one, or has all but the contents of its seeds from it."""
    return all((project / name).resolve() == (ROOT / name).resolve() for name in PROJECT)


def located(project: Path) -> tuple[str, ...]:
    """Options that tell dbt in which folder the project is."""
    return ("--project-dir", str(project), "--profiles-dir", str(project))


def ask(address: str, question: Any) -> Any:
    """What a process of dbt_server.py answers."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        connection.sendall(json.dumps(question).encode() + b"\n")
        with connection.makefile() as lines:
            return json.loads(lines.readline())


def note_run(**line: Any) -> None:
    """Add a line to the log of where time goes, which conftest.py sums up at the end."""
    if server := os.environ.get(SERVER):
        with Path(server).with_name("log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


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
