"""Whether who holds a key is who should."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, distinct, func, select

from caseflow.access.facts import everybody, gather
from caseflow.access.trust import anchor, keys_ever
from caseflow.kernel.announce import announce
from caseflow.kernel.db import Base, Sealed, db, unscoped
from caseflow.kernel.instance import instance
from caseflow.keys.heading import Stale
from caseflow.keys.keyring import EPOCH_BYTES
from caseflow.keys.models import Grant, KeyConfirmation, Safe, SafeEpoch, Unsettled
from caseflow.keys.rules import Facts, entitled
from caseflow.keys.told import is_renewal, told_epochs, untold
from caseflow.ledger.models import Event, told_in
from caseflow.ledger.signers import member_keys
from caseflow.vault.errors import VaultError
from caseflow.vault.grants import GrantContext, SealedGrant, verify_grant
from caseflow.vault.keys import MemberPublic

_BATCH = 400


@dataclass(frozen=True)
class Waiting:
    """What access does not wait for: safes whose keys, and files whose headers, have yet to be renewed; since when."""

    safes: int
    files: int
    since: datetime | None


def waiting(member_id: str | None = None) -> Waiting:
    """Return what waits in the whole network, or what `member_id` can do of it."""
    rows = select(func.count(distinct(Unsettled.safe_id)), func.min(Unsettled.at))
    if member_id is not None:
        rows = rows.where(Unsettled.safe_id.in_(select(Grant.safe_id).where(Grant.member_id == member_id)))
    safes, since = db.session.execute(rows).one()
    stale = Stale(member_id)
    announce("keys.count_stale", stale=stale)
    return Waiting(safes, stale.files, since)


def waiting_for(member_id: str) -> Select[str]:
    """Return the query for the ids of waiting safes that this member holds, the longest waiting first."""
    mine = (Grant.safe_id == Unsettled.safe_id) & (Grant.member_id == member_id)
    return select(Unsettled.safe_id).join(Grant, mine).group_by(Unsettled.safe_id).order_by(func.min(Unsettled.at))


def held_by_nobody_else(member_id: str) -> int:
    """Return how many safes only this member can open."""
    alone = select(Grant.safe_id).group_by(Grant.safe_id).having(func.count() == 1)
    mine = select(func.count()).where(Grant.member_id == member_id, Grant.safe_id.in_(alone))
    return db.session.scalar(mine) or 0


def faults() -> Iterator[str]:
    """Yield a sentence for everything that is wrong with the keys; nothing when all is well.

    Every member who is entitled to a safe holds a grant, of the safe's present epoch and signed by somebody whose key
    is known; nobody else holds one; nothing lies in a safe that nobody can open. Nothing is opened for this. What waits
    to be settled is no fault: `waiting` tells it.
    """
    if anchor() is None:
        yield "the anchor of the keys is missing: no key counts until `flask keys trust` has written it"
        return
    publics, names = keys_ever(), everybody()
    yield from _confirmations(publics, names)
    safes = list(db.session.scalars(select(Safe).order_by(Safe.id)))
    noted = {(safe, member) for safe, member in db.session.execute(select(Unsettled.safe_id, Unsettled.member_id))}
    for start in range(0, len(safes), _BATCH):
        batch = {safe.id: safe for safe in safes[start : start + _BATCH]}
        facts = Facts(**gather(batch)._asdict())
        plan = {safe_id: entitled(facts, safe_id) for safe_id in batch}
        held: dict[str, dict[str, Grant]] = {safe_id: {} for safe_id in batch}
        for grant in db.session.scalars(select(Grant).where(Grant.safe_id.in_(batch))):
            held[grant.safe_id][grant.member_id] = grant
        yield from _epochs(batch)
        for safe_id, members in untold(plan, facts).items():
            told = ", ".join(sorted(names.get(member, member) for member in members))
            yield f"the ledger does not tell why {told} is entitled to safe {safe_id}"
        for safe_id, safe in batch.items():
            yield from _safe(safe, held[safe_id], plan[safe_id], noted, publics, names)
    yield from _forgotten(names)
    yield from _ahead({safe.id: safe.epoch for safe in safes})


def _forgotten(names: dict[str, str]) -> Iterator[str]:
    """Yield the safes that were to be renewed when all was taken from somebody, were not, and do not wait for it any more."""
    taken = select(Event.subject).where(Event.verb == "keys.take_all", Event.result == "done", Event.seq >= 1)
    leavers = {subject.partition(":")[2] for subject in db.session.scalars(taken)}
    if not leavers:
        return
    verbs = Event.verb.in_(("keys.grant", "keys.withdraw", "keys.take_all"))
    rows = select(Event).where(verbs, Event.result == "done", Event.seq >= 1).order_by(Event.seq)
    keys = member_keys()[0]
    held: dict[str, set[str]] = {member: set() for member in leavers}
    due: dict[str, set[str]] = {}  # safe -> whose keys it was to lose
    for event in db.session.scalars(rows.execution_options(yield_per=_BATCH)):
        subject, member = event.subject.partition(":")[2], str(told_in(event.public).get("member"))
        if event.verb == "keys.take_all":
            for safe in held.get(subject, ()):
                due.setdefault(safe, set()).add(subject)
            held[subject] = set()
        elif event.verb == "keys.grant" and member in leavers:
            held[member].add(subject)
        elif event.verb == "keys.withdraw" and (subject in due or member in leavers) and is_renewal(event, keys):
            due.pop(subject, None)  # a new epoch is one for everybody who had gone before
            held.get(member, set()).discard(subject)
    waits = {
        (s, m) for s, m in db.session.execute(select(Unsettled.safe_id, Unsettled.member_id).where(Unsettled.lost))
    }
    for safe, members in sorted(due.items()):
        for member in sorted(member for member in members if (safe, member) not in waits):
            yield f"safe {safe} was to be renewed when the keys of {names.get(member, member)} were taken, and does not wait for it"


def _epochs(safes: dict[str, Safe]) -> Iterator[str]:
    """Compare the epochs of some safes with what the ledger told when they were made."""
    rows = select(SafeEpoch.safe_id, SafeEpoch.epoch, SafeEpoch.recipient).where(SafeEpoch.safe_id.in_(safes))
    there = {(safe_id, epoch): recipient for safe_id, epoch, recipient in db.session.execute(rows)}
    told = told_epochs(safes)
    by_ledger = {(safe_id, epoch): made for safe_id, epochs in told.items() for epoch, made in epochs.items()}
    for key in sorted(there.keys() | by_ledger.keys()):
        safe_id, epoch = key
        if epoch > safes[safe_id].epoch:
            yield f"safe {safe_id} is at epoch {safes[safe_id].epoch}, but there was an epoch {epoch}: rows were put back"
        elif key not in by_ledger:
            if safe_id in told:
                yield f"safe {safe_id} has an epoch {epoch} of which the ledger does not tell"
        elif by_ledger[key] not in (None, there.get(key)):
            yield f"safe {safe_id} has another recipient at epoch {epoch} than the ledger told"
    for safe_id, safe in safes.items():
        if any((safe_id, epoch) not in there for epoch in range(1, safe.epoch + 1)):
            yield f"safe {safe_id} is at epoch {safe.epoch}, but not every epoch up to it is there"


def _safe(
    safe: Safe,
    held: dict[str, Grant],
    plan: dict[str, str],
    noted: set[tuple[str, str]],
    publics: dict[str, list[bytes]],
    names: dict[str, str],
) -> Iterator[str]:
    for member in sorted(plan.keys() - held.keys()):
        if (safe.id, member) not in noted:
            yield f"{names[member]} is entitled to safe {safe.id} ({plan[member]}) and holds no grant"
    for member in sorted(held.keys() - plan.keys()):
        yield f"{names.get(member, member)} holds a grant of safe {safe.id} without being entitled to it"
    for grant in held.values():
        yield from _grant(grant, safe, publics, names)
    if not held:
        yield from _unopenable(safe)


def _guarded() -> list[Any]:
    """Return the classes of everything that lives in a safe."""
    found = (mapper.class_ for mapper in Base.registry.mappers if getattr(mapper.class_, "__guarded__", False))
    return sorted(found, key=lambda model: str(model.__tablename__))


_EVERYTHING = unscoped("the check of the keys counts what lies in safes and opens nothing")


def _unopenable(safe: Safe) -> Iterator[str]:
    inside = {
        model.__tablename__: db.session.scalar(
            select(func.count()).select_from(model).where(model.safe_id == safe.id), execution_options=_EVERYTHING
        )
        for model in _guarded()
    }
    told = ", ".join(f"{number} of {table}" for table, number in inside.items() if number) or "nothing yet"
    yield f"nobody holds a key to safe {safe.id} ({safe.kind}): nobody can open what lies in it ({told})"


def _ahead(epochs: dict[str, int]) -> Iterator[str]:
    """Yield what was sealed for an epoch that its safe does not have: no key for it exists."""
    for model in _guarded():
        columns = [column for column in model.__table__.columns if isinstance(column.type, Sealed)]
        if hasattr(model, "header") and hasattr(model, "epoch"):
            rows = select(model.id, model.safe_id, model.epoch)
            for key, safe_id, epoch in db.session.execute(rows, execution_options=_EVERYTHING):
                if not 1 <= epoch <= epochs.get(safe_id, 0):
                    yield f"{model.__tablename__} {key} has the header of epoch {epoch}, which safe {safe_id} does not have"
        for column in columns:
            head = func.substr(column, 1, EPOCH_BYTES)
            rows = select(model.id, model.safe_id, head).where(column.is_not(None))
            for key, safe_id, found in db.session.execute(rows, execution_options=_EVERYTHING):
                if not 1 <= int.from_bytes(bytes(found)) <= epochs.get(safe_id, 0):
                    epoch = int.from_bytes(bytes(found))
                    yield f"{column} of {key} is sealed for epoch {epoch}, which safe {safe_id} does not have"


def _grant(grant: Grant, safe: Safe, publics: dict[str, list[bytes]], names: dict[str, str]) -> Iterator[str]:
    whose = f"the grant of {names.get(grant.member_id, grant.member_id)} for safe {safe.id}"
    if grant.epoch != safe.epoch:
        yield f"{whose} is of epoch {grant.epoch}, the safe is at {safe.epoch}"
    context = GrantContext(
        instance=instance(), safe=grant.safe_id, epoch=grant.epoch, member=grant.member_id, reason=grant.reason
    )
    if grant.member_id not in publics or grant.grantor_id not in publics:
        yield f"{whose} is to or from somebody without a key"
        return
    sealed = SealedGrant(grant.wrapped, grant.signature)
    to = MemberPublic.from_bytes(publics[grant.member_id][0])
    if not any(_made_by(sealed, to, context, signer) for signer in publics[grant.grantor_id]):
        yield f"{whose} does not carry the signature of {names.get(grant.grantor_id, grant.grantor_id)}"


def _made_by(sealed: SealedGrant, to: MemberPublic, context: GrantContext, signer: bytes) -> bool:
    try:
        grantor = MemberPublic.from_bytes(signer)
        verify_grant(sealed, member_public=to, context=context, grantor_public=grantor)
    except VaultError:
        return False
    return True


def _confirmations(publics: dict[str, list[bytes]], names: dict[str, str]) -> Iterator[str]:
    for confirmation in db.session.scalars(select(KeyConfirmation).order_by(KeyConfirmation.member_id)):
        if confirmation.public not in publics.get(confirmation.member_id, ()):
            yield (
                f"the confirmation of {names.get(confirmation.member_id, confirmation.member_id)}'s key does not carry the "
                "signature of a coordinator whose key counts"
            )
