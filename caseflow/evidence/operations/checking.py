"""Whether what is stored is still what was received; nobody needs to be signed in for that."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import func, select

from caseflow.access.actor import Actor
from caseflow.access.safes import visible
from caseflow.evidence import store
from caseflow.evidence.models import File
from caseflow.kernel.db import db, unscoped
from caseflow.ledger import operations as ledger

_WHY = unscoped("fixity is checked on the sealed bytes, without opening anything")


def verify(file: File, *, by: Actor | None, at: datetime) -> bool:
    """Re-read the sealed payload and compare its SHA-256; keep and record the result, return whether it is intact."""
    sound = hashlib.sha256()
    try:
        with store.reading(file.payload) as payload:
            while piece := payload.read(1024 * 1024):
                sound.update(piece)
        intact = sound.hexdigest() == file.payload_sha256
    except FileNotFoundError:
        intact = False
    changed = file.intact is not None and file.intact != intact
    file.checked_at, file.intact = at, intact
    if changed or not intact:
        result = "done" if intact else "failed"
        ledger.record("evidence.verify", by=by, at=at, about=file, public={"intact": intact}, result=result)
    return intact


def damaged(by: Actor) -> int:
    """Return how many files that `by` may see failed their last check."""
    query = select(func.count()).select_from(File).where(visible(File, by), File.intact.is_(False))
    return db.session.scalar(query) or 0


def due_for_check(*, at: datetime, most: int, older_than: timedelta = timedelta(days=30)) -> list[str]:
    """Return the ids of files never checked or not since `older_than`, longest unchecked first."""
    query = select(File.id).where(File.checked_at.is_(None) | (File.checked_at < at - older_than))
    query = query.order_by(File.checked_at.asc().nulls_first()).limit(most)
    return list(db.session.scalars(query, execution_options=_WHY))


def sweep(*, at: datetime, older_than: timedelta = timedelta(days=1)) -> int:
    """Remove payloads and unfinished parts that no row points to since `older_than`; return how many."""
    removed = 0
    for name, path in list(store.older_than(older_than)):
        known = select(File.id).where(File.payload == name)
        if path.suffix or db.session.scalar(known, execution_options=_WHY) is None:
            path.unlink(missing_ok=True)
            removed += 1
    if removed:
        ledger.record("evidence.sweep", by=None, at=at, about="evidence_files:", public={"removed": removed})
    return removed
