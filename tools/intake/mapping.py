"""mapping.yml: what the user says of the sources, checked before anything is read."""

from __future__ import annotations

import codecs
import difflib
import zoneinfo
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NoReturn

import yaml

from tools.contract import Table, end_columns, raw_tables
from tools.intake.report import IntakeError, Problem, joined, stop
from tools.intake.settings import COUNTS, DATES, Mappings, Settings

NAME: Final = "mapping.yml"
PATTERNS: Final = ("%m/%d/%Y", "%d.%m.%Y", "%m/%d/%Y %H:%M", "%Y%m%d")
ENCODINGS: Final = ("utf-8", "cp932", "utf-16", "cp1252", "latin-1")
DELIMITERS: Final = {"tab": "\t", "comma": ",", "semicolon": ";"}
# A day and time of which no part can be taken for another.
SAMPLE: Final = datetime(2025, 4, 17, 13, 56, 58, tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    """A key of mapping.yml: where it is, its name, its line and what belongs to it."""

    where: str
    name: str
    line: int
    node: yaml.Node


def read(path: Path, source: str) -> Mappings:
    """Read mapping.yml.

    Args:
        path: The file.
        source: Its name for messages.

    Returns:
        Settings by raw table.

    Raises:
        IntakeError: It is not as it should be, with all that is wrong.
    """
    root = _root(path, source)
    if root is None:
        return {}
    tables = {table.name: table for table in raw_tables()}
    settings: dict[str, Settings] = {}
    problems: list[Problem] = []
    for entry in _entries(root, NAME, source):
        try:
            _check_name(entry, tables, source)
            settings[entry.name] = _settings(entry, tables[entry.name], source)
        except IntakeError as error:
            problems += error.problems
    if problems:
        raise IntakeError(*problems)
    return settings


def _root(path: Path, source: str) -> yaml.Node | None:
    """The document, unless it is empty."""
    try:
        content = path.read_bytes()
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp932")
        root: yaml.Node | None = yaml.compose(text, Loader=yaml.BaseLoader)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise stop("mapping_yaml", source, line, error="UTF-8") from error
    except OSError as error:
        raise stop("unreadable", source, error=error.strerror) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line_or_none = mark.line + 1 if mark else None
        raise stop("mapping_yaml", source, line_or_none, error=error.problem) from error
    except yaml.YAMLError as error:
        raise stop("mapping_yaml", source, error=str(error).partition("\n")[0]) from error
    return root


def _entries(node: yaml.Node, where: str, source: str) -> Iterator[Entry]:
    """The keys of a mapping; an empty value has none."""
    if isinstance(node, yaml.ScalarNode) and node.value == "":
        return
    if not isinstance(node, yaml.MappingNode):
        raise stop("mapping_no_keys", source, node.start_mark.line + 1, where=where)
    seen: set[str] = set()
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise stop("mapping_no_keys", source, line, where=where)
        if key.value in seen:
            raise stop("mapping_repeated", source, line, key=key.value)
        seen.add(key.value)
        yield Entry(where, key.value, line, value)


def _settings(table_entry: Entry, table: Table, source: str) -> Settings:
    """What is said of one table."""
    found: dict[str, Any] = {"line": table_entry.line}
    for entry in _entries(table_entry.node, table.name, source):
        _check_name(entry, READERS, source)
        found[entry.name] = READERS[entry.name](entry, table, source)
    return Settings(**found)


def _check_name(entry: Entry, allowed: Iterable[str], source: str) -> None:
    """Stop at a key that does not exist."""
    if entry.name not in set(allowed):
        _refuse(entry, entry.name, allowed, source)


def _refuse(
    entry: Entry, name: str, allowed: Iterable[str], source: str, near_to: str = ""
) -> NoReturn:
    """Stop at a key, or the value of one, that does not exist, with the nearest that does."""
    where = entry.where if name == entry.name else f"{entry.where}: {entry.name}"
    names = list(allowed)
    near = difflib.get_close_matches(near_to or name, names, 1)
    raise stop(
        "mapping_unknown",
        source,
        entry.line,
        where=where,
        name=name,
        near=near[0] if near else None,
        allowed=joined(names),
    )


def _text(entry: Entry, table: Table, source: str) -> str:
    """A value that is one text."""
    del table
    if not isinstance(entry.node, yaml.ScalarNode) or not entry.node.value:
        where = f"{entry.where}: {entry.name}"
        raise stop("mapping_no_value", source, entry.line, where=where)
    return str(entry.node.value)


def _one_of(entry: Entry, table: Table, source: str, allowed: Iterable[str]) -> str:
    """A value that is one of some."""
    text = _text(entry, table, source)
    if text not in allowed:
        _refuse(entry, text, allowed, source)
    return text


def _encoding(entry: Entry, table: Table, source: str) -> str:
    """A value that is an encoding of Python."""
    text = _text(entry, table, source)
    try:
        "".encode(text)
        codecs.getincrementaldecoder(text)
    except LookupError:
        _refuse(entry, text, ENCODINGS, source, text.lower())
    return text


def _delimiter(entry: Entry, table: Table, source: str) -> str:
    """A value that is one character, or its name."""
    text = _text(entry, table, source)
    character = DELIMITERS.get(text, text)
    if len(character) != 1 or character in '"\r\n':
        _refuse(entry, text, (";", "|", *DELIMITERS), source)
    return character


def _line(entry: Entry, table: Table, source: str) -> int:
    """A value that is the number of a line."""
    text = _text(entry, table, source)
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        _refuse(entry, text, ("1", "2", "3 … 1000"), source)
    return int(text)


def _timezone(entry: Entry, table: Table, source: str) -> str:
    """A value that is a time zone."""
    text = _text(entry, table, source)
    zones = zoneinfo.available_timezones()
    if text not in zones:
        near = difflib.get_close_matches(text, zones, 1)
        examples = ("UTC", "Asia/Tokyo", "America/New_York", *near)
        _refuse(entry, text, dict.fromkeys(examples), source)
    return text


def _ends(entry: Entry, table: Table, source: str) -> str:
    """A value that says what end columns hold, for a table that has some."""
    if not end_columns(table):
        _refuse(entry, entry.name, [key for key in READERS if key != "ends"], source)
    return _one_of(entry, table, source, ("inclusive",))


def _by_column(entry: Entry, table: Table, source: str) -> dict[str, str]:
    """A text for each of some columns of the table."""
    found = {}
    for item in _entries(entry.node, f"{table.name}: {entry.name}", source):
        _check_name(item, [column.name for column in table.columns], source)
        found[item.name] = _text(item, table, source)
    return found


def _formats(entry: Entry, table: Table, source: str) -> dict[str, str]:
    """A format of dates for each of some columns of the table."""
    dates = [column.name for column in table.columns if column.type in DATES]
    found = {}
    for item in _entries(entry.node, f"{table.name}: formats", source):
        _check_name(item, dates, source)
        found[item.name] = _text(item, table, source)
        if found[item.name] not in COUNTS and not _is_pattern(found[item.name]):
            _refuse(item, found[item.name], (*COUNTS, *PATTERNS), source)
    return found


def _is_pattern(text: str) -> bool:
    """Whether a format reads the year and month that it writes."""
    try:
        read_again = datetime.strptime(SAMPLE.strftime(text), text)
    except ValueError:
        return False
    return (read_again.year, read_again.month) == (SAMPLE.year, SAMPLE.month)


READERS: Final[Mapping[str, Callable[[Entry, Table, str], Any]]] = {
    "file": _text,
    "sheet": _text,
    "encoding": _encoding,
    "delimiter": _delimiter,
    "decimal": lambda entry, table, source: _one_of(entry, table, source, (",", ".")),
    "header_line": _line,
    "columns": _by_column,
    "constants": _by_column,
    "formats": _formats,
    "ends": _ends,
    "timezone": _timezone,
}
