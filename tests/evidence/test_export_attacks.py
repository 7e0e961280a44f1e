"""Whoever makes an export may write into it what she likes and sign it: verify.py calls none of it good.

Each lie is told by a member with her own true key, over true rows of a true ledger, with manifests and signature made
anew; the last two families need no key at all.
"""

import hashlib
import io
import json
import os
import random
import struct
import zipfile
import zlib
from dataclasses import replace

import pytest

from caseflow.evidence import operations
from caseflow.evidence.export import verify
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.keys import operations as keys
from caseflow.keys.keyring import MemberKeyring
from caseflow.keys.models import Identity
from caseflow.ledger import operations as ledger
from caseflow.network import operations as network
from caseflow.network.models import Member
from caseflow.vault.keys import MemberKeys, fingerprint
from tests.evidence.bags import ask, copy, events, run, sign_anew, unpacked, value, verdicts
from tests.evidence.sending import JPEG

FOLDER = "data/originals/IN-2026-0001/001"
PHOTO, WORDS = f"{FOLDER}/photo.jpg", f"{FOLDER}/words.txt"
ITEM, SECOND = "data/items/IN-2026-0001-001.json", "data/items/IN-2026-0001-002.json"
EXPORT, MEMBERS, EVENTS = "data/export.json", "data/ledger/members.json", "data/ledger/events.jsonl"
FORGED = b"forged".ljust(len(JPEG), b"!")

_made = []


@pytest.fixture
def whole(request, tmp_path_factory):
    """Return an honest export of two items and who made it: made once, for tests break copies of it."""
    if not _made:
        people, incident = request.getfixturevalue("people"), request.getfixturevalue("incident")
        receive, sender = request.getfixturevalue("receive"), request.getfixturevalue("sender")
        request.getfixturevalue("item")
        stored = request.getfixturevalue("stored")
        stored(JPEG, "photo.jpg")
        stored(b"some words", "words.txt")
        with transaction():
            second = operations.add_item(
                incident, title="A letter", obtained_how="It came by post", obtained_from="his sister",
                copy_or_original="copy", by=people.dana, at=now(),
            )  # fmt: skip
            operations.add_file(second, receive(b"a letter", "letter.txt"), by=people.dana, at=now())
        answer = ask(sender(people.dana), f"/evidence/safes/{incident.safe_id}/export")
        packed = tmp_path_factory.mktemp("packed") / "bag.zip"
        packed.write_bytes(answer.data)
        _made.append((unpacked(answer, tmp_path_factory.mktemp("whole")), people.dana, packed))
    return _made[0]


@pytest.fixture
def forge(whole, tmp_path):
    """Return `forge(change)`: a copy in which somebody changed something, listed and signed by who made the export."""

    def make(change):
        broken = copy(whole[0], tmp_path)
        change(broken)
        sign_anew(broken, whole[1])
        return broken

    return make


def told(bag):
    """Return (verdict, reason) of all that is not simply good."""
    return {(one.verdict, one.why) for one in verify.check(str(bag))[0] if one.verdict != "good"}


def edit(bag, name, change):
    """Change a JSON file of the bag in place."""
    found = value(bag, name)
    change(found)
    (bag / name).write_text(json.dumps(found))


def of(found, name):
    """Return how an item tells the file of that name."""
    (file,) = [file for file in found["files"] if file["name"] == name]
    return file


def close_rows(bag):
    """Take out what opens the details of rows, as where they name a person."""
    lines = [{**line, "opening": None} for line in events(bag)]
    (bag / EVENTS).write_text("".join(json.dumps(line) + "\n" for line in lines))


def in_file(name, /, **values):
    """Return a change that tells a file of the first item otherwise."""
    return lambda bag: edit(bag, ITEM, lambda found: of(found, name).update(values))


def in_item(**values):
    """Return a change that tells the second item otherwise."""
    return lambda bag: edit(bag, SECOND, lambda found: found.update(values))


def in_export(**values):
    """Return a change that tells the export otherwise."""
    return lambda bag: edit(bag, EXPORT, lambda found: found.update(values))


def swapped_with_closed_row(bag):
    (bag / PHOTO).write_bytes(FORGED)
    close_rows(bag)
    in_file("photo.jpg", sha256=hashlib.sha256(FORGED).hexdigest(), sum_salt=None)(bag)


