"""Files that come in by parts: what is kept, what is refused, and that the whole is what was sent."""

import errno
import hashlib
import os
import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from caseflow.cases import operations as cases
from caseflow.evidence import drafts, jobs, operations, parts, store
from caseflow.evidence.models import Upload
from caseflow.kernel import clock
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.network.models import Member
from caseflow.vault.continuing import ContinuedWriter, Sums, place_of
from caseflow.vault.payload import CHUNK, NONCE, PLAIN_BATCH
from caseflow.vault.reading import unseal_payload
from tests.evidence.conftest import UNSCOPED
from tests.evidence.sending import MIB
from tests.evidence.tussing import PART, Tus, sum_of

CONTENT = random.Random(7).randbytes(3 * MIB + 4321)


@pytest.fixture
def dana(sender, people, item):
    return Tus(sender(people.dana), item.id)


@pytest.fixture
def begun(dana):
    """Return where a file of the size of CONTENT was begun."""
    answer = dana.begin(len(CONTENT))
    assert answer.status_code == 201
    return answer.headers["Location"]


def _send(dana, where, content, sizes):
    at = 0
    for size in sizes:
        answer = dana.part(where, at, content[at : at + size])
        at = min(at + size, len(content))
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(at)), answer.text
    return answer


def _whole(dana, file, content):
    assert (file.size, file.payload_sha256) == (len(content), store.sha256_of(file.payload))
    assert dana.client.get(f"/evidence/files/{file.id}").data == content


def _rows(model):
    db.session.rollback()
    return list(db.session.scalars(select(model), execution_options=UNSCOPED))


SIZES = [
    (1, [1]),
    (CHUNK, [CHUNK]),
    (CHUNK + 1, [CHUNK, 1]),
    (2 * CHUNK, [1, CHUNK, CHUNK - 1]),
    (PLAIN_BATCH, [PLAIN_BATCH - 1, 1]),
    (2 * PLAIN_BATCH, [PLAIN_BATCH, PLAIN_BATCH]),
    (len(CONTENT), [100, 70_000, 2 * MIB, 5, 3 * MIB]),
]


def test_a_file_that_came_by_parts_of_any_size_is_the_file_that_was_sent(dana, seen):
    for size, sizes in SIZES:
        content = CONTENT[:size]
        where = dana.begin(size, "фильм.mp4").headers["Location"]
        last = _send(dana, where, content, sizes)
        (file,) = [file for file in seen.files() if file.id == last.headers["Caseflow-File"]]
        assert last.headers["Caseflow-SHA-256"] == hashlib.sha256(content).hexdigest()
        _whole(dana, file, content)
    assert len(seen.payloads()) == len(SIZES), "the drafts are gone"
    assert "фильм.mp4" in dana.client.get(f"/evidence/{file.item_id}").text
    assert [len(seen.events(verb)) for verb in ("evidence.begin_upload", "evidence.add_file")] == [len(SIZES)] * 2


def test_after_a_restart_it_goes_on_from_what_was_kept(dana, begun, seen):
    _send(dana, begun, CONTENT, [MIB + 77])
    parts._sums.__init__()
    assert dana.stands(begun) == MIB + 77
    dana.part(begun, MIB + 77, CONTENT[MIB + 77 : 2 * MIB])
    parts._sums.__init__()
    assert dana.part(begun, 2 * MIB, CONTENT[2 * MIB :]).status_code == 204
    (file,) = seen.files()
    _whole(dana, file, CONTENT)


@pytest.mark.usefixtures("begun")
def test_what_came_before_a_line_broke_is_kept(people):
    class Broken:
        def __init__(self) -> None:
            self.left = CONTENT[: MIB + 9]

        def read(self, size: int) -> bytes:
            if not self.left:
                raise OSError
            piece, self.left = self.left[:size], self.left[size:]
            return piece

    (upload,) = _rows(Upload)
    told = []
    with drafts.held(upload.payload) as draft:
        assert (
            parts.take(parts.opened(upload, people.dana), Broken(), draft, keep=lambda *kept: told.append(kept)) is None
        )
    assert [received for received, _rest in told] == [MIB + 9]


def test_a_long_part_is_kept_now_and_then_and_is_whole(dana, begun, seen, monkeypatch):
    kept = []
    keep_part = operations.keep_part
    monkeypatch.setattr(parts, "SECONDS", 0.0)
    monkeypatch.setattr(
        operations, "keep_part", lambda *row, **given: (kept.append(given["received"]), keep_part(*row, **given))
    )
    assert dana.part(begun, 0, CONTENT).status_code == 204
    assert len(kept) >= 3
    assert kept == sorted(set(kept))
    (file,) = seen.files()
    _whole(dana, file, CONTENT)


