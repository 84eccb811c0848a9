"""A small company in files of any kind, whole and damaged: the same figures, or a plain message.

Each file is written anew by a seed: encoding, separator, ends of lines, names, notations of
values, type of file. Whole ones give exactly the figures of the plain files; of damaged ones every
record is accounted for, and no figure leaves its possible range.
"""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from warehouse import Build, run_dbt
from workbooks import workbook

from tools.contract import Column, raw_tables
from tools.intake import intake
from tools.intake.words import LANGUAGES
from tools.publish.sql import literal

AS_OF = "2025-12-31"
MOST_LINES = 3
TOKYO = timezone(timedelta(hours=9))
MARTS = (
    *("kpi_revenue_retention", "kpi_renewal", "kpi_repeat", "kpi_nps", "kpi_support"),
    *("fct_mrr_changes", "fct_churns", "fct_contract_renewals", "fct_paid_orders"),
    *("fct_support_tickets", "fct_survey_responses", "dim_customers", "fct_rejected_rows"),
)
SELECT = (
    "--select",
    "path:seeds/config",
    *(f"+{mart}" for mart in MARTS),
    "+rpt_raw_reconciliation",
)
COMMAND = (
    *("build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"),
    *SELECT,
)
RATES = (
    *("customer_churn_rate", "revenue_churn_rate", "gross_revenue_churn_rate"),
    *("gross_revenue_retention", "customer_retention_rate", "contract_renewal_rate"),
    *("contract_value_renewal_rate", "voluntary_renewal_rate", "repeat_rate", "nps_response_rate"),
    *("first_response_within_sla_rate", "winback_rate", "avoidable_churn_rate"),
)
WHOLE = [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 31))]
DAMAGED = [101, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(102, 151))]
MANY = [pytest.param(seed, marks=pytest.mark.long) for seed in range(1000, 1500, 50)]

Company = dict[str, list[dict[str, Any]]]


def day(number: int) -> date:
    """A day of 2025 or later by its number."""
    return date(2025, 1, 1) + timedelta(days=number)


