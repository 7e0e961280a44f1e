"""Who may export, what lacks consent, what is damaged, and what the ledger keeps of it."""

import json
import re
from datetime import date, timedelta

import pytest

from caseflow.cases import operations as cases
from caseflow.evidence import intake, operations, store
from caseflow.incidents import operations as incidents
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.ledger import verification
from caseflow.network import operations as network
from caseflow.network.models import Member
from tests.evidence.bags import PHRASE, ask, events, run, unpacked, value, verdicts
from tests.evidence.sending import JPEG

ITEM = "data/items/IN-2026-0001-001.json"


def only(found):
    """Return the one thing there is."""
    (one,) = found
    return one


@pytest.fixture
def dana(people, sender):
    return sender(people.dana)


@pytest.fixture
def askar(people, incident):
    """A victim in the incident who has consented to nothing."""
    with transaction():
        person = incidents.add_person(incident, kind="individual", name="Askar Testov", by=people.dana, at=now())
        incidents.add_act(incident, victim=person, kind="torture", articles=["CAT:1"], by=people.dana, at=now())
    return person


def consent(people, incident, person, purpose, **given):
    with transaction():
        return incidents.give_consent(
            incident, person=person, purpose=purpose, form="written", language="en",
            **{"given_on": date(2026, 3, 9), **given}, by=people.dana, at=now(),
        )  # fmt: skip


def taken_to_case(people, incident):
    with transaction():
        incidents.submit(incident, by=people.dana, at=now())
        incidents.verify(incident, grade="likely", reason="Papers agree.", by=people.aigul, at=now())
        case = cases.open_case(title="A case", articles=["CAT:1"], incidents=[incident], by=people.aigul, at=now())
        member = db.session.get_one(Member, people.leila.member_id)
        cases.assign_counsel(case, member=member, role="lead", by=people.aigul, at=now())
    return case


def test_what_leaves_is_in_the_custody_before_and_in_the_ledger_after(dana, item, stored, seen):
    stored(JPEG, "photo.jpg")
    answer = ask(dana, f"/evidence/{item.id}/export")
    assert answer.status_code == 200
    item_event, end = only(seen.events("evidence.export_item")), only(seen.events("evidence.export"))
    assert item_event.subject == f"evidence_items:{item.id}"
    assert item_event.public["export"] == end.public["export"]
    assert end.public["files"] == 1
    assert end.public["bytes"] == len(answer.data)
    assert end.public["what"] == "item"
    assert "put the item into an export" in dana.client.get(f"/evidence/{item.id}").text


def test_the_hash_in_the_ledger_is_that_of_the_manifest_in_the_bag(dana, item, stored, seen, tmp_path):
    import hashlib

    stored(JPEG, "photo.jpg")
    bag = unpacked(ask(dana, f"/evidence/{item.id}/export"), tmp_path)
    made = hashlib.sha256((bag / "manifest-sha256.txt").read_bytes()).hexdigest()
    assert only(seen.events("evidence.export")).public["manifest_sha256"] == made


def test_the_export_itself_stands_in_the_custody_of_the_bag(dana, item, stored, tmp_path):
    stored(JPEG, "photo.jpg")
    bag = unpacked(ask(dana, f"/evidence/{item.id}/export"), tmp_path)
    assert "evidence.export_item" in {json.loads(line["row"])["verb"] for line in events(bag)}


def being_sent(app, actor, item):
    """Return the answer that hands an export out, of which nothing was read yet."""
    from caseflow.evidence import owners
    from caseflow.evidence.export import bag, checking, contents
    from caseflow.evidence.routes import exporting

    with app.test_request_context():
        owner = owners.owner_of(item.safe_id, actor)
        checked = checking.check(contents.survey(owner, actor, only=item), contents.Asked(), actor)
        with transaction():
            export_id = operations.begin_export(checked, by=actor, at=now())
        packed = bag.pack(checked, export_id=export_id, by=actor, at=now())
        return exporting._sent(checked, packed, export_id, actor)


def test_what_goes_out_to_who_is_put_out_meanwhile_is_told_by_the_system(app, people, item, stored, seen):
    """Her key signs nothing any more: a row with her signature would break the ledger."""
    stored(JPEG, "photo.jpg")
    answer = being_sent(app, people.dana, item)
    with transaction():
        leaving = db.session.get_one(Member, people.dana.member_id)
        taken = {"incidents": people.timur.member_id}
        network.end_membership(leaving, hand_over=taken, by=people.fresh(people.aigul), at=now())
    sent = b"".join(answer.iter_encoded())
    answer.close()
    end = only(seen.events("evidence.export"))
    assert (end.actor_id, end.public["member"], end.public["bytes"]) == (None, people.dana.member_id, len(sent))
    assert verification.verify(afresh=True).faults == []


