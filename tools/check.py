"""`make check`: says what a company's raw tables are like and what can be computed from them.

The rows are judged by dbt, with the macros of the base models: see the macro `check`. Nothing is
left behind: files and the sample company get a DuckDB file of their own, others a schema.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.build import CONFIG_SEEDS, WORDS, arguments, checking, language, prepared
from tools.dbt import commands_of
from tools.project import warehouse
from tools.quiet import run


def main() -> None:
    """Check, and end with 1 where a build would not succeed."""
    options = arguments()
    told = language()
    variables, report = prepared(options, told, is_written=False)
    commands = [checking(told, report is not None)]
    with TemporaryDirectory() as folder:
        environment = {}
        if options.target == "duckdb" and variables.get("raw_mode") != "schema":
            environment = {"DUCKDB_PATH": str(Path(folder) / warehouse().name)}
            is_sample = variables.get("raw_mode", "seeds") == "seeds"
            commands = [["--quiet", "seed"] if is_sample else CONFIG_SEEDS, *commands]
        ended = run(
            commands_of(commands, variables, options.target), WORDS["progress"][told], environment
        )
    if ended.returncode:
        sys.exit("\n".join(ended.errors))


if __name__ == "__main__":
    main()
