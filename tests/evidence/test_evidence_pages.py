"""Evidence over plain HTTP: what a browser sends, and what it gets back."""

import hashlib
import re

import pytest
from werkzeug.test import TestResponse

from caseflow.evidence import operations, store
from caseflow.evidence.models import File
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.ledger.models import Event
from tests.evidence.sending import BOUNDARY, JPEG, MIB, encoded

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><html><body><script>alert(1)</script></body></html>"


@pytest.fixture
def dana(people, sender):
    return sender(people.dana)


@pytest.fixture
def new(incident):
    return f"/evidence/new/{incident.safe_id}"


def test_an_item_with_several_files_is_entered_at_once(dana, new, seen, incident, people):
    answer = dana.send(new, ("снимок.jpg", JPEG), ("scan.png", PNG), title="Photographs", obtained_how="By hand")
    assert answer.status_code == 303
    (item,) = seen.items()
    assert answer.location.endswith(f"/evidence/{item.id}")
    ring = people.fresh(people.aigul).ring
    assert (ring.text(item, "title"), ring.text(item, "obtained_how")) == ("Photographs", "By hand")
    assert {ring.text(file, "name") for file in seen.files()} == {"снимок.jpg", "scan.png"}
    page = dana.client.get(answer.location).text
    assert "снимок.jpg" in page
    assert hashlib.sha256(JPEG).hexdigest() in page


@pytest.mark.parametrize("token", [None, "", "wrong"])
def test_a_form_without_its_token_is_refused_before_anything_is_sealed(app, dana, new, seen, token):
    assert app.config.get("WTF_CSRF_ENABLED", True)
    given = dana.form(new)
    fields = {"once": given["once"], "title": "x", "copy_or_original": "original"}
    if token is not None:
        fields["csrf_token"] = token
    answer = dana.post(new, encoded(fields.items(), [("files", "a.jpg", JPEG)]))
    assert answer.status_code == 400
    assert not seen.items()
    assert not seen.payloads()


def test_a_token_that_comes_after_the_file_is_too_late(dana, new, seen):
    given = dana.form(new)
    body = encoded([("title", "x")], [("files", "a.jpg", JPEG)]).removesuffix(f"--{BOUNDARY}--\r\n".encode())
    answer = dana.post(new, body + encoded([("csrf_token", given["csrf_token"])], []))
    assert answer.status_code == 400
    assert not seen.payloads()


@pytest.mark.parametrize("headers", [{}, {"X-CSRFToken": "wrong"}])
def test_a_raw_body_without_its_token_is_refused(dana, item, seen, headers):
    answer = dana.client.put(f"/evidence/{item.id}/files?name=a.jpg", data=JPEG, headers=headers)
    assert answer.status_code == 400
    assert not seen.payloads()


def test_a_raw_body_is_added_as_a_file(dana, item, seen, people):
    answer = dana.put(f"/evidence/{item.id}/files?name=../снимок.jpg", JPEG * 3000)
    assert answer.status_code == 201
    (file,) = seen.files()
    assert answer.json == {
        "file": file.id, "sha256": hashlib.sha256(JPEG * 3000).hexdigest(), "size": len(JPEG) * 3000,
    }  # fmt: skip
    assert people.fresh(people.dana).ring.text(file, "name") == "снимок.jpg"


@pytest.mark.parametrize("content", [b"", None])
def test_an_empty_raw_body_is_refused_and_leaves_nothing(dana, item, seen, content):
    assert dana.put(f"/evidence/{item.id}/files?name=a", content).status_code == 409
    assert not seen.payloads()


# -- mistakes: each is told beside its field, what was typed stays, nothing is kept


def wrong(answer: TestResponse, words: str, typed: str = "A title that stays") -> None:
    assert answer.status_code == 422
    assert words in answer.text
    assert typed in answer.text


def test_no_file_chosen_is_told_and_the_text_stays(dana, new, seen):
    wrong(dana.send(new, ("", b""), title="A title that stays"), "Choose at least one file.")
    wrong(dana.send(new, title="A title that stays"), "Choose at least one file.")
    assert not seen.items()


def test_an_empty_file_is_told_and_what_came_before_it_is_not_kept(dana, new, seen):
    wrong(dana.send(new, ("a.jpg", JPEG), ("b.jpg", b""), title="A title that stays"), "This file is empty.")
    assert not seen.items()
    assert not seen.payloads()


