"""Command line of the generator: `python -m tools.sample_company --help`."""

import argparse
import datetime as dt
import sys
import time
from collections import Counter
from pathlib import Path

from tools.sample_company.arrow import to_text
from tools.sample_company.clock import Window
from tools.sample_company.faults import with_faults
from tools.sample_company.generate import generate
from tools.sample_company.write import Files


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tools.sample_company",
        description="Write the raw tables of a made-up company, as small or large as wanted.",
    )
    parser.add_argument("--out", type=Path, required=True, help="folder for the files")
    parser.add_argument("--format", choices=["csv", "parquet"], default="csv")
    parser.add_argument("--prefix", default="", help="put before the file names, e.g. raw_")
    parser.add_argument("--customers", type=int, default=300, help="sign-ups in the window")
    parser.add_argument("--months", type=int, default=30, help="calendar months simulated")
    parser.add_argument(
        "--as-of",
        type=dt.date.fromisoformat,
        default=dt.date(2026, 9, 30),
        help="as-of date: the last day with data",
    )
    parser.add_argument("--seed", type=int, default=20260930)
    parser.add_argument(
        "--events-scale", type=float, default=1.0, help="multiplies sessions and feature events"
    )
    parser.add_argument(
        "--faults",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="add a few broken rows (default: in csv only)",
    )
    arguments = parser.parse_args(argv)
    if min(arguments.customers, arguments.months) < 1 or arguments.events_scale < 0:
        parser.error("customers and months must be at least 1, the events scale at least 0")
    return arguments


def main(argv: list[str] | None = None) -> None:
    """Generate the company that the arguments describe, and report progress on stderr.

    Args:
        argv: the arguments; by default those of the process.
    """
    chosen = _arguments(argv)
    text = chosen.format == "csv"
    faulty = text if chosen.faults is None else chosen.faults
    window = Window(chosen.as_of, chosen.months)
    chunks = generate(window, chosen.customers, chosen.seed, chosen.events_scale)
    if faulty:
        chunks = with_faults(chunks, chosen.seed, text=text)
    elif text:
        chunks = ({name: to_text(table) for name, table in chunk.items()} for chunk in chunks)
    rows, begun = Counter[str](), time.monotonic()
    with Files(chosen.out, chosen.format, chosen.prefix) as files:
        for chunk in chunks:
            for name, table in chunk.items():
                files.append(name, table)
                rows[name] += table.num_rows
            print(
                f"\r{rows['customers']:,} customers, {rows.total():,} rows,"
                f" {time.monotonic() - begun:.0f} s",
                end="",
                file=sys.stderr,
            )
    print(file=sys.stderr)


if __name__ == "__main__":
    main()
