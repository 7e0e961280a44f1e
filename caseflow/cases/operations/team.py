"""Who carries a case: an assignment gives the keys of the case, its incidents and its reviews; its end takes them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from caseflow.access import cases as policy
from caseflow.access.actor import Actor, Role, demand
from caseflow.access.facts import able_members
from caseflow.cases import rules
from caseflow.cases.carrying import pass_tasks, serving
from caseflow.cases.checks import ask
from caseflow.cases.models import Case, Counsel, IncidentLink
from caseflow.cases.position import keep
from caseflow.incidents.models import Incident
from caseflow.kernel.announce import announce
from caseflow.kernel.db import db, unscoped
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.keys import operations as keys
from caseflow.ledger import operations as ledger
from caseflow.network.models import Member


def assign_counsel(case: Case, *, member: Member, role: str, by: Actor, at: datetime) -> Counsel:
    """Make `member` counsel in a case: she can read it, its incidents and its reviews from now on.

    Raises `RuleBroken` at `member` for somebody who is no lawyer or coordinator, whose key is not confirmed, or who is
    counsel in it already, and at `role`.
    """
    demand(policy.may_assign_counsel(by, case), about=ledger.name_of(case))
    about = ledger.name_of(case)
    if role not in rules.COUNSEL_ROLES:
        raise RuleBroken(N_("Choose one."), field="role", about=about)
    _able(member, "member", about)
    if any(c.member_id == member.id and c.until is None for c in case.counsel):
        raise RuleBroken(N_("This person is counsel in the case already."), field="member", about=about)
    _only_lead(case, role)
    counsel = began(case, member.id, role, by=by, at=at)
    settle(case, by=by, at=at)
    return counsel


def end_counsel(counsel: Counsel, *, by: Actor, at: datetime) -> None:
    """End an assignment; the keys it gave are taken with it. Raises `NotPermitted` when it has ended."""
    demand(policy.may_end_counsel(by, counsel), about=ledger.name_of(counsel))
    ended(counsel, by=by, at=at)
    settle(counsel.case, by=by, at=at)


def change_role(counsel: Counsel, *, role: str, by: Actor, at: datetime) -> None:
    """Let somebody be counsel in another role; her keys stay, and she is compared for conflicts anew.

    Raises `RuleBroken` at `role`, also where somebody else leads.
    """
    demand(policy.may_change_role(by, counsel), about=ledger.name_of(counsel))
    if role not in rules.COUNSEL_ROLES:
        raise RuleBroken(N_("Choose one."), field="role", about=ledger.name_of(counsel))
    before, case = counsel.role, counsel.case
    if role == before:
        return
    _only_lead(case, role)
    counsel.role = role
    keep(case.id, changed_at=at)
    public = {"member": counsel.member_id, "counsel": role, "before": before}
    ledger.record("cases.change_role", by=by, at=at, about=counsel, public=public)
    ask(case, [f"counsel:{counsel.id}"], at=at)


def hand_over(member: Member, *, to: Member, by: Actor, at: datetime) -> int:
    """Let `to` carry every open case of `member` in her place, in the same roles, with her open tasks; return how many.

    The keys go and come in this act. Raises `RuleBroken` at `to` for somebody who cannot be counsel, or the same person,
    and where there is nothing to hand over.
    """
    demand(policy.may_hand_over(by), about=f"members:{member.id}")
    about = f"members:{member.id}"
    if to.id == member.id:
        raise RuleBroken(N_("Choose somebody else."), field="to", about=about)
    _able(to, "to", about)
    carried = [counsel for counsel in serving(member.id) if counsel.case.state == "open"]
    if not carried:
        raise RuleBroken(N_("This person carries no open case."), field="to", about=about)
    for counsel in carried:
        ended(counsel, by=by, at=at)
        if not any(c.until is None and c.member_id == to.id for c in counsel.case.counsel):
            began(counsel.case, to.id, counsel.role, by=by, at=at)
        pass_tasks(counsel.case, member.id, to.id)
    settle(*(counsel.case for counsel in carried), by=by, at=at)
    public = {"member": to.id, "cases": [counsel.case.reference for counsel in carried]}
    ledger.record("cases.hand_over", by=by, at=at, about=about, public=public)
    return len(carried)


def settle(*cases: Case, by: Actor, at: datetime) -> None:
    """Make the keys of cases, their incidents and whatever hangs on their teams equal to the facts; part of other acts."""
    linked = select(Incident.safe_id).join(IncidentLink, IncidentLink.incident_id == Incident.id)
    mine = linked.where(IncidentLink.case_id.in_([case.id for case in cases]))
    safes = db.session.scalars(mine, execution_options=unscoped("the keys of counsel follow the case to its incidents"))
    keys.settle([*(case.safe_id for case in cases), *safes], by=by, at=at)
    for case in cases:
        announce("cases.counsel_changed", case=case, by=by, at=at)


def ended(counsel: Counsel, *, by: Actor, at: datetime) -> None:
    """Note that an assignment has ended; part of acts that settle the keys afterwards."""
    counsel.until = at.astimezone(ZoneInfo(by.timezone)).date()
    keep(counsel.case_id, changed_at=at)
    public = {"member": counsel.member_id, "counsel": counsel.role}
    ledger.record("cases.end_counsel", by=by, at=at, about=counsel, public=public)


def began(case: Case, member_id: str, role: str, *, by: Actor, at: datetime) -> Counsel:
    """Note that an assignment has begun; part of acts that settle the keys afterwards."""
    counsel = Counsel(
        safe_id=case.safe_id,
        member_id=member_id,
        role=role,
        since=at.astimezone(ZoneInfo(by.timezone)).date(),
        by_id=by.member_id,
        at=at,
    )
    case.counsel.append(counsel)
    keep(case.id, changed_at=at)
    public = {"member": member_id, "counsel": role}
    ledger.record("cases.assign_counsel", by=by, at=at, about=counsel, public=public)
    ask(case, [f"counsel:{counsel.id}"], at=at)
    return counsel


def _able(member: Member, field: str, about: str) -> None:
    if Role(member.role) is Role.DOCUMENTER:
        raise RuleBroken(N_("Only a lawyer or a coordinator becomes counsel."), field=field, about=about)
    if member.id not in able_members():
        words = N_("The key of this person is not confirmed, so nothing can be opened to her. Confirm her key first.")
        raise RuleBroken(words, field=field, about=about)


def _only_lead(case: Case, role: str) -> None:
    if role == "lead" and any(c.role == "lead" and c.until is None for c in case.counsel):
        words = N_("Somebody leads this case already. Give her another role first.")
        raise RuleBroken(words, field="role", about=ledger.name_of(case))
