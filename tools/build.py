"""`make build`: runs `dbt build`, then prints where the warehouse is and the latest month's KPIs.

All figures come from the marts; nothing is computed here.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import duckdb

from tools.project import add_build_arguments, dbt_command, dbt_vars, run_dbt, warehouse

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
    """Command line of `make build`."""
    parser = argparse.ArgumentParser(prog="python -m tools.build", description=__doc__)
    add_build_arguments(parser)
    parser.add_argument("--target", default="duckdb", help="dbt target: the engine")
    return parser.parse_args()


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
    words = ("build", "--exclude-resource-type", "unit_test")
    finished = run_dbt(dbt_command(*words, variables=variables, target=options.target))
    if finished.returncode:
        sys.exit(finished.returncode)
    if options.target != "duckdb":
        print(f"\nMarts: in the schema of the target {options.target}, see profiles/profiles.yml.")
        return
    database = warehouse()
    print(f"\nWarehouse: {database.resolve()} (marts in schema main)\n\n{headline(database)}")


if __name__ == "__main__":
    main()
