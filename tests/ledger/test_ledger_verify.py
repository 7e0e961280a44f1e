"""Whatever is done to the stored ledger behind its back is found; whoever keeps a checkpoint can show it."""

import json
import shutil
import sqlite3

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.keys import operations as keys
from caseflow.keys.models import Identity
from caseflow.ledger import checkpoints, exports, parts, proofs, rules, tree, verification
from caseflow.ledger import operations as ledger
from caseflow.ledger.models import KEPT, Checkpoint, Event, TimeStamp, TreeNode
from caseflow.vault import merkle
from caseflow.vault.errors import Damaged, WrongKey
from caseflow.vault.keys import MemberKeys, fingerprint
from tests.cast import PASSPHRASE, Cast, cast

SMALL = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def people(app) -> Cast:
    with app.app_context():
        yield cast(app)
        db.session.remove()


@pytest.fixture
def on_each(app_on_each):
    with app_on_each.app_context():
        yield cast(app_on_each)
        db.session.remove()


def append(number, by=None):
    with transaction():
        for each in range(number):
            ledger.record("tests.act", by=by, at=now(), about=f"t:{each}", public={"n": each, "word": "сөз"})


def checkpoint():
    with transaction():
        return proofs.make_checkpoint(now())


def disarm():
    """Take the triggers away, as somebody would who holds the database."""
    with transaction():
        for model in KEPT:
            for what in ("update", "delete"):
                db.session.execute(text(f"DROP TRIGGER {model.__tablename__}_no_{what}"))


def found():
    """Return what the check finds besides the triggers that the test took away."""
    db.session.rollback()
    db.session.expire_all()
    return {(fault.place, fault.seq, fault.what) for fault in verification.faults() if fault.seq}


def rechain(first):
    """Compute leaves and chain anew from row `first`, as a forger can, without the keys of the members."""
    previous = db.session.scalar(select(Event.chained).where(Event.seq == first - 1)) or rules.START
    for event in db.session.scalars(select(Event).where(Event.seq >= first).order_by(Event.seq)).all():
        event.previous = previous
        event.leaf = rules.leaf_of(proofs.event_row_bytes(event))
        event.chained = previous = rules.chain(previous, event.leaf)


def test_the_short_way_to_a_rows_bytes_gives_the_same_as_the_long_one(on_each):
    odd = {"quote": '"\\', "word": "сөз \u2028 \U0001f512", "n": -1, "list": [1, None, True, "x"], "low": "\x7f\x1f"}
    with transaction():
        ledger.record("tests.act", by=None, at=now().replace(microsecond=0), about='t:"', public=odd)
        ledger.record("tests.act", by=on_each.dana, at=now().replace(microsecond=10), about="t:ү", public={})
    for event in db.session.scalars(select(Event)):
        row = db.session.execute(parts._ROWS, {"first": event.seq, "last": event.seq}).one()
        assert parts._bytes(proofs.verifier_key()[9:25], row) == proofs.event_row_bytes(event)
    assert list(verification.faults()) == []


@pytest.mark.parametrize("table", [model.__tablename__ for model in KEPT])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_nothing_of_the_ledger_can_be_changed_or_removed(on_each, table, statement):
    append(300)
    made = checkpoint()
    with transaction():
        db.session.add(TimeStamp(size=made.size, answer=b"x", authority="", stamped_at=now(), at=now()))
    column = {"events": "seq", "tree_nodes": "level"}.get(table, "size")
    if db.engine.dialect.name == "sqlite":
        statement = statement.replace("TRUNCATE {} CASCADE", "DELETE FROM {} WHERE 1")
    before = db.session.execute(text(f"SELECT count(*) FROM {table}")).scalar()
    assert before
    with pytest.raises(DBAPIError, match="append-only"), transaction():
        db.session.execute(text(statement.format(table, column, column)))
    assert db.session.execute(text(f"SELECT count(*) FROM {table}")).scalar() == before


CHANGES = {
    "verb": "x.y", "role": "lawyer", "result": "refused", "subject": "t:0", "public": {"n": 7}, "actor_id": None,
    "commitment": bytes(32), "previous": bytes(32), "leaf": bytes(32), "chained": bytes(32), "signature": bytes(64),
}  # fmt: skip


