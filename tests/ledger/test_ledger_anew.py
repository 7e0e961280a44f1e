"""Who can write into the database, but holds no key, cannot write the ledger anew, nor cut off its end.

A row that names a key is only a row: keys count by signed words that lead back to the anchor, and for the rows between
their making and their end. How far the ledger was, the installation knows without the database.
"""

import json
import os

import pytest
from sqlalchemy import delete, select, text, update

from caseflow.access import trust
from caseflow.entrance import operations as entrance
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.kernel.errors import NotPermitted, RuleBroken
from caseflow.keys import operations as keys
from caseflow.keys.models import Identity, KeyConfirmation, RetiredIdentity
from caseflow.ledger import checkpoints, last, parts, proofs, rules, signers, tree, triggers, verification
from caseflow.ledger import operations as ledger
from caseflow.ledger.models import Checkpoint, Event, TreeNode, append_only
from caseflow.network import operations as network
from caseflow.network.models import Member, Network
from caseflow.network.queries import actor_of
from caseflow.vault import merkle, notes
from caseflow.vault.keys import MemberKeys, fingerprint
from tests.cast import PASSPHRASE, cast

OTHER = "nine slow foxes under rain"


@pytest.fixture
def people(app):
    with app.app_context():
        yield cast(app)
        db.session.remove()


def append(number, by=None):
    with transaction():
        for each in range(number):
            ledger.record("tests.act", by=by, at=now(), about=f"t:{each}", public={"n": each})


def checkpoint():
    with transaction():
        return proofs.make_checkpoint(now())


class Writing:
    """Take the triggers away as somebody would who holds the database, and put them back at the end."""

    def __enter__(self):
        self.act = transaction()
        self.act.__enter__()
        for table, key in append_only().items():
            for name in triggers.for_sqlite(table, key):
                db.session.execute(text(f"DROP TRIGGER {name}"))

    def __exit__(self, *what):
        for table, key in append_only().items():
            for statement in triggers.for_sqlite(table, key).values():
                db.session.execute(text(statement))
        self.act.__exit__(*what)


def found(*, afresh=True):
    db.session.rollback()
    db.session.expire_all()
    return {(fault.place, fault.seq, fault.what) for fault in verification.verify(afresh=afresh).faults}


def last_act(by):
    mine = select(Event.seq).where(Event.verb == "tests.act", Event.actor_id == by.member_id)
    return db.session.scalars(mine.order_by(Event.seq.desc())).first()


def rechain(first, sign):
    """Compute the chain anew from row `first`; `sign` gives the signature of a row that had one."""
    previous = db.session.scalar(select(Event.chained).where(Event.seq == first - 1)) or rules.START
    for event in db.session.scalars(select(Event).where(Event.seq >= first).order_by(Event.seq)).all():
        event.previous = previous
        event.leaf = rules.leaf_of(proofs.event_row_bytes(event))
        event.chained = previous = rules.chain(previous, event.leaf)
        if event.signature is not None:
            event.signature = sign(event)
    db.session.flush()


def planted(member_id, pair, verb="keys.make_identity"):
    """Write a system row that says a key is a member's: nobody signs those."""
    public = {"fingerprint": fingerprint(pair.public), "key": pair.public.to_bytes().hex()}
    ledger.record(verb, by=None, at=now(), about=f"members:{member_id}", public=public)


def test_a_history_that_was_rewritten_with_keys_of_ones_own_is_found(people):
    append(3, people.dana)
    append(2, people.marat)
    checkpoint()
    target = last_act(people.dana)
    seed, origin = os.urandom(32), checkpoints.origin()
    own = notes.verifier_key(origin, notes.public_of(seed))
    forged = {actor: MemberKeys.generate() for actor in db.session.scalars(select(Event.actor_id).distinct()) if actor}
    with Writing():
        db.session.execute(delete(Checkpoint))
        db.session.execute(delete(TreeNode))
        db.session.execute(update(Event).where(Event.seq == target).values(subject="t:forged"))
        for member, pair in forged.items():
            planted(member, pair)
        ledger.record("ledger.renew_key", by=None, at=now(), about="checkpoints:", public={"key": "x", "before": own})
        rechain(target, lambda event: forged[event.actor_id].sign(event.leaf, purpose="ledger"))
        leaves = list(db.session.scalars(select(Event.leaf).order_by(Event.seq)))
        root = merkle.root(leaves)
        note = notes.sign_note(rules.checkpoint_text(origin, len(leaves), root), origin, seed)
        db.session.add(Checkpoint(size=len(leaves), root=root, key=own, note=note, at=now()))
    faults = found()
    assert ("row", target, parts.UNSIGNED) in faults
    assert ("checkpoint", len(leaves), "it is not signed with a key of this installation") in faults
    assert last.BEHIND in {what for _place, _seq, what in faults}


