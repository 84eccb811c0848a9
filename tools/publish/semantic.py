"""The semantic layer for readers: metrics for MetricFlow and as Open Semantic Interchange."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tools.publish.folder import sync

FOLDER = "semantic_layer"
# What dbt writes of it: its own notation, and from dbt 1.12 on the open one.
FILES = ("semantic_manifest.json", "osi_document.json")


def add(target: Path, version: Path) -> None:
    """Put the semantic layer beside the marts of a version, if the project has one.

    Args:
        target: dbt's folder of artifacts.
        version: The folder of the version, where no reader looks yet.
    """
    manifest = target / FILES[0]
    if not manifest.exists() or not json.loads(manifest.read_text(encoding="utf-8"))["metrics"]:
        return
    folder = version / FOLDER
    folder.mkdir()
    for name in FILES:
        if (target / name).exists():
            shutil.copyfile(target / name, folder / name)
            sync(folder / name)
    sync(folder)
