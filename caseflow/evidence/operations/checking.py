"""Whether what is stored is still what was received; nobody needs to be signed in for that."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select

from caseflow.access.actor import Actor
from caseflow.evidence import store
from caseflow.evidence.models import File, Upload
from caseflow.kernel.db import db, unscoped
from caseflow.ledger import operations as ledger

_WHY = unscoped("fixity is checked on the sealed bytes, without opening anything")
_MANY = 500


def is_intact(payload: str, sha256: str) -> bool:
    """Re-read a sealed payload and compare its sum. Call it outside any transaction: a large file takes minutes.

    Raises `StoreDown` when the store does not answer: that says nothing about the payload.
    """
    return store.sha256_of(payload) == sha256


def note_check(file: File, *, intact: bool, by: Actor | None, at: datetime) -> None:
    """Keep the result of a check; damage, and what is whole again after it, is in the ledger."""
    changed = file.intact is not None and file.intact != intact
    file.checked_at, file.intact = at, intact
    if changed or not intact:
        result = "done" if intact else "failed"
        ledger.record("evidence.verify", by=by, at=at, about=file, public={"intact": intact}, result=result)


def due_for_check(*, at: datetime, most: int, older_than: timedelta = timedelta(days=30)) -> list[str]:
    """Return the ids of files never checked or not since `older_than`, longest unchecked first."""
    query = select(File.id).where(File.checked_at.is_(None) | (File.checked_at < at - older_than))
    query = query.order_by(File.checked_at.asc().nulls_first()).limit(most)
    return list(db.session.scalars(query, execution_options=_WHY))


def unreferenced(*, older_than: timedelta = timedelta(days=1)) -> list[str]:
    """Return the names of payloads and unfinished parts that were last written before and that no row points to."""
    lying = set(store.older_than(older_than))
    return sorted(lying - _known(lying))


def sweep(names: Iterable[str], *, at: datetime) -> int:
    """Remove what `unreferenced` found, unless a row came meanwhile; return how many."""
    found = set(names)
    removed = sum(store.sweep(name) for name in found - _known(found))
    if removed:
        ledger.record("evidence.sweep", by=None, at=at, about="evidence_files:", public={"removed": removed})
    return removed


def _known(names: set[str]) -> set[str]:
    known: set[str] = set()
    ordered = sorted(names)
    for start in range(0, len(ordered), _MANY):
        some = ordered[start : start + _MANY]
        for payload in (File.payload, Upload.payload):
            known.update(db.session.scalars(select(payload).where(payload.in_(some)), execution_options=_WHY))
    return known