def company() -> Company:
    """Twelve customers with a bit of everything, as Python values; no fault in it."""
    tables: Company = {
        "products": [{"product_id": "core", "product_name": "基本, 製品"}, {"product_id": "desk"}],
        "plans": [
            {"plan_id": plan, "product_id": product, "tier_rank": rank, "is_free": False}
            for plan, product, rank in [
                ("basic", "core", 1),
                ("pro", "core", 2),
                ("desk", "desk", 1),
            ]
        ],
        "exchange_rates": [
            {
                "currency_code": "USD",
                "valid_from": date(2024, 1, 1),
                "rate_to_reporting": Decimal("150.25"),
            }
        ],
    }
    rows: Callable[[str], list[dict[str, Any]]] = lambda name: tables.setdefault(name, [])  # noqa: E731
    for at in range(12):
        name = f"C{at:02d}"
        start, end = day(20 * at), day(200 + 10 * at) if at % 4 == 1 else None
        rows("customers").append(
            {
                "customer_id": name,
                "customer_name": f'"{name}" 商店, 東京',
                "signed_up_at": start,
                "country_code": "JP" if at % 3 else "US",
                "is_internal": at == 11,
            }
        )
        rows("subscriptions").append(
            {"subscription_id": f"#{at}", "customer_id": name, "started_at": start, "ended_at": end}
        )
        for part, plan in enumerate(["basic", "pro"] if at % 3 == 0 else ["basic"]):
            rows("subscription_items").append(
                {
                    "subscription_item_id": 100 + 10 * at + part,
                    "subscription_id": f"#{at}",
                    "plan_id": plan,
                    "quantity": 1 + 400 * (at % 4),
                    "unit_price": Decimal("1234.5") + 1000 * part + at,
                    "discount_rate": Decimal("0.15") if at % 2 else None,
                    "currency_code": "USD" if at % 5 == 4 else "JPY",
                    "billing_interval": ["month", "year", "quarter"][at % 3],
                    "valid_from": start + timedelta(days=60 * part),
                    "valid_to": start + timedelta(days=60) if at % 3 == 0 and not part else None,
                }
            )
        for term in range(2):
            first = start + timedelta(days=90 * term)
            rows("contracts").append(
                {
                    "contract_id": f"{name}-{term}",
                    "customer_id": name,
                    "previous_contract_id": f"{name}-0" if term else None,
                    "term_start": first,
                    "term_end": first + timedelta(days=90),
                    "contract_value": Decimal(30000 + 1000 * at),
                    "renewal_type": ["manual", "auto"][at % 2] if term else "new",
                }
            )
            rows("orders").append(
                {
                    "order_id": 1000 + 10 * at + term,
                    "customer_id": name,
                    "ordered_at": datetime(2025, 1 + at, 1 + term, 9, 30 + at, tzinfo=TOKYO),
                    "is_automatic": bool(term),
                    "gross_amount": Decimal("9800.75") + at,
                    "status": "failed" if at == 5 else "paid",
                }
            )
        opened = datetime(2025, 1 + at, 3, 10, 0, tzinfo=TOKYO)
        rows("support_tickets").append(
            {
                "ticket_id": f"T{at}",
                "customer_id": name,
                "priority": ["high", "low"][at % 2],
                "opened_at": opened,
                "first_responded_at": opened + timedelta(minutes=45 * at) if at % 5 else None,
                "resolved_at": opened + timedelta(hours=30) if at % 3 else None,
            }
        )
        rows("survey_responses").append(
            {
                "response_id": f"R{at}",
                "survey_type": "nps",
                "customer_id": name,
                "sent_at": opened,
                "responded_at": opened + timedelta(days=1) if at % 3 else None,
                "score": at % 11 if at % 3 else None,
            }
        )
    return tables


def column_of(table: str, name: str) -> Column:
    """A column of the contract."""
    (found,) = (item for item in raw_tables() if item.name == table)
    return next(column for column in found.columns if column.name == name)


@dataclass
class Dialect:
    """How one file is written.

    Attributes:
        rng: What chooses.
        kind: csv, tsv, txt, xlsx or parquet.
        delimiter: Separator of a text file; with a semicolon a comma is the decimal mark.
        notes: What it came to, for the message of a failure.
    """

    rng: random.Random
    kind: str = "csv"
    delimiter: str = ","
    notes: list[str] = field(default_factory=list)

    def number(self, value: Decimal | int, column: Column) -> str:
        """A number in one of its notations."""
        if column.meta.get("is_share") and self.rng.random() < 0.5:
            return f"{self.point(f'{value * 100:f}'.rstrip('0').rstrip('.'))}%"
        if self.delimiter == ";":
            return self.point(str(value))
        shapes = [str(value), f"{value:,}", f" {value} "]
        if column.type == "integer":
            shapes += [f"{value}.0", f"{value:,}"]
        else:
            shapes += [f"¥{value:,}", f"{value}円", f"+{value}"]
        text = self.rng.choice(shapes)
        return text.translate(WIDE) if self.rng.random() < 0.2 else text

    def point(self, text: str) -> str:
        """The decimal mark of the dialect."""
        return text.replace(".", ",") if self.delimiter == ";" else text

    def day(self, value: date) -> str:
        """A day in one of its notations."""
        return self.rng.choice(
            [
                value.isoformat(),
                f"{value.year}/{value.month}/{value.day}",
                f"{value.year}年{value.month}月{value.day}日",
                f"{value:%Y%m%d}",
                f"{value:%Y.%m.%d}",
            ]
        )

    def moment(self, value: datetime) -> str:
        """A moment in one of its notations, always with a zone."""
        zone = self.rng.choice([TOKYO, timezone.utc, timezone(timedelta(hours=-5))])  # noqa: UP017
        there = value.astimezone(zone)
        text: str = there.strftime(self.rng.choice(["%Y-%m-%dT%H:%M:%S", "%Y/%m/%d %H:%M:%S"]))
        if zone is timezone.utc:  # noqa: UP017
            return text + self.rng.choice(["Z", " UTC", "+00:00"])
        return text + there.strftime("%z")[:3] + self.rng.choice([":00", "00"])

    def value(self, value: Any, column: Column) -> str:
        """A value as text."""
        if value is None:
            words = ["", " "] if column.type == "text" else ["", " ", "NULL", "N/A", "-"]
            return self.rng.choice(words)
        if isinstance(value, bool):
            return self.rng.choice(
                [["false", "No", "0", "N", "0.0"], ["TRUE", "y", "1", "1.0"]][value]
            )
        if column.type == "text":
            return self.code(str(value), column)
        if isinstance(value, (int, Decimal)):
            return self.number(value, column)
        return self.moment(value) if isinstance(value, datetime) else self.day(value)

    def code(self, text: str, column: Column) -> str:
        """A code in another case where that means the same; other text as it is."""
        synonyms: list[str] = column.meta.get("synonyms", {}).get(text, [])
        if column.meta.get("values") or column.meta.get("is_upper"):
            return self.rng.choice([text, text.upper(), text.lower(), text.title(), *synonyms])
        return text


