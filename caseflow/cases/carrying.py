"""Who carries how much: the cases somebody is counsel in now, what goes with them, the load of each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import case, func, select, update

from caseflow.access.actor import Actor
from caseflow.access.safes import visible
from caseflow.cases.models import Case, Counsel, Task
from caseflow.kernel.db import db, unscoped

NEAR = timedelta(days=14)
_WHY = unscoped("whoever carries a case answers for it, and her open tasks go with it, whoever hands them over")


@dataclass(frozen=True)
class Load:
    """What one person carries: open cases, those she leads, those with a date within a fortnight, open tasks."""

    cases: int = 0
    leads: int = 0
    near: int = 0
    tasks: int = 0


def serving(member_id: str) -> Sequence[Counsel]:
    """Return the assignments of a member that have not ended, by the reference of the case."""
    query = select(Counsel).join(Case, Case.id == Counsel.case_id).order_by(Case.reference)
    query = query.where(Counsel.member_id == member_id, Counsel.until.is_(None))
    return db.session.scalars(query, execution_options=_WHY).all()


def pass_tasks(of: Case, member_id: str, taker: str) -> None:
    """Let the open tasks of a member in a case be the taker's; part of acts that have asked."""
    hers = (Task.case_id == of.id) & (Task.for_id == member_id) & Task.done_at.is_(None)
    db.session.execute(update(Task).where(hers).values(for_id=taker), execution_options=_WHY)


def loads(actor: Actor, members: Collection[str], *, today: date) -> dict[str, Load]:
    """Return member -> load, as far as `actor` holds the cases; two queries."""
    count = func.count
    near = func.sum(case((Case.next_on <= today + NEAR, 1), else_=0))
    leads = func.sum(case((Counsel.role == "lead", 1), else_=0))
    carried = (
        select(Counsel.member_id, count(), leads, near)
        .join(Case, Case.id == Counsel.case_id)
        .where(Counsel.member_id.in_(members), Counsel.until.is_(None), Case.state == "open", visible(Case, actor))
        .group_by(Counsel.member_id)
    )
    tasks = (
        select(Task.for_id, count())
        .join(Case, Case.id == Task.case_id)
        .where(Task.for_id.in_(members), Task.done_at.is_(None), Case.state == "open", visible(Task, actor))
        .group_by(Task.for_id)
    )
    given = {row[0]: row[1] for row in db.session.execute(tasks)}
    rows = {row[0]: row for row in db.session.execute(carried)}
    found = {}
    for one in members:
        _member, cases, led, soon = rows.get(one, (one, 0, 0, 0))
        found[one] = Load(cases, led, soon, given.get(one, 0))
    return found
