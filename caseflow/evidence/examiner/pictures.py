"""Pictures of images and of the first pages of a PDF, drawn anew; letters read from them."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageOps

from caseflow.evidence.examiner.given import Given, Refused

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

PIXELS = 64_000_000
LONG_SIDE = 1000
PAGES = 3
PAGES_READ = 10
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "HEIF")
LANGUAGES = ("rus", "kaz", "eng")

Image.MAX_IMAGE_PIXELS = PIXELS


def opened(given: Given) -> Image.Image:
    """Return the image, not yet decoded. Raises `Refused` for one of too many pixels."""
    if given.media_type in ("image/heic", "image/heif"):
        import pi_heif

        pi_heif.register_heif_opener(thumbnails=False)
    try:
        image = Image.open(given.open(), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("pixels") from None
    if image.width * image.height > PIXELS:
        raise Refused("pixels")
    return image


def preview(given: Given) -> dict[str, Any]:
    """Return pictures as JPEG, at most `LONG_SIDE` pixels long, and of how many pages they are the first."""
    if given.media_type != "application/pdf":
        image = opened(given)
        image.draft("RGB", (LONG_SIDE, LONG_SIDE))
        return {"pictures": [_jpeg(upright(image))], "pages": getattr(image, "n_frames", 1)}
    pdf = pdf_of(given)
    return {"pictures": [_jpeg(page) for page in drawn(pdf, PAGES, LONG_SIDE)], "pages": len(pdf)}


def read_letters(given: Given) -> dict[str, Any]:
    """Return the text that tesseract reads in the image, or on the first pages of a PDF that holds no text."""
    known = set(given.run("tesseract", "--list-langs").decode("utf-8", "replace").split())
    languages = [language for language in LANGUAGES if language in known]
    if not languages:
        raise Refused("no_languages")
    if given.media_type == "application/pdf":
        pdf = pdf_of(given)
        pages, left = drawn(pdf, PAGES_READ, 2200), len(pdf) > PAGES_READ
    else:
        pages, left = iter([upright(opened(given))]), False
    found = []
    for page in pages:
        out = io.BytesIO()
        page.convert("L").save(out, "BMP")
        read = given.run("tesseract", "stdin", "stdout", "-l", "+".join(languages), feed=out.getvalue())
        found.append(read.decode("utf-8", "replace").strip())
    return {"text": "\n\n".join(found), "cut": left, "languages": languages}


def pdf_of(given: Given) -> PdfDocument:
    """Open a PDF. Raises `Refused` when it is locked or no PDF."""
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(given.open(), autoclose=False)
    except pypdfium2.PdfiumError as error:
        raise Refused("locked" if "assword" in str(error) else "damaged") from None


def drawn(pdf: PdfDocument, most: int, long_side: int) -> Iterator[Image.Image]:
    """Yield the first pages as images of `long_side` pixels; forms and scripts of the PDF are not loaded."""
    for number in range(min(len(pdf), most)):
        page = pdf[number]
        longest = max(page.get_size())
        if not 1 <= longest <= 20_000:
            raise Refused("pixels")
        yield page.render(scale=long_side / longest).to_pil()
        page.close()


def upright(image: Image.Image) -> Image.Image:
    """Return the image decoded and turned as its camera says, in plain colours."""
    image.load()
    turned = ImageOps.exif_transpose(image)
    if turned.mode in ("RGBA", "LA", "P"):
        rgba = turned.convert("RGBA")
        turned = Image.new("RGB", rgba.size, "white")
        turned.paste(rgba, mask=rgba.getchannel("A"))
    return turned.convert("RGB")


def _jpeg(image: Image.Image) -> dict[str, Any]:
    plain = image.convert("RGB")
    plain.thumbnail((LONG_SIDE, LONG_SIDE))
    # Pasted onto a new image: nothing that came with the old one (profiles, comments, EXIF) goes along.
    fresh = Image.new("RGB", plain.size)
    fresh.paste(plain)
    out = io.BytesIO()
    fresh.save(out, "JPEG", quality=72, optimize=True)
    return {"jpeg": base64.b64encode(out.getvalue()).decode(), "width": plain.width, "height": plain.height}
