"""Column-level lineage by dbt-colibri, and which columns of the marts reach no raw column."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from fnmatch import fnmatch
from pathlib import Path

from tools.project import is_mart

# Columns of marts that come from no raw column, and why. Patterns of mart.column.
CONSTANTS = {
    "*.period_grain": "names of the six grains, macros/periods/periods.sql",
    "dim_kpis.*": "config seed kpi_catalog",
    "kpi_scorecard.kpi_code": "config seed kpi_catalog",
    "kpi_scorecard.target_value": "config seed kpi_targets",
    "fct_customer_health.health_band": "config seed health_bands, chosen by the score",
    "kpi_health.*_rate": "counts by band of the config seed health_bands",
    "kpi_magic_numbers.behaviour_code": "names of behaviours, int_early_behaviours",
    "fct_customer_alerts.alert_type": "names of the alerts, models/intermediate/health",
    "fct_expansion_candidates.candidate_type": "upsell or cross_sell",
    "kpi_validation.indicator_code": "names of the indicators, macros/metrics/validation.sql",
    "fct_churns.reason_code": "config seed churn_reasons, chosen by a raw code",
    "fct_churns.reason_group": "config seed churn_reasons, chosen by a raw code",
    "fct_churns.is_graduated": "config seed churn_reasons, chosen by a raw code",
    "fct_churns.is_involuntary": "config seed churn_reasons, chosen by a raw code",
    "fct_feature_stages.ladder_stage": "config seed feature_catalog, chosen by a raw code",
    "fct_flagged_rows.table_name": "names of the raw tables",
    "fct_flagged_rows.column_name": "names of the raw columns",
    "fct_flagged_rows.reason": "names of rules",
    "fct_rejected_rows.table_name": "names of the raw tables",
    "fct_rejected_rows.column_name": "names of the raw columns",
    "rpt_raw_reconciliation.table_name": "names of the raw tables",
    "rpt_raw_reconciliation.is_present": "whether the raw table was landed",
    "rpt_raw_reconciliation.origin": "where the raw table was found",
    "rpt_policies.*": "vars of the build",
}
# Columns that count rows, each row as 1, so that no column of it is read.
COUNTS = (
    "fct_customer_ltv.paid_orders",
    "fct_rejected_rows.raw_rows",
    "fct_usage_weekly.sessions",
    "fct_usage_weekly.features_used",
    "kpi_engagement.community_customers",
    "kpi_engagement.low_usage_customers",
    "kpi_engagement.stage_due_customers",
    "kpi_engagement.touches_sent",
    "kpi_growth.observed_upsells",
    "kpi_growth.offers_decided",
    "kpi_health.green_customers",
    "kpi_health.red_customers",
    "kpi_health.scored_customers",
    "kpi_health.yellow_customers",
    "kpi_magic_numbers.customers_above",
    "kpi_magic_numbers.customers_below",
    "kpi_nps.nps_answers",
    "kpi_nps.surveys_sent",
    "kpi_onboarding.due_customers",
    "kpi_onboarding.signed_up_customers",
    "kpi_onboarding.trials_ended",
    "kpi_renewal.due_contracts",
    "kpi_repeat.observed_customers_180d",
    "kpi_repeat.ordering_customers",
    "kpi_repeat.repeat_customers",
    "kpi_repeat.repeat_rate",
    "kpi_revenue_retention.transferred_in_customers",
    "kpi_revenue_retention.transferred_out_customers",
    "kpi_revenue_retention.winback_eligible_churns",
    "kpi_support.tickets_opened",
    "kpi_validation.observations",
    "rpt_raw_reconciliation.raw_rows",
)


def write_lineage(target: Path, folder: Path) -> None:
    """Write the lineage pages of a project.

    Args:
        target: dbt's target folder with manifest.json and catalog.json.
        folder: Where index.html and colibri-manifest.json go.

    Raises:
        SystemExit: The tool reported an error; it would otherwise end with success and leave
            the columns of a model out.
    """
    finished = subprocess.run(
        [
            *(sys.executable, "-c", "from dbt_colibri.cli.cli import cli; cli()"),
            "generate",
            "--disable-telemetry",
            "--output-dir",
            str(folder),
            "--manifest",
            str(target / "manifest.json"),
            "--catalog",
            str(target / "catalog.json"),
        ],
        env={**os.environ, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    printed = finished.stdout + finished.stderr
    errors = [line for line in printed.splitlines() if "[ERROR]" in line]
    if finished.returncode or errors:
        sys.exit("The lineage is incomplete:\n" + ("\n".join(errors) or printed))


def is_raw(node: str) -> bool:
    """Whether a node is a raw table: a source, or a seed of the sample company."""
    return node.startswith(("source.", "seed.customer_success.raw_"))


def untraced(lineage: Path) -> list[str]:
    """Columns of marts that reach no raw column and are not listed above.

    Args:
        lineage: The file colibri-manifest.json.

    Returns:
        Sorted names, mart.column.
    """
    report = json.loads(lineage.read_text(encoding="utf-8"))
    parents = defaultdict(set)
    for edge in report["lineage"]["edges"]:
        if edge.get("sourceColumn") and edge.get("targetColumn"):
            parents[edge["target"], edge["targetColumn"]].add(
                (edge["source"], edge["sourceColumn"])
            )

    traced = {column for column in parents if is_raw(column[0])}
    traced |= {source for sources in parents.values() for source in sources if is_raw(source[0])}
    waiting = set(parents)
    while reached := {column for column in waiting if parents[column] & traced}:
        traced |= reached
        waiting -= reached

    found = []
    for node, described in report["nodes"].items():
        mart = node.rsplit(".", 1)[-1]
        if node.startswith("model.") and is_mart(mart):
            found += [
                f"{mart}.{column}"
                for column in described["columns"]
                if (node, column) not in traced and not is_listed(f"{mart}.{column}")
            ]
    return sorted(found)


def is_listed(column: str) -> bool:
    """Whether a column, as mart.column, is a listed constant or count."""
    return column in COUNTS or any(fnmatch(column, pattern) for pattern in CONSTANTS)