def swapped_with_a_salt_of_her_own(bag):
    swapped_with_closed_row(bag)
    in_file("photo.jpg", sum_salt="00" * 16)(bag)


def more_files(bag):
    (bag / FOLDER / "confession.txt").write_text("forged")


def more_papers(bag):
    (bag / "data/ledger/statement.pdf").write_text("forged")


def more_at_the_top(bag):
    (bag / "CONFESSION.txt").write_text("forged")
    with (bag / "tagmanifest-sha256.txt").open("a") as listed:
        listed.write(f"{'0' * 64}  CONFESSION.txt\n")


def parked_elsewhere(bag):
    (bag / PHOTO).rename(bag / "data/a")
    (bag / PHOTO).write_bytes(FORGED)
    in_file("photo.jpg", path="data/a")(bag)


def parked_beside_it(bag):
    (bag / PHOTO).rename(bag / FOLDER / "other.jpg")
    (bag / PHOTO).write_bytes(FORGED)
    in_file("photo.jpg", path=f"{FOLDER}/other.jpg")(bag)


def parked_outside(bag):
    (bag / PHOTO).rename(bag.parent / "outside")
    in_file("photo.jpg", path="../outside")(bag)


def parked_among_versions(bag):
    (bag / "data/versions/IN-2026-0001/001").mkdir(parents=True)
    (bag / PHOTO).rename(bag / "data/versions/IN-2026-0001/001/photo.jpg")
    in_file("photo.jpg", path="data/versions/IN-2026-0001/001/photo.jpg")(bag)


def names_exchanged(bag):
    words, photo = (bag / WORDS).read_bytes(), (bag / PHOTO).read_bytes()
    (bag / PHOTO).write_bytes(words)
    (bag / WORDS).write_bytes(photo)
    in_file("photo.jpg", path=WORDS)(bag)
    in_file("words.txt", path=PHOTO)(bag)


def file_dropped(bag):
    (bag / PHOTO).unlink()
    edit(bag, ITEM, lambda found: found["files"].remove(of(found, "photo.jpg")))


def file_said_to_stay(bag):
    (bag / PHOTO).unlink()
    in_file("photo.jpg", state="not_chosen", path=None)(bag)


def item_dropped(bag):
    (bag / "data/originals/IN-2026-0001/002/letter.txt").unlink()
    (bag / SECOND).unlink()
    in_export(items=[ITEM])(bag)


def item_twice(bag):
    in_export(items=[ITEM, SECOND, SECOND])(bag)


def file_twice(bag):
    def change(found):
        found["files"].append({**of(found, "photo.jpg"), "path": f"{FOLDER}/photo-2.jpg"})

    (bag / FOLDER / "photo-2.jpg").write_bytes(JPEG)
    edit(bag, ITEM, change)


def file_in_another_item(bag):
    moved = of(value(bag, ITEM), "words.txt")
    edit(bag, ITEM, lambda found: found["files"].remove(of(found, "words.txt")))
    place = "data/originals/IN-2026-0001/002/words.txt"
    (bag / WORDS).rename(bag / place)
    edit(bag, SECOND, lambda found: found["files"].append({**moved, "path": place}))


def item_elsewhere(bag):
    (bag / SECOND).rename(bag / "data/items/other.json")
    in_export(items=[ITEM, "data/items/other.json"])(bag)


def another_matter(bag):
    edit(bag, EXPORT, lambda found: found["matters"][0].update(reference="IN-2026-0009"))
    for number, name in (("001", ITEM), ("002", SECOND)):
        edit(bag, name, lambda found: found.update(matter="IN-2026-0009"))
        (bag / name).rename(bag / f"data/items/IN-2026-0009-{number}.json")
    (bag / "data/originals/IN-2026-0001").rename(bag / "data/originals/IN-2026-0009")
    for number in ("001", "002"):
        name = f"data/items/IN-2026-0009-{number}.json"
        edit(bag, name, lambda found: [f.update(path=f["path"].replace("-0001/", "-0009/")) for f in found["files"]])
    in_export(items=["data/items/IN-2026-0009-001.json", "data/items/IN-2026-0009-002.json"])(bag)


def another_salt(bag):
    def change(found):
        found["title"], found["texts"]["title"] = "A confession", {"salt": "00" * 32}

    edit(bag, SECOND, change)