def test_nothing_of_it_lies_open_while_it_waits(dana, instance):
    canary = b"a canary in the mine " * 9000
    where = dana.begin(10 * len(canary), "kanarejka.txt").headers["Location"]
    dana.part(where, 0, canary)
    db.session.remove()
    for path in instance.parent.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            assert b"canary in" not in held, path
            assert b"kanarejka" not in held, path


def test_a_part_at_another_place_is_refused_and_nothing_changes(dana, begun):
    dana.part(begun, 0, CONTENT[:1000])
    for offset in (0, 999, 1001, len(CONTENT)):
        answer = dana.part(begun, offset, CONTENT[1000:2000])
        assert answer.status_code == 409
        assert "ask how much" in answer.text
    assert dana.stands(begun) == 1000


def test_two_windows_cannot_send_the_same_file_at_once(dana, begun):
    (upload,) = _rows(Upload)
    with drafts.held(upload.payload):
        answer = dana.part(begun, 0, CONTENT)
        assert answer.status_code == 423
        assert "from another window" in answer.text
        assert dana.ask("DELETE", begun).status_code == 423
    assert dana.part(begun, 0, CONTENT).status_code == 204


def test_a_part_whose_sum_is_another_counts_for_nothing(dana, begun, seen):
    assert dana.part(begun, 0, CONTENT[:MIB], Upload_Checksum=sum_of(CONTENT[:MIB], "sha1")).status_code == 204
    wrong = dana.part(begun, MIB, b"x" + CONTENT[MIB + 1 :], Upload_Checksum=sum_of(CONTENT[MIB:]))
    assert (wrong.status_code, dana.stands(begun)) == (460, MIB)
    assert dana.part(begun, MIB, CONTENT[MIB:], Upload_Checksum="md5 AAAA").status_code == 400
    assert dana.part(begun, MIB, CONTENT[MIB:], Upload_Checksum="sha256 ?").status_code == 400
    assert dana.part(begun, MIB, CONTENT[MIB:], Upload_Checksum=sum_of(CONTENT[MIB:])).status_code == 204
    _whole(dana, seen.files()[0], CONTENT)


def test_other_bytes_are_not_sealed_where_sealed_ones_lie_already(dana, begun, monkeypatch, seen):
    """A crash after sealing, before the row knew of it: one nonce must not seal two texts."""
    with monkeypatch.context() as patch:
        patch.setattr(operations, "keep_part", lambda *_, **__: (_ for _ in ()).throw(RuntimeError("the process died")))
        assert dana.part(begun, 0, CONTENT[: 2 * MIB]).status_code == 500
    assert dana.stands(begun) == 0
    other = dana.part(begun, 0, bytes(2 * MIB))
    assert other.status_code == 409
    assert "not the file that was begun" in other.text
    assert dana.part(begun, 0, CONTENT).status_code == 204
    _whole(dana, seen.files()[0], CONTENT)


def test_a_full_disk_is_told_and_what_came_before_is_kept(dana, begun, monkeypatch, seen):
    dana.part(begun, 0, CONTENT[:MIB])

    def full(*_given):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", full)
        answer = dana.part(begun, MIB, CONTENT[MIB:])
    assert answer.status_code == 507
    assert "disk of the server is full" in answer.text
    assert dana.stands(begun) == MIB
    assert dana.part(begun, MIB, CONTENT[MIB:]).status_code == 204
    _whole(dana, seen.files()[0], CONTENT)


def test_no_file_is_begun_for_which_there_is_no_room(dana, monkeypatch, seen):
    monkeypatch.setattr(store, "room", lambda: 1000)
    answer = dana.begin(1)
    assert answer.status_code == 507
    assert not _rows(Upload) + seen.payloads()


def test_a_size_that_cannot_be_is_refused_in_words(dana):
    refused = [("0", 422, "empty"), (str(10**14), 413, "larger than"), ("-1", 400, "headers"), ("", 400, "headers")]
    for size, status, words in refused:
        answer = dana.ask("POST", dana.place, Upload_Length=size)
        assert (answer.status_code, words in answer.text) == (status, True), size
    assert not _rows(Upload)


