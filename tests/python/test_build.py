"""The sample company: `dbt build` with unit tests, and what `make build` prints of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from warehouse import Build

from tools.build import headline
from tools.project import dbt_vars


def test_sample_builds_with_every_test(sample: Build) -> None:
    """Every model, data test and unit test passes, without a warning."""
    assert sample.returncode == 0, sample.output
    assert " WARN=0 ERROR=0 SKIP=0 " in sample.output, sample.output


def test_sample_is_named_with_its_day(sample: Build) -> None:
    """A build says as of when and from where it reads."""
    assert "As of 2026-09-30, Asia/Tokyo, in JPY; raw tables from the sample company." in (
        sample.output
    )


def test_every_rejected_table_is_named(sample: Build) -> None:
    """Each table with rejected rows is in the output with their number."""
    for row in sample.rows("rpt_raw_reconciliation"):
        line = f"Rejected: {row['rejected_rows']} of {row['raw_rows']} rows of {row['table_name']} "
        assert (line in sample.output) == (row["rejected_rows"] > 0), line


def test_headline_is_the_latest_complete_month(sample: Build) -> None:
    """The figures printed are those of the mart."""
    text = headline(sample.database)
    assert text.startswith("2026-09, all customers\n")
    month = "period_grain = 'month' and segment_type = 'all' and period_start = '2026-09-01'"
    churn_rate = sample.value(
        f"select customer_churn_rate from kpi_revenue_retention where {month}"
    )
    mrr = sample.value(f"select closing_mrr from kpi_revenue_retention where {month}")
    assert f"{churn_rate:.2%}" in text
    assert f"{mrr:,.0f} JPY" in text


def test_marts_of_the_sample_have_something_to_show(sample: Build) -> None:
    """Every movement, status, renewal outcome and reason to reject occurs; no KPI is all null."""
    for table, column, expected in [
        ("fct_mrr_movements", "movement_type", 5),
        ("dim_customers", "status", 4),
        ("fct_contract_renewals", "status", 3),
        ("fct_contract_renewals", "is_dormant", 2),
        ("fct_rejected_rows", "reason", 7),
    ]:
        assert sample.value(f"select count(distinct {column}) from {table}") == expected, table
    for table in ["kpi_revenue_retention", "kpi_renewal"]:
        rows = sample.rows(table)
        for column in rows[0]:
            assert len({row[column] for row in rows}) > 1, f"{table}.{column} is constant"


def test_vars_of_the_command_line(tmp_path: Path) -> None:
    """RAW_DIR, AS_OF and VARS become dbt vars; what is no mapping ends with a sentence."""
    assert dbt_vars("", "", "{}") == {}
    assert dbt_vars("data", "2026-01-31", "{reporting_currency: USD}") == {
        "raw_mode": "files",
        "raw_dir": "data",
        "as_of_date": "2026-01-31",
        "reporting_currency": "USD",
    }
    for text in ["USD", "{a: "]:
        with pytest.raises(SystemExit, match="VARS must be a mapping"):
            dbt_vars("", "", text)
