"""The worked example: what its README says, against plain Python over the source files."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from warehouse import ROOT, Build, build

EXAMPLE = ROOT / "examples" / "ravenstack"
FIRST_DAY = date(2023, 1, 1)
AS_OF = date(2024, 12, 31)
YEN_PER_DOLLAR = 150
ROWS = {
    "customers": 500,
    "exchange_rates": 1,
    "feature_events": 250_525,
    "plans": 3,
    "products": 1,
    "sessions": 24_109,
    "subscription_items": 5_000,
    "subscriptions": 5_000,
    "support_tickets": 2_000,
    "survey_responses": 2_000,
}


def source(table: str) -> list[dict[str, str]]:
    """Rows of one file of the source."""
    path = EXAMPLE / "data" / f"ravenstack_{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def days() -> Iterator[date]:
    """Every day of the source."""
    for number in range((AS_OF - FIRST_DAY).days + 1):
        yield FIRST_DAY + timedelta(days=number)


@pytest.fixture(scope="module")
def dollars() -> dict[str, dict[date, int]]:
    """MRR by account and day, in dollars; days without MRR are not there."""
    mrr: dict[str, dict[date, int]] = {}
    for row in source("subscriptions"):
        of_account = mrr.setdefault(row["account_id"], defaultdict(int))
        if row["is_trial"] == "True":
            continue
        day = date.fromisoformat(row["start_date"])
        end = date.fromisoformat(row["end_date"]) if row["end_date"] else date.max
        while day <= AS_OF and day < end:
            of_account[day] += int(row["mrr_amount"])
            day += timedelta(days=1)
    return mrr


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The warehouse that the README builds."""
    folder = tmp_path_factory.mktemp("ravenstack")
    raw = folder / "raw"
    printed = subprocess.run(
        [sys.executable, str(EXAMPLE / "map.py"), "--out", str(raw)],
        check=True,
        cwd=folder,
        capture_output=True,
        text=True,
    ).stdout
    assert [line.split()[:2] for line in printed.splitlines()] == [
        [table, f"{rows:,}"] for table, rows in ROWS.items()
    ]
    return build(folder, {"raw_mode": "files", "raw_dir": raw, "as_of_date": AS_OF})


def test_every_row_is_used(warehouse: Build) -> None:
    """Nothing is rejected or superseded, and tables that were not mapped read as empty."""
    assert warehouse.rows("fct_rejected_rows") == []
    accounts = warehouse.rows("rpt_raw_reconciliation")
    assert {a["table_name"]: a["used_rows"] for a in accounts if a["is_present"]} == ROWS
    assert all(a["raw_rows"] == a["used_rows"] for a in accounts)


def test_days_are_those_of_the_source(warehouse: Build) -> None:
    """Every date of accounts, subscriptions, use and tickets is the same day in the warehouse."""
    signed_up = {row["customer_id"]: row["signed_up_on"] for row in warehouse.rows("dim_customers")}
    assert len(signed_up) == 500
    assert signed_up == {
        row["account_id"]: date.fromisoformat(row["signup_date"]) for row in source("accounts")
    }

    subscriptions = {
        row["subscription_id"]: (
            row["trial_started_on"] or row["started_on"],
            row["ended_on"],
            row["started_on"] is None,
        )
        for row in warehouse.rows("main_staging.stg_subscriptions")
    }
    assert subscriptions == {
        row["subscription_id"]: (
            date.fromisoformat(row["start_date"]),
            date.fromisoformat(row["end_date"]) if row["end_date"] else None,
            row["is_trial"] == "True",
        )
        for row in source("subscriptions")
    }

    account_of = {row["subscription_id"]: row["account_id"] for row in source("subscriptions")}
    seconds: dict[tuple[str, str], int] = defaultdict(int)
    uses: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in source("feature_usage"):
        if row["usage_count"] != "0":
            account = account_of[row["subscription_id"]]
            seconds[account, row["usage_date"]] += int(row["usage_duration_secs"])
            uses[account, row["usage_date"], row["feature_name"]] += int(row["usage_count"])
    sessions = warehouse.rows(
        "(select *, cast(started_at + interval 9 hour as date) as day"
        " from main_staging.stg_sessions)"
    )
    assert seconds == {
        (row["customer_id"], str(row["day"])): (row["ended_at"] - row["started_at"]).seconds
        for row in sessions
    }
    events = warehouse.rows(
        "(select customer_id, cast(occurred_at + interval 9 hour as date) as day, feature_code,"
        " count(*) as events from main_staging.stg_feature_events group by all)"
    )
    assert uses == {
        (row["customer_id"], str(row["day"]), row["feature_code"]): row["events"] for row in events
    }


