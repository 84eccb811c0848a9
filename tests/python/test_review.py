"""`make review`: what it says of a change to a definition, on a clone with a history of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from warehouse import ROOT

from tools.review.compare import Mart, compare_mart
from tools.review.report import Change, markdown


def run(folder: Path, *command: str) -> str:
    """Run a command in a folder and return what it printed."""
    finished = subprocess.run(
        command,
        cwd=folder,
        env={
            **os.environ,
            **{
                f"GIT_{who}_{what}": "test"
                for who in ("AUTHOR", "COMMITTER")
                for what in ("NAME", "EMAIL")
            },
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it is now, committed in a repository of its own."""
    folder = tmp_path_factory.mktemp("review") / "project"
    listed = run(ROOT, "git", "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    for name in listed:
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)
    run(folder, "git", "init", "--quiet")
    run(folder, "git", "add", "--all")
    run(folder, "git", "commit", "--quiet", "--message", "base")
    return folder


def review(clone: Path, *options: str) -> str:
    """The report of the clone's files against its last commit."""
    run(clone, sys.executable, "-m", "tools.review", "HEAD", *options)
    return (clone / "build" / "review" / "review.md").read_text(encoding="utf-8")


@pytest.mark.long
def test_nothing_changed(clone: Path) -> None:
    """The same files make the same figures."""
    assert "0 of " in review(clone).splitlines()[2]


@contextmanager
def edited(clone: Path, name: str, before: str, after: str) -> Iterator[None]:
    """A file of the clone with other words, for as long as it takes."""
    file = clone / name
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")
    try:
        yield
    finally:
        file.write_text(text, encoding="utf-8")


@pytest.mark.ci
def test_a_changed_definition_and_seed_show_in_their_marts(clone: Path) -> None:
    """NPS without its passives, and another target of it: no other mart differs."""
    target = "nps,month,2024-04-01,,all,all,2"
    with (
        edited(clone, "macros/metrics/voice.sql", "100 * {{ ratio(", "99 * {{ ratio("),
        edited(clone, "seeds/config/kpi_targets.csv", f"{target}0", f"{target}1"),
    ):
        report = review(clone)
    assert "2 of " in report.splitlines()[2]
    assert "| `kpi_nps` |" in report
    assert "| `kpi_scorecard` |" in report
    assert "| `target_value` |" in report
    assert "kpi_support" not in report.split("## Downstream")[0]
    assert "kpi_nps --> kpi_scorecard" in report
    (first,) = [line for line in report.splitlines() if line.startswith("| `nps` |")]
    before, after = (float(cell) for cell in first.split("|")[4:6])
    assert after == pytest.approx(before * 0.99)


@pytest.mark.long
def test_a_changed_policy_shows(clone: Path) -> None:
    """It is no model, and yet the figures that follow from it are built again."""
    with edited(clone, "dbt_project.yml", "winback_days: 180", "winback_days: 5"):
        report = review(clone)
    assert "| `winback_rate` |" in report
    assert "| `rpt_policies` |" in report


@contextmanager
def renamed(clone: Path) -> Iterator[str]:
    """An intermediate model of the clone under another name, and what reads it; yields the old."""
    names = sorted(path.stem for path in (clone / "models").rglob("int_*.sql"))
    old = names[0]
    files = [path for kind in ("sql", "yml") for path in clone.rglob(f"*.{kind}")]
    word = re.compile(rf"\b{old}\b")
    try:
        for file in files:
            if "build" not in file.relative_to(clone).parts:
                text = file.read_text(encoding="utf-8")
                if word.search(text):
                    file.write_text(word.sub(f"{old}_renamed", text), encoding="utf-8")
                if file.stem == old:
                    file.rename(file.with_stem(f"{old}_renamed"))
        yield old
    finally:
        run(clone, "git", "checkout", "--quiet", ".")
        run(clone, "git", "clean", "--quiet", "--force", "-d", "models", "macros", "tests")


