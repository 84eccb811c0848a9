"""Every row and column of the marts against the plain-Python calculation, on random raw data."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from independent import ChurnReasons, Policy, compute
from independent.compare import compare
from independent.random_company import random_company, write_csv
from warehouse import ROOT, build

PERIOD = ["period_grain", "period_start"]
SEGMENT = ["segment_type", "segment_value"]
KEYS = {
    "fct_rejected_rows": ["table_name", "row_key", "reason", "column_name"],
    "rpt_raw_reconciliation": ["table_name"],
    "dim_periods": PERIOD,
    "dim_customers": ["customer_id"],
    "dim_plans": ["plan_id"],
    "fct_mrr_changes": ["customer_id", "changed_on"],
    "fct_mrr_movements": ["customer_id", *PERIOD],
    "fct_churns": ["customer_id", "churned_on"],
    "kpi_revenue_retention": [*PERIOD, *SEGMENT],
    "fct_cohort_retention": ["cohort_month", "months_since", *SEGMENT],
    "fct_contract_renewals": ["contract_id"],
    "kpi_renewal": [*PERIOD, *SEGMENT],
}


@dataclass(frozen=True)
class Case:
    """A random company, the policy it is built with and the raw tables it lacks."""

    seed: int
    policy: Policy
    absent: tuple[str, ...] = ()


CASES = {
    "defaults": Case(1, Policy(as_of_date=date(2026, 3, 31))),
    "cancel_request": Case(
        2,
        Policy(
            as_of_date=date(2026, 1, 17),
            reporting_timezone="America/New_York",
            fiscal_year_start_month=2,
            reporting_start_date=date(2024, 2, 11),
            churn_recognition="cancel_request",
            renewal_grace_days=7,
            segments=("plan", "country_code"),
        ),
    ),
    "foreign_currency": Case(
        3,
        Policy(
            as_of_date=date(2026, 3, 1),
            reporting_timezone="UTC",
            reporting_currency="USD",
            fiscal_year_start_month=1,
            renewal_grace_days=0,
        ),
    ),
    "few_tables": Case(
        4,
        Policy(as_of_date=date(2025, 12, 31), segments=("product", "csm_owner")),
        ("sessions", "campaigns", "exchange_rates", "products", "offers"),
    ),
}


def churn_reasons() -> ChurnReasons:
    """The churn reasons of the config seed, by code."""
    with (ROOT / "seeds/config/churn_reasons.csv").open(encoding="utf-8") as file:
        return {
            row["reason_code"]: (
                row["reason_group"],
                row["is_graduated"] == "true",
                row["is_involuntary"] == "true",
            )
            for row in csv.DictReader(file)
        }


def variables(policy: Policy, folder: Path) -> dict[str, Any]:
    """The policy as dbt vars, reading files from a folder, whatever share is rejected."""
    return {
        **{name: getattr(policy, name) for name in policy.__dataclass_fields__},
        "segments": list(policy.segments),
        "raw_mode": "files",
        "raw_dir": str(folder),
        "max_rejected_share": 1,
    }


@pytest.mark.parametrize("name", CASES)
def test_marts_equal_the_independent_calculation(name: str, tmp_path: Path) -> None:
    """No row and no column of a mart differs from the calculation by hand."""
    case = CASES[name]
    raw = random_company(case.seed, 300, date(2023, 4, 1), 1095)
    for table in case.absent:
        raw.pop(table, None)
    write_csv(raw, tmp_path / "raw")

    built = build(tmp_path, variables(case.policy, tmp_path / "raw"))
    expected = compute(raw, case.policy, churn_reasons())

    assert set(expected) == set(KEYS)
    differences = [
        difference
        for table, key in KEYS.items()
        for difference in compare(table, key, expected[table], built.rows(table))
    ]
    assert not differences, f"{len(differences)} differences:\n" + "\n".join(differences[:40])
