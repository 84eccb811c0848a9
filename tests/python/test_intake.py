"""The intake: files as people have them become files that dbt reads, and nothing is lost."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import re
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import duckdb
import pytest
from workbooks import workbook

from tools.contract import column_named, normalized, raw_tables, table_named
from tools.intake import Problem, Report, Source, encoding, intake, words
from tools.intake.notation import Decimals, formatted, in_utc, moment_after, with_point
from tools.intake.report import Note
from tools.intake.settings import Settings
from tools.intake.text import TextRecords, text_file
from tools.publish.sql import literal, quoted

ROOT = Path(__file__).parents[2]
READ_CSV = (
    "from read_csv({path}, auto_detect = false, columns = {{{columns}}}, header = true, "
    "delim = ',', quote = '\"', escape = '\"', comment = '', skip = 0, strict_mode = true, "
    "null_padding = false, max_line_size = 40000000)"
)
CUSTOMERS = "customer_id,customer_name,signed_up_at\n"
RATES = "currency_code;valid_from;rate_to_reporting\n"
ITEMS = (
    "subscription_item_id,subscription_id,plan_id,quantity,unit_price,currency_code,"
    "billing_interval,valid_from,valid_to\n"
)
MOST_LINES = 3

Rows = list[dict[str, str]]


def put(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files into a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def taken_in(tmp_path: Path, files: Mapping[str, str | bytes], mapping: str = "") -> Report:
    """The report of an intake of some files."""
    folder = put(tmp_path / "in", {**files, **({"mapping.yml": mapping} if mapping else {})})
    return intake(folder, tmp_path / "out")


def header_of(path: Path) -> list[str]:
    """Names of the columns that DuckDB finds in plain CSV."""
    query = (
        f"describe from read_csv({literal(str(path))}, header = true, all_varchar = true, "
        "delim = ',', quote = '\"', escape = '\"', max_line_size = 40000000)"
    )
    return [row[0] for row in duckdb.connect().execute(query).fetchall()]


def rows_of(path: Path, names: Sequence[str] | None = None) -> Rows:
    """What DuckDB reads from a file that the intake wrote, by the options that dbt uses."""
    connection = duckdb.connect()
    if path.suffix == ".parquet":
        read = connection.execute(f"from read_parquet({literal(str(path))})")
    else:
        columns = ", ".join(f"{literal(name)}: 'varchar'" for name in names or header_of(path))
        read = connection.execute(READ_CSV.format(path=literal(str(path)), columns=columns))
    headers = [column[0] for column in read.description or ()]
    return [
        {
            header: "" if value is None else str(value)
            for header, value in zip(headers, row, strict=True)
        }
        for row in read.fetchall()
    ]


def written(tmp_path: Path, report: Report, table: str) -> Rows:
    """What the intake wrote as a table; there must be no problems."""
    assert [problem.message() for problem in report.problems] == []
    (path,) = (tmp_path / "out").glob(f"{table}.*")
    found = rows_of(path)
    assert len(found) == report.sources[table].records
    return found


def only_problem(report: Report, code: str) -> Problem:
    """The only problem of a report, which must have a code and be short in each language."""
    assert [problem.code for problem in report.problems] == [code]
    for language in words.LANGUAGES:
        assert len(report.problems[0].message(language).splitlines()) <= MOST_LINES
    json.dumps(report.as_dict())
    return report.problems[0]


def codes(source: Source) -> list[str]:
    """Codes of the notes on a source."""
    return [note.code for note in source.notes]


# Names


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("customer_id", "customer_id"),
        (" Customer ID ", "customer_id"),
        ("ＣＵＳＴＯＭＥＲ－ＩＤ", "customer_id"),
        ("customer.id", "customer_id"),
        ("[customer/id]", "customer_id"),
        ("customer\nid", "customer_id"),
        ("customerid", None),
        ("", None),
    ],
)
def test_a_header_means_a_column_however_it_is_written(header: str, column: str | None) -> None:
    """Width, case, spaces and punctuation make no difference; other letters do."""
    (customers,) = (table for table in raw_tables() if table.name == "customers")
    found = column_named(customers, header)
    assert (found.name if found else None) == column


def test_a_table_is_known_by_its_name() -> None:
    """Table names are compared as headers are."""
    found = table_named("Support Tickets")
    assert found is not None
    assert found.name == "support_tickets"
    assert table_named("tickets") is None
    assert normalized("Ａ  (b)") == "a_b"


def test_japanese_names(tmp_path: Path) -> None:
    """Tables and columns are known by the Japanese names of the contract, too."""
    report = taken_in(tmp_path, {"顧客.csv": "顧客ＩＤ,登録日\n", "顧客s.csv": "a\n"})
    source = report.sources["customers"]
    assert source.columns == {"customer_id": "顧客ＩＤ"}
    assert source.unknown == {"登録日": "signed_up_at"}
    assert not source.is_linked  # dbt reads the names of the contract
    assert [unknown.near for unknown in report.unknown] == ["customers"]


# Files


def test_plain_files_are_linked_not_written_again(tmp_path: Path) -> None:
    """A file that dbt can read as it is stays the same file."""
    report = taken_in(tmp_path, {"customers.csv": CUSTOMERS + 'c1,"A, ""B""",2025-01-01\n'})
    assert report.sources["customers"].is_linked
    assert (tmp_path / "out" / "customers.csv").samefile(tmp_path / "in" / "customers.csv")
    assert written(tmp_path, report, "customers")[0]["customer_name"] == 'A, "B"'


