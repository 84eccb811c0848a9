"""Text files as records, one at a time: encodings, separators, quotes, line ends."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final, TextIO

from tools.contract import Table
from tools.intake import columns, dialect
from tools.intake.dialect import Header
from tools.intake.encoding import LINE_END, LONGEST, Encoding, encoding_of, opened
from tools.intake.report import IntakeError, Note, joined, stop
from tools.intake.settings import Settings

# What a backslash may stand before in the manner of MySQL.
ESCAPED: Final = re.compile(r'\\(["\\\r\n])')
QUOTED: Final = re.compile(r'"(?:[^"]|"")*("|\Z)')


@dataclass(frozen=True)
class TextFile:
    """A text file and how it is read.

    Attributes:
        path: The file.
        source: Its name for messages.
        table: The raw table.
        encoding: Its encoding.
        header: Its header.
        has_backslashes: Whether a quote inside a field is written with a backslash.
        notes: What was guessed.
    """

    path: Path
    source: str
    table: Table
    encoding: Encoding
    header: Header
    has_backslashes: bool = False
    notes: tuple[Note, ...] = ()


class TextRecords:
    """The records of a text file after its header, one at a time.

    Attributes:
        raw: Lines of the record at hand, from its first, where it has a quote; whoever asks for
            them clears the list after each record.
        backslash: Line of the first quote after a backslash.
        line_ends: The kinds of line ends, once all records were read.
    """

    def __init__(self, file: TextFile, keeps_raw: bool = False) -> None:
        """Read a file.

        Args:
            file: The file.
            keeps_raw: Whether `raw` and `backslash` are asked for.
        """
        self.file = file
        self.keeps_raw = keeps_raw and file.encoding.has_quotes
        self.raw: list[str] = []
        self.backslash: int | None = None
        self.line_ends: str | tuple[str, ...] | None = None
        self.delimiter = file.header.delimiter
        self._number: Callable[[], int] = int

    def __iter__(self) -> Iterator[list[str]]:
        """The records.

        Raises:
            IntakeError: A quote is wrong, or a field is too long.
        """
        csv.field_size_limit(LONGEST)
        above = self.file.header.above
        with _characters(self.file.path, self.file.encoding) as stream:
            for _ in range(above):
                stream.readline()
            is_direct = not (self.keeps_raw or self.file.has_backslashes)
            lines = stream if is_direct else self._lines(stream)
            reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
            self._number = lambda: above + reader.line_num
            try:
                next(reader, None)
                self.raw.clear()
                yield from reader
            except csv.Error as error:
                raise self._fault(str(error)) from error
            self.line_ends = stream.newlines

    def line(self, record: Sequence[str]) -> int:
        """The line on which the record at hand begins."""
        return self._number() - sum(len(LINE_END.findall(field)) for field in record)

    def _lines(self, stream: TextIO) -> Iterator[str]:
        """The lines of a file, with quotes as CSV writes them."""
        for line in stream:
            text = line
            if '"' in line or self.raw:
                if self.backslash is None and '\\"' in line:
                    self.backslash = self._number() + 1
                if self.file.has_backslashes:
                    text = ESCAPED.sub(_unescaped, line)
                if self.keeps_raw:
                    self.raw.append(text)
            yield text

    def _fault(self, error: str) -> IntakeError:
        """What is wrong where the reader of CSV stopped."""
        source, table = self.file.source, self.file.table.name
        last = self._number()
        begins = last - len(self.raw) + 1
        if "field limit" in error:
            return stop("huge_field", source, begins, table, limit=LONGEST)
        if "end of data" in error:
            text = "".join(self.raw)
            opening = next((found.start() for found in QUOTED.finditer(text) if not found[1]), 0)
            line = begins + len(LINE_END.findall(text[:opening]))
            return stop("unclosed_quote", source, line, table)
        return stop("bad_quote", source, last, table, begins=begins if begins != last else None)


def text_file(path: Path, source: str, table: Table, settings: Settings) -> TextFile:
    """Find out how a text file is written.

    Args:
        path: The file.
        source: Its name for messages.
        table: The raw table that it is.
        settings: What mapping.yml says of it.

    Raises:
        IntakeError: It cannot be read, is empty or has no header.
    """
    encoding = encoding_of(path, source, table.name, settings.encoding)
    above = settings.header_line - 1 if settings.header_line else None
    with _characters(path, encoding) as stream:
        most = (above or dialect.MOST_TITLE_LINES) + dialect.LONGEST_HEADER
        lines = list(islice(stream, most))
        is_blank = not any(map(_has_text, lines))
        if is_blank and not any(map(_has_text, iter(lambda: stream.read(LONGEST), ""))):
            raise stop("empty", source, table=table.name)
    header = dialect.find_in_text(
        lines,
        columns.recogniser(table, settings),
        columns.required(table, settings),
        settings.delimiter,
        above,
    )
    if header is None:
        raise no_header(source, table, settings, [line.strip() for line in lines])
    return TextFile(path, source, table, encoding, header, notes=_guessed(encoding, header, lines))


def no_header(source: str, table: Table, settings: Settings, lines: list[str]) -> IntakeError:
    """The error for a source of which no line names columns of its table.

    Args:
        source: The source.
        table: The table.
        settings: What mapping.yml says of it.
        lines: The first lines.
    """
    shown = lines[settings.header_line - 1 :] if settings.header_line else lines
    expected = sorted(columns.required(table, settings)) or [table.columns[0].name]
    return stop(
        "no_header",
        source,
        settings.header_line,
        table.name,
        found=next((line[:80] for line in shown if _has_text(line)), "…"),
        expected=joined(expected[:4]),
    )


def _has_text(line: str) -> bool:
    """Whether a line has more than spaces and a byte order mark."""
    return bool(line.strip("\ufeff \t\r\n\f\v\u3000"))


def _guessed(encoding: Encoding, header: Header, lines: list[str]) -> tuple[Note, ...]:
    """Notes of what the beginning of a file showed."""
    notes = []
    if encoding.name != "UTF-8":
        notes.append(Note("encoding", {"encoding": encoding.name, "example": encoding.example}))
    if header.delimiter != ",":
        name = dialect.NAMES.get(header.delimiter, header.delimiter)
        notes.append(Note("delimiter", {"delimiter": name}))
    if header.above:
        skipped = lines[: header.above]
        first = next((line.strip() for line in skipped if _has_text(line)), "")
        notes.append(Note("title_lines", {"n": header.above, "first": first}))
    return tuple(notes)


def with_backslashes(file: TextFile, line: int) -> TextFile:
    """The same file, read with backslashes before quotes inside fields.

    Args:
        file: The file.
        line: Line of the first such quote.
    """
    note = Note("backslash_quotes", {"line": line})
    return replace(file, has_backslashes=True, notes=(*file.notes, note))


def _characters(path: Path, encoding: Encoding) -> TextIO:
    """A file as text, with its own line ends."""
    return io.TextIOWrapper(opened(path), encoding=encoding.codec, newline="")


def _unescaped(found: re.Match[str]) -> str:
    """What a backslash and the character after it mean, as CSV writes it."""
    return '""' if found[1] == '"' else found[1]
