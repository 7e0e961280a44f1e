"""Reading the ledger: one safe's history, one thing's history, and whether the chain holds."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import Select, select, text

from caseflow.access.actor import Actor
from caseflow.access.facts import public_keys
from caseflow.access.safes import visible
from caseflow.kernel.db import db, in_transaction
from caseflow.ledger import rules
from caseflow.ledger.models import Event
from caseflow.vault.errors import VaultError
from caseflow.vault.keys import MemberPublic, verify


def instance() -> str:
    """Return the id of this network, which every row and every sealed value is bound to; '' before it is founded."""
    found = db.session.info.get("caseflow_instance") or current_app.extensions.get("caseflow_instance")
    if not found:
        found = db.session.execute(text("SELECT id FROM networks")).scalar() or ""
        if found and not in_transaction():
            # A network has one id for good; inside a transaction its founding could still be undone.
            current_app.extensions["caseflow_instance"] = found
    return str(found)


def event_row_bytes(event: Event) -> bytes:
    """Return the exact bytes of a row, over which its leaf was computed."""
    return rules.row_bytes(
        instance=instance(),
        seq=event.seq,
        at=event.at,
        actor=event.actor_id,
        role=event.role,
        verb=event.verb,
        result=event.result,
        subject=event.subject,
        safe=event.safe_id,
        public=event.public,
        commitment=event.commitment,
        previous=event.previous,
    )


def history_of(actor: Actor, subjects: Collection[str]) -> list[Event]:
    """Return the events about `subjects` (`table:id`) in safes that `actor` holds, oldest first."""
    query = select(Event).where(Event.subject.in_(subjects), visible(Event, actor))
    return list(db.session.scalars(query.order_by(Event.seq)))


def of_safe(actor: Actor, safe_id: str) -> Select[Event]:
    """Return the query for the events of one safe that `actor` holds, newest first."""
    return select(Event).where(Event.safe_id == safe_id, visible(Event, actor)).order_by(Event.seq.desc())


def of_network() -> Select[Event]:
    """Return the query for all events, newest first; the caller has asked `may_read_ledger`."""
    return select(Event).order_by(Event.seq.desc())


def details_of(actor: Actor, event: Event) -> dict[str, Any]:
    """Open the sealed details of `event`; {} when it has none. Raises the vault's errors when they were tampered with."""
    if event.opening_sealed is None or event.safe_id is None:
        return {}
    salt, noted = json.loads(actor.ring.open_note(event.safe_id, event.opening_sealed, row=str(event.seq)))
    if rules.commit(bytes.fromhex(salt), noted.encode()) != event.commitment:
        raise ValueError(f"row {event.seq} does not open to what it committed to")
    found: dict[str, Any] = json.loads(noted)
    return found


@dataclass(frozen=True)
class Fault:
    """Where the chain breaks and how."""

    seq: int
    what: str


def faults() -> Iterator[Fault]:
    """Yield every place where the rows, the chain and the signatures disagree; nothing when the ledger is whole.

    Rows missing at the very end cannot be seen from the rows alone: compare the last chain value with a noted one.
    """
    expected, number = rules.START, 0
    signers = {member: MemberPublic.from_bytes(public) for member, public in public_keys().items()}
    for event in db.session.scalars(select(Event).order_by(Event.seq).execution_options(yield_per=1000)):
        number += 1
        if event.seq != number:
            yield Fault(number, "a row is missing")
            number = event.seq
        row = event_row_bytes(event)
        if event.previous != expected:
            yield Fault(event.seq, "it does not follow the row before it")
        if rules.leaf_of(row) != event.leaf:
            yield Fault(event.seq, "its fields were changed")
        if rules.chain(event.previous, event.leaf) != event.chained:
            yield Fault(event.seq, "its chain value was changed")
        if not _signed(event, signers):
            yield Fault(event.seq, "it does not carry the signature of who acted")
        expected = event.chained


def _signed(event: Event, signers: Mapping[str, MemberPublic]) -> bool:
    if event.signature is None:
        # Refusals may meet a locked member, and a locked session may be ended; what was done otherwise is signed.
        return event.actor_id is None or event.result != "done" or event.verb in rules.UNSIGNED
    if event.actor_id is None or event.actor_id not in signers:
        return False
    try:
        verify(signers[event.actor_id], event.leaf, event.signature, purpose="ledger")
    except VaultError:
        return False
    return True
