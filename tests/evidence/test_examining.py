"""Looking into files: what is found, who may see it, and what a hostile file costs."""

from __future__ import annotations

import base64
import io
import os
import socket
import struct
import tarfile
import threading
import wave
import zipfile
import zlib

import pytest
from PIL import Image

from caseflow.evidence import examining, operations, queries
from caseflow.evidence.examiner import running, scanning
from caseflow.evidence.models import File, Finding
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, find, transaction
from tests.evidence.conftest import UNSCOPED

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def photo(size: tuple[int, int] = (1600, 1200), **saved: object) -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Nokia", "3310"
    exif.get_ifd(0x8769)[0x9003] = "2026:03:06 21:14:00"
    exif[0x8825] = {1: "N", 2: (43.0, 15.0, 0.0), 3: "E", 4: (76.0, 57.0, 0.0)}
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, **{"format": "JPEG", "exif": exif, **saved})
    return out.getvalue()


def zipped(**members: bytes | str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def pdf(
    content: bytes = b"BT /F1 24 Tf 20 100 Td (A paper) Tj ET", *, filter_: bytes = b"", kids: bytes = b"3 0 R"
) -> bytes:
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[" + kids + b"]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length " + str(len(content)).encode() + filter_ + b">>stream\n" + content + b"\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Author(Somebody)/CreationDate(D:20260306)>>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj" % number + body + b"endobj\n"
    start = len(out)
    out += b"xref\n0 7\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer<</Size 7/Root 1 0 R/Info 6 0 R>>\nstartxref\n%d\n%%%%EOF" % start)


def look(part: str, content: bytes, media_type: str, **given: object) -> dict[str, object]:
    with running.in_memory(io.BytesIO(content)) as handle:
        return running.look(part, handle, media_type, **given)


# -- what is found


def test_a_photograph_tells_where_it_was_taken_and_its_preview_does_not():
    found = look("about", photo(), "image/jpeg")
    assert dict(found["facts"]) == {
        "pixels": "1600 × 1200", "taken": "2026:03:06 21:14:00", "device": "Nokia 3310", "position": "43.250000, 76.950000",
    }  # fmt: skip
    (picture,) = look("picture", photo(), "image/jpeg")["pictures"]
    drawn = Image.open(io.BytesIO(base64.b64decode(picture["jpeg"])))
    assert max(drawn.size) == 1000
    assert not drawn.getexif()
    assert b"Nokia" not in base64.b64decode(picture["jpeg"])


HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAXxtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAAAAAERA"
    "AAEAAQAAAAABoAABAAAAAAAAACYAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA/GlwcnAAAADcaXBjbwAA"
    "AHVodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQApQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq"
    "rprm4CGgwIAAAAyAAAADAIRiAAEABkQBwXPBiQAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABAAAAAQAAAAChjbGFwAAAAEAAAAAEAAAAQ"
    "AAAAAf///9AAAAAC////0AAAAAIAAAAQcGl4aQAAAAADCAgIAAAAGGlwbWEAAAAAAAAAAQABBYECAwWEAAAALm1kYXQAAAAiKAGvBBITTOD46cJoP9EB"
    "5zL2MPJ+0Ksr40mfd7EYkqn/oA=="
)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(photo(format="PNG"), "image/png"), (photo(format="WEBP"), "image/webp"), (HEIC, "image/heic")],
    ids=["PNG", "WebP", "HEIC"],
)
def test_each_kind_of_picture_gets_its_preview(content, media_type):
    assert len(look("picture", content, media_type)["pictures"]) == 1


def test_a_pdf_gives_its_page_its_text_and_its_properties():
    content = pdf()
    assert len(look("picture", content, "application/pdf")["pictures"]) == 1
    assert look("text", content, "application/pdf")["text"].strip() == "A paper"
    assert dict(look("about", content, "application/pdf")["facts"]) == {
        "pages": "1",
        "author": "Somebody",
        "made": "D:20260306",
    }


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"word/document.xml": f'<w:d xmlns:w="{W}"><w:p><w:t>Қайрат</w:t></w:p><w:p><w:instrText>X</w:instrText><w:t>two</w:t></w:p></w:d>'}, "Қайрат\ntwo"),
        ({"content.xml": '<o:c xmlns:o="o"><o:p>One</o:p><o:p>two</o:p></o:c>'}, "One\ntwo"),
        ({"xl/sharedStrings.xml": "<sst><si><t>Name</t></si><si><t>Place</t></si></sst>"}, "Name\nPlace"),
        ({"ppt/slides/slide1.xml": '<p:s xmlns:p="p" xmlns:a="a"><a:p><a:t>Slide</a:t></a:p></p:s>'}, "Slide"),
    ],
)  # fmt: skip
def test_office_files_give_their_words(members, words):
    assert look("text", zipped(**members), DOCX)["text"].strip() == words