def test_a_line_that_breaks_is_noted_as_failed_and_the_answer_ends_short(app, people, dana, item, stored, seen):
    stored(bytes(3_000_000), "long.bin")
    answer = being_sent(app, people.dana, item)
    pieces = answer.iter_encoded()
    for _number in range(4):
        next(pieces)
    answer.close()
    ended = only(seen.events("evidence.export", "failed"))
    assert 0 < ended.public["sent"] < ended.public["bytes"]
    assert seen.events("evidence.export") == []


def test_a_payload_that_changes_while_it_is_sent_breaks_the_answer_off(
    app, people, dana, item, stored, seen, monkeypatch
):
    file = stored(bytes(3_000_000), "long.bin")
    from caseflow.evidence.export import bag

    whole = bag.pack

    def pack(*given, **named):
        packed = whole(*given, **named)
        path = store.path_of(file.payload)
        data = bytearray(path.read_bytes())
        data[2_500_000] ^= 1
        path.write_bytes(data)
        return packed

    monkeypatch.setattr("caseflow.evidence.routes.exporting.bag.pack", pack)
    with pytest.raises(Exception, match="altered"):
        ask(dana, f"/evidence/{item.id}/export")
    assert only(seen.events("evidence.export", "failed")).public["sent"] > 0
    assert seen.events("evidence.export") == []


def test_a_bag_that_could_not_be_packed_is_noted_as_failed(dana, item, stored, seen, monkeypatch):
    stored(JPEG, "photo.jpg")

    def pack(*given, **named):
        raise RuntimeError("no paper")

    monkeypatch.setattr("caseflow.evidence.routes.exporting.bag.pack", pack)
    assert ask(dana, f"/evidence/{item.id}/export").status_code == 500
    assert only(seen.events("evidence.export", "failed")).public["sent"] == 0
    assert seen.events("evidence.export") == []


@pytest.mark.parametrize("how", ["gone", "changed", "cut"])
@pytest.mark.parametrize("packing", ["readable", "sealed"])
def test_a_damaged_file_is_said_to_be_damaged_and_never_missing(dana, item, stored, tmp_path, seen, how, packing):
    stored(JPEG, "whole.jpg")
    path = store.path_of(stored(bytes(200_000), "hurt.bin").payload)
    data = path.read_bytes()
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(data[:-1] if how == "cut" else data[:70_000] + bytes([data[70_000] ^ 1]) + data[70_001:])
    bag = unpacked(ask(dana, f"/evidence/{item.id}/export", packing=packing, passphrase=PHRASE), tmp_path)
    states = {file["name"]: file["state"] for file in value(bag, ITEM)["files"]}
    assert states == {"whole.jpg": packing, "hurt.bin": "damaged"}
    assert (bag / "data/originals/IN-2026-0001/001/hurt.bin.DAMAGED.txt").exists()
    assert verdicts(bag) == {"good", "lost"}
    told = run(bag / "verify.py")
    assert told.returncode == 1
    assert "DAMAGED      Items  IN-2026-0001 / 1: hurt.bin" in told.stdout
    assert "NOT WHOLE" in told.stdout
    assert len(seen.events("evidence.download", "failed")) == 1


def test_without_consent_the_originals_stay_and_names_are_replaced(
    people, dana, askar, item, stored, receive, tmp_path
):
    original = stored(JPEG, "Askar_Testov.jpg")
    redacted = receive(b"redacted words of Testov", "Тестов без имени.txt")
    with transaction():
        operations.add_file(item, redacted, kind="redacted", parent=original, by=people.dana, at=now())
        second = operations.add_item(
            askar.incident, title="Letter of Testov", obtained_from="his sister Aliya", by=people.dana, at=now()
        )
    answer = ask(dana, f"/evidence/safes/{item.safe_id}/export", purpose="submission")
    bag = unpacked(answer, tmp_path)
    assert not (bag / "data/originals").exists()
    states = {file["kind"]: file["state"] for file in value(bag, ITEM)["files"]}
    assert states == {"original": "consent", "redacted": "readable"}
    told = value(bag, f"data/items/IN-2026-0001-{second.exhibit:03}.json")
    assert told["title"] == "Letter of IN-2026-0001/P1"
    assert told["obtained_from"] is None
    assert told["closed"] == ["obtained_from"]
    everything = b"".join(path.read_bytes() for path in bag.rglob("*") if path.is_file() and path.suffix != ".pdf")
    named = everything.replace(b"redacted words of Testov", b"").lower()
    assert b"testov" not in named
    assert "тестов".encode() not in named
    assert not [path for path in bag.rglob("*") if "testov" in path.name.lower() or "тестов" in path.name.lower()]
    # What leaves is still proven, for the sum has a salt of its own; only what stands in the place of a name is not.
    assert verdicts(bag) == {"good", "left_out", "unproven"}
    found = run(bag / "verify.py")
    assert found.returncode == 3
    assert re.findall(r"NOT PROVEN   Items  (.*?)  ", found.stdout) == [
        "IN-2026-0001 / 1: IN-2026-0001/P1 без имени.txt",
        "IN-2026-0001 / 2: title",
    ]
    assert "VERDICT: NOT PROVEN. Nothing is wrong" in found.stdout


