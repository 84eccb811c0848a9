"""What the benchmarks share: generated raw tables, a measured run of dbt, its table of figures."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import psutil

from tools.project import ROOT, artifact, dbt_command, dbt_environment

BUILD = ("build", "--exclude-resource-type", "unit_test")
TESTS = "data tests"


@dataclass
class Memory:
    """Memory of a process, its children and servers over time, sampled while it runs."""

    samples: list[tuple[float, int]] = field(default_factory=list)

    def watch(self, process: psutil.Process, servers: Sequence[psutil.Process]) -> None:
        """Sample until the process ends.

        Processes of a server share pages: there each page counts in parts, which takes longer to
        ask for, so less often.
        """
        interval = 0.5 if servers else 0.05
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            size = 0
            for root in [process, *servers]:
                try:
                    family = [root, *root.children(recursive=True)]
                    size += sum(footprint(member, bool(servers)) for member in family)
                except psutil.NoSuchProcess:
                    continue
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


def footprint(process: psutil.Process, is_sharing: bool) -> int:
    """Memory of one process in bytes, on Linux with its share of shared pages; 0 if it ended."""
    try:
        if is_sharing and sys.platform == "linux":
            return int(process.memory_full_info().pss)
        return int(process.memory_info().rss)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0


@contextmanager
def watched(process: psutil.Process, servers: Sequence[psutil.Process] = ()) -> Iterator[Memory]:
    """Sample the memory of a process until it ends; wait for its end inside.

    Args:
        process: The process.
        servers: Processes whose memory counts too.

    Yields:
        The samples.
    """
    memory = Memory()
    watcher = threading.Thread(target=memory.watch, args=(process, servers))
    watcher.start()
    yield memory
    watcher.join()


def run_dbt(
    target: Path,
    variables: Mapping[str, Any],
    environment: Mapping[str, str],
    command: Sequence[str] = BUILD,
    servers: Sequence[psutil.Process] = (),
) -> Part:
    """Run a dbt command with one thread of dbt's own, so that models do not overlap.

    Args:
        target: Folder for dbt's artifacts.
        variables: dbt vars.
        environment: Environment variables beside those of this process.
        command: dbt command and options.
        servers: Processes whose memory counts too.

    Raises:
        SystemExit: dbt failed; its output has been printed.
    """
    process = psutil.Popen(
        dbt_command("--quiet", *command, variables=variables, target_path=target),
        cwd=ROOT,
        env=dbt_environment({"DBT_THREADS": "1", **environment}),
    )
    started = time.time()
    with watched(process, servers) as memory:
        returncode = process.wait()
        seconds = time.time() - started
    if returncode:
        sys.exit(f"dbt {' '.join(command)} failed; see above.")
    return Part(timings(target, memory), seconds, memory.peak())


def timings(target: Path, memory: Memory) -> list[tuple[str, float, int]]:
    """Seconds and peak bytes of each node of a run, in the order they ran."""
    results = artifact(target, "run_results.json")["results"]
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