def test_a_link_falls_back_where_hard_links_do_not_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On another file system there is a symbolic link, and where there are none a copy."""

    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    taken_in(tmp_path, {"customers.csv": CUSTOMERS + "c1,A,2025-01-01\n"})
    assert (tmp_path / "out" / "customers.csv").is_symlink()
    monkeypatch.setattr(os, "symlink", refuse)
    report = intake(tmp_path / "in", tmp_path / "out")
    assert not (tmp_path / "out" / "customers.csv").is_symlink()
    assert len(written(tmp_path, report, "customers")) == 1


@pytest.mark.parametrize(
    "name",
    ["Customers.CSV", "customers.txt", "CUSTOMERS.tsv", "customers.csv.gz", "customers.tsv.gz"],
)
def test_names_and_kinds_of_text_files(tmp_path: Path, name: str) -> None:
    """Extensions and case of the name make no difference."""
    content = (CUSTOMERS + "c1,A,2025-01-01\n").encode()
    report = taken_in(tmp_path, {name: gzip.compress(content) if name.endswith("gz") else content})
    assert written(tmp_path, report, "customers") == [
        {"customer_id": "c1", "customer_name": "A", "signed_up_at": "2025-01-01"}
    ]


def test_what_is_not_a_table_is_listed(tmp_path: Path) -> None:
    """Unknown names with the nearest table; other kinds as not read; hidden files not at all."""
    report = taken_in(
        tmp_path,
        {
            "customers.csv": CUSTOMERS,
            "support_ticket.csv": "a\n",
            "zzz.csv": "a\n",
            "notes.docx": "",
            ".hidden.csv": "",
            "~$customers.xlsx": "",
            "old/customers.csv": "x",
        },
    )
    assert report.problems == ()
    assert [unknown.text() for unknown in report.unknown] == [
        "`support_ticket.csv` is not a raw table; did you mean `support_tickets`?",
        "`zzz.csv` is not a raw table",
    ]
    assert report.not_read == ("notes.docx",)


def test_two_sources_for_a_table(tmp_path: Path) -> None:
    """Which of two is meant is for the user to say."""
    report = taken_in(tmp_path, {"customers.csv": CUSTOMERS, "Customers.tsv": CUSTOMERS})
    problem = only_problem(report, "two_sources")
    assert problem.text == "`Customers.tsv` and `customers.csv` are both customers."
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda path: None, "folder_missing"),
        (lambda path: path.write_text(""), "folder_is_file"),
        (lambda path: path.mkdir(), "folder_empty"),
    ],
)
def test_folders_that_are_none(tmp_path: Path, make: Callable[[Path], object], code: str) -> None:
    """A missing folder, a file, an empty folder: one sentence each."""
    make(tmp_path / "in")
    only_problem(intake(tmp_path / "in", tmp_path / "out"), code)


@pytest.mark.parametrize("name", ["it's", "a b", "[x]", "a*b?", '"q"', "顧客 データ", "{a}"])
def test_folders_with_odd_names(tmp_path: Path, name: str) -> None:
    """Quotes, spaces, brackets and wildcards in a path are characters like others."""
    source, out = tmp_path / name / "in", tmp_path / name / "out"
    put(source, {"customers.csv": CUSTOMERS + "c1,A,2025-01-01\n\n"})
    for part in ("a", "[b]"):
        path = source / "products" / f"{part}*.parquet"
        path.parent.mkdir(exist_ok=True)
        plain = tmp_path / "plain.parquet"
        duckdb.execute(f"copy (select '{part}' as product_id) to {literal(str(plain))}")
        plain.rename(path)
    report = intake(source, out)
    assert [problem.message() for problem in report.problems] == []
    assert len(rows_of(out / "customers.csv", ["a", "b", "c"])) == 1
    assert report.sources["products"].records == 2
    assert (out / "products.parquet").is_file()


def test_out_is_replaced_as_a_whole_and_only_without_problems(tmp_path: Path) -> None:
    """The former content goes with the next intake that has no problems."""
    taken_in(tmp_path, {"customers.csv": CUSTOMERS, "plans.csv": "plan_id,product_id\n"})
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "customers.csv",
        "plans.csv",
    ]
    (tmp_path / "in" / "plans.csv").write_text("")
    only_problem(intake(tmp_path / "in", tmp_path / "out"), "empty")
    assert (tmp_path / "out" / "plans.csv").exists()
    (tmp_path / "in" / "plans.csv").unlink()
    intake(tmp_path / "in", tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["customers.csv"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]


def test_out_never_replaces_what_is_not_the_intakes(tmp_path: Path) -> None:
    """Not the sources, nor what holds them, nor a folder with other things."""
    folder = put(tmp_path / "in", {"customers.csv": CUSTOMERS})
    only_problem(intake(folder, folder), "out_is_source")
    only_problem(intake(folder, tmp_path), "out_is_source")
    put(tmp_path / "other", {".DS_Store": "", "thesis.docx": "x"})
    problem = only_problem(intake(folder, tmp_path / "other"), "out_taken")
    assert "thesis.docx" in problem.text
    assert (tmp_path / "other" / "thesis.docx").exists()


def test_out_that_cannot_be_written(tmp_path: Path) -> None:
    """A path below a file."""
    folder = put(tmp_path / "in", {"customers.csv": CUSTOMERS})
    put(tmp_path, {"file": "x"})
    only_problem(intake(folder, tmp_path / "file" / "out"), "out_not_written")


# Text


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-32", "UTF-32"),
        ("cp932", "CP932"),
    ],
)
def test_encodings(tmp_path: Path, codec: str, name: str) -> None:
    """Each is found by itself; those that are not UTF-8 are said, with an example."""
    text = CUSTOMERS + "c1,株式会社髙橋①～,2025-01-01\n"
    report = taken_in(tmp_path, {"customers.csv": text.encode(codec)})
    assert written(tmp_path, report, "customers")[0]["customer_name"] == "株式会社髙橋①～"
    source = report.sources["customers"]
    assert source.encoding == name
    assert [note.text() for note in source.notes] == (
        [] if name == "UTF-8" else [f"read as {name} (for example 株式会社髙橋①～)"]
    )


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (CUSTOMERS.encode() + b"c1,\xff\xff,\nc2,,\n", "bad_encoding", 2),
        (
            CUSTOMERS.encode() + "c1,顧客,\r\nc2,".encode() + b"\x80\xed\xa0\x80,\n",
            "bad_encoding",
            3,
        ),
        (CUSTOMERS.encode() + b"c1,\n" * 4 + b"c2,\x00,\n", "nul", 6),
        (b"", "empty", None),
        (b"\xef\xbb\xbf\n \n", "empty", None),
        (b"id,name\nc1,A\n", "no_header", None),
        (b"customer_id,Customer ID,signed_up_at\n", "duplicate_column", None),
        (CUSTOMERS.encode() + b'c1,"a\n\nb",\nc2,x,,,y\nc3,1,2,3\n', "wide_row", 5),
        (CUSTOMERS.encode() + b'c1,A,\nc2,"x\ny","z\n\n', "unclosed_quote", 4),
        (CUSTOMERS.encode() + b'c1,A,\nc2,"x\ny"z,\n', "bad_quote", 4),
        (CUSTOMERS.encode() + b'c1,"' + b"x" * (encoding.LONGEST + 9) + b'",\n', "huge_field", 2),
        (CUSTOMERS.encode() + b'c1,"' + b"x\n" * encoding.LONGEST, "huge_field", 2),
        (CUSTOMERS.encode() + b'c1,"A \\"B\\" C,\n', "bad_quote", 2),
    ],
)
def test_text_that_only_the_user_can_mend(
    tmp_path: Path, content: bytes, code: str, line: int | None
) -> None:
    """File, line, what is wrong and what to do."""
    report = taken_in(tmp_path, {"customers.csv": content})
    problem = only_problem(report, code)
    assert (problem.line, problem.table, problem.source) == (line, "customers", "customers.csv")
    assert not (tmp_path / "out").exists()


def test_wording_of_problems(tmp_path: Path) -> None:
    """Messages name file and line, what is wrong and what to do."""
    report = taken_in(tmp_path, {"customers.csv": CUSTOMERS + "c1,A,,x\nc2,1,2,3,4\n"})
    assert report.problems[0].message() == (
        "customers.csv, line 2: has 4 fields, but the header names 3; 1 more row like it.\n"
        "  Put quotes around fields that hold the separator, or remove what is too much."
    )
    report = taken_in(tmp_path, {"customers.csv": "id,name\nc1,A\n"})
    assert report.problems[0].message() == (
        "customers.csv: no line at its beginning names columns of customers; the first is: "
        "id,name\n"
        "  Give it a header with customer_id, signed_up_at, or say in mapping.yml which columns "
        "mean them."
    )


@pytest.mark.parametrize(
    "content", [b"not gzip", gzip.compress(CUSTOMERS.encode() * 99, mtime=0)[:-20]]
)
def test_damaged_gzip(tmp_path: Path, content: bytes) -> None:
    """A file that is no gzip, and one that was cut off."""
    only_problem(taken_in(tmp_path, {"customers.csv.gz": content}), "damaged_gzip")


@pytest.mark.parametrize(("delimiter", "name"), [(";", ";"), ("\t", "tab"), ("|", "|")])
def test_separators(tmp_path: Path, delimiter: str, name: str) -> None:
    """The header decides; commas in values do not."""
    lines = [["customer_id", "customer_name", "signed_up_at"], ["c1", "A, B", "2025-01-01"]]
    text = "\n".join(delimiter.join(line) for line in lines)
    report = taken_in(tmp_path, {"customers.csv": text})
    assert written(tmp_path, report, "customers")[0]["customer_name"] == "A, B"
    assert [note.text() for note in report.sources["customers"].notes] == [f"separator is {name}"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(tmp_path: Path, end: str) -> None:
    """Each kind, and line ends of other kinds inside fields."""
    lines = ["customer_id,customer_name,signed_up_at", 'c1,"A\r\nB\rC\nD",', "#c2,B,", ""]
    report = taken_in(tmp_path, {"customers.csv": end.join(lines)})
    rows = written(tmp_path, report, "customers")
    assert [row["customer_id"] for row in rows] == ["c1", "#c2"]
    assert rows[0]["customer_name"] == "A\r\nB\rC\nD"


def test_mixed_line_ends_and_a_mark_in_the_middle(tmp_path: Path) -> None:
    """Line ends may change from line to line; a byte order mark is one only at the beginning."""
    content = CUSTOMERS + "c1,A,\r\nc2,\ufeffB,\rc3,C,\n"
    rows = written(tmp_path, taken_in(tmp_path, {"customers.csv": content}), "customers")
    assert [row["customer_name"] for row in rows] == ["A", "\ufeffB", "C"]


def test_title_lines(tmp_path: Path) -> None:
    """Up to five lines above the header are skipped, and said."""
    title = 'Customers "2025\n\nComment\n,,\nas of today\n'
    report = taken_in(tmp_path, {"customers.csv": title + CUSTOMERS + "c1,A,2025-01-01\n"})
    assert len(written(tmp_path, report, "customers")) == 1
    (note,) = report.sources["customers"].notes
    assert note.text() == '5 lines above the header skipped: Customers "2025'
    report = taken_in(tmp_path, {"customers.csv": "\n" + title + CUSTOMERS})
    only_problem(report, "no_header")


def test_blank_records_and_short_and_long_ones(tmp_path: Path) -> None:
    """Blank rows are none; short rows are filled; blank fields beyond the header are dropped."""
    text = CUSTOMERS + "c1\n\n,,\nc2,B,2025-01-01,,\n  , ,\nc3,C\n"
    report = taken_in(tmp_path, {"customers.csv": text})
    rows = written(tmp_path, report, "customers")
    assert [list(row.values()) for row in rows] == [
        ["c1", "", ""],
        ["c2", "B", "2025-01-01"],
        ["c3", "C", ""],
    ]
    source = report.sources["customers"]
    assert source.blank_records == 3
    assert [(note.code, dict(note.values)) for note in source.notes] == [
        ("blank_records", {"n": 3}),
        ("short_rows", {"n": 2, "line": 2}),
        ("surplus", {"n": 1, "line": 5}),
    ]


def test_headers_without_a_name(tmp_path: Path) -> None:
    """Blank headers at the end go; a column without a name in front is left out, and said."""
    text = ",customer_id,signed_up_at,,\n0,c1,2025-01-01,,\n1,c2,2025-01-02\n"
    report = taken_in(tmp_path, {"customers.csv": text})
    assert [list(row) for row in written(tmp_path, report, "customers")] == [
        ["customer_id", "signed_up_at"]
    ] * 2
    assert codes(report.sources["customers"]) == ["unnamed_columns"]
    report = taken_in(tmp_path, {"customers.csv": text + "2,c3,2025-01-01,x\n"})
    assert only_problem(report, "wide_row").line == 4


def test_header_only(tmp_path: Path) -> None:
    """A table without records is a table."""
    report = taken_in(tmp_path, {"customers.csv": CUSTOMERS.strip()})
    assert report.problems == ()
    assert report.sources["customers"].records == 0


def test_columns_of_the_report(tmp_path: Path) -> None:
    """Used, unknown with the nearest that is missing, and missing ones."""
    text = "Customer ID,custmer_name,country code,customer_ids,industri,x,X\nc1,,,,,,\n"
    report = taken_in(tmp_path, {"customers.csv": text})
    source = report.sources["customers"]
    assert source.columns == {"customer_id": "Customer ID", "country_code": "country code"}
    assert source.unknown == {
        "custmer_name": "customer_name",
        "customer_ids": "customer_name",
        "industri": "industry",
        "x": None,
    }
    assert source.missing_required == ("signed_up_at",)
    assert "industry" in source.missing_optional
    assert codes(source) == ["repeated_column"]


def test_backslashes_before_quotes(tmp_path: Path) -> None:
    """Read in the manner of MySQL only where that makes the file well-formed."""
    text = CUSTOMERS + 'c1,"He said \\"great\\", really",\nc2,"C:\\\\dir\\new\\\nx",\n'
    report = taken_in(tmp_path, {"customers.csv": text})
    rows = written(tmp_path, report, "customers")
    assert [row["customer_name"] for row in rows] == [
        'He said "great", really',
        "C:\\dir\\new\nx",
    ]
    assert [(note.code, note.values["line"]) for note in report.sources["customers"].notes] == [
        ("backslash_quotes", 2)
    ]
    report = taken_in(tmp_path, {"customers.csv": CUSTOMERS + 'c1,"C:\\",\nc2,"a ""\\"" b",\n'})
    rows = written(tmp_path, report, "customers")
    assert [row["customer_name"] for row in rows] == ["C:\\", 'a "\\" b']


def test_a_quote_in_a_field_without_quotes(tmp_path: Path) -> None:
    """It is a character, and is written again so that strict readers take it."""
    report = taken_in(tmp_path, {"customers.csv": CUSTOMERS + 'c1,5" pipe,2025-01-01\n'})
    assert not report.sources["customers"].is_linked
    assert written(tmp_path, report, "customers")[0]["customer_name"] == '5" pipe'


@pytest.mark.parametrize(
    ("values", "expected", "code"),
    [
        (["1.234,56", "1.000", "2"], ["1234.56", "1000", "2"], "decimal_dots_thousands"),
        (["1,5", "9.5"], ["1.5", "9.5"], "decimal_dots_point"),
        (["1.500", "9"], ["1.500", "9"], "decimal_dots_point"),
        (["1 234,5", "1'234,5", "-0,25", "x"], ["1234.5", "1234.5", "-0.25", "x"], "decimal_comma"),
        (["1", "2"], ["1", "2"], None),
        (["1,234.56", "1,234"], ["1,234.56", "1,234"], None),
    ],
)
def test_decimal_commas(
    tmp_path: Path, values: list[str], expected: list[str], code: str | None
) -> None:
    """With semicolons a comma is the decimal mark; what a dot is, the column decides."""
    text = RATES + "".join(f"EUR;2025-01-01;{value}\n" for value in values)
    report = taken_in(tmp_path, {"exchange_rates.csv": text})
    rows = written(tmp_path, report, "exchange_rates")
    assert [row["rate_to_reporting"] for row in rows] == expected
    assert codes(report.sources["exchange_rates"]) == ["delimiter", *([code] if code else [])]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("€ 1.234,56", "€ 1234.56"),
        ("12,5 %", "12.5 %"),
        ("1.234.567", "1234567"),
        ("1,234.56", "1,234.56"),
        ("１，５", "1.5"),
        ("1,2 und 3,4", "1,2 und 3,4"),
        ("12.34,5", "12.34,5"),
    ],
)
def test_numbers_with_signs_around(value: str, expected: str) -> None:
    """Signs stay; what is no number with a decimal comma stays as it is."""
    assert with_point(value, has_dotted_thousands=False) == expected


def test_decimals_of_a_column() -> None:
    """Without a decimal comma anywhere a dot is a point."""
    decimals = Decimals()
    decimals.see("1.000")
    assert decimals.code == "decimal_dots_point"
    decimals.see("1,5")
    assert decimals.code == "decimal_dots_thousands"
    decimals.see("9.5")
    assert decimals.code == "decimal_dots_point"


def test_reading_holds_a_block_at_a_time(tmp_path: Path) -> None:
    """Memory does not grow with the file, and records come before the file was read to its end."""
    path = put(tmp_path, {"customers.csv": CUSTOMERS + "c1,A,2025-01-01\n" * 1_000_000})
    path /= "customers.csv"
    table = table_named("customers")
    assert table
    tracemalloc.start()
    file = text_file(path, path.name, table, Settings())
    records: Iterator[list[str]] = iter(TextRecords(file))
    assert next(records) == ["c1", "A", "2025-01-01"]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * encoding.BLOCK < path.stat().st_size


# Workbooks

HEADER = ["customer_id", "customer_name", "signed_up_at", "is_internal"]


def test_a_sheet_becomes_text(tmp_path: Path) -> None:
    """Whole numbers, dates, booleans, times, errors; rows and columns before the table."""
    rows: list[list[object]] = [
        ["Customers"],
        [],
        [None, *HEADER, "loaded_at"],
        [None, 7.0, "A", (45383, "date"), True, (45383, "date")],
        [None, 8.5, "error:#N/A", (45384, "datetime"), False, (45383.5, "datetime")],
        [None],
        [None, 1e20, (0.5, "time"), None, None, None, "beside"],
        [None, 1e-7, "#N/A"],
    ]
    report = taken_in(tmp_path, {"Book 1.xlsx": workbook({"Customers": rows, "notes": [["x"]]})})
    assert [list(row.values()) for row in written(tmp_path, report, "customers")] == [
        ["7", "A", "2024-04-01", "true", "2024-04-01T00:00:00"],
        ["8.5", "", "2024-04-02", "false", "2024-04-01T12:00:00"],
        ["100000000000000000000", "12:00:00", "", "", ""],
        ["0.0000001", "#N/A", "", "", ""],
    ]
    source = report.sources["customers"]
    assert (source.kind, source.sheet, source.blank_records) == ("xlsx", "Customers", 1)
    assert [note.text() for note in source.notes] == [
        "1 error cell read as empty, the first #N/A in C5",
        "2 lines above the header skipped: Customers",
        "1 blank row left out",
    ]
    assert [unknown.source for unknown in report.unknown] == ["Book 1.xlsx [notes]"]


def test_a_workbook_named_after_a_table(tmp_path: Path) -> None:
    """Its first sheet with cells is the table, and the others are said."""
    sheets = {"Sheet1": [], "Sheet2": [HEADER, ["c1"]], "Sheet3": [["x"]], "plans": [["plan_id"]]}
    report = taken_in(tmp_path, {"customers.xlsm": workbook(sheets)})
    assert [row["customer_id"] for row in written(tmp_path, report, "customers")] == ["c1"]
    assert report.sources["customers"].sheet == "Sheet2"
    assert [note.text() for note in report.sources["customers"].notes] == [
        "sheet Sheet2 read; the workbook has more: Sheet3"
    ]
    assert report.sources["plans"].sheet == "plans"


def test_an_open_document(tmp_path: Path) -> None:
    """A spreadsheet of LibreOffice."""
    office = "urn:oasis:names:tc:opendocument:xmlns:"
    data = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{text}</text:p>'
            "</table:table-cell>"
            for text in row
        )
        + "</table:table-row>"
        for row in (["customer_id", "signed_up_at"], ["c1", "2025-01-01"])
    )
    content = (
        f'<office:document-content xmlns:office="{office}office:1.0" '
        f'xmlns:table="{office}table:1.0" xmlns:text="{office}text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="customers">{data}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    report = taken_in(tmp_path, {"export.ods": stream.getvalue()})
    assert written(tmp_path, report, "customers") == [
        {"customer_id": "c1", "signed_up_at": "2025-01-01"}
    ]


def test_numbers_where_dates_should_be(tmp_path: Path) -> None:
    """A day that lost its format is asked about, and read when mapping.yml says what it is."""
    book = {"customers.xlsx": workbook({"a": [HEADER, ["c1", "A", 45383], ["c2", "B", 45383.25]]})}
    problem = only_problem(taken_in(tmp_path, book), "serial_numbers")
    assert problem.text == ("signed_up_at holds 2 numbers instead of dates, the first 45383 in C2.")
    report = taken_in(tmp_path, book, "customers: {formats: {signed_up_at: excel_serial}}")
    assert [row["signed_up_at"] for row in written(tmp_path, report, "customers")] == [
        "2024-04-01",
        "2024-04-01T06:00:00",
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"hello", "workbook_damaged"),
        (workbook({"customers": [HEADER]})[:300], "workbook_damaged"),
        (workbook({"customers": []}), "empty"),
        (workbook({"customers": [["a", "b"]]}), "no_header"),
        (workbook({"customers": [[*HEADER, "Customer ID"]]}), "duplicate_column"),
    ],
)
def test_workbooks_that_only_the_user_can_mend(tmp_path: Path, content: bytes, code: str) -> None:
    """Damaged, empty, without a header."""
    only_problem(taken_in(tmp_path, {"customers.xlsx": content}), code)


# Parquet


def parquet(path: Path, query: str) -> Path:
    """Write a Parquet file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    duckdb.connect().execute(f"copy ({query}) to {literal(str(path))} (format parquet)")
    return path