@pytest.mark.parametrize("column", CHANGES)
def test_a_change_of_any_column_is_found(people, column):
    append(3, people.dana)
    disarm()
    with transaction():
        db.session.execute(update(Event).where(Event.seq == tree.rows() - 1).values({column: CHANGES[column]}))
    assert found()


def test_a_ledger_that_was_written_anew_contradicts_its_checkpoints_and_its_members(people):
    append(3, people.dana)
    made = checkpoint()
    disarm()
    with transaction():
        first = made.size - 2
        db.session.execute(update(Event).where(Event.seq == first).values(subject="t:forged"))
        rechain(first)
    places = found()
    assert ("checkpoint", made.size, "the rows do not have the root that it says") in places
    assert ("row", first, parts.UNSIGNED) in places


def test_rows_that_were_cut_off_are_missed_by_the_checkpoint(people):
    append(3)
    made = checkpoint()
    disarm()
    with transaction():
        db.session.execute(text(f"DELETE FROM events WHERE seq > {made.size - 2}"))
    assert {(place, what[:26]) for place, _seq, what in found()} == {("checkpoint", "it speaks of more rows tha")}
    with pytest.raises(checkpoints.Rewritten):
        checkpoint()


def test_a_checkpoint_that_was_changed_is_found(people):
    append(1)
    made = checkpoint()
    disarm()
    for values in ({"root": bytes(32)}, {"note": made.note.replace("\n", "\n1", 1)}, {"key": made.key + "x"}):
        before = {name: getattr(made, name) for name in values}
        with transaction():
            db.session.execute(update(Checkpoint).values(values))
        assert {place for place, _seq, _what in found()} == {"checkpoint"}, values
        with transaction():
            db.session.execute(update(Checkpoint).values(before))
    assert found() == set()


def test_a_stored_node_that_was_changed_is_found_and_stops_the_next_checkpoint(people):
    append(300)
    checkpoint()
    append(1)
    disarm()
    with transaction():
        db.session.execute(update(TreeNode).values(hash=bytes(32)))
    assert [seq for _place, seq, _what in found()] == [256]
    with pytest.raises(checkpoints.Rewritten):
        checkpoint()


def test_a_key_that_was_put_in_the_place_of_a_members_is_found(people):
    with transaction():
        other = MemberKeys.generate().public.to_bytes()
        db.session.execute(update(Identity).where(Identity.member_id == people.dana.member_id).values(public=other))
    assert [fault.what for fault in verification.faults()] == [
        f"the present key of member {people.dana.member_id} is not one that the ledger knows"
    ]


def test_what_was_signed_with_a_key_that_was_replaced_is_still_checked(people):
    append(3, people.dana)
    with transaction():
        dana = db.session.get_one(Identity, people.dana.member_id)
        keys.replace_identity(dana, passphrase="nine slow foxes under rain", known=(), by=None, at=now())
    assert list(verification.faults()) == []
    disarm()
    with transaction():
        mine = update(Event).where(Event.actor_id == people.dana.member_id, Event.verb == "tests.act")
        db.session.execute(mine.values(signature=bytes(64)))
    assert {what for _place, _seq, what in found()} == {parts.UNSIGNED}


def test_a_missing_trigger_is_found(on_each):
    postgres = db.engine.dialect.name == "postgresql"
    name = "checkpoints_no_truncate" if postgres else "checkpoints_no_update"
    with transaction():
        db.session.execute(text(f"DROP TRIGGER {name}" + (" ON checkpoints" if postgres else "")))
    assert [fault.what for fault in verification.faults()] == [
        f"the trigger {name}, which keeps rows from being changed, is missing"
    ]


@pytest.mark.parametrize("afresh", [False, True])
def test_several_processes_find_what_one_finds(on_each, monkeypatch, afresh):
    monkeypatch.setattr(verification, "ALONE", 10)
    append(600, on_each.dana)
    checkpoint()
    assert verification.verify(afresh=afresh).faults == []


