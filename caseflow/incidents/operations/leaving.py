"""What becomes of the incidents of a documenter who leaves the network: somebody else answers for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, insert, select, update

from caseflow.access.actor import Actor, Role
from caseflow.access.facts import able_members
from caseflow.incidents.models import HandOver, Incident
from caseflow.kernel.announce import on
from caseflow.kernel.db import db, unscoped
from caseflow.kernel.ids import new_id
from caseflow.ledger import operations as ledger
from caseflow.network.leaving import NOBODY, Duty
from caseflow.network.models import Member

KEY = "incidents"
_WHY = unscoped("the incidents of who leaves the network are handed over, all of them")


@on("network.duties_asked")
def _duties(member: Member, duties: list[Duty]) -> None:
    hers = select(func.count(Incident.id)).where(Incident.by_id == member.id, Incident.state != "undone")
    number = db.session.scalar(hers, execution_options=_WHY) or 0
    if number:
        takers = frozenset(who for who, role in able_members().items() if role is not Role.LAWYER) - {member.id}
        duties.append(Duty(KEY, "", takers, count=number))


@on("network.member_left")
def _hand_over(member: Member, hand_over: Mapping[str, str], by: Actor, at: datetime) -> None:
    taker = hand_over.get(KEY, NOBODY)
    if taker == NOBODY:
        return
    mine = (Incident.by_id == member.id) & (Incident.state != "undone")  # of a list that was taken back nothing is left
    hers = select(Incident.id, Incident.safe_id).where(mine)
    common = {"from_id": member.id, "to_id": taker, "by_id": by.member_id, "at": at}
    found = db.session.execute(hers, execution_options=_WHY).all()
    rows = [{"id": new_id(), "incident_id": incident, "safe_id": safe, **common} for incident, safe in found]
    db.session.execute(insert(HandOver), rows, execution_options=_WHY)
    change = update(Incident).where(mine).values(by_id=taker)
    db.session.execute(change, execution_options=_WHY)
    public = {"member": taker, "incidents": len(rows)}
    ledger.record("incidents.hand_over", by=by, at=at, about=member, public=public)
