"""Which names of cases wait to be compared, which of them wait for a coordinator's look first, and what was found."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select

from caseflow.access.actor import Actor, Role
from caseflow.access.safes import visible
from caseflow.cases.models import Case, ConflictCheck, ConflictFinding, IncidentLink
from caseflow.incidents.models import Incident, Person
from caseflow.kernel.db import db, unscoped
from caseflow.ledger.models import Event

MOST_A_DAY = 20  # names that one person can enter and have compared before a coordinator looks at them
NAMING = ("cases.add_party", "cases.correct_party", "incidents.add_person")
_DAY = timedelta(days=1)
_WHY = unscoped("which names of a case are to be compared follows acts that have asked")


def ask(case: Case, subjects: Iterable[str], *, at: datetime) -> None:
    """Note that these names of a case are to be compared, anew where they were; part of acts that have asked."""
    known = {check.subject: check for check in case.checks}
    for subject in subjects:
        check = known.get(subject)
        if check is None:
            case.checks.append(ConflictCheck(safe_id=case.safe_id, subject=subject, state="waiting", asked_at=at))
        else:
            check.state, check.asked_at = "waiting", at
    db.session.flush()


def ask_people(case: Case, incidents: Iterable[Incident], *, at: datetime) -> None:
    """Note that the people of these incidents are to be compared for a case; part of acts that have asked."""
    ids = [incident.id for incident in incidents]
    people = db.session.scalars(select(Person.id).where(Person.incident_id.in_(ids)), execution_options=_WHY)
    ask(case, [f"person:{person}" for person in people], at=at)


def held_back(checks: Collection[ConflictCheck], *, at: datetime) -> set[str]:
    """Return the cases of `checks` whose names wait for a coordinator's look: somebody entered too many within a day."""
    cases = {check.case_id for check in checks}
    if not cases:
        return set()
    linked = select(IncidentLink.case_id, Incident.safe_id).join(Incident, Incident.id == IncidentLink.incident_id)
    rows = db.session.execute(linked.where(IncidentLink.case_id.in_(cases)), execution_options=_WHY)
    safes = {*((case, safe) for case, safe in rows), *((check.case_id, check.safe_id) for check in checks)}
    lately = Event.verb.in_(NAMING) & (Event.at > at - _DAY) & (Event.result == "done")
    lately &= Event.role != Role.COORDINATOR.value
    entered = select(Event.actor_id, Event.safe_id).where(Event.safe_id.in_({safe for _case, safe in safes}), lately)
    who = {(actor, safe) for actor, safe in db.session.execute(entered)}
    counts = select(Event.actor_id).where(Event.actor_id.in_({actor for actor, _safe in who}), lately)
    busy = set(db.session.scalars(counts.group_by(Event.actor_id).having(func.count() > MOST_A_DAY)))
    full = {safe for actor, safe in who if actor in busy}
    return {case for case, safe in safes if safe in full}


def finding_of(check: ConflictCheck, actor: Actor) -> ConflictFinding | None:
    """Return what a check found, for whoever holds the coordinators' safe."""
    mine = visible(ConflictFinding, actor)
    return db.session.scalar(select(ConflictFinding).where(ConflictFinding.check_id == check.id, mine))


def is_waiting(actor: Actor) -> bool:
    """Tell whether a name waits to be compared."""
    waiting = select(ConflictCheck.id).where(visible(ConflictCheck, actor), ConflictCheck.state == "waiting").limit(1)
    return db.session.scalar(waiting) is not None
