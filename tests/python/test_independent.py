"""Every row and column of the marts against the plain-Python calculation, on random raw data."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from independent import Config, Policy, Row, compute
from independent.compare import compare
from independent.random_company import RawRow, random_company, write_csv
from warehouse import ROOT, Build, build, project_with_config

PERIOD = ["period_grain", "period_start"]
SEGMENT = ["segment_type", "segment_value"]
KEYS = {
    "fct_rejected_rows": ["table_name", "row_key", "reason", "column_name"],
    "fct_flagged_rows": ["table_name", "row_key", "reason", "column_name"],
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
    "fct_plan_changes": ["customer_id", "product_id", "changed_on"],
    "fct_expansion_drivers": ["customer_id", "product_id", *PERIOD],
    "fct_offers": ["offer_id"],
    "kpi_growth": [*PERIOD, *SEGMENT],
    "fct_customer_ltv": ["customer_id"],
    "fct_survival_curve": [*SEGMENT, "tenure_month"],
    "kpi_ltv": [*PERIOD, *SEGMENT],
    "fct_paid_orders": ["order_id"],
    "kpi_repeat": [*PERIOD, *SEGMENT],
    "fct_onboarding": ["customer_id"],
    "fct_trials": ["subscription_id"],
    "kpi_onboarding": [*PERIOD, *SEGMENT],
    "fct_usage_weekly": ["customer_id", "week_start"],
    "fct_usage_scores": ["customer_id", "week_start"],
    "fct_low_use_streaks": ["customer_id", "streak_start"],
    "fct_feature_stages": ["customer_id", "ladder_stage"],
    "fct_campaign_touches": ["touch_id"],
    "fct_community_activities": ["activity_id"],
    "kpi_engagement": [*PERIOD, *SEGMENT],
    "fct_survey_responses": ["response_id"],
    "kpi_nps": [*PERIOD, *SEGMENT],
    "fct_support_tickets": ["ticket_id"],
    "kpi_support": [*PERIOD, *SEGMENT],
    "fct_customer_health": ["customer_id", "month_end"],
    "kpi_health": [*PERIOD, *SEGMENT],
    "fct_customer_alerts": ["customer_id", "alert_type"],
    "fct_expansion_candidates": ["customer_id", "candidate_type", "product_id"],
    "kpi_validation": ["indicator_code", "window_end"],
    "kpi_magic_numbers": ["behaviour_code", "threshold"],
    "dim_kpis": ["kpi_code"],
    "kpi_scorecard": ["kpi_code", *PERIOD, *SEGMENT],
}
# Sentences for readers, which the calculation does not write.
SENTENCES = {"fct_customer_alerts": {"evidence"}, "fct_expansion_candidates": {"evidence"}}
# Marts that only state the configuration.
NOT_COMPUTED = {"rpt_policies"}
START = date(2023, 4, 1)


# Config seeds that are nothing like the project's own.
ODD_CONFIG = {
    # Paths of products only, one of which cannot be completed, and none for product labs.
    "onboarding_rules": """path_id,product_id,step_code,within_days,is_first_value
thorough,core,first_login,0,false
thorough,core,profile_completed,7,true
thorough,core,data_imported,21,false
quick,core,profile_completed,2,false
quick,core,api_connected,3,true
shown,core,first_report_shared,,true
shown,core,invite,1,false
added,addon,first_login,14,false
added,addon,invite,,true
""",
    "usage_score_weights": """component,weight,full_at
active_days,1,3
session_minutes,0,60
features,2.5,
active_users,0.5,
""",
    "feature_catalog": """feature_code,feature_name,ladder_stage,related_product_id
dashboard_view,View,1,
data_import,Import,1,addon
teammate_share,Share,2,
api_call,Call,3,
webhook,Receive,3,core
Webhook,Receive in capitals,,
forecast_run,Forecast,,core
export,Export,,
""",
    "business_hours": """iso_weekday,opens_at,closes_at
1,08:30,12:15
2,08:30,12:15
4,00:00,24:00
5,13:00,13:05
7,00:30,04:15
""",
    "holidays": """holiday_on,holiday_name
2023-11-23,a Thursday
2024-01-01,a Monday
2024-04-28,a Sunday
2024-12-25,a closed day
2025-01-02,a Thursday
2025-03-16,a Sunday
2026-01-15,a Thursday
""",
    "support_sla": """priority,first_response_minutes,is_business_time
