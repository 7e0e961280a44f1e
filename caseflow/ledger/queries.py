"""Reading the ledger: one safe's history, one thing's history, and the bytes of a row."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select

from caseflow.access.actor import Actor
from caseflow.access.safes import visible
from caseflow.kernel.db import db
from caseflow.kernel.instance import instance
from caseflow.ledger import rules
from caseflow.ledger.models import Event


def event_row_bytes(event: Event) -> bytes:
    """Return the exact bytes of a row, over which its leaf was computed."""
    return rules.row_bytes(
        version=event.version,
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
        opening=event.opening_sealed,
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


def alarm(*, at: datetime) -> Event | None:
    """Return the last row of the past day and a half by which the ledger or the keys were said not to be whole.

    It is looked for among the last 10,000 rows; the daily check says it again for as long as it is true.
    """
    last = select(func.max(Event.seq)).scalar_subquery()
    said = select(Event).where(Event.seq > last - 10_000, Event.verb.like("ledger.%") | (Event.verb == "keys.check"))
    said = said.where(Event.result == "failed")
    return db.session.scalar(said.where(Event.at > at - timedelta(hours=36)).order_by(Event.seq.desc()).limit(1))


def details_of(actor: Actor, event: Event) -> dict[str, Any]:
    """Open the sealed details of `event`; {} when it has none. Raises the vault's errors when they were tampered with."""
    if event.opening_sealed is None or event.safe_id is None:
        return {}
    salt, noted = json.loads(actor.ring.open_note(event.safe_id, event.opening_sealed, row=str(event.seq)))
    if rules.commit(bytes.fromhex(salt), noted.encode()) != event.commitment:
        raise ValueError(f"row {event.seq} does not open to what it committed to")
    found: dict[str, Any] = json.loads(noted)
    return found
