"""Copies to share: nothing of what was to go is in them, and what they were made from stays as it was."""

from __future__ import annotations

import base64
import io
import json

import pikepdf
import pytest
from PIL import Image
from sqlalchemy import select

from caseflow.evidence import copying, operations, queries, rules
from caseflow.evidence.models import File
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.kernel.errors import RuleBroken
from caseflow.ledger.models import Event
from tests.evidence.conftest import UNSCOPED
from tests.evidence.test_examining import HEIC, look, pdf, photo

SECRET = b"BT /F1 24 Tf 20 100 Td (Kuandyk Askarov) Tj ET BT /F1 12 Tf 20 40 Td (was taken) Tj ET"


def copy_of(part: str, content: bytes, media_type: str, **options: object) -> bytes:
    said = {name: json.dumps(value) for name, value in options.items()}
    answer = look(part, content, media_type, options=said)
    assert "copy" in answer, answer
    return base64.b64decode(answer["copy"])


def whole(content: bytes) -> bytes:
    """Return every stream of a PDF unpacked, and its objects as text."""
    with pikepdf.open(io.BytesIO(content)) as opened:
        found = [content]
        for thing in opened.objects:
            found.append(repr(thing).encode())
            if isinstance(thing, pikepdf.Stream):
                try:
                    found.append(thing.read_bytes())
                except pikepdf.PdfError:
                    found.append(thing.read_raw_bytes())
        return b"\n".join(found)