def test_a_parquet_file_is_linked(tmp_path: Path) -> None:
    """Its records are counted from its metadata."""
    path = parquet(tmp_path / "in" / "Customers.parquet", "select 'c1' as customer_id, 1 as x")
    report = intake(tmp_path / "in", tmp_path / "out")
    assert (tmp_path / "out" / "customers.parquet").samefile(path)
    assert (report.sources["customers"].records, report.sources["customers"].unknown) == (
        1,
        {"x": None},
    )


def test_a_folder_of_parquet_files_is_combined(tmp_path: Path) -> None:
    """Files at any depth, with columns that only some have."""
    folder = tmp_path / "in" / "customers"
    parquet(folder / "a.parquet", "select 'c1' as customer_id, 'A' as customer_name")
    parquet(folder / "b" / "it's [b].parquet", "select 'c2' as customer_id, true as is_internal")
    put(folder, {"_SUCCESS": "", ".crc.parquet": "x"})
    report = intake(tmp_path / "in", tmp_path / "out")
    rows = written(tmp_path, report, "customers")
    assert sorted(tuple(row.values()) for row in rows) == [("c1", "A", ""), ("c2", "", "True")]
    assert [note.text() for note in report.sources["customers"].notes] == [
        "2 Parquet files combined"
    ]


