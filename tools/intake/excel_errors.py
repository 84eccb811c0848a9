"""Cells of Excel that hold an error, which the library that reads sheets gives as empty ones."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from tools.intake.report import Note

BLOCK: Final = 1 << 20
ERROR: Final = b't="e"'


def error_cells(path: Path, sheet: str) -> list[Note]:
    """A note of the cells of a sheet that hold an error such as #N/A, which are read as empty.

    The library does not tell them from empty ones, so the file itself is asked where it is XML of
    Excel; elsewhere there is no note.

    Args:
        path: The workbook.
        sheet: The sheet.
    """
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return []
    try:
        with zipfile.ZipFile(path) as archive:
            part = _part(archive, sheet)
            if part is None or not _mentions_error(archive, part):
                return []
            found = list(_errors(archive, part))
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, OSError):
        return []
    if not found:
        return []
    cell, error = found[0]
    return [Note("error_cells", {"n": len(found), "cell": cell, "error": error})]


def _part(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The file in a workbook that holds a sheet."""
    workbook = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {item.get("Id"): item.get("Target", "") for item in relations}
    for item in workbook.iter():
        if item.tag.endswith("}sheet") and item.get("name") == sheet:
            identifier = next((v for k, v in item.attrib.items() if k.endswith("}id")), None)
            return posixpath.normpath(posixpath.join("/xl", targets[identifier])).lstrip("/")
    return None


def _mentions_error(archive: zipfile.ZipFile, part: str) -> bool:
    """Whether a sheet has an error cell, found without taking its XML apart."""
    end = b""
    with archive.open(part) as file:
        while block := file.read(BLOCK):
            if ERROR in end + block:
                return True
            end = block[-len(ERROR) :]
    return False


def _errors(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str]]:
    """The error cells of a sheet and what they show."""
    with archive.open(part) as file:
        for _, item in ElementTree.iterparse(file):
            if item.tag.endswith("}c") and item.get("t") == "e":
                shown = next((child.text for child in item if child.tag.endswith("}v")), None)
                yield item.get("r", "?"), shown or "?"
            if item.tag.endswith("}row"):
                item.clear()
