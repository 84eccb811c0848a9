"""The oldest dbt-core that dbt_project.yml accepts gives the figures of the newest."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from engines import Engine, differences
from warehouse import OLDEST_DBT, PROGRAM, Build, plain_dbt

pytestmark = pytest.mark.long
OLDEST = {PROGRAM: str(OLDEST_DBT)}


def test_it_parses_without_a_deprecation(tmp_path: Path) -> None:
    """Nothing that it warns of."""
    command = ("parse", "--no-partial-parse", "--show-all-deprecations")
    run = plain_dbt(tmp_path, command=command, environment=OLDEST)
    assert run.returncode == 0, run.output
    assert "Running with dbt=1.11" in run.output
    assert "eprecat" not in run.output


def test_it_builds_the_same(sample: Build, tmp_path: Path) -> None:
    """The sample company with its unit tests, every figure of every mart."""
    run = plain_dbt(tmp_path, environment=OLDEST)
    assert run.returncode == 0, run.output
    with duckdb.connect(str(run.database), read_only=True) as connection:
        assert differences(sample, Engine("duckdb", {}, connection), "main") == []
