"""`make build`: takes in raw files, runs `dbt build`, and prints the latest month's KPIs.

What cannot end well is told before dbt starts. All figures come from the marts; nothing is computed
here.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import locale
import os
import re
import sys
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import duckdb

from tools.dbt import commands_of
from tools.intake import Report, intake
from tools.intake.__main__ import summary
from tools.intake.words import Language
from tools.policies import defaults, policy_problems
from tools.project import ROOT, add_build_arguments, dbt_vars, warehouse
from tools.quiet import run

TAKEN_IN: Final = ROOT / "build" / "intake"
"""Where the intake writes what dbt reads, a folder for each folder of raw files."""

CONFIG_SEEDS: Final = ["--quiet", "seed", "--select", "path:seeds/config"]
"""The command of dbt that loads what the check reads beside raw tables."""

HEADLINES = (
    ("MRR", "MRR", "closing_mrr", "{:,.0f} {currency}"),
    ("ARR", "ARR", "arr", "{:,.0f} {currency}"),
    ("Active customers", "契約社数", "closing_customers", "{:,}"),
    ("New customers", "新規社数", "new_customers", "{:,}"),
    ("Churned customers", "解約社数", "churned_customers", "{:,}"),
    ("Customer churn rate", "解約率（社数）", "customer_churn_rate", "{:.2%}"),
    ("Revenue churn rate", "レベニューチャーン", "revenue_churn_rate", "{:.2%}"),
    ("Net revenue retention", "NRR（純売上維持率）", "net_revenue_retention", "{:.1%}"),
    ("Gross revenue retention", "GRR（総売上維持率）", "gross_revenue_retention", "{:.1%}"),
    ("Contract renewal rate", "契約更新率", "contract_renewal_rate", "{:.1%}"),
    ("  of it voluntary", "  うち自発的な更新", "voluntary_renewal_rate", "{:.1%}"),
)
"""The figures at the end: name in English and Japanese, column, form."""

WORDS: Final[Mapping[str, Mapping[Language, str]]] = {
    "nothing": {"en": "Nothing was built:", "ja": "何も構築していません:"},
    "policies": {
        "en": "Policies other than the defaults: {text}",
        "ja": "既定値と異なるポリシー: {text}",
    },
    "progress": {
        "en": "{done} of {total} steps, {seconds:.0f} s",
        "ja": "{total} ステップ中 {done}、{seconds:.0f} 秒",
    },
    "steps": {
        "en": "Built and tested: {done} steps in {seconds:.0f} s.",
        "ja": "構築とテスト: {done} ステップ、{seconds:.0f} 秒。",
    },
    "log": {"en": "dbt's log: {path}", "ja": "dbt のログ: {path}"},
    "warehouse": {
        "en": "Warehouse: {path} (marts in schema main)",
        "ja": "ウェアハウス: {path}（マートはスキーマ main）",
    },
    "schema": {
        "en": "Marts: in the schema of the target {target}, see profiles/profiles.yml.",
        "ja": "マート: ターゲット {target} のスキーマ（profiles/profiles.yml を参照）。",
    },
    "month": {"en": "{month}, all customers", "ja": "{month}、全顧客"},
    "incomplete": {"en": " (not complete)", "ja": "（集計途中）"},
    "no_month": {"en": "There is no month to report.", "ja": "集計できる月がありません。"},
}
"""What `make build` itself says, in each language."""

LABEL: Final = 24
VALUE: Final = 22
"""Widths of the figures' names and values, in characters of Latin script."""


def arguments() -> argparse.Namespace:
    """Command line of `make build`."""
    parser = argparse.ArgumentParser(prog="python -m tools.build", description=__doc__)
    add_build_arguments(parser)
    parser.add_argument("--target", default="duckdb", help="dbt target: the engine")
    return parser.parse_args()


def headline(database: Path, told: Language = "en") -> str:
    """The latest complete month's figures for all customers, read from the marts, as lines.

    Args:
        database: The warehouse.
        told: The language.
    """
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
        return WORDS["no_month"][told]
    month = dict(zip(names, row, strict=True))
    complete = "" if month["is_complete"] else WORDS["incomplete"][told]
    lines = [WORDS["month"][told].format(month=month["period_label"]) + complete]
    for english, japanese, column, form in HEADLINES:
        label = japanese if told == "ja" else english
        value = month[column]
        text = "–" if value is None else form.format(value, currency=month["currency"])
        lines.append(f"  {label}{' ' * (LABEL - width(label))}{text:>{VALUE}}")
    return "\n".join(lines)


