"""The project against itself: contract, models, macros, seeds and settings name the same things."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from warehouse import ROOT, run_dbt

from tools.dbt import PARSED
from tools.generate import __main__ as generate

MODELS = ROOT / "models"
MARTS = sorted(path for room in ("facts", "kpis") for path in (MODELS / room).rglob("*.sql"))
SEGMENTED = "period_grain period_start period_end is_complete segment_type segment_value"
# What others read: a column that goes or changes its name is a new version of its mart.
PUBLIC = {
    "dim_periods": "period_grain period_start period_end is_complete period_label fiscal_year",
    "dim_customers": """customer_id customer_name signed_up_on country_code industry company_size
        acquisition_channel csm_owner signup_fiscal_year first_active_on last_active_on is_active
        current_mrr current_plan_id current_product_id status""",
    "dim_plans": "plan_id product_id plan_name product_name tier_rank is_free is_top_tier",
    "fct_mrr_changes": """customer_id changed_on mrr_before mrr_after plan_id_before
        plan_id_after""",
    "fct_mrr_movements": """period_grain period_start period_end is_complete customer_id
        movement_type opening_mrr closing_mrr mrr_change opening_plan_id closing_plan_id""",
    "fct_churns": """customer_id churned_on mrr_lost tenure_days plan_id reason_code reason_group
        is_graduated is_involuntary reactivated_on was_onboarded last_nps_score""",
    "kpi_revenue_retention": f"""{SEGMENTED} opening_customers new_customers
        reactivated_customers churned_customers closing_customers intra_period_customers
        opening_mrr new_mrr reactivation_mrr expansion_mrr contraction_mrr churn_mrr closing_mrr
        transferred_in_customers transferred_out_customers transferred_in_mrr transferred_out_mrr
        customer_churn_rate revenue_churn_rate gross_revenue_churn_rate net_revenue_churn_rate
        gross_revenue_retention net_revenue_retention customer_retention_rate
        existing_customer_share quick_ratio arr arpa avoidable_churn_rate winback_rate""",
    "fct_cohort_retention": """cohort_month months_since segment_type segment_value
        cohort_customers retained_customers cohort_mrr retained_mrr customer_retention_rate
        mrr_retention_rate""",
    "fct_contract_renewals": """contract_id customer_id term_start term_end status renewal_type
        renewed_contract_id due_monthly_value renewed_monthly_value is_dormant""",
    "kpi_renewal": f"""{SEGMENTED} due_contracts pending_contracts renewed_contracts
        manually_renewed_contracts auto_renewed_contracts dormant_auto_renewed_contracts
        contract_renewal_rate contract_value_renewal_rate voluntary_renewal_rate
        dormant_auto_renewal_share""",
    "fct_plan_changes": """customer_id product_id changed_on change_type plan_id_before
        plan_id_after mrr_change churned_within_90_days""",
    "fct_expansion_drivers": """period_grain period_start period_end is_complete customer_id
        product_id driver mrr_change""",
    "kpi_growth": f"""{SEGMENTED} opening_customers upsold_customers cross_sold_customers
        downgraded_customers upsell_rate cross_sell_rate downgrade_rate offers_decided
        offers_accepted offer_acceptance_rate post_upsell_churn_rate""",
    "fct_customer_ltv": "customer_id first_ordered_on last_ordered_on paid_orders historic_ltv",
    "fct_survival_curve": """segment_type segment_value tenure_month at_risk churned hazard
        survival""",
    "kpi_ltv": f"""{SEGMENTED} historic_ltv average_order_value orders_per_customer_month
        expected_lifetime_months ltv_formula ltv_subscription ltv_survival cac ltv_cac_ratio
        cac_payback_months""",
    "kpi_repeat": f"{SEGMENTED} ordering_customers repeat_customers repeat_rate repeat_rate_180d",
    "fct_onboarding": """customer_id signed_up_on deadline_on completed_on status days_to_onboard
        first_value_on days_to_first_value""",
    "fct_trials": """subscription_id customer_id trial_started_on trial_ended_on converted_on
        is_converted onboarded_within_24_hours""",
    "kpi_onboarding": f"""{SEGMENTED} due_customers completed_customers
        onboarding_completion_rate median_days_to_onboard median_days_to_first_value trials_ended
        trials_converted trial_conversion_rate fast_onboarding_conversion_rate
        other_conversion_rate conversion_uplift""",
    "fct_usage_weekly": """customer_id week_start sessions session_minutes active_days active_users
        features_used""",
    "fct_usage_scores": "customer_id week_start seats usage_score",
    "fct_low_use_streaks": "customer_id streak_start streak_end weeks is_open",
    "fct_feature_stages": "customer_id ladder_stage reached_on",
    "kpi_engagement": f"""{SEGMENTED} usage_score low_usage_customers low_usage_customer_rate
        top_stage_rate community_participation_rate touches_sent touches_responded
        campaign_delivered_rate campaign_open_rate campaign_click_rate campaign_response_rate""",
    "fct_survey_responses": """response_id survey_type customer_id respondent_id sent_on
        responded_on score nps_group""",
    "kpi_nps": f"""{SEGMENTED} nps_answers promoters passives detractors nps surveys_sent
        nps_response_rate csat ces""",
    "fct_support_tickets": """ticket_id customer_id opened_on priority first_response_minutes
        first_response_business_minutes resolution_minutes is_within_sla""",
    "kpi_support": f"""{SEGMENTED} tickets_opened tickets_unanswered
        median_first_response_minutes p90_first_response_minutes
        median_first_response_business_minutes first_response_within_sla_rate
        median_resolution_minutes""",
    "fct_customer_health": """customer_id month_end usage onboarding nps support payment engagement
        health_score health_band""",
    "fct_customer_alerts": "customer_id alert_type raised_on evidence mrr_at_risk",
    "fct_expansion_candidates": """customer_id candidate_type product_id evidence usage_score
        current_mrr""",
    "kpi_validation": """indicator_code window_start window_end observations churned mean_churned
        mean_retained auc auc_low auc_high worst_fifth_churn_rate best_fifth_churn_rate verdict""",
    "kpi_magic_numbers": """behaviour_code threshold customers_above customers_below
        retained_rate_above retained_rate_below lift precision recall mcc chi_square is_best
        is_significant""",
    "dim_kpis": "kpi_code kpi_name kpi_name_ja category formula unit direction timing source",
    "kpi_scorecard": f"""kpi_code {SEGMENTED} numerator denominator value previous_value
        year_ago_value target_value attainment status""",
    "fct_rejected_rows": "table_name row_key reason column_name bad_value loaded_at",
    "rpt_raw_reconciliation": """table_name is_present origin raw_rows used_rows superseded_rows
        deleted_rows rejected_rows""",
}


def read_yaml(path: Path) -> Any:
    """The contents of a YAML file."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def meta(thing: dict[str, Any]) -> dict[str, Any]:
    """The meta of a source table or column."""
    found: dict[str, Any] = thing.get("config", {}).get("meta", {})
    return found