@pytest.mark.parametrize("verb", ["keys.make_identity", "keys.replace_identity", "keys.confirm"])
def test_a_row_that_names_a_key_makes_it_count_for_nothing(people, verb):
    """Neither for what she did before nor for what she is said to do after."""
    append(2, people.dana)
    pair = MemberKeys.generate()
    before = last_act(people.dana)
    with Writing():
        planted(people.dana.member_id, pair, verb)
        made = ledger.record("tests.act", by=people.dana, at=now(), about="t:forged")
        for seq in (before, made.seq):
            event = db.session.get_one(Event, seq)
            event.signature = pair.sign(event.leaf, purpose="ledger")
    rows = {seq for _place, seq, what in found() if what == parts.UNSIGNED}
    assert {before, made.seq} <= rows


def test_a_confirmation_signed_by_somebody_who_is_no_coordinator_makes_no_key_count(people):
    pair = MemberKeys.generate()
    with Writing():
        planted(people.leila.member_id, pair, "keys.replace_identity")
        public = {"fingerprint": fingerprint(pair.public), "key": pair.public.to_bytes().hex(), "role": "coordinator"}
        for by in (people.dana, people.timur):
            ledger.record("keys.confirm", by=by, at=now(), about=f"members:{people.leila.member_id}", public=public)
        made = ledger.record("tests.act", by=people.leila, at=now(), about="t:forged")
        event = db.session.get_one(Event, made.seq)
        event.signature = pair.sign(event.leaf, purpose="ledger")
    assert ("row", made.seq, parts.UNSIGNED) in found()


def replaced(people, member, passphrase=OTHER):
    with transaction():
        identity = db.session.get_one(Identity, member.member_id)
        pair, _code = keys.replace_identity(identity, passphrase=passphrase, known=(), by=None, at=now())
    return pair


def confirmed(people, member):
    with transaction():
        words = fingerprint(trust.MemberPublic.from_bytes(db.session.get_one(Identity, member.member_id).public))
        network.confirm_key(
            db.session.get_one(Member, member.member_id), words=words, by=people.fresh(people.aigul), at=now()
        )


def test_a_key_that_was_replaced_signs_nothing_any_more_and_the_new_one_nothing_from_before(people, unasked):
    append(1, people.dana)
    old, early = people.dana.ring.keys, last_act(people.dana)
    new = replaced(people, people.dana)
    confirmed(people, people.dana)
    assert found() == set()
    with Writing():
        made = ledger.record("tests.act", by=people.dana, at=now(), about="t:late")  # signed with the old key
        event = db.session.get_one(Event, early)
        event.signature = new.sign(event.leaf, purpose="ledger")
    assert old.public != new.public
    assert found() == {("row", early, parts.UNSIGNED), ("row", made.seq, parts.UNSIGNED)}


def test_who_has_left_signs_nothing_any_more(people, unasked):
    append(1, people.leila)
    with transaction():
        leila = db.session.get_one(Member, people.leila.member_id)
        network.end_membership(leila, by=people.fresh(people.aigul), at=now())
    assert found() == set()
    with transaction():
        made = ledger.record("tests.act", by=people.leila, at=now(), about="t:late")
        ledger.record("tests.act", by=people.leila, at=now(), about="t:late", result="refused")  # nothing came of it
    assert found() == {("row", made.seq, parts.UNSIGNED)}


def test_a_member_who_waits_to_be_confirmed_signs_what_is_about_her_own_account_alone(people):
    new = replaced(people, people.dana)
    door = {"address": "127.0.0.1", "at": now()}
    entrance.sign_in("dana@example.org", OTHER, agent="tests", **door)
    actor = actor_of(db.session.get_one(Member, people.dana.member_id), new)
    with transaction():
        keys.change_passphrase(
            db.session.get_one(Identity, people.dana.member_id),
            keys=new,
            passphrase=PASSPHRASE,
            known=(),
            by=actor,
            at=now(),
        )
    assert found() == set()
    with transaction():
        made = ledger.record("tests.act", by=actor, at=now(), about="t:1")
    assert found() == {("row", made.seq, parts.UNSIGNED)}
    confirmed(people, people.dana)
    assert found() == set(), "a key that is confirmed counts since it was made"