def test_parquet_by_mapping(tmp_path: Path) -> None:
    """Renames, constants, formats, last days and zones."""
    parquet(
        tmp_path / "in" / "items.parquet",
        "select 'i1' as id, 1.5 as price, '4/17/2025' as start, date '2025-04-30' as valid_to, "
        "timestamp '2025-01-01 12:00:00' as updated_at, 45383 as loaded_at, 'x' as other",
    )
    mapping = """
    subscription_items:
      file: items.parquet
      columns: {subscription_item_id: id, unit_price: price, valid_from: start}
      constants: {currency_code: "it's"}
      formats: {valid_from: "%m/%d/%Y", loaded_at: excel_serial}
      ends: inclusive
      timezone: America/New_York
    """
    put(tmp_path / "in", {"mapping.yml": mapping})
    report = intake(tmp_path / "in", tmp_path / "out")
    (row,) = written(tmp_path, report, "subscription_items")
    assert row == {
        "subscription_item_id": "i1",
        "unit_price": "1.5",
        "valid_from": "2025-04-17",
        "valid_to": "2025-05-01",
        "updated_at": "2025-01-01T17:00:00Z",
        "loaded_at": "2024-04-01",
        "other": "x",
        "currency_code": "it's",
    }


def test_parquet_needs_only_what_the_build_has(tmp_path: Path) -> None:
    """Conversions of Parquet do without NumPy, pandas and PyArrow, which the build has not."""
    query = (
        "select 'c' || i as customer_id, '4/' || i || '/2025' as signed_up_at from range(9) t(i)"
    )
    parquet(tmp_path / "in" / "customers.parquet", query)
    put(tmp_path / "in", {"mapping.yml": 'customers: {formats: {signed_up_at: "%m/%d/%Y"}}'})
    code = (
        "import sys; sys.modules.update(dict.fromkeys(('numpy', 'pandas', 'pyarrow')));"
        "from tools.intake.__main__ import main; main()"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "in"), str(tmp_path / "out")]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert "9 records; 1 value of signed_up_at left as found" in run.stdout