def test_a_file_over_the_limit_is_told_and_what_came_before_it_is_not_kept(make_app, sqlite_url, seen):
    from tests.cast import cast
    from tests.evidence.sending import Sender

    app = make_app(sqlite_url, max_upload_mb=1)
    with app.app_context():
        people = cast(app)
        with transaction():
            from caseflow.cases import operations as cases

            case = cases.open_case(title="A case", by=people.aigul, at=now())
        aigul, new = Sender(app, people.aigul), f"/evidence/new/{case.safe_id}"
        over = b"x" * (MIB + 1)
        wrong(aigul.send(new, ("a.jpg", JPEG), ("b", over), title="A title that stays"), "larger than this")
        assert not seen.items()
        assert not seen.payloads()
        # Each file has the limit for itself.
        full = b"x" * MIB
        files = [(f"{n}.bin", full) for n in range(12)]
        assert aigul.send(new, *files, title="Twelve").status_code == 303
        assert len(seen.files()) == 12


def test_a_missing_title_is_told_and_the_files_are_not_kept(dana, new, seen):
    wrong(dana.send(new, ("a.jpg", JPEG), title="", obtained_from="A title that stays"), "Fill this in.")
    assert not seen.items()
    assert not seen.payloads()


def test_a_form_that_was_wrong_can_be_sent_again_as_it_came_back(dana, new, seen):
    answer = dana.send(new, ("a.jpg", JPEG), title="")
    fields = dict(re.findall(r'<input[^>]*name="(csrf_token|once)"[^>]*value="([^"]+)"', answer.text))
    assert {"csrf_token", "once"} <= fields.keys()
    fields |= {"title": "Now with a title", "copy_or_original": "copy"}
    assert dana.post(new, encoded(fields.items(), [("files", "a.jpg", JPEG)])).status_code == 303
    assert [item.copy_or_original for item in seen.items()] == ["copy"]


@pytest.mark.parametrize("cut", [3, 60, 900, 2 * MIB])
def test_a_line_that_breaks_leaves_neither_row_nor_payload(dana, new, seen, cut):
    body = dana.filled(new, ("a.jpg", JPEG), ("b.bin", b"x" * 3 * MIB), title="A title that stays")
    wrong(dana.post(new, body[:-cut]), "The line broke")
    assert not seen.items()
    assert not seen.payloads()


def test_a_version_whose_line_broke_is_told_too(dana, item, stored, seen):
    parent = stored()
    path = f"/evidence/{item.id}/files"
    body = dana.filled(path, ("a.jpg", JPEG), kind="redacted", parent=parent.id)
    wrong(dana.post(path, body[:-80]), "The line broke", typed=parent.id)
    assert len(seen.payloads()) == 1
    answer = dana.post(path, body)
    assert answer.status_code == 303
    assert {file.parent_id for file in seen.files()} == {None, parent.id}


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", b"title=x"),
        ("text/plain", b"x"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=", b"x"),
        ("multipart/form-data; boundary=b", b"--b\r\nnothing\r\n\r\nx\r\n--b--"),
        (f"multipart/form-data; boundary={BOUNDARY}", b""),
    ],
)
def test_what_is_no_such_form_is_an_answer_in_words_and_no_fault(dana, new, seen, content_type, body):
    answer = dana.client.post(new, data=body, content_type=content_type)
    assert answer.status_code in (400, 422)
    assert not seen.payloads()
    assert not seen.items()


def test_the_same_form_twice_adds_one_item_and_one_payload(dana, new, seen):
    body = dana.filled(new, ("a.jpg", JPEG), title="Once")
    first, second = dana.post(new, body), dana.post(new, body)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert len(seen.items()) == len(seen.files()) == len(seen.payloads()) == 1


def test_a_file_name_with_path_and_marks_is_cleaned(dana, new, seen, people):
    assert dana.send(new, ("..\\..\\x/\u202egpj.exe\x07", JPEG), title="x").status_code == 303
    assert people.fresh(people.dana).ring.text(seen.files()[0], "name") == "gpj.exe"


def test_a_name_that_promises_another_kind_is_told_on_the_page(dana, item, stored):
    stored(b"MZ\x90\0" + b"\0" * 60 + b"PE\0\0" + b"\0" * 200, "photo.jpg")
    assert "The name promises another kind of file" in dana.client.get(f"/evidence/{item.id}").text
    assert "The name promises" not in dana.client.get(f"/evidence/{_plain(dana, item)}").text