def member(change):
    """Return a change of the first member in members.json."""
    return lambda bag: edit(bag, MEMBERS, lambda found: change(found["members"][0]))


def one_more_key(found):
    found["keys"].append({"public": "11" * 64, "words": verify.fingerprint(b"\x11" * 64), "rows": [2]})


LIES = {
    "a file swapped, its row closed": (swapped_with_closed_row, "not_the_sum"),
    "a file swapped, its row closed, with some salt": (swapped_with_a_salt_of_her_own, "not_the_sum"),
    "a file that nobody entered": (more_files, "no_place"),
    "a paper that nobody entered": (more_papers, "no_place"),
    "a paper at the top": (more_at_the_top, "unlisted"),
    "a file parked elsewhere": (parked_elsewhere, "wrong_place"),
    "a file parked beside its place": (parked_beside_it, "wrong_place"),
    "a file outside": (parked_outside, "wrong_place"),
    "an original among versions": (parked_among_versions, "wrong_place"),
    "two files under each other's name": (names_exchanged, "wrong_place"),
    "a file dropped": (file_dropped, "not_told"),
    "a file said to stay": (file_said_to_stay, "not_exported"),
    "an item dropped": (item_dropped, "not_told"),
    "an item twice": (item_twice, "no_entry"),
    "a file twice": (file_twice, "no_entry"),
    "a file in another item": (file_in_another_item, "row_differs"),
    "an item elsewhere": (item_elsewhere, "wrong_place"),
    "items of another matter": (another_matter, "row_differs"),
    "received earlier": (in_file("photo.jpg", received_at="2019-01-01T00:00:00+00:00"), "row_differs"),
    "received by another": (in_file("photo.jpg", received_by="Minister of Justice"), "row_differs"),
    "another kind": (in_file("photo.jpg", kind="redacted"), "row_differs"),
    "another parent": (in_file("photo.jpg", parent="0000000000000000"), "row_differs"),
    "another type": (in_file("photo.jpg", media_type="image/png"), "not_the_sum"),
    "another name": (in_file("photo.jpg", name="PHOTO.jpg"), "not_the_sum"),
    "another size": (in_file("photo.jpg", size=1), "not_the_sum"),
    "another sum of the sealed file": (in_file("photo.jpg", payload_sha256="00" * 32), "not_the_sum"),
    "a state nobody knows": (in_file("photo.jpg", state="whole"), "not_the_sum"),
    "entered earlier": (in_item(entered_at="2019-01-01T00:00:00+00:00"), "row_differs"),
    "entered by another": (in_item(entered_by="Minister of Justice"), "row_differs"),
    "in another safe": (in_item(safe="0000000000000000"), "row_differs"),
    "an original that is a copy": (in_item(copy_or_original="original"), "texts_differ"),
    "obtained otherwise": (in_item(obtained_how="Handed over by the minister himself"), "texts_differ"),
    "obtained from nobody": (in_item(obtained_from=None), "texts_differ"),
    "words that nobody entered": (in_item(details="He confessed."), "texts_differ"),
    "another title": (in_item(title="A confession"), "texts_differ"),
    "another title with some salt": (another_salt, "texts_differ"),
    "exported for something else": (in_export(purpose="submission"), "not_exported"),
    "exported earlier": (in_export(at="2019-01-01T00:00:00+00:00"), "not_exported"),
    "another export": (in_export(id="0000000000000000"), "not_exported"),
    "another form": (in_export(form="sealed"), "not_exported"),
    "words of another key": (member(lambda one: one["keys"][0].update(words="bibib-bibib")), "words_differ"),
    "a key that no row names": (member(one_more_key), "key_unproven"),
    "a key named by other rows": (member(lambda one: one["keys"][0].update(rows=[1])), "key_unproven"),
    "a member twice": (lambda bag: edit(bag, MEMBERS, lambda f: f["members"].append(f["members"][0])), "unreadable"),
}


def test_the_export_that_the_lies_are_told_in_is_good(whole, forge):
    assert told(whole[0]) == set()
    assert verdicts(whole[2]) == {"good"}
    assert told(forge(lambda bag: None)) == set()