def committed_files() -> Iterator[Path]:
    """Files under version control, and new ones that are not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            yield ROOT / name


(SOURCE,) = read_yaml(MODELS / "staging" / "_raw__sources.yml")["sources"]
CONTRACT: dict[str, dict[str, Any]] = {table["name"]: table for table in SOURCE["tables"]}
COLUMNS = {
    table: {column["name"]: column for column in contract["columns"]}
    for table, contract in CONTRACT.items()
}


@pytest.mark.parametrize("table", CONTRACT)
def test_every_raw_table_has_its_models(table: str) -> None:
    """One base model that checks it, and one staging model that reads that."""
    base = MODELS / "staging" / "base" / f"base_{table}.sql"
    staging = MODELS / "staging" / f"stg_{table}.sql"
    assert base.read_text(encoding="utf-8").strip() == f"{{{{ checked_raw_rows('{table}') }}}}"
    assert f"ref('customer_success', 'base_{table}')" in staging.read_text(encoding="utf-8")


def test_there_are_no_other_staging_models() -> None:
    """Every file under staging belongs to a table of the contract."""
    found = {path.stem for path in (MODELS / "staging").rglob("*.sql")}
    assert found == {f"{kind}_{table}" for kind in ("base", "stg") for table in CONTRACT}


def test_referenced_tables_have_a_key_of_one_column() -> None:
    """A reference is looked up by the first part of the key, so there must not be another."""
    for columns in COLUMNS.values():
        for rules in map(meta, columns.values()):
            if "references" in rules:
                assert len(meta(CONTRACT[rules["references"]])["key"]) == 1


def test_generated_files_are_up_to_date() -> None:
    """Each is what `make generate` writes."""
    assert generate.outdated(ROOT) == []


def test_outdated_files_are_named_and_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--check fails over a file that differs and one that is missing, until they are written."""
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    for name, _ in generate.FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    generate.main(["--check"])
    macros, docs = "macros/raw/contract_tables.sql", "models/staging/_raw__columns.md"
    (tmp_path / macros).write_text("-- edited by hand", encoding="utf-8")
    (tmp_path / docs).unlink()
    with pytest.raises(SystemExit) as failed:
        generate.main(["--check"])
    assert failed.value.code == f"Out of date; run `make generate`:\n{macros}\n{docs}"
    generate.main([])
    generate.main(["--check"])