ODD = (
    *(
        "",
        "abc",
        "-5",
        "1e400",
        "x" * 3000,
        '"',
        "9" * 20,
        "2025-02-30",
        "9999-12-31",
        "0001-01-01",
    ),
    *("NaN", "#VALUE!", "=1+1", "C99", "'; --", "2025-01-01 24:00", "٣", "1,2,3"),
)
WIDE = str.maketrans("0123456789.,-+", "０１２３４５６７８９．，－＋")


def header(rng: random.Random, column: Column) -> str:
    """One of the names that a column goes by."""
    name, label = column.name, str(column.meta["label_ja"])
    return rng.choice([name, name, name.upper(), name.replace("_", " ").title(), label])


def file_name(rng: random.Random, table: str) -> str:
    """One of the names that a table goes by, without an extension."""
    (found,) = (item for item in raw_tables() if item.name == table)
    assert found.label_ja
    return rng.choice([table, table.upper(), table.replace("_", " ").title(), found.label_ja])


def in_field(text: str, delimiter: str, rng: random.Random) -> str:
    """A field of a text file."""
    needs = any(sign in text for sign in f'"\r\n{delimiter}')
    return '"' + text.replace('"', '""') + '"' if needs or rng.random() < 0.1 else text


def text_file(rng: random.Random, records: list[list[str]], dialect: Dialect) -> bytes:
    """Records as a text file."""
    ends = rng.choice([["\n"], ["\r\n"], ["\r"], ["\n", "\r\n"]])
    lines = [
        dialect.delimiter.join(in_field(text, dialect.delimiter, rng) for text in record)
        for record in records
    ]
    if rng.random() < 0.2:
        lines.insert(0, "一覧")
    for _ in range(rng.choice([0, 0, 2])):
        lines.insert(
            rng.randrange(2, len(lines) + 1),
            rng.choice(["", dialect.delimiter * (len(records[0]) - 1)]),
        )
    codec = rng.choice(["utf-8", "utf-8", "utf-8-sig", "cp932", "utf-16"])
    dialect.notes.append(f"{codec} {ends} {dialect.delimiter!r}")
    text = "".join(line + rng.choice(ends) for line in lines)
    # there the yen sign is where others have the backslash
    return (text.replace("¥", "\\") if codec == "cp932" else text).encode(codec, "replace")


def excel_cell(rng: random.Random, value: Any, text: str) -> object:
    """A cell of a workbook: with a type of its own, or as text."""
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, Decimal)):
        return float(value)
    if isinstance(value, datetime):
        return text
    if isinstance(value, date) and rng.random() < 0.7:
        return ((value - date(1899, 12, 30)).days, "date")
    return text or None