def test_parquet_that_does_not_fit(tmp_path: Path) -> None:
    """Values that a format does not fit stay and are counted."""
    parquet(
        tmp_path / "in" / "customers.parquet",
        "select 'c1' as customer_id, unnest(['4/1/2025', 'soon', null, '']) as signed_up_at",
    )
    put(tmp_path / "in", {"mapping.yml": 'customers: {formats: {signed_up_at: "%m/%d/%Y"}}'})
    report = intake(tmp_path / "in", tmp_path / "out")
    rows = written(tmp_path, report, "customers")
    assert sorted(row["signed_up_at"] for row in rows) == ["", "", "2025-04-01", "soon"]
    assert [note.text() for note in report.sources["customers"].notes] == [
        "1 value of signed_up_at left as found, in another format, such as `soon`"
    ]


def test_parquet_that_only_the_user_can_mend(tmp_path: Path) -> None:
    """No Parquet; files that do not fit together; questions; keys that mean nothing."""
    files = {"customers.parquet": b"PAR1 not", "plans/a.parquet": b""}
    report = taken_in(tmp_path, files)
    assert [(item.code, item.source) for item in report.problems] == [
        ("not_parquet", "customers.parquet"),
        ("not_parquet", "plans/a.parquet"),
    ]
    parquet(tmp_path / "b" / "customers" / "a.parquet", "select 1 as customer_id")
    parquet(tmp_path / "b" / "customers" / "b.parquet", "select {'a': 1} as customer_id")
    only_problem(intake(tmp_path / "b", tmp_path / "out"), "parquet_mixed")
    parquet(
        tmp_path / "c" / "customers.parquet",
        "select 'c1' as customer_id, 1743465600123 as signed_up_at",
    )
    problem = only_problem(intake(tmp_path / "c", tmp_path / "out"), "question_epoch")
    assert "epoch_milliseconds" in problem.hint
    put(tmp_path / "c", {"mapping.yml": "customers: {encoding: cp932}"})
    only_problem(intake(tmp_path / "c", tmp_path / "out"), "mapping_not_applicable")


# mapping.yml


def test_mapping_of_a_text_file(tmp_path: Path) -> None:
    """File, encoding, separator, header line, columns, constants, formats, in one."""
    text = "customer_id;x\nx\n顧客コード;登録日;customer_id\nc1;4/17/2025;z\nc2;soon;z\n"
    mapping = """
    customers:
      file: "顧客一覧 2025.dat.txt"
      encoding: cp932
      delimiter: ";"
      header_line: 3
      columns:
        customer_id: 顧客コード
        signed_up_at: 登録日
      constants:
        country_code: 007
        is_internal: false
      formats:
        signed_up_at: "%m/%d/%Y"
    """
    report = taken_in(tmp_path, {"顧客一覧 2025.dat.txt": text.encode("cp932")}, mapping)
    assert written(tmp_path, report, "customers") == [
        {
            "customer_id": customer,
            "signed_up_at": day,
            "country_code": "007",
            "is_internal": "false",
        }
        for customer, day in (("c1", "2025-04-17"), ("c2", "soon"))
    ]
    source = report.sources["customers"]
    assert source.columns == {"customer_id": "顧客コード", "signed_up_at": "登録日"}
    assert source.missing_required == ()
    assert [note.text() for note in source.notes][-2:] == [
        "`customer_id` left out, because mapping.yml names `顧客コード` for customer_id",
        "1 value of signed_up_at left as found, in another format, the first `soon` on line 5",
    ]
    json.dumps(report.as_dict())


