"""The tree over the rows: what it stores is a shortcut, what it proves is RFC 6962's, and checkpoints only grow."""

import pytest
from sqlalchemy import func, select

from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.ledger import checkpoints, proofs
from caseflow.ledger import operations as ledger
from caseflow.ledger.models import Event, TreeNode
from caseflow.ledger.rules import read_checkpoint
from caseflow.vault import merkle, notes
from tests.cast import Cast, cast


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


def append(number):
    with transaction():
        for each in range(number):
            ledger.record("tests.act", by=None, at=now(), about=f"t:{each}")


def checkpoint():
    with transaction():
        return proofs.make_checkpoint(now())


def leaves():
    return list(db.session.scalars(select(Event.leaf).order_by(Event.seq)))


def test_a_checkpoint_says_how_many_rows_there_are_and_the_root_over_them(on_each):
    made = checkpoint()
    name, public = notes.parse_verifier_key(proofs.verifier_key())
    origin, size, root = read_checkpoint(notes.verify_note(made.note, name, public))
    assert (origin, size, root) == (name, made.size, made.root) == (name, len(leaves()), merkle.root(leaves()))
    assert db.session.get_one(Event, size).verb == "ledger.checkpoint"
    assert proofs.latest_checkpoint() is made


def test_every_row_has_a_proof_and_every_two_checkpoints_have_one(on_each):
    made = [checkpoint()]
    for number in (1, 300, 3):
        append(number)
        made.append(checkpoint())
    assert db.session.scalar(select(func.count()).select_from(TreeNode)) == made[-1].size // 256
    last = made[-1]
    for event in db.session.scalars(select(Event)):
        leaf = merkle.leaf_hash(proofs.event_row_bytes(event))
        merkle.verify_inclusion(leaf, event.seq - 1, last.size, proofs.inclusion(event.seq, last.size), last.root)
    for old in made:
        for new in made:
            if old.size <= new.size:
                merkle.verify_consistency(
                    old.size, old.root, new.size, new.root, proofs.consistency(old.size, new.size)
                )


def test_without_anything_new_there_is_no_new_checkpoint(people):
    first = checkpoint()
    assert checkpoint() is first
    append(1)
    assert checkpoint().size == first.size + 2
    assert not checkpoints.is_due()
