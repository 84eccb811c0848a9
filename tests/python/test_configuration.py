"""Senseless settings, missing tables and bad rows: what stops a build, and what it says then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from independent.random_company import write_csv
from warehouse import Build, build, run_dbt

Table = list[dict[str, str | None]]
FEW = ("run", "--select", "dim_plans")


def small_company(customers: int = 3) -> dict[str, Table]:
    """Only what is required: each customer pays 100 a month from 2025-01-10 on."""
    company: dict[str, Table] = {"plans": [{"plan_id": "p", "product_id": "core"}]}
    for number in range(customers):
        name = f"{number:02d}"
        day = "2025-01-10T00:00:00+09:00"
        for table, row in {
            "customers": {"customer_id": name, "signed_up_at": day},
            "subscriptions": {"subscription_id": name, "customer_id": name, "started_at": day},
            "subscription_items": {
                "subscription_item_id": name,
                "subscription_id": name,
                "plan_id": "p",
                "quantity": "1",
                "unit_price": "100",
                "currency_code": "JPY",
                "billing_interval": "month",
                "valid_from": day,
            },
        }.items():
            company.setdefault(table, []).append({**row})
    return company


def without_customers(folder: Path) -> None:
    """The small company without customers."""
    company = small_company()
    del company["customers"]
    write_csv(company, folder)


def without_columns(folder: Path) -> None:
    """The small company's customers without what they need."""
    write_csv(small_company() | {"customers": [{"customer_name": "A", "signed_up": "x"}]}, folder)


def in_another_encoding(folder: Path) -> None:
    """The small company with plans as Excel writes them in Japan."""
    write_csv(small_company(), folder)
    (folder / "plans.csv").write_bytes("plan_id,plan_name\np,基本\n".encode("cp932"))


def with_a_table_twice(folder: Path) -> None:
    """The small company with plans as CSV and as Parquet."""
    write_csv(small_company(), folder)
    with duckdb.connect() as connection:
        connection.execute(f"copy (from '{folder}/plans.csv') to '{folder}/plans.parquet'")


@dataclass(frozen=True)
class Faulty:
    """A run that must stop at once: its vars, its raw files and the lines that it must print."""

    variables: Mapping[str, Any]
    problems: Sequence[str]
    land: Callable[[Path], None] | None = None


