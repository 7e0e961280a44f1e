"""What waits on each desk. Every number counts rows that the reader can open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from caseflow.access import cases as cases_policy
from caseflow.access import deadlines as deadlines_policy
from caseflow.access import incidents as incidents_policy
from caseflow.access.actor import Actor
from caseflow.access.safes import visible
from caseflow.cases.models import Case, Counsel, Task
from caseflow.deadlines.models import Deadline
from caseflow.evidence.models import File
from caseflow.incidents import queries as incidents
from caseflow.incidents.models import Incident
from caseflow.kernel.clock import now, today
from caseflow.kernel.db import db
from caseflow.proceedings.models import Decision, Hearing
from caseflow.remedies.models import Measure

MOST = 12
OPEN_DATES = ("proposed", "confirmed")


@dataclass(frozen=True)
class Dated:
    """One thing on one day: a deadline or a hearing, with its case."""

    on: date
    kind: str
    row: Any
    case: Case
    at: datetime | None = None


@dataclass
class Dates:
    """The dates of one reader in four groups, earliest first."""

    overdue: list[Dated] = field(default_factory=list)
    now: list[Dated] = field(default_factory=list)
    week: list[Dated] = field(default_factory=list)
    later: list[Dated] = field(default_factory=list)

    def groups(self) -> Sequence[tuple[str, list[Dated]]]:
        """Return (key, dates) of the groups that hold something."""
        named = (("overdue", self.overdue), ("today", self.now), ("week", self.week), ("later", self.later))
        return [(key, found) for key, found in named if found]


def dates_of(actor: Actor, *, days: int = 60, most: int = 40) -> Dates:
    """Return overdue and coming dates in open cases that `actor` holds, up to `days` ahead."""
    here = today(actor.timezone)
    horizon = here + timedelta(days=days)
    zone = ZoneInfo(actor.timezone)
    found: list[Dated] = []
    due = (
        select(Deadline, Case)
        .join(Case, Case.id == Deadline.case_id)
        .where(deadlines_policy.visible_to(actor), Case.state == "open")
        .where(Deadline.state.in_(OPEN_DATES), Deadline.last_day <= horizon)
        .order_by(Deadline.last_day)
        .limit(most)
    )
    found += [Dated(deadline.last_day, "deadline", deadline, case) for deadline, case in db.session.execute(due)]
    start_of_day = datetime.combine(here, datetime.min.time(), zone)
    sittings = (
        select(Hearing, Case)
        .join(Case, Case.id == Hearing.case_id)
        .where(visible(Hearing, actor), Case.state == "open")
        .where(Hearing.held_at >= start_of_day, Hearing.held_at < start_of_day + timedelta(days=days))
        .order_by(Hearing.held_at)
        .limit(most)
    )
    for hearing, case in db.session.execute(sittings):
        found.append(Dated(hearing.held_at.astimezone(zone).date(), "hearing", hearing, case, hearing.held_at))
    actor.ring.prepare([dated.case for dated in found])
    dates = Dates()
    for dated in sorted(found, key=lambda one: (one.on, one.at.timestamp() if one.at else 0)):
        if dated.on < here:
            dates.overdue.append(dated)
        elif dated.on == here:
            dates.now.append(dated)
        elif dated.on <= here + timedelta(days=7):
            dates.week.append(dated)
        else:
            dates.later.append(dated)
    return dates


def verified_waiting(actor: Actor, *, most: int = MOST) -> list[Incident]:
    """Return the verified incidents that no case has taken, longest waiting first."""
    query = select(Incident).where(incidents_policy.visible_to(actor), Incident.state == "verified")
    found = list(db.session.scalars(query.order_by(Incident.changed_at).limit(most)))
    actor.ring.prepare(found)
    return found


def cases_of(actor: Actor, *, most: int = 50) -> list[Case]:
    """Return the open cases that `actor` holds, those with the nearest date first."""
    query = select(Case).where(cases_policy.visible_to(actor), Case.state == "open")
    found = list(db.session.scalars(query.order_by(Case.next_on.asc().nulls_last(), Case.reference).limit(most)))
    actor.ring.prepare(found)
    return found


def cases_without_counsel(actor: Actor, *, most: int = MOST) -> list[Case]:
    """Return open cases in which nobody is counsel now."""
    serving = select(Counsel.case_id).where(Counsel.until.is_(None), visible(Counsel, actor))
    query = select(Case).where(cases_policy.visible_to(actor), Case.state == "open", Case.id.not_in(serving))
    found = list(db.session.scalars(query.order_by(Case.opened_at).limit(most)))
    actor.ring.prepare(found)
    return found


def tasks_of(actor: Actor, *, most: int = MOST) -> list[tuple[Task, Case]]:
    """Return the open tasks given to `actor`, nearest first."""
    query = (
        select(Task, Case)
        .join(Case, Case.id == Task.case_id)
        .where(visible(Task, actor), Task.for_id == actor.member_id, Task.done_at.is_(None))
        .order_by(Task.due_on.asc().nulls_last())
        .limit(most)
    )
    found = [(task, case) for task, case in db.session.execute(query)]
    actor.ring.prepare([task for task, _case in found])
    return found


def damaged_files(actor: Actor) -> int:
    """Return how many sealed files failed their last check."""
    query = select(func.count()).select_from(File).where(visible(File, actor), File.intact.is_(False))
    return db.session.scalar(query) or 0


def pipeline(actor: Actor) -> list[tuple[str, int]]:
    """Return the network's work from incident to remedy as (step, number)."""
    counts = incidents.counts_by_state(actor)
    cases = db.session.scalar(select(func.count()).select_from(Case).where(cases_policy.visible_to(actor))) or 0
    decided = select(func.count(func.distinct(Decision.case_id))).where(visible(Decision, actor))
    measures = select(func.count()).select_from(Measure).where(visible(Measure, actor))
    done = measures.where(Measure.state == "full")
    return [
        ("logged", sum(number for state, number in counts.items() if state != "draft")),
        ("verified", counts.get("verified", 0) + counts.get("taken_to_case", 0)),
        ("cases", cases),
        ("decided", db.session.scalar(decided) or 0),
        ("ordered", db.session.scalar(measures) or 0),
        ("done", db.session.scalar(done) or 0),
    ]


def at_risk(actor: Actor) -> int:
    """Return how many confirmed deadlines in open cases are overdue or end within three days."""
    soon = now().date() + timedelta(days=3)
    query = (
        select(func.count())
        .select_from(Deadline)
        .join(Case, Case.id == Deadline.case_id)
        .where(deadlines_policy.visible_to(actor), Case.state == "open")
        .where(Deadline.state.in_(OPEN_DATES), Deadline.last_day <= soon)
    )
    return db.session.scalar(query) or 0