def test_the_rows_alone_lead_to_every_key(people):
    """The words in the tables may be gone: what coordinators signed stands in the ledger, too."""
    append(1, people.dana)
    replaced(people, people.dana)
    confirmed(people, people.dana)
    with transaction():
        db.session.execute(delete(KeyConfirmation))
        db.session.execute(delete(RetiredIdentity))
    assert found() == set()


def test_without_an_anchor_no_check_is_content_until_a_coordinator_vouches_for_the_keys(app, people):
    """As an installation is after an update from a version that had none."""
    append(2, people.dana)
    append(2, people.timur)
    replaced(people, people.dana)
    confirmed(people, people.dana)
    place = app.extensions["caseflow_settings"].anchor_path
    place.unlink()
    assert {what for _place, _seq, what in found()} == {signers.NO_ANCHOR}
    given = ["keys", "trust", "--as", "marat@example.org", "--passphrase-file", "-", "--yes"]
    done = app.test_cli_runner().invoke(args=given, input=PASSPHRASE + "\n")
    assert done.exit_code == 0, done.output
    assert json.loads(place.read_text())["member"] == people.marat.member_id
    assert found() == set()


def renew(app, *more, who="marat"):
    given = ["ledger", "renew-key", "--as", f"{who}@example.org", "--passphrase-file", "-", *more]
    return app.test_cli_runner().invoke(args=given, input=PASSPHRASE + "\n")


def test_a_new_ledger_key_is_believed_when_a_coordinator_signs_for_it(app, people):
    append(1)
    first = checkpoint()
    place = app.extensions["caseflow_settings"].ledger_key_path
    place.rename(place.with_suffix(".old"))
    refused = renew(app, "--yes", who="dana")
    assert (refused.exit_code, "read by coordinators" in refused.output) == (1, True)
    assert not place.exists()
    renewed = renew(app, "--yes")
    assert renewed.exit_code == 0, renewed.output
    assert last.noted().genuine, "what was noted beside the old key is noted beside the new one"
    append(1)
    second = checkpoint()
    assert second.key == renewed.output.strip().splitlines()[-1] != first.key
    assert found() == set()


def test_the_old_ledger_key_signs_no_checkpoint_after_it_was_renewed(app, people):
    append(1)
    first = checkpoint()
    place = app.extensions["caseflow_settings"].ledger_key_path
    old = place.read_bytes()
    place.unlink()
    assert renew(app, "--yes").exit_code == 0
    append(1)
    with transaction():
        size = tree.rows()
        root = tree.root(size)
        note = notes.sign_note(rules.checkpoint_text(checkpoints.origin(), size, root), checkpoints.origin(), old)
        db.session.add(Checkpoint(size=size, root=root, key=first.key, note=note, at=now()))
    assert found() == {("checkpoint", size, "it is not signed with a key of this installation")}


def test_a_key_that_was_renewed_when_nobody_signed_for_it_is_vouched_for_once(app, people):
    append(1)
    first = checkpoint()
    place = app.extensions["caseflow_settings"].ledger_key_path
    place.unlink()
    last._place().unlink()
    with transaction():  # as the program before wrote it
        now_key = notes.verifier_key(
            checkpoints.origin(), notes.public_of(app.extensions["caseflow_settings"].ledger_key())
        )
        public = {"key": now_key, "before": first.key}
        ledger.record("ledger.renew_key", by=None, at=now(), about="checkpoints:", public=public)
    append(1)
    checkpoint()
    assert found() == {("checkpoint", first.size, "it is not signed with a key of this installation")}
    assert renew(app, "--before", "caseflow/x+00000000+AAAA").exit_code == 1
    assert renew(app, "--before", first.key).exit_code == 0
    assert found() == set()


def rolled_back(size):
    """Put the database back to the state of `size` rows, as a restored backup or a hand in it does."""
    with Writing():
        db.session.execute(delete(Checkpoint).where(Checkpoint.size > size))
        db.session.execute(delete(Event).where(Event.seq > size))


def accept(app, *more, who="aigul"):
    args = ["ledger", "accept-restore", "--as", f"{who}@example.org", "--passphrase-file", "-", *more]
    return app.test_cli_runner().invoke(args=args, input=PASSPHRASE + "\n")