urgent,30,false
high,225,true
normal,0,true
low,2000,true
p1,90,false
other,1440,false
""",
    "kpi_targets": """kpi_code,period_grain,starts_on,ends_on,segment_type,segment_value,\
target_value
customer_churn_rate,month,2024-02-01,2024-12-31,all,all,0.02
customer_churn_rate,month,2025-03-01,,all,all,0.05
customer_churn_rate,month,2025-06-15,,all,all,0.01
customer_churn_rate,quarter,2025-02-01,,all,all,0
customer_churn_rate,week,2024-03-04,2025-03-02,all,all,0.004
net_revenue_churn_rate,fiscal_year,2024-02-01,,all,all,0.1
net_revenue_churn_rate,month,2024-02-01,,all,all,-0.01
net_revenue_retention,trailing_12_months,2024-03-01,,all,all,1.1
nps,month,2024-02-01,,all,all,0
nps,month,2024-02-01,,country_code,JP,15
nps,quarter,2024-02-01,,country_code,(none),-20
usage_score,day,2025-01-01,2025-01-31,all,all,30
cac,month,2024-02-01,,all,all,100
ltv_survival,quarter,2024-02-01,,all,all,100
""",
}
MIXED_CONFIG = {
    # Paths for everybody and for products, some steps in several of them.
    "onboarding_rules": """path_id,product_id,step_code,within_days,is_first_value
anybody,,first_login,10,false
anybody,,first_report_shared,45,true
labs,labs,api_connected,60,true
core,core,first_login,3,false
core,core,profile_completed,5,false
""",
    "health_score_weights": """component,weight
nps,0.3
usage,0.15
support,0
onboarding,0.55
""",
    "health_bands": """health_band,from_score
green,62.5
yellow,25
red,0
""",
    "usage_score_weights": """component,weight,full_at
