"""The last day that counts: a build as of a day knows what was known on that day, and no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from independent import Policy
from independent.quality import Row, account
from independent.random_company import random_company, write_csv
from warehouse import Build, run_dbt

NO_TESTS = ("build", "--exclude-resource-type", "unit_test", "test")
DAY = date(2025, 3, 31)
TOKYO = ZoneInfo("Asia/Tokyo")
# When a row came to be: it is not there before that day.
CAME = {
    "customers": "signed_up_at",
    "subscription_items": "valid_from",
    "contracts": "term_start",
    "orders": "ordered_at",
    "onboarding_events": "occurred_at",
    "sessions": "started_at",
    "feature_events": "occurred_at",
    "survey_responses": "sent_at",
    "support_tickets": "opened_at",
    "campaign_touches": "sent_at",
    "offers": "offered_at",
    "community_activities": "occurred_at",
    "acquisition_costs": "cost_month",
}
# What became known of a row only later, with what was known only together with it.
LATER: dict[str, dict[str, tuple[str, ...]]] = {
    "subscriptions": dict.fromkeys(
        ("trial_started_at", "trial_ended_at", "started_at", "cancel_requested_at", "ended_at"), ()
    ),
    "subscription_items": {"valid_to": ()},
    "contracts": {"signed_at": (), "updated_at": ("renewal_status",)},
    "survey_responses": {"responded_at": ("score", "comment")},
    "support_tickets": {"first_responded_at": (), "resolved_at": ()},
    "campaign_touches": dict.fromkeys(
        ("delivered_at", "opened_at", "clicked_at", "responded_at"), ()
    ),
    "offers": {"decided_at": ("outcome",)},
}
# Sessions end when they end: one that began in time counts whole.
PARENTS = {"customers": "customer_id", "subscriptions": "subscription_id"}
QUALITY = {"fct_rejected_rows", "fct_flagged_rows", "rpt_raw_reconciliation", "rpt_policies"}

Used = Mapping[str, list[Row]]


def local_day(value: date | datetime, zone: ZoneInfo) -> date:
    """A date as it is, a UTC moment as the day on the clocks of a zone."""
    if not isinstance(value, datetime):
        return value
    if value.year == 9999:
        return date.max
    return value.replace(tzinfo=UTC).astimezone(zone).date()


def cut(used: Used, day: date, zone: ZoneInfo) -> dict[str, list[Row]]:
    """The rows as they stood at the end of a day."""

    def is_later(value: Any) -> bool:
        return value is not None and local_day(value, zone) > day

    kept: dict[str, list[Row]] = {}
    keys: dict[str, set[Any]] = {}
    for table in [*PARENTS, *(name for name in used if name not in PARENTS)]:
        parents = {parent: key for parent, key in PARENTS.items() if parent in keys}
        if table == "contracts":  # whose subscription_id may name anything
            del parents["subscriptions"]
        kept[table] = [
            row
            | {
                column: None
                for later, companions in LATER.get(table, {}).items()
                if is_later(row[later])
                for column in (later, *companions)
            }
            for row in used[table]
            if not (table in CAME and is_later(row[CAME[table]]))
            and all(
                row[key] is None or row[key] in keys[parent]  # of nobody in particular
                for parent, key in parents.items()
                if key in row
            )
        ]
        if table in PARENTS:
            keys[table] = {row[PARENTS[table]] for row in kept[table]}
    return kept


def as_text(value: Any) -> str | None:
    """A typed value in the notation of the raw contract."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def land(tables: Used, folder: Path) -> Path:
    """Write typed rows as CSV files."""
    write_csv(
        {
            table: [{name: as_text(value) for name, value in row.items()} for row in rows]
            for table, rows in tables.items()
        },
        folder,
    )
    return folder


def marts(built: Build) -> dict[str, Counter[tuple[tuple[str, Any], ...]]]:
    """Rows of every mart but those of quality."""
    listed = built.rows(
        "(from information_schema.tables where table_schema = 'main'"
        " and not table_name like 'raw%')"
    )
    names = {row["table_name"] for row in listed} - QUALITY
    return {name: Counter(tuple(row.items()) for row in built.rows(name)) for name in names}


@pytest.fixture(scope="module")
def history() -> dict[str, list[Row]]:
    """Three years of a random company, its faultless rows only."""
    raw = random_company(5, 300, date(2023, 4, 1), 1095)
    return account(raw, Policy(DAY)).used