@pytest.mark.parametrize(("change", "why"), LIES.values(), ids=LIES)
def test_a_lie_of_who_made_the_export_is_bad_also_over_the_true_ledger(whole, forge, change, why):
    broken = forge(change)
    assert ("bad", why) in told(broken)
    key = (whole[0] / "data/ledger/verifier-key.txt").read_text().strip()
    said = run(whole[0] / "verify.py", str(broken), "--key", key)
    assert said.returncode == 1
    assert "VERDICT: BAD" in said.stdout
    assert "Traceback" not in said.stderr


def close_text(name, text):
    """Return a change that says a text has to stay closed, and puts something in its place."""

    def change(found):
        salt = bytes.fromhex(found["texts"][name]["salt"])
        found["texts"][name] = {"sum": verify.text_sum(name, salt, found[name] or "").hex()}
        found[name] = text

    return lambda bag: edit(bag, SECOND, change)


def close_name(bag):
    """Say that the row of a file has to stay closed, and give the file another name."""
    lines = events(bag)
    file = of(value(bag, ITEM), "words.txt")
    for line in lines:
        if json.loads(line["row"])["subject"] == f"evidence_files:{file['id']}" and line["opening"]:
            salt = json.loads(line["opening"]["details"])["sum_salt"]
            line["opening"] = None
    (bag / EVENTS).write_text("".join(json.dumps(line) + "\n" for line in lines))
    in_file("words.txt", name="confession.txt", sum_salt=salt, path=f"{FOLDER}/confession.txt")(bag)
    (bag / WORDS).rename(bag / FOLDER / "confession.txt")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (close_text("title", "A confession"), "closed_text"),
        (close_text("obtained_how", "Handed over by the minister himself"), "closed_text"),
        (close_name, "closed_name"),
    ],
    ids=["title", "obtained", "name of a file"],
)
def test_what_stands_in_the_place_of_a_closed_text_is_not_proven_and_not_good(whole, forge, change, why):
    broken = forge(change)
    assert told(broken) == {("unproven", why)}
    said = run(whole[0] / "verify.py", str(broken))
    assert said.returncode == 3
    assert "VERDICT: NOT PROVEN" in said.stdout


def test_a_text_that_is_closed_and_not_told_is_left_out(forge):
    assert told(forge(close_text("obtained_from", None))) == {("left_out", "closed")}


@pytest.fixture
def before(monkeypatch):
    """Let the ledger keep as little of items and files as its first rows did."""
    record = ledger.record

    def less(verb, *, details=None, public=None, **named):
        late = {"matter", "texts", "item", "parent", "sum", "sum_salt", "text_seed"}
        details, public = ({k: v for k, v in (one or {}).items() if k not in late} for one in (details, public))
        return record(verb, details=details, public=public, **named)

    monkeypatch.setattr("caseflow.evidence.operations.intake.ledger.record", less)


def test_of_old_rows_what_they_keep_is_proven_and_the_rest_is_said(people, sender, before, item, stored, tmp_path):
    stored(JPEG, "photo.jpg")
    bag = unpacked(ask(sender(people.dana), f"/evidence/{item.id}/export"), tmp_path)
    assert value(bag, ITEM)["texts"] is None
    assert told(bag) == {("said", "old_row")}
    assert run(bag / "verify.py").returncode == 0


@pytest.mark.parametrize("swapped", [True, False], ids=["swapped", "honest"])
def test_a_file_whose_old_row_stays_closed_is_not_proven(people, sender, before, item, stored, tmp_path, swapped):
    stored(JPEG, "photo.jpg")
    bag = unpacked(ask(sender(people.dana), f"/evidence/{item.id}/export"), tmp_path)
    if swapped:
        swapped_with_closed_row(bag)
    close_rows(bag)
    sign_anew(bag, people.dana)
    assert told(bag) == {("said", "old_row"), ("unproven", "closed_text"), ("unproven", "as_listed")} | {
        ("unproven", "closed_name")
    }
    assert run(bag / "verify.py").returncode == 3


def test_another_title_over_an_old_row_is_bad(people, sender, before, item, stored, tmp_path):
    bag = unpacked(ask(sender(people.dana), f"/evidence/{item.id}/export"), tmp_path)
    edit(bag, ITEM, lambda found: found.update(title="A confession"))
    sign_anew(bag, people.dana)
    assert ("bad", "texts_differ") in told(bag)