def _plain(dana, item):
    answer = dana.send(f"/evidence/new/{item.safe_id}", ("photo.jpg", JPEG), title="Plain")
    return answer.location.rsplit("/", 1)[1]


def test_a_closed_matter_takes_no_file_and_receives_none(people, sender, seen):
    from caseflow.cases import operations as cases

    with transaction():
        case = cases.open_case(title="A case", by=people.aigul, at=now())
    aigul = sender(people.aigul)
    body = aigul.filled(f"/evidence/new/{case.safe_id}", ("a.jpg", JPEG), title="x")
    with transaction():
        cases.close(case, outcome="withdrawn", reason="Settled.", by=people.aigul, at=now())
    assert aigul.post(f"/evidence/new/{case.safe_id}", body).status_code == 403
    assert not seen.payloads()


# -- who sees it


def test_what_lies_in_a_foreign_safe_does_not_exist(people, sender, incident, item, stored, seen):
    file = stored()
    places = [
        f"/evidence/{item.id}", f"/evidence/{item.id}/files", f"/evidence/files/{file.id}",
        f"/evidence/files/{file.id}/sealed", f"/evidence/new/{incident.safe_id}",
        f"/evidence/safes/{incident.safe_id}/key",
    ]  # fmt: skip
    for actor in (people.timur, people.leila):
        stranger = sender(actor)
        for place in [*places, "/evidence/unknown", "/evidence/files/unknown", "/evidence/new/unknown"]:
            answer = stranger.client.get(place)
            assert answer.status_code == 404, (place, answer.location)
        own = stranger.client
        token = _any_token(own)
        for place in places[1:2] + places[4:5]:
            body = encoded([("csrf_token", token), ("title", "x")], [("files", "a.jpg", JPEG)])
            assert stranger.post(place, body).status_code == 404
        assert own.put(places[1], data=JPEG, headers={"X-CSRFToken": token}).status_code == 404
    assert len(seen.payloads()) == 1


def _any_token(client):
    page = client.get("/", follow_redirects=True).text
    return re.search(r'name="csrf_token"[^>]*?value="([^"]+)"', page)[1]


def test_who_is_signed_out_is_asked_to_sign_in(app, item, stored):
    file = stored()
    for place in (f"/evidence/{item.id}", f"/evidence/files/{file.id}", f"/evidence/files/{file.id}/sealed"):
        answer = app.test_client().get(place)
        assert answer.status_code == 303
        assert "/sign-in" in answer.location


# -- handing out


def test_a_file_is_handed_out_whole_for_saving_only(dana, stored):
    content = JPEG + b"x" * 3 * MIB
    answer = dana.client.get(f"/evidence/files/{stored(content, 'Снимок «1».jpg').id}")
    assert (answer.status_code, answer.data) == (200, content)
    head = answer.headers
    assert head["Content-Type"] == "application/octet-stream"
    assert head["Content-Length"] == str(len(content))
    assert head["Content-Disposition"].startswith('attachment; filename="')
    assert "filename*=UTF-8''%D0%A1%D0%BD%D0%B8%D0%BC%D0%BE%D0%BA%20%C2%AB1%C2%BB.jpg" in head["Content-Disposition"]
    assert head["X-Content-Type-Options"] == "nosniff"
    assert head["Cache-Control"] == "no-store"
    assert "sandbox" in head["Content-Security-Policy"]
    assert "default-src 'none'" in head["Content-Security-Policy"]
    assert head["Accept-Ranges"] == "bytes"


def test_a_picture_may_be_shown_by_the_browser_in_a_sandbox(dana, stored):
    answer = dana.client.get(f"/evidence/files/{stored().id}?inline=1")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Disposition"].startswith("inline;")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "content"), [("photo.jpg", HTML), ("photo.png", SVG), ("a.svg", SVG), ("a.html", HTML), ("a.txt", b"hi")]
)
def test_what_can_hold_a_script_is_never_shown_whatever_its_name(dana, item, stored, name, content):
    file = stored(content, name)
    answer = dana.client.get(f"/evidence/files/{file.id}?inline=1")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "inline=1" not in dana.client.get(f"/evidence/{item.id}").text


