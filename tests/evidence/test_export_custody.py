"""No row of an item's custody is left out of an export unseen, and no file: the row of the export sums them up."""

import json

import pytest

from caseflow.evidence import operations
from caseflow.evidence.export import verify
from caseflow.evidence.export.bag import Checked
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.keys.models import Grant
from caseflow.vault import header as age_header
from caseflow.vault.identity import Identity
from tests.evidence.bags import ask, copy, events, run, sign_anew, unpacked
from tests.evidence.test_export_attacks import EVENTS, ITEM, edit, told

_made = []


@pytest.fixture
def bag(request, tmp_path_factory, tmp_path):
    """Return a copy of an export of an item of which much is told: looked at, found damaged, sent out before."""
    if not _made:
        people, stored = request.getfixturevalue("people"), request.getfixturevalue("stored")
        sender, incident = request.getfixturevalue("sender"), request.getfixturevalue("incident")
        item, receive = request.getfixturevalue("item"), request.getfixturevalue("receive")
        file, dana = stored(), people.dana
        with transaction():
            operations.hand_out(file, how="download", by=people.fresh(people.aigul), at=now()).close()
        with transaction():
            operations.note_check(file, intact=False, by=None, at=now())
            operations.note_check(file, intact=True, by=None, at=now())
        with transaction():
            other = receive(b"a translation that contradicts", "translation.txt")
            operations.add_file(item, other, kind="translated", parent=file, by=dana, at=now())
        place = f"/evidence/safes/{incident.safe_id}/export"
        ask(sender(dana), place, purpose="submission")
        _made.append((unpacked(ask(sender(dana), place), tmp_path_factory.mktemp("bag")), dana))
    found, signer = _made[0]
    return copy(found, tmp_path), signer


def rows(bag):
    return [json.loads(line["row"]) for line in events(bag)]


def leave_out(bag, is_left_out):
    kept = [line for line in events(bag) if not is_left_out(json.loads(line["row"]))]
    assert len(kept) < len(events(bag))
    (bag / EVENTS).write_text("".join(json.dumps(line) + "\n" for line in kept))


def test_what_is_told_whole_is_good(bag):
    assert told(bag[0]) == {("left_out", "not_chosen")}


@pytest.mark.parametrize(
    "verb",
    ["evidence.download", "evidence.verify", "evidence.export_item", "keys.grant", "keys.make_safe", "evidence.export"],
)
def test_a_row_of_the_custody_that_was_left_out_is_missed(bag, verb):
    last = max(row["seq"] for row in rows(bag[0]) if row["verb"] == "evidence.export_item")
    leave_out(bag[0], lambda row: row["verb"] == verb and row["seq"] != last)
    sign_anew(*bag)
    assert ("bad", "custody_differs") in told(bag[0])
    assert run(bag[0] / "verify.py", str(bag[0])).returncode == 1


def test_a_file_that_stays_is_missed_when_it_is_left_out_with_its_row(bag):
    subjects = []

    def drop(found):
        (one,) = [file for file in found["files"] if file["kind"] == "translated"]
        subjects.append("evidence_files:" + one["id"])
        found["files"].remove(one)

    edit(bag[0], ITEM, drop)
    leave_out(bag[0], lambda row: row["subject"] in subjects)
    sign_anew(*bag)
    assert told(bag[0]) == {("bad", "custody_differs")}


def test_the_header_of_a_sealed_file_has_the_shape_of_one(people, sender, incident, item, stored, tmp_path):
    """What a header holds is for those who open it; that there is one is for everybody to see."""
    stored()
    fields = {"packing": "sealed", "recipients": str(Identity.generate().recipient)}
    made = unpacked(ask(sender(people.dana), f"/evidence/safes/{incident.safe_id}/export", **fields), tmp_path)
    (path,) = (made / "data/originals").rglob("*.age")
    data = path.read_bytes()
    body = data[data.index(b"\n", data.index(b"\n---") + 1) + 1 :]
    for head, found in (
        (age_header.seal_to(bytes(16), [str(Identity.generate().recipient)]), set()),
        (b"age-encryption.org/v1\n---\n", {("bad", "not_the_sum")}),
        (data[: data.index(b"->")] + b"--- " + b"A" * 43 + b"\n", {("bad", "not_the_sum")}),
    ):
        path.write_bytes(head + body)
        sign_anew(made, people.dana)
        assert told(made) == found
    assert "only opening it shows" in verify.WORDS["as_sealed"][0]


def test_nothing_goes_out_to_who_lost_the_key_while_the_files_were_read(
    people, incident, item, stored, sender, monkeypatch
):
    """Her role stays and her grant is gone: the reading took long, and the act asks under its lock."""
    stored()
    dana, begin = sender(people.dana), operations.begin_export

    def later(checked: Checked, **given):
        for grant in db.session.query(Grant).filter_by(safe_id=incident.safe_id, member_id=people.dana.member_id):
            db.session.delete(grant)
        db.session.flush()
        return begin(checked, **given)

    monkeypatch.setattr(operations, "begin_export", later)
    answer = ask(dana, f"/evidence/safes/{incident.safe_id}/export")
    assert answer.status_code == 403
    assert "taken from you" in answer.text