def test_signatures_that_were_good_before_are_compared_and_not_trusted(people, app, monkeypatch):
    monkeypatch.setattr(verification, "BLOCK", 256)
    monkeypatch.setattr(parts, "BLOCK", 256)
    append(600, people.dana)
    checkpoint()
    verified = []
    monkeypatch.setattr(parts, "_signed", lambda *facts: verified.append(facts) or True)
    assert verification.verify().faults == []
    first = len(verified)
    assert first > 600
    assert verification.verify().faults == []
    assert len(verified) - first < 200, "only the rows of the last block, which is not full, are verified again"
    monkeypatch.undo()
    monkeypatch.setattr(verification, "BLOCK", 256)
    monkeypatch.setattr(parts, "BLOCK", 256)
    disarm()
    with transaction():
        db.session.execute(update(Event).where(Event.seq == 200).values(signature=bytes(64)))
    assert ("row", 200, parts.UNSIGNED) in found()
    place = verification._place()
    noted, tag = json.loads(place.read_text())
    noted["0"] = "00" * 32
    place.write_text(json.dumps([noted, tag]))
    assert verification._known() == {}, "a note without the ledger key counts for nothing"


BIG = st.integers(0, 10**6)


@given(acts=st.lists(st.integers(0, 40), min_size=1, max_size=6), picks=st.tuples(BIG, BIG, BIG))
@SMALL
def test_whatever_was_appended_between_checkpoints_every_proof_holds(people, acts, picks):
    for number in acts:
        append(number)
        checkpoint()
    made = list(db.session.scalars(select(Checkpoint).order_by(Checkpoint.size)))
    place = picks[0] % len(made)
    new, old = made[place], made[picks[1] % (place + 1)]
    merkle.verify_consistency(old.size, old.root, new.size, new.root, proofs.consistency(old.size, new.size))
    seq = 1 + picks[2] % new.size
    leaf = db.session.scalar(select(Event.leaf).where(Event.seq == seq))
    merkle.verify_inclusion(leaf, seq - 1, new.size, proofs.inclusion(seq, new.size), new.root)
    with pytest.raises(Damaged):
        merkle.verify_inclusion(bytes(32), seq - 1, new.size, proofs.inclusion(seq, new.size), new.root)


@pytest.fixture
def copied(app, people, tmp_path):
    """Return a function that gives a fresh copy of one database of 60 rows, without triggers."""
    append(30, people.dana)
    checkpoint()
    append(10, people.timur)
    checkpoint()
    disarm()
    db.session.remove()
    source = db.engine.url.database
    with sqlite3.connect(source) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(source, tmp_path / "kept.db")

    def fresh():
        db.session.remove()
        with sqlite3.connect(tmp_path / "kept.db") as kept, sqlite3.connect(source) as database:
            kept.backup(database)

    return fresh


@given(data=st.data())
@SMALL
def test_a_row_that_is_changed_dropped_or_moved_is_found_wherever_it_stands(copied, data):
    copied()
    rows = tree.rows()
    seq = data.draw(st.integers(1, rows - 1))
    how = data.draw(st.sampled_from(["change", "drop", "swap"]))
    anew = data.draw(st.booleans())
    with transaction():
        if how == "change":
            db.session.execute(update(Event).where(Event.seq == seq).values(subject="t:forged"))
        elif how == "drop":
            db.session.execute(text(f"DELETE FROM events WHERE seq = {seq}"))
        else:
            for old, new in ((seq, -1), (seq + 1, seq), (-1, seq + 1)):
                db.session.execute(text(f"UPDATE events SET seq = {new} WHERE seq = {old}"))
        if anew and how != "drop":
            rechain(seq)
    assert found()
    with pytest.raises(Damaged):
        last = proofs.latest_checkpoint()
        event = db.session.get(Event, seq)
        leaf = merkle.leaf_hash(proofs.event_row_bytes(event)) if event else bytes(32)
        merkle.verify_inclusion(leaf, seq - 1, last.size, _path(seq, last.size), last.root)


def _path(seq, size):
    try:
        return tree.inclusion(seq, size)
    except tree.RowsMissing:
        return []


def test_a_lost_key_is_not_replaced_in_silence(app, people):
    append(1)
    first = checkpoint()
    place = app.extensions["caseflow_settings"].ledger_key_path
    assert place.stat().st_mode & 0o777 == 0o600
    runner = app.test_cli_runner()
    renew = ["ledger", "renew-key", "--as", "aigul@example.org", "--passphrase-file", "-", "--yes"]
    assert "away first" in runner.invoke(args=renew, input=PASSPHRASE).output
    place.rename(place.with_suffix(".old"))
    append(1)
    lost = runner.invoke(args=["ledger", "checkpoint"])
    assert (lost.exit_code, "is not at" in lost.output) == (1, True)
    renewed = runner.invoke(args=renew, input=PASSPHRASE)
    assert renewed.exit_code == 0
    second = checkpoint()
    assert second.key == renewed.output.strip() != first.key
    assert list(verification.faults()) == []