def width(text: str) -> int:
    """Columns that a text takes on a terminal: two for each full-width character."""
    return sum(2 if unicodedata.east_asian_width(sign) in "FW" else 1 for sign in text)


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

    What was left out has none, and dbt has said so.

    Args:
        database: The warehouse.
        report: What was taken in.
    """
    with duckdb.connect(str(database), read_only=True) as connection:
        found: Mapping[str, int] = dict(
            connection.execute(
                "select table_name, raw_rows from rpt_raw_reconciliation where is_present"
            ).fetchall()
        )
    return [
        f"{source.path} has {source.records} records, but dbt read {found[name]} rows of {name}."
        for name, source in report.sources.items()
        if found.get(name, source.records) != source.records
    ]


def warehouse_problem(database: Path) -> str:
    """Why a warehouse cannot be written, as a sentence; empty when it can.

    Args:
        database: Path of a DuckDB file, which need not be there.
    """
    if not database.parent.is_dir():
        return (
            f"The folder {database.parent} of the warehouse (DUCKDB_PATH) is not there: make it, "
            "or name another."
        )
    if not os.access(database.parent, os.W_OK):
        return f"The folder {database.parent} of the warehouse (DUCKDB_PATH) cannot be written."
    if not database.exists():
        return ""
    try:
        duckdb.connect(str(database)).close()
    except duckdb.Error as error:
        text = str(error).splitlines()[0]
        holder = re.search(r"Conflicting lock is held in (.*?)\. ", text)
        if holder:
            return (
                f"The warehouse {database} is in use by {holder[1]}: close it there, or name "
                "another with DUCKDB_PATH. (Readers take a published copy: make publish.)"
            )
        return f"The warehouse {database} (DUCKDB_PATH) cannot be opened: {text}"
    return ""


def prepared(
    options: argparse.Namespace, told: Language, is_written: bool = True
) -> tuple[dict[str, Any], Report | None]:
    """The vars of a run for which all is well so far, and what was taken in, if files were.

    Args:
        options: Of `arguments`.
        told: The language.
        is_written: Whether the run writes into the warehouse.

    Raises:
        SystemExit: Something is wrong; the message says what.
    """
    report = None
    variables = dbt_vars(options.raw_dir, options.as_of, options.vars)
    problems = policy_problems(variables, options.target)
    if is_written and options.target == "duckdb" and (problem := warehouse_problem(warehouse())):
        problems.append(problem)
    if problems:
        sys.exit("\n- ".join([WORDS["nothing"][told], *problems]))
    if options.raw_dir and options.target == "duckdb":
        plain, report = take_in(Path(options.raw_dir).expanduser())
        variables["raw_dir"] = str(plain)
    usual = defaults() | {"raw_mode": "files", "raw_dir": variables.get("raw_dir")}
    chosen = [f"{name} {value}" for name, value in variables.items() if value != usual[name]]
    if chosen:
        print(WORDS["policies"][told].format(text=", ".join(chosen)))
    return variables, report


def checking(told: Language, is_taken_in: bool, is_brief: bool = False) -> list[str]:
    """The command of dbt that says what raw tables are like.

    Args:
        told: The language.
        is_taken_in: Whether the intake has said which files and columns are not read.
        is_brief: Whether only what is worth a look is said.
    """
    asked = {"language": told, "is_taken_in": is_taken_in, "is_brief": is_brief}
    return ["run-operation", "check", "--args", json.dumps(asked)]


def main() -> None:
    """Check the raw tables, build, then print the headline figures."""
    options = arguments()
    told = language()
    variables, report = prepared(options, told)
    commands = [["build", "--exclude-resource-type", "unit_test"]]
    if variables.get("raw_mode", "seeds") != "seeds":
        commands = [CONFIG_SEEDS, checking(told, report is not None, is_brief=True), *commands]
    ended = run(commands_of(commands, variables, options.target), WORDS["progress"][told])
    log = WORDS["log"][told].format(path=(ROOT / "logs" / "dbt.log").resolve())
    if ended.returncode:
        sys.exit("\n".join([*ended.errors, log]))
    print(WORDS["steps"][told].format(done=ended.steps, seconds=ended.seconds))
    print(log)
    if options.target != "duckdb":
        print("\n" + WORDS["schema"][told].format(target=options.target))
        return
    database = warehouse()
    if report and (lost := unaccounted(database, report)):
        sys.exit("\n".join(lost))
    print("\n" + WORDS["warehouse"][told].format(path=database.resolve()))
    print("\n" + headline(database, told))


if __name__ == "__main__":
    main()