SEGMENTS = (
    "plan, product, acquisition_channel, country_code, industry, company_size, csm_owner,"
    " signup_fiscal_year, ticket_priority, ticket_channel"
)
FAULTY = {
    "values out of range": Faulty(
        {
            "raw_mode": "filez",
            "raw_dir": "/somewhere",
            "churn_recognition": "ended",
            "fiscal_year_start_month": 13,
            "renewal_grace_days": -1,
            "dormant_days": 0,
            "winback_days": 1.5,
            "gross_margin": 1.2,
            "monthly_discount_rate": -0.01,
            "ltv_max_lifetime_months": 0,
            "survival_min_at_risk": 0,
            "trial_conversion_days": -1,
            "low_usage_minutes": "few",
            "low_usage_weeks": 0,
            "ladder_days": -60,
            "health_nps_days": "x",
            "bill_shock_ratio": -1.3,
            "bill_shock_minutes_growth": "ten",
            "validation_horizon_days": 0,
            "magic_min_customers": 0,
            "max_rejected_share": 2,
            "as_of_date": "2025-02-30",
            "sample_as_of_date": "2025-13-01",
            "reporting_start_date": "2025-00-01",
            "reporting_timezone": "Asia/Tokio",
            "reporting_currency": "yen",
            "segments": ["plan", "planet", "plan"],
        },
        [
            "var raw_mode is 'filez'; use one of: seeds, files, schema.",
            "var raw_dir names the folder /somewhere, but raw_mode is filez, which does not read"
            " files; set raw_mode: files.",
            "var churn_recognition is 'ended'; use one of: service_end, cancel_request.",
            "var fiscal_year_start_month is '13'; use a whole number from 1 to 12.",
            "var renewal_grace_days is '-1'; use a whole number from 0 to 3650.",
            "var dormant_days is '0'; use a whole number from 1 to 3650.",
            "var winback_days is '1.5'; use a whole number from 1 to 3650.",
            "var gross_margin is '1.2'; use a share from 0 to 1.",
            "var monthly_discount_rate is '-0.01'; use a share from 0 to 1.",
            "var ltv_max_lifetime_months is '0'; use a whole number from 1 to 600.",
            "var survival_min_at_risk is '0'; use a whole number from 1 to 9999.",
            "var trial_conversion_days is '-1'; use a whole number from 0 to 3650.",
            "var low_usage_minutes is 'few'; use a whole number from 0 to 9999.",
            "var low_usage_weeks is '0'; use a whole number from 1 to 520.",
            "var ladder_days is '-60'; use a whole number from 0 to 3650.",
            "var health_nps_days is 'x'; use a whole number from 0 to 3650.",
            "var bill_shock_ratio is '-1.3'; use a number of 0 or more such as 1.3.",
            "var bill_shock_minutes_growth is 'ten'; use a number of 0 or more such as 1.3.",
            "var validation_horizon_days is '0'; use a whole number from 1 to 3650.",
            "var magic_min_customers is '0'; use a whole number from 1 to 9999.",
            "var max_rejected_share is '2'; use a share from 0 to 1.",
            "var as_of_date is '2025-02-30'; use a day of the calendar, YYYY-MM-DD.",
            "var sample_as_of_date is '2025-13-01'; use a day of the calendar, YYYY-MM-DD.",
            "var reporting_start_date is '2025-00-01'; use a day of the calendar, YYYY-MM-DD.",
            "var reporting_timezone is 'Asia/Tokio'; use a name of the IANA time zone database"
            " such as Asia/Tokyo.",
            "var reporting_currency is 'yen'; use a code of ISO 4217 such as JPY.",
            f"var segments names 'planet'; use any of: {SEGMENTS}.",
            "var segments names a segment twice.",
        ],
    ),
    "values of another kind": Faulty(
        {
            "raw_mode": "files",
            "churn_recognition": None,
            "fiscal_year_start_month": "x",
            "renewal_grace_days": "soon",
            "max_rejected_share": "half",
            "as_of_date": "tomorrow",
            "reporting_start_date": 20250101,
            "reporting_timezone": None,
            "reporting_currency": 392,
            "segments": "plan",
        },
        [
            "var raw_mode is files, but var raw_dir is empty; set it to the folder with the raw"
            " tables.",
            "var churn_recognition is 'None'; use one of: service_end, cancel_request.",
            "var fiscal_year_start_month is 'x'; use a whole number from 1 to 12.",
            "var renewal_grace_days is 'soon'; use a whole number from 0 to 3650.",
            "var max_rejected_share is 'half'; use a share from 0 to 1.",
            "var as_of_date is 'tomorrow'; use a day of the calendar, YYYY-MM-DD.",
            "var reporting_start_date is '20250101'; use a day of the calendar, YYYY-MM-DD.",
            "var reporting_timezone is 'None'; use a name of the IANA time zone database such as"
            " Asia/Tokyo.",
            "var reporting_currency is '392'; use a code of ISO 4217 such as JPY.",
            "var segments must be a list of names; [] leaves all only.",
        ],
    ),
    "columns of customers that are none of one's own": Faulty(
        {"customer_columns": ["contact_email", "industry", "plan", "Sales Region", "region"] * 2},
        [
            "var customer_columns names contact_email, which is personal data and never leaves"
            " staging.",
            "var customer_columns names industry, which this project has already; name columns"
            " beyond the raw contract only.",
            "var customer_columns names plan, which this project has already; name columns"
            " beyond the raw contract only.",
            "var customer_columns has 'Sales Region'; write the column in lower case, with"
            " underscores for blanks and hyphens, such as sales_region.",
            "var customer_columns names a column twice.",
        ],
    ),
    "columns of customers that are not there": Faulty(
        {"customer_columns": ["region"], "segments": ["plan", "region"]},
        [
            "var customer_columns names region, which the raw table customers does not have;"
            " beyond the contract it has: nothing.",
        ],
    ),
    "no segments": Faulty(
        {"segments": None}, ["var segments must be a list of names; [] leaves all only."]
    ),
    "start after the end": Faulty(
        {"as_of_date": "2025-03-31", "reporting_start_date": "2025-04-01"},
        [
            "var reporting_start_date is 2025-04-01, which is after the as-of date, 2025-03-31"
            " (var as_of_date).",
        ],
    ),
    "no such folder": Faulty(
        {"raw_mode": "files", "raw_dir": "/no/such/folder"},
        ["the folder /no/such/folder (var raw_dir) does not exist or is empty."],
    ),
    "a table missing": Faulty(
        {"raw_mode": "files"},
        [
            "the required raw table customers is missing; looked for"
            " {raw}/customers.parquet and .csv.",
        ],
        without_customers,
    ),
    "columns missing": Faulty(
        {"raw_mode": "files"},
        [
            "the required column customer_id is missing from the raw table customers; looked in"
            " {raw}/customers.csv.",
            "the required column signed_up_at (signed_up?) is missing from the raw table customers;"
            " looked in {raw}/customers.csv.",
        ],
        without_columns,
    ),
    "another encoding": Faulty(
        {"raw_mode": "files"},
        ["{raw}/plans.csv is not UTF-8; make build RAW_DIR={raw} reads other encodings."],
        in_another_encoding,
    ),
    "a table twice": Faulty(
        {"raw_mode": "files"},
        [
            "the raw table plans is there twice, as {raw}/plans.parquet and .csv;"
            " remove one of the two files.",
        ],
        with_a_table_twice,
    ),
}


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Build, Path]]:
    """The faulty runs, two at a time, each with the folder of its raw files."""

    def run(case: Faulty, folder: Path) -> tuple[Build, Path]:
        variables = dict(case.variables)
        if case.land:
            case.land(folder / "raw")
            variables["raw_dir"] = folder / "raw"
        return run_dbt(folder, variables, FEW), folder / "raw"

    folders = [tmp_path_factory.mktemp("faulty") for _ in FAULTY]
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(FAULTY, pool.map(run, FAULTY.values(), folders), strict=True))