def test_what_hides_nobody_is_proven_where_somebody_has_not_consented(
    people, dana, askar, item, stored, receive, tmp_path
):
    original = stored(JPEG, "Askar_Testov.jpg")
    with transaction():
        redacted = receive(b"redacted words", "statement.txt")
        operations.add_file(item, redacted, kind="redacted", parent=original, by=people.dana, at=now())
        operations.add_item(
            askar.incident, title="A letter", obtained_from="his sister Aliya", by=people.dana, at=now()
        )
    bag = unpacked(ask(dana, f"/evidence/safes/{item.safe_id}/export", purpose="submission"), tmp_path)
    assert [file["name"] for file in value(bag, ITEM)["files"]] == [None, "statement.txt"]
    assert verdicts(bag) == {"good", "left_out"}
    found = run(bag / "verify.py")
    assert found.returncode == 0
    assert "LEFT OUT     Items  IN-2026-0001 / 2: obtained_from  (kept closed to protect a person)" in found.stdout


def test_a_text_that_stays_closed_cannot_be_guessed_from_what_is_open(people, dana, askar, item, tmp_path):
    """Its salt comes from a seed that no part of the export holds."""
    from caseflow.evidence import rules

    with transaction():
        second = operations.add_item(askar.incident, title="A letter", obtained_from="Aliya", by=people.dana, at=now())
    bag = unpacked(ask(dana, f"/evidence/safes/{item.safe_id}/export", purpose="submission"), tmp_path)
    texts = value(bag, f"data/items/IN-2026-0001-{second.exhibit:03}.json")["texts"]
    kept = bytes.fromhex(texts["obtained_from"]["sum"])
    salts = [bytes.fromhex(one["salt"]) for one in texts.values() if "salt" in one]
    assert len(salts) == len(rules.TEXTS) - 1
    assert kept not in {rules.text_sum("obtained_from", salt, "Aliya") for salt in salts}
    assert kept not in {
        rules.text_sum("obtained_from", rules.text_salt(salt, "obtained_from"), "Aliya") for salt in salts
    }
    assert "text_seed" not in (bag / "data/ledger/events.jsonl").read_text()


def test_the_report_names_nobody_who_has_not_consented(people, dana, askar, item, stored, receive, tmp_path):
    import pypdfium2

    original = stored(JPEG, "Askar_Testov.jpg")
    with transaction():
        redacted = receive(b"words", "Words of Testov.txt")
        operations.add_file(item, redacted, kind="redacted", parent=original, by=people.dana, at=now())
    bag = unpacked(ask(dana, f"/evidence/{item.id}/export", purpose="lawyer"), tmp_path)
    pages = pypdfium2.PdfDocument(bag / "data/report.pdf")
    text = "".join(page.get_textpage().get_text_bounded() for page in pages)
    assert "IN-2026-0001/P1" in text
    assert "estov" not in text


@pytest.mark.parametrize(
    ("given", "leaves"),
    [
        ([("submission", {})], True),
        ([("public_named", {})], False),
        ([("lawyer", {})], False),
        ([("submission", {"until": date(2026, 3, 10)})], False),
    ],
    ids=["to this", "to publish", "to a lawyer", "ended"],
)
def test_each_purpose_needs_its_own_consent_that_still_stands(
    people, dana, incident, askar, item, stored, tmp_path, given, leaves
):
    stored(JPEG, "Testov.jpg")
    for purpose, more in given:
        consent(people, incident, askar, purpose, **more)
    bag = unpacked(ask(dana, f"/evidence/{item.id}/export", purpose="submission"), tmp_path)
    assert (bag / "data/originals/IN-2026-0001/001/Testov.jpg").exists() == leaves


def test_a_consent_that_was_taken_back_does_not_count(people, dana, incident, askar, item, stored, tmp_path):
    stored(JPEG, "photo.jpg")
    given = consent(people, incident, askar, "submission")
    with transaction():
        incidents.withdraw_consent(
            given, on=now().date() - timedelta(days=1), reason="She called.", by=people.dana, at=now()
        )
    bag = unpacked(ask(dana, f"/evidence/{item.id}/export", purpose="submission"), tmp_path)
    assert not (bag / "data/originals").exists()


