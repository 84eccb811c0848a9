"""One source, of whatever kind, made into a file that dbt reads."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb

from tools.intake import columns, dialect, excel_errors, parquet, rows, sheets, text, writing
from tools.intake.columns import Layout
from tools.intake.folder import PARQUET_FOLDER, WORKBOOKS, Found, refuse
from tools.intake.parquet import Opened
from tools.intake.report import IntakeError, Note, Source, stop
from tools.intake.rows import Survey
from tools.intake.settings import Settings
from tools.intake.sheets import SheetRecords
from tools.intake.text import TextFile, TextRecords


def read(found: Found, out: Path, settings: Settings) -> Source:
    """Make a source into `<table>.csv` or `<table>.parquet`.

    Args:
        found: The source.
        out: The folder to write to.
        settings: What mapping.yml says of the table.

    Raises:
        IntakeError: Something only the user can mend.
    """
    if found.kind in ("parquet", PARQUET_FOLDER):
        return _read_parquet(found, out, settings)
    if f".{found.kind}" in WORKBOOKS:
        return _read_sheet(found, out, settings)
    return _read_text(found, out, settings)


def link(source: Path, target: Path) -> None:
    """Make a file available under another name without rewriting it, where that is possible."""
    original = source.resolve()
    ways: list[Callable[[Path, Path], object]] = [os.link, shutil.copyfile]
    if sys.platform != "win32":  # there it takes a right that few have
        ways.insert(1, os.symlink)
    for make in ways:
        try:
            make(original, target)
        except OSError:
            if make is shutil.copyfile:
                raise
        else:
            return


def _read_text(found: Found, out: Path, settings: Settings) -> Source:
    """Make a text file into plain CSV, or link it when it is."""
    refuse(found, settings, ("sheet",))
    file = text.text_file(found.path, found.source, found.table, settings)
    layout = columns.layout(found.table, file.header.fields, settings, found.source)
    decimal = settings.decimal or ("," if file.header.delimiter == ";" else ".")
    file, records, survey = _survey_text(file, layout, settings, decimal == ",")
    needed = writing.conversions(survey, found.table, layout, settings)
    said = [*file.notes, *rows.notes(survey, layout, len(file.header.fields))]
    is_plain = (
        layout.is_plain
        and survey.is_plain
        and not (needed or settings.constants or survey.blank or survey.surplus[0])
        and not (survey.short[0] or file.header.above or file.has_backslashes)
        and file.encoding.codec == "utf-8"
        and file.header.delimiter == ","
        and records.line_ends in (None, "\n", "\r\n")
        and not found.kind.endswith(".gz")
    )
    target = out / f"{found.table.name}.csv"
    if is_plain:
        link(found.path, target)
    else:
        has_returns = file.encoding.has_quotes and records.line_ends != "\n"
        further = writing.Further(settings.constants, needed, has_returns)
        said += writing.write(target, TextRecords(file), layout, further)
    return _source(
        found,
        layout,
        settings,
        survey,
        said,
        encoding=file.encoding.name,
        delimiter=file.header.delimiter,
        is_linked=is_plain,
    )


def _survey_text(
    file: TextFile, layout: Layout, settings: Settings, has_decimal_comma: bool
) -> tuple[TextFile, TextRecords, Survey]:
    """Look through a text file, with backslashes before quotes if only that makes it well-formed.

    Raises:
        IntakeError: It is not well-formed either way, or its values leave questions.
    """
    first: IntakeError | None = None
    for attempt in ("doubled", "backslash"):
        records = TextRecords(file, keeps_raw=True)
        try:
            survey = rows.survey(records, layout, settings, has_decimal_comma)
            rows.check(survey, file.table, layout, file.source)
        except IntakeError as error:
            if records.backslash is None or attempt == "backslash" or _is_question(error):
                raise first or error from error
            first = error
            file = text.with_backslashes(file, records.backslash)
        else:
            break
    return file, records, survey


def _is_question(error: IntakeError) -> bool:
    """Whether a source is well-formed and only leaves questions."""
    return all(problem.code.startswith("question") for problem in error.problems)


def _read_sheet(found: Found, out: Path, settings: Settings) -> Source:
    """Make a sheet into plain CSV."""
    # A cell that is a number has no decimal mark to ask about.
    refuse(found, settings, ("encoding", "delimiter", "decimal"))
    if found.sheet is None:
        raise stop("empty", found.source, table=found.table.name)
    cells = sheets.cells(found.path, found.sheet, found.source)
    first_rows = [[sheets.text(cell) for cell in row] for row in cells[: dialect.LONGEST_HEADER]]
    above = settings.header_line - 1 if settings.header_line else None
    header = dialect.find_in_rows(
        [[sheets.text(cell) for cell in row] for row in cells[: (above or 0) + 6]],
        columns.recogniser(found.table, settings),
        columns.required(found.table, settings),
        above,
    )
    if not any(cell for row in first_rows for cell in row) and not any(map(any, cells)):
        raise stop("empty", found.source, table=found.table.name)
    if header is None:
        lines = [", ".join(cell for cell in row if cell) for row in first_rows]
        raise text.no_header(found.source, found.table, settings, lines)
    layout = columns.layout(found.table, header.fields, settings, found.source)
    records = SheetRecords(cells, header.above + 1, layout.width)
    sheets.check_numbers(records, found.table, layout, settings, found.source)
    survey = rows.survey(records, layout, settings, has_decimal_comma=False)
    rows.check(survey, found.table, layout, found.source)
    said = excel_errors.error_cells(found.path, found.sheet)
    if found.others:
        others = ", ".join(found.others)
        said.append(Note("sheet", {"sheet": found.sheet, "others": others}))
    if header.above:
        title = next((line for row in first_rows[: header.above] for line in row if line), "")
        said.append(Note("title_lines", {"n": header.above, "first": title}))
    said += rows.notes(survey, layout, layout.width)
    needed = writing.conversions(survey, found.table, layout, settings)
    target = out / f"{found.table.name}.csv"
    said += writing.write(target, records, layout, writing.Further(settings.constants, needed))
    return _source(found, layout, settings, survey, said)


def _read_parquet(found: Found, out: Path, settings: Settings) -> Source:
    """Make Parquet files into one, or link the only one when it can stay as it is."""
    files = parquet.files_of(found)
    target = out / f"{found.table.name}.parquet"
    spill = out / ".spill"
    with parquet.engine(spill) as connection:
        records, names, types = parquet.measured(connection, found, files)
        layout = parquet.layout_of(found, names, settings)
        opened = Opened(connection, found, layout, settings, parquet.relation(files), spill)
        said = list(layout.notes)
        if len(files) > 1:
            said.append(Note("combined", {"n": len(files)}))
        is_plain = parquet.is_plain(layout, files, found.table, settings)
        try:
            parquet.ask(opened, types)
            if is_plain:
                link(files[0], target)
            else:
                said += parquet.write(opened, target)
        except duckdb.Error as error:
            code = "parquet_mixed" if len(files) > 1 else "not_parquet"
            raise stop(
                code, found.source, table=found.table.name, error=parquet.brief(error)
            ) from error
    shutil.rmtree(spill, ignore_errors=True)
    return _source(found, layout, settings, Survey(records), said, is_linked=is_plain)


def _source(
    found: Found,
    layout: Layout,
    settings: Settings,
    survey: Survey,
    said: Sequence[Note],
    **further: Any,
) -> Source:
    """What the report says of a source."""
    required, optional = columns.missing(found.table, layout, settings)
    return Source(
        table=found.table.name,
        path=found.name,
        sheet=found.sheet,
        kind=found.kind,
        encoding=further.get("encoding"),
        delimiter=further.get("delimiter"),
        records=survey.records,
        blank_records=survey.blank,
        columns=layout.used,
        constants=dict(settings.constants),
        unknown=columns.unknown(found.table, layout, settings),
        missing_required=required,
        missing_optional=optional,
        notes=tuple(said),
        is_linked=further.get("is_linked", False),
    )