def test_an_office_file_says_who_wrote_it():
    core = '<c xmlns:d="d"><d:creator>Somebody</d:creator><d:lastModifiedBy>Another</d:lastModifiedBy></c>'
    found = look("about", zipped(**{"docProps/core.xml": core}), DOCX)
    assert dict(found["facts"]) == {"author": "Somebody", "changed_by": "Another"}


def test_text_of_old_windows_programs_is_read():
    assert look("text", "Протокол допроса".encode("cp1251"), "text/plain")["text"] == "Протокол допроса"


def test_an_archive_is_listed_with_names_that_act_on_nothing():
    found = look(
        "contents", zipped(**{"a/\u202egpj.exe\x07": "x", "../../etc/passwd": "y", "b.zip": "z"}), "application/zip"
    )
    assert [name for name, _size in found["entries"]] == ["a/gpj.exe", "../../etc/passwd", "b.zip"]
    assert set(found["alarms"]) == {"nested", "outside"}
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("one.txt"), io.BytesIO())
    assert look("contents", out.getvalue(), "application/gzip")["entries"] == [["one.txt", 0]]


def sound(samples: bytes = struct.pack("<4000h", *([0] * 2000 + [16384] * 2000))) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(2000)
        file.writeframes(samples)
    return out.getvalue()


def test_a_sound_tells_its_length_and_when_it_is_loud():
    found = look("sound", sound(), "audio/x-wav")
    assert found["seconds"] == pytest.approx(2, abs=0.1)
    assert (found["levels"][2], found["levels"][-3]) == (0, 50)


def test_what_this_machine_lacks_is_said(monkeypatch):
    monkeypatch.setattr(running, "tools", dict)
    assert look("ocr", photo(), "image/jpeg")["stopped"] == "no_tesseract"
    assert look("sound", b"\0" * 100, "video/mp4")["stopped"] == "no_ffmpeg"


# -- what a hostile file costs


def flood() -> bytes:
    """Return a PNG of a few bytes that says it is 60,000 pixels wide and high."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + head
        + struct.pack(">I", zlib.crc32(head))
        + struct.pack(">I", 9)
        + b"IDAT"
    )


def doctype(entities: str) -> bytes:
    return zipped(**{"word/document.xml": f'<!DOCTYPE d [{entities}]><d xmlns:w="{W}"><w:t>&b;</w:t></d>'})


@pytest.mark.parametrize(
    ("part", "content", "media_type", "code"),
    [
        ("picture", flood(), "image/png", "pixels"),
        ("picture", photo()[:3000], "image/jpeg", "damaged"),
        ("picture", b"\xff\xd8\xff" + b"\0" * 500, "image/jpeg", "damaged"),
        ("picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png", "damaged"),
        ("text", pdf()[:200], "application/pdf", "damaged"),
        ("text", doctype('<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">'), DOCX, "entities"),
        ("text", doctype('<!ENTITY b SYSTEM "file:///etc/passwd">'), DOCX, "entities"),
        ("text", zipped(**{"word/document.xml": b" " * 40_000_000}), DOCX, "swells"),
        ("contents", b"PK\x03\x04" + b"\0" * 100, "application/zip", "damaged"),
    ],
    ids=[
        "pixel flood",
        "cut image",
        "no image",
        "SVG as PNG",
        "cut PDF",
        "entities",
        "foreign entity",
        "swelling XML",
        "cut ZIP",
    ],
)
def test_a_hostile_file_costs_one_look_and_says_why(part, content, media_type, code):
    assert look(part, content, media_type)["stopped"] == code


def test_a_zip_bomb_is_told_by_its_listing():
    bomb = zipped(**{f"{n}.bin": b"\0" * 10_000_000 for n in range(3)})
    assert look("contents", bomb, "application/zip")["alarms"] == ["ratio"]
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", compresslevel=1) as archive:
        one = tarfile.TarInfo("big")
        one.size = 260 * 1024 * 1024
        archive.addfile(one, Zeros(one.size))
    assert look("contents", out.getvalue(), "application/gzip")["stopped"] == "swells"


class Zeros:
    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int) -> bytes:
        piece = bytes(min(size, self.left))
        self.left -= len(piece)
        return piece


def test_a_second_file_behind_the_first_is_told():
    found = look("about", photo() + zipped(a="x"), "image/jpeg")
    assert found["alarms"] == ["polyglot"]


def test_a_pdf_that_goes_in_circles_or_never_ends_is_stopped():
    circle = look("picture", pdf(kids=b"2 0 R"), "application/pdf", seconds=5)
    assert circle.keys() & {"stopped", "pictures"}
    pump = zlib.compressobj(9)
    line = b"0 0 300 200 re W 0 0 m 9 9 99 9 99 99 c 300 200 l S\n" * 20_000
    endless = b"".join(pump.compress(line) for _ in range(60)) + pump.flush()
    found = look("picture", pdf(endless, filter_=b"/Filter/FlateDecode"), "application/pdf", seconds=2)
    assert found["stopped"] in ("time", "memory", "crash")


def test_behind_its_walls_a_look_opens_no_file_no_line_and_writes_nothing(app, tmp_path, monkeypatch):
    """The child runs what a taken-over decoder would try."""
    secret = tmp_path / "pepper"
    secret.write_text("secret")
    attack = tmp_path / "attack.py"
    attack.write_text(
        f"""
