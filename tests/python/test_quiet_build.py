"""What `make build` says: mistakes before dbt starts, then progress, messages and the figures."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from test_configuration import FAULTY
from warehouse import ROOT, Build

from tools.build import warehouse_problem
from tools.policies import policy_problems
from tools.project import dbt_environment
from tools.quiet import plain

LIMIT = 40  # lines that a build of the sample may print


PROGRESS = re.compile(r"\d+ of \d+ steps, \d+ s$|\d+ ステップ中 \d+、\d+ 秒$")
SECONDS = re.compile(r"\d+ (s|秒)\b")
PLACE = re.compile(r"/[^ （]*/(\w+\.duckdb|dbt\.log|excel-\w+)")


def make_build(
    *options: str, database: Path, language: str = "C.UTF-8"
) -> subprocess.CompletedProcess[str]:
    """`make build` with its options, into a warehouse."""
    return subprocess.run(
        [sys.executable, "-m", "tools.build", *options],
        cwd=ROOT,
        env=dbt_environment({"DUCKDB_PATH": str(database), "LANG": language, "LC_ALL": ""}),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


# but for what the raw tables decide: whether they have the columns that a var names
POLICIES = [
    name
    for name, case in FAULTY.items()
    if case.problems[0].startswith("var ") and "which the raw table" not in case.problems[0]
]


@pytest.mark.parametrize("name", POLICIES)
def test_policies_are_judged_as_dbt_judges_them(name: str) -> None:
    """The same sentences, from the same macros, without dbt."""
    assert sorted(policy_problems(FAULTY[name].variables)) == sorted(FAULTY[name].problems)


def test_the_defaults_are_valid() -> None:
    """On every engine; roles of readers are known to PostgreSQL alone."""
    for target in ("duckdb", "postgres", "spark"):
        assert policy_problems({}, target) == []
    assert policy_problems({"reader_roles": ["bi"]}, "postgres") == []
    assert len(policy_problems({"reader_roles": ["bi"]}, "spark")) == 1


def test_a_target_that_is_not_there_is_named() -> None:
    """With those there are."""
    assert policy_problems({}, "oracle") == [
        "profiles/profiles.yml has no target oracle; use one of: duckdb, postgres, spark, "
        "spark_session."
    ]


def test_a_wrong_var_stops_before_dbt(tmp_path: Path) -> None:
    """A name that is not known, with the nearest, and a value; nothing is written."""
    database = tmp_path / "warehouse.duckdb"
    finished = make_build("--vars", "{reporting_curency: USD}", database=database)
    assert finished.returncode == 1
    assert finished.stdout == ""
    assert finished.stderr.splitlines() == [
        "Nothing was built:",
        "- var reporting_curency is not one of this project's; did you mean reporting_currency?",
    ]
    finished = make_build("--as-of", "2026-02-30", database=database)
    assert finished.stderr.splitlines()[1:] == [
        "- var as_of_date is '2026-02-30'; use a day of the calendar, YYYY-MM-DD."
    ]
    assert not database.exists()


def test_a_warehouse_that_cannot_be_written_stops_before_dbt(tmp_path: Path) -> None:
    """A folder that is not there, a file that is in use, a file that is none."""
    nowhere = tmp_path / "nowhere" / "warehouse.duckdb"
    finished = make_build(database=nowhere)
    assert finished.returncode == 1
    assert finished.stderr.splitlines()[1:] == [
        f"- The folder {nowhere.parent} of the warehouse (DUCKDB_PATH) is not there: make it, or "
        "name another."
    ]
    used = tmp_path / "used.duckdb"
    with duckdb.connect(str(used)):
        finished = make_build(database=used)
    assert f"The warehouse {used} is in use by " in finished.stderr
    assert len(finished.stderr.splitlines()) == 2
    assert warehouse_problem(used) == ""
    text = tmp_path / "text.duckdb"
    text.write_text("no warehouse\n" * 1000)
    assert warehouse_problem(text).startswith(f"The warehouse {text} (DUCKDB_PATH) cannot be ")


def test_messages_come_without_frames() -> None:
    """Of dbt's words around a message nothing is left."""
    message = (
        "[\x1b[31mERROR\x1b[0m]: Encountered an error:\n"
        "Compilation Error in operation customer_success-on-run-start-0 (./dbt_project.yml)\n"
        "  Invalid configuration; nothing was built:\n"
        "  - the folder x does not exist.\n"
        "  \n"
        "  > in macro check_configuration (macros/policy/check_configuration.sql)\n"
        "  > called by <Unknown>"
    )
    assert plain(message) == (
        "Invalid configuration; nothing was built:\n- the folder x does not exist."
    )
    failed = "[\x1b[31mERROR\x1b[0m]: in test assert_ledger_closes (tests/x.sql)"
    assert plain(failed) == "Failed: test assert_ledger_closes (tests/x.sql)"


@pytest.mark.ci
def test_a_build_says_little(tmp_path: Path, sample: Build) -> None:
    """The sample: a few lines, among them the day, the log, what was rejected and the figures."""
    finished = make_build(database=tmp_path / "warehouse.duckdb")
    assert finished.returncode == 0, finished.stderr
    lines = finished.stdout.splitlines()
    assert len(lines) <= LIMIT
    assert "\x1b" not in finished.stdout
    assert lines[0].startswith("As of 2026-09-30, Asia/Tokyo, in JPY;")
    assert any(line.startswith("dbt's log: /") for line in lines)
    assert any(line.startswith("  Active customers") for line in lines)
    rejected = [row for row in sample.rows("rpt_raw_reconciliation") if row["rejected_rows"]]
    assert sum(line.startswith("Rejected: ") for line in lines) == len(rejected)


@pytest.mark.ci
def test_a_build_that_fails_says_why(tmp_path: Path) -> None:
    """A folder without the customers: a sentence of this project, and where the log is."""
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "plans.csv").write_text("plan_id,product_id\np,core\n")
    finished = make_build(
        "--raw-dir", str(raw), "--as-of", "2026-01-31", database=tmp_path / "warehouse.duckdb"
    )
    assert finished.returncode == 1
    lines = finished.stderr.splitlines()
    assert lines[0] == "Invalid configuration; nothing was built:"
    assert lines[1].startswith("- the required raw table customers is missing; looked for ")
    assert "Error in" not in finished.stderr
    assert "Traceback" not in finished.stderr


@pytest.mark.parametrize(
    "language",
    [
        pytest.param("C.UTF-8", marks=pytest.mark.ci),
        pytest.param("ja_JP.UTF-8", marks=pytest.mark.long),
    ],
)
def test_the_page_shows_what_it_says(tmp_path: Path, language: str) -> None:
    """The transcripts of docs/files.md: an export of a Japanese Excel, in one build."""
    database = tmp_path / "warehouse.duckdb"
    finished = make_build(
        "--raw-dir", "examples/excel", "--as-of", "2025-08-31", database=database, language=language
    )
    assert finished.returncode == 0, finished.stderr
    page = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")
    prefix = "" if language == "C.UTF-8" else f"LANG={language} "
    command = f"$ {prefix}make build RAW_DIR=examples/excel AS_OF=2025-08-31\n"
    transcript = page.split(f"```\n{command}")[1].split("```")[0]
    assert steady(finished.stdout) == steady(transcript)


def steady(text: str) -> list[str]:
    """The lines of a transcript without what differs between runs: seconds, progress, places."""
    lines = [line for line in text.splitlines() if not PROGRESS.match(line)]
    return [SECONDS.sub("0 s", PLACE.sub("/", line)) for line in lines]
