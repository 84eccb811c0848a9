"""`pytest --resume`: what has passed with the same files before is not run again.

`make test-long` takes hours. What passes is written down as it does, in a file named after what all
files of the project contain, so that a run that was stopped goes on where it was, and a change of
anything begins anew.
"""

from __future__ import annotations

import hashlib
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from warehouse import ROOT

STATE = ROOT / "build" / "tests"


def contents() -> str:
    """A hash of all files of the project: those under version control and new ones."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    digest = hashlib.sha256()
    for name in sorted(filter(None, listed.split("\0"))):
        path = ROOT / name
        if path.is_file():
            digest.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\0".encode())
    return digest.hexdigest()[:16]


def corpus(test: str) -> str:
    """The test function to which a case belongs."""
    return test.partition("[")[0]


class Resumed:
    """A run that goes on: what passed before, and where to write what passes now.

    Attributes:
        before: Tests that passed before.
    """

    def __init__(self) -> None:
        """Read what passed."""
        STATE.mkdir(parents=True, exist_ok=True)
        self.file = STATE / f"passed_{contents()}.txt"
        self.file.touch()
        self.before = self.file.read_text(encoding="utf-8").splitlines()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write down a test that passed."""
        if report.when == "call" and report.passed:
            with self.file.open("a", encoding="utf-8") as file:
                file.write(f"{report.nodeid}\n")

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Nothing left to run is no failure."""
        if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and self.before:
            session.exitstatus = pytest.ExitCode.OK

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say of each test with several cases how many passed."""
        now = {
            outcome: Counter(
                corpus(report.nodeid)
                for report in terminalreporter.stats.get(outcome, [])
                if isinstance(report, pytest.TestReport)
            )
            for outcome in ("passed", "failed", "error", "skipped")
        }
        now["passed before"] = Counter(map(corpus, self.before))
        total = sum(now.values(), Counter[str]())
        terminalreporter.section("cases")
        for test, cases in sorted(total.items()):
            if cases > 1:
                counts = (f"{now[how][test]} {how}" for how in now if now[how][test])
                terminalreporter.write_line(f"{test}: {', '.join(counts)}")


def left_out(config: pytest.Config, items: list[pytest.Item], passed: Path) -> None:
    """Deselect tests that are listed in a file."""
    before = set(passed.read_text(encoding="utf-8").splitlines())
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid in before])
    items[:] = [item for item in items if item.nodeid not in before]