def telling() -> bytes:
    """Return a PDF that says everywhere who made it: properties, XMP, a note, an attachment, a form of its page."""
    with pikepdf.open(io.BytesIO(pdf(SECRET))) as opened:
        with opened.open_metadata() as told:
            told["dc:creator"] = ["CANARY author"]
        opened.docinfo["/Author"] = "CANARY author"
        opened.attachments["note.txt"] = b"CANARY attachment"
        page = opened.pages[0]
        page.obj["/PieceInfo"] = pikepdf.Dictionary(Word=pikepdf.Dictionary(Private=pikepdf.String("CANARY piece")))
        page.obj["/Annots"] = pikepdf.Array(
            [
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 9, 9], Contents="CANARY note"
                )
            ]
        )
        out = io.BytesIO()
        opened.save(out)
        return out.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type", "ending"),
    [
        (photo(), "image/jpeg", b"\xff\xd8"),
        (photo(format="PNG"), "image/png", b"\x89PNG"),
        (photo(format="WEBP"), "image/webp", b"\xff\xd8"),
        (HEIC, "image/heic", b"\xff\xd8"),
    ],
    ids=["JPEG", "PNG", "WebP", "HEIC"],
)
def test_a_copy_of_a_picture_says_nothing_of_its_device_and_place(content, media_type, ending):
    copy = copy_of("clean", content, media_type)
    assert copy.startswith(ending)
    drawn = Image.open(io.BytesIO(copy))
    assert not drawn.getexif()
    assert set(drawn.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"Nokia" not in copy
    assert drawn.size == Image.open(io.BytesIO(content)).size if media_type != "image/heic" else drawn.width > 0
    facts = dict(look("about", copy, "image/png" if copy.startswith(b"\x89") else "image/jpeg")["facts"])
    assert set(facts) == {"pixels"}


def test_a_picture_is_turned_as_its_camera_says_before_that_is_forgotten():
    exif = Image.Exif()
    exif[0x0112] = 6
    copy = copy_of("clean", photo((400, 200), exif=exif), "image/jpeg")
    assert Image.open(io.BytesIO(copy)).size == (200, 400)


def test_a_copy_of_a_pdf_keeps_its_words_and_loses_what_tells_of_its_making():
    content = telling()
    assert b"CANARY author" in whole(content)
    copy = copy_of("clean", content, "application/pdf")
    assert b"CANARY" not in whole(copy)
    assert "Kuandyk Askarov" in look("text", copy, "application/pdf")["text"]
    assert set(dict(look("about", copy, "application/pdf")["facts"])) == {"pages"}


def test_below_the_black_of_a_pdf_nothing_is_left():
    content = telling()
    copy = copy_of("redact", content, "application/pdf", boxes={"1": [[0.0, 0.0, 0.05, 0.05]]}, words=["askarov"])
    assert b"CANARY" not in whole(copy)
    for word in (b"Askarov", b"Kuandyk", b"was taken", "Askarov".encode("utf-16-be")):
        assert word not in whole(copy)
    assert look("text", copy, "application/pdf")["text"].strip() == ""
    (before,) = look("page", content, "application/pdf", options={"page": "1"})["pictures"]
    (after,) = look("page", copy, "application/pdf", options={"page": "1"})["pictures"]
    old, new = (Image.open(io.BytesIO(base64.b64decode(one["jpeg"]))).convert("L") for one in (before, after))
    assert old.size == new.size
    width, height = new.size

    def darkest(image, box):
        return image.crop([int(value) for value in box]).getextrema()[1]

    # "Kuandyk Askarov" begins at 20 of 300 points, 24 points high, its line at 100 of 200 from below.
    askarov = (width * 0.42, height * 0.41, width * 0.6, height * 0.49)
    assert darkest(old, askarov) > 200
    assert darkest(new, askarov) < 60
    assert darkest(new, (1, 1, width * 0.045, height * 0.045)) < 60
    # What was not marked is still to be read.
    assert new.crop((20, int(height * 0.74), width // 2, int(height * 0.82))).getextrema()[0] < 90


def test_black_on_a_picture_is_black_and_the_rest_stays():
    copy = copy_of("redact", photo(format="PNG"), "image/png", boxes={"1": [[0.25, 0.25, 0.5, 0.5]]}, words=[])
    image = Image.open(io.BytesIO(copy))
    assert image.getpixel((800, 600)) == (0, 0, 0)
    assert image.getpixel((10, 10)) == (0, 128, 128)
    assert not image.getexif()


@pytest.mark.parametrize(
    ("part", "content", "media_type", "why"),
    [
        ("redact", pdf(), "application/pdf", "no_page"),
        ("redact", b"%PDF-1.4 nothing", "application/pdf", "damaged"),
        ("clean", b"%PDF-1.4 nothing", "application/pdf", "damaged"),
        ("clean", photo((9000, 9000), format="PNG"), "image/png", "pixels"),
        ("clean", photo((40, 40), format="TIFF", exif=Image.Exif(), save_all=True, append_images=[Image.new("RGB", (40, 40))]), "image/tiff", "frames"),
    ],
    ids=["no page", "no PDF to redact", "no PDF", "too many pixels", "several pictures"],
)  # fmt: skip
def test_what_cannot_be_copied_says_why(part, content, media_type, why):
    options = {"boxes": json.dumps({"7": [[0, 0, 1, 1]]}), "words": "[]"}
    assert look(part, content, media_type, options=options)["stopped"] == why


def test_a_locked_pdf_is_told():
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as opened:
        opened.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    options = {"boxes": "{}", "words": '["x"]'}
    for part in ("clean", "redact"):
        assert look(part, out.getvalue(), "application/pdf", options=options)["stopped"] == "locked"


@pytest.mark.parametrize(
    ("typed", "boxes"),
    [
        ("", {}),
        ("1 10 20 30 5", {"1": [(0.1, 0.2, 0.3, 0.05)]}),
        ("2 10,5 20% 30; 5\n\n2 90 90 50 50", {"2": [(0.105, 0.2, 0.3, 0.05), (0.9, 0.9, 0.1, 0.1)]}),
    ],
)
def test_boxes_are_read_as_people_write_them(typed, boxes):
    read = rules.boxes(typed)
    assert {page: [pytest.approx(box) for box in there] for page, there in boxes.items()} == read


@pytest.mark.parametrize(
    "typed", ["1 2 3", "1 1 1 1 1\nx 1 1 1 1", "0 1 1 1 1", "1 100 0 5 5", "1 5 5 0 5", "1 nan 5 5 5"]
)
def test_a_line_that_is_no_box_is_named(typed):
    with pytest.raises(ValueError, match=r"^[12]$"):
        rules.boxes(typed)


# -- kept beside what they were made from


def fill(sender, path, **typed):
    return sender.client.post(path, data={**sender.form(path), **typed})


@pytest.fixture
def paper(stored):
    return stored(telling(), "Протокол.pdf")


def test_a_redacted_copy_is_a_version_and_its_origin_stays(people, item, paper, sender):
    before = queries.describe(people.dana, paper).sha256
    dana = sender(people.dana)
    path = f"/evidence/files/{paper.id}/copies"
    assert b"/pages/1" in dana.client.get(path).data
    assert dana.client.get(f"/evidence/files/{paper.id}/pages/1").data.startswith(b"\xff\xd8")
    assert dana.client.get(f"/evidence/files/{paper.id}/pages/9").status_code == 404
    for typed, words in (
        ({"boxes": "1 2"}, "Line 1 is no box"),
        ({}, "Mark something"),
        ({"words": "nobody"}, "None of these"),
    ):
        answer = fill(dana, path, kind="redacted", **typed)
        assert answer.status_code == 422
        assert words in answer.text
    answer = fill(dana, path, kind="redacted", words="Askarov")
    assert answer.status_code == 303, answer.text
    assert dana.client.get(answer.location).status_code == 200
    db.session.rollback()
    db.session.expire_all()
    copy = db.session.scalars(select(File).where(File.parent_id == paper.id).execution_options(**UNSCOPED)).one()
    assert (copy.kind, people.dana.ring.text(copy, "name")) == ("redacted", "Протокол-redacted.pdf")
    with transaction(), operations.hand_out(copy, how="view", by=people.dana, at=now()) as opened:
        assert b"Askarov" not in whole(opened.read())
    assert queries.describe(people.dana, paper).sha256 == before
    verbs = list(
        db.session.scalars(
            select(Event.verb).where(Event.subject == f"evidence_files:{paper.id}").execution_options(**UNSCOPED)
        )
    )
    assert "evidence.make_copy" in verbs
    assert "Make a copy to share" in dana.client.get(f"/evidence/{item.id}").text


def test_what_is_no_picture_and_no_pdf_is_told_to_be_copied_elsewhere(people, stored, sender):
    file = stored(b"just some text " * 20, "notes.txt")
    with pytest.raises(RuleBroken, match="images and PDF"):
        copying.make_copy(file, kind="cleaned", by=people.dana)
    assert (
        b"Make this one with a program you trust"
        in sender(people.dana).client.get(f"/evidence/files/{file.id}/copies").data
    )


def test_a_typed_translation_lies_beside_the_paper(people, paper, sender):
    dana = sender(people.dana)
    path = f"/evidence/files/{paper.id}/typed"
    assert fill(dana, path, kind="translated", language="kk").status_code == 422
    answer = fill(
        dana, path, kind="translated", language="kk", made_by="А. Б., ант берген", body="Қуандық Асқаров\nалып кетілді"
    )
    assert answer.status_code == 303
    shown = dana.client.get(answer.location).text
    assert "алып кетілді" in shown
    assert "Made by: А. Б., ант берген" in shown
    assert "Протокол-translated-kk.txt" in shown


def test_nobody_makes_a_copy_of_a_file_she_may_not_see(people, paper, sender):
    timur = sender(people.timur)
    for path in ("copies", "typed", "beside", "pages/1"):
        assert timur.client.get(f"/evidence/files/{paper.id}/{path}").status_code == 404
