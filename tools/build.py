"""`make build`: takes in raw files, runs `dbt build`, and prints the latest month's KPIs.

All figures come from the marts; nothing is computed here.
"""

from __future__ import annotations

import argparse
import hashlib
import locale
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import duckdb

from tools.intake import Report, intake
from tools.intake.__main__ import summary
from tools.intake.words import Language
from tools.project import ROOT, add_build_arguments, dbt_command, dbt_vars, run_dbt, warehouse

TAKEN_IN: Final = ROOT / "build" / "intake"
"""Where the intake writes what dbt reads, a folder for each folder of raw files."""

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


def language() -> Language:
    """The language of reports: Japanese where the system's is."""
    named = os.environ.get("LC_ALL") or os.environ.get("LANG") or locale.getlocale()[0] or ""
    return "ja" if named.lower().startswith(("ja", "japanese")) else "en"


def take_in(folder: Path) -> tuple[Path, Report]:
    """Make plain files of a folder of raw files, and say what was found and guessed.

    Args:
        folder: The folder.

    Returns:
        The folder that dbt can read, and the report.

    Raises:
        SystemExit: There are problems; each is told in at most three lines.
    """
    known = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:8]
    out = TAKEN_IN / f"{folder.resolve().name}-{known}"
    report = intake(folder, out)
    for line in summary(report, language()):
        print(line)
    if report.problems:
        told = [problem.message(language()) for problem in report.problems]
        if report.mapping_lines.count("\n") > 2:
            told.append(f"mapping.yml:\n{report.mapping_lines}")
        sys.exit("\n".join(told))
    return out, report


def unaccounted(database: Path, report: Report) -> list[str]:
    """Sentences about tables of which the warehouse has another number of rows than was taken in.

    Args:
        database: The warehouse.
        report: What was taken in.
    """
    with duckdb.connect(str(database), read_only=True) as connection:
        found: Mapping[str, int] = dict(
            connection.execute("select table_name, raw_rows from rpt_raw_reconciliation").fetchall()
        )
    return [
        f"{source.path} has {source.records} records, but dbt read {found[name]} rows of {name}."
        for name, source in report.sources.items()
        if found[name] != source.records
    ]


def main() -> None:
    """Build, then print the headline figures."""
    options = arguments()
    report = None
    raw_dir = options.raw_dir
    variables = dbt_vars(raw_dir, options.as_of, options.vars)
    if raw_dir and options.target == "duckdb":
        plain, report = take_in(Path(raw_dir).expanduser())
        variables["raw_dir"] = str(plain)
    words = ("build", "--exclude-resource-type", "unit_test")
    finished = run_dbt(dbt_command(*words, variables=variables, target=options.target))
    if finished.returncode:
        sys.exit(finished.returncode)
    if options.target != "duckdb":
        print(f"\nMarts: in the schema of the target {options.target}, see profiles/profiles.yml.")
        return
    database = warehouse()
    if report and (lost := unaccounted(database, report)):
        sys.exit("\n".join(lost))
    print(f"\nWarehouse: {database.resolve()} (marts in schema main)\n\n{headline(database)}")


if __name__ == "__main__":
    main()