def parquet_file(path: Path, names: Sequence[str], rows: list[dict[str, Any]]) -> None:
    """Rows as Parquet, each column with the type that its values have."""
    with duckdb.connect() as connection:
        types = {bool: "boolean", int: "bigint", Decimal: "double", date: "date", str: "varchar"}
        columns = []
        for name in names:
            found = next((row[name] for row in rows if row.get(name) is not None), "")
            kind = types.get(type(found), "timestamptz")
            columns.append(f'"{name}" {kind}')
        connection.execute(f"create table raw ({', '.join(columns)})")
        connection.executemany(
            f"insert into raw values ({', '.join('?' * len(names))})",
            [[row.get(name) for name in names] for row in rows],
        )
        connection.execute(f"copy raw to {literal(str(path))} (format parquet)")


def damage(rng: random.Random, records: list[list[str]]) -> None:
    """Spoil a few cells and rows of a file, in place; the header stays."""
    for _ in range(rng.randrange(1, 6)):
        at = rng.randrange(1, len(records))
        match rng.randrange(4):
            case 0 | 1:
                records[at][rng.randrange(len(records[at]))] = rng.choice(ODD)
            case 2:
                records.insert(at, list(records[at]))
            case _:
                records[at] = [""] * len(records[at])


def land(seed: int, folder: Path, is_damaged: bool = False) -> tuple[dict[str, int], list[str]]:
    """Write the company into a folder, in the ways that a seed chooses.

    Args:
        seed: What decides everything.
        folder: The folder, which must not be there.
        is_damaged: Whether cells and rows are spoilt.

    Returns:
        The number of records by raw table, and how the files are written.
    """
    rng = random.Random(seed)
    folder.mkdir(parents=True)
    counts, notes = {}, []
    for table, rows in company().items():
        names = list(dict.fromkeys(name for row in rows for name in row))
        columns = [column_of(table, name) for name in names]
        kind = rng.choice(["csv", "csv", "csv", "tsv", "csv.gz", "xlsx", "parquet"])
        delimiter = "\t" if kind == "tsv" else rng.choice([",", ",", ";"])
        dialect = Dialect(rng, kind, delimiter)
        if kind == "xlsx":
            dialect.delimiter = ","
        records = [[header(rng, column) for column in columns]]
        for row in rows:
            records.append([dialect.value(row.get(column.name), column) for column in columns])
        if is_damaged and kind != "parquet":
            damage(rng, records)
        path = folder / f"{file_name(rng, table)}.{kind}"
        if kind == "parquet":
            parquet_file(path, names, rows)
        elif kind == "xlsx" and not is_damaged:
            cells = [
                [
                    excel_cell(rng, row.get(name), text)
                    for name, text in zip(names, record, strict=True)
                ]
                for row, record in zip(rows, records[1:], strict=True)
            ]
            path.write_bytes(workbook({"Sheet1": [records[0], *cells]}))
        elif kind == "xlsx":
            path.write_bytes(workbook({"Sheet1": records}))
        else:
            content = text_file(rng, records, dialect)
            path.write_bytes(gzip.compress(content) if kind == "csv.gz" else content)
        counts[table] = sum(any(text.strip() for text in record) for record in records[1:])
        notes.append(f"{path.name} {' '.join(dialect.notes)}")
    return counts, notes


def built(folder: Path, raw: Path) -> Build:
    """The marts of plain files."""
    variables = {"raw_mode": "files", "raw_dir": raw, "as_of_date": AS_OF}
    return run_dbt(folder, variables, COMMAND)


