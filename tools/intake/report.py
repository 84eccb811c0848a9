"""What the intake found: problems, sources, and what it guessed, as codes and values."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tools.intake import words
from tools.intake.words import Language


@dataclass(frozen=True)
class Note:
    """Something that was guessed or left out in a source.

    Attributes:
        code: Its code in `words.NOTES`.
        values: What its wording names.
    """

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def text(self, language: Language = "en") -> str:
        """The note as a sentence without a full stop."""
        return words.note(self.code, self.values, language)


@dataclass(frozen=True)
class Problem:
    """Something that only the user can decide or mend.

    Attributes:
        code: Its code in `words.PROBLEMS`.
        values: What its wording names.
        source: File, or file and sheet, as the user named it.
        line: Line of the file, or row of the sheet.
        table: The raw table that it concerns.
    """

    code: str
    values: Mapping[str, Any]
    source: str
    line: int | None = None
    table: str | None = None

    @property
    def text(self) -> str:
        """What is wrong, in English."""
        return self.worded("en")[0]

    @property
    def hint(self) -> str:
        """What to do, in English."""
        return self.worded("en")[1]

    def worded(self, language: Language) -> tuple[str, str]:
        """What is wrong, and what to do."""
        return words.problem(self.code, {"table": self.table, **self.values}, language)

    def message(self, language: Language = "en") -> str:
        """Where, what and what to do, in two lines."""
        text, hint = self.worded(language)
        return f"{words.place(self.source, self.line, language)}{text}\n  {hint}"


class IntakeError(Exception):
    """Ends the reading of one source, or of mapping.yml, with its problems."""

    def __init__(self, *problems: Problem) -> None:
        """Keep the problems."""
        super().__init__(*problems)
        self.problems = problems


@dataclass(frozen=True)
class Source:
    """A source that was read as a raw table.

    Attributes:
        table: The raw table.
        path: The file or folder, as the user named it.
        sheet: The sheet of a workbook.
        kind: csv, tsv, txt, parquet, parquet folder, or the extension of a workbook.
        encoding: Encoding of a text file.
        delimiter: Separator of a text file.
        records: Number of records, blank ones not counted.
        blank_records: Number of blank lines and of rows with only blank fields.
        columns: Header in the source by column of the contract.
        constants: Value by column of the contract, from mapping.yml.
        unknown: Nearest column of the contract, if any, by header that is no column of it.
        missing_required: Columns that the contract requires and the source has not.
        missing_optional: Other columns of the contract that the source has not.
        notes: What was guessed or left out.
        is_linked: Whether dbt reads the user's own file, because it is plain already.
    """

    table: str
    path: str
    sheet: str | None
    kind: str
    encoding: str | None
    delimiter: str | None
    records: int
    blank_records: int
    columns: Mapping[str, str]
    constants: Mapping[str, str]
    unknown: Mapping[str, str | None]
    missing_required: tuple[str, ...]
    missing_optional: tuple[str, ...]
    notes: tuple[Note, ...]
    is_linked: bool = False


@dataclass(frozen=True)
class Unknown:
    """A file or sheet of a kind that can be read, whose name is no raw table.

    Attributes:
        source: File, or file and sheet, as the user named it.
        name: The name that is no table.
        near: The raw table with the nearest name, if one is near.
    """

    source: str
    name: str
    near: str | None

    def text(self, language: Language = "en") -> str:
        """The sentence about it, without a full stop."""
        return words.note("unknown_table", {"source": self.source, "near": self.near}, language)


@dataclass(frozen=True)
class Report:
    """What the intake found in a folder.

    Attributes:
        folder: The folder, as the user named it.
        problems: What the user must mend; with none of them `out` was written.
        sources: What was read, by raw table.
        unknown: Files and sheets whose name is no raw table.
        not_read: Files of kinds that are not read.
    """

    folder: str
    problems: tuple[Problem, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    unknown: tuple[Unknown, ...] = ()
    not_read: tuple[str, ...] = ()

    @property
    def mapping_lines(self) -> str:
        """The lines of mapping.yml that the questions propose, all in one; empty without any."""
        proposed: dict[str, list[str]] = {}
        for problem in self.problems:
            if "format" in problem.values and problem.table:
                line = f'    {problem.values["column"]}: "{problem.values["format"]}"'
                proposed.setdefault(problem.table, []).append(line)
        return "\n".join(
            line
            for table, lines in proposed.items()
            for line in (f"{table}:", "  formats:", *lines)
        )

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON takes it, with every wording in each language."""
        return {
            "folder": self.folder,
            "problems": [_problem(problem) for problem in self.problems],
            "sources": {table: _source(source) for table, source in self.sources.items()},
            "unknown": [dataclasses.asdict(unknown) for unknown in self.unknown],
            "not_read": list(self.not_read),
        }


def _problem(problem: Problem) -> dict[str, Any]:
    """A problem as JSON takes it."""
    texts = {
        language: dict(zip(("text", "hint"), problem.worded(language), strict=True))
        for language in words.LANGUAGES
    }
    return {**dataclasses.asdict(problem), "text": problem.text, "hint": problem.hint} | {
        "words": texts
    }


def _source(source: Source) -> dict[str, Any]:
    """A source as JSON takes it."""
    return dataclasses.asdict(source) | {
        "notes": [
            dataclasses.asdict(note)
            | {"words": {language: note.text(language) for language in words.LANGUAGES}}
            for note in source.notes
        ]
    }


def labelled(path: str, sheet: str | None) -> str:
    """A file, or a sheet of a file, as messages name it."""
    return path if sheet is None else f"{path} [{sheet}]"


def stop(
    code: str, source: str, line: int | None = None, table: str | None = None, **values: Any
) -> IntakeError:
    """The error that ends the reading of a source with one problem.

    Args:
        code: Code of the problem.
        source: File, or file and sheet.
        line: Line or row.
        table: The raw table.
        values: What the wording names.
    """
    plain = {
        name: str(value) if isinstance(value, Exception) else value
        for name, value in values.items()
    }
    return IntakeError(Problem(code, plain, source, line, table))


def joined(names: Iterable[str]) -> str:
    """Names as a list in a sentence."""
    return ", ".join(names)
