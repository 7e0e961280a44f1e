"""What takes two coordinators: one asks, another decides, and both sign the same facts."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from itertools import product

from sqlalchemy import func, select

from caseflow.access import network as policy
from caseflow.access.actor import Actor, Role, demand
from caseflow.access.facts import able_members
from caseflow.access.trust import keys_ever, present_keys
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.instance import instance
from caseflow.kernel.words import N_
from caseflow.keys.models import Approval
from caseflow.ledger import operations as ledger
from caseflow.ledger.models import Event
from caseflow.ledger.signers import member_keys, signer_of
from caseflow.vault.errors import VaultError
from caseflow.vault.fields import fields
from caseflow.vault.keys import MemberPublic, verify

VALID_FOR = timedelta(days=7)
RIPENS = timedelta(days=3)
COORDINATOR, NEW_IDENTITY, ORGANISATION_KEY, USE_KEY = "coordinator", "new_identity", "organisation_key", "use_key"
GIVEN = ("approved", "alone")
_PURPOSE = "approval"


def ask_approval(kind: str, subject: str, *, facts: bytes, by: Actor, at: datetime) -> Approval:
    """Ask the other coordinators for something; the answer is given already ("alone") where there is none.

    `facts` are what is approved, byte for byte. Where the only other coordinator is the one it is about, it `ripens`. What
    she has asked for already goes on waiting; an earlier request of somebody else or for other facts is replaced.
    """
    demand(policy.may_ask_approval(by), about=subject)
    for earlier in db.session.scalars(select(Approval).where(Approval.subject == subject, Approval.verdict.is_(None))):
        if earlier.kind == kind and _still_asked(earlier, facts, by=by, at=at):
            return earlier
        if earlier.kind == kind:
            earlier.verdict, earlier.decided_by_id, earlier.decided_at = "withdrawn", by.member_id, at
    approval = Approval(
        kind=kind,
        subject=subject,
        bound=hashlib.sha256(facts).digest(),
        asked_by_id=by.member_id,
        asked_at=at,
        expires_at=at + VALID_FOR,
    )
    approval.asked_signature = by.ring.sign(_signed(approval, "asked"), purpose=_PURPOSE)
    db.session.add(approval)
    db.session.flush()
    public = {"kind": kind, "subject": subject}
    if not who_can_decide(by.member_id):
        _give(approval, "alone", by=by, at=at)
        public["verdict"] = "alone"
    db.session.flush()
    ledger.record("keys.ask_approval", by=by, at=at, about=approval, public=public)
    return approval


def decide(approval: Approval, *, approve: bool, by: Actor, at: datetime) -> None:
    """Approve or decline what another coordinator asked for. Raises `RuleBroken` when it is too late."""
    demand(policy.may_decide(by, approval), about=ledger.name_of(approval))
    if approval.expires_at <= at:
        raise RuleBroken(N_("Nobody decided within seven days. It has to be asked for anew."), about=approval.subject)
    if _signer(approval, approval.asked_by_id, approval.asked_signature, "asked", True) is None:
        raise RuleBroken(N_("The request does not carry the signature of who asked."), about=ledger.name_of(approval))
    _give(approval, "approved" if approve else "declined", by=by, at=at)
    db.session.flush()
    public = {"kind": approval.kind, "subject": approval.subject, "verdict": approval.verdict}
    ledger.record("keys.decide", by=by, at=at, about=approval, public=public)


def use_approval(kind: str, subject: str, *, facts: bytes, by: Actor, at: datetime) -> Approval:
    """Use up the approval of exactly these facts; raise `RuleBroken` where there is none that still holds.

    Both signatures are checked, and that both who signed are coordinators now.
    """
    demand(policy.may_ask_approval(by))
    _ripen(kind, subject, facts=facts, by=by, at=at)
    for approval in given(kind, subject, facts=facts):
        fresh = approval.used_at is None and approval.expires_at > at and not _used(approval)
        if fresh and is_genuine(approval):
            approval.used_at = at
            public = {"kind": kind, "subject": subject}
            ledger.record("keys.use_approval", by=by, at=at, about=approval, public=public)
            return approval
    raise RuleBroken(N_("A second coordinator has not approved this, or too long ago."), about=subject)


def ripe(kind: str, subject: str, *, facts: bytes, by: Actor, at: datetime) -> Approval | None:
    """Return what `by` asked for three days ago and only the member it is about could decide, who has not come since.

    Otherwise one of two coordinators could never help the other; by signing in she stops it.
    """
    concerned = _concerned(kind, subject)
    if concerned is None or who_can_decide(by.member_id, concerned):
        return None
    query = select(Approval).where(
        Approval.kind == kind,
        Approval.subject == subject,
        Approval.asked_by_id == by.member_id,
        Approval.verdict.is_(None),
    )
    bound = hashlib.sha256(facts).digest()
    for approval in db.session.scalars(query.where(Approval.expires_at > at)):
        asked_at = _told_at(approval) if approval.bound == bound else None
        if asked_at is None or at - asked_at < RIPENS:
            continue
        came = select(Event.seq).where(Event.actor_id == concerned, Event.verb.like("entrance.%"), Event.at >= asked_at)
        if db.session.scalar(came.limit(1)) is None:
            return approval
    return None


def _told_at(approval: Approval) -> datetime | None:
    """Return when the ledger was told of a request; None where no coordinator's signed row tells of it.

    What the asker says of the time is her word alone: the row cannot be older than any row before it.
    """
    rows = select(Event).where(
        Event.subject == ledger.name_of(approval), Event.verb == "keys.ask_approval", Event.result == "done"
    )
    signers = member_keys()[0]
    for row in db.session.scalars(rows.where(Event.seq >= 1).order_by(Event.seq)):
        signer = signer_of(row, signers)
        if signer is not None and signer.coordinator and row.actor_id == approval.asked_by_id:
            return db.session.scalar(select(func.max(Event.at)).where(Event.seq <= row.seq))
    return None


def _ripen(kind: str, subject: str, *, facts: bytes, by: Actor, at: datetime) -> None:
    approval = ripe(kind, subject, facts=facts, by=by, at=at)
    if approval is None:
        return
    _give(approval, "alone", by=by, at=at)
    db.session.flush()
    public = {"kind": kind, "subject": subject, "verdict": "alone"}
    ledger.record("keys.decide", by=by, at=at, about=approval, public=public)


def _still_asked(earlier: Approval, facts: bytes, *, by: Actor, at: datetime) -> bool:
    same = (earlier.asked_by_id, earlier.bound) == (by.member_id, hashlib.sha256(facts).digest())
    return same and earlier.expires_at > at and bool(who_can_decide(by.member_id))


def _concerned(kind: str, subject: str) -> str | None:
    return subject.partition(":")[2] if kind in (NEW_IDENTITY, USE_KEY) else None


def _used(approval: Approval) -> bool:
    """Tell whether the ledger knows that this approval was used: the column could have been set back."""
    rows = select(Event.seq).where(
        Event.subject == ledger.name_of(approval), Event.verb == "keys.use_approval", Event.result == "done"
    )
    return db.session.scalar(rows.limit(1)) is not None


def was_used(kind: str, subject: str, *, facts: bytes | None = None) -> Approval | None:
    """Return the last approval of a thing (of exactly these facts, if given) that a coordinator's signed row says was used.

    Whoever used it was asked then whether it held; the signatures of those who gave it are looked at once more.
    """
    signers = member_keys()[0]
    query = select(Approval).where(Approval.kind == kind, Approval.subject == subject, Approval.verdict.in_(GIVEN))
    for approval in db.session.scalars(query.order_by(Approval.asked_at.desc())):
        if facts is not None and approval.bound != hashlib.sha256(facts).digest():
            continue
        rows = select(Event).where(
            Event.subject == ledger.name_of(approval), Event.verb == "keys.use_approval", Event.result == "done"
        )
        users = (signer_of(event, signers) for event in db.session.scalars(rows.where(Event.seq >= 1)))
        if any(user is not None and user.coordinator for user in users) and _are_signed(approval):
            return approval
    return None


def given(kind: str, subject: str, *, facts: bytes) -> list[Approval]:
    """Return the approvals of exactly these facts, the newest first."""
    query = select(Approval).where(Approval.kind == kind, Approval.subject == subject, Approval.verdict.in_(GIVEN))
    found = db.session.scalars(query.order_by(Approval.asked_at.desc()))
    return [approval for approval in found if approval.bound == hashlib.sha256(facts).digest()]


def is_genuine(approval: Approval, *, present: bool = True) -> bool:
    """Tell whether an approval carries the signatures of who asked and who decided, and they are two unless alone.

    With `present` both must be coordinators now; without, it is enough that they were. What somebody decided alone counts
    only for as long as nobody else could have been asked.
    """
    if approval.verdict not in GIVEN or approval.decided_by_id is None or approval.decided_signature is None:
        return False
    if not _are_signed(approval, present=present):
        return False
    alone = approval.verdict == "alone"
    return not alone or not who_can_decide(approval.asked_by_id, _concerned(approval.kind, approval.subject))


def _are_signed(approval: Approval, *, present: bool = False) -> bool:
    """Tell whether who asked and who decided have signed, and are two unless it was one alone."""
    asked = _signer(approval, approval.asked_by_id, approval.asked_signature, "asked", present)
    decided = _signer(
        approval, approval.decided_by_id or "", approval.decided_signature or b"", approval.verdict or "", present
    )
    if asked is None or decided is None:
        return False
    return (asked == decided) == (approval.verdict == "alone")


def who_can_decide(asked_by: str, concerns: str | None = None) -> list[str]:
    """Return the ids of the coordinators who could decide what `asked_by` asks for."""
    coordinators = (member for member, role in able_members().items() if role is Role.COORDINATOR)
    return sorted(set(coordinators) - {asked_by, concerns})


def _give(approval: Approval, verdict: str, *, by: Actor, at: datetime) -> None:
    approval.verdict, approval.decided_by_id, approval.decided_at = verdict, by.member_id, at
    approval.decided_signature = by.ring.sign(_signed(approval, verdict), purpose=_PURPOSE)


def _signed(approval: Approval, verdict: str) -> bytes:
    return fields(
        "caseflow/v2/approval", instance(), approval.id, approval.kind, approval.subject, approval.bound,
        approval.asked_at.isoformat(), approval.expires_at.isoformat(), verdict,
    )  # fmt: skip


def _signed_before(approval: Approval, verdict: str) -> bytes:
    # What was approved before times were signed, too. It counts for a key that is in use, never for an act to come.
    return fields(
        "caseflow/v1/approval", instance(), approval.id, approval.kind, approval.subject, approval.bound, verdict
    )


def _signer(approval: Approval, member_id: str, signature: bytes, verdict: str, present: bool) -> str | None:
    """Return the id of the member if the signature is hers as a coordinator (who is one now, if `present`), else None."""
    if present:
        role, key = present_keys().get(member_id, (None, b""))
        known, messages = [key] if role is Role.COORDINATOR else [], [_signed(approval, verdict)]
    else:
        known = keys_ever([member_id], role=Role.COORDINATOR).get(member_id, [])
        messages = [_signed(approval, verdict), _signed_before(approval, verdict)]
    for public, message in product(known, messages):
        try:
            verify(MemberPublic.from_bytes(public), message, signature, purpose=_PURPOSE)
        except VaultError:
            continue
        return member_id
    return None