def replaced(actor):
    """Give a member a new key pair, as when she has lost passphrase and code."""
    with transaction():
        identity = db.session.get_one(Identity, actor.member_id)
        passphrase = "nine slow foxes under rain"
        return keys.replace_identity(identity, passphrase=passphrase, known=(), by=None, at=now())[0]


def test_what_a_member_did_before_she_got_a_new_key_stays_proven(people, sender, item, stored, tmp_path):
    stored(JPEG, "photo.jpg")
    replaced(people.dana)
    bag = unpacked(ask(sender(people.aigul), f"/evidence/{item.id}/export"), tmp_path)
    assert verdicts(bag) == {"good"}
    (dana,) = [one for one in value(bag, MEMBERS)["members"] if one["id"] == people.dana.member_id]
    rows = {row["seq"]: row["verb"] for row in (json.loads(line["row"]) for line in events(bag))}
    named = [[rows[number] for number in key["rows"]] for key in dana["keys"]]
    assert named == [["keys.make_identity", "keys.confirm", "keys.replace_identity"], ["keys.replace_identity"]]


def test_rows_from_before_keys_stood_in_them_lead_to_the_keys_by_their_words(
    people, sender, item, stored, tmp_path, monkeypatch
):
    record = ledger.record

    def less(verb, *, public=None, **named):
        return record(verb, public={k: v for k, v in (public or {}).items() if k not in ("key", "before")}, **named)

    stored(JPEG, "photo.jpg")
    monkeypatch.setattr("caseflow.keys.operations.identities.ledger.record", less)
    replaced(people.dana)
    bag = unpacked(ask(sender(people.aigul), f"/evidence/{item.id}/export"), tmp_path)
    assert verdicts(bag) == {"good"}


def test_a_row_signed_with_a_key_that_was_replaced_before_is_bad(people, sender, item, stored, tmp_path, unasked):
    file = stored(JPEG, "photo.jpg")
    replaced(people.dana)
    with transaction():
        ledger.record("evidence.view", by=people.dana, at=now(), about=file)
    bag = unpacked(ask(sender(people.aigul), f"/evidence/{item.id}/export"), tmp_path)
    assert told(bag) == {("bad", "wrong_signature")}


@pytest.mark.parametrize("later", [False, True], ids=["what she did before", "a row with her signature from after it"])
def test_a_key_ends_with_its_membership(people, sender, item, stored, tmp_path, unasked, later):
    file = stored(JPEG, "photo.jpg")
    with transaction():
        leaving = db.session.get_one(Member, people.dana.member_id)
        taken = {"incidents": people.timur.member_id}
        network.end_membership(leaving, hand_over=taken, by=people.fresh(people.aigul), at=now())
        if later:
            ledger.record("evidence.view", by=people.dana, at=now(), about=file)
    bag = unpacked(ask(sender(people.aigul), f"/evidence/{item.id}/export"), tmp_path)
    assert told(bag) == ({("bad", "wrong_signature")} if later else set())


def test_an_export_signed_with_a_key_that_was_replaced_is_bad(people, sender, item, stored, tmp_path):
    stored(JPEG, "photo.jpg")
    bag = unpacked(ask(sender(people.dana), f"/evidence/{item.id}/export"), tmp_path / "first")
    old = people.dana
    replaced(old)
    with transaction():
        keys.confirm(old.member_id, by=people.aigul, at=now())
    later = unpacked(ask(sender(people.aigul), f"/evidence/{item.id}/export"), tmp_path / "second")
    assert verdicts(bag) == verdicts(later) == {"good"}
    in_export(by=old.member_id)(later)
    sign_anew(later, old)
    assert ("bad", "wrong_signature") in told(later)


def test_a_key_that_nobody_confirmed_proves_nothing(people, sender, item, stored, tmp_path, unasked):
    """Rows of the system are signed by nobody: who writes into the database could name a key of her own in one."""
    file = stored(JPEG, "photo.jpg")
    pair = replaced(people.dana)
    ring = MemberKeyring(people.dana.member_id, pair, people.dana.ring.instance)
    with transaction():
        ledger.record("evidence.view", by=replace(people.dana, keys=ring), at=now(), about=file)
    bag = unpacked(ask(sender(people.aigul), f"/evidence/{item.id}/export"), tmp_path)
    assert told(bag) == {("unproven", "key_unconfirmed")}


