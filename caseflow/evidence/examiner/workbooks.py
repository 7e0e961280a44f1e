"""The cells of one sheet of a workbook (XLSX), read from its XML in one pass: values, formulas, dates, merged areas."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from xml.parsers import expat

from caseflow.evidence.examiner.given import Refused

ROWS = 10_000
MEMBER = 192 * 1024 * 1024  # bytes of one part of a workbook, unpacked
STRINGS = 48 * 1024 * 1024
SHEETS = 50
_PLACE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')

Fault = list[Any]  # row, column (from 0), code


@dataclass(frozen=True)
class Book:
    """The names of the sheets, the one that was read, its cells by row and column, and what is wrong in some of them."""

    sheets: list[str]
    sheet: str
    merged: int
    rows: dict[int, dict[int, str]]
    faults: list[Fault]


def read(file: Any, wanted: str) -> Book:
    """Return the sheet called `wanted`, or the first; raise `Refused` for what is larger than any list."""
    with zipfile.ZipFile(file) as archive:
        sheets, since_1904 = _sheets(archive)
        if not sheets:
            raise Refused("broken_zip")
        name = wanted if wanted in sheets else next(iter(sheets))
        strings = _strings(archive)
        reader = _Sheet(strings, _date_styles(archive), date(1904, 1, 1) if since_1904 else date(1899, 12, 30))
        _parse(archive, sheets[name], reader.start, reader.end, reader.data, most=MEMBER)
    reader.fill_merged()
    return Book(list(sheets), name, len(reader.merged), reader.rows, reader.faults)


def _parse(
    archive: zipfile.ZipFile,
    name: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] = lambda _tag: None,
    data: Callable[[str], None] = lambda _text: None,
    *,
    most: int = STRINGS,
) -> None:
    parser = expat.ParserCreate(namespace_separator="}")

    def refuse(*_declared: Any) -> None:
        # No office program writes a document type; with one come entities that expand without end or name other files.
        raise Refused("entities")

    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse  # type: ignore[assignment]
    parser.StartElementHandler = lambda tag, attributes: start(tag.rpartition("}")[2], attributes)
    parser.EndElementHandler = lambda tag: end(tag.rpartition("}")[2])
    parser.CharacterDataHandler = data
    parser.buffer_text = True
    left = most
    with archive.open(name) as member:
        while piece := member.read(1024 * 1024):
            left -= len(piece)
            if left < 0:
                raise Refused("swells")
            parser.Parse(piece, False)
    parser.Parse(b"", True)


def _sheets(archive: zipfile.ZipFile) -> tuple[dict[str, str], bool]:
    found: dict[str, str] = {}
    places: dict[str, str] = {}
    named: list[tuple[str, str]] = []
    since_1904 = False

    def relation(tag: str, given: dict[str, str]) -> None:
        if tag == "Relationship" and given.get("Type", "").endswith("/worksheet"):
            target = given.get("Target", "")
            places[given.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"

    def sheet(tag: str, given: dict[str, str]) -> None:
        nonlocal since_1904
        if tag == "workbookPr":
            since_1904 = given.get("date1904") in ("1", "true")
        elif tag == "sheet" and len(named) < SHEETS:
            known = next((value for key, value in given.items() if key.endswith("}id")), "")
            named.append((given.get("name", ""), known))

    _parse(archive, "xl/_rels/workbook.xml.rels", relation)
    _parse(archive, "xl/workbook.xml", sheet)
    for name, known in named:
        if known in places:
            found.setdefault(name, places[known])
    return found, since_1904


def _strings(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    found: list[str] = []
    pieces: list[str] = []
    inside = [False]

    def start(tag: str, _given: dict[str, str]) -> None:
        if tag == "si":
            pieces.clear()
        inside.append(tag == "t" if tag != "rPh" else False)

    def end(tag: str) -> None:
        inside.pop()
        if tag == "si":
            found.append("".join(pieces))

    _parse(archive, "xl/sharedStrings.xml", start, end, lambda text: pieces.append(text) if inside[-1] else None)
    return found


def _date_styles(archive: zipfile.ZipFile) -> set[int]:
    """Return the numbers of the cell styles that show a number as a day or a moment."""
    if "xl/styles.xml" not in archive.namelist():
        return set()
    formats = set(range(14, 23)) | {27, 30, 36, 50, 57} | {45, 46, 47}
    styles: list[int] = []
    inside = [""]

    def start(tag: str, given: dict[str, str]) -> None:
        if tag == "numFmt" and re.search(r"[ymdhsгдмч]", _QUOTED.sub("", given.get("formatCode", "")).lower()):
            formats.add(int(given.get("numFmtId", "-1")))
        if tag == "xf" and inside[-1] == "cellXfs":
            styles.append(int(given.get("numFmtId", "0")))
        inside.append(tag)

    def end(_tag: str) -> None:
        inside.pop()

    _parse(archive, "xl/styles.xml", start, end)
    return {number for number, shown in enumerate(styles) if shown in formats}


class _Sheet:
    """Gathers the cells of one sheet while its XML passes by."""

    def __init__(self, strings: list[str], dates: set[int], begin: date) -> None:
        self.rows: dict[int, dict[int, str]] = {}
        self.faults: list[Fault] = []
        self.merged: list[tuple[int, int, int, int]] = []
        self._strings, self._dates, self._begin = strings, dates, begin
        self._row = self._column = 0
        self._kind = ""
        self._style = 0
        self._formula = self._takes = False
        self._value: list[str] | None = None

    def start(self, tag: str, given: dict[str, str]) -> None:
        """Begin an element."""
        if tag == "row":
            self._row = int(given["r"]) if given.get("r", "").isdigit() else self._row + 1
            self._column = -1
        elif tag == "c":
            place = _PLACE.fullmatch(given.get("r", ""))
            self._column = _number(place[1]) if place else self._column + 1
            self._kind = given.get("t", "n")
            self._style = int(given.get("s", "0")) if given.get("s", "0").isdigit() else 0
            self._formula, self._value = False, None
        elif tag == "f":
            self._formula = True
        elif tag in ("v", "t"):
            self._takes = True
            self._value = self._value or []
        elif tag == "mergeCell":
            self._merge(given.get("ref", ""))

    def data(self, text: str) -> None:
        """Take characters."""
        if self._takes and self._value is not None:
            self._value.append(text)

    def end(self, tag: str) -> None:
        """End an element."""
        if tag in ("v", "t"):
            self._takes = False
        elif tag == "c":
            value = "".join(self._value or [])
            if self._formula and not value:
                self.faults.append([self._row, self._column, "formula"])
            elif self._kind == "e":
                self.faults.append([self._row, self._column, "error"])
            text = self._shown(value)
            if text or self._formula or self._kind == "e":
                cells = self.rows.setdefault(self._row, {})
                cells[self._column] = text or value or "="
                if len(self.rows) > ROWS + 1:
                    raise Refused("many_rows")

    def fill_merged(self) -> None:
        """Let the value of an area that was merged across rows count in each of them, in its first column."""
        for top, left, bottom, _right in self.merged:
            value = self.rows.get(top, {}).get(left, "")
            for row in range(top + 1, bottom + 1) if value else ():
                if row in self.rows:
                    self.rows[row].setdefault(left, value)

    def _merge(self, area: str) -> None:
        first, _colon, last = area.partition(":")
        one, two = _PLACE.fullmatch(first), _PLACE.fullmatch(last)
        if one and two:
            if len(self.merged) > ROWS:
                raise Refused("much")
            top, bottom = int(one[2]), min(int(two[2]), int(one[2]) + ROWS)
            self.merged.append((top, _number(one[1]), bottom, _number(two[1])))

    def _shown(self, value: str) -> str:
        if self._kind == "s":
            place = int(value) if value.isdigit() else -1
            return self._strings[place] if 0 <= place < len(self._strings) else ""
        if self._kind == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(value, value)
        if self._kind == "n" and value:
            return self._as_number(value)
        return value

    def _as_number(self, value: str) -> str:
        try:
            number = float(value)
        except ValueError:
            return value
        if self._style in self._dates and 0 < number < 2_958_466:
            moment = datetime.combine(self._begin, datetime.min.time()) + timedelta(seconds=round(number * 86_400))
            return moment.date().isoformat() if number == int(number) else moment.isoformat(" ", "minutes")
        return str(int(number)) if abs(number) < 1e15 and number == int(number) else repr(number)


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