def contents(build: Build) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the marts, in an order."""
    return {mart: sorted(build.query(f"select * from {mart}"), key=repr) for mart in MARTS}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[Any, ...]]]:
    """The marts of the company in the contract's own notation."""
    folder = tmp_path_factory.mktemp("plain")
    (folder / "raw").mkdir()
    for table, rows in company().items():
        names = list(dict.fromkeys(name for row in rows for name in row))
        parquet_file(folder / "raw" / f"{table}.parquet", names, rows)
    build = built(folder, folder / "raw")
    assert build.returncode == 0, build.output
    found = contents(build)
    assert all(found[mart] for mart in MARTS if mart != "fct_rejected_rows")
    assert found["fct_rejected_rows"] == []
    return found


@pytest.mark.ci
@pytest.mark.parametrize("seed", WHOLE)
def test_the_figures_are_the_same_however_files_are_written(
    seed: int, tmp_path: Path, plain: Mapping[str, list[tuple[Any, ...]]]
) -> None:
    """Every row of every mart, and every record counted."""
    counts, notes = land(seed, tmp_path / "raw")
    report = intake(tmp_path / "raw", tmp_path / "taken")
    assert [problem.message() for problem in report.problems] == [], notes
    assert {name: source.records for name, source in report.sources.items()} == counts, notes
    build = built(tmp_path, tmp_path / "taken")
    assert build.returncode == 0, build.output
    found = contents(build)
    for mart in MARTS:
        assert found[mart] == plain[mart], (mart, notes)


def out_of_range(build: Build) -> list[str]:
    """Figures that cannot be, as sentences."""
    found = []
    with duckdb.connect(str(build.database), read_only=True) as connection:
        listed = connection.execute(
            "select table_name, column_name from information_schema.columns"
            " where table_schema = 'main' and table_name like 'kpi_%'"
        ).fetchall()
        for mart, column in listed:
            low, high = {"nps": (-100, 100)}.get(column, (0, 1))
            if column in RATES or column == "nps":
                query = f"select count(*) from {mart} where {column} not between {low} and {high}"
            elif column.startswith(("closing_", "opening_")) or column.endswith(
                ("_customers", "_orders")
            ):
                query = f"select count(*) from {mart} where {column} < 0"
            else:
                continue
            if connection.execute(query).fetchall() != [(0,)]:
                found.append(f"{mart}.{column}")
    return found


@pytest.mark.ci
@pytest.mark.parametrize("seed", DAMAGED)
def test_damaged_files_are_accounted_for_or_refused(seed: int, tmp_path: Path) -> None:
    """A message of few lines, or every record with what became of it and figures that can be."""
    counts, notes = land(seed, tmp_path / "raw", is_damaged=True)
    report = intake(tmp_path / "raw", tmp_path / "taken")
    for problem in report.problems:
        for language in LANGUAGES:
            assert len(problem.message(language).splitlines()) <= MOST_LINES
    if report.problems:
        return
    assert {name: source.records for name, source in report.sources.items()} == counts, notes
    build = built(tmp_path, tmp_path / "taken")
    assert build.returncode == 0, (build.output, notes)
    accounts = {row["table_name"]: row for row in build.rows("rpt_raw_reconciliation")}
    for table, count in counts.items():
        parts = ("used_rows", "superseded_rows", "deleted_rows", "rejected_rows")
        assert accounts[table]["raw_rows"] == count, (table, notes)
        assert sum(accounts[table][part] for part in parts) == count, (table, notes)
    assert out_of_range(build) == []


@pytest.mark.parametrize("seed", MANY)
def test_many_are_taken_in_whole_or_refused(seed: int, tmp_path: Path) -> None:
    """Fifty folders without a build: every record counted, or a message of few lines."""
    for number in range(seed, seed + 50):
        counts, notes = land(number, tmp_path / f"{number}" / "raw", is_damaged=bool(number % 2))
        report = intake(tmp_path / f"{number}" / "raw", tmp_path / f"{number}" / "taken")
        for problem in report.problems:
            assert len(problem.message().splitlines()) <= MOST_LINES
        if not report.problems:
            records = {name: source.records for name, source in report.sources.items()}
            assert records == counts, notes