def test_nobody_asks_a_perpetrator(people, dana, incident, askar, item, stored, tmp_path):
    stored(JPEG, "photo.jpg")
    consent(people, incident, askar, "submission")
    with transaction():
        officer = incidents.add_person(incident, kind="individual", name="Officer Beketov", by=people.dana, at=now())
        incidents.add_involvement(incident.acts[0], actor_kind="police", person=officer, by=people.dana, at=now())
    bag = unpacked(ask(dana, f"/evidence/{item.id}/export", purpose="submission"), tmp_path)
    assert (bag / "data/originals/IN-2026-0001/001/photo.jpg").read_bytes() == JPEG


def test_versions_leave_when_they_are_asked_for(people, dana, item, stored, receive, tmp_path):
    original = stored(JPEG, "photo.jpg")
    with transaction():
        operations.add_file(
            item, receive(b"words", "photo.jpg"), kind="translated", parent=original, by=people.dana, at=now()
        )
    without = unpacked(ask(dana, f"/evidence/{item.id}/export"), tmp_path / "without")
    assert not (without / "data/versions").exists()
    assert verdicts(without) == {"good", "left_out"}
    bag = unpacked(ask(dana, f"/evidence/{item.id}/export", versions="y"), tmp_path / "with")
    assert (bag / "data/versions/IN-2026-0001/001/photo.jpg").read_bytes() == b"words"
    assert verdicts(bag) == {"good"}


def test_a_case_is_exported_with_the_evidence_of_its_incidents(people, sender, incident, askar, stored, tmp_path):
    stored(JPEG, "photo.jpg")
    case = taken_to_case(people, incident)
    leila = people.fresh(people.leila)
    import io

    received = intake.receive(io.BytesIO(b"a ruling"), name="ruling.txt", safe_id=case.safe_id, by=leila)
    with transaction():
        ruling = operations.add_item(case, title="Ruling", by=leila, at=now())
        operations.add_file(ruling, received, by=leila, at=now())
    bag = unpacked(ask(sender(people.leila), f"/evidence/safes/{case.safe_id}/export"), tmp_path)
    assert (bag / f"data/originals/{case.reference}/001/ruling.txt").read_bytes() == b"a ruling"
    assert (bag / "data/originals/IN-2026-0001/001/photo.jpg").read_bytes() == JPEG
    assert [one["kind"] for one in value(bag, "data/export.json")["matters"]] == ["case", "incident"]
    assert verdicts(bag) == {"good"}


def test_custody_of_other_items_of_the_safe_does_not_leave_with_one(people, dana, incident, item, stored, tmp_path):
    stored(JPEG, "photo.jpg")
    with transaction():
        other = operations.add_item(incident, title="Another", by=people.dana, at=now())
    bag = unpacked(ask(dana, f"/evidence/{item.id}/export"), tmp_path)
    assert other.id not in (bag / "data/ledger/events.jsonl").read_text()
    assert incident.id not in (bag / "data/ledger/events.jsonl").read_text()


def test_who_may_export_and_who_may_not(people, sender, incident, item, stored):
    stored(JPEG, "photo.jpg")
    for actor, status in ((people.dana, 200), (people.aigul, 200), (people.timur, 404), (people.leila, 404)):
        assert sender(actor).client.get(f"/evidence/{item.id}/export").status_code == status


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"purpose": ""}, "purpose"),
        ({"packing": "sealed", "passphrase": "too short"}, "Take at least 15 characters."),
        ({"packing": "sealed", "recipients": "age1nonsense"}, "This is not a public key of age"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_leaves(dana, item, stored, seen, fields, words):
    stored(JPEG, "photo.jpg")
    answer = ask(dana, f"/evidence/{item.id}/export", **fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert seen.events("evidence.export_item") == []


def test_an_item_can_be_exported_twice_from_one_page(dana, item, stored, seen):
    stored(JPEG, "photo.jpg")
    assert ask(dana, f"/evidence/{item.id}/export").status_code == 200
    assert ask(dana, f"/evidence/{item.id}/export").status_code == 200
    assert len(seen.events("evidence.export")) == 2


def test_nothing_that_people_wrote_is_markup_in_the_report(people, dana, incident, stored, receive, tmp_path):
    import pypdfium2

    title = '#panic("x") *bold* $x$ `raw` <label> @ref "quote" \\ //comment'
    with transaction():
        item = operations.add_item(incident, title=title, details='#read("/etc/passwd")', by=people.dana, at=now())
        operations.add_file(item, receive(b"words", "#include.txt"), by=people.dana, at=now())
    bag = unpacked(ask(dana, f"/evidence/{item.id}/export"), tmp_path)
    text = "".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(bag / "data/report.pdf"))
    assert '#panic("x") *bold*' in text
    assert '#read("/etc/passwd")' in text