def test_an_earlier_day_reads_like_data_cut_at_it(
    history: Mapping[str, list[Row]], tmp_path: Path
) -> None:
    """Every mart as of a day is the same whether later rows and values are there or not."""
    known = cut(history, DAY, TOKYO)
    removed = {table: len(rows) - len(known[table]) for table, rows in history.items()}
    assert all(removed[table] > 10 for table in CAME)
    for table, columns in LATER.items():
        for column in columns:
            assert sum(row[column] is not None for row in history[table]) > sum(
                row[column] is not None for row in known[table]
            ), f"nothing later in {table}.{column}"

    def built(tables: Used, name: str) -> dict[str, Counter[tuple[tuple[str, Any], ...]]]:
        folder = tmp_path / name
        variables = {
            "raw_mode": "files",
            "raw_dir": land(tables, folder / "raw"),
            "as_of_date": DAY,
            "churn_recognition": "cancel_request",
        }
        run = run_dbt(folder, variables, NO_TESTS)
        assert run.returncode == 0, run.output
        assert run.rows("fct_rejected_rows") == []
        return marts(run)

    of_all, of_known = built(history, "all"), built(known, "known")
    assert of_all.keys() == of_known.keys()
    assert len(of_all) >= 10
    for mart, rows in of_all.items():
        assert rows or mart == "fct_expansion_candidates", mart
        differences = [
            list((one - other).items())[:2]
            for one, other in ((rows, of_known[mart]), (of_known[mart], rows))
        ]
        assert differences == [[], []], f"{mart}: with what came later, and without it"


NEW_YORK = "America/New_York"
LAST = date(2025, 11, 2)  # a day of 25 hours there, as 2025-03-09 is one of 23
MIDNIGHTS = {  # the first moment of a day in New York
    "2025-03-09": "2025-03-09T05:00:00Z",
    "2025-03-10": "2025-03-10T04:00:00Z",
    "2025-11-02": "2025-11-02T04:00:00Z",
    "2025-11-03": "2025-11-03T05:00:00Z",
}


def test_local_midnights_of_a_zone_with_summer_time(tmp_path: Path) -> None:
    """Sign-ups, starts and ends fall on the right side of midnight, on short and long days too."""
    expected: dict[str, tuple[date, date]] = {}
    company: dict[str, list[dict[str, str | None]]] = {
        "plans": [{"plan_id": "p", "product_id": "core"}]
    }
    for text, instant in MIDNIGHTS.items():
        midnight = datetime.fromisoformat(instant)
        for name, moment in {
            f"{text} at": midnight,
            f"{text} before": midnight - timedelta(microseconds=1),
        }.items():
            day = date.fromisoformat(text) - timedelta(days="before" in name)
            expected[name] = (day, date(2025, 1, 1))
            company.setdefault("customers", []).append(
                {"customer_id": name, "signed_up_at": moment.isoformat()}
            )
            company.setdefault("subscriptions", []).append(
                {
                    "subscription_id": name,
                    "customer_id": name,
                    "started_at": "2025-01-01T05:00:00Z",
                    "ended_at": moment.isoformat(),
                }
            )
            company.setdefault("subscription_items", []).append(
                {
                    "subscription_item_id": name,
                    "subscription_id": name,
                    "plan_id": "p",
                    "quantity": "1",
                    "unit_price": "100",
                    "currency_code": "JPY",
                    "billing_interval": "month",
                    "valid_from": "2025-01-01T05:00:00Z",
                }
            )
    write_csv(company, tmp_path / "raw")
    run = run_dbt(
        tmp_path,
        {
            "raw_mode": "files",
            "raw_dir": tmp_path / "raw",
            "reporting_timezone": NEW_YORK,
            "as_of_date": LAST,
        },
        (*NO_TESTS, "--select", "+dim_customers", "+fct_churns"),
    )
    assert run.returncode == 0, run.output

    known = {name: days for name, days in expected.items() if days[0] <= LAST}
    assert set(expected) - set(known) == {"2025-11-03 at"}
    customers = run.rows("dim_customers")
    assert {row["customer_id"]: row["signed_up_on"] for row in customers} == {
        name: signed_up for name, (signed_up, _) in known.items()
    }
    assert {row["first_active_on"] for row in customers} == {date(2025, 1, 1)}
    churns = run.rows("fct_churns")
    assert {row["customer_id"]: row["churned_on"] for row in churns} == {
        name: ended for name, (ended, _) in known.items()
    }
    assert {row["tenure_days"] for row in churns if row["churned_on"] == LAST} == {305}


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        pytest.param("America/Santiago", date(2025, 9, 6), id="no midnight"),
        pytest.param("America/Havana", date(2025, 11, 1), id="midnight twice"),
    ],
)
def test_a_day_ends_when_the_next_begins(zone: str, day: date, tmp_path: Path) -> None:
    """Also where the clock leaves midnight out or strikes it twice."""
    moment = datetime.combine(day, datetime.min.time(), UTC)
    while local_day(moment.replace(tzinfo=None), ZoneInfo(zone)) <= day:
        moment += timedelta(minutes=15)
    run = run_dbt(
        tmp_path,
        {"reporting_timezone": zone, "as_of_date": day},
        ("compile", "--inline", "{{ as_of_instant() }}"),
    )
    assert f"cast('{moment:%Y-%m-%d %H:%M:%S}' as timestamp)" in run.output