CONTENT = bytes(range(256)) * 1024  # four sealed chunks


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-99", 0, 100),
        ("bytes=65530-65545", 65530, 65546),
        ("bytes=131072-", 131072, 262144),
        ("bytes=-7", 262137, 262144),
        ("bytes=262143-999999999", 262143, 262144),
    ],
)
def test_a_part_of_a_file_is_handed_out(dana, stored, asked, start, end):
    answer = dana.client.get(f"/evidence/files/{stored(CONTENT, 'a.bin').id}", headers={"Range": asked})
    assert (answer.status_code, answer.data) == (206, CONTENT[start:end])
    assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(CONTENT)}"
    assert answer.headers["Content-Length"] == str(end - start)


@pytest.mark.parametrize("asked", ["bytes=262144-", "bytes=999999-1000000", "bytes=-0"])
def test_a_part_outside_the_file_is_refused_and_is_no_event(dana, stored, seen, asked):
    answer = dana.client.get(f"/evidence/files/{stored(CONTENT, 'a.bin').id}", headers={"Range": asked})
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, "bytes */262144")
    assert not seen.events("evidence.download")


@pytest.mark.parametrize(
    "headers", [{"Range": "bytes=0-1,5-9"}, {"Range": "bytes=5-2"}, {"Range": "bytes=0-9", "If-Range": '"an-etag"'}]
)
def test_several_parts_or_a_stale_one_give_the_whole_file(dana, stored, headers):
    answer = dana.client.get(f"/evidence/files/{stored(CONTENT, 'a.bin').id}", headers=headers)
    assert (answer.status_code, answer.data) == (200, CONTENT)


def test_every_look_and_every_copy_is_in_the_ledger(dana, item, stored, seen):
    file = stored()
    for place in ("?inline=1", "", "/sealed"):
        assert dana.client.get(f"/evidence/files/{file.id}{place}").data
    assert [event.public["how"] for event in seen.events("evidence.view")] == ["view"]
    assert [event.public["how"] for event in seen.events("evidence.download")] == ["download", "sealed"]
    assert {event.subject for event in seen.events("evidence.download")} == {f"evidence_files:{file.id}"}
    page = dana.client.get(f"/evidence/{item.id}").text
    for words in ("entered a piece of evidence", "added a file", "looked at a file", "took a copy of a file"):
        assert words in page


# -- damage


def test_a_payload_that_is_gone_is_told_in_words_and_noted(dana, item, stored, seen):
    file = stored()
    store.path_of(file.payload).unlink()
    for place in ("", "?inline=1", "/sealed"):
        answer = dana.client.get(f"/evidence/files/{file.id}{place}")
        assert answer.status_code == 303
        page = dana.client.get(answer.location)
        assert "The sealed file is not in the store" in page.text
        assert "missing or was changed" in page.text
    assert [one.intact for one in seen.files()] == [False]
    assert len(seen.events("evidence.download", "failed")) == 2
    assert len(seen.events("evidence.view", "failed")) == 1
    assert not seen.events("evidence.download")


def _flip(file: File, at: int) -> None:
    path = store.path_of(file.payload)
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("spoil", [lambda f: _flip(f, 20), lambda f: _flip(f, -1), lambda f: _flip(f, 3)])
def test_a_payload_whose_beginning_or_end_was_changed_gives_no_byte(dana, stored, seen, spoil):
    file = stored(CONTENT, "a.bin")
    spoil(file)
    answer = dana.client.get(f"/evidence/files/{file.id}")
    assert answer.status_code == 303
    assert "was changed or cut" in dana.client.get(answer.location).text
    assert seen.events("evidence.download", "failed")


def test_a_payload_that_was_cut_gives_no_byte_not_even_sealed(dana, stored, seen):
    file = stored(CONTENT, "a.bin")
    path = store.path_of(file.payload)
    path.write_bytes(path.read_bytes()[: 16 + 2 * (65536 + 16)])
    for place in ("", "/sealed"):
        assert dana.client.get(f"/evidence/files/{file.id}{place}").status_code == 303
    assert len(seen.events("evidence.download", "failed")) == 2


