"""Safes are made with the thing they protect, and their grants follow the facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select

from caseflow.access.actor import Actor, demand, unready
from caseflow.access.facts import gather
from caseflow.access.trust import present_keys
from caseflow.kernel.announce import announce
from caseflow.kernel.db import db
from caseflow.kernel.words import N_
from caseflow.keys.keyring import MemberKeyring, ring_of
from caseflow.keys.models import Grant, Safe, SafeEpoch, Unsettled
from caseflow.keys.rules import Facts, entitled
from caseflow.keys.told import untold
from caseflow.ledger import operations as ledger
from caseflow.vault.grants import SafeSecrets, chain, wrap
from caseflow.vault.keys import MemberPublic

_BATCH = 400
NOBODY_ENTITLED = N_(
    "Nobody could open this: there is no coordinator whose key counts. Tell the operator to run “flask keys trust”; nothing "
    "was changed."
)
NOT_HOLDER = N_("You hold no key to this safe, so you cannot give or take one.")


def new_safe(kind: str, *, by: Actor, at: datetime) -> Safe:
    """Make an empty safe of `kind` and put its secrets on the ring of `by`; call `settle` once the facts are set."""
    return new_safes(kind, 1, by=by, at=at)[0]


def new_safes(kind: str, count: int, *, by: Actor, at: datetime) -> list[Safe]:
    """Make several empty safes, as `new_safe` makes one: their rows are written together, which takes half the time."""
    demand(unready(by))
    ring = ring_of(by)
    safes = [Safe(kind=kind, epoch=1, made_at=at) for _number in range(count)]
    secrets = [SafeSecrets.generate() for _safe in safes]
    db.session.add_all(safes)
    db.session.flush()
    for safe, made in zip(safes, secrets, strict=True):
        db.session.add(SafeEpoch(safe_id=safe.id, epoch=1, recipient=made.recipient, previous_sealed=None, since=at))
        ring.hold(safe.id, 1, made)
    told = [
        ledger.Fact("keys.make_safe", safe, public={"kind": kind, "epoch": 1, "recipient": made.recipient})
        for safe, made in zip(safes, secrets, strict=True)
    ]
    ledger.record_many(told, by=by, at=at)
    return safes


def settle(safe_ids: Iterable[str], *, by: Actor, at: datetime) -> None:
    """Make the grants of the safes equal to who is entitled now: give what is missing, take what is too much.

    Taking starts a new epoch: a new key pair, wrapped to those who remain; files are headed anew by the room that
    keeps them. What was left waiting for these safes is done with it. Raises `NotPermitted` when something must change
    and `by` holds no grant herself.
    """
    demand(unready(by))
    wanted = list(dict.fromkeys(safe_ids))
    for start in range(0, len(wanted), _BATCH):
        _settle_batch(wanted[start : start + _BATCH], by=by, at=at)


def _settle_batch(safe_ids: Sequence[str], *, by: Actor, at: datetime) -> None:
    db.session.flush()
    facts = Facts(**gather(safe_ids)._asdict())
    held: dict[str, dict[str, Grant]] = {safe_id: {} for safe_id in safe_ids}
    for grant in db.session.scalars(select(Grant).where(Grant.safe_id.in_(safe_ids))):
        held[grant.safe_id][grant.member_id] = grant
    waiting: dict[str, list[Unsettled]] = {}
    for row in db.session.scalars(select(Unsettled).where(Unsettled.safe_id.in_(safe_ids))):
        waiting.setdefault(row.safe_id, []).append(row)
    plan = {safe_id: entitled(facts, safe_id) for safe_id in safe_ids}
    empty = next((safe_id for safe_id in safe_ids if not plan[safe_id]), None)
    demand(NOBODY_ENTITLED if empty else None, about=f"safes:{empty}")
    changed = [s for s in safe_ids if plan[s].keys() != held[s].keys() or s in waiting]
    if not changed:
        return
    ring = ring_of(by)
    ring.forget(safe_id for safe_id in changed if by.member_id in held[safe_id])
    ring.prepare(changed)
    publics = _public_keys({member for safe_id in changed for member in plan[safe_id]})
    safes = {safe.id: safe for safe in db.session.scalars(select(Safe).where(Safe.id.in_(changed)))}
    lost = {s: {row.member_id for row in waiting.get(s, ()) if row.lost} for s in changed}
    # Whoever gets a key has to be told of. A row of a grant is no sign that she had one: nobody has opened it.
    anew = {s for s in changed if lost[s] or held[s].keys() - plan[s].keys()}
    given = {s: plan[s].keys() - (set() if s in anew else held[s].keys()) - {by.member_id} for s in changed}
    doubted = untold(given, facts)
    told: list[ledger.Fact] = []
    for safe_id in changed:
        demand(None if ring.holds(safe_id) else NOT_HOLDER, about=f"safes:{safe_id}")
        for row in waiting.get(safe_id, ()):
            db.session.delete(row)
        if safe_id in doubted:
            public = {"members": sorted(doubted[safe_id])}
            ledger.record("keys.doubt", by=by, at=at, about=safes[safe_id], public=public, result="failed")
        believed = {
            member: reason for member, reason in plan[safe_id].items() if member not in doubted.get(safe_id, ())
        }
        demand(None if believed else NOBODY_ENTITLED, about=f"safes:{safe_id}")
        told += _settle_one(safes[safe_id], held[safe_id], believed, lost[safe_id], publics, by=by, at=at)
    ledger.record_many(told, by=by, at=at)
    db.session.flush()


def _settle_one(
    safe: Safe,
    held: dict[str, Grant],
    plan: dict[str, str],
    lost: set[str],
    publics: dict[str, MemberPublic],
    *,
    by: Actor,
    at: datetime,
) -> list[ledger.Fact]:
    """Settle one safe and return the grants that are to be told of, those of a new epoch being told already.

    `lost` are members whose grants went before, so that the epoch they knew is still to end.
    """
    ring = ring_of(by)
    surplus, missing = held.keys() - plan.keys(), plan.keys() - held.keys()
    receivers = set(missing)
    if surplus or lost:
        _start_epoch(safe, ring, at=at)
        for grant in held.values():
            db.session.delete(grant)
        db.session.flush()
        receivers = set(plan)
    for member in sorted(receivers):
        _grant(safe, member, plan[member], publics[member], ring, at=at)
    for member in sorted(surplus | lost):
        recipient = ring.current(safe.id)[1].recipient
        public = {"member": member, "epoch": safe.epoch, "recipient": recipient}
        ledger.record("keys.withdraw", by=by, at=at, about=safe, public=public)
    told = [
        ledger.Fact("keys.grant", safe, public={"member": member, "reason": plan[member], "epoch": safe.epoch})
        for member in sorted(missing)
    ]
    if not (surplus or lost):
        return told
    ledger.record_many(told, by=by, at=at)
    announce("keys.taken", members=sorted(surplus | lost))
    announce("keys.new_epoch", safe_id=safe.id, epoch=safe.epoch, ring=ring, by=by, at=at)
    return []


def _start_epoch(safe: Safe, ring: MemberKeyring, *, at: datetime) -> None:
    before_epoch, before = ring.current(safe.id)
    if before_epoch != safe.epoch:
        raise RuntimeError(f"safe {safe.id} is at epoch {safe.epoch}, the grant at {before_epoch}")
    safe.epoch += 1
    secrets = SafeSecrets.generate()
    link = chain(before, secrets, ring.chain_context(safe.id, safe.epoch))
    db.session.add(
        SafeEpoch(safe_id=safe.id, epoch=safe.epoch, recipient=secrets.recipient, previous_sealed=link, since=at)
    )
    ring.hold(safe.id, safe.epoch, secrets)


def _grant(safe: Safe, member: str, reason: str, public: MemberPublic, ring: MemberKeyring, *, at: datetime) -> None:
    epoch, secrets = ring.current(safe.id)
    sealed = wrap(secrets, to=public, context=ring.context(safe.id, epoch, reason, member), grantor=ring.keys)
    db.session.add(
        Grant(
            safe_id=safe.id,
            member_id=member,
            epoch=epoch,
            wrapped=sealed.wrapped,
            signature=sealed.signature,
            grantor_id=ring.member_id,
            reason=reason,
            at=at,
        )
    )


def _public_keys(members: Iterable[str]) -> dict[str, MemberPublic]:
    known, wanted = present_keys(), set(members)
    return {member: MemberPublic.from_bytes(public) for member, (_role, public) in known.items() if member in wanted}
