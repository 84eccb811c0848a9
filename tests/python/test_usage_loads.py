"""Weekly use, load by load: what is computed in steps equals what is computed at once."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from independent.quality import Raw
from independent.random_company import random_company, write_csv
from warehouse import Build, run_dbt

SELECTED = ("build", "--exclude-resource-type", "unit_test", "--select", "+fct_usage_weekly")
USE = {"sessions": "session_id", "feature_events": "event_id"}
TIME = {"sessions": ("started_at", "ended_at"), "feature_events": ("occurred_at", "occurred_at")}


def load(folder: Path, raw: Raw, variables: Mapping[str, Any]) -> Build:
    """Build weekly use from what has landed so far, on top of what was built before."""
    write_csv(raw, folder / "raw")
    policy = {"raw_mode": "files", "raw_dir": str(folder / "raw"), "max_rejected_share": 1}
    run = run_dbt(folder, {**policy, **variables}, SELECTED)
    assert run.returncode == 0, run.output
    return run


def weekly(run: Build) -> list[dict[str, Any]]:
    """Rows of weekly use in the order of their key."""
    return sorted(
        run.rows("fct_usage_weekly"), key=lambda row: (row["week_start"], row["customer_id"])
    )


def landed(company: Raw, rows: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """All tables of the company, with those of use replaced."""
    return {name: list(table) for name, table in company.items()} | dict(rows)


def corrected(rows: list[Any], table: str, rng: random.Random) -> list[Any]:
    """Duplicates of some rows: the same again, and later versions in another week or of nobody."""
    versions = []
    for row in rng.sample(rows, len(rows) // 8):
        other = rng.choice(rows)
        moved = {name: other[name] for name in (*TIME[table], "customer_id")}
        loaded_at = rng.choice(("2026-12-01 00:00:00", "2001-01-01 00:00:00"))
        versions += [dict(row), row | moved | {"loaded_at": loaded_at}]
    return versions


def test_loads_in_any_order_equal_one_load(tmp_path: Path) -> None:
    """Shuffled, late, duplicated, corrected and deleted rows, and other policies on the way."""
    rng = random.Random(5)
    company = random_company(11, 120, date(2024, 4, 1), 500)
    for table in USE:
        rng.shuffle(company[table])
    halves = {table: len(company[table]) // 2 for table in USE}
    first = {table: company[table][: halves[table]] for table in USE}
    late = {table: company[table] for table in USE}
    doubled = {table: rows + corrected(rows, table, rng) for table, rows in late.items()}
    # whole weeks are gone, and some rows of others
    deleted = {
        table: [
            row
            for row in rows
            if not str(row.get(TIME[table][0], "")).startswith(("2024-09", "2025-01"))
            and rng.random() < 0.9
        ]
        for table, rows in doubled.items()
    }
    fewer = dict(company)
    fewer["customers"] = [
        row | {"is_internal": "true"} if number % 9 == 0 else row
        for number, row in enumerate(company["customers"])
    ]
    loads: list[tuple[Raw, dict[str, Any]]] = [
        (landed(company, first), {"as_of_date": "2025-03-05"}),
        (landed(company, late), {"as_of_date": "2025-12-31"}),
        (landed(company, doubled), {"as_of_date": "2025-12-31"}),
        (landed(fewer, deleted), {"as_of_date": "2025-06-30", "reporting_timezone": "UTC"}),
    ]
    for number, (raw, variables) in enumerate(loads):
        stepwise = weekly(load(tmp_path / "stepwise", raw, variables))
        assert stepwise, number
        if number > 1:
            at_once = weekly(load(tmp_path / f"at_once_{number}", raw, variables))
            assert stepwise == at_once, f"load {number}"


def test_weeks_that_did_not_change_are_left_alone(tmp_path: Path) -> None:
    """A row that was tampered with stays, unless its week changes: nothing else is computed."""
    variables = {"as_of_date": "2025-09-30"}
    company = random_company(12, 40, date(2024, 4, 1), 500)
    run = load(tmp_path, company, variables)
    weeks = sorted({row["week_start"] for row in weekly(run)})
    untouched, changed = weeks[len(weeks) // 3], weeks[len(weeks) // 2]
    customer_id = next(row["customer_id"] for row in weekly(run) if row["week_start"] == changed)
    with duckdb.connect(str(run.database)) as connection:
        connection.execute("update main_intermediate.int_usage_weekly set active_days = -1")
    session = {
        "session_id": "late",
        "customer_id": customer_id,
        "started_at": f"{changed} 03:00:00",
        "ended_at": f"{changed} 03:10:00",
    }
    company["sessions"].append(session)
    days = {row["week_start"]: set[int]() for row in weekly(run)}
    for row in weekly(load(tmp_path, company, variables)):
        days[row["week_start"]].add(row["active_days"])
    assert days[untouched] == {-1}
    assert -1 not in days[changed]
    assert [week for week, found in days.items() if found != {-1}] == [changed]


def test_a_table_that_is_not_landed_any_more_leaves_no_use(tmp_path: Path) -> None:
    """Its part of use goes, and all use when neither table is there."""
    company = random_company(13, 30, date(2024, 4, 1), 300)
    variables = {"as_of_date": "2025-09-30"}
    load(tmp_path, company, variables)
    (tmp_path / "raw" / "sessions.csv").unlink()
    rest = {name: rows for name, rows in company.items() if name != "sessions"}
    assert {row["sessions"] for row in weekly(load(tmp_path, rest, variables))} == {0}
    (tmp_path / "raw" / "feature_events.csv").unlink()
    del rest["feature_events"]
    assert weekly(load(tmp_path, rest, variables)) == []