def test_damage_in_the_middle_breaks_the_answer_off_and_is_noted(dana, stored, seen):
    content = b"x" * 3 * MIB
    file = stored(content, "a.bin")
    _flip(file, 16 + 2 * MIB)
    got = b""
    with pytest.raises(operations.NotWhole):
        for piece in dana.client.get(f"/evidence/files/{file.id}", buffered=False).response:
            got += piece
    assert 0 < len(got) < len(content)
    assert content.startswith(got)
    (failed,) = seen.events("evidence.download", "failed")
    assert failed.public == {"how": "download", "intact": False}
    assert [one.intact for one in seen.files()] == [False]


def test_a_header_that_was_changed_is_damage_too(dana, stored):
    file = stored()
    with transaction():
        row = db.session.get_one(File, file.id, execution_options={"unscoped": "a test spoils a header"})
        row.header = row.header[:-5] + b"AAAA\n"
    assert dana.client.get(f"/evidence/files/{file.id}").status_code == 303


# -- the key of a safe


def _export(person, safe_id, passphrase):
    path = f"/evidence/safes/{safe_id}/key"
    return person.client.post(path, data={**person.form(path), "passphrase": passphrase})


def test_a_coordinator_exports_the_key_with_her_passphrase(people, sender, incident, seen):
    from tests.cast import PASSPHRASE

    aigul = sender(people.aigul)
    answer = _export(aigul, incident.safe_id, PASSPHRASE)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    key = re.search(r"AGE-SECRET-KEY-1[0-9A-Z]+", answer.text)[0]
    assert key == str(people.fresh(people.aigul).ring.file_identity(incident.safe_id, 1))
    (event,) = seen.events("evidence.export_key")
    assert (event.subject, event.public) == (f"safes:{incident.safe_id}", {"epoch": 1})
    assert key not in str(event.public)


def test_a_wrong_passphrase_exports_nothing_and_is_noted(people, sender, incident, seen):
    answer = _export(sender(people.aigul), incident.safe_id, "a wrong passphrase")
    assert answer.status_code == 422
    assert "AGE-SECRET-KEY" not in answer.text
    assert not seen.events("evidence.export_key")
    assert seen.events("entrance.passphrase", "refused")


def test_passphrases_cannot_be_tried_here_more_often_than_at_the_entrance(people, sender, incident, seen):
    from tests.cast import PASSPHRASE

    aigul = sender(people.aigul)
    for _try in range(10):
        assert _export(aigul, incident.safe_id, "a wrong passphrase").status_code == 422
    answer = _export(aigul, incident.safe_id, PASSPHRASE)
    assert "Too many tries" in answer.text
    assert "AGE-SECRET-KEY" not in answer.text
    assert not seen.events("evidence.export_key")


def test_the_right_passphrase_is_never_counted_as_a_try(people, sender, incident, seen):
    from tests.cast import PASSPHRASE

    aigul = sender(people.aigul)
    for _time in range(12):
        assert "AGE-SECRET-KEY" in _export(aigul, incident.safe_id, PASSPHRASE).text
    assert len(seen.events("evidence.export_key")) == 12


def test_nobody_else_exports_a_key_or_learns_whether_a_passphrase_is_right(dana, incident, seen):
    from tests.cast import PASSPHRASE

    path = f"/evidence/safes/{incident.safe_id}/key"
    assert "Keys of safes are exported by a coordinator." in dana.client.get(path).text
    token = _any_token(dana.client)
    for passphrase in (PASSPHRASE, "a wrong passphrase"):
        answer = dana.client.post(path, data={"csrf_token": token, "passphrase": passphrase})
        assert answer.status_code == 403
        assert "AGE-SECRET-KEY" not in answer.text
    assert not seen.events("evidence.export_key")
    assert not seen.events("entrance.passphrase", "refused")


def test_the_form_of_the_key_needs_its_token(people, sender, incident):
    from tests.cast import PASSPHRASE

    answer = sender(people.aigul).client.post(
        f"/evidence/safes/{incident.safe_id}/key", data={"passphrase": PASSPHRASE}
    )
    assert answer.status_code == 400
    assert "AGE-SECRET-KEY" not in answer.text


def test_the_ledger_says_nothing_of_names_and_sums_in_the_open(dana, new, seen):
    dana.send(new, ("тайное имя.jpg", JPEG), title="A secret title")
    events = db.session.query(Event).all()
    told = " ".join(str(event.public) for event in events)
    for secret in ("тайное имя", "A secret title", hashlib.sha256(JPEG).hexdigest()):
        assert secret not in told
