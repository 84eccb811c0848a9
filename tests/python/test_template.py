"""`make template`: files to fill, and config seeds that judge nobody."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from test_check import checked, said
from warehouse import build, project_with_config

from tools.contract import raw_tables
from tools.generate.contract_page import words, words_of
from tools.intake import intake
from tools.intake.words import LANGUAGES, Language
from tools.template import NEUTRAL, config_file, write


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_files_are_taken_in_as_they_are(language: Language, tmp_path: Path) -> None:
    """Every table and column is known by its name, and holds one example."""
    write(tmp_path / "mine", language)
    report = intake(tmp_path / "mine", tmp_path / "taken")
    assert report.problems == ()
    for table in raw_tables():
        source = report.sources[table.name]
        assert source.records == 1
        assert list(source.columns) == [column.name for column in table.columns]
        assert source.unknown == {}


def test_examples_that_were_left_are_named(tmp_path: Path) -> None:
    """They are valid rows that hang together, and the check says that they are still there."""
    write(tmp_path / "mine", "en")
    intake(tmp_path / "mine", tmp_path / "taken")
    lines = said(checked(tmp_path, tmp_path / "taken"))
    left = {line.split(":")[0].strip() for line in lines if "the example row" in line}
    assert left == {table.name for table in raw_tables() if len(table.key) == 1}
    assert "Rows that cannot be used" not in lines, lines


def test_nothing_is_written_over(tmp_path: Path) -> None:
    """A folder with something in it stays as it is."""
    (tmp_path / "customers.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(SystemExit, match="is there already"):
        write(tmp_path, "en")
    assert [path.name for path in tmp_path.iterdir()] == ["customers.csv"]


@pytest.mark.ci
def test_neutral_config_seeds_build(tmp_path: Path) -> None:
    """The sample company with nobody's targets, rules, reasons and features."""
    project = project_with_config(
        tmp_path / "project", {name: config_file(name) for name in NEUTRAL}
    )
    built = build(tmp_path, project=project)
    assert built.value("select count(*) from kpi_scorecard where target_value is not null") == 0
    assert built.value("select count(*) from fct_churns where reason_group <> 'unknown'") == 0
    assert built.value("select count(*) from kpi_support where tickets_opened > 0") > 0


def test_every_word_is_used() -> None:
    """Of each table and column there is one example and description, and of no other."""
    used = set()
    for table in raw_tables():
        for column in table.columns:
            words_of(table, column)
            own = f"{table.name}.{column.name}"
            used.add(own if own in words()["columns"] else column.name)
    assert set(words()["columns"]) == used
    assert set(words()["tables"]) == {table.name for table in raw_tables()}


def test_examples_are_what_the_contract_takes(tmp_path: Path) -> None:
    """The files as a spreadsheet reads them: a sentence, names, values."""
    write(tmp_path / "mine", "ja")
    for path in (tmp_path / "mine").glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            title, names, values = csv.reader(file)
        assert len(title) == 1
        assert len(names) == len(values) > 2
