"""dbt with little said: a line of progress, then what matters; everything else is in its log."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TextIO

from tools.project import ROOT, dbt_environment

RESULTS: Final = frozenset(
    {
        "LogModelResult",
        "LogSeedResult",
        "LogTestResult",
        "LogSnapshotResult",
        "LogNodeNoOpResult",
        "SkippingDetails",
        "LogSkipBecauseError",
    }
)
"""Events of dbt that end a step."""
SAID: Final = frozenset({"JinjaLogInfo", "JinjaLogWarning"})
"""Events of dbt that are messages of this project."""
COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")
FRAME: Final = re.compile(
    r"^\s*(\[ERROR\]: )?((Compilation|Runtime|Database|Parsing) Error in .*"
    r"|Encountered an error:|Encountered an error while running operation: .* Error.*"
    r"|> in macro .*|> called by .*|compiled code at .*)\n?",
    re.MULTILINE,
)
"""What dbt puts around a message: the kind of its error and where in the code it was raised."""
FAILED: Final = re.compile(r"^\[(ERROR|FAIL [0-9]+)\]: in ")
"""How a message about a step begins that failed."""


@dataclass
class Run:
    """What became of a run of dbt.

    Attributes:
        returncode: How dbt ended; 0 is well.
        steps: How many steps ended.
        total: How many there are, as far as dbt has said.
        seconds: How long it took.
        errors: Messages of what failed, each once.
        messages: Messages of this project, each once.
    """

    returncode: int = 0
    steps: int = 0
    total: int = 0
    seconds: float = 0.0
    errors: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)


class Progress:
    """A line that says how far a run is: written over itself on a terminal, seldom elsewhere."""

    def __init__(self, out: TextIO, form: str) -> None:
        """Nothing is written yet.

        Args:
            out: Where to write.
            form: The line, with places for done, total and seconds.
        """
        self._out = out
        self._form = form
        self._started = time.monotonic()
        self._told = self._started
        self._is_terminal = out.isatty()
        self._is_open = False

    def step(self, done: int, total: int) -> None:
        """Say it, on a terminal each time, elsewhere every half minute.

        Args:
            done: Steps that have ended.
            total: All steps.
        """
        now = time.monotonic()
        text = self._form.format(done=done, total=total, seconds=now - self._started)
        if self._is_terminal:
            print(f"\r{text}", end="", file=self._out, flush=True)
            self._is_open = True
        elif now - self._told >= 30:
            print(text, file=self._out, flush=True)
            self._told = now

    def message(self, text: str) -> None:
        """Write a message on lines of its own."""
        self.end()
        print(text, file=self._out, flush=True)

    def end(self) -> None:
        """End the line, where it was written over itself."""
        if self._is_open:
            print(file=self._out)
            self._is_open = False

    @property
    def seconds(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._started


def plain(message: str) -> str:
    """A message of dbt without colours, frames, places in macros and blank lines."""
    text = FRAME.sub("", COLOURS.sub("", message))
    text = FAILED.sub("Failed: ", text).removeprefix("[ERROR]: ")
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def run(
    command: Sequence[str],
    form: str = "{done} of {total} steps, {seconds:.0f} s",
    environment: Mapping[str, str] | None = None,
) -> Run:
    """Run commands of dbt at the root of the project.

    Args:
        command: What `dbt.commands_of` returns.
        form: The line of progress, with places for done, total and seconds.
        environment: Environment variables beside those of this process.

    Returns:
        What became of it. Its messages were printed as they came; its errors were not.
    """
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=dbt_environment(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    assert process.stdout is not None
    progress = Progress(sys.stdout, form)
    ended = Run()
    others: list[str] = []
    for event in _events(process.stdout, others):
        _take(event, ended, progress)
    ended.returncode = process.wait()
    ended.seconds = progress.seconds
    if ended.returncode and not ended.errors:
        ended.errors += others[-3:] or ["dbt ended without a message."]
    progress.end()
    return ended


def _events(lines: TextIO | Any, others: list[str]) -> Iterator[dict[str, Any]]:
    """The events among the lines of dbt; what is none, such as a library's warning, is kept."""
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            event = None
        if isinstance(event, dict) and "info" in event:
            yield event
        elif line.strip():
            others.append(line.strip())


def _take(event: dict[str, Any], ended: Run, progress: Progress) -> None:
    """Count a step, pass a message on, keep an error."""
    name, level = event["info"]["name"], event["info"]["level"]
    if name in RESULTS:
        ended.steps += 1
        progress.step(ended.steps, ended.total)
    elif name == "LogStartLine":
        ended.total = event["data"]["total"]
    elif name in SAID:
        text = COLOURS.sub("", event["data"]["msg"])
        if not text or text not in ended.messages:
            progress.message(text)
            ended.messages.append(text)
    elif level == "error":
        text = plain(event["info"]["msg"])
        if text and not any(text in known for known in ended.errors):
            ended.errors.append(text)
