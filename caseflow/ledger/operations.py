"""Writing the ledger: `record` inside an act's transaction, `refused` in one of its own."""

from __future__ import annotations

import json
import logging
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from caseflow.access.actor import Actor
from caseflow.access.presence import demand_present
from caseflow.kernel.announce import on
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, in_transaction, transaction
from caseflow.kernel.instance import instance
from caseflow.kernel.words import N_, is_ours
from caseflow.ledger import rules
from caseflow.ledger.models import Event

log = logging.getLogger(__name__)

UNTOLD = N_("Refused in words that are not kept here.")
_FAULT = re.compile("fault [0-9a-f]{8}")  # the reference by which the operator finds it in her log
# Asked in every act, so they are written down once: SQLAlchemy then knows them again without reading them through.
_FAULTS_EVERY = timedelta(minutes=15)
_fault_told: datetime | None = None
_LAST = select(Event.seq, Event.chained).order_by(Event.seq.desc()).limit(1)
_APPEND = insert(Event)


@dataclass(frozen=True)
class Fact:
    """One thing that an act does: its verb, what it is about, and what is sealed or open of it; see `record`."""

    verb: str
    about: Any
    details: Mapping[str, Any] | None = None
    public: Mapping[str, Any] | None = None


def name_of(thing: Any) -> str:
    """Return how the ledger names a thing: `table:id`."""
    return thing if isinstance(thing, str) else f"{thing.__tablename__}:{thing.id}"


def record(
    verb: str,
    *,
    by: Actor | None,
    at: datetime,
    about: Any,
    details: Mapping[str, Any] | None = None,
    public: Mapping[str, Any] | None = None,
    result: str = "done",
) -> Event:
    """Append the fact that `by` did `verb` ("room.act") to `about` (a row or `table:id`), in the present transaction.

    `details` are sealed in the safe of `about` and only committed to; they need one. `public` holds codes, references
    and dates. State changes are signed by an unlocked actor. Raises `RuntimeError` outside a transaction and before
    there is a network (every row is bound to its id), `NotPermitted` when `by` is not present any more: every act passes
    here, behind the lock. What she was refused is told in any case.
    """
    return Event(**_append([Fact(verb, about, details, public)], by=by, at=at, result=result)[0])


def record_many(facts: Sequence[Fact], *, by: Actor | None, at: datetime) -> None:
    """Append several facts of one act in their order, as `record` does one: the table is read and written once."""
    if facts:
        _append(facts, by=by, at=at, result="done")


def _append(facts: Sequence[Fact], *, by: Actor | None, at: datetime, result: str) -> list[dict[str, Any]]:
    if not in_transaction():
        raise RuntimeError("the ledger is written in the transaction of the act")
    if not instance():
        raise RuntimeError("the ledger begins with the network")
    if any(fact.details and _safe_of(fact.about) is None for fact in facts):
        raise ValueError("details are sealed in a safe; give codes and references as public facts")
    at = at.astimezone(UTC)  # as it will be read back: the bytes of the row name the moment
    db.session.flush()
    if by is not None and result == "done":
        demand_present(by)
    connection = db.session.connection()
    last = connection.execute(_LAST).first()
    seq, previous = (last.seq, last.chained) if last else (0, rules.START)
    rows: list[dict[str, Any]] = []
    for fact in facts:
        seq += 1
        rows.append(_row(fact, seq, previous, by=by, at=at, result=result))
        previous = rows[-1]["chained"]
    # A row of the ledger is written once and never followed for changes: the session's book-keeping is left out.
    connection.execute(_APPEND, rows)
    return rows


def _row(fact: Fact, seq: int, previous: bytes, *, by: Actor | None, at: datetime, result: str) -> dict[str, Any]:
    safe_id = _safe_of(fact.about)
    public = json.loads(rules.canonical(dict(fact.public or {})))  # as it will be read back
    salt = secrets.token_bytes(rules.SALT_BYTES)
    noted = rules.canonical(dict(fact.details)) if fact.details else b""
    commitment = rules.commit(salt, noted)
    opening = None
    if fact.details and by is not None and safe_id is not None:
        opening = by.ring.seal_note(safe_id, json.dumps([salt.hex(), noted.decode()]).encode(), row=str(seq))
    who, role = (by.member_id, str(by.role)) if by else (None, "system")
    subject = name_of(fact.about)
    row = rules.row_bytes(
        version=rules.VERSION,
        instance=instance(),
        seq=seq,
        at=at,
        actor=who,
        role=role,
        verb=fact.verb,
        result=result,
        subject=subject,
        safe=safe_id,
        public=public,
        commitment=commitment,
        opening=opening,
        previous=previous,
    )
    leaf = rules.leaf_of(row)
    return {
        "seq": seq,
        "version": rules.VERSION,
        "at": at,
        "actor_id": who,
        "role": role,
        "verb": fact.verb,
        "result": result,
        "subject": subject,
        "safe_id": safe_id,
        "public": public,
        "commitment": commitment,
        "opening_sealed": opening,
        "previous": previous,
        "leaf": leaf,
        "chained": rules.chain(previous, leaf),
        "signature": by.ring.sign(leaf, purpose="ledger") if by is not None and by.keys is not None else None,
    }


def _safe_of(about: Any) -> str | None:
    """Return the safe whose history this belongs to: what gives and takes its keys belongs to it, too."""
    if getattr(about, "__tablename__", "") == "safes":
        return str(about.id)
    found: str | None = getattr(about, "safe_id", None)
    return found


def refused(verb: str, *, by: Actor | None, about: str, why: str, result: str = "refused") -> None:
    """Append, in a transaction of its own, that `by` was refused `verb`; call it after the act was rolled back.

    `why` is one of our own sentences: anything else may hold what somebody typed, and is not kept. A ledger that cannot be written is logged, so that
    the person still gets her answer. Before there is a network nothing can be told: no ledger has begun.
    """
    if not instance():
        log.warning("%s was %s before the network was founded: %s", verb, result, why)
        return
    try:
        with transaction():
            record(verb, by=by, at=now(), about=about[:80], public={"why": _kept(why)}, result=result)
    except Exception:
        log.exception("a refusal could not be written to the ledger: %s", verb)


def _kept(why: str) -> str:
    return why if is_ours(why) or _FAULT.fullmatch(why) else UNTOLD


@on("web.refused")
def _note_refusal(verb: str, by: Actor | None, about: str, why: str, result: str) -> None:
    # A stranger who knocks at many addresses must not be able to fill the ledger; what she tries at the entrance is
    # written there. What a member is refused is always written; of faults that strangers meet, one in a quarter of an
    # hour, and the log has all of them.
    global _fault_told  # noqa: PLW0603 -- of this process: it is no more than a brake
    if by is None:
        if result != "failed" or (_fault_told is not None and now() - _fault_told < _FAULTS_EVERY):
            return
        _fault_told = now()
    refused(verb, by=by, about=about, why=why, result=result)
