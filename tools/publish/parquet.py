"""Parquet for readers: a folder per mart and version, and a link to the current version."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.publish import semantic
from tools.publish.folder import UNFINISHED, remove_unfinished, sync
from tools.publish.problem import Progress
from tools.publish.snapshot import Mart, Version, engine
from tools.publish.sql import literal, quoted

FOLDER = "parquet"
VERSIONS = "versions"
CURRENT = "current"
MANIFEST = "manifest.json"


def prepare(version: Version, out: Path, target: Path, progress: Progress) -> Path:
    """Write a version beside the former ones, where no reader looks yet.

    Args:
        version: The marts.
        out: The folder that is published to.
        target: dbt's folder of artifacts, for the semantic layer.
        progress: Reports each mart.

    Returns:
        The new folder `versions/<version>`, whole and on disk.

    Raises:
        duckdb.Error: A file could not be written.
    """
    versions = out / FOLDER / VERSIONS
    versions.mkdir(parents=True, exist_ok=True)
    remove_unfinished(versions)
    remove_unfinished(versions.parent)
    unfinished = versions / f"{UNFINISHED}{version.name}"
    unfinished.mkdir()
    entries = []
    with engine(versions / f"{UNFINISHED}spill") as connection:
        connection.execute(f"attach {literal(str(version.snapshot))} as publication (read_only)")
        for mart in version.marts:
            path = unfinished / mart.name / f"{mart.name}.parquet"
            path.parent.mkdir()
            with progress.copying("Parquet", mart.name, mart.rows):
                connection.execute(
                    f"copy publication.{quoted(mart.name)} to {literal(str(path))} "
                    "(format parquet, compression zstd)"
                )
                entries.append(_entry(mart, path, unfinished))
            sync(path)
            sync(path.parent)
    manifest = {
        "version": version.name,
        "as_of": version.as_of.isoformat(),
        "published_at": version.published_at.isoformat(timespec="seconds"),
        "marts": entries,
    }
    (unfinished / MANIFEST).write_text(
        json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    sync(unfinished / MANIFEST)
    semantic.add(target, unfinished)
    sync(unfinished)
    finished = unfinished.rename(versions / version.name)
    sync(versions)
    return finished


def _entry(mart: Mart, path: Path, folder: Path) -> dict[str, object]:
    """What the manifest says of a mart."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "name": mart.name,
        "description": mart.description,
        "rows": mart.rows,
        "file": path.relative_to(folder).as_posix(),
        "bytes": path.stat().st_size,
        "sha256": digest,
        "columns": [
            {"name": column.name, "type": column.type, "description": column.description}
            for column in mart.columns
        ],
    }


def switch(finished: Path) -> Path:
    """Make a version the current one and remove all others but the former one.

    The former one stays because readers may still have it open.

    Args:
        finished: What `prepare` returned.

    Returns:
        The link `current`.
    """
    versions = finished.parent
    folder = versions.parent
    current = folder / CURRENT
    former = current.resolve().name if current.exists() else None
    if sys.platform == "win32":
        _point_junction(current, finished)
    else:
        link = folder / f"{UNFINISHED}{CURRENT}"
        link.symlink_to(Path(VERSIONS) / finished.name)
        os.replace(link, current)  # noqa: PTH105  (what happens here is this function's point)
    sync(folder)
    for version in versions.iterdir():
        if version.name not in {finished.name, former}:
            # Windows does not remove files that are open; the next publish tries again.
            shutil.rmtree(version, ignore_errors=sys.platform == "win32")
    return current


def _point_junction(current: Path, finished: Path) -> None:
    """Make a junction lead to a version: on Windows a symbolic link needs rights that few have.

    A junction cannot be replaced, so for a moment there is none.

    Args:
        current: The junction; made when absent.
        finished: The folder that it leads to.
    """
    if current.exists():
        current.rmdir()  # removes the junction, not what it leads to
    subprocess.run(
        ["cmd", "/c", "mklink", "/J", str(current.absolute()), str(finished.absolute())],
        stdout=subprocess.DEVNULL,
        check=True,
    )
