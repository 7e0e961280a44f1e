"""How a list leaves: CSV, XLSX and JSON, written as they are sent, row by row, and never read as a formula."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape

from caseflow.incidents.lists.reading import FORMULA

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
_MOST = 32_767  # characters that a cell of a workbook holds
_NOT_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType='
    '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets><sheet name="caseflow" sheetId="1" '
    'r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def harmless(text: str) -> str:
    """Return a cell that no spreadsheet program takes for a formula: an apostrophe before what one would begin with."""
    return f"'{text}" if text.startswith(FORMULA) else text


def as_csv(rows: Iterable[Sequence[str]], *, locale: str) -> Iterator[bytes]:
    """Yield UTF-8 with a mark of order, by which Excel knows it; semicolons where Russian and Kazakh ones expect them."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter="," if locale == "en" else ";", lineterminator="\r\n")
    yield b"\xef\xbb\xbf"
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()


class _Sink(io.RawIOBase):
    """A file that only goes forward and gives away what was written."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def as_workbook(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Yield a workbook of one sheet; every cell is text, which no program evaluates."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _PARTS.items():
            archive.writestr(name, _HEAD + content)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for number, row in enumerate(rows, 1):
                cells = "".join(_cell(cell, place, number) for place, cell in enumerate(row) if cell)
                sheet.write(f'<row r="{number}">{cells}</row>'.encode())
                if piece := sink.take():
                    yield piece
            sheet.write(b"</sheetData></worksheet>")
    yield sink.take()


def _cell(text: str, place: int, row: int) -> str:
    plain = escape(_NOT_XML.sub("", harmless(text)[:_MOST]))
    return f'<c r="{_letters(place)}{row}" t="inlineStr"><is><t xml:space="preserve">{plain}</t></is></c>'


def _letters(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, left = divmod(place - 1, 26)
        letters = chr(65 + left) + letters
    return letters


def as_json(head: dict[str, Any], incidents: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """Yield one object: `head`, and the incidents as a list."""
    yield json.dumps(head, ensure_ascii=False)[:-1].encode() + b', "incidents": ['
    for place, one in enumerate(incidents):
        yield (b",\n" if place else b"\n") + json.dumps(one, ensure_ascii=False).encode()
    yield b"\n]}\n"
