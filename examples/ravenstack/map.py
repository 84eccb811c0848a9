"""Runs every statement in mapping/ and writes what it returns as a raw table, <out>/<table>.csv."""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb

HERE = Path(__file__).resolve().parent


def write_raw_tables(out: Path) -> dict[str, int]:
    """Write one CSV file per statement.

    Args:
        out: Folder to write to, made if it is not there.

    Returns:
        Number of rows written, by table.
    """
    out.mkdir(parents=True, exist_ok=True)
    rows = {}
    with duckdb.connect() as connection:
        # Paths in the statements start at the root of the repository, wherever this is run.
        connection.execute("set file_search_path = $root", {"root": str(HERE.parents[1])})
        connection.execute("set timezone = 'UTC'")
        for statement in sorted((HERE / "mapping").glob("*.sql")):
            table = connection.sql(statement.read_text(encoding="utf-8")).order("all")
            table.write_csv(str(out / f"{statement.stem}.csv"))
            rows[statement.stem] = len(table)
    return rows


def main() -> None:
    """Write the raw tables and say what was written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE / "raw", help="default: %(default)s")
    for table, rows in write_raw_tables(parser.parse_args().out).items():
        print(f"{table:20}{rows:>10,} rows")


if __name__ == "__main__":
    main()
