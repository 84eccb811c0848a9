"""`make bench`: generates Parquet, builds, and prints seconds and peak memory per model.

Four parts, each in processes of their own and one after the other, so that figures of one run
can be compared with each other:

1. Raw items to `fct_mrr_movements` in all six grains, then every row of it read; beside it the
   usual month spine (`month_spine.sql`) for the month grain alone. Both start from the same
   staging, whose seconds count for both, and run with the same threads and memory limit.
2. The whole build with all tables.
3. Weekly use once more, a week later: what a new week costs on top of all that was built.
4. Customer health and the validation of leading indicators once more, a month later: what a new
   month costs on top of all before it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import psutil

from tools.bench.measure import BUILD, Part, generate, rows_of, run_dbt, table, watched

SPINE = Path(__file__).with_name("month_spine.sql")
MOVEMENTS = "fct_mrr_movements"
STAGING = ("base_", "stg_")
USE = ("int_usage_partitions", "int_usage_weekly")
NEW_WEEK = ("run", "--select", "stg_sessions", "stg_feature_events", "int_usage_events", *USE)
HEALTH = (
    *("int_health_partitions", "int_health_components"),
    *("int_health_total_partitions", "int_health_totals"),
    *("int_indicator_partitions", "int_indicator_values"),
)
NEW_MONTH = ("run", "--select", "+kpi_health", "+kpi_validation")

# One statement in a process of its own, so that all its memory is the statement's.
MEASURED = """
import duckdb, json, sys, time

statement, database, limit = json.load(sys.stdin)
connection = duckdb.connect(database)
connection.execute(
    f"set memory_limit = '{limit}'; set preserve_insertion_order = false; "
    "set enable_progress_bar = false"
)
started = time.time()
connection.execute(statement).fetchall()
seconds = time.time() - started
print(seconds)
"""


def build(database: Path, raw_dir: Path, as_of: str, limit: str, *command: str) -> Part:
    """Run a dbt command on a DuckDB file, with a memory limit such as 3GB."""
    variables = {"raw_mode": "files", "raw_dir": str(raw_dir), "as_of_date": as_of}
    environment = {"DUCKDB_PATH": str(database), "DUCKDB_MEMORY_LIMIT": limit}
    return run_dbt(database.with_suffix(".target"), variables, environment, command)


def in_process(statement: str, database: Path, limit: str) -> tuple[float, int]:
    """Seconds and peak bytes of one SQL statement in a process of its own."""
    process = psutil.Popen(
        [sys.executable, "-c", MEASURED],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with watched(process) as memory:
        seconds, _ = process.communicate(json.dumps([statement, str(database), limit]))
    if process.returncode:
        sys.exit("The statement failed; see above.")
    return float(seconds), memory.peak()


def step(unit: str, models: Sequence[str], whole: Part, new: Part) -> str:
    """What a new week or month costs on top of all before it, for some models and each of them."""
    lines = []
    for name, chosen in [("together", models), *((model, [model]) for model in models)]:
        before, now = (part.seconds_of(chosen.__contains__) for part in (whole, new))
        share = f"{now / before:>7.2f}" if before else ""
        lines.append(f"  {name:<37}{before:>9.1f} s{now:>9.1f} s{share}\n")
    return f"  {'':<37}{f'all {unit}s':>11}{f'a new {unit}':>13}\n" + "".join(lines)


def arguments() -> argparse.Namespace:
    """Command line of the benchmark."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--months", type=int, default=60)
    parser.add_argument("--as-of", default="2026-09-30", help="as-of date of the generated data")
    parser.add_argument("--events-scale", type=float, default=0.45)
    parser.add_argument("--folder", type=Path, default=Path("build/bench"))
    parser.add_argument("--engine-limit", default="3GB", help="DuckDB's memory in part 1")
    parser.add_argument("--build-limit", default="10GB", help="DuckDB's memory in part 2")
    return parser.parse_args()


def main() -> None:
    """Generate, measure both parts and print what came out."""
    options = arguments()
    raw_dir = (options.folder / "raw").resolve()
    database = (options.folder / "warehouse.duckdb").resolve()
    raw_dir.parent.mkdir(parents=True, exist_ok=True)
    generate(options, raw_dir)
    print(f"{options.customers:,} customers, {options.months} months\n{rows_of(raw_dir)}\n")

    limit = options.engine_limit
    database.unlink(missing_ok=True)
    engine = build(database, raw_dir, options.as_of, limit, "run", "--select", f"+{MOVEMENTS}")
    read = (
        "select period_grain, movement_type, count(*), sum(mrr_change), max(customer_id), "
        f"max(opening_plan_id), max(closing_plan_id) from {MOVEMENTS} group by all"
    )
    read_seconds, _ = in_process(read, database, limit)
    spine = SPINE.read_text(encoding="utf-8").format(as_of_date=options.as_of)
    spine_seconds, spine_peak = in_process(spine, database, limit)
    staging = engine.seconds_of(lambda name: name.startswith(STAGING))
    engine_seconds = engine.seconds_of(lambda name: not name.startswith(STAGING)) + read_seconds
    print(f"1. Raw items to {MOVEMENTS}, DuckDB limited to {limit}\n{table(engine)}")
    print(
        f"\n  staging, the same for both               {staging:>7.1f} s\n"
        f"  six grains, from staging                 {engine_seconds - read_seconds:>7.1f} s\n"
        f"  six grains, every row read once          {read_seconds:>7.1f} s\n"
        f"  month spine, month grain, from staging   {spine_seconds:>7.1f} s"
        f"  (peak {spine_peak / 1e9:.1f} GB)\n"
        f"  ratio from raw items                     "
        f"{(staging + engine_seconds) / (staging + spine_seconds):>7.2f}   (to reach: 0.80)\n"
        f"  ratio from staging                       {engine_seconds / spine_seconds:>7.2f}\n"
        f"  peak memory                              {engine.peak / 1e9:>7.1f} GB (to reach: 4)\n"
    )

    limit = options.build_limit
    database.unlink(missing_ok=True)
    whole = build(database, raw_dir, options.as_of, limit, *BUILD)
    print(f"2. Whole build, DuckDB limited to {options.build_limit}\n{table(whole)}")
    print(f"\n  peak memory {whole.peak / 1e9:.1f} GB (to reach: 16)\n")

    week_before = str(date.fromisoformat(options.as_of) - timedelta(days=7))
    build(database, raw_dir, week_before, limit, *NEW_WEEK)
    week = build(database, raw_dir, options.as_of, limit, *NEW_WEEK)
    print("3. Weekly use\n" + step("week", USE, whole, week))

    month_before = str(date.fromisoformat(options.as_of).replace(day=1) - timedelta(days=1))
    build(database, raw_dir, month_before, limit, *NEW_MONTH)
    month = build(database, raw_dir, options.as_of, limit, *NEW_MONTH)
    print("4. Customer health, its totals and validation\n" + step("month", HEALTH, whole, month))


if __name__ == "__main__":
    main()
