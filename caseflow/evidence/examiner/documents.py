"""Texts and properties of documents: PDF, office formats (from their XML), plain text; what an image says of itself."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from caseflow.evidence.examiner import pictures
from caseflow.evidence.examiner.given import Given, Refused

CHARACTERS = 400_000
MEMBER = 16 * 1024 * 1024
ALL_MEMBERS = 64 * 1024 * 1024
_PARTS = re.compile(
    r"word/(document|footnotes|endnotes|comments|header\d*|footer\d*)\.xml"
    r"|xl/sharedStrings\.xml|xl/worksheets/sheet\d+\.xml|ppt/slides/slide\d+\.xml|ppt/notesSlides/notesSlide\d+\.xml"
    r"|content\.xml"
)
_TEXT = {"t"}
_LINES = {"p", "h", "si", "is", "br", "line-break", "tr", "row", "table-row"}
_PROPERTIES = {
    "creator": "author", "initial-creator": "author", "lastModifiedBy": "changed_by", "created": "made",
    "creation-date": "made", "modified": "changed", "date": "changed", "title": "title", "subject": "subject",
    "Application": "program", "generator": "program", "Company": "organisation",
}  # fmt: skip
_PDF = {
    "Author": "author", "Creator": "program", "Producer": "producer", "CreationDate": "made", "ModDate": "changed",
    "Title": "title", "Subject": "subject",
}  # fmt: skip


def text(given: Given) -> dict[str, Any]:
    """Return the text of the document, `CHARACTERS` of it at most."""
    if given.media_type == "application/pdf":
        return _cut(_of_pdf(given))
    if given.media_type.startswith("text/"):
        return _cut([_decoded(given.open().read(CHARACTERS * 4))])
    return _cut(_of_office(given))


def _cut(pieces: Any) -> dict[str, Any]:
    kept, length = [], 0
    for piece in pieces:
        kept.append(piece[: CHARACTERS - length])
        length += len(piece)
        if length > CHARACTERS:
            return {"text": "".join(kept), "cut": True}
    return {"text": "".join(kept), "cut": False}


def _of_pdf(given: Given) -> Iterator[str]:
    for page in pictures.pdf_of(given):
        yield page.get_textpage().get_text_range(errors="ignore").replace("\r\n", "\n") + "\n\n"
        page.close()


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16") if content[:2] not in (b"\xff\xfe", b"\xfe\xff") else ("utf-16",):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            if encoding == "utf-8-sig" and error.start > len(content) - 4 > 0:  # cut within a letter
                return content[: error.start].decode(encoding)
            break
    return content.decode("cp1251", "replace")


def _of_office(given: Given) -> Iterator[str]:
    with zipfile.ZipFile(given.open()) as archive:
        names = [name for name in archive.namelist() if _PARTS.fullmatch(name)]
        if not names:
            raise Refused("no_text")
        left = ALL_MEMBERS
        for name in sorted(names, key=_in_order):
            content = _member(archive, name, left)
            left -= len(content)
            only = None if name == "content.xml" else _TEXT
            yield _words(content, only) + "\n\n"


def _in_order(name: str) -> tuple[str, int]:
    number = re.search(r"(\d+)\.xml$", name)
    return re.sub(r"\d+\.xml$", "", name), int(number[1]) if number else 0


def _member(archive: zipfile.ZipFile, name: str, left: int = MEMBER) -> bytes:
    with archive.open(name) as member:
        content = member.read(min(MEMBER, left) + 1)
    if len(content) > min(MEMBER, left):
        raise Refused("swells")
    return content


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator="}")

    def no_entities(*_declared: Any) -> int:
        raise Refused("entities")

    # No office program writes a document type; with one come entities that expand without end or name other files.
    parser.StartDoctypeDeclHandler = no_entities
    parser.EntityDeclHandler = no_entities
    parser.ExternalEntityRefHandler = no_entities
    parser.buffer_text = True
    return parser


def _words(content: bytes, only: set[str] | None) -> str:
    parser, found, inside = _parser(), [], [only is None]

    def start(tag: str, _attributes: dict[str, str]) -> None:
        inside.append(inside[0] if only is None else tag.rpartition("}")[2] in only)
        if len(inside) > 500:
            raise Refused("damaged")

    def end(tag: str) -> None:
        inside.pop()
        name = tag.rpartition("}")[2]
        if name in _LINES:
            found.append("\n")
        elif name in ("tab", "tc", "table-cell"):
            found.append("\t")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = lambda data: found.append(data) if inside[-1] else None
    parser.Parse(content, True)
    return re.sub(r"[ \t]*\n\s*\n+", "\n", "".join(found)).strip()


def about(given: Given) -> dict[str, Any]:
    """Return what the file says of itself, as (code, value), and alarms by code."""
    facts: list[tuple[str, str]] = []
    if given.media_type.startswith("image/"):
        facts = list(_of_image(given))
    elif given.media_type == "application/pdf":
        pdf = pictures.pdf_of(given)
        facts = [("pages", str(len(pdf)))]
        facts += [(_PDF[name], value) for name, value in pdf.get_metadata_dict(skip_empty=True).items() if name in _PDF]
    else:
        facts = list(_of_properties(given))
    also = not _is_zipped(given.media_type) and zipfile.is_zipfile(given.open())
    return {"facts": facts, "alarms": ["polyglot"] if also else []}


def _is_zipped(media_type: str) -> bool:
    return "zip" in media_type or "officedocument" in media_type or "opendocument" in media_type


def _of_properties(given: Given) -> Iterator[tuple[str, str]]:
    with given.open() as file:
        if not zipfile.is_zipfile(file):
            return
        with zipfile.ZipFile(file) as archive:
            for name in {"docProps/core.xml", "docProps/app.xml", "meta.xml"} & set(archive.namelist()):
                yield from _properties(_member(archive, name))


def _properties(content: bytes) -> list[tuple[str, str]]:
    parser, now = _parser(), [""]
    found: list[tuple[str, str]] = []
    value: list[str] = []

    def start(tag: str, _attributes: dict[str, str]) -> None:
        now[0] = tag.rpartition("}")[2]
        value.clear()

    def end(tag: str) -> None:
        name = tag.rpartition("}")[2]
        if name == now[0] and name in _PROPERTIES and "".join(value).strip():
            found.append((_PROPERTIES[name], "".join(value).strip()))
        now[0] = ""

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = value.append
    parser.Parse(content, True)
    return found


def _of_image(given: Given) -> Iterator[tuple[str, str]]:
    image = pictures.opened(given)
    yield "pixels", f"{image.width} × {image.height}"
    exif = image.getexif()
    inner, place = exif.get_ifd(0x8769), exif.get_ifd(0x8825)
    taken = inner.get(0x9003) or exif.get(0x0132)
    if taken:
        yield "taken", f"{taken} {inner.get(0x9011) or ''}".strip()
    device = " ".join(str(exif[tag]).strip() for tag in (0x010F, 0x0110) if exif.get(tag))
    if device:
        yield "device", device
    for tag, code in ((0x0131, "program"), (0x013B, "author"), (0x8298, "rights"), (0x010E, "title")):
        if exif.get(tag):
            yield code, str(exif[tag])
    if inner.get(0xA431):
        yield "serial", str(inner[0xA431])
    try:
        north, east = _degrees(place, 1, 2, "S"), _degrees(place, 3, 4, "W")
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError):
        return
    yield "position", f"{north:.6f}, {east:.6f}"


def _degrees(place: dict[int, Any], where: int, what: int, negative: str) -> float:
    degrees, minutes, seconds = (float(part) for part in place[what])
    value = degrees + minutes / 60 + seconds / 3600
    if not -180 <= value <= 180:
        raise ValueError
    return -value if str(place.get(where, "")).startswith(negative) else value
