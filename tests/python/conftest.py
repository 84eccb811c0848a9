"""What several test modules share: the sample company, built once."""

from __future__ import annotations

import fcntl
import json
import os
import shutil

import pytest
from warehouse import Build, run_dbt

# Files that take long begin first, so that no process waits for the other at the end.
LONGEST = (
    *("test_parity", "test_independent", "test_raw_modes", "test_configuration"),
    *("test_usage_loads", "test_review", "test_as_of", "test_validation", "test_publish_postgres"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order test files by how long they take; within a file tests stay as they are."""
    items.sort(
        key=lambda item: (
            LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST)
        )
    )


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The sample company as plain `dbt build` makes it, with unit tests and data tests.

    Whoever changes it makes a copy. Of the processes that pytest-xdist starts, the first builds it
    and the others copy what it built.
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    built, ended = folder / "sample", folder / "sample.json"
    with (folder / "sample.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ended.exists():
            run = run_dbt(built, command=("build",))
            ended.write_text(json.dumps([run.output, run.returncode]), encoding="utf-8")
    output, returncode = json.loads(ended.read_text(encoding="utf-8"))
    assert returncode == 0, output
    own = tmp_path_factory.mktemp("sample") / "sample"
    shutil.copytree(built, own)
    return Build(own / "warehouse.duckdb", output, returncode)