def test_mapping_of_a_sheet(tmp_path: Path) -> None:
    """File and sheet, or a sheet of any workbook; by file name what is named wins."""
    book = workbook({"一覧": [HEADER, ["c1"]], "plans": [["plan_id"], ["p1"]]})
    for mapping in ("customers: {file: book.xlsx, sheet: 一覧}", "customers: {sheet: 一覧}"):
        report = taken_in(tmp_path, {"book.xlsx": book}, mapping)
        assert [row["customer_id"] for row in written(tmp_path, report, "customers")] == ["c1"]
        assert report.sources["plans"].records == 1
    report = taken_in(
        tmp_path,
        {"book.xlsx": book, "customers.csv": CUSTOMERS},
        "customers: {file: book.xlsx, sheet: list}",
    )
    assert only_problem(report, "sheet_missing").source == "book.xlsx"
    report = taken_in(tmp_path, {}, "customers: {file: book.xlsx, sheet: 一覧}")
    assert report.sources["customers"].records == 1
    assert report.not_read == ("customers.csv",)


def test_mapping_elsewhere(tmp_path: Path) -> None:
    """A file that an argument names is read instead of the folder's."""
    folder = put(tmp_path / "in", {"customers.csv": CUSTOMERS, "mapping.yml": "{"})
    elsewhere = put(tmp_path, {"m.yml": "customers: {constants: {industry: x}}"}) / "m.yml"
    assert intake(folder, tmp_path / "out", elsewhere).problems == ()
    only_problem(intake(folder, tmp_path / "out", tmp_path / "n.yml"), "mapping_missing")


@pytest.mark.parametrize(
    ("mapping", "code", "line", "part"),
    [
        ("customers:\n  file: [", "mapping_yaml", 2, "YAML"),
        ("a: b: c", "mapping_yaml", 1, "YAML"),
        ("- customers", "mapping_no_keys", 1, "key: value"),
        ("customers: x", "mapping_no_keys", 1, "customers"),
        ("custmers:\n  sheet: a", "mapping_unknown", 1, "did you mean `customers`?"),
        ("customers:\n  colums: {}", "mapping_unknown", 2, "did you mean `columns`?"),
        (
            "customers:\n  columns:\n    costumer_id: x",
            "mapping_unknown",
            3,
            "did you mean `customer_id`?",
        ),
        ("customers:\n  formats: {customer_name: x}", "mapping_unknown", 2, "customers: formats"),
        (
            "customers:\n  formats: {signed_up_at: excel-serial}",
            "mapping_unknown",
            2,
            "did you mean `excel_serial`?",
        ),
        ('customers:\n  formats: {signed_up_at: "%d"}', "mapping_unknown", 2, "`%d`"),
        ('customers:\n  formats: {signed_up_at: "%Q"}', "mapping_unknown", 2, "`%Q`"),
        ("customers: {encoding: cp93}", "mapping_unknown", 1, "did you mean `cp932`?"),
        ("customers: {encoding: rot13}", "mapping_unknown", 1, "rot13"),
        ("customers: {delimiter: ';;'}", "mapping_unknown", 1, ";;"),
        ("customers: {decimal: x}", "mapping_unknown", 1, "decimal"),
        ("customers: {header_line: 0}", "mapping_unknown", 1, "header_line"),
        ("customers: {ends: inclusive}", "mapping_unknown", 1, "customers knows no `ends`"),
        ("contracts: {ends: inclusiv}", "mapping_unknown", 1, "did you mean `inclusive`?"),
        ("customers: {timezone: Asia/Tokio}", "mapping_unknown", 1, "did you mean `Asia/Tokyo`?"),
        ("customers: {}\ncustomers: {}", "mapping_repeated", 2, "customers"),
        ("customers: {file: [a]}", "mapping_no_value", 1, "customers: file"),
        ("customers: {file: customer.csv}", "mapping_file_missing", 1, "`customers.csv`?"),
        ("plans: {}", "mapping_no_source", 1, "plans"),
        ("customers: {columns: {industry: Industri}}", "mapping_no_header", None, "Industri"),
        ("customers: {constants: {customer_name: x}}", "mapping_constant", None, "customer_name"),
        ("customers: {sheet: x, file: customers.csv}", "mapping_not_applicable", None, "sheet"),
        ("customers: {header_line: 2}", "no_header", 2, "c1"),
        ("customers: {encoding: ascii}", "bad_named_encoding", 2, "ascii"),
    ],
)
def test_mappings_that_are_wrong(
    tmp_path: Path, mapping: str, code: str, line: int | None, part: str
) -> None:
    """What is wrong, where, and what is meant perhaps."""
    files = {"customers.csv": CUSTOMERS + "c1,あ,2025-01-01\n"}
    problem = only_problem(taken_in(tmp_path, files, mapping), code)
    assert problem.line == line
    assert part in problem.message()


