"""Raw tables in every place and type in which they may be landed, and every notation of a value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from independent.random_company import write_csv
from warehouse import Build, run_dbt

from tools.sample_company.__main__ import main
from tools.sample_company.arrow import SCHEMA

AS_OF = "2026-09-30"
NO_TESTS = ("build", "--exclude-resource-type", "unit_test", "test")
# Two tables have their ids as integers where others refer to them as text.
IDS = {"customers": "customer_id", "subscriptions": "subscription_id"}

# --- the same company, landed in four ways ---------------------------------------------


def land_typed(folder: Path) -> None:
    """A company of 400 customers, a few rows of it broken, as views with native types."""
    main(
        [
            *("--format", "parquet", "--out", str(folder / "made"), "--faults"),
            *("--customers", "400", "--events-scale", "0.2", "--as-of", AS_OF),
        ]
    )
    with duckdb.connect(str(folder / "typed.duckdb")) as connection:
        for table, types in SCHEMA.items():
            columns = [
                # the generator's ids in digits; those of broken rows end with x
                f"""ltrim(regexp_replace({column}, '[^0-9]', '', 'g'), '0')
                    || case when {column} like '%x' then '000' else '' end as {column}"""
                if column in IDS.values()
                else "loaded_at - interval 9 hour as loaded_at"  # local midnight, in UTC
                if column == "loaded_at"
                else column
                for column in types
            ]
            connection.execute(
                f"create table {table} as select {', '.join(columns)}"
                f" from '{folder}/made/{table}.parquet'"
            )


def awkward(table: str, column: str, kind: str) -> str:
    """SQL of a column in a type that the contract does not name but that holds the same value."""
    is_odd = len(column) % 2 == 1
    types = {
        "timestamp": "timestamptz" if is_odd else "timestamp_ns",
        "date": "timestamp",
        "integer": "double" if is_odd else "bigint",
        "numeric": "double" if is_odd else "decimal(38, 10)",
        "numeric(14,4)": "double",
        "numeric(18,8)": "double",
        "numeric(23,12)": "decimal(38, 12)",
        "numeric(24,12)": "decimal(38, 14)",
        "boolean": "integer",
        "text": "varchar",
    }
    type_of = types[kind]
    if IDS.get(table) == column:
        type_of = "bigint"
    elif (table, column) == ("acquisition_costs", "cost_month"):
        type_of = "date"  # the text of a rejected row's key depends on the type
    elif column == "loaded_at":
        return "cast(loaded_at + interval 9 hour as date) as loaded_at"
    return f"cast({column} as {type_of}) as {column}"


def copied(folder: Path, form: str, expression: Callable[[str, str, str], str]) -> dict[str, Any]:
    """Write every table into a file of its own; returns the vars that read them."""
    raw = folder / "raw"
    raw.mkdir(parents=True)
    with duckdb.connect(str(folder.parent / "typed.duckdb"), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        for table, types in SCHEMA.items():
            columns = ", ".join(expression(table, column, kind) for column, kind in types.items())
            connection.execute(f"copy (select {columns} from {table}) to '{raw}/{table}.{form}'")
    return {"raw_mode": "files", "raw_dir": raw}


def land_csv(folder: Path) -> dict[str, Any]:
    """As text."""
    return copied(folder, "csv", lambda _, column, __: column)


def land_parquet(folder: Path) -> dict[str, Any]:
    """With the types of the contract."""
    return copied(folder, "parquet", lambda _, column, __: column)


def land_awkward(folder: Path) -> dict[str, Any]:
    """With other types."""
    return copied(folder, "parquet", awkward)


def land_schema(folder: Path) -> dict[str, Any]:
    """As tables of the warehouse itself; one is a view, one has its names in capitals."""
    folder.mkdir()
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute(f"attach '{folder.parent}/typed.duckdb' as typed (read_only)")
        connection.execute("create schema landing")
        for table in SCHEMA:
            connection.execute(f"create table landing.{table} as from typed.{table}")
        connection.execute("alter table landing.products rename to all_products")
        connection.execute("create view landing.products as from landing.all_products")
        connection.execute("alter table landing.plans rename plan_id to PLAN_ID")
    return {"raw_mode": "schema", "raw_schema": "landing"}


LANDINGS = {
    "csv": land_csv,
    "parquet": land_parquet,
    "awkward": land_awkward,
    "schema": land_schema,
}


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Build]:
    """A warehouse of the same company for each way of landing it."""
    folder = tmp_path_factory.mktemp("landed")
    land_typed(folder)
    runs = {}
    for name, land in LANDINGS.items():
        variables = {"as_of_date": AS_OF, **land(folder / name)}
        runs[name] = run_dbt(folder / name, variables, NO_TESTS)
        assert runs[name].returncode == 0, runs[name].output
    return runs


def contents(built: Build) -> dict[str, Counter[tuple[Any, ...]]]:
    """Rows of every mart and staging model, but for what depends on the place of landing."""
    with duckdb.connect(str(built.database), read_only=True) as connection:
        names = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables"
            " where table_schema in ('main', 'main_staging') and not table_name like 'base_%'"
        ).fetchall()
        found = {}
        for (name,) in names:
            left_out = {"fct_rejected_rows": "bad_value", "rpt_raw_reconciliation": "origin"}
            column = left_out.get(name.removeprefix("main."))
            what = f"* exclude ({column})" if column else "*"
            if name != "main.rpt_policies":
                found[name] = Counter(connection.execute(f"select {what} from {name}").fetchall())
        return found


@pytest.mark.parametrize("name", [name for name in LANDINGS if name != "parquet"])
def test_no_mart_depends_on_how_tables_were_landed(name: str, landed: Mapping[str, Build]) -> None:
    """Row for row, with the same rows rejected for the same reasons."""
    expected, found = contents(landed["parquet"]), contents(landed[name])
    assert expected.keys() == found.keys()
    for table, rows in expected.items():
        assert found[table] == rows, (
            f"{table}: {list((rows - found[table]).items())[:3]} became"
            f" {list((found[table] - rows).items())[:3]}"
        )


def test_landed_company_has_all_there_is_to_compare(landed: Mapping[str, Build]) -> None:
    """Rows in every staging model and mart, and rows that are rejected, superseded and deleted."""
    built = landed["parquet"]
    found = contents(built)
    assert {name for name in found if "stg_" in name} == {f"main_staging.stg_{t}" for t in SCHEMA}
    assert len(found) >= len(SCHEMA) + 12
    # nobody there is in green and without an alert
    assert sorted(name for name, rows in found.items() if not rows) == [
        "main.fct_expansion_candidates",
    ]
    accounts = built.rows("rpt_raw_reconciliation")
    assert {row["table_name"] for row in accounts if row["is_present"]} == set(SCHEMA)
    for column in ("rejected_rows", "superseded_rows", "deleted_rows"):
        assert sum(row[column] for row in accounts) > 3, column


# --- notations -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Rejected:
    """The reason for which a row is rejected."""

    reason: str = "bad_type"


BAD = Rejected()
IDEOGRAPHIC_SPACE = "　"
BLANK: dict[str, Any] = {"": None, "   ": None, "\t": None, IDEOGRAPHIC_SPACE: None}
INTEGERS: dict[str, Any] = {
    **{"0": 0, "-0": 0, "007": 7, "-5": -5, "2147483647": 2**31 - 1, "-2147483648": -(2**31)},
    **dict.fromkeys((" 5", "5 ", "+5", "5.0", "5.000", "５", "5円", "¥5", "5.0 円"), 5),
    **{"1,000": 1000, "▲1,000": -1000, "-": None, "NaN": None, "n/a": None},
    **dict.fromkeys(("2147483648", "-2147483649", "12345678901234567890", "1e5", "1,00"), BAD),
    **dict.fromkeys(("5\n", "12.", "1.5", ".0", "0x1F", "--5", "5%", "1_000", "٣", "five"), BAD),
}
NUMBERS: dict[str, Any] = {
    **{"0": Decimal(0), "-0": Decimal(0), "007": Decimal(7), "12.50": Decimal("12.5")},
    **{"1.00005": Decimal("1.0001"), "-1.00005": Decimal("-1.0001"), "-0.00004": Decimal(0)},
    **{"0." + 39 * "0" + "1": Decimal(0), "0.00005" + 35 * "0": Decimal("0.0001")},
    **{"0.00004" + 35 * "9": Decimal(0), 30 * "0" + "1": Decimal(1)},
    **{"99999999999999.9999": Decimal("99999999999999.9999"), "99999999999999.99995": BAD},
    **{"2.00015": Decimal("2.0002"), "0.00014999": Decimal("0.0001")},
    **dict.fromkeys((" 5", "5 ", "+5", "¥5", "$5.00", "５", "5 円", "5.0"), Decimal(5)),
    **dict.fromkeys((".5", "+.5", "5e-01", "5.0E-01"), Decimal("0.5")),
    **{
        "1,000": Decimal(1000),
        "12,345,678.9": Decimal("12345678.9"),
        "１，０００．５": Decimal("1000.5"),
    },
    **dict.fromkeys(("-.5", "▲0.5", "△.5", "−0.5", "-¥0.5", "¥-0.5"), Decimal("-0.5")),
    **{"6.4e-05": Decimal("0.0001"), "4.9e-05": Decimal(0), "-1.2345e-03": Decimal("-0.0012")},
    **dict.fromkeys(("NaN", "null", "None", "-", "#N/A", "<NA>"), None),
    **dict.fromkeys(("100000000000000", "12345678901234567890", "1e5", "1E5", "1.2E+3"), BAD),
    **dict.fromkeys(("1,5", "1,00", "1,0000", "inf", "-Infinity", "12.", "(5)", "5-"), BAD),
    **dict.fromkeys(("1_000", "0x1F", "1.2.3", "50%", "1.000,5", "1e-5", "12e-05", "€"), BAD),
}
BOOLEANS: dict[str, Any] = {
    **dict.fromkeys(("true", "TRUE", "tRuE", "t", "T", "yes", "Yes", "1"), True),
    **dict.fromkeys(("false", "False", "f", "F", "no", "NO", "0"), False),
    **dict.fromkeys(("y", "Y", "on", "1.0", " true", "true ", "はい", "１"), True),
    **dict.fromkeys(("n", "N", "OFF", "0.0", "いいえ", "null", "none"), False),  # the default
    **dict.fromkeys(("2", "-1", "01", "truthy", "はいはい"), BAD),
}
DATES: dict[str, Any] = {
    **{"2025-01-05": date(2025, 1, 5), "2024-02-29": date(2024, 2, 29)},
    **{"0001-01-01": date(1, 1, 1), "9999-12-30": date(9999, 12, 30)},
    **dict.fromkeys(
        (
            *("2025-1-5", "2025-01-5", "2025/01/05", "2025/1/5", "2025.1.5", "20250105"),
            *("2025年1月5日", "２０２５／１／５", "2025-01-05 ", " 2025-01-05", "2025-01-05 00:00"),
            *("2025-01-05T00:00:00", "2025-01-05 00:00:00.000", "2025-01-05T00:00:00-05:00"),
            *("2025/1/5 0:00", "2025-01-04T15:00:00Z", "2025-01-05 00:00:00 UTC"),
        ),
        date(2025, 1, 5),
    ),
    **dict.fromkeys(("2025-02-30", "2025-02-29", "1900-02-29", "2025-13-01", "2025-00-10"), BAD),
    **dict.fromkeys(("25-01-05", "12025-01-05", "2025-01-05 10:00", "2025-01-05Z"), BAD),
    **dict.fromkeys(("05.01.2025", "1/5/2025", "0000-01-01", "-2025-01-05", "2025-01-05 BC"), BAD),
    **dict.fromkeys(("45662", "20250230", "2025-01-055", "2025-01-05T00:00+16:00"), BAD),
    **dict.fromkeys(("infinity", "epoch", "today", "2025-W01-1"), BAD),
    **dict.fromkeys(("NaT", "null"), Rejected("missing_required")),
}
MORNING = datetime(2025, 1, 5, 10)
MIDNIGHT = datetime(2025, 1, 4, 15)  # of 5 January in Tokyo
TIMESTAMPS: dict[str, Any] = {
    **dict.fromkeys(
        (
            *("2025-01-05", "2025/1/5", "2025-1-5", "2025年1月5日", "20250105", " 2025-01-05"),
            "2025-01-05 ",
        ),
        MIDNIGHT,
    ),
    **dict.fromkeys(
        (
            *("2025-01-05T10:00Z", "2025-01-05T10:00", "2025-01-05 10:00:00"),
            *("2025-01-05 10:00Z", "2025-01-05T10:00:00.000", "2025-01-05 19:00+09"),
            *("2025-01-05T10:00:00z", "2025-01-05t10:00:00Z", "2025-1-5 10:00"),
            *("2025-01-05T19:00:00 +09:00", "2025-01-05 10:00:00 UTC", "2025-01-05  10:00"),
            *("2025/1/5 10:00", "2025年1月5日 10:00:00", "20250105 10:00", "2025-01-05 10:00 GMT"),
        ),
        MORNING,
    ),
    "2025/1/5 9:05": datetime(2025, 1, 5, 9, 5),
    "2025-01-05T00:00:00": datetime(2025, 1, 5),
    "2025-01-05 10:00:00.123456789+09:00": datetime(2025, 1, 5, 1, 0, 0, 123456),
    "2025-01-05T10:00:00.9999999Z": datetime(2025, 1, 5, 10, 0, 0, 999999),
    "2025-01-05T10:00:00.5": datetime(2025, 1, 5, 10, 0, 0, 500000),
    "2025-01-05T10:00:00+0530": datetime(2025, 1, 5, 4, 30),
    "2025-01-05T10:00:00+05:30": datetime(2025, 1, 5, 4, 30),
    "2025-01-05T10:00+05": datetime(2025, 1, 5, 5),
    "2025-01-05T10:00:00-0030": datetime(2025, 1, 5, 10, 30),
    "2025-01-05T10:00:00-00:30": datetime(2025, 1, 5, 10, 30),
    "2025-01-05T10:00:00-03:30": datetime(2025, 1, 5, 13, 30),
    "2025-01-05T10:00:00+15:59": datetime(2025, 1, 4, 18, 1),
    "2025-01-01T00:00:00+09:00": datetime(2024, 12, 31, 15),
    "2024-02-29T23:59:59-00:01": datetime(2024, 3, 1, 0, 0, 59),
    "0001-01-01T00:00:00Z": datetime(1, 1, 1),
    "9999-12-31 23:59:59": datetime(9999, 12, 31, 23, 59, 59),
    **dict.fromkeys(("2025-01-05T24:00:00", "2025-01-05T23:60", "2025-01-05T23:59:60"), BAD),
    **dict.fromkeys(("2025-02-30T00:00:00Z", "2025-02-30", "2025-01-05T10"), BAD),
    **dict.fromkeys(("0000-01-01T00:00:00Z", "0000-12-31", "2025-01-05Z", "2025-01-05+09:00"), BAD),
    **dict.fromkeys(("2025-01-05T10:00:00+16:00", "2025-01-05T10:00:00-24:00"), BAD),
    **dict.fromkeys(("2025-01-05T10:00:00+9", "2025-01-05T10:00:00+05:60"), BAD),
    **dict.fromkeys(("2025-01-05T10:00:00,5", "2025-01-05T10:00:00.", "2025-01-05T1000Z"), BAD),
    **dict.fromkeys(("20250105T100000Z", "1/5/2025", "1736071200", "45662", "10:00"), BAD),
    **dict.fromkeys(("infinity", "epoch", "now", "Jan 5 2025", "5 janvier 2025"), BAD),
    **dict.fromkeys(("NaT", "None", "-"), None),
}
TEXTS: dict[str, Any] = {
    **{" leading": " leading", "a,b": "a,b", 'say "hi"': 'say "hi"', "it's": "it's", "\\n": "\\n"},
    **{"two\nlines": "two\nlines", "two\r\nlines": "two\r\nlines", "株式会社 例": "株式会社 例"},
    **{
        "null": "null",
        "NULL": "NULL",
        "😀": "😀",
        "007": "007",
        "#N/A": "#N/A",
        "{{ x }}": "{{ x }}",
    },
}


@dataclass(frozen=True)
class Notation:
    """The raw column that tries the notations of a type: a row for each."""

    table: str
    key: str
    column: str
    texts: Mapping[str, Any]
    row: Mapping[str, str]


NOTATIONS = {
    "integer": Notation("plans", "plan_id", "tier_rank", INTEGERS | BLANK, {"product_id": "x"}),
    "numeric": Notation(
        "plans", "plan_id", "list_monthly_price", NUMBERS | BLANK, {"product_id": "x"}
    ),
    "boolean": Notation(
        *("plans", "plan_id", "is_free"),
        BOOLEANS | dict.fromkeys(BLANK, False),
        {"product_id": "x"},
    ),
    "date": Notation(
        *("contracts", "contract_id", "term_start"),
        DATES | dict.fromkeys(BLANK, Rejected("missing_required")),
        {"customer_id": "text-0", "term_end": "9999-12-31", "renewal_type": "new"},
    ),
    "timestamp": Notation(
        *("campaigns", "campaign_id", "started_at"),
        TIMESTAMPS | BLANK,
        {"campaign_type": "upsell"},
    ),
    "text": Notation(
        *("customers", "customer_id", "customer_name"),
        TEXTS | BLANK,
        {"signed_up_at": "2025-01-01"},
    ),
}
VALUES = [
    pytest.param(kind, number, id=f"{kind} {text!r:.30}")
    for kind, notation in NOTATIONS.items()
    for number, text in enumerate(notation.texts)
]


@pytest.fixture(scope="module")
def noted(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[dict[str, Any], dict[str, tuple[str, str | None]]]:
    """All notations read once: by row, the typed values and the rejections."""
    folder = tmp_path_factory.mktemp("notations")
    company: dict[str, list[dict[str, str | None]]] = {}
    for kind, notation in NOTATIONS.items():
        company.setdefault(notation.table, []).extend(
            {notation.key: f"{kind}-{number}", **notation.row, notation.column: text}
            for number, text in enumerate(notation.texts)
        )
    required = {
        "subscriptions": "subscription_id customer_id",
        "subscription_items": "subscription_item_id subscription_id plan_id quantity unit_price"
        " currency_code billing_interval valid_from",
    }
    for table, columns in required.items():
        company[table] = [dict.fromkeys(columns.split(), None)]
    write_csv(company, folder / "raw")
    customers = folder / "raw" / "customers.csv"
    customers.write_bytes(b"\xef\xbb\xbf" + customers.read_bytes())  # as spreadsheets save it
    run = run_dbt(
        folder,
        {"raw_mode": "files", "raw_dir": folder / "raw", "as_of_date": "9999-12-30"},
        ("run", "--select", "+fct_rejected_rows", *{f"stg_{n.table}" for n in NOTATIONS.values()}),
    )
    assert run.returncode == 0, run.output
    values = {
        row[notation.key]: row[notation.column]
        for kind, notation in NOTATIONS.items()
        for row in run.rows(f"main_staging.stg_{notation.table}")
        if row[notation.key].startswith(kind)
    }
    rejections = {
        row["row_key"]: (row["reason"], row["bad_value"]) for row in run.rows("fct_rejected_rows")
    }
    return values, rejections


@pytest.mark.parametrize(("kind", "number"), VALUES)
def test_notation(
    kind: str,
    number: int,
    noted: tuple[Mapping[str, Any], Mapping[str, tuple[str, str | None]]],
) -> None:
    """A text is read as its value, or its row is rejected with the text beside the reason."""
    text, expected = list(NOTATIONS[kind].texts.items())[number]
    values, rejections = noted
    row = f"{kind}-{number}"
    if isinstance(expected, Rejected):
        assert row not in values
        is_missing = expected.reason == "missing_required"
        assert rejections[row] == (expected.reason, None if is_missing else text)
    else:
        assert row not in rejections
        assert (values[row], type(values[row])) == (expected, type(expected))
