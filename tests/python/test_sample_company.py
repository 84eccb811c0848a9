"""The generator of the sample: committed files, faults, types and planted effects."""

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from tools.sample_company import generate
from tools.sample_company.__main__ import main
from tools.sample_company.arrow import ARROW_TYPES, SCHEMA
from tools.sample_company.faults import FAULTS

SAMPLE = Path(__file__).parents[2] / "seeds" / "sample"
TINY = frozenset({"products", "plans", "campaigns", "exchange_rates", "acquisition_costs"})


def read(table: str) -> list[dict[str, str]]:
    """Return the rows of a committed sample table."""
    with (SAMPLE / f"raw_{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_parquet(folder: Path, customers: int, *more: str) -> Path:
    """Generate Parquet files into a folder and return it."""
    main(["--format", "parquet", "--out", str(folder), "--customers", str(customers), *more])
    return folder


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """A company of 3 000 customers without faults, as views named after the raw tables."""
    folder = write_parquet(tmp_path_factory.mktemp("clean"), 3000, "--events-scale", "0.3")
    connection = duckdb.connect()
    for table in SCHEMA:
        connection.execute(f"create view {table} as from '{folder / table}.parquet'")
    return connection


def test_committed_sample_is_what_the_generator_writes(tmp_path: Path) -> None:
    """Byte for byte."""
    main(["--prefix", "raw_", "--out", str(tmp_path)])
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    committed = {path.name: path.read_bytes() for path in SAMPLE.glob("raw_*.csv")}
    assert written.keys() == committed.keys()
    assert [name for name in written if written[name] != committed[name]] == []


def test_sample_is_complete_and_small() -> None:
    """All 18 tables have rows and their columns; together at most 4 MB."""
    files = list(SAMPLE.glob("raw_*.csv"))
    assert sum(path.stat().st_size for path in files) <= 4_000_000
    assert {path.stem.removeprefix("raw_") for path in files} == set(SCHEMA)
    for table, types in SCHEMA.items():
        rows = read(table)
        assert rows, table
        assert list(rows[0]) == list(types), table


def test_every_fault_stands_in_the_sample_and_faults_are_few() -> None:
    """At most 2.5 % of a table, and only planned rows share their key with another."""
    for table in SCHEMA:
        rows, faults = read(table), [fault for fault in FAULTS if fault.table == table]
        assert len(faults) <= (0.05 if table in TINY else 0.025) * len(rows), table
        for fault in faults:
            wanted = {column: value or "" for column, value in fault.changes.items()}
            assert any(wanted.items() <= row.items() for row in rows), fault
        keys = [row[next(iter(row))] for row in rows]
        repeated = sum(fault.kind in {"duplicate", "superseded"} for fault in faults)
        if table not in {"acquisition_costs", "exchange_rates"}:  # keys of two columns
            assert len(keys) - len(set(keys)) == repeated, table


def test_parquet_is_typed_deterministic_and_unique_across_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three chunks give one set of keys, twice the same."""
    monkeypatch.setattr(generate, "CHUNK", 700)
    arguments = ("--events-scale", "0.1", "--faults")
    first = write_parquet(tmp_path / "first", 2000, *arguments)
    second = write_parquet(tmp_path / "second", 2000, *arguments)
    for table, types in SCHEMA.items():
        ours, again = (pq.read_table(path / f"{table}.parquet") for path in (first, second))
        assert ours.equals(again), table
        assert ours.schema.names == list(types)
        assert ours.schema.types == [ARROW_TYPES[kind] for kind in types.values()]
        if table not in {"acquisition_costs", "exchange_rates"}:
            keys: list[Any] = ours[ours.schema.names[0]].to_pylist()
            extra = sum(fault.table == table for fault in FAULTS)
            assert len(keys) - len(set(keys)) <= extra, table


@pytest.mark.parametrize(
    "wrong",
    [
        "from subscriptions anti join customers using (customer_id)",
        "from subscription_items anti join subscriptions using (subscription_id)",
        "from subscription_items anti join plans using (plan_id)",
        "from contracts anti join subscriptions using (subscription_id, customer_id)",
        "from contracts c anti join contracts p on c.previous_contract_id = p.contract_id"
        " where c.previous_contract_id is not null",
        "from offers anti join plans on offered_plan_id = plan_id",
        "from campaign_touches anti join campaigns using (campaign_id)",
        "from subscriptions where ended_at < started_at or trial_ended_at < trial_started_at",
        "from subscriptions where cancel_requested_at > ended_at",
        "from subscription_items where valid_to <= valid_from or quantity < 1",
        "from subscription_items a join subscription_items b using (subscription_id)"
        " where a.valid_from < b.valid_from and coalesce(a.valid_to, '2100-01-01') > b.valid_from",
        "from contracts where term_end <= term_start",
        "from orders where refunded_amount > gross_amount or gross_amount <= 0",
        "from sessions where ended_at < started_at",
        "from sessions s join customers using (customer_id) where s.started_at < signed_up_at",
        "from survey_responses where (score is null) <> (responded_at is null)",
        "from support_tickets where first_responded_at < opened_at",
        "from offers where decided_at < offered_at or (outcome is null) <> (decided_at is null)",
    ],
)
def test_without_faults_all_rows_agree(clean: duckdb.DuckDBPyConnection, wrong: str) -> None:
    """References hold, spans do not overlap, nothing ends before it begins."""
    assert clean.execute(f"select count(*) {wrong}").fetchone() == (0,)


@pytest.mark.parametrize("table", SCHEMA)
def test_rows_are_loaded_after_they_were_written(
    clean: duckdb.DuckDBPyConnection, table: str
) -> None:
    """Every row has a load time, and none before its last change."""
    changed = "updated_at" if "updated_at" in SCHEMA[table] else "loaded_at"
    wrong = f"select count(*) from {table} where loaded_at is null or not {changed} <= loaded_at"
    assert clean.execute(wrong).fetchone() == (0,)


def test_planted_causes_show_and_the_others_do_not(clean: duckdb.DuckDBPyConnection) -> None:
    """Compare the share of paying customers that have left between two groups of each kind."""

    def lost_share(group: str) -> tuple[float, float]:
        rows = clean.execute(
            f"""
            with paying as (
                select customer_id, bool_and(coalesce(ended_at < '2026-10-01', false)) as lost
                from subscriptions where started_at is not null group by all
            ),
            features as (
                select
                    customer_id,
                    count(*) filter (feature_code = 'teammate_share') as shares,
                    count(*) filter (feature_code = 'template_publish') as templates,
                from feature_events join customers using (customer_id)
                where occurred_at < signed_up_at + interval 60 day group by all
            ),
            steps as (
                select customer_id, count(*) as steps from onboarding_events
                join customers using (customer_id)
                where occurred_at < signed_up_at + interval 14 day group by all
            ),
            scores as (
                select customer_id, arg_max(score, responded_at) as nps from survey_responses
                where survey_type = 'nps' and score is not null group by all
            ),
            posts as (
                select customer_id, count(*) as posts from community_activities
                join customers using (customer_id)
                where occurred_at < signed_up_at + interval 60 day group by all
            )
            select avg(lost::int) filter ({group}), avg(lost::int) filter (not {group})
            from paying left join features using (customer_id) left join steps using (customer_id)
            left join scores using (customer_id) left join posts using (customer_id)
            """
        ).fetchone()
        assert rows is not None
        return rows[0], rows[1]

    for kept in ("(coalesce(steps, 0) >= 4)", "(shares >= 3)", "(nps >= 9)"):
        with_it, without = lost_share(kept)
        assert with_it < 0.75 * without, kept
    for idle in ("(coalesce(templates, 0) > 0)", "(coalesce(posts, 0) > 0)"):
        with_it, without = lost_share(idle)
        assert 0.85 < with_it / without < 1.15, idle


def test_sample_has_the_awkward_cases() -> None:
    """Local midnights and month ends, open trials, planned ends, late loads, gaps, winbacks."""
    subscriptions, items = read("subscriptions"), read("subscription_items")
    ends = [row["ended_at"] for row in subscriptions]
    starts = [row["signed_up_at"] for row in read("customers")]
    for moments in (ends, starts):
        assert sum(" 15:00:00" in moment for moment in moments) >= 3
        assert sum(" 14:59:" in moment for moment in moments) >= 3
    assert any(moment.endswith(("-30 15:00:00", "-31 15:00:00")) for moment in ends)
    assert any(moment > "2026-10-01" for moment in ends)
    assert any(row["trial_ended_at"] > "2026-10-01" for row in subscriptions)
    assert any(row["valid_from"] > "2026-10-01" for row in items)
    assert any(row["loaded_at"] > row["occurred_at"][:8] + "99" for row in read("feature_events"))
    per_customer = Counter(row["customer_id"] for row in subscriptions)
    assert per_customer.most_common(1)[0][1] >= 2