import json, os, socket, sys
sys.path.insert(0, {str(running.CHILD.parents[3])!r})
from caseflow.evidence.examiner import walls
standing = walls.raise_walls(seconds=5, readable=[])
done = []
def try_it(name, act):
    try:
        act()
    except (OSError, MemoryError):
        return
    done.append(name)
try_it("limits", lambda: bytearray(3 * 1024**3))
try_it("files", lambda: open({str(secret)!r}).read())
try_it("files", lambda: open({str(tmp_path / "new")!r}, "w").write("x"))
try_it("network", lambda: socket.create_connection(("127.0.0.1", int(sys.argv[2])), 2))
print(json.dumps({{"walls": standing, "alarms": done, "facts": [[name, "set"] for name in os.environ]}}))
"""
    )
    with socket.create_server(("127.0.0.1", 0)) as server:
        attack.write_text(attack.read_text().replace("int(sys.argv[2])", str(server.getsockname()[1])))
        monkeypatch.setattr(running, "CHILD", attack)
        found = look("walls", b"x", "")
    assert "limits" in found["walls"]
    assert not set(found["alarms"]) & set(found["walls"]), "a wall that was said to stand did not hold"
    assert {name for name, _value in found["facts"]} <= {"LC_CTYPE"}
    assert not (tmp_path / "new").exists()


def test_the_operator_is_told_which_walls_stand(app):
    told = app.test_cli_runner().invoke(args=["evidence", "walls"])
    assert told.exit_code == (1 if "MISSING" in told.output else 0)
    assert "stands: limits" in told.output
    assert "clamd: not set" in told.output


@pytest.mark.parametrize(
    "program",
    ["while True: pass", "import time; time.sleep(60)", "print('x' * 50_000_000)", "import os; os.abort()", "print('[]')",
     "print('{\"pictures\": [{\"jpeg\": \"PHN2Zz4=\", \"width\": 1, \"height\": 1}]}')"],
    ids=["loops", "sleeps", "floods", "dies", "another shape", "SVG as a picture"],
)  # fmt: skip
def test_a_look_that_was_taken_over_ends_and_is_not_believed(tmp_path, monkeypatch, program):
    child = tmp_path / "child.py"
    child.write_text(program)
    monkeypatch.setattr(running, "CHILD", child)
    assert look("picture", b"x", "image/jpeg", seconds=1)["stopped"] in ("time", "crash")


def test_the_bytes_in_memory_cannot_be_changed_by_a_look():
    with running.in_memory(io.BytesIO(b"as it came")) as handle, pytest.raises(PermissionError):
        os.pwrite(handle, b"otherwise", 0)


# -- the scanner


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        (b"stream: OK\0", {"verdict": "clean"}),
        (b"stream: Win.Test.EICAR_HDB-1 FOUND\0", {"verdict": "found", "name": "Win.Test.EICAR_HDB-1"}),
        (b"INSTREAM size limit exceeded. ERROR\0", {"stopped": "no_answer"}),
    ],
)
def test_the_scanner_gets_every_byte_and_its_verdict_is_kept(tmp_path, said, verdict):
    content, got = b"evidence" * 100_000, bytearray()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "clamd"))
        server.listen()

        def clamd() -> None:
            line, _ = server.accept()
            with line, line.makefile("rb") as asked:
                assert asked.read(10) == b"zINSTREAM\0"
                while size := struct.unpack("!I", asked.read(4))[0]:
                    got.extend(asked.read(size))
                line.sendall(said)

        thread = threading.Thread(target=clamd)
        thread.start()
        with running.in_memory(io.BytesIO(content)) as handle:
            assert scanning.scan(handle, str(tmp_path / "clamd")) == verdict
        thread.join()
    assert got == content


def test_a_scanner_that_is_away_gives_no_verdict(tmp_path):
    with running.in_memory(io.BytesIO(b"x")) as handle:
        assert scanning.scan(handle, str(tmp_path / "nobody")) == {"stopped": "no_answer"}


# -- kept in the safe


@pytest.fixture
def dana(people, sender):
    return sender(people.dana)


@pytest.fixture
def looked(people, stored, dana, item):
    file = stored(photo(), "photo.jpg")
    token = dana.form(f"/evidence/{item.id}/files")["csrf_token"]
    assert dana.client.post(f"/evidence/{item.id}/examine", data={"csrf_token": token}).status_code == 303
    return file


def findings() -> list[Finding]:
    db.session.rollback()
    return list(db.session.query(Finding).execution_options(**UNSCOPED))


def test_what_was_found_is_on_the_page_and_sealed_in_the_database(looked, dana, item, seen):
    page = dana.client.get(f"/evidence/{item.id}").text
    assert "43.250000, 76.950000" in page
    assert "This server has no virus scanner." in page
    assert "Look into the files now" not in page
    assert f"/evidence/files/{looked.id}?inline=1" not in page
    rows = findings()
    assert sorted(row.part for row in rows) == ["picture", "summary"]
    assert not any(b"Nokia" in row.content_sealed or b"/9j/" in row.content_sealed for row in rows)
    assert len(seen.events("evidence.examine")) == 1
    assert not seen.events("evidence.view")


def test_a_picture_is_drawn_anew_and_looking_at_it_is_noted_once(looked, dana, people, sender, seen):
    (picture,) = [row.id for row in findings() if row.part == "picture"]
    for _ in range(2):
        answer = dana.client.get(f"/evidence/pictures/{picture}")
    assert (answer.status_code, answer.content_type) == (200, "image/jpeg")
    assert b"Nokia" not in answer.data
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    assert [event.public["how"] for event in seen.events("evidence.view")] == ["preview"]
    assert sender(people.timur).client.get(f"/evidence/pictures/{picture}").status_code == 404
    assert sender(people.aigul).client.get(f"/evidence/pictures/{picture}").status_code == 200


def test_words_are_shown_as_words_and_reading_them_is_noted(stored, dana, item, seen):
    file = stored(b"Asel was here, and Timur & <b>others</b>.", "note.txt")
    assert dana.client.get(f"/evidence/files/{file.id}/text").status_code == 404
    token = dana.form(f"/evidence/{item.id}/files")["csrf_token"]
    dana.client.post(f"/evidence/{item.id}/examine", data={"csrf_token": token})
    page = dana.client.get(f"/evidence/files/{file.id}/text").text
    assert "Timur &amp; &lt;b&gt;others" in page
    assert [event.public["how"] for event in seen.events("evidence.view")] == ["text"]


def test_what_was_found_in_one_file_is_not_shown_as_another_s(looked, stored, people):
    other = stored(photo((30, 30)), "other.jpg")
    with transaction():
        for row in findings():
            row.file_id = other.id
    actor = people.fresh(people.dana)
    assert not queries.found_in(actor, [find(File, other.id, examining.policy.visible_files(actor))])[other.id].is_there


def test_who_leaves_the_safe_keeps_no_way_to_what_is_found_and_who_stays_does(looked, people):
    for reader in (people.dana, people.aigul):
        actor = people.fresh(reader)
        file = find(File, looked.id, examining.policy.visible_files(actor))
        assert queries.found_in(actor, [file])[file.id].get("facts")


def test_a_large_file_is_not_opened(stored, people, monkeypatch, seen):
    monkeypatch.setattr(running, "LARGEST", 100)
    file, actor = stored(photo()), people.fresh(people.dana)
    examining.examine(find(File, file.id, examining.policy.visible_files(actor)), by=actor)
    found = queries.found_in(actor, [find(File, file.id, examining.policy.visible_files(actor))])[file.id]
    assert found.stopped == {"large"}
    assert not seen.events("evidence.examine")


def test_a_file_that_is_not_what_was_received_is_not_looked_into(stored, dana, item, seen):
    stored(photo())
    (payload,) = seen.payloads()
    content = bytearray(payload.read_bytes())
    content[40] ^= 1
    payload.write_bytes(content)
    token = dana.form(f"/evidence/{item.id}/files")["csrf_token"]
    dana.client.post(f"/evidence/{item.id}/examine", data={"csrf_token": token})
    assert not findings()
    assert seen.files()[0].intact is False


def test_looking_again_replaces_what_was_found_before(looked, people):
    before = {row.id for row in findings()}
    actor = people.fresh(people.aigul)
    with transaction():
        file = find(File, looked.id, examining.policy.visible_files(actor))
        operations.keep_findings(file, summary={"looks": {}, "scan": {"verdict": "clean"}}, by=actor, at=now())
    after = findings()
    assert [row.part for row in after] == ["summary"]
    assert not before & {row.id for row in after}
