"""The DuckDB file for readers: always under the same name, always a whole version."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tools.publish.folder import sync
from tools.publish.problem import PublishError

NAME = "customer_success.duckdb"
# Read-only: whoever opened the file for writing would lock out all other readers.
MODE = 0o444


def switch(snapshot: Path, out: Path) -> Path:
    """Move a snapshot to where readers look.

    A reader that has the former file open keeps reading it until it closes it. On Windows a file
    that is open cannot be replaced.

    Args:
        snapshot: A whole DuckDB file in the folder `out`, closed.
        out: The folder that is published to.

    Returns:
        The file for readers.

    Raises:
        PublishError: On Windows, a reader has the former file open.
    """
    path = out / NAME
    sync(snapshot)
    snapshot.chmod(MODE)
    # Left by a program that wrote to the former file; it must not be applied to the new one.
    path.with_name(f"{NAME}.wal").unlink(missing_ok=True)
    if sys.platform == "win32" and path.exists():
        path.chmod(0o644)  # a file that is read-only is not replaced there
    try:
        os.replace(snapshot, path)  # noqa: PTH105  (what happens here is this function's point)
    except PermissionError as error:
        raise PublishError(
            f"{path} could not be replaced ({error.strerror}): close it wherever it is open and "
            "publish again; its readers have the former version."
        ) from error
    sync(out)
    return path