def test_a_rewritten_ledger_ends_the_command_with_an_error_and_says_so_in_the_ledger(app, people):
    append(3)
    checkpoint()
    append(1)
    disarm()
    with transaction():
        db.session.execute(update(Event).where(Event.seq == tree.rows() - 3).values(leaf=bytes(32)))
    done = app.test_cli_runner().invoke(args=["ledger", "checkpoint"])
    assert done.exit_code == 1
    assert "did not grow out of its last checkpoint" in done.output
    last = db.session.scalars(select(Event).order_by(Event.seq.desc()).limit(1)).one()
    assert (last.verb, last.result) == ("ledger.checkpoint", "failed")
    assert len(list(db.session.scalars(select(Checkpoint)))) == 1


def test_a_partner_checks_what_was_exported_with_the_verifier_key_alone(app, people, tmp_path):
    runner = app.test_cli_runner()
    append(2)
    first = runner.invoke(args=["ledger", "export", "--out", str(tmp_path / "a")])
    assert first.exit_code == 0, first.output
    old = proofs.latest_checkpoint().size
    append(5)
    second = runner.invoke(args=["ledger", "export", "--since", str(old), "--out", str(tmp_path / "b")])
    assert second.exit_code == 0, second.output
    new = proofs.latest_checkpoint().size
    row = runner.invoke(args=["ledger", "prove", "3"])
    (tmp_path / "row.json").write_text(row.output)
    key = runner.invoke(args=["ledger", "key"]).output.strip()
    aigul, words = people.aigul.member_id, fingerprint(people.aigul.ring.keys.public)
    assert (tmp_path / "a" / "ledger.vkey").read_text().strip() == key
    kept = [
        tmp_path / "a" / f"checkpoint-{old}.note",
        tmp_path / "b" / f"growth-{old}-{new}.txt",
        tmp_path / "row.json",
    ]
    done = runner.invoke(args=["ledger", "check-export", "--key", key, *map(str, kept)])
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[1:] == [
        f"The ledger of {new} rows grew out of that of {old} rows; nothing before was changed.",
        f"Row 3 is in the ledger of {new} rows, signed with the key of the words {words}; {aigul} must be whose words these are.",
    ]
    whole = runner.invoke(args=["ledger", "export", "--since", str(old)])
    assert whole.output == kept[1].read_text()


def test_what_was_spoilt_on_the_way_to_a_partner_is_refused(people):
    append(2)
    first = checkpoint()
    append(3)
    second = checkpoint()
    key = proofs.verifier_key()
    note, growth = first.note.encode(), exports.growth(second, first.size).encode()
    proof = exports.proof(db.session.get(Event, 2), second)
    assert len(list(exports.check([note, growth, json.dumps(proof).encode()], key))) == 3
    for place in range(len(growth)):
        spoilt = bytearray(growth)
        spoilt[place] ^= 1
        with pytest.raises((Damaged, WrongKey)):
            list(exports.check([note, bytes(spoilt)], key))
    for name, value in (("seq", 3), ("row", proof["row"].replace('"v":2', '"v": 2')), ("proof", proof["proof"][1:])):
        spoilt = json.dumps(proof | {name: value}).encode()
        with pytest.raises(Damaged):
            list(exports.check([spoilt], key))
    for name, value in (("signature", "00" * 64), ("public", MemberKeys.generate().public.to_bytes().hex())):
        with pytest.raises(Damaged):
            list(exports.check([json.dumps(proof | {name: value}).encode()], key))
    without = json.dumps({name: value for name, value in proof.items() if name != "public"}).encode()
    assert "its signature was not checked" in "".join(exports.check([without], key))
    unsigned = json.dumps(proof | {"signature": None}).encode()
    assert "did not sign it" in "".join(exports.check([unsigned], key))
    with pytest.raises(Damaged, match="not among the files"):
        list(exports.check([growth], key))


def test_two_checkpoints_of_one_size_show_the_fork(people):
    from caseflow.vault import notes

    append(1)
    made = checkpoint()
    seed = checkpoints._key()
    other = notes.sign_note(
        rules.checkpoint_text(checkpoints.origin(), made.size, bytes(32)), checkpoints.origin(), seed
    )
    with pytest.raises(Damaged, match="forked"):
        list(exports.check([made.note.encode(), other.encode()], made.key))
