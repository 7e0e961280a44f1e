"""Copies to be shared: without what a file says of itself, or with parts blackened; and pages to look at before that.

A redacted PDF is made of pictures of its pages: no text, no layer and no object of the first one can lie below the black.
"""

from __future__ import annotations

import base64
import ctypes
import io
import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw

from caseflow.evidence.examiner import pictures
from caseflow.evidence.examiner.given import Given, Refused

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

PAGES = 200
DOTS = 150  # an inch, of a redacted page
LONG_SIDE = 1400  # of a page that is only looked at
BYTES = 46 * 1024 * 1024
_LOSSLESS = ("PNG", "GIF", "BMP", "TIFF")
_MARGIN = 0.15  # of a word's height: letters reach over their box

# What acts, what is attached, and what tells of its making.
_ROOT = (
    "/Metadata",
    "/PieceInfo",
    "/Names",
    "/OpenAction",
    "/AA",
    "/AcroForm",
    "/Collection",
    "/AF",
    "/StructTreeRoot",
)
_PAGE = ("/Metadata", "/PieceInfo", "/AA", "/LastModified", "/Thumb", "/Annots")
_ANYWHERE = ("/Metadata", "/PieceInfo", "/LastModified")

Box = tuple[float, float, float, float]  # left, top, width, height, each a part of the page from 0 to 1


def clean(given: Given) -> dict[str, Any]:
    """Return the copy and its ending: an image drawn anew, a PDF without properties, notes, forms and attachments."""
    if given.media_type == "application/pdf":
        return _answer(_clean_pdf(given), "pdf")
    image, form = _only(given)
    return _saved(image, form)


def redact(given: Given) -> dict[str, Any]:
    """Return the copy, its ending, and how often the words that were to go were found.

    `boxes` of the options is JSON: page -> boxes; `words` a JSON list of words that go wherever they stand in a PDF.
    """
    boxes: dict[str, list[Box]] = json.loads(given.options["boxes"])
    words: list[str] = json.loads(given.options["words"])
    if given.media_type != "application/pdf":
        if set(boxes) - {"1"}:
            raise Refused("no_page")
        image, form = _only(given)
        return {**_saved(_blackened(image, boxes.get("1", [])), form), "found": 0}
    pdf = pictures.pdf_of(given)
    if len(pdf) > PAGES:
        raise Refused("pages")
    if any(not 1 <= int(page) <= len(pdf) for page in boxes):
        raise Refused("no_page")
    copy, found = _of_pictures(pdf, boxes, words)
    return {**_answer(copy, "pdf"), "found": found}


def page(given: Given) -> dict[str, Any]:
    """Return one page as a picture, and how many there are; with `grid` lines of ten per cent lie over it."""
    number = int(given.options["page"])
    if given.media_type != "application/pdf":
        shown, pages = _only(given)[0], 1
        shown.thumbnail((LONG_SIDE, LONG_SIDE))
    else:
        pdf = pictures.pdf_of(given)
        pages = len(pdf)
        if not 1 <= number <= pages:
            raise Refused("no_page")
        shown = _rendered(pdf[number - 1], LONG_SIDE / max(pdf[number - 1].get_size()))
    if given.options.get("grid"):
        _draw_grid(shown)
    out = io.BytesIO()
    shown.save(out, "JPEG", quality=78)
    jpeg = base64.b64encode(out.getvalue()).decode()
    return {"pictures": [{"jpeg": jpeg, "width": shown.width, "height": shown.height}], "pages": pages}


def _only(given: Given) -> tuple[Image.Image, str]:
    image = pictures.opened(given)
    if getattr(image, "n_frames", 1) > 1:
        raise Refused("frames")
    form = image.format or ""
    plain = pictures.upright(image)
    # Pasted onto a new image: nothing that came with the old one (profiles, comments, EXIF) goes along.
    fresh = Image.new("RGB", plain.size)
    fresh.paste(plain)
    return fresh, form


def _saved(image: Image.Image, form: str) -> dict[str, Any]:
    out = io.BytesIO()
    if form in _LOSSLESS:
        image.save(out, "PNG")
    else:
        image.save(out, "JPEG", quality=92)
    return _answer(out.getvalue(), "png" if form in _LOSSLESS else "jpg")