@pytest.mark.parametrize("name", FAULTY)
def test_senseless_run_stops_before_any_node(
    name: str, stopped: Mapping[str, tuple[Build, Path]]
) -> None:
    """One message has a line for all that is wrong and no other, and nothing was built."""
    run, raw = stopped[name]
    assert run.returncode != 0, run.output
    assert "Traceback" not in run.output, run.output
    assert " START " not in run.output, run.output
    lines = [line.strip() for line in run.output.splitlines()]
    listed = {line.removeprefix("- ") for line in lines if line.startswith("- ")}
    assert listed == {problem.format(raw=raw) for problem in FAULTY[name].problems}, run.output
    assert lines.count("Invalid configuration; nothing was built:") == bool(FAULTY[name].problems)
    assert run.database.exists(), "dbt did not get as far as the check"
    assert run.value("select count(*) from information_schema.tables") == 0


def test_unusual_policies_build_the_sample(tmp_path: Path) -> None:
    """No segments, another fiscal year, UTC, a later start: every test of the build passes."""
    built = build(
        tmp_path,
        {
            "segments": [],
            "fiscal_year_start_month": 7,
            "reporting_timezone": "UTC",
            "reporting_start_date": "2025-01-15",
            "churn_recognition": "cancel_request",
            "renewal_grace_days": 0,
            "dormant_days": 3650,
        },
    )
    periods = built.rows("dim_periods")
    first = {
        grain: min(row["period_start"] for row in periods if row["period_grain"] == grain)
        for grain in ("day", "week", "month", "quarter", "fiscal_year", "trailing_12_months")
    }
    assert first == {
        "day": date(2025, 1, 15),
        "week": date(2025, 1, 13),
        "month": date(2025, 1, 1),
        "quarter": date(2025, 1, 1),
        "fiscal_year": date(2024, 7, 1),
        "trailing_12_months": date(2025, 1, 1),
    }
    labels = {row["period_label"] for row in periods if row["period_grain"] == "fiscal_year"}
    assert labels == {"FY2024", "FY2025", "FY2026"}
    for mart in ("kpi_revenue_retention", "kpi_renewal", "fct_cohort_retention"):
        assert {row["segment_type"] for row in built.rows(mart)} == {"all"}, mart
    policies = {row["policy_name"]: row["policy_value"] for row in built.rows("rpt_policies")}
    assert policies["segments"] == ""
    assert policies["reporting_start_date"] == "2025-01-15"


def spoilt_company() -> dict[str, Table]:
    """Ten customers, two of whose items cannot be read."""
    company = small_company(10)
    company["subscription_items"][3]["unit_price"] = "1.000,00"
    company["subscription_items"][4]["quantity"] = "-1"
    return company


