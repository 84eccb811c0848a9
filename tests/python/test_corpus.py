"""Small folders of raw files as people have them, each with the values that are right.

tests/corpus/README.md says how a case is written. Right values are worked out by hand, from the
definitions; a case that the project gets wrong stays as it is, and the project is mended.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import yaml
from test_check import rejections, said
from warehouse import ROOT, Build, run_dbt
from workbooks import workbook

from tools.intake import Report, intake

CORPUS = ROOT / "tests" / "corpus"
MOST_LINES = 3
KEYS = {
    *("name", "why", "rows", "header", "files", "as", "mapping", "vars", "as_of", "folder", "ci"),
    *("mrr", "values", "rejected", "flagged", "message", "said"),
}
# What is built of every case, beside the marts that its queries name.
ALWAYS = ("dim_customers", "fct_rejected_rows", "fct_flagged_rows", "rpt_raw_reconciliation")


@dataclass(frozen=True)
class Case:
    """A folder and what is right about it.

    Attributes:
        name: Its name, with the file it stands in.
        base: Raw tables of the company that the cases of a file share: text of a CSV by table.
        given: The case as it is written.
    """

    name: str
    base: Mapping[str, str]
    given: Mapping[str, Any]

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Each file of the folder: name and content."""
        tables = dict(self.base)
        for table, header in self.given.get("header", {}).items():
            tables[table] = f"{header}\n"
        for table, rows in self.given.get("rows", {}).items():
            header = tables[table].splitlines()[0]
            tables[table] = "\n".join([header, *rows]) + "\n"
        for name, text in self.given.get("files", {}).items():
            tables.pop(name.split(".")[0], None)
            if text is not None:
                yield name, text.encode()
        for table, text in tables.items():
            yield written(table, text, self.given.get("as", {}).get(table, {}))
        if "mapping" in self.given:
            yield "mapping.yml", self.given["mapping"].encode()


def written(table: str, text: str, how: Mapping[str, Any]) -> tuple[str, bytes]:
    """Name and content of the file of a table.

    Args:
        table: The raw table.
        text: Its rows as CSV.
        how: By name: file, encoding, newline, delimiter, title, gzip, xlsx.
    """
    records = list(csv.reader(io.StringIO(text)))
    if how.get("xlsx"):
        return how.get("file", f"{table}.xlsx"), workbook({table: records})
    if "delimiter" in how:
        out = io.StringIO()
        csv.writer(out, delimiter=how["delimiter"], lineterminator="\n").writerows(records)
        text = out.getvalue()
    text = "".join(f"{line}\n" for line in how.get("title", [])) + text
    content = text.replace("\n", how.get("newline", "\n")).encode(how.get("encoding", "utf-8"))
    if how.get("gzip"):
        return how.get("file", f"{table}.csv.gz"), gzip.compress(content)
    return how.get("file", f"{table}.csv"), content


