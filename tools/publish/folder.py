"""The folder that is published to: one publisher at a time, and writes that survive a crash."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from tools.publish.problem import PublishError
from tools.publish.waiting import attempts

# Begins the name of everything that is not whole yet. Readers never look at it, and whoever holds
# the lock may remove it: only a publish that was killed leaves such a name behind.
UNFINISHED = ".next-"
LOCK = ".lock"


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

    with file:
        for _ in attempts(
            wait,
            f"Another publish is writing {folder}; waiting up to {wait:.0f} s.",
            f"Another publish is still writing {folder}; publish again when it has finished.",
        ):
            if _is_locked(file):
                break
        yield


if sys.platform == "win32":
    import msvcrt

    def _is_locked(file: TextIO) -> bool:
        """Try to lock a file for this process; returns whether it is."""
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _is_locked(file: TextIO) -> bool:
        """Try to lock a file for this process; returns whether it is."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def remove_unfinished(folder: Path) -> None:
    """Remove what a killed publish left in a folder; hold the lock when you call this."""
    for path in folder.glob(f"{UNFINISHED}*"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def sync(path: Path) -> None:
    """Wait until a file or the names in a folder are on disk, so that a switch never precedes them.

    Windows has no such call for folders; its file system keeps a journal of names.

    Args:
        path: A folder, or a file that may be written.
    """
    is_folder = path.is_dir()
    if is_folder and sys.platform == "win32":
        return
    # Windows refuses to flush a file that is open for reading only.
    descriptor = os.open(path, os.O_RDONLY if is_folder else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
