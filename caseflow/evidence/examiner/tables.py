"""The rows of a list: comma-separated text in the encodings that are met, and workbooks (XLSX) read from their XML.

Nothing is evaluated: of a formula the value counts that the program which saved the workbook kept beside it. That is why
no library reads them: read row by row, the usual one knows no merged cells, and tells a formula from its value only by
reading the whole file twice.
"""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any
from xml.parsers import expat

from caseflow.evidence.examiner import workbooks
from caseflow.evidence.examiner.given import Given, Refused
from caseflow.evidence.examiner.workbooks import ROWS

COLUMNS = 120
CELL = 20_000  # characters
CHARACTERS = 8_000_000
ENCODINGS = {"utf-8": "utf-8-sig", "utf-16": "utf-16", "windows-1251": "cp1251", "kz-1048": "kz1048"}
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
_OLE, _ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"

Fault = list[Any]  # row, column (from 0), code


def table(given: Given) -> dict[str, Any]:
    """Return the rows of a list as [number, cells], what is wrong in single cells, and how it was read."""
    with given.open() as file:
        head = file.read(8)
        if head.startswith(_OLE):
            raise Refused("old_workbook")
        file.seek(0)
        if head.startswith(b"PK"):
            if not head.startswith(_ZIP) or not zipfile.is_zipfile(file):
                raise Refused("broken_zip")
            file.seek(0)
            try:
                return _workbook(file, given.options.get("sheet", ""))
            except (zipfile.BadZipFile, expat.ExpatError, KeyError, EOFError):
                raise Refused("broken_zip") from None
        return _text(file.read(), given.options)


class _Gathered:
    """Rows as they come, inside the limits."""

    def __init__(self) -> None:
        self.rows: list[list[Any]] = []
        self.faults: list[Fault] = []
        self._characters = 0

    def add(self, number: int, cells: list[str]) -> None:
        while cells and not cells[-1].strip():
            cells.pop()
        if not cells:
            return
        if len(cells) > COLUMNS:
            raise Refused("many_columns")
        if len(self.rows) > ROWS:  # the headings are a row too
            raise Refused("many_rows")
        for column, cell in enumerate(cells):
            if len(cell) > CELL:
                self.faults.append([number, column, "long"])
                cells[column] = cell[:100]
            self._characters += len(cells[column])
        if self._characters > CHARACTERS:
            raise Refused("much")
        self.rows.append([number, cells])


# -- text


def _text(content: bytes, options: dict[str, str]) -> dict[str, Any]:
    encoding = options.get("encoding", "")
    encoding = encoding if encoding in ENCODINGS else _encoding_of(content)
    try:
        text = content.decode(ENCODINGS[encoding])
    except UnicodeDecodeError:
        raise Refused("encoding") from None
    if "\0" in text:
        raise Refused("nul")
    delimiter = options.get("delimiter", "")
    delimiter = delimiter if delimiter in DELIMITERS else _delimiter_of(text)
    csv.field_size_limit(len(text) + 1)
    gathered = _Gathered()
    for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=DELIMITERS[delimiter]), 1):
        gathered.add(number, cells)
    return {
        "form": "csv", "encoding": encoding, "delimiter": delimiter, "rows": gathered.rows, "faults": gathered.faults,
    }  # fmt: skip


def _encoding_of(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        # Kazakh letters stand in KZ-1048 where Windows-1251 has Serbian and Macedonian ones, which nobody writes here.
        kazakh = sum(content.count(bytes((byte,))) for byte in b"\x8d\x8e\x9d\x9e\xa1\xa2\xa3\xaf\xbc\xbd\xbe\xbf")
        return "kz-1048" if kazakh else "windows-1251"
    return "utf-8"


def _delimiter_of(text: str) -> str:
    lines = text[:100_000].splitlines(keepends=True)[:20]

    def fits(name: str) -> tuple[int, int]:
        widths = [len(cells) for cells in csv.reader(lines, delimiter=DELIMITERS[name])]
        first = widths[0] if widths else 0
        return (sum(width == first for width in widths) if first > 1 else 0, first)

    return max(DELIMITERS, key=fits)


def _workbook(file: Any, wanted: str) -> dict[str, Any]:
    read = workbooks.read(file, wanted)
    gathered = _Gathered()
    for number, cells in sorted(read.rows.items()):
        last = max(cells, default=-1)
        if last >= COLUMNS:
            raise Refused("many_columns")
        gathered.add(number, [cells.get(column, "") for column in range(last + 1)])
    return {
        "form": "xlsx", "sheets": read.sheets, "sheet": read.sheet, "merged": read.merged, "rows": gathered.rows,
        "faults": gathered.faults + read.faults,
    }  # fmt: skip
