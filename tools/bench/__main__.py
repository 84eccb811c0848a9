"""`make bench`: generates Parquet, builds, and prints seconds and peak memory per model.

Two parts, each in processes of their own and one after the other, so that figures of one run can
be compared with each other:

1. Raw items to `fct_mrr_movements` in all six grains, then every row of it read; beside it the
   usual month spine (`month_spine.sql`) for the month grain alone. Both start from the same
   staging, whose seconds count for both, and run with the same threads and memory limit.
2. The whole build with all tables.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import psutil

ROOT = Path(__file__).resolve().parents[2]
SPINE = Path(__file__).with_name("month_spine.sql")
MOVEMENTS = "fct_mrr_movements"
BUILD = ("build", "--exclude-resource-type", "unit_test")
STAGING = ("base_", "stg_")
TESTS = "data tests"

# One statement in a process of its own, so that its memory is nobody else's.
MEASURED = """
import duckdb, json, resource, sys, time

statement, database, limit = json.load(sys.stdin)
connection = duckdb.connect(database)
connection.execute(
    f"set memory_limit = '{limit}'; set preserve_insertion_order = false; "
    "set enable_progress_bar = false"
)
started = time.time()
connection.execute(statement).fetchall()
seconds = time.time() - started
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024]))
"""


@dataclass
class Memory:
    """Resident memory of a process and its children over time, sampled while it runs."""

    samples: list[tuple[float, int]] = field(default_factory=list)

    def watch(self, process: psutil.Process, interval: float = 0.05) -> None:
        """Sample until the process ends."""
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            try:
                family = [process, *process.children(recursive=True)]
                size = sum(member.memory_info().rss for member in family)
            except psutil.NoSuchProcess:
                break
            self.samples.append((time.time(), size))
            time.sleep(interval)

    def peak(self, start: float = 0.0, end: float = float("inf")) -> int:
        """Largest size in bytes between two times (seconds since the epoch)."""
        return max((size for moment, size in self.samples if start <= moment <= end), default=0)


@dataclass
class Part:
    """One measured run of dbt: seconds and peak memory of each model, and of the whole."""

    models: list[tuple[str, float, int]]
    seconds: float
    peak: int

    def seconds_of(self, chosen: Callable[[str], bool]) -> float:
        """Seconds of the models that `chosen` accepts by name."""
        return sum(seconds for name, seconds, _ in self.models if chosen(name))


def build(database: Path, raw_dir: Path, as_of: str, limit: str, *command: str) -> Part:
    """Run a dbt command with one thread of dbt's own, so that models do not overlap.

    Args:
        database: Warehouse file, made anew.
        raw_dir: Folder with the generated Parquet files.
        as_of: Last day that counts, YYYY-MM-DD.
        limit: Memory limit of DuckDB such as 3GB.
        command: dbt command and options.

    Raises:
        SystemExit: dbt failed; its output has been printed.
    """
    database.unlink(missing_ok=True)
    target = database.with_suffix(".target")
    variables = {"raw_mode": "files", "raw_dir": str(raw_dir), "as_of_date": as_of}
    process = psutil.Popen(
        [
            str(Path(sys.executable).with_name("dbt")),
            "--quiet",
            *command,
            "--vars",
            json.dumps(variables),
            "--target-path",
            str(target),
        ],
        cwd=ROOT,
        env={
            **os.environ,
            "DUCKDB_PATH": str(database),
            "DUCKDB_MEMORY_LIMIT": limit,
            "DBT_THREADS": "1",
        },
    )
    memory = Memory()
    watcher = threading.Thread(target=memory.watch, args=(process,))
    watcher.start()
    started = time.time()
    returncode = process.wait()
    seconds = time.time() - started
    watcher.join()
    if returncode:
        sys.exit(f"dbt {' '.join(command)} failed; see above.")
    return Part(timings(target, memory), seconds, memory.peak())


def timings(target: Path, memory: Memory) -> list[tuple[str, float, int]]:
    """Seconds and peak bytes of each node of a run, in the order they ran."""
    results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    rows = []
    for result in results:
        steps = {step["name"]: step for step in result["timing"]}
        if "execute" not in steps:
            continue
        start, end = (
            datetime.fromisoformat(steps["execute"][key].replace("Z", "+00:00")).timestamp()
            for key in ("started_at", "completed_at")
        )
        kind, _, name = result["unique_id"].split(".")[:3]
        name = TESTS if kind == "test" else name
        rows.append((start, name, float(result["execution_time"]), memory.peak(start, end)))
    return [(name, seconds, peak) for _, name, seconds, peak in sorted(rows)]


def in_process(statement: str, database: Path, limit: str) -> tuple[float, int]:
    """Seconds and peak bytes of one SQL statement in a process of its own."""
    finished = subprocess.run(
        [sys.executable, "-c", MEASURED],
        input=json.dumps([statement, str(database), limit]),
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, peak = json.loads(finished.stdout)
    return float(seconds), int(peak)


def table(part: Part) -> str:
    """Seconds and peak memory of each model as text, the quick ones summed up."""
    shown = [row for row in part.models if row[1] >= 0.2 and row[0] != TESTS]
    tests = [row for row in part.models if row[0] == TESTS]
    if tests:
        total = sum(seconds for _, seconds, _ in tests)
        shown.append((f"{len(tests)} data tests", total, max(peak for _, _, peak in tests)))
    quick = part.seconds - sum(seconds for _, seconds, _ in shown)
    lines = [f"  {'model':<34}{'seconds':>9}{'peak GB':>9}"]
    lines += [f"  {name:<34}{seconds:>9.1f}{peak / 1e9:>9.1f}" for name, seconds, peak in shown]
    lines += [f"  {'the rest, start and parse':<34}{quick:>9.1f}"]
    lines += [f"  {'all':<34}{part.seconds:>9.1f}{part.peak / 1e9:>9.1f}"]
    return "\n".join(lines)


def rows_of(raw_dir: Path) -> str:
    """Row counts of the generated tables as text."""
    connection = duckdb.connect()
    counts = [
        (path.stem, connection.execute(f"select count(*) from '{path}'").fetchall()[0][0])
        for path in sorted(raw_dir.glob("*.parquet"))
    ]
    return ", ".join(f"{name} {count:,}" for name, count in counts)


def arguments() -> argparse.Namespace:
    """Command line of the benchmark."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--months", type=int, default=60)
    parser.add_argument("--as-of", default="2026-09-30", help="last day of the generated data")
    parser.add_argument("--events-scale", type=float, default=0.15)
    parser.add_argument("--folder", type=Path, default=Path("build/bench"))
    parser.add_argument("--engine-limit", default="3GB", help="DuckDB's memory in part 1")
    parser.add_argument("--build-limit", default="10GB", help="DuckDB's memory in part 2")
    return parser.parse_args()


