"""Command line of the generator: `python -m tools.generate --help`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tools.generate import contract_page, kpi_page, kpis, raw
from tools.project import ROOT

FILES: Final[tuple[tuple[str, Callable[[], str]], ...]] = (
    ("macros/raw/contract_tables.sql", raw.table_macros),
    ("models/staging/_raw__columns.md", raw.column_docs),
    ("models/staging/_staging.yml", raw.staging_models),
    ("models/staging/base/_base.yml", raw.base_models),
    ("seeds/sample/_sample__seeds.yml", raw.sample_seeds),
    ("models/_kpis__columns.md", kpis.column_docs),
    ("docs/kpis.md", kpi_page.page),
    ("docs/raw_contract.md", contract_page.page),
)
"""Each generated file, and the function that returns its text."""


def outdated(root: Path) -> list[str]:
    """Compare the generated files with what would be written.

    Args:
        root: Folder of the project that holds the files.

    Returns:
        The files that differ or do not exist.
    """
    return [
        name
        for name, text in FILES
        if not (root / name).is_file() or (root / name).read_text(encoding="utf-8") != text()
    ]


def main(argv: list[str] | None = None) -> None:
    """Write the generated files, or check that they are up to date.

    Args:
        argv: The arguments; by default those of the process.

    Raises:
        SystemExit: With --check, a file is not up to date.
    """
    parser = argparse.ArgumentParser(
        prog="python -m tools.generate",
        description="Write the files that repeat the raw contract or the KPI catalogue.",
    )
    parser.add_argument("--check", action="store_true", help="name outdated files, write nothing")
    if not parser.parse_args(argv).check:
        for name, text in FILES:
            (ROOT / name).write_text(text(), encoding="utf-8")
    elif names := outdated(ROOT):
        sys.exit("Out of date; run `make generate`:\n" + "\n".join(names))


if __name__ == "__main__":
    main()