def test_last_days_and_zones(tmp_path: Path) -> None:
    """The last day becomes the first after; a time without a zone becomes UTC."""
    values = [
        "2025-03-31",
        "2025/3/31",
        "2025-03-31 23:59:59",
        "2025-03-31T23:59Z",
        "9999-12-31",
        "",
    ]
    text = ITEMS + "".join(
        f"i{at},s,p,1,1,JPY,month,2025-01-01 09:00,{value}\n" for at, value in enumerate(values)
    )
    mapping = "subscription_items: {ends: inclusive, timezone: Asia/Tokyo}"
    report = taken_in(tmp_path, {"subscription_items.csv": text}, mapping)
    rows = written(tmp_path, report, "subscription_items")
    assert [row["valid_to"] for row in rows] == [
        "2025-04-01",
        "2025-04-01",
        "2025-03-31T15:00:00Z",
        "2025-04-01T00:00:00Z",
        "9999-12-31",
        "",
    ]
    assert {row["valid_from"] for row in rows} == {"2025-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("pattern", "value", "expected"),
    [
        ("%m/%d/%Y", "4/1/2025", "2025-04-01"),
        ("%m/%d/%Y", "13/1/2025", None),
        ("%d.%m.%Y %H:%M", "01.04.2025 9:05", "2025-04-01T09:05:00"),
        ("%Y%m%d%H%M%S%z", "20250401090500+0900", "2025-04-01T09:05:00+09:00"),
        ("%m/%d/%Y", "４/１/２０２５", "2025-04-01"),
        ("excel_serial", "1", "1900-01-01"),
        ("excel_serial", "59", "1900-02-28"),
        ("excel_serial", "60", None),
        ("excel_serial", "61", "1900-03-01"),
        ("excel_serial", "45383.0", "2024-04-01"),
        ("excel_serial", "45383.524305555554", "2024-04-01T12:35:00"),
        ("excel_serial", "2024-04-01", "2024-04-01"),
        ("excel_serial", "x", None),
        ("epoch_seconds", "1743465600", "2025-04-01T00:00:00Z"),
        ("epoch_seconds", "-1", "1969-12-31T23:59:59Z"),
        ("epoch_milliseconds", "1743465600123", "2025-04-01T00:00:00.123000Z"),
        ("epoch_seconds", "NaN", None),
        ("epoch_seconds", "999999999999999", None),
    ],
)
def test_formats(pattern: str, value: str, expected: str | None) -> None:
    """Each format, and values that do not fit it."""
    assert formatted(pattern)(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2025-01-01 12:00:00", "2025-01-01T17:00:00Z"),
        ("2025/7/1 12:00", "2025-07-01T16:00:00Z"),
        ("2025-01-01", "2025-01-01"),
        ("2025-01-01T12:00:00Z", "2025-01-01T12:00:00Z"),
        ("2025-01-01T12:00:00+09:00", "2025-01-01T12:00:00+09:00"),
        ("2024-11-03 01:30", "2024-11-03T06:30:00Z"),
        ("2024-03-10 02:30", "2024-03-10T07:30:00Z"),
        ("noon", None),
    ],
)
def test_zones(value: str, expected: str | None) -> None:
    """Hours that a clock shows twice or never are standard time, as DuckDB takes them."""
    assert in_utc("America/New_York")(value) == expected
    if expected and len(value) > 10 and "T" not in value:
        query = (
            f"select epoch(strptime('{value.replace('/', '-')}'[:16], "
            "['%Y-%m-%d %H:%M', '%Y-%-m-%-d %H:%M']) at time zone 'America/New_York') "
            f"= epoch(timestamp '{expected[:-1]}')"
        )
        assert duckdb.execute(query).fetchall() == [(True,)]


def test_ends_that_are_no_last_days() -> None:
    """Other times of day stay, and so does what is no time."""
    assert moment_after("2025-03-31 12:00:00") == "2025-03-31 12:00:00"
    assert moment_after("2025-03-31 23:59:59.999") == "2025-04-01T00:00:00"
    assert moment_after("open") is None


# Questions


@pytest.mark.parametrize(
    ("values", "code", "line", "lines"),
    [
        (["4/1/2025", "4/2/2025"], "question_day_month", 2, "%m/%d/%Y"),
        (["", "13/1/2025", "4/2/2025"], "question_day_month", 3, "%d/%m/%Y"),
        (["01.04.2025 10:00"], "question_day_month", 2, "%m.%d.%Y %H:%M"),
        (["4/13/25 1:05:09 PM"], "question_day_month", 2, "%m/%d/%y %I:%M:%S %p"),
        (["45383", "45384.5"], "question_serial", 2, "excel_serial"),
        (["1743465600"], "question_epoch", 2, "epoch_seconds"),
        (["1743465600000"], "question_epoch", 2, "epoch_milliseconds"),
    ],
)
def test_questions(tmp_path: Path, values: list[str], code: str, line: int, lines: str) -> None:
    """What only the user knows is asked with the lines to add, and those lines answer it."""
    files = {"customers.csv": CUSTOMERS + "".join(f"c1,A,{value}\n" for value in values)}
    report = taken_in(tmp_path, files)
    problem = only_problem(report, code)
    assert problem.line == line
    assert f'customers: {{formats: {{signed_up_at: "{lines}"}}}}' in problem.hint
    assert report.mapping_lines == f'customers:\n  formats:\n    signed_up_at: "{lines}"'
    report = taken_in(tmp_path, files, report.mapping_lines)
    days = [row["signed_up_at"] for row in written(tmp_path, report, "customers")]
    assert all(re.match(r"20\d\d-\d\d-\d\d", day) for day in days if day)
    assert codes(report.sources["customers"]) == []


def test_days_without_separators_are_asked_for_where_they_are_numbers(tmp_path: Path) -> None:
    """As text the casts of dbt read them; a number may count seconds or days."""
    report = taken_in(tmp_path, {"customers.csv": CUSTOMERS + "c1,A,20250401\n"})
    assert report.problems == ()
    for kind, code in (("varchar", None), ("bigint", "question_compact")):
        query = f"select 'c1' as customer_id, cast(20250401 as {kind}) as signed_up_at"
        folder = tmp_path / kind
        folder.mkdir()
        parquet(folder / "customers.parquet", query)
        report = intake(folder, tmp_path / "out")
        assert [problem.code for problem in report.problems] == ([code] if code else [])


def test_a_few_odd_dates_are_no_question(tmp_path: Path) -> None:
    """Fewer than half: dbt rejects them by name."""
    text = CUSTOMERS + "c1,A,2025-01-01\nc2,B,2025/1/2\nc3,C,4/1/2025\n"
    assert taken_in(tmp_path, {"customers.csv": text}).problems == ()


# Wording and command line


def test_every_code_is_worded_and_every_wording_is_used() -> None:
    """Each code in the source has a wording in both languages, and no wording is left over."""
    folder = ROOT / "tools" / "intake"
    source = "".join(
        path.read_text(encoding="utf-8") for path in folder.glob("*.py") if path.name != "words.py"
    )
    for code in [*words.NOTES, *words.PROBLEMS, *words.LINES]:
        assert f'"{code}"' in source, code
    for code in re.findall(r'\b(?:Note|Problem|stop)\(\s*"(\w+)"', source):
        assert code in words.NOTES or code in words.PROBLEMS, code
    wordings = [*words.NOTES.values(), *words.LINES.values(), *words.CLAUSES.values()]
    wordings += [pair for pairs in words.PROBLEMS.values() for pair in pairs]
    for english, japanese in wordings:
        assert english
        assert japanese
        assert set(re.findall(r"\{(\w*)\}", japanese)) <= set(re.findall(r"\{(\w*)\}", english))
        assert not re.search(r"です|ます|ください|。$", japanese)


def test_wordings_are_short() -> None:
    """A value of many lines does not make a message of many lines."""
    problem = Problem("unreadable", {"error": "a\nb" * 900}, "x.csv", 1)
    assert len(problem.message().splitlines()) == 2
    assert len(problem.message()) < 300
    assert Note("blank_records", {"n": 1234}).text("ja") == "空行 1,234 行を除外"


