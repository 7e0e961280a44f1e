"""Checkpoints: how many rows there are and the root over them, signed by this installation.

A checkpoint is a C2SP tlog-checkpoint (https://c2sp.org/tlog-checkpoint) in a signed note. Whoever keeps one can later
demand the proof that the ledger only grew since; an operator who cuts its end off or writes it anew cannot give it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select

from caseflow.kernel.db import db
from caseflow.kernel.instance import instance
from caseflow.kernel.settings import current
from caseflow.kernel.words import N_
from caseflow.ledger import operations, rules, stamping, tree
from caseflow.ledger.models import Checkpoint, Event
from caseflow.vault import merkle, notes
from caseflow.vault.errors import VaultError

REWRITTEN = N_("The ledger did not grow out of its last checkpoint: rows were changed or removed.")


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
    last = latest_checkpoint()
    newer = exists().where(Event.seq > (last.size if last else 0), Event.verb.notin_(rules.OWN_VERBS))
    return bool(db.session.scalar(select(newer)))


def make_checkpoint(at: datetime) -> Checkpoint:
    """Sign how far the ledger is, in the present transaction; the last checkpoint if nothing happened since.

    The row that says so is the last one under it. Raises `Rewritten` when the ledger does not grow out of the last
    checkpoint (nothing is signed then), `NothingYet` for an empty ledger, `KeyMissing`.
    """
    db.session.flush()
    last, size = latest_checkpoint(), tree.rows()
    if size == 0:
        raise NothingYet
    if last is not None and last.size > size:
        raise Rewritten(REWRITTEN)
    if last is not None and not is_due():
        return last
    key = verifier_key()
    size = operations.record("ledger.checkpoint", by=None, at=at, about=f"checkpoints:{size + 1}").seq
    try:
        tree.grow(size)
        root = tree.root(size)
        if last is not None:
            notes.verify_note(last.note, *notes.parse_verifier_key(last.key))
            merkle.verify_consistency(last.size, last.root, size, root, tree.consistency(last.size, size))
    except (VaultError, tree.RowsMissing):
        raise Rewritten(REWRITTEN) from None
    text = rules.checkpoint_text(origin(), size, root)
    made = Checkpoint(size=size, root=root, key=key, note=notes.sign_note(text, origin(), _key()), at=at)
    db.session.add(made)
    db.session.flush()
    stamping.promise(size)
    return made


def renew_key(at: datetime) -> str:
    """Write into the ledger that checkpoints are signed with another key from now on; return its public half.

    For an installation whose key file was lost or taken: the caller has put the old file away. Rows under the old
    key stay trusted, because this row names it.
    """
    last = latest_checkpoint()
    key = notes.verifier_key(origin(), notes.public_of(current().ledger_key()))
    public = {"key": key, "before": last.key if last else ""}
    operations.record("ledger.renew_key", by=None, at=at, about="checkpoints:", public=public)
    return key


def trusted_keys() -> set[str]:
    """Return the keys whose checkpoints hold: the present one and those that it was told to follow."""
    told = db.session.scalars(
        select(Event.public).where(Event.verb == "ledger.renew_key", Event.subject == "checkpoints:")
    )
    before = {str(facts.get("before")) for facts in told}
    return before | {verifier_key()} if current().ledger_key_path.exists() else before


def _key() -> bytes:
    """Return the seed; a new one must not take the place of a lost one unnoticed."""
    settings = current()
    if not settings.ledger_key_path.exists() and latest_checkpoint() is not None:
        raise KeyMissing(str(settings.ledger_key_path))
    return settings.ledger_key()
