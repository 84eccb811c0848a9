"""The one kind of error for users, and the progress of long copies."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

LONG = 3.0


class PublishError(Exception):
    """Something that the user can fix; the message is one sentence with what to do."""


def first_line(error: BaseException) -> str:
    """The first line of an error's message, without its full stop."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(". ") if lines else type(error).__name__


class Progress:
    """Reports on stderr which mart is being copied, on a terminal or when it takes long."""

    def __init__(self, stream: TextIO | None = None, long: float = LONG) -> None:
        """Write to a stream.

        Args:
            stream: Where lines go; stderr by default.
            long: Seconds from which a copy has a line of its own that stays.
        """
        self.stream = sys.stderr if stream is None else stream
        self.long = long
        self.terminal = self.stream.isatty()

    def note(self, sentence: str) -> None:
        """Write a sentence."""
        self._clear()
        print(sentence, file=self.stream, flush=True)

    @contextmanager
    def copying(self, where: str, mart: str, rows: int | None = None) -> Iterator[list[int]]:
        """Time the copy of a mart and report it.

        Args:
            where: What it is copied to, as the line names it.
            mart: Name of the mart.
            rows: Number of its rows; None when they are counted by the copy.

        Yields:
            A list; the copy appends the number of rows to it where it was not known before.
        """
        counted = [] if rows is None else [rows]
        if self.terminal:
            size = "" if rows is None else f", {rows:,} rows"
            self._clear()
            print(f"{where}: {mart}{size} …", end="", file=self.stream, flush=True)
        started = time.monotonic()
        try:
            yield counted
        finally:
            self._clear()
        seconds = time.monotonic() - started
        if seconds >= self.long:
            self.note(f"{where}: {mart}, {sum(counted):,} rows, {seconds:.1f} s")

    def _clear(self) -> None:
        if self.terminal:
            print("\r\033[K", end="", file=self.stream, flush=True)
