"""The DuckDB file for readers: always under the same name, always a whole version."""

from __future__ import annotations

import os
from pathlib import Path

from tools.publish.folder import sync

NAME = "customer_success.duckdb"
# A reader that opens the file for writing would lock out all others, so nobody may.
MODE = 0o444


def switch(snapshot: Path, out: Path) -> Path:
    """Move a snapshot to where readers look.

    A reader that has the former file open keeps reading it until it closes it.

    Args:
        snapshot: A whole DuckDB file in the folder `out`, closed.
        out: The folder that is published to.

    Returns:
        The file for readers.
    """
    path = out / NAME
    snapshot.chmod(MODE)
    sync(snapshot)
    # Left by somebody who wrote into the former file after all; the new one must not take it up.
    path.with_name(f"{NAME}.wal").unlink(missing_ok=True)
    os.replace(snapshot, path)  # noqa: PTH105  (what happens here is this function's point)
    sync(out)
    return path
