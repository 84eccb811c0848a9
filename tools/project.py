"""The ground floor of the tools: where things are, how dbt is called, what a mart is."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
# Runs dbt without asking where the system keeps the programs of a virtual environment.
DBT = "from dbt.cli.main import cli; cli()"
PACKAGE = "customer_success"
MART_PREFIXES = ("dim_", "fct_", "kpi_", "rpt_")


def is_mart(model: str) -> bool:
    """Whether a model is a mart, one of those that readers are promised, by its name."""
    return model.startswith(MART_PREFIXES)


def declared_marts(manifest: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The marts in a manifest of dbt, of this project and no other: node by unique id.

    Args:
        manifest: Of this project, or of one that has it as a package.
    """
    return {
        name: node
        for name, node in manifest["nodes"].items()
        if node["resource_type"] == "model"
        and node["package_name"] == PACKAGE
        and is_mart(node["name"])
    }


def warehouse() -> Path:
    """The warehouse of the target duckdb: DUCKDB_PATH, or the default of profiles.yml."""
    return Path(os.environ.get("DUCKDB_PATH") or "customer_success.duckdb")


def add_build_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a command line the options that `dbt_vars` takes; empty values mean the default."""
    parser.add_argument("--raw-dir", default="", help="folder with <table>.parquet or <table>.csv")
    parser.add_argument("--as-of", default="", help="as-of date, YYYY-MM-DD")
    parser.add_argument("--vars", default="{}", help="further dbt vars, as YAML")


def dbt_vars(raw_dir: str = "", as_of: str = "", further: str = "{}") -> dict[str, Any]:
    """The dbt vars that a command line asks for.

    Args:
        raw_dir: Folder with raw files; empty for the sample company.
        as_of: As-of date, YYYY-MM-DD; empty for the default.
        further: A YAML mapping of vars.

    Raises:
        SystemExit: `further` is not a mapping; the message says what to write.
    """
    try:
        variables = yaml.safe_load(further) or {}
    except yaml.YAMLError:
        variables = None
    if not isinstance(variables, dict):
        sys.exit(f"VARS must be a mapping such as '{{reporting_currency: USD}}'; found: {further}")
    if raw_dir:
        variables |= {"raw_mode": "files", "raw_dir": str(Path(raw_dir).expanduser())}
    if as_of:
        variables["as_of_date"] = as_of
    return variables


def dbt_command(
    *command: str,
    variables: Mapping[str, Any] | None = None,
    target: str = "",
    project: Path | None = None,
    target_path: Path | None = None,
    log_path: Path | None = None,
) -> list[str]:
    """The command line that runs dbt, with the same Python as this process.

    Args:
        command: dbt command with its options.
        variables: dbt vars beside those of dbt_project.yml.
        target: dbt target, which is the engine; empty for the default.
        project: Another folder that holds the project.
        target_path: Folder for dbt's artifacts; None for the default.
        log_path: Folder for dbt's log; None for the default.
    """
    # Named, because profiles.yml at the root is a link to it, and not every system has links.
    profiles = (project or ROOT) / "profiles"
    words = [sys.executable, "-c", DBT, *command, "--profiles-dir", str(profiles)]
    if variables:
        words += ["--vars", json.dumps(variables, default=str)]
    if target:
        words += ["--target", target]
    if project:
        words += ["--project-dir", str(project)]
    if target_path:
        words += ["--target-path", str(target_path)]
    if log_path:
        words += ["--log-path", str(log_path)]
    return words


def dbt_environment(further: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for dbt: this process's, with UTF-8 as the encoding on any system.

    Args:
        further: Environment variables beside those of this process.
    """
    return {**os.environ, "PYTHONUTF8": "1", **(further or {})}


def run_dbt(
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    is_captured: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Run dbt at the root of the project.

    Args:
        command: What `dbt_command` returns.
        environment: Environment variables beside those of this process.
        is_captured: Whether its output is kept, as `stdout` and `stderr`, or shown.

    Returns:
        The finished process, a failed one too.
    """
    return subprocess.run(
        command,
        cwd=ROOT,
        env=dbt_environment(environment),
        capture_output=is_captured,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def artifact(target_path: Path, name: str = "manifest.json") -> dict[str, Any]:
    """What dbt wrote of a run, by default its manifest.

    Args:
        target_path: dbt's folder of artifacts.
        name: Name of the file there.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is not JSON.
    """
    found: dict[str, Any] = json.loads((target_path / name).read_text(encoding="utf-8"))
    return found