def _answer(content: bytes, ending: str) -> dict[str, Any]:
    if len(content) > BYTES:
        raise Refused("large_copy")
    return {"copy": base64.b64encode(content).decode(), "ending": ending}


def _blackened(image: Image.Image, boxes: Iterable[Box]) -> Image.Image:
    pen = ImageDraw.Draw(image)
    for left, top, width, height in boxes:
        ends = ((left + width) * image.width, (top + height) * image.height)
        pen.rectangle((int(left * image.width), int(top * image.height), *ends), fill="black")
    return image


def _rendered(page: PdfPage, scale: float) -> Image.Image:
    if not 1 <= max(page.get_size()) <= 20_000:
        raise Refused("pixels")
    image: Image.Image = page.render(scale=scale).to_pil().convert("RGB")
    return image


def _of_pictures(pdf: PdfDocument, boxes: dict[str, list[Box]], words: list[str]) -> tuple[bytes, int]:
    import pypdfium2

    copy, found, size = pypdfium2.PdfDocument.new(), 0, 0
    for number, page in enumerate(pdf, 1):
        width, height = page.get_size()
        there = list(_where(page, words))
        found += len(there)
        scale = min(DOTS / 72, 3000 / max(width, height, 1))
        image = _blackened(_rendered(page, scale), [*boxes.get(str(number), []), *there])
        out = io.BytesIO()
        image.save(out, "JPEG", quality=82)
        size += out.tell()
        if size > BYTES:
            raise Refused("large_copy")
        picture = pypdfium2.PdfImage.new(copy)
        picture.load_jpeg(out, inline=True)
        picture.set_matrix(pypdfium2.PdfMatrix().scale(width, height))
        sheet = copy.new_page(width, height)
        sheet.insert_obj(picture)
        sheet.gen_content()
        page.close()
    done = io.BytesIO()
    copy.save(done)
    return done.getvalue(), found


def _where(page: PdfPage, words: list[str]) -> Iterator[Box]:
    """Yield where `words` stand on a page, in any case of letters; a little more than the letters take."""
    from pypdfium2 import raw

    if not words:
        return
    text = page.get_textpage()
    width, height = page.get_size()

    def on_page(x: float, y: float) -> tuple[float, float]:
        across, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page, 0, 0, 100_000, 100_000, 0, x, y, across, down)
        return across.value / 100_000, down.value / 100_000

    for word in words:
        search = text.search(word, match_case=False, match_whole_word=False)
        while (place := search.get_next()) is not None:
            for number in range(text.count_rects(*place)):
                left, bottom, right, top = text.get_rect(number)
                (x, y), (x2, y2) = on_page(left, bottom), on_page(right, top)
                more = _MARGIN * (top - bottom)
                wide, high = more / max(width, 1), more / max(height, 1)
                yield (
                    max(min(x, x2) - wide, 0),
                    max(min(y, y2) - high, 0),
                    abs(x2 - x) + 2 * wide,
                    abs(y2 - y) + 2 * high,
                )


def _draw_grid(image: Image.Image) -> None:
    pen = ImageDraw.Draw(image)
    for step in range(10, 100, 10):
        x, y = image.width * step // 100, image.height * step // 100
        pen.line((x, 0, x, image.height), fill="red")
        pen.line((0, y, image.width, y), fill="red")
        pen.text((x + 2, 2), str(step), fill="red")
        pen.text((2, y + 2), str(step), fill="red")


def _clean_pdf(given: Given) -> bytes:
    import pikepdf

    try:
        pdf = pikepdf.open(given.open())
    except pikepdf.PasswordError:
        raise Refused("locked") from None
    with pdf:
        if pdf.is_encrypted:
            raise Refused("locked")
        _without(pdf.Root, _ROOT)
        _without(pdf.trailer, ("/Info",))
        for page in pdf.pages:
            _without(page.obj, _PAGE)
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Stream | pikepdf.Dictionary):
                _without(thing, _ANYWHERE)
        pdf.remove_unreferenced_resources()
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True, fix_metadata_version=False)
    return out.getvalue()


def _without(thing: Any, names: tuple[str, ...]) -> None:
    for name in names:
        if name in thing:
            del thing[name]
