"""Somebody looks at a file, takes a copy, or takes the key of a safe away with her."""

from __future__ import annotations

import io
from datetime import datetime
from typing import cast

from caseflow.access import evidence as policy
from caseflow.access.actor import Actor, demand
from caseflow.evidence import store
from caseflow.evidence.models import File
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.keys.keyring import MemberKeyring
from caseflow.keys.models import Safe
from caseflow.ledger import operations as ledger
from caseflow.vault import header as age_header
from caseflow.vault.reading import PayloadReader

GONE = N_("The sealed file is not in the store. A coordinator has been told; tell the operator to look at the backup.")


def hand_out(file: File, *, how: str, by: Actor, at: datetime) -> io.RawIOBase:
    """Return the opened file, seekable and authenticated piece by piece; `how` is view | download | sealed.

    The looking or taking is in the ledger before the first byte leaves. Raises `RuleBroken` when the payload is gone.
    """
    demand(policy.may_download(by, file), about=ledger.name_of(file))
    try:
        payload = store.reading(file.payload)
    except FileNotFoundError:
        raise RuleBroken(GONE, about=ledger.name_of(file)) from None
    ledger.record(
        "evidence.view" if how == "view" else "evidence.download", by=by, at=at, about=file, public={"how": how}
    )
    if how == "sealed":
        return cast(io.RawIOBase, payload)
    ring = cast(MemberKeyring, by.ring)
    file_key = age_header.open(file.header, [ring.file_identity(file.safe_id, file.epoch)])
    return PayloadReader(payload, file_key)


def export_key(safe: Safe, *, by: Actor, at: datetime) -> str:
    """Return the `AGE-SECRET-KEY-1…` of the safe's present epoch: whoever has it opens every file of the safe."""
    demand(policy.may_export_key(by), about=ledger.name_of(safe))
    ring = cast(MemberKeyring, by.ring)
    demand(None if ring.holds(safe.id) else N_("You hold no key to this safe."), about=ledger.name_of(safe))
    ledger.record("evidence.export_key", by=by, at=at, about=safe, public={"epoch": safe.epoch})
    return str(ring.file_identity(safe.id, safe.epoch))
