"""The folder that is published to: one publisher at a time, and writes that survive a crash."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.publish.problem import Progress, PublishError

# Begins the name of everything that is not whole yet. Readers never look at it, and whoever holds
# the lock may remove it: only a publish that was killed leaves such a name behind.
UNFINISHED = ".next-"
LOCK = ".lock"
PAUSE = 0.5


def waited_for(attempt: Callable[[], bool], seconds: float, message: str, give_up: str) -> None:
    """Try something until it succeeds, for a bounded time.

    Args:
        attempt: Returns whether it succeeded.
        seconds: How long to go on trying.
        message: What stderr says when the first attempt failed.
        give_up: The sentence of the error.

    Raises:
        PublishError: It did not succeed in time.
    """
    deadline = time.monotonic() + seconds
    told = False
    while not attempt():
        if time.monotonic() >= deadline:
            raise PublishError(give_up)
        if not told:
            Progress().note(message)
            told = True
        time.sleep(PAUSE)


@contextmanager
def locked(folder: Path, wait: float) -> Iterator[None]:
    """Keep other publishers out of a folder; the system lets go when this process dies.

    Args:
        folder: The folder; made when absent.
        wait: Seconds to wait for another publisher.

    Raises:
        PublishError: Another one did not finish in time, or the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / LOCK).open("a", encoding="utf-8")
    except OSError as error:
        raise PublishError(
            f"{folder} cannot be written ({error.strerror}); name another folder with --out."
        ) from error

    def attempt() -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    with file:
        waited_for(
            attempt,
            wait,
            f"Another publish writes {folder}; waiting up to {wait:.0f} s.",
            f"Another publish still writes {folder}; run this one again when it has ended.",
        )
        yield


def remove_unfinished(folder: Path) -> None:
    """Remove what a killed publish left in a folder; hold the lock when you call this."""
    for path in folder.glob(f"{UNFINISHED}*"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def sync(path: Path) -> None:
    """Wait until a file or the names in a folder are on disk, so that a switch never precedes them.

    Args:
        path: A file or a folder.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
