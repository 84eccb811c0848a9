"""`make build`: runs `dbt build`, then says where the warehouse is and how the last month went.

All figures come from the marts; nothing is computed here.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import yaml

HEADLINES = (
    ("MRR", "closing_mrr", "{:,.0f} {currency}"),
    ("ARR", "arr", "{:,.0f} {currency}"),
    ("Active customers", "closing_customers", "{:,}"),
    ("New customers", "new_customers", "{:,}"),
    ("Churned customers", "churned_customers", "{:,}"),
    ("Customer churn rate", "customer_churn_rate", "{:.2%}"),
    ("Revenue churn rate", "revenue_churn_rate", "{:.2%}"),
    ("Net revenue retention", "net_revenue_retention", "{:.1%}"),
    ("Gross revenue retention", "gross_revenue_retention", "{:.1%}"),
    ("Contract renewal rate", "contract_renewal_rate", "{:.1%}"),
    ("  of it voluntary", "voluntary_renewal_rate", "{:.1%}"),
)


def arguments() -> argparse.Namespace:
    """Command line of `make build`; empty values mean the default."""
    parser = argparse.ArgumentParser(prog="python -m tools.build", description=__doc__)
    parser.add_argument("--raw-dir", default="", help="folder with <table>.parquet or <table>.csv")
    parser.add_argument("--as-of", default="", help="last day that counts, YYYY-MM-DD")
    parser.add_argument("--vars", default="{}", help="further dbt vars, as YAML")
    parser.add_argument("--target", default="duckdb", help="dbt target: the engine")
    return parser.parse_args()


def dbt_vars(raw_dir: str, as_of: str, further: str) -> dict[str, object]:
    """The dbt vars that the command line asks for.

    Args:
        raw_dir: Folder with raw files; empty for the sample company.
        as_of: Last day that counts, YYYY-MM-DD; empty for the default.
        further: A YAML mapping of vars.

    Raises:
        SystemExit: `further` is not a mapping; the message says what to write.
    """
    try:
        variables = yaml.safe_load(further) or {}
    except yaml.YAMLError:
        variables = None
    if not isinstance(variables, dict):
        sys.exit(f"VARS must be a mapping such as '{{reporting_currency: USD}}', not: {further}")
    if raw_dir:
        variables |= {"raw_mode": "files", "raw_dir": str(Path(raw_dir).expanduser())}
    if as_of:
        variables["as_of_date"] = as_of
    return variables


def headline(database: Path) -> str:
    """The latest complete month's figures for all customers, read from the marts, as lines."""
    with duckdb.connect(str(database), read_only=True) as connection:
        cursor = connection.execute(
            """
            select
                retention.*,
                renewal.contract_renewal_rate,
                renewal.voluntary_renewal_rate,
                periods.period_label,
                policies.policy_value as currency
            from kpi_revenue_retention as retention
            inner join kpi_renewal as renewal using (
                period_grain, period_start, segment_type, segment_value
            )
            inner join dim_periods as periods using (period_grain, period_start)
            inner join rpt_policies as policies on policies.policy_name = 'reporting_currency'
            where period_grain = 'month' and segment_type = 'all'
            order by retention.is_complete desc, period_start desc
            limit 1
            """
        )
        names = [column[0] for column in cursor.description or []]
        row = cursor.fetchone()
    if row is None:
        return "There is no month to report."
    month = dict(zip(names, row, strict=True))
    complete = "" if month["is_complete"] else " (not complete)"
    lines = [f"{month['period_label']}{complete}, all customers"]
    for label, column, form in HEADLINES:
        value = month[column]
        text = "–" if value is None else form.format(value, currency=month["currency"])
        lines.append(f"  {label:<24}{text:>22}")
    return "\n".join(lines)


def main() -> None:
    """Build, then print the headline figures."""
    options = arguments()
    variables = dbt_vars(options.raw_dir, options.as_of, options.vars)
    dbt = Path(sys.executable).with_name("dbt")
    command = [str(dbt), "build", "--exclude-resource-type", "unit_test"]
    command += ["--target", options.target]
    finished = subprocess.run([*command, "--vars", json.dumps(variables, default=str)], check=False)
    if finished.returncode:
        sys.exit(finished.returncode)
    if options.target != "duckdb":
        print(f"\nThe marts are in the schema of the target {options.target} (profiles/).")
        return
    database = Path(os.environ.get("DUCKDB_PATH", "customer_success.duckdb"))
    print(f"\nWarehouse: {database.resolve()} (marts in schema main)\n\n{headline(database)}")


if __name__ == "__main__":
    main()