def test_support(warehouse: Build) -> None:
    """Tickets keep their durations, and answers their scores."""
    tickets = {row["ticket_id"]: row for row in warehouse.rows("main_staging.stg_support_tickets")}
    answers = {
        row["response_id"]: row for row in warehouse.rows("main_staging.stg_survey_responses")
    }
    for row in source("support_tickets"):
        ticket, answer = tickets[row["ticket_id"]], answers[row["ticket_id"]]
        opened = ticket["opened_at"]
        assert str(opened + timedelta(hours=9)) == f"{row['submitted_at']} 00:00:00"
        assert ticket["first_responded_at"] - opened == timedelta(
            minutes=int(row["first_response_time_minutes"])
        )
        assert ticket["resolved_at"] - opened == timedelta(
            hours=float(row["resolution_time_hours"])
        )
        score = row["satisfaction_score"]
        assert answer["score"] == (int(float(score)) if score else None)
        assert answer["sent_at"] == ticket["resolved_at"]


def test_mrr_of_every_day_is_that_of_the_source(
    warehouse: Build, dollars: dict[str, dict[date, int]]
) -> None:
    """To the cent, through seats times price, the billing interval and the exchange rate."""
    expected = {
        day: (
            YEN_PER_DOLLAR * sum(mrr.get(day, 0) for mrr in dollars.values()),
            sum(mrr.get(day, 0) > 0 for mrr in dollars.values()),
        )
        for day in days()
    }
    daily = warehouse.rows(
        "(from kpi_revenue_retention where period_grain = 'day' and segment_type = 'all')"
    )
    built = {row["period_end"]: (row["closing_mrr"], row["closing_customers"]) for row in daily}
    assert {day: figures for day, figures in expected.items() if day in built} == built
    assert max(built) == AS_OF
    assert not any(mrr for day, (mrr, _) in expected.items() if day not in built)

    customers = warehouse.rows("dim_customers")
    total = sum((row["current_mrr"] for row in customers), Decimal())
    assert total == expected[AS_OF][0] == YEN_PER_DOLLAR * 10_159_608


def test_churned_customers_are_accounts_without_any_paid_subscription(
    warehouse: Build, dollars: dict[str, dict[date, int]]
) -> None:
    """Hundreds of subscriptions end; the accounts that are left with none are few, and return."""
    expected = {
        (account, day)
        for account, mrr in dollars.items()
        for day in days()
        if mrr.get(day - timedelta(days=1), 0) > 0 and mrr.get(day, 0) == 0
    }
    churns = warehouse.rows("fct_churns")
    assert {(row["customer_id"], row["churned_on"]) for row in churns} == expected
    assert len(churns) == len({row["customer_id"] for row in churns}) == 9
    assert all(row["reactivated_on"] for row in churns)
    daily = "from kpi_revenue_retention where period_grain = 'day' and segment_type = 'all'"
    assert warehouse.value(f"select sum(churned_customers) {daily}") == 9


def test_reasons_are_translated(warehouse: Build) -> None:
    """Each code of the source arrives under one of the project's own."""
    with (ROOT / "seeds/config/churn_reasons.csv").open(encoding="utf-8") as file:
        known = {row["reason_code"] for row in csv.DictReader(file)}
    given: dict[str, list[str]] = defaultdict(list)
    for row in source("churn_events"):
        given[row["account_id"]].append(row["churn_date"])
    expected = sum(
        any(day <= row["end_date"] for day in given[row["account_id"]])
        for row in source("subscriptions")
        if row["end_date"]
    )
    codes = [
        row["cancel_reason_code"]
        for row in warehouse.rows("main_staging.stg_subscriptions")
        if row["cancel_reason_code"]
    ]
    assert len(codes) == expected
    assert set(codes) <= known
    assert len(set(codes)) == 5


def test_ledger_closes(warehouse: Build) -> None:
    """In every period and segment, for MRR and for customers."""
    rows = warehouse.rows("kpi_revenue_retention")
    assert {row["segment_type"] for row in rows} >= {"all", "plan", "product", "country_code"}
    for row in rows:
        assert (
            row["opening_mrr"]
            + row["new_mrr"]
            + row["reactivation_mrr"]
            + row["expansion_mrr"]
            - row["contraction_mrr"]
            - row["churn_mrr"]
            + row["transferred_in_mrr"]
            - row["transferred_out_mrr"]
        ) == row["closing_mrr"], row
        assert (
            row["opening_customers"]
            + row["new_customers"]
            + row["reactivated_customers"]
            - row["churned_customers"]
            + row["transferred_in_customers"]
            - row["transferred_out_customers"]
        ) == row["closing_customers"], row