def generate(options: argparse.Namespace, raw_dir: Path) -> None:
    """Write the raw tables, unless the same call wrote them before."""
    call: dict[str, Any] = {
        name: getattr(options, name) for name in ("customers", "months", "as_of", "events_scale")
    }
    stamp = raw_dir / "generated.json"
    if stamp.exists() and json.loads(stamp.read_text(encoding="utf-8")) == call:
        return
    shutil.rmtree(raw_dir, ignore_errors=True)
    flags: list[str] = []
    for name, value in call.items():
        flags += [f"--{name.replace('_', '-')}", str(value)]
    command = [sys.executable, "-m", "tools.sample_company", "--format", "parquet"]
    subprocess.run([*command, "--out", str(raw_dir), *flags], cwd=ROOT, check=True)
    stamp.write_text(json.dumps(call), encoding="utf-8")


def main() -> None:
    """Generate, measure both parts and print what came out."""
    options = arguments()
    raw_dir = (options.folder / "raw").resolve()
    database = (options.folder / "warehouse.duckdb").resolve()
    raw_dir.parent.mkdir(parents=True, exist_ok=True)
    generate(options, raw_dir)
    print(f"{options.customers:,} customers, {options.months} months\n{rows_of(raw_dir)}\n")

    limit = options.engine_limit
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

    whole = build(database, raw_dir, options.as_of, options.build_limit, *BUILD)
    print(f"2. Whole build, DuckDB limited to {options.build_limit}\n{table(whole)}")
    print(f"\n  peak memory {whole.peak / 1e9:.1f} GB (to reach: 16)")
    self_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"  the benchmark itself took {self_peak:.1f} GB at most")


if __name__ == "__main__":
    main()
