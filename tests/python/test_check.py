"""What `make check` says of raw tables: the rows that a build rejects, and what is worth a look."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from independent.random_company import random_company, write_csv
from test_configuration import small_company
from warehouse import ROOT, Build, run_dbt

from tools.project import dbt_environment

START = date(2023, 4, 1)
# What a sentence about a rejected row has in it, and the reason that it stands for.
REASONS = {
    "is empty; it is required": "missing_required",
    "`; write ": "bad_type",
    "`; use one of: ": "not_allowed",
    "`; allowed: ": "out_of_range",
    "its columns together are out of range: ": "out_of_range",
    "`, which is in no usable row of ": "unknown_reference",
    "`, for which exchange_rates has no rate": "missing_exchange_rate",
    "its columns contradict each other: ": "inconsistent",
}


def write_files(company: Mapping[str, list[dict[str, Any]]], folder: Path) -> Path:
    """Raw tables as files; returns the folder."""
    write_csv(company, folder)
    return folder


def checked(folder: Path, raw: Path, language: str = "en", **variables: Any) -> Build:
    """The operation, in the warehouse of a folder."""
    asked = {"language": language, "shown_rows": 1000000}
    return run_dbt(
        folder,
        {"raw_mode": "files", "raw_dir": raw, "as_of_date": "2025-03-31", **variables},
        ("run-operation", "check", "--args", json.dumps(asked)),
    )


def said(run: Build) -> list[str]:
    """The lines of a run without the time before them."""
    return [re.sub(r"^\d\d:\d\d:\d\d  ", "", line) for line in run.output.splitlines()]


def rejections(lines: list[str]) -> Iterator[tuple[str, str, str, str]]:
    """Table, key, reason and column of every row that the check says cannot be used."""
    table = ""
    for line in lines:
        if found := re.fullmatch(r"  (\w+): \d+ of \d+", line):
            table = found[1]
        elif found := re.fullmatch(r"      (.*?): ((?:\w+ is |its columns ).*)", line):
            (reason,) = (name for words, name in REASONS.items() if words in found[2])
            column = "" if found[2].startswith("its columns ") else found[2].split(" ")[0]
            yield table, found[1].replace("a row without a key", ""), reason, column


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Build, Build]:
    """A company with every kind of fault, built and checked."""
    folder = tmp_path_factory.mktemp("check")
    raw = write_files(random_company(3, 60, START, 500), folder / "raw")
    variables = {"raw_mode": "files", "raw_dir": raw, "as_of_date": "2025-03-31"}
    built = run_dbt(
        folder,
        variables | {"max_rejected_share": 1},
        (
            *("build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"),
            *("--select", "path:seeds/config", "+fct_rejected_rows", "+fct_flagged_rows"),
            "+rpt_raw_reconciliation",
        ),
    )
    assert built.returncode == 0, built.output
    return built, checked(folder, raw)


def test_the_check_names_the_rows_that_a_build_rejects(both: tuple[Build, Build]) -> None:
    """Each with its table, key, reason and column, as often as it is there."""
    built, check = both
    rejected = Counter(
        {
            (row["table_name"], row["row_key"], row["reason"], row["column_name"]): row["raw_rows"]
            for row in built.rows("fct_rejected_rows")
        }
    )
    assert {reason for _, _, reason, _ in rejected} == set(REASONS.values())
    assert Counter(rejections(said(check))) == rejected
    print(f"check and build agree on {rejected.total()} reasons of rejected rows")


def test_the_check_counts_the_flags_of_a_build(both: tuple[Build, Build]) -> None:
    """By table, reason and column."""
    built, check = both
    flags = Counter(row["table_name"] for row in built.rows("fct_flagged_rows"))
    told: Counter[str] = Counter()
    for line in said(check):
        if found := re.match(
            r"  (\w+): (\d+) (?:rows? whose \w+ matches|deleted|items without)", line
        ):
            told[found[1]] += int(found[2])
    assert flags
    assert told == flags


def test_a_check_leaves_nothing_behind(both: tuple[Build, Build]) -> None:
    """The schema in which rows were judged is gone."""
    _, check = both
    schemas = check.query("select schema_name from information_schema.schemata")
    assert not [name for (name,) in schemas if name.endswith("_check")]


def test_too_many_bad_rows_end_the_check_with_an_error(both: tuple[Build, Build]) -> None:
    """As they end the build."""
    _, check = both
    assert check.returncode != 0
    assert "This cannot be built: too many rows of " in check.output
    assert "Ready to build." not in check.output


REPORT = {
    "en": """