def test_the_command_line(tmp_path: Path) -> None:
    """A line for each source; problems on stderr and an exit of 1."""
    folder = put(
        tmp_path / "in",
        {"customers.csv": "Customer ID;signed up at;xx\nc1;2025-01-01;\n", "custmers.csv": ""},
    )
    command = [sys.executable, "-m", "tools.intake", str(folder), str(tmp_path / "out")]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.splitlines() == [
        "customers: customers.csv, 1 record; separator is ;",
        "`custmers.csv` is not a raw table; did you mean `customers`?",
        "customers.csv: `xx` is no column of the table",
    ]
    put(folder, {"customers.csv": CUSTOMERS + "c1,A,4/1/2025\n"})
    command += ["--language", "ja"]
    run = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert run.returncode == 1
    assert run.stderr.splitlines() == [
        "customers.csv 2 行目: signed_up_at に `4/1/2025` のような日付がある。月と日の順序を確認",
        '  mapping.yml に追加: customers: {formats: {signed_up_at: "%m/%d/%Y"}}'
        "、または「%d/%m/%Y」",
    ]


# Random tables

ALPHABET = [*'ab "",;|\t#\\\'', "\n", "\r\n", "\r", "顧", "客", "ア", "１", "，", "”", "　", "é"]
CODECS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "cp932")
FIELDS = ["response_id", "survey_type", "customer_id", "sent_at", "score", "comment"]
FUZZ = 200


def random_letters(rng: random.Random, codec: str) -> list[str]:
    """Some characters that an encoding has; few of them leave many files plain."""
    left_out = {"é"} if codec == "cp932" else set()
    if rng.random() < 0.5:
        left_out |= {"\n", "\r\n", "\r"}
    letters = [letter for letter in ALPHABET if letter not in left_out]
    return rng.sample(letters, k=rng.randrange(2, len(letters)))


def random_text(rng: random.Random, letters: list[str]) -> str:
    """A short text of some characters."""
    return "".join(rng.choices(letters, k=rng.randrange(9)))


def in_csv(value: str, delimiter: str, rng: random.Random) -> str:
    """A field as RFC 4180 writes it, sometimes with quotes that it does not need."""
    needs = any(letter in value for letter in f'"\r\n{delimiter}') or value != value.strip()
    return '"' + value.replace('"', '""') + '"' if needs or rng.random() < 0.2 else value


def random_table(rng: random.Random, codec: str) -> list[list[str]]:
    """Records of a table with one column of random text and one of random identifiers."""
    letters = random_letters(rng, codec)
    return [
        [
            f"#{at}" if rng.random() < 0.3 else f"r{at}{random_text(rng, letters)}",
            rng.choice(["nps", "csat"]),
            f"c{at}",
            rng.choice(["2025-01-01", "2025/1/2 10:00"]),
            rng.choice(["", "9", "10"]),
            random_text(rng, letters),
        ]
        for at in range(rng.randrange(30))
    ]


def random_file(rng: random.Random, table: list[list[str]], codec: str) -> bytes:
    """A table as a file of one of many dialects."""
    delimiter = rng.choice(",,;\t|")
    ends = rng.choice([["\n"], ["\r\n"], ["\r"], ["\n", "\r\n"]])
    titles = rng.choices(["", "Report", 'a "b', "x,y;z", ",,"], k=rng.choice([0, 0, 0, 5]))
    lines = titles + [
        delimiter.join(in_csv(value, delimiter, rng) for value in record)
        for record in [FIELDS, *table]
    ]
    lines += rng.choices(["", delimiter * 5], k=rng.choice([0, 0, 0, 3]))
    text = "".join(line + rng.choice(ends) for line in lines)
    if rng.random() < 0.3:
        text = text.rstrip("\r\n") if not table or table[-1][-1].strip() else text
    return text.encode(codec)


@pytest.mark.parametrize("seed", range(4))
def test_random_tables_come_back_whole(tmp_path: Path, seed: int) -> None:
    """Every record and value of any dialect is there when DuckDB reads what was written."""
    rng = random.Random(seed)
    linked = 0
    for number in range(FUZZ // 4):
        codec = rng.choice([*CODECS, "utf-8", "utf-8"])
        table = random_table(rng, codec)
        content = random_file(rng, table, codec)
        is_packed = rng.random() < 0.2
        folder = tmp_path / str(number)
        name = "survey_responses.csv" + (".gz" if is_packed else "")
        put(folder / "in", {name: gzip.compress(content) if is_packed else content})
        report = intake(folder / "in", folder / "out")
        assert [problem.message() for problem in report.problems] == [], content
        found = rows_of(folder / "out" / "survey_responses.csv", FIELDS)
        assert [list(row.values()) for row in found] == table, content
        assert report.sources["survey_responses"].records == len(table)
        linked += report.sources["survey_responses"].is_linked
    assert linked


def damaged(rng: random.Random, content: bytes) -> bytes:
    """A file with a few bytes put in, taken out or changed, or cut off."""
    changed = bytearray(content)
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(changed))
        match rng.randrange(4):
            case 0:
                changed[at:at] = rng.choice([b'"', b'\\"', b"\0", b",", b"\n", b"\xff", b"\x80"])
            case 1:
                del changed[at]
            case 2:
                changed[at] = rng.randrange(256)
            case _:
                del changed[max(at, 1) :]
    return bytes(changed)


@pytest.mark.parametrize("seed", range(2))
def test_damaged_files_end_with_a_message_or_whole(tmp_path: Path, seed: int) -> None:
    """Never an exception, and never fewer records than were counted."""
    rng = random.Random(1000 + seed)
    for number in range(FUZZ // 4):
        codec = rng.choice(CODECS)
        content = damaged(rng, random_file(rng, random_table(rng, codec), codec))
        folder = tmp_path / str(number)
        put(folder / "in", {"survey_responses.csv": content})
        report = intake(folder / "in", folder / "out")
        for problem in report.problems:
            for language in words.LANGUAGES:
                assert len(problem.message(language).splitlines()) <= MOST_LINES
        if not report.problems:
            source = report.sources["survey_responses"]
            names = [f"c{at}" for at in range(len(source.columns) + len(source.unknown))]
            found = rows_of(folder / "out" / "survey_responses.csv", names)
            assert len(found) == source.records, content


def test_damaged_parquet_and_workbooks(tmp_path: Path) -> None:
    """Never an exception for files that are not text."""
    rng = random.Random(7)
    path = parquet(tmp_path / "plain.parquet", "select 'c' || i as customer_id from range(99) t(i)")
    contents = {
        "customers.parquet": path.read_bytes(),
        "customers.xlsx": workbook({"customers": [HEADER, ["c1", "A", (45383, "date")]] * 9}),
    }
    for number in range(60):
        name = rng.choice(list(contents))
        folder = put(tmp_path / str(number), {f"in/{name}": damaged(rng, contents[name])})
        report = intake(folder / "in", folder / "out")
        for problem in report.problems:
            assert len(problem.message().splitlines()) <= MOST_LINES
            assert quoted(name)
