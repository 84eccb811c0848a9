"""`python -m tools.dbt COMMANDS`: commands of dbt in one process, which parses the project once.

Parsing takes longer than a small run, and dbt does all of it again when any var differs. What it
makes of the project depends on few of them, though (`parsed_vars`): it is told these alone, so that
it can use again what it knew, and the commands begin from the manifest with every var.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tools.project import ROOT, warehouse

PARSED: Final = ("raw_refs", "config_refs", "raw_schema", "raw_database")
"""The vars that a manifest depends on, besides whether raw_mode is seeds."""


def parsed_vars(variables: Mapping[str, Any]) -> dict[str, Any]:
    """The vars that decide what dbt makes of the project when it parses it.

    Args:
        variables: The vars of a run.
    """
    is_sample = (variables.get("raw_mode") or "seeds") == "seeds"
    mode: dict[str, Any] = {} if is_sample else {"raw_mode": "files"}
    return mode | {name: variables[name] for name in PARSED if name in variables}


def commands_of(
    commands: Sequence[Sequence[str]], variables: Mapping[str, Any], target: str
) -> list[str]:
    """The command line that runs commands of dbt one after the other, until one fails.

    Args:
        commands: Each with its own options.
        variables: The vars of all of them.
        target: dbt target, which is the engine.
    """
    options = ["--profiles-dir", str(ROOT / "profiles"), "--target", target]
    asked = {"commands": commands, "variables": variables, "options": options}
    return [sys.executable, "-m", "tools.dbt", json.dumps(asked, default=str)]


def main() -> None:
    """Parse, then run the commands; ends with 1 at the first that fails.

    What dbt says comes as JSON on standard output.
    """
    # they take seconds
    from dbt.cli.main import dbtRunner  # noqa: PLC0415
    from dbt.contracts.graph.manifest import Manifest  # noqa: PLC0415

    asked = json.loads(sys.argv[1])
    options = [*asked["options"], "--log-format", "json", "--log-format-file", "text"]
    # Of a DuckDB file dbt keeps the name and not the folder; another one would make it parse again.
    database = warehouse()
    os.environ["DUCKDB_PATH"] = database.name
    parsed = dbtRunner().invoke(
        ["--quiet", "parse", *options, "--vars", json.dumps(parsed_vars(asked["variables"]))]
    )
    if not isinstance(parsed.result, Manifest):
        sys.exit(1)
    os.environ["DUCKDB_PATH"] = str(database)
    every = [*options, "--vars", json.dumps(asked["variables"])]
    for command in asked["commands"]:
        # for the documentation the last one leaves its artifacts behind
        written = [] if command is asked["commands"][-1] else ["--no-write-json"]
        if not dbtRunner(manifest=parsed.result).invoke([*command, *written, *every]).success:
            sys.exit(1)


if __name__ == "__main__":
    main()