def test_what_is_not_the_protocol_is_answered_as_the_protocol_says(dana, begun):
    offered = dana.ask("OPTIONS", dana.place)
    assert offered.status_code == 204
    assert offered.headers["Tus-Version"] == offered.headers["Tus-Resumable"] == "1.0.0"
    assert offered.headers["Tus-Extension"] == "creation,creation-with-upload,termination,checksum,expiration"
    assert offered.headers["Tus-Max-Size"] == str(20480 * MIB)
    assert offered.headers["Tus-Checksum-Algorithm"] == "sha256,sha1"
    old = dana.ask("HEAD", begun, Tus_Resumable="0.2.2")
    assert (old.status_code, old.headers["Tus-Version"]) == (412, "1.0.0")
    assert dana.ask("PATCH", begun, b"x", Upload_Offset="0", Content_Type="text/plain").status_code == 415
    assert dana.part(begun, 0, CONTENT + b"x").status_code == 413
    assert dana.ask("POST", dana.place, Upload_Defer_Length="1").status_code == 400
    assert dana.ask("POST", dana.place, Upload_Length="5", Upload_Metadata="filename ?").status_code == 400
    assert dana.stands(begun) == 0
    assert dana.ask("HEAD", begun).headers["Cache-Control"] == "no-store"


def test_the_first_part_may_come_with_the_beginning(dana, seen):
    answer = dana.ask("POST", dana.place, CONTENT[:5], Upload_Length="9", Content_Type=PART)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "5")
    assert dana.part(answer.headers["Location"], 5, CONTENT[5:9]).status_code == 204
    _whole(dana, seen.files()[0], CONTENT[:9])


def test_a_browser_that_missed_the_last_answer_learns_that_the_file_is_whole(dana, begun, seen):
    dana.part(begun, 0, CONTENT)
    assert dana.stands(begun) == len(CONTENT)
    assert dana.part(begun, len(CONTENT), b"").status_code == 204
    assert len(seen.files()) == 1


def test_a_version_says_what_it_was_made_from(dana, item, stored, seen):
    first = stored()
    assert dana.begin(3, kind="redacted").status_code == 422
    where = dana.begin(3, kind="redacted", parent=first.id).headers["Location"]
    dana.part(where, 0, b"abc")
    (version,) = [file for file in seen.files() if file.id != first.id]
    assert (version.kind, version.parent_id) == ("redacted", first.id)


def test_only_who_began_a_file_goes_on_with_it(sender, people, item, dana, begun):
    for other in (people.aigul, people.timur, people.leila):
        another = Tus.__new__(Tus)
        another.client = sender(other).client
        another._head = {"Tus-Resumable": "1.0.0"}
        assert [another.ask(method, begun).status_code for method in ("HEAD", "PATCH", "DELETE")] == [404, 400, 400]


def test_what_is_given_up_is_gone(dana, begun, seen):
    dana.part(begun, 0, CONTENT[:MIB])
    assert dana.ask("DELETE", begun).status_code == 204
    assert dana.ask("HEAD", begun).status_code == 404
    assert not _rows(Upload) + seen.payloads()
    assert len(seen.events("evidence.give_up_upload")) == 1


def test_what_nobody_goes_on_with_is_forgotten_after_a_week(dana, begun, seen):
    dana.part(begun, 0, CONTENT[:MIB])
    at = now()
    with clock.at(at + timedelta(days=6)):
        jobs.sweep()
        assert len(_rows(Upload)) == len(seen.payloads()) == 1
    with clock.at(at + timedelta(days=8)):
        jobs.sweep()
        assert not _rows(Upload) + seen.payloads()
    (event,) = seen.events("evidence.forget_uploads")
    assert event.public == {"count": 1}


def test_a_matter_closed_meanwhile_takes_no_file_and_the_sweep_clears_up(dana, begun, incident, seen):
    dana.part(begun, 0, CONTENT[:MIB])
    with transaction():
        db.session.merge(incident).state = "closed"
    answer = dana.part(begun, MIB, CONTENT[MIB:])
    assert answer.status_code == 403
    assert "closed" in answer.text
    assert not seen.files()
    with clock.at(now() + timedelta(days=9)):
        jobs.sweep()
        jobs.sweep()
    assert not seen.payloads()


def test_a_draft_that_is_gone_or_spoilt_is_told(dana, begun, seen):
    dana.part(begun, 0, CONTENT[:MIB])
    parts._sums.__init__()
    (upload,) = _rows(Upload)
    path = store.draft_of(upload.payload)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert dana.part(begun, MIB, CONTENT[MIB:]).status_code == 410
    path.unlink()
    gone = dana.part(begun, MIB, CONTENT[MIB:])
    assert gone.status_code == 410
    assert "Send it anew" in gone.text
    assert not seen.files()


