"""Which encoding a text file has, found in one pass that holds a block at a time."""

from __future__ import annotations

import codecs
import gzip
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

from tools.intake.report import stop

BLOCK: Final = 1 << 20
# Characters of one field, and about those of one line, which is held in memory.
LONGEST: Final = 16 * 1024 * 1024
# UTF-32 before UTF-16, whose mark begins that of UTF-32.
MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
NAMES: Final = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "cp932": "CP932",
}
LINE_END: Final = re.compile(r"\r\n|\r|\n")
NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]+")
# What Python decodes from bytes that CP932 leaves undefined.
NOT_CP932: Final = re.compile("[\x80-\x9f\xa0\uf8f0-\uf8f3]")


@dataclass(frozen=True)
class Encoding:
    """How the bytes of a file become text.

    Attributes:
        codec: Python's name of it.
        example: The first characters beyond ASCII, if there are any.
        has_quotes: Whether there is a quote anywhere.
    """

    codec: str
    example: str | None = None
    has_quotes: bool = True

    @property
    def name(self) -> str:
        """As people write it."""
        return NAMES.get(self.codec, self.codec)


@dataclass(frozen=True)
class Fault:
    """The first place that cannot be read: its line, and the code of the problem.

    Attributes:
        line: The line.
        code: bad_encoding, nul or huge_field.
    """

    line: int
    code: str


def opened(path: Path) -> IO[bytes]:
    """A file as bytes, unpacked when its name ends in .gz."""
    if path.name.lower().endswith(".gz"):
        return cast(IO[bytes], gzip.open(path, "rb"))
    return path.open("rb")


def encoding_of(path: Path, source: str, table: str, named: str | None = None) -> Encoding:
    """The encoding of a file, and that all of it can be read so.

    Args:
        path: The file.
        source: Its name for messages.
        table: The raw table, for messages.
        named: The encoding that mapping.yml names.

    Raises:
        IntakeError: It cannot be read, with the line of the first character that cannot.
    """
    try:
        with opened(path) as stream:
            start = stream.read(BLOCK)
        faults: list[Fault] = []
        for codec in _candidates(start, named):
            found = _read(path, codec)
            if isinstance(found, Encoding):
                return found
            faults.append(found)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise stop("damaged_gzip", source, table=table, error=error) from error
    # The right encoding is the one that gets furthest: a wrong one fails at once.
    furthest = max(faults, key=lambda fault: fault.line)
    code = "bad_named_encoding" if named and furthest.code == "bad_encoding" else furthest.code
    raise stop(code, source, furthest.line, table, encoding=named, limit=LONGEST)


def _candidates(start: bytes, named: str | None) -> tuple[str, ...]:
    """The codecs to try in turn."""
    marked = next((codec for mark, codec in MARKS if start.startswith(mark)), None)
    if named:
        codec = codecs.lookup(named).name
        return ("utf-8-sig" if codec == "utf-8" and marked == "utf-8-sig" else codec,)
    wide = marked or _utf_16_without_mark(start)
    return (wide,) if wide else ("utf-8", "cp932")


def _utf_16_without_mark(start: bytes) -> str | None:
    """UTF-16 by where its NULs are: in one half of every pair, and many of them."""
    first, second = start[0::2].count(0), start[1::2].count(0)
    nulls = first + second
    # The other half has some, too: an ideographic space is 30 00.
    if nulls < max(2, len(start) / 100) or max(first, second) <= 2 * min(first, second):
        return None
    return "utf-16-le" if second > first else "utf-16-be"


def _read(path: Path, codec: str) -> Encoding | Fault:
    """Read a whole file: what it shows, or the first place that cannot be read."""
    lines, length, last = 1, 0, ""
    example, has_quotes = None, False
    for block, is_whole in _decoded(path, codec):
        text = block
        undefined = NOT_CP932.search(text) if codec == "cp932" and not text.isascii() else None
        if undefined:
            text = text[: undefined.start()]
        nul = text.find("\0")
        if nul >= 0:
            return Fault(lines + _line_ends(text[:nul], last), "nul")
        if undefined or not is_whole:
            return Fault(lines + _line_ends(text, last), "bad_encoding")
        if example is None and not text.isascii() and (found := NOT_ASCII.search(text)):
            example = found.group()[:20]
        has_quotes = has_quotes or '"' in text
        ends = _line_ends(text, last)
        length = 0 if ends else length + len(text)
        if length > LONGEST:
            return Fault(lines, "huge_field")
        lines += ends
        last = text[-1:] or last
    return Encoding(codec, example, has_quotes)


def _line_ends(text: str, last: str) -> int:
    """Number of line ends in a block; a CR LF that is cut in two by blocks is one."""
    ends = text.count("\n") + text.count("\r") - text.count("\r\n")
    return ends - (last == "\r" and text.startswith("\n"))


def _decoded(path: Path, codec: str) -> Iterator[tuple[str, bool]]:
    """The text of a file by blocks; the last is what comes before bytes that fail, if any do."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    with opened(path) as stream:
        while True:
            block = stream.read(BLOCK)
            try:
                yield decoder.decode(block, final=not block), True
            except UnicodeError as error:
                readable = getattr(error, "object", b"")[: getattr(error, "start", 0)]
                yield readable.decode(codec, "ignore"), False
                return
            if not block:
                return