def planted(actor):
    """Write a row of the system that names a key of nobody's for a member, as who can write into the database would."""
    pair = MemberKeys.generate()
    with transaction():
        facts = {"fingerprint": fingerprint(pair.public), "key": pair.public.to_bytes().hex()}
        ledger.record("keys.make_identity", by=None, at=now(), about=f"members:{actor.member_id}", public=facts)
    return replace(actor, keys=MemberKeyring(actor.member_id, pair, actor.ring.instance)), facts


def vouch(whose, facts, by, **more):
    with transaction():
        ledger.record("keys.confirm", by=by, at=now(), about=f"members:{whose.member_id}", public={**facts, **more})


@pytest.mark.parametrize("who", ["a documenter", "two planted keys for each other"])
def test_a_key_is_not_proven_by_the_word_of_anybody_but_a_coordinator(
    people, sender, item, stored, tmp_path, who, unasked
):
    file = stored(JPEG, "photo.jpg")
    dana, facts = planted(people.dana)
    if who == "a documenter":
        vouch(dana, facts, people.timur, role="documenter")
        unproven = 1
    else:
        yerlan, others = planted(people.yerlan)
        vouch(dana, facts, yerlan, role="coordinator")
        vouch(yerlan, others, dana, role="coordinator")
        unproven = 2
    with transaction():
        ledger.record("evidence.view", by=dana, at=now(), about=file)
    bag = unpacked(ask(sender(people.aigul), f"/evidence/{item.id}/export"), tmp_path)
    assert told(bag) == {("unproven", "key_unconfirmed")}
    assert sum(one.why == "key_unconfirmed" for one in verify.check(str(bag))[0]) == unproven


@pytest.mark.parametrize("renewed", [False, True], ids=["as founded", "renewed by another coordinator"])
def test_words_lead_from_the_anchor_also_after_its_key_was_replaced(people, sender, item, stored, tmp_path, renewed):
    stored(JPEG, "photo.jpg")
    if renewed:
        with transaction():
            keys.renew_trust(by=people.marat, at=now())
    replaced(people.aigul)
    with transaction():
        keys.confirm(people.aigul.member_id, by=people.marat, at=now())
    bag = unpacked(ask(sender(people.marat), f"/evidence/{item.id}/export"), tmp_path)
    assert told(bag) == set()
    (first,) = [one.subject for one in verify.check(str(bag))[0] if one.why == "own_word"]
    assert first == fingerprint((people.marat if renewed else people.aigul).ring.keys.public)
    assert value(bag, MEMBERS)["first"]["words"] == first


def test_without_an_anchor_in_the_export_the_key_that_only_its_own_member_confirmed_is_the_first(forge):
    assert told(forge(lambda bag: edit(bag, MEMBERS, lambda found: found.pop("first")))) == set()


def test_the_key_from_which_all_confirmations_come_is_named_to_be_compared(whole):
    bag, dana, _packed = whole
    (found,) = [one for one in verify.check(str(bag))[0] if one.why == "own_word"]
    others = [one for one in value(bag, MEMBERS)["members"] if one["id"] != dana.member_id]
    assert [key["words"] for one in others for key in one["keys"]] == [found.subject]
    assert "compare these words by voice" in run(bag / "verify.py").stdout


def test_a_refusal_that_meets_a_key_that_was_replaced_is_no_fault(people, sender, item, stored, tmp_path):
    file = stored(JPEG, "photo.jpg")
    replaced(people.dana)
    with transaction():
        ledger.record("evidence.download", by=people.dana, at=now(), about=file, result="refused")
    bag = unpacked(ask(sender(people.aigul), f"/evidence/{item.id}/export"), tmp_path)
    assert verdicts(bag) == {"good"}


# ---------------------------------------------------------------------------------- without any key: folder and ZIP


def linked_folder(bag, far):
    far.mkdir()
    (far / "forged.jpg").write_bytes(FORGED)
    (bag / "data/originals/IN-2026-0001/003").symlink_to(far)


def linked_file(bag, far):
    (bag / PHOTO).rename(far)
    (bag / PHOTO).symlink_to(far)


def pipe(bag, far):
    os.mkfifo(bag / FOLDER / "forged.jpg")


def empty_folder(bag, far):
    (bag / "data/originals/IN-2026-0001/003").mkdir()