def cases() -> list[Any]:
    """All cases of the corpus; those with `ci: true` run in the second tier."""
    found = []
    for path in sorted(CORPUS.glob("*.yml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        for given in document["cases"]:
            assert set(given) <= KEYS, (path, set(given) - KEYS)
            case = Case(f"{path.stem}-{given['name']}", document["base"], given)
            marks = [pytest.mark.ci] if given.get("ci") else [pytest.mark.long]
            found.append(pytest.param(case, id=case.name, marks=marks))
    return found


@dataclass(frozen=True)
class Outcome:
    """What became of a folder.

    Attributes:
        case: The case.
        report: What the intake found.
        messages: Why nothing was built; empty where it was.
        build: The build, where there was one.
        check: What the check says, where rows are rejected.
    """

    case: Case
    report: Report
    messages: list[str]
    build: Build | None = None
    check: Build | None = None


@pytest.fixture(scope="module", params=cases())
def outcome(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """The folder taken in, built and checked."""
    case: Case = request.param
    folder = tmp_path_factory.mktemp("case")
    raw = folder / case.given.get("folder", "raw")
    raw.mkdir()
    for name, content in case.files():
        (raw / name).write_bytes(content)
    report = intake(raw, folder / "taken")
    if report.problems:
        return Outcome(case, report, [problem.message() for problem in report.problems])
    variables = {
        "raw_mode": "files",
        "raw_dir": folder / "taken",
        "as_of_date": case.given.get("as_of", "2025-03-31"),
        **case.given.get("vars", {}),
    }
    queries = json.dumps(case.given.get("values", {}))
    marts = {*ALWAYS, *re.findall(r"\b(?:dim|fct|kpi|rpt)_\w+", queries)}
    build = run_dbt(
        folder,
        variables,
        (
            *("build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"),
            *("--select", "path:seeds/config", *(f"+{mart}" for mart in sorted(marts))),
        ),
    )
    if build.returncode:
        return Outcome(case, report, [build.output])
    if not case.given.get("rejected"):
        return Outcome(case, report, [], build)
    asked = json.dumps({"language": "en", "shown_rows": 1000000})
    check = run_dbt(folder, variables, ("run-operation", "check", "--args", asked))
    return Outcome(case, report, [], build, check)


def plain(value: Any) -> Any:
    """A value of a mart as YAML has it: numbers as numbers, everything else as text."""
    if value is None or isinstance(value, (bool, str)):
        return value
    return float(value) if hasattr(value, "__float__") else str(value)


def test_the_folder_gives_what_is_right(outcome: Outcome) -> None:
    """The values, rejected and flagged rows of the case, or its message."""
    given = outcome.case.given
    if "message" in given:
        text = "\n".join(outcome.messages)
        assert re.search(given["message"], text), text or "it was built"
        assert "Traceback" not in text
        assert all(len(message.splitlines()) <= MOST_LINES for message in outcome.messages)
        return
    assert outcome.messages == []
    assert outcome.build is not None
    found = {query: plain(outcome.build.value(query)) for query in given.get("values", {})}
    assert found == {query: plain(value) for query, value in given.get("values", {}).items()}
    mrr = {
        row["customer_id"]: plain(row["current_mrr"])
        for row in outcome.build.rows("dim_customers")
        if row["current_mrr"]
    }
    right = given.get("mrr", {"A": 2000, "B": 1000})
    assert mrr == {name: plain(value) for name, value in right.items()}
    for mart, name in (("fct_rejected_rows", "rejected"), ("fct_flagged_rows", "flagged")):
        columns = ("table_name", "row_key", "reason", "column_name")
        rows = outcome.build.rows(mart)
        told = {" ".join(row[column] for column in columns if row[column]) for row in rows}
        assert told == set(given.get(name, [])), mart
    for text in given.get("said", []):
        notes = [
            note.text() for source in outcome.report.sources.values() for note in source.notes
        ] + [unknown.text() for unknown in outcome.report.unknown]
        assert any(text in note for note in notes), notes


def test_every_record_is_accounted_for(outcome: Outcome) -> None:
    """Records of the files are rows of the warehouse, and each of these has a status."""
    if outcome.build is None:
        return
    for row in outcome.build.rows("rpt_raw_reconciliation"):
        source = outcome.report.sources.get(row["table_name"])
        if source and row["is_present"]:
            assert row["raw_rows"] == source.records
        parts = ("used_rows", "superseded_rows", "deleted_rows", "rejected_rows")
        assert row["raw_rows"] == sum(row[part] for part in parts)


def test_check_and_build_name_the_same_rows(outcome: Outcome) -> None:
    """With the same reasons and columns."""
    if outcome.build is None or outcome.check is None:
        return
    told = {*rejections(said(outcome.check))}
    assert told == {
        (row["table_name"], row["row_key"], row["reason"], row["column_name"])
        for row in outcome.build.rows("fct_rejected_rows")
    }