def test_rows_that_were_cut_off_with_their_checkpoints_are_missed(people):
    append(3, people.dana)
    first = checkpoint().size
    append(5, people.dana)
    lost = checkpoint().size
    rolled_back(first)
    assert found() == {("checkpoint", lost, last.BEHIND)}
    assert found(afresh=False) == {("checkpoint", lost, last.BEHIND)}
    with pytest.raises(checkpoints.Rewritten, match="accept-restore"):
        checkpoint()
    append(20, people.dana)
    assert found() == {("checkpoint", lost, last.BEHIND)}, "other rows in their place do not fill the gap"
    with pytest.raises(checkpoints.Rewritten):
        checkpoint()


def test_a_restored_backup_is_accepted_by_a_coordinator_once_and_the_ledger_tells_so(app, people):
    append(3, people.dana)
    first = checkpoint().size
    append(5, people.dana)
    lost = checkpoint().size
    assert "nothing to accept" in accept(app, "--yes").output
    rolled_back(first)
    refused = accept(app, "--yes", who="timur")
    assert (refused.exit_code, "read by coordinators" in refused.output) == (1, True)
    done = accept(app, "--yes")
    assert done.exit_code == 0, done.output
    told = db.session.scalars(select(Event).where(Event.verb == "ledger.accept_restore", Event.result == "done")).one()
    assert (told.actor_id, told.public["were"], told.public["rows"] < lost) == (people.aigul.member_id, lost, True)
    assert found() == set()
    append(2, people.dana)
    checkpoint()
    assert found() == set()
    assert accept(app, "--yes").exit_code == 1


def test_what_is_noted_follows_every_checkpoint_and_nothing_that_was_undone(app, people):
    append(1)
    made = checkpoint()
    assert last.noted() == last.Noted(made.size, made.root, True)
    assert last._place().stat().st_mode & 0o777 == 0o600
    append(1)
    with pytest.raises(RuntimeError), transaction():
        proofs.make_checkpoint(now())
        raise RuntimeError
    assert last.noted() == last.Noted(made.size, made.root, True)
    newer = checkpoint()
    assert last.noted() == last.Noted(newer.size, newer.root, True)
    assert sorted(path.name for path in last._place().parent.glob("*ledger-last*")) == ["ledger-last.json"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda told: told | {"size": 1},
        lambda told: told | {"tag": "00" * 32},
        lambda told: told | {"root": "x"},
        lambda _: [],
    ],
)
def test_a_note_that_is_not_of_the_ledger_key_is_no_reason_to_be_content(people, spoil):
    append(3)
    first = checkpoint()
    append(3)
    checkpoint()
    rolled_back(first.size)
    last._place().write_text(json.dumps(spoil(json.loads(last._place().read_text()))))
    assert {what for _place, _seq, what in found()} == {last.FORGED}
    with pytest.raises(checkpoints.Rewritten, match=r"ledger-last\.json"):
        checkpoint()


def test_another_id_of_the_network_washes_no_note_away(app, people):
    """The id is a row of the database: who changes it, lets a checkpoint be made, and changes it back, gains nothing."""
    append(1)
    checkpoint()
    told = last._place().read_text()
    with transaction():
        db.session.execute(update(Network).values(id="zzzzzzzzzzzzzzzz"))
    app.extensions.pop("caseflow_instance", None)
    db.session.info.pop("caseflow_instance", None)
    append(1)
    with pytest.raises(checkpoints.Rewritten):
        checkpoint()
    db.session.rollback()
    assert last._place().read_text() == told
    assert found() != set()


def test_founding_a_network_puts_the_note_of_the_one_before_aside(people):
    append(1)
    checkpoint()
    last.begin()
    assert last.noted() is None
    append(1)
    newer = checkpoint()
    assert last.noted().size == newer.size


def test_only_a_coordinator_says_these_things(people):
    append(1)
    checkpoint()
    for act in (checkpoints.renew_key, checkpoints.accept_restore):
        with pytest.raises(NotPermitted), transaction():
            act(by=people.fresh(people.leila), at=now())
    with pytest.raises(NotPermitted), transaction():
        checkpoints.vouch_for_key("x", by=people.fresh(people.leila), at=now())
    with pytest.raises(RuleBroken), transaction():
        checkpoints.vouch_for_key("x", by=people.fresh(people.aigul), at=now())