session_minutes,1,90
active_users,3,
active_days,0.25,2.5
""",
}


@dataclass(frozen=True)
class Case:
    """A random company, the policy and config seeds it is built with, and what it lacks.

    What it lacks are raw tables, or columns of them as `table.column`.
    """

    seed: int
    policy: Policy
    absent: tuple[str, ...] = ()
    config: Mapping[str, str] = field(default_factory=dict)
    from_year_one: bool = False


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
            gross_margin=0.65,
            monthly_discount_rate=0.0,
            ltv_max_lifetime_months=24,
            survival_min_at_risk=10,
            trial_conversion_days=14,
            low_usage_minutes=30,
            low_usage_weeks=2,
            ladder_days=45,
            health_nps_days=120,
            health_payment_days=45,
            health_engagement_days=30,
            health_open_ticket_days=3,
            renewal_alert_days=120,
            bill_shock_ratio=1.1,
            bill_shock_minutes_growth=0.25,
            validation_horizon_days=60,
            early_days=30,
            magic_min_customers=12,
            dormant_days=20,
            winback_days=100,
            mrr_gap_days=3,
            segments=(
                *("plan", "country_code", "price_group", "ticket_priority", "priority"),
                "ticket_channel",
            ),
            customer_columns=("priority", "price_group"),
            max_segment_values=4,
        ),
        config=ODD_CONFIG,
    ),
    "foreign_currency": Case(
        3,
        Policy(
            as_of_date=date(2026, 3, 1),
            reporting_timezone="UTC",
            source_timezone="America/New_York",
            reporting_currency="USD",
            fiscal_year_start_month=1,
            renewal_grace_days=0,
            gross_margin=1.0,
            monthly_discount_rate=0.005,
            ltv_max_lifetime_months=7,
            survival_min_at_risk=100,
            trial_conversion_days=0,
            low_usage_minutes=0,
            low_usage_weeks=1,
            ladder_days=30,
            validation_horizon_days=30,
            magic_min_customers=20,
            max_segment_values=2,
        ),
        ("feature_events",),
        MIXED_CONFIG,
    ),
    "few_tables": Case(
        4,
        Policy(
            as_of_date=date(2025, 12, 31),
            survival_min_at_risk=1,
            trial_conversion_days=7,
            ladder_days=90,
            max_reporting_years=2,
            segments=("product", "csm_owner"),
        ),
        (
            *("sessions", "campaigns", "exchange_rates", "products", "offers"),
            *("onboarding_events", "community_activities", "feature_events.user_id"),
            *("subscription_items.discount_rate", "support_tickets.priority"),
            "subscriptions.started_at",
        ),
        from_year_one=True,
    ),
}


def without(raw: dict[str, list[RawRow]], absent: tuple[str, ...]) -> dict[str, list[RawRow]]:
    """The raw tables without some of them, or some of their columns."""
    return {
        table: [
            {name: text for name, text in row.items() if f"{table}.{name}" not in absent}
            for row in rows
        ]
        for table, rows in raw.items()
        if table not in absent
    }


def add_first_customer(raw: dict[str, list[RawRow]]) -> None:
    """A customer whose sign-up and subscription have dates that programs write for none."""
    began: RawRow = {"customer_id": "first", "subscription_id": "first", "plan_id": "anchor"}
    began |= {"signed_up_at": "0001-01-03T00:00:00Z", "started_at": "1970-01-01T00:00:00Z"}
    began |= {"subscription_item_id": "first", "valid_from": "1970-01-01T00:00:00Z"}
    began |= {"unit_price": "70", "quantity": "1", "billing_interval": "month"}
    began |= {"currency_code": "JPY"}
    for table in ("customers", "subscriptions", "subscription_items"):
        columns = raw[table][0]
        raw[table].append({name: began.get(name) for name in columns})


def variables(policy: Policy, folder: Path) -> dict[str, Any]:
    """The policy as dbt vars, reading files from a folder, whatever share is rejected."""
    return {
        **{name: getattr(policy, name) for name in policy.__dataclass_fields__},
        "segments": list(policy.segments),
        "customer_columns": list(policy.customer_columns),
        "raw_mode": "files",
        "raw_dir": str(folder),
        "max_rejected_share": 1,
    }


def marts_of(built: Build) -> set[str]:
    """All marts of a warehouse; config seeds are in a schema of their own."""
    found = built.query(
        "select table_name from information_schema.tables"
        " where table_schema = 'main' and regexp_matches(table_name, '^(dim|fct|kpi|rpt)_')"
    )
    return {name for (name,) in found}


def without_columns(rows: Sequence[Row], columns: Collection[str]) -> list[Row]:
    """The rows without some columns."""
    return [{name: row[name] for name in row if name not in columns} for row in rows]


def check(case: Case, tmp_path: Path) -> None:
    """No row and no column of a mart differs from the calculation by hand."""
    days = (case.policy.as_of_date - START).days
    raw = without(random_company(case.seed, 300, START, days), case.absent)
    if case.from_year_one:
        add_first_customer(raw)
    write_csv(raw, tmp_path / "raw")
    project = project_with_config(tmp_path / "project", case.config) if case.config else ROOT

    built = build(tmp_path, variables(case.policy, tmp_path / "raw"), project)
    expected = compute(raw, case.policy, Config.load(project / "seeds/config"))

    assert set(expected) == set(KEYS)
    assert marts_of(built) == KEYS.keys() | NOT_COMPUTED
    differences = [
        difference
        for table, key in KEYS.items()
        for difference in compare(
            table,
            key,
            expected[table],
            without_columns(built.rows(table), SENTENCES.get(table, ())),
        )
    ]
    assert not differences, f"{len(differences)} differences:\n" + "\n".join(differences[:40])


@pytest.mark.parametrize("name", CASES)
def test_marts_equal_the_independent_calculation(name: str, tmp_path: Path) -> None:
    """On a company for each kind of policy, config seeds and missing tables."""
    check(CASES[name], tmp_path)


def mixed(seed: int) -> Case:
    """A further company: policies, config seeds and missing tables of the cases, mixed anew."""
    rng = random.Random(seed)
    cases = list(CASES.values())
    # targets of config seeds are for segments that there must be
    of_config = rng.choice(cases)
    policies = {
        name: getattr(rng.choice(cases).policy, name)
        for name in Policy.__dataclass_fields__
        if name not in ("segments", "customer_columns")
    }
    return Case(
        seed,
        Policy(
            **policies,
            segments=of_config.policy.segments,
            customer_columns=of_config.policy.customer_columns,
        ),
        tuple(name for case in cases for name in case.absent if rng.random() < 0.2),
        of_config.config,
    )


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 160))
def test_further_companies(seed: int, tmp_path: Path) -> None:
    """The same on other companies with other combinations."""
    check(mixed(seed), tmp_path)


def test_every_policy_has_another_value_in_some_case() -> None:
    """Whatever a policy decides differs from its default somewhere."""
    default = Policy(as_of_date=date.min)
    for name in Policy.__dataclass_fields__:
        values = {getattr(case.policy, name) for case in CASES.values()}
        assert values - {getattr(default, name)}, name