@pytest.mark.parametrize("change", [linked_folder, linked_file, pipe, empty_folder])
def test_only_files_and_the_folders_they_lie_in_belong_to_an_export(whole, tmp_path, change):
    broken = copy(whole[0], tmp_path)
    change(broken, tmp_path / "far")
    assert ("bad", "link") in told(broken)


def test_two_names_that_differ_only_in_case_are_bad(forge):
    assert ("bad", "alike") in told(forge(lambda bag: (bag / FOLDER / "Photo.JPG").write_bytes(FORGED)))


def repacked(data, change=lambda entry: None, packing=zipfile.ZIP_STORED):
    """Return the ZIP written anew by Python's own writer; `change` may alter each entry."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        for one in old.infolist():
            entry = zipfile.ZipInfo(one.filename, one.date_time)
            change(entry)
            new.writestr(entry, old.read(one), packing)
    return target.getvalue()


def directory_at(data):
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return packed.start_dir


def hidden_local(data):
    """A second photograph between the last entry and the directory: who reads from the front finds it."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        name = next(one for one in packed.namelist() if one.endswith(PHOTO)).encode()
    size, at = len(FORGED), directory_at(data)
    head = struct.pack(
        "<4sHHHHHLLLHH", b"PK\x03\x04", 20, 0x800, 0, 0, 33, zlib.crc32(FORGED), size, size, len(name), 0
    )
    more = head + name + FORGED
    end = data.rfind(b"PK\x05\x06")
    moved = struct.pack("<L", at + len(more))
    return data[:at] + more + data[at : end + 16] + moved + data[end + 20 :]


def comment(data):
    return data[:-2] + struct.pack("<H", 6) + b"forged"


def comment_with_another_end(data):
    return data[:-2] + struct.pack("<H", 22) + b"PK\x05\x06" + bytes(18)


def in_front(data):
    return b"#!/bin/sh\n" + data


def behind(data):
    return data + b"\n"


def link_inside(data):
    """Mark a file as a symbolic link: what is in it then tells where it leads."""
    at = data.index(b"PK\x01\x02")
    return data[: at + 38] + struct.pack("<L", 0o120777 << 16) + data[at + 42 :]


def other_local_name(data):
    place = data.index(b"photo.jpg")
    return data[:place] + b"photo.exe" + data[place + 9 :]


def other_unicode_name(data):
    def change(entry):
        name = entry.filename.encode()
        if name.endswith(b"photo.jpg"):
            told = struct.pack("<BL", 1, zlib.crc32(name)) + name[:-3] + b"exe"
            entry.extra = struct.pack("<HH", 0x7075, len(told)) + told

    return repacked(data, change)


def squeezed(data):
    return repacked(data, packing=zipfile.ZIP_DEFLATED)


@pytest.mark.parametrize(
    "change",
    [
        hidden_local, comment, comment_with_another_end, in_front, behind, link_inside, other_local_name,
        other_unicode_name, squeezed,
    ],
)  # fmt: skip
def test_a_zip_file_with_anything_besides_is_bad(whole, tmp_path, change):
    packed = tmp_path / "bag.zip"
    packed.write_bytes(change(whole[2].read_bytes()))
    assert "bad" in verdicts(packed)


def taken_as_written(packed):
    """Tell whether the frame of a ZIP file is taken for the one that was written."""
    try:
        return not verify.Packed(str(packed)).odd
    except (verify.Bad, zipfile.BadZipFile, NotImplementedError, ValueError, UnicodeError):
        return False


def test_no_byte_of_the_frame_of_a_zip_file_is_free(whole, tmp_path):
    """Whatever stands between the files: headers, directory and end; only the time of an entry is nobody's promise."""
    data, packed = whole[2].read_bytes(), tmp_path / "bag.zip"
    with zipfile.ZipFile(whole[2]) as found:
        heads = [one.header_offset for one in found.infolist()]
        names = [len(one.filename) for one in found.infolist()]
        frame = [*range(found.start_dir, len(data))]
    frame += [at + step for at, name in zip(heads, names, strict=True) for step in range(30 + name)]
    unseen = []
    for place in random.sample(frame, 300):
        packed.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        if taken_as_written(packed):
            unseen.append(place)
    assert taken_as_written(whole[2])
    assert unseen == []
