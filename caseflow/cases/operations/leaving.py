"""What becomes of the cases of a lawyer who leaves the network: another takes them, or it is said that nobody does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from caseflow.access.actor import Actor, Role
from caseflow.access.facts import able_members
from caseflow.cases.carrying import pass_tasks, serving
from caseflow.cases.operations.team import began, ended
from caseflow.kernel.announce import announce, on
from caseflow.network.leaving import NOBODY, Duty
from caseflow.network.models import Member


@on("network.duties_asked")
def _duties(member: Member, duties: list[Duty]) -> None:
    takers = frozenset(who for who, role in able_members().items() if role is not Role.DOCUMENTER) - {member.id}
    for counsel in serving(member.id):
        case = counsel.case
        if case.state == "closed":
            continue
        alone = not any(c.until is None and c.member_id != member.id for c in case.counsel)
        key = f"case_{case.id}"
        duties.append(Duty(key, case.reference, takers, needed=alone, may_lapse=True, row=case))


@on("network.member_left")
def _hand_over(member: Member, hand_over: Mapping[str, str], by: Actor, at: datetime) -> None:
    # Keys are settled by the act that announces this, after all rooms have heard it.
    for counsel in serving(member.id):
        case = counsel.case
        taker = hand_over.get(f"case_{case.id}", NOBODY)
        ended(counsel, by=by, at=at)
        if taker != NOBODY:
            if not any(c.until is None and c.member_id == taker for c in case.counsel):
                began(case, taker, counsel.role, by=by, at=at)
            pass_tasks(case, member.id, taker)
        announce("cases.counsel_changed", case=case, by=by, at=at)