def test_required_tables_and_columns_suffice(tmp_path: Path) -> None:
    """Nothing optional, columns of other tools, upper-case names, as many bad rows as allowed."""
    company = {
        table: [{name.upper(): text for name, text in row.items()} for row in rows]
        for table, rows in spoilt_company().items()
    }
    for row in company["customers"]:
        row |= {"_extracted_at": "yesterday", "SELECT": "a word of SQL", "Notes, and more": None}
    folder = tmp_path / "it's raw [1]*"
    write_csv(company, folder)

    built = build(
        tmp_path,
        {
            "raw_mode": "files",
            "raw_dir": folder,
            "as_of_date": "2025-03-31",
            "max_rejected_share": 0.2,
            "min_rejected_rows": 2,
        },
    )

    present = {row["table_name"]: row["is_present"] for row in built.rows("rpt_raw_reconciliation")}
    assert len(present) == 18
    assert {table for table, is_present in present.items() if is_present} == set(company)
    assert "Rejected: 2 of 10 rows of subscription_items (20.0 %); why: fct_rejected_rows.\n" in (
        built.output
    )
    assert Counter(
        (row["customer_name"], row["current_mrr"], row["status"])
        for row in built.rows("dim_customers")
    ) == {(None, Decimal(100), "active"): 8, (None, Decimal(0), "prospect"): 2}
    month = (
        "from kpi_revenue_retention where period_grain = 'month' and segment_type = 'all'"
        " and period_start = date '2025-03-01'"
    )
    assert built.value(f"select closing_mrr {month}") == 800
    assert built.rows("fct_contract_renewals") == []
    assert built.rows("kpi_renewal") != []
    assert built.value("select max(dormant_auto_renewed_contracts) from kpi_renewal") is None


def test_what_is_left_out_and_not_read_is_named(tmp_path: Path) -> None:
    """An optional table without a required column is as if absent; names that are nearly right."""
    company = small_company()
    company["orders"] = [{"order_id": "1", "customer": "00", "ordered_at": "2025-02-01"}]
    company["offer"] = [{"offer_id": "1"}]
    for row in company["subscription_items"]:
        row |= {"discount": "0.5", "note": "as agreed"}
    write_csv(company, tmp_path / "raw")
    raw = tmp_path / "raw"
    built = run_dbt(
        tmp_path,
        {"raw_mode": "files", "raw_dir": raw, "as_of_date": "2025-03-31"},
        (
            *("build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"),
            *("--select", "path:seeds/config", "+rpt_raw_reconciliation", "+kpi_ltv"),
        ),
    )
    assert built.returncode == 0, built.output
    for line in (
        f"orders is left out, because required columns are missing from {raw}/orders.csv:"
        " customer_id (customer?), gross_amount",
        "subscription_items: the column discount is not read; did you mean discount_rate?",
        "offer.csv is not a raw table; did you mean offers?",
    ):
        assert line in built.output, built.output
    assert "note" not in built.output
    accounts = {row["table_name"]: row for row in built.rows("rpt_raw_reconciliation")}
    assert (accounts["orders"]["is_present"], accounts["orders"]["raw_rows"]) == (False, 0)
    assert built.value("select count(ltv_formula) from kpi_ltv") == 0


def test_too_many_rejected_rows_fail_the_build_but_can_be_read(tmp_path: Path) -> None:
    """The build names the table and what to do, and the reasons are there to be read."""
    write_csv(spoilt_company(), tmp_path / "raw")
    run = run_dbt(
        tmp_path,
        {
            "raw_mode": "files",
            "raw_dir": tmp_path / "raw",
            "as_of_date": "2025-03-31",
            "min_rejected_rows": 2,
        },
        ("build", "--select", "+fct_rejected_rows", "+rpt_raw_reconciliation"),
    )

    assert run.returncode == 1, run.output
    assert (
        "Rejected: 2 of 10 rows of subscription_items (20.0 %); why: fct_rejected_rows. More than"
        " max_rejected_share (0.05): the build fails. Mend the rows, or allow more with the var."
    ) in run.output
    assert "in test assert_rejected_share_within_limit" in run.output
    assert "ERROR=1 " in run.output
    assert " WARN=0 ERROR=1 SKIP=0 " in run.output
    assert {
        (row["table_name"], row["row_key"], row["reason"], row["column_name"], row["bad_value"])
        for row in run.rows("fct_rejected_rows")
    } == {
        ("subscription_items", "03", "bad_type", "unit_price", "1.000,00"),
        ("subscription_items", "04", "out_of_range", "quantity", "-1"),
    }
    accounts = {row["table_name"]: row for row in run.rows("rpt_raw_reconciliation")}
    of_items = accounts["subscription_items"]
    assert (of_items["raw_rows"], of_items["used_rows"], of_items["rejected_rows"]) == (10, 8, 2)
