"""The intake: a folder as people have it becomes a folder of plain files that dbt reads.

Which files are raw tables (`folder`), how they are written (`encoding`, `dialect`, `text`,
`sheets`, `parquet`), what their headers mean (`columns`), and what mapping.yml says (`mapping`) is
found out by itself; what was guessed stands in the report (`report`, `words`). Values stay as they
are written, because the casts of dbt read many notations; only what mapping.yml or a decimal comma
demands is written differently (`notation`), and where only the user can know, the intake asks
(`questions`). `reading` makes one source into a file; `rows` and `writing` see to its records.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from tools.contract import raw_tables
from tools.intake import folder as folders
from tools.intake import mapping as mappings
from tools.intake import reading
from tools.intake.report import IntakeError, Note, Problem, Report, Source, Unknown, stop
from tools.intake.settings import Mappings, Settings

__all__ = ["Note", "Problem", "Report", "Source", "Unknown", "intake"]

# What an earlier intake, or a tool that keeps its report beside, may have left in `out`.
WRITTEN: Final = (".csv", ".parquet", ".json")


def intake(folder: Path, out: Path, mapping: Path | None = None) -> Report:
    """Make a folder of files as people have them into one of plain files that dbt reads.

    Args:
        folder: The folder with the sources.
        out: The folder to write, made with its parents; what an earlier intake left there is
            replaced, and only when there are no problems.
        mapping: A mapping.yml elsewhere than in the folder.

    Returns:
        What was found and guessed, and the problems, if any.
    """
    try:
        _check_folders(folder, out)
        named, source = _mappings(folder, mapping)
        contents = folders.contents(folder, named, source)
    except IntakeError as error:
        return Report(str(folder), error.problems)
    except OSError as error:
        return Report(str(folder), stop("unreadable", str(folder), error=_why(error)).problems)
    problems = list(contents.problems)
    if not contents.found and not problems:
        problems.append(Problem("folder_empty", {}, str(folder)))
    sources: dict[str, Source] = {}
    unfinished = out.absolute().with_name(f".{out.absolute().name}.next")
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        for found in _in_order(contents.found):
            try:
                settings = named.get(found.table.name, Settings())
                sources[found.table.name] = reading.read(found, unfinished, settings)
            except IntakeError as error:
                problems += error.problems
            except OSError as error:
                if error.filename and Path(error.filename).is_relative_to(unfinished):
                    raise
                values = {"error": _why(error)}
                problems.append(Problem("unreadable", values, found.source, table=found.table.name))
        if not problems:
            _switch(unfinished, out.absolute())
    except OSError as error:
        problems.append(Problem("out_not_written", {"error": _why(error)}, str(out)))
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return Report(
        str(folder), tuple(problems), sources, tuple(contents.unknown), tuple(contents.not_read)
    )


def _why(error: OSError) -> str:
    """What the system says of an error, without the path."""
    return error.strerror or str(error)


def _check_folders(folder: Path, out: Path) -> None:
    """Stop when there is no folder, or writing would replace what is nobody else's to replace."""
    if not folder.exists():
        raise stop("folder_missing", str(folder))
    if not folder.is_dir():
        raise stop("folder_is_file", str(folder))
    if folder.resolve().is_relative_to(out.resolve()):
        raise stop("out_is_source", str(out))
    if out.exists() and not out.is_dir():
        raise stop("out_taken", str(out), name=out.name)
    for path in sorted(out.iterdir()) if out.is_dir() else []:
        is_written = path.is_file() and path.name.lower().endswith(WRITTEN)
        if not is_written and not path.name.startswith("."):
            raise stop("out_taken", str(out), name=path.name)


def _mappings(folder: Path, mapping: Path | None) -> tuple[Mappings, str]:
    """What mapping.yml says, and its name for messages."""
    path = mapping or folder / mappings.NAME
    source = str(mapping) if mapping else mappings.NAME
    if path.is_file():
        return mappings.read(path, source), source
    if mapping:
        raise stop("mapping_missing", source)
    return {}, source


def _in_order(found: list[folders.Found]) -> list[folders.Found]:
    """Sources in the order of the contract."""
    order = [table.name for table in raw_tables()]
    return sorted(found, key=lambda item: order.index(item.table.name))


def _switch(unfinished: Path, out: Path) -> None:
    """Put a finished folder in the place of the former one."""
    former = out.with_name(f".{out.name}.former")
    shutil.rmtree(former, ignore_errors=True)
    if out.is_symlink():
        out.unlink()
    elif out.exists():
        out.rename(former)
    unfinished.rename(out)
    shutil.rmtree(former, ignore_errors=True)