@pytest.mark.long
def test_own_files_and_renamed_models(clone: Path, tmp_path: Path) -> None:
    """Both states are built on a folder of raw files; a model under another name changes nothing.

    A base that was built on the sample company, by a test before this one, stays.
    """
    for file in (ROOT / "seeds" / "sample").glob("raw_*.csv"):
        shutil.copy(file, tmp_path / f"{file.stem.removeprefix('raw_')}.csv")
    bases = clone / "build" / "review"
    before = {path.parent for path in bases.glob("*/done")}
    own = ("--raw-dir", str(tmp_path), "--as-of", "2026-06-30")
    with renamed(clone) as name:
        lines = review(clone, *own).splitlines()
    assert lines[2].startswith("0 of ")
    assert f"built on the files in {tmp_path} as of 2026-06-30." in lines[2]
    assert lines[2].endswith(", 1 removed.")
    assert f"`{name}`" in lines
    after = {path.parent for path in bases.glob("*/done")}
    assert before < after
    (added,) = after - before
    with duckdb.connect(str(added / "review.duckdb"), read_only=True) as connection:
        assert connection.execute(
            "select policy_value from rpt_policies where policy_name = 'as_of_date'"
        ).fetchall() == [("2026-06-30",)]


def test_an_unknown_base_is_told(clone: Path) -> None:
    """One sentence, not a stack trace."""
    finished = subprocess.run(
        [sys.executable, "-m", "tools.review", "no-such-ref"],
        cwd=clone,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 1
    assert "Traceback" not in finished.stderr
    assert "no-such-ref" in finished.stderr or "Needed a single revision" in finished.stderr


def test_rows_and_columns_are_told_apart() -> None:
    """Rows, values, types and columns that changed; nulls; a mart that is new or gone."""
    with duckdb.connect() as connection:
        connection.execute("""
            attach ':memory:' as base;
            attach ':memory:' as head;
            create table base.main.m as
            select *, 7 as number, 7 as code
            from (values (1, 'a', 1.5, 'x'), (2, 'b', null, 'y'), (3, 'c', 2.5, 'z'))
                as t(k, same, value, lost);
            create table head.main.m as
            select *, 7.0::double as number, case k when 2 then '7' else 'seven' end as code
            from (values (2, 'b', 0.5, 1), (3, 'c', 2.5, 2), (4, 'd', 9.0, 3))
                as t(k, same, value, fresh);
            create table head.main.n as select 1 as k;
        """)
        found = compare_mart(connection, "m", Mart("main", ["k"]), Mart("main", ["k"]))
        assert (found.rows_before, found.rows_after) == (3, 3)
        assert (found.added, found.removed, found.changed) == (1, 1, 2)
        assert found.columns == {"value": 1, "code": 1}
        assert found.types == {"number": ("INTEGER", "DOUBLE"), "code": ("INTEGER", "VARCHAR")}
        assert [(e.key, e.before, e.after) for e in found.examples["value"]] == [
            ("2", "(null)", "0.5")
        ]
        assert (found.new_columns, found.lost_columns) == (["fresh"], ["lost"])
        new = compare_mart(connection, "n", None, Mart("main", ["k"]))
        assert (new.rows_before, new.rows_after, new.is_same) == (None, 1, False)
        connection.execute("create table base.main.p as select 1 as k")
        connection.execute("create table head.main.p as select 1::bigint as k")
        retyped = compare_mart(connection, "p", Mart("main", ["k"]), Mart("main", ["k"]))
        assert (retyped.added, retyped.changed, retyped.is_same) == (0, 0, False)
    change = Change("main", "a test", [], ["o"], {"nodes": {}, "child_map": {}})
    report = markdown(change, [found, new, retyped])
    assert "3 of 3 marts differ, built on a test." in report
    assert "| `m` | 3 | 3 | 1 | 1 | 2 | 1 new, 1 removed, 2 type |" in report
    assert "| `n` | – | 1 | 0 | 0 | 0 |  |" in report
    assert "| `p` | 1 | 1 | 0 | 0 | 0 | 1 type |" in report
    assert "| `number` | type | | INTEGER | DOUBLE |" in report
    assert "| `k` | type | | INTEGER | BIGINT |" in report
    assert "## Removed models and seeds\n\n`o`" in report
