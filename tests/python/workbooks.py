"""Workbooks of Excel, written as small as they can be."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

STYLES = {"date": 1, "datetime": 2, "time": 3}
NAMESPACE = "http://schemas.openxmlformats.org/"
OFFICE = NAMESPACE + "officeDocument/2006/relationships"
MAIN = NAMESPACE + "spreadsheetml/2006/main"
PACKAGE = NAMESPACE + "package/2006/"


def cell(value: object, name: str) -> str:
    """A cell of a workbook: a text, number or boolean, (number, style) or an error such as #N/A!"""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return f'<c r="{name}" s="{STYLES[value[1]]}"><v>{value[0]}</v></c>'
    if isinstance(value, bool):
        return f'<c r="{name}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, float)):
        return f'<c r="{name}"><v>{value}</v></c>'
    if str(value).startswith("error:"):
        return f'<c r="{name}" t="e"><v>{str(value)[6:]}</v></c>'
    return f'<c r="{name}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """A workbook of Excel, as small as one can be."""
    stream = io.BytesIO()
    relation = f'<Relationship Id="{{}}" Type="{OFFICE}/{{}}" Target="{{}}"/>'
    relations = [relation.format("s", "styles", "styles.xml")]
    listed = []
    with zipfile.ZipFile(stream, "w") as archive:
        for number, (name, rows) in enumerate(sheets.items(), 1):
            listed.append(f'<sheet name="{escape(name)}" sheetId="{number}" r:id="r{number}"/>')
            target = f"worksheets/sheet{number}.xml"
            relations.append(relation.format(f"r{number}", "worksheet", target))
            data = "".join(
                f'<row r="{row}">'
                + "".join(cell(value, f"{chr(64 + at)}{row}") for at, value in enumerate(values, 1))
                + "</row>"
                for row, values in enumerate(rows, 1)
            )
            sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{data}</sheetData></worksheet>'
            archive.writestr(f"xl/{target}", sheet)
        formats = "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 22, 21))
        archive.writestr(
            "xl/styles.xml",
            f'<styleSheet xmlns="{MAIN}"><cellXfs count="4">{formats}</cellXfs></styleSheet>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{"".join(listed)}</sheets>'
            "</workbook>",
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKAGE}relationships">{"".join(relations)}</Relationships>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}relationships">'
            f"{relation.format('w', 'officeDocument', 'xl/workbook.xml')}</Relationships>",
        )
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{PACKAGE}content-types"><Default Extension="xml" '
            'ContentType="application/xml"/></Types>',
        )
    return stream.getvalue()
