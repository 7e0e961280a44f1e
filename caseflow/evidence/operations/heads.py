"""Heading files anew after a withdrawal: the headers change, the payloads are not touched."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select

from caseflow.evidence.belonging import NotWhole, demand_own, opened_key
from caseflow.evidence.models import File
from caseflow.evidence.operations.checking import note_check
from caseflow.kernel.announce import on
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, unscoped
from caseflow.keys.heading import Heading, Stale
from caseflow.keys.keyring import MemberKeyring
from caseflow.keys.models import Grant, Safe
from caseflow.vault import header as age_header

AT_ONCE = 500  # files that are headed within the act that took a key; the rest waits a moment
_WHY = unscoped("a new epoch heads every file of its safe, whoever sees it")


@on("keys.new_epoch")
def head_anew(safe_id: str, ring: MemberKeyring, **_facts: Any) -> None:
    """Seal the keys of a safe's files to its new key pair; of many files the first, `head_more` does the rest."""
    _head(_stale(File).where(File.safe_id == safe_id).limit(AT_ONCE), ring)


@on("keys.head_more")
def head_more(heading: Heading) -> None:
    """Head some of the files that wait in the safes this member holds, and tell how many."""
    mine = File.safe_id.in_(select(Grant.safe_id).where(Grant.member_id == heading.ring.member_id))
    heading.done += _head(_stale(File).where(mine).limit(heading.most), heading.ring)


@on("keys.count_stale")
def _count(stale: Stale) -> None:
    query = _stale(func.count(File.id))
    if stale.member_id is not None:
        query = query.where(File.safe_id.in_(select(Grant.safe_id).where(Grant.member_id == stale.member_id)))
    stale.files += db.session.scalar(query, execution_options=_WHY) or 0


def _stale(what: Any) -> Select[Any]:
    # What was found damaged waits for the backup, not for a header; once it is whole again, it is headed as well.
    waiting = File.epoch < Safe.epoch, File.intact.is_not(False)
    return select(what).join(Safe, Safe.id == File.safe_id).where(*waiting)


def _head(query: Select[Any], ring: MemberKeyring) -> int:
    files = list(db.session.scalars(query, execution_options=_WHY))
    ring.prepare(files)
    recipients: dict[str, tuple[int, str]] = {}
    for file in files:
        if file.safe_id not in recipients:
            epoch, secrets = ring.current(file.safe_id)
            recipients[file.safe_id] = (
                epoch,
                secrets.recipient,
            )  # of the keys themselves: the database could name another
        epoch, recipient = recipients[file.safe_id]
        try:
            file_key = opened_key(file, ring)
            if file.key_check_sealed is not None:
                demand_own(file, file_key, ring)
        except NotWhole:
            note_check(file, intact=False, by=None, at=now())  # one header that was spoilt keeps nobody in the safe
            continue
        file.header, file.epoch = age_header.seal_to(file_key, [recipient]), epoch
    db.session.flush()
    return len(files)
