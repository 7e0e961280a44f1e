"""Checkpoints: how many rows there are and the root over them, signed by this installation.

A checkpoint is a C2SP tlog-checkpoint (https://c2sp.org/tlog-checkpoint) in a signed note. Whoever keeps one can later
demand the proof that the ledger only grew since; an operator who cuts its end off or writes it anew cannot give it.
"""

from __future__ import annotations

import sys
from datetime import datetime

from sqlalchemy import exists, select

from caseflow.access import network as policy
from caseflow.access.actor import Actor, demand
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.instance import instance
from caseflow.kernel.settings import current
from caseflow.kernel.words import N_
from caseflow.ledger import last, operations, rules, stamping, tree
from caseflow.ledger.models import Checkpoint, Event
from caseflow.ledger.signers import Keys, signer_of
from caseflow.vault import merkle, notes
from caseflow.vault.errors import VaultError

REWRITTEN = N_("The ledger did not grow out of its last checkpoint: rows were changed or removed.")
NOTHING_MISSING = N_("The database is not behind its last checkpoint: there is nothing to accept.")
NOT_ITS_KEY = N_("No checkpoint of this ledger is signed with this key.")


class Rewritten(Exception):
    """The ledger is not what its last checkpoint says it was."""


class NothingYet(Exception):
    """There is no row that a checkpoint could speak of."""


class KeyMissing(Exception):
    """Checkpoints were signed with a key that is not in its place; a new one must not slip in unnoticed."""


def origin() -> str:
    """Return the name of this ledger, under which its checkpoints are signed; the same for good."""
    return f"caseflow/{instance()}"


def verifier_key() -> str:
    """Return the public half of the present key as text, `name+hex+base64`; the key is made at first use.

    Raises `KeyMissing` when checkpoints exist and their key is gone.
    """
    return notes.verifier_key(origin(), notes.public_of(_key()))


def latest_checkpoint() -> Checkpoint | None:
    """Return the last checkpoint that was made."""
    return db.session.scalar(select(Checkpoint).order_by(Checkpoint.size.desc()).limit(1))


def is_due() -> bool:
    """Tell whether anything happened since the last checkpoint."""
    newest = latest_checkpoint()
    newer = exists().where(Event.seq > (newest.size if newest else 0), Event.verb.notin_(rules.OWN_VERBS))
    return bool(db.session.scalar(select(newer)))


def make_checkpoint(at: datetime, *, restored: bool = False) -> Checkpoint:
    """Sign how far the ledger is, in the present transaction; the last checkpoint if nothing happened since.

    The row that says so is the last one under it. Raises `Rewritten` when the ledger does not grow out of the last
    checkpoint, or is behind the one that is noted beside the key and was not `restored` (nothing is signed then),
    `NothingYet` for an empty ledger, `KeyMissing`.
    """
    db.session.flush()
    newest, size = latest_checkpoint(), tree.rows()
    if size == 0:
        raise NothingYet
    objection = None if restored else last.objection((newest.size, newest.root) if newest else None)
    if objection is not None:
        raise Rewritten(objection)
    if newest is not None and newest.size > size:
        raise Rewritten(REWRITTEN)
    if newest is not None and not is_due():
        return newest
    key = verifier_key()
    size = operations.record("ledger.checkpoint", by=None, at=at, about=f"checkpoints:{size + 1}").seq
    try:
        tree.grow(size)
        root = tree.root(size)
        if newest is not None:
            notes.verify_note(newest.note, *notes.parse_verifier_key(newest.key))
            merkle.verify_consistency(newest.size, newest.root, size, root, tree.consistency(newest.size, size))
    except (VaultError, tree.RowsMissing):
        raise Rewritten(REWRITTEN) from None
    text = rules.checkpoint_text(origin(), size, root)
    made = Checkpoint(size=size, root=root, key=key, note=notes.sign_note(text, origin(), _key()), at=at)
    db.session.add(made)
    db.session.flush()
    last.remember(size, root, anew=restored)
    stamping.promise(size)
    return made


def accept_restore(*, by: Actor, at: datetime) -> Checkpoint:
    """Write into the ledger that the database was put back to an earlier state, and go on from there.

    What was written since is lost to this ledger; whoever kept a later checkpoint can show it. Raises `RuleBroken`
    when nothing is missing, and as `make_checkpoint` does.
    """
    demand(policy.may_read_ledger(by), about="checkpoints:")
    newest, found = latest_checkpoint(), last.noted()
    if found is None or last.objection((newest.size, newest.root) if newest else None) is None:
        raise RuleBroken(NOTHING_MISSING, about="checkpoints:")
    public = {"rows": tree.rows(), "were": found.size, "root": found.root.hex()}
    operations.record("ledger.accept_restore", by=by, at=at, about="checkpoints:", public=public)
    return make_checkpoint(at, restored=True)


def renew_key(*, by: Actor, at: datetime) -> str:
    """Write into the ledger that checkpoints are signed with another key from now on; return its public half.

    For an installation whose key file was lost or taken: the caller has put the old file away. Checkpoints from before
    stay good under the old key, because a coordinator signs this row.
    """
    demand(policy.may_read_ledger(by), about="checkpoints:")
    newest, found = latest_checkpoint(), last.noted()
    if found is not None and last.is_behind(found):
        raise RuleBroken(last.BEHIND, about="checkpoints:")
    key = notes.verifier_key(origin(), notes.public_of(current().ledger_key()))
    _say_key(key, newest.key if newest else "", by=by, at=at)
    if newest is not None:
        last.remember(newest.size, newest.root, anew=True)
    return key


def vouch_for_key(before: str, *, by: Actor, at: datetime) -> None:
    """Write into the ledger, signed, that the checkpoints up to now may be signed with the key `before`.

    For a key that was renewed when the row about it was not signed yet. Raises `RuleBroken` when no checkpoint is
    signed with it.
    """
    demand(policy.may_read_ledger(by), about="checkpoints:")
    if db.session.scalar(select(Checkpoint.size).where(Checkpoint.key == before).limit(1)) is None:
        raise RuleBroken(NOT_ITS_KEY, about="checkpoints:")
    _say_key(verifier_key(), before, by=by, at=at)


def _say_key(key: str, before: str, *, by: Actor, at: datetime) -> None:
    operations.record("ledger.renew_key", by=by, at=at, about="checkpoints:", public={"key": key, "before": before})


def trusted_keys(signers: Keys) -> dict[str, int]:
    """Return key -> from which size on its checkpoints do not hold any more.

    These are the present one and those of which a coordinator has signed, in a row, that they came one after the other.
    """
    told = select(Event).where(
        Event.verb == "ledger.renew_key", Event.subject == "checkpoints:", Event.result == "done"
    )
    found: dict[str, int] = {}
    for row in db.session.scalars(told.order_by(Event.seq)):
        signer = signer_of(row, signers)
        if signer is not None and signer.coordinator:
            before = str(row.public.get("before"))
            found[before] = min(row.seq, found.get(before, row.seq))
            found.setdefault(str(row.public.get("key")), sys.maxsize)
    if current().ledger_key_path.exists():
        found[verifier_key()] = sys.maxsize
    return found


def _key() -> bytes:
    """Return the seed; a new one must not take the place of a lost one unnoticed."""
    settings = current()
    if not settings.ledger_key_path.exists() and latest_checkpoint() is not None:
        raise KeyMissing(str(settings.ledger_key_path))
    return settings.ledger_key()