Raw tables, as of 2025-03-31, Asia/Tokyo, in JPY
  customers: customers.csv, 7 rows, 7 used
      columns read: customer_id, signed_up_at
      columns missing: customer_name, country_code, industry, company_size,\
 acquisition_channel, csm_owner, contact_email, is_internal, updated_at, is_deleted, loaded_at
  onboarding_events: onboarding_events.csv, 1 row, 1 used
      columns read: event_id, customer_id, step_code, occurred_at
      columns missing: loaded_at
  orders: orders.csv, left out
      columns read: order_id, customer_id
      columns not read: amount
      columns missing: ordered_at, order_type, is_automatic, product_id, gross_amount,\
 refunded_amount, currency_code, status, updated_at, is_deleted, loaded_at
""",
    "ja": """
元データ（基準日 2025-03-31、Asia/Tokyo、JPY）
  customers: customers.csv、7 行（使用 7 行）
      使用する列: customer_id, signed_up_at
      ない列: customer_name, country_code, industry, company_size, acquisition_channel, csm_owner,\
 contact_email, is_internal, updated_at, is_deleted, loaded_at
  onboarding_events: onboarding_events.csv、1 行（使用 1 行）
      使用する列: event_id, customer_id, step_code, occurred_at
      ない列: loaded_at
  orders: orders.csv、除外
      使用する列: order_id, customer_id
      対象外の列: amount
      ない列: ordered_at, order_type, is_automatic, product_id, gross_amount, refunded_amount,\
 currency_code, status, updated_at, is_deleted, loaded_at
""",
}
REST = {
    "en": """
Rows that cannot be used
  subscription_items: 2 of 8
      00: quantity is `-1`; allowed: ≥ 0
      01: valid_from is `April`; write a moment such as 2025-04-01 09:30:00, or a day

Worth a look
  orders is left out, because required columns are missing from {raw}/orders.csv:\
 ordered_at, gross_amount (amount?)
  orders: the column amount is not read; did you mean gross_amount?
  subscription_items: the column discount is not read; did you mean discount_rate?
  support_ticket.csv is not a raw table; did you mean support_tickets?
  subscription_items: 2 items without an end share subscription and product with another one,\
 such as 02; all of them count
  onboarding_events: step_code has 1 value that the config seed onboarding_rules does not list:\
 tea
  customers: all 7 signed up on 2025-01-10; is that the date of an import?
  subscription_items: 03 has 90 % of the MRR in JPY
  onboarding_events: 1 row whose occurred_at is in the future, the latest 2999-01-01 00:00:00
""",
    "ja": """
使えない行
  subscription_items: 8 行中 2 行
      00: quantity の値 `-1` は範囲外（≥ 0）
      01: valid_from の値 `April` は読めない。2025-04-01 09:30:00 のような日時か日付で書く

確認をお勧めする点
  orders を除外（{raw}/orders.csv に必須の列がない: ordered_at, gross_amount (amount?)）
""",
}


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven customers with a bit of everything."""
    company = small_company(7)
    items = company["subscription_items"]
    items[0]["quantity"] = "-1"
    items[1]["valid_from"] = "April"
    items.append(items[2] | {"subscription_item_id": "02b"})
    items[3]["unit_price"] = "4600"
    for row in items:
        row["discount"] = "0.5"
    company["orders"] = [{"order_id": "1", "customer_id": "00", "amount": "100"}]
    company["support_ticket"] = [{"ticket_id": "1"}]
    tea: dict[str, str | None] = {"event_id": "1", "customer_id": "00", "step_code": "tea"}
    company["onboarding_events"] = [tea | {"occurred_at": "2999-01-01 00:00Z"}]
    return write_files(company, tmp_path_factory.mktemp("odd") / "raw")


@pytest.mark.parametrize("language", ["en", pytest.param("ja", marks=pytest.mark.long)])
def test_the_report_reads_as_it_should(language: str, odd: Path, tmp_path: Path) -> None:
    """What is there, what is wrong and what would be right, what is odd."""
    variables = {"raw_mode": "files", "raw_dir": odd}
    run_dbt(tmp_path, variables, ("seed", "--select", "path:seeds/config"))
    check = checked(tmp_path, odd, language, max_rejected_share=0.5)
    assert check.returncode == 0, check.output
    text = "\n".join(said(check))
    for part in (REPORT[language], REST[language]):
        assert part.format(raw=odd).strip() in text, text


@pytest.mark.ci
def test_make_check_says_it_in_japanese(odd: Path) -> None:
    """The command, with the intake before it, and KPIs by their Japanese names."""
    finished = subprocess.run(
        [sys.executable, "-m", "tools.check", "--raw-dir", str(odd), "--as-of", "2025-03-31"],
        cwd=ROOT,
        env=dbt_environment({"LANG": "ja_JP.UTF-8", "LC_ALL": ""}),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    assert "KPI: 68 個中 " in finished.stdout
    assert (
        "  contracts がないため計算できない: 契約更新率, 契約金額更新率, 自発的な契約更新率"
        in finished.stdout
    )
    assert finished.stdout.endswith("構築できます。\n")
