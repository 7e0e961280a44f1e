"""What takes two coordinators: one asks, another decides, and both sign the same facts."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import select

from caseflow.access import network as policy
from caseflow.access.actor import Actor, Role, demand
from caseflow.access.facts import able_members, keys_ever
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.keys.models import Approval
from caseflow.ledger import operations as ledger
from caseflow.ledger.queries import instance
from caseflow.vault.errors import VaultError
from caseflow.vault.fields import fields
from caseflow.vault.keys import MemberPublic, verify

VALID_FOR = timedelta(days=7)
COORDINATOR, NEW_IDENTITY, ORGANISATION_KEY, USE_KEY = "coordinator", "new_identity", "organisation_key", "use_key"
GIVEN = ("approved", "alone")
_PURPOSE = "approval"


def ask_approval(
    kind: str, subject: str, *, facts: bytes, concerns: str | None = None, by: Actor, at: datetime
) -> Approval:
    """Ask the other coordinators for something; the answer is given already ("alone") where there is none.

    `facts` are what is approved, byte for byte; `concerns` is a member who cannot decide because it is about her. An
    earlier open request for the same thing is replaced.
    """
    demand(policy.may_ask_approval(by))
    for earlier in db.session.scalars(select(Approval).where(Approval.subject == subject, Approval.verdict.is_(None))):
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
    public = {"kind": kind, "subject": subject}
    if not who_can_decide(by.member_id, concerns):
        _give(approval, "alone", by=by, at=at)
        public["verdict"] = "alone"
    db.session.add(approval)
    db.session.flush()
    ledger.record("keys.ask_approval", by=by, at=at, about=approval, public=public)
    return approval


def decide(approval: Approval, *, approve: bool, by: Actor, at: datetime) -> None:
    """Approve or decline what another coordinator asked for. Raises `RuleBroken` when it is too late."""
    demand(policy.may_decide(by, approval), about=ledger.name_of(approval))
    if approval.expires_at <= at:
        raise RuleBroken(N_("Nobody decided within seven days. It has to be asked for anew."), about=approval.subject)
    if _signer(approval.asked_by_id, approval.asked_signature, _signed(approval, "asked"), True) is None:
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
    for approval in given(kind, subject, facts=facts):
        if approval.used_at is None and approval.expires_at > at and is_genuine(approval):
            approval.used_at = at
            public = {"kind": kind, "subject": subject}
            ledger.record("keys.use_approval", by=by, at=at, about=approval, public=public)
            return approval
    raise RuleBroken(N_("A second coordinator has not approved this, or too long ago."), about=subject)


def given(kind: str, subject: str, *, facts: bytes) -> list[Approval]:
    """Return the approvals of exactly these facts, the newest first."""
    query = select(Approval).where(Approval.kind == kind, Approval.subject == subject, Approval.verdict.in_(GIVEN))
    found = db.session.scalars(query.order_by(Approval.asked_at.desc()))
    return [approval for approval in found if approval.bound == hashlib.sha256(facts).digest()]


def is_genuine(approval: Approval, *, present: bool = True) -> bool:
    """Tell whether an approval carries the signatures of who asked and who decided, and they are two unless alone.

    With `present` both must be coordinators now; without, it is enough that their keys are known.
    """
    if approval.verdict not in GIVEN or approval.decided_by_id is None or approval.decided_signature is None:
        return False
    asked = _signer(approval.asked_by_id, approval.asked_signature, _signed(approval, "asked"), present)
    decided = _signer(approval.decided_by_id, approval.decided_signature, _signed(approval, approval.verdict), present)
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
        "caseflow/v1/approval", instance(), approval.id, approval.kind, approval.subject, approval.bound, verdict
    )


def _signer(member_id: str, signature: bytes, message: bytes, present: bool) -> str | None:
    """Return the id of the member if the signature is hers (and she is a coordinator now, if `present`), else None."""
    known = keys_ever([member_id]).get(member_id, [])
    if present and able_members().get(member_id) is not Role.COORDINATOR:
        return None
    for public in known[:1] if present else known:
        try:
            verify(MemberPublic.from_bytes(public), message, signature, purpose=_PURPOSE)
        except VaultError:
            continue
        return member_id
    return None
