"""Somebody looks at a file, takes a copy, or takes the key of a safe away with her."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from caseflow.access import evidence as policy
from caseflow.access.actor import Actor, demand
from caseflow.access.safes import visible
from caseflow.evidence.belonging import CHANGED, NotWhole, demand_own, open_payload, opened_key
from caseflow.evidence.models import File
from caseflow.evidence.stores import Payload
from caseflow.kernel.db import db
from caseflow.kernel.words import N_
from caseflow.keys.keyring import ring_of
from caseflow.keys.models import Safe
from caseflow.ledger import operations as ledger
from caseflow.ledger.models import Event
from caseflow.vault.errors import VaultError
from caseflow.vault.reading import PayloadReader

ONE_LOOK = timedelta(minutes=15)


class Opened(PayloadReader):
    """The plaintext of a stored payload; closing it closes the payload too."""

    def __init__(self, payload: Payload, file_key: bytes) -> None:
        self._payload = payload
        super().__init__(payload, file_key)

    def close(self) -> None:
        """Close both."""
        self._payload.close()
        super().close()


def hand_out(
    file: File,
    *,
    how: str,
    payload: Payload | None = None,
    goes_on: bool = False,
    recognised: str | None = None,
    by: Actor,
    at: datetime,
) -> Payload | Opened:
    """Return the opened file, seekable and authenticated piece by piece; `how` is view | download | sealed | examine.

    The looking or taking is in the ledger before the first byte leaves. A player asks for a film piece by piece: what
    `goes_on` after its beginning within `ONE_LOOK` belongs to the look that is noted already. `payload` is what
    `open_payload` gave before the transaction; whoever gave it closes it when this raises. `recognised` is what
    `recognise` said of a file from before rows kept a check of their key. Raises `NotWhole` when the payload is gone,
    has another length than what was sealed, does not open at its end, or is not the one that was received.
    """
    demand(policy.may_download(by, file), about=ledger.name_of(file))
    ring = ring_of(by)
    if recognised is not None and file.key_check_sealed is None:
        ring.seal(file, key_check=recognised)
    file_key = opened_key(file, ring)
    demand_own(file, file_key, ring)
    payload = open_payload(file) if payload is None else payload
    source = payload if how == "sealed" else _opened(file, payload, file_key)
    if not (goes_on and noted(file, how, by=by, since=at - ONE_LOOK)):
        ledger.record(_verb(how), by=by, at=at, about=file, public={"how": how})
    return source


def noted(file: File, how: str, *, by: Actor, since: datetime) -> bool:
    """Tell whether the ledger has noted since then that `by` looked at the file, or took it."""
    looks = select(Event.seq).where(Event.subject == ledger.name_of(file), Event.verb == _verb(how))
    hers = looks.where(Event.actor_id == by.member_id, Event.result == "done", Event.at > since, visible(Event, by))
    return db.session.scalar(hers.limit(1)) is not None


def note_damage(file: File, *, how: str, by: Actor, at: datetime) -> None:
    """Keep that handing out failed because the payload is gone or was changed: desks and custody show it."""
    file.checked_at, file.intact = at, False
    ledger.record(_verb(how), by=by, at=at, about=file, public={"how": how, "intact": False}, result="failed")


def _opened(file: File, payload: Payload, file_key: bytes) -> Opened:
    try:
        return Opened(payload, file_key)
    except (VaultError, OSError):
        payload.close()
        raise NotWhole(CHANGED, about=ledger.name_of(file)) from None


def _verb(how: str) -> str:
    return {"view": "evidence.view", "examine": "evidence.examine"}.get(how, "evidence.download")


def export_key(safe: Safe, *, by: Actor, at: datetime) -> str:
    """Return the `AGE-SECRET-KEY-1…` of the safe's present epoch: whoever has it opens every file of the safe."""
    demand(policy.may_export_key(by), about=ledger.name_of(safe))
    ring = ring_of(by)
    demand(None if ring.renew(safe.id) else N_("You hold no key to this safe."), about=ledger.name_of(safe))
    ledger.record("evidence.export_key", by=by, at=at, about=safe, public={"epoch": safe.epoch})
    return str(ring.file_identity(safe.id, safe.epoch))
