"""`make template OUT=folder`: files to fill with a company's raw tables, and neutral config seeds.

Each raw table is a CSV that Excel opens: a line that says what it holds, the header, and one row as
an example, whose ids are `example`. The intake skips the line; the check finds rows that were left.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from pathlib import Path
from typing import Final

from tools.build import language
from tools.contract import Column, Table, raw_tables
from tools.generate.contract_page import words, words_of
from tools.intake.words import LANGUAGES, Language
from tools.project import ROOT

EXAMPLE: Final = "example"
"""The id of every example row, known to the check (macros/check/findings.sql)."""

NEUTRAL: Final = {
    "churn_reasons": ("unknown,unknown,false,false",),
    "feature_catalog": (),
    "holidays": (),
    "kpi_targets": (),
    "onboarding_rules": (),
    "support_sla": ("other,1440,true",),
}
"""Rows of the config seeds that say what one company thinks; the others are general."""

MAPPING: Final = """\
# What only you can say about your files; every key is optional (docs/files.md).
#
# customers:                     # a raw table
#   file: "顧客一覧 2025.xlsx"     # where the name does not say it
#   sheet: 一覧
#   columns:                     # column of the contract: header in the file
#     customer_id: 顧客コード
#   constants:                   # column of the contract: value of every row
#     acquisition_channel: partner
#   formats:                     # strptime, excel_serial, epoch_seconds or epoch_milliseconds
#     signed_up_at: "%m/%d/%Y"
#   timezone: America/New_York   # of moments that say none
# subscription_items:
#   ends: inclusive              # valid_to is the last day, not the first day after it
"""

READ_ME: Final[dict[Language, str]] = {
    "en": (
        "Fill the files that you have, delete the others and the example rows, then:\n"
        "\n  make check RAW_DIR={out}\n  make build RAW_DIR={out}\n\n"
        "docs/raw_contract.md explains every column. config/ holds the policies that are a\n"
        "company's own, without any: fill them, and copy them over seeds/config/ of the project\n"
        "before building. What is there now is the sample company's and would judge yours.\n"
    ),
    "ja": (
        "手元にあるファイルを埋め、ほかのファイルと例の行を消してから:\n"
        "\n  make check RAW_DIR={out}\n  make build RAW_DIR={out}\n\n"
        "列の説明は docs/raw_contract.md。config/ は会社ごとに決める設定（中身は空）。\n"
        "埋めて、構築の前にプロジェクトの seeds/config/ に上書きする。\n"
        "元からあるものはサンプル会社の設定で、そのままでは自社のデータがそれで判定される。\n"
    ),
}


def header(column: Column, told: Language) -> str:
    """The name of a column in a language."""
    return str(column.meta.get("label_ja") or column.name) if told == "ja" else column.name


def example(table: Table, column: Column) -> str:
    """The value of a column in the example row: ids hang together."""
    if column.type == "text" and column.name.endswith("_id") and column.name != "user_id":
        return "" if column.name.startswith("previous") else EXAMPLE
    return words_of(table, column)["example"]


def table_file(table: Table, told: Language) -> str:
    """The file of a raw table: what it holds, the header, an example."""
    text = words()["tables"][table.name] if told == "ja" else table.description
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow([text])
    rows.writerow([header(column, told) for column in table.columns])
    rows.writerow([example(table, column) for column in table.columns])
    return out.getvalue()


def config_file(name: str) -> str:
    """A config seed: of a company's own choices none, of the general ones what there is."""
    text = (ROOT / "seeds" / "config" / f"{name}.csv").read_text(encoding="utf-8")
    if name not in NEUTRAL:
        return text
    return "\n".join([text.splitlines()[0], *NEUTRAL[name]]) + "\n"


def write(out: Path, told: Language) -> None:
    """Write the template.

    Args:
        out: The folder, which must not be there or be empty.
        told: The language of headers and explanations.

    Raises:
        SystemExit: There is something in the folder; nothing was written.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        sys.exit(f"{out} is there already; name a folder that is not, so that nothing is lost.")
    (out / "config").mkdir(parents=True)
    for table in raw_tables():
        name = table.label_ja if told == "ja" and table.label_ja else table.name
        # with the mark by which Excel knows UTF-8
        (out / f"{name}.csv").write_text(table_file(table, told), encoding="utf-8-sig", newline="")
    for seed in (ROOT / "seeds" / "config").glob("*.csv"):
        (out / "config" / seed.name).write_text(config_file(seed.stem), encoding="utf-8")
    (out / "mapping.yml").write_text(MAPPING, encoding="utf-8")
    (out / "README.txt").write_text(READ_ME[told].format(out=out), encoding="utf-8")


def main() -> None:
    """Write it, and say what to do next."""
    parser = argparse.ArgumentParser(prog="python -m tools.template", description=__doc__)
    parser.add_argument("out", type=Path, help="folder to write")
    parser.add_argument("--language", choices=LANGUAGES, default=language())
    options = parser.parse_args()
    write(options.out, options.language)
    print((options.out / "README.txt").read_text(encoding="utf-8"), end="")


if __name__ == "__main__":
    main()