@pytest.mark.parametrize("path", MARTS, ids=lambda path: path.stem)
def test_marts_are_described_and_keep_their_columns(path: Path) -> None:
    """Each column has a type and a description; the public ones are all there."""
    (model,) = read_yaml(path.with_suffix(".yml"))["models"]
    assert model["name"] == path.stem
    assert model["description"]
    assert any("unique_key" in test for test in model["data_tests"])
    for column in model["columns"]:
        assert column["data_type"], column
        assert column["description"], column
    columns = {column["name"] for column in model["columns"]}
    assert len(columns) == len(model["columns"])
    assert set(PUBLIC.get(path.stem, "").split()) <= columns


def test_public_marts_are_there() -> None:
    """Every mart that others read exists."""
    assert set(PUBLIC) <= {path.stem for path in MARTS}


def test_models_are_short() -> None:
    """Nobody has to read more than 200 lines at once."""
    lines = {
        path.name: len(path.read_text(encoding="utf-8").splitlines())
        for path in MODELS.rglob("*.sql")
    }
    assert {name: count for name, count in lines.items() if count > 200} == {}


def test_dbt_parses_without_a_warning(tmp_path: Path) -> None:
    """Neither a deprecation nor anything else that dbt would rather have otherwise.

    But for what its converters of the semantic layer say: the open notation has no windows of
    cumulative metrics, and a count with an expression is rewritten.
    """
    run = run_dbt(tmp_path, command=("parse", "--no-partial-parse", "--show-all-deprecations"))
    assert run.returncode == 0, run.output
    printed = [
        line[10:]
        for line in run.output.splitlines()
        if "included in the OSI document" not in line and "fix_proxy_metrics" not in line
    ]
    assert [line.split(":")[0].split("=")[0] for line in printed] == [
        "Running with dbt",
        "Registered adapter",
        "Performance info",
    ], run.output


# A value of another kind of policy, for vars whose value is no number.
OTHER_VALUES = {
    "raw_dir": "/elsewhere",
    "package_schema": "elsewhere",
    "as_of_date": "2025-12-31",
    "sample_as_of_date": "2026-01-31",
    "reporting_start_date": "2024-02-11",
    "reporting_timezone": "America/New_York",
    "source_timezone": "America/New_York",
    "reporting_currency": "USD",
    "churn_recognition": "cancel_request",
    "reader_roles": ["reader"],
    "segments": ["plan"],
    "customer_columns": ["region"],
}


@pytest.mark.parametrize(
    ("mode", "other"),
    [("files", "schema"), pytest.param("seeds", "seeds", marks=pytest.mark.long)],
)
def test_a_manifest_depends_on_few_vars(mode: str, other: str, tmp_path: Path) -> None:
    """One parse serves runs of all policies; run_dbt of the tests relies on it."""
    text = (ROOT / "dbt_project.yml").read_text(encoding="utf-8")
    values = yaml.safe_load(text)["vars"]
    others = {
        name: OTHER_VALUES[name] if name in OTHER_VALUES else value + 1
        for name, value in values.items()
        if name not in ("raw_mode", *PARSED)
    }
    assert {name for name, value in others.items() if value == values[name]} == set()
    found = []
    policies: list[dict[str, Any]] = [{"raw_mode": mode}, {"raw_mode": other, **others}]
    for number, variables in enumerate(policies):
        run = run_dbt(tmp_path / str(number), variables, ("parse", "--no-partial-parse"))
        assert run.returncode == 0, run.output
        path = tmp_path / str(number) / "target" / "manifest.json"
        manifest = json.loads(
            path.read_text(encoding="utf-8"),
            object_hook=lambda item: {k: v for k, v in item.items() if k != "created_at"},
        )
        found.append({kind: things for kind, things in manifest.items() if kind != "metadata"})
    assert found[0]["nodes"]
    for kind in found[0]:
        assert found[0][kind] == found[1][kind], kind


def test_vars_are_explained() -> None:
    """Each has a comment beside it and a place in the definitions."""
    text = (ROOT / "dbt_project.yml").read_text(encoding="utf-8")
    definitions = "".join(
        page.read_text(encoding="utf-8") for page in (ROOT / "docs" / "definitions").glob("*.md")
    )
    variables = yaml.safe_load(text)["vars"]
    assert variables
    for name in variables:
        assert re.search(rf"^  {name}:.*  # \S", text, re.MULTILINE), name
        assert f"`{name}`" in definitions or f"`{name}:" in definitions, name


def test_no_file_depends_on_a_place() -> None:
    """Nothing names the host of a package index or a folder outside of the project."""
    outside = re.compile(rb"pypi\.org|pythonhosted|--index-url|--extra-index-url|\.\./" rb"shared")
    offenders = [
        str(path.relative_to(ROOT))
        for path in committed_files()
        if path != Path(__file__) and outside.search(path.read_bytes())
    ]
    assert offenders == []
