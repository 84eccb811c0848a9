# ruff: noqa: D103 - the names of the tests say what they are about
"""Policies, config, periods, plans and customers of the independent calculation."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from independent import Config, Policy, Row
from independent.calendar import periods
from independent.config import OnboardingStep, Sla, Weight
from independent.core import dim_periods
from independent.hand_made import (
    AS_OF,
    SEEDS,
    build,
    customers,
    item,
    only,
    subscription,
    trial,
)
from independent.tally import median, percentile
from warehouse import ROOT, project_with_config

# Vars that say where data are and who reads them, and so change no figure.
NOT_POLICIES = {
    *("raw_refs", "raw_mode", "raw_dir", "raw_schema", "raw_database", "max_rejected_share"),
    "min_rejected_rows",
    *("config_refs", "package_schema", "sample_as_of_date", "reader_roles"),
}

# --- policies and config -----------------------------------------------------------------


def test_policies_are_the_vars_with_their_defaults() -> None:
    variables = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    default = Policy(as_of_date=AS_OF)
    policies = {name: getattr(default, name) for name in Policy.__dataclass_fields__}
    assert set(variables) == policies.keys() | NOT_POLICIES
    for name in policies.keys() - {"as_of_date"}:
        value = variables[name]
        assert (tuple(value) if isinstance(value, list) else value) == policies[name], name


def test_config_of_the_project() -> None:
    assert SEEDS.churn_reasons["bankruptcy"] == ("business_closed", False, True)
    assert OnboardingStep("guided", None, "first_login", 3, False) in SEEDS.onboarding_rules
    assert OnboardingStep("guided", None, "first_report_shared", None, True) in (
        SEEDS.onboarding_rules
    )
    assert SEEDS.usage_score_weights["active_days"] == Weight(Fraction(3, 10), Fraction(5))
    assert SEEDS.usage_score_weights["features"].full_at is None
    assert SEEDS.feature_stages["webhook"] == 4
    assert SEEDS.feature_stages["forecast_run"] is None
    assert SEEDS.business_hours == dict.fromkeys(range(1, 6), (540, 1080))
    assert date(2025, 5, 5) in SEEDS.holidays
    assert SEEDS.support_sla["urgent"] == Sla(60, False)


def test_a_project_with_another_config(tmp_path: Path) -> None:
    text = "holiday_on,holiday_name\n2025-06-02,a day of ours\n"
    project = project_with_config(tmp_path / "project", {"holidays": text})
    config = Config.load(project / "seeds/config")
    assert config == replace(SEEDS, holidays=frozenset({date(2025, 6, 2)}))
    assert len(SEEDS.holidays) > 1
    for name in (
        "dbt_project.yml",
        "models/staging/_raw__sources.yml",
        "seeds/sample/raw_plans.csv",
    ):
        assert (project / name).read_bytes() == (ROOT / name).read_bytes()
    assert not (project / "seeds/sample").is_symlink()
    assert not (project / "seeds/config/holidays.csv").is_symlink()


# --- periods, plans, customers -----------------------------------------------------------


def test_periods() -> None:
    marts = build(
        policy=Policy(date(2026, 4, 5), reporting_start_date=date(2025, 4, 2)),
    )
    by_grain: dict[str, list[Row]] = {}
    for row in marts["dim_periods"]:
        by_grain.setdefault(row["period_grain"], []).append(row)
    assert {grain: len(rows) for grain, rows in by_grain.items()} == {
        "day": 369,
        "week": 53,
        "month": 13,
        "quarter": 5,
        "fiscal_year": 2,
        "trailing_12_months": 2,
    }
    firsts = {grain: rows[0] for grain, rows in by_grain.items()}
    assert {grain: row["period_label"] for grain, row in firsts.items()} == {
        "day": "2025-04-02",
        "week": "2025-W14",
        "month": "2025-04",
        "quarter": "FY2025 Q1",
        "fiscal_year": "FY2025",
        "trailing_12_months": "2025-04..2026-03",
    }
    assert firsts["week"]["period_start"] == date(2025, 3, 31)
    assert {row["closing_on"] for row in by_grain["quarter"]} == {
        *(date(2025, 6, 30), date(2025, 9, 30), date(2025, 12, 31), date(2026, 3, 31)),
        date(2026, 4, 5),
    }
    last = by_grain["fiscal_year"][-1]
    assert (last["period_end"], last["fiscal_year"]) == (date(2027, 3, 31), 2026)
    assert [row["is_complete"] for row in by_grain["trailing_12_months"]] == [True, False]
    # The week of 5 April 2026 ends on that Sunday.
    assert by_grain["week"][-1]["is_complete"] is True


@pytest.mark.parametrize(
    ("grain", "start", "previous", "year_ago"),
    [
        ("day", date(2024, 3, 1), date(2024, 2, 29), date(2023, 3, 1)),
        ("day", date(2024, 2, 29), date(2024, 2, 28), date(2023, 2, 28)),
        ("week", date(2025, 1, 6), date(2024, 12, 30), date(2024, 1, 8)),
        ("month", date(2025, 1, 1), date(2024, 12, 1), date(2024, 1, 1)),
        ("quarter", date(2025, 2, 1), date(2024, 11, 1), date(2024, 2, 1)),
        ("fiscal_year", date(2025, 4, 1), date(2024, 4, 1), date(2024, 4, 1)),
        ("trailing_12_months", date(2025, 1, 1), date(2024, 12, 1), date(2024, 1, 1)),
    ],
)
def test_periods_before(grain: str, start: date, previous: date, year_ago: date) -> None:
    policy = Policy(AS_OF, reporting_start_date=start, fiscal_year_start_month=4)
    if grain == "quarter":
        policy = replace(policy, fiscal_year_start_month=2)
    row = only(dim_periods(list(periods(policy, start))), period_grain=grain, period_start=start)
    assert (row["previous_start"], row["year_ago_start"]) == (previous, year_ago)


def test_plans() -> None:
    marts = build({"products": [{"product_id": "core", "product_name": "Core"}]})
    row = only(marts["dim_plans"], plan_id="basic")
    assert (row["product_name"], row["is_free"], row["is_top_tier"]) == ("Core", False, False)
    assert only(marts["dim_plans"], plan_id="chat")["is_top_tier"] is True


def test_what_happens_after_the_as_of_day_is_not_there_yet() -> None:
    marts = build(
        item("i1", "2025-04-10", "2025-06-11"),
        item("i2", "2025-06-11", None, "150"),
        subscription(ended_at="2025-06-30"),
        policy=Policy(date(2025, 6, 10)),
    )
    row = only(marts["dim_customers"])
    assert (row["status"], row["current_mrr"]) == ("active", 100)
    assert row["last_active_on"] == date(2025, 6, 10)
    assert marts["fct_churns"] == []
    june = only(marts["dim_periods"], period_grain="month", period_start=date(2025, 6, 1))
    assert june["is_complete"] is False
    assert june["period_end"] == date(2025, 6, 30)


def test_trials_and_internal_customers() -> None:
    marts = build(
        item("i", "2025-04-10", None),
        customers("c", "new"),
        customers("own", is_internal="1"),
        trial("s", trial_started_at="2025-04-10", trial_ended_at="2025-12-31T15:00Z"),
        trial("t", "new", trial_started_at="2025-04-10", trial_ended_at="2025-12-31T14:59Z"),
    )
    statuses = {row["customer_id"]: row["status"] for row in marts["dim_customers"]}
    assert statuses == {"c": "trial", "new": "prospect"}
    assert marts["fct_mrr_changes"] == []


# --- counting ----------------------------------------------------------------------------


def test_percentiles() -> None:
    values = [Fraction(value) for value in (40, 10, 20)]
    assert median(values) == 20
    assert percentile(values, Fraction(9, 10)) == pytest.approx(36)  # position 1.8 of 0 to 2
    assert percentile(values, Fraction(1)) == 40
    assert median(values[:2]) == 25
    assert median(values[:1]) == 40
    assert median([]) is None