def test_a_payload_that_was_sealed_in_several_goes_opens_as_one(tmp_path):
    key, nonce = os.urandom(16), os.urandom(NONCE)
    path = tmp_path / "payload"
    path.write_bytes(nonce)
    sums, held, chunks, at = Sums.begin(nonce), b"", 0, 0
    with path.open("r+b") as out:
        for size in (10, CHUNK - 10, PLAIN_BATCH + 3, len(CONTENT)):
            out.seek(place_of(chunks))
            writer = ContinuedWriter(out, key, nonce, chunks=chunks, held=held, sums=sums)
            writer.write(CONTENT[at : at + size])
            at += size
            if at < len(CONTENT):
                held = writer.pause()
                chunks = sums.chunks
        writer.close()
    plain = tmp_path / "plain"
    with path.open("rb") as sealed, plain.open("wb") as opened:
        unseal_payload(sealed, opened, key)
    assert plain.read_bytes() == CONTENT
    assert writer.sha256_plain == hashlib.sha256(CONTENT).hexdigest()
    assert writer.sha256_sealed == hashlib.sha256(path.read_bytes()).hexdigest()
    with path.open("rb") as again:
        again.seek(NONCE)
        assert Sums.begin(nonce).finish(again, key, nonce, len(CONTENT)) == (writer.sha256_plain, writer.sha256_sealed)


def test_a_file_goes_on_after_somebody_left_its_safe_under_keys_that_she_never_had(sender, people, seen):
    with transaction():
        case = cases.open_case(title="A case", by=people.aigul, at=now())
        member = db.session.get_one(Member, people.leila.member_id)
        counsel = cases.assign_counsel(case, member=member, role="lead", by=people.aigul, at=now())
        item = operations.add_item(case, title="A film", by=people.aigul, at=now())
    aigul, leila = (Tus(sender(actor), item.id) for actor in (people.aigul, people.leila))
    hers, other = (tus.begin(len(CONTENT)).headers["Location"] for tus in (leila, aigul))
    for tus, where in ((leila, hers), (aigul, other)):
        assert tus.part(where, 0, CONTENT[:100]).status_code == 204
    before = {upload.epoch for upload in _rows(Upload)}
    with transaction():
        cases.end_counsel(counsel, by=people.fresh(people.aigul), at=now())
    assert {upload.epoch for upload in _rows(Upload)} == {max(before) + 1}
    assert leila.part(hers, 100, CONTENT[100:]).status_code == 404
    assert aigul.part(other, 100, CONTENT[100:]).status_code == 204
    (file,) = seen.files()
    assert file.epoch == max(before) + 1
    _whole(aigul, file, CONTENT)


# -- the pages


def test_the_page_says_what_was_begun_to_who_began_it(dana, begun, sender, people, item):
    dana.part(begun, 0, CONTENT[:MIB])
    page = f"/evidence/{item.id}/files"
    assert f'data-begun="{begun}" data-name="film.mp4" data-size="{len(CONTENT)}"' in dana.client.get(page).text
    assert "film.mp4" not in sender(people.aigul).client.get(page).text
    dana.part(begun, MIB, CONTENT[MIB:])
    assert "data-begun" not in dana.client.get(page).text


def test_an_item_whose_files_come_by_parts_is_entered_without_them_and_no_other(dana, sender, people, incident, seen):
    place = f"/evidence/new/{incident.safe_id}"
    who = sender(people.dana)
    assert who.send(place, title="A film", by_parts="1").status_code == 303
    assert who.send(place, title="No film").status_code == 422
    assert who.send(f"/evidence/{seen.items()[0].id}/files", kind="original", by_parts="1").status_code == 422
    assert len(seen.items()) == 2


def test_the_same_content_elsewhere_is_said_to_who_may_see_it(dana, sender, people, incident, item, stored):
    stored(CONTENT, "first.mp4")
    with transaction():
        other = operations.add_item(incident, title="Came twice", by=people.dana, at=now())
        case = cases.open_case(title="A case", by=people.aigul, at=now())
        hidden = operations.add_item(case, title="Not for Dana", by=people.aigul, at=now())
    for who, place in ((people.dana, other), (people.aigul, hidden)):
        tus = Tus(sender(who), place.id)
        tus.part(tus.begin(len(CONTENT)).headers["Location"], 0, CONTENT)
    page = dana.client.get(f"/evidence/{item.id}").text
    assert "byte for byte" in page
    assert "Came twice" in page
    assert "Not for Dana" not in page
    assert "Not for Dana" in sender(people.aigul).client.get(f"/evidence/{item.id}").text
