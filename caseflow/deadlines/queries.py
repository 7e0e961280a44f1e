"""Reads of deadlines that more than one page needs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import case as sql_case
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from caseflow.access import deadlines as policy
from caseflow.access.actor import Actor
from caseflow.access.facts import able_members
from caseflow.access.safes import through_grant, visible
from caseflow.cases.models import Case
from caseflow.deadlines.models import CalendarFeed, Deadline
from caseflow.deadlines.next_dates import OPEN
from caseflow.kernel.clock import today
from caseflow.kernel.db import db
from caseflow.keys.models import Grant
from caseflow.network.models import Member
from caseflow.proceedings.models import Hearing

WEEK = timedelta(days=7)
MOST = 500
KEPT_IN_FEED = timedelta(days=60)  # what is over stays so long in a calendar program


@dataclass(frozen=True)
class Dated:
    """One day that matters: a deadline or a hearing, in which case."""

    on: date
    case: Case
    deadline: Deadline | None = None
    hearing: Hearing | None = None


@dataclass
class Dates:
    """The dates of one reader in four groups, earliest first; `more` when a group was cut off."""

    overdue: list[Dated] = field(default_factory=list)
    today: list[Dated] = field(default_factory=list)
    week: list[Dated] = field(default_factory=list)
    later: list[Dated] = field(default_factory=list)
    more: bool = False

    @property
    def all(self) -> list[Dated]:
        """Return every date, earliest first."""
        return [*self.overdue, *self.today, *self.week, *self.later]


def dates_of(actor: Actor, *, horizon: date | None = None, most: int = MOST) -> Dates:
    """Return overdue and coming dates of the open cases `actor` holds, until `horizon`, titles ready to open.

    Three queries, whatever their number: deadlines and hearings, each with its case and the reader's grant, and the
    counsel of these cases, who decide on the deadlines.
    """
    here, zone = today(actor.timezone), ZoneInfo(actor.timezone)
    due = (
        select(Deadline, Case, Grant)
        .join(Case, Case.id == Deadline.case_id)
        .join(Grant, through_grant(Case, actor))
        .where(Deadline.state.in_(OPEN), Case.state == "open")
        .order_by(Deadline.last_day, Case.reference)
        .limit(most)
        .options(selectinload(Case.counsel))
    )
    sittings = (
        select(Hearing, Case, Grant)
        .join(Case, Case.id == Hearing.case_id)
        .join(Grant, through_grant(Case, actor))
        .where(Hearing.held_at >= datetime.combine(here, time.min, zone), Case.state == "open")
        .order_by(Hearing.held_at, Case.reference)
        .limit(most)
    )
    if horizon is not None:
        due = due.where(Deadline.last_day <= horizon)
        sittings = sittings.where(Hearing.held_at < datetime.combine(horizon + timedelta(days=1), time.min, zone))
    rows = [*db.session.execute(due), *db.session.execute(sittings)]
    actor.ring.take(grant for _row, _case, grant in rows)
    dates = Dates(more=len(rows) >= most)
    for row, case, _grant in rows:
        if isinstance(row, Deadline):
            _sort_in(dates, Dated(row.last_day, case, deadline=row), here)
        else:
            _sort_in(dates, Dated(row.held_at.astimezone(zone).date(), case, hearing=row), here)
    for group in (dates.overdue, dates.today, dates.week, dates.later):
        group.sort(key=lambda dated: (dated.on, dated.hearing.held_at.timestamp() if dated.hearing else 0))
    return dates


def _sort_in(dates: Dates, dated: Dated, here: date) -> None:
    if dated.on < here:
        dates.overdue.append(dated)
    elif dated.on == here:
        dates.today.append(dated)
    elif dated.on <= here + WEEK:
        dates.week.append(dated)
    else:
        dates.later.append(dated)


def deadlines_of(actor: Actor, case: Case) -> Sequence[Deadline]:
    """Return all deadlines of a case: those that run first, each group by its last day."""
    runs = sql_case((Deadline.state.in_(OPEN), 0), else_=1)
    query = select(Deadline).where(Deadline.case_id == case.id, policy.visible_to(actor))
    return list(db.session.scalars(query.order_by(runs, Deadline.last_day, Deadline.id)))


def next_hearings(actor: Actor, case: Case) -> Sequence[Hearing]:
    """Return the hearings of a case that are still to come, by their hour."""
    here = datetime.combine(today(actor.timezone), time.min, ZoneInfo(actor.timezone))
    query = select(Hearing).where(Hearing.case_id == case.id, Hearing.held_at >= here, visible(Hearing, actor))
    return list(db.session.scalars(query.order_by(Hearing.held_at)))


def dates_between(actor: Actor, first: date, last: date | None = None) -> list[Dated]:
    """Return deadlines that were not declined and hearings of open cases `actor` holds, from `first` to `last`, by day.

    Nothing is opened, so it can be asked for somebody who is not signed in: her calendar program. Two queries.
    """
    zone = ZoneInfo(actor.timezone)
    due = (
        select(Deadline, Case)
        .join(Case, Case.id == Deadline.case_id)
        .where(Deadline.state != "declined", Deadline.last_day >= first, Case.state == "open")
        .where(policy.visible_to(actor), visible(Case, actor))
    )
    sittings = (
        select(Hearing, Case)
        .join(Case, Case.id == Hearing.case_id)
        .where(Hearing.held_at >= datetime.combine(first, time.min, zone), Case.state == "open")
        .where(visible(Hearing, actor), visible(Case, actor))
    )
    if last is not None:
        due = due.where(Deadline.last_day <= last)
        sittings = sittings.where(Hearing.held_at < datetime.combine(last + timedelta(days=1), time.min, zone))
    found = [Dated(deadline.last_day, case, deadline=deadline) for deadline, case in db.session.execute(due)]
    for hearing, case in db.session.execute(sittings):
        found.append(Dated(hearing.held_at.astimezone(zone).date(), case, hearing=hearing))
    return sorted(found, key=lambda d: (d.on, d.hearing.held_at.timestamp() if d.hearing else 0, d.case.reference))


def hash_of(secret: str) -> str:
    """Return what is kept of the secret part of a calendar address: it is long and random, so a plain hash hides it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def reader_of(secret: str) -> Actor | None:
    """Return whose dates the calendar address shows, as an actor without keys; None once it or she has ended."""
    query = select(Member).join(CalendarFeed, CalendarFeed.member_id == Member.id)
    member = db.session.scalar(query.where(CalendarFeed.secret_hash == hash_of(secret)))
    if member is None or member.id not in able_members():
        return None
    return Actor(member.id, member.name, member.role, True, member.organisation_id, member.language, member.timezone)
