"""What comes next in a case: the earliest open deadline or the next hearing, kept readable with the case."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time

from sqlalchemy import func, select

from caseflow.cases.models import Case
from caseflow.cases.position import keep
from caseflow.deadlines.models import Deadline
from caseflow.kernel.db import db, unscoped
from caseflow.kernel.settings import current
from caseflow.proceedings.models import Hearing

OPEN = ("proposed", "confirmed")
_WHY = unscoped("the next date of a case follows from its rows, whoever asks")


def keep_next_dates(case_ids: Collection[str], *, today: date) -> None:
    """Bring `next_on` of these cases up to date; a closed case has none. Three queries, and one for each that changed.

    A deadline that was missed stays the next date until it is met, changed or declined.
    """
    db.session.flush()
    zone = current().zone
    starts = datetime.combine(today, time.min, zone)
    due = select(Deadline.case_id, func.min(Deadline.last_day)).where(
        Deadline.case_id.in_(case_ids), Deadline.state.in_(OPEN)
    )
    sittings = select(Hearing.case_id, func.min(Hearing.held_at)).where(
        Hearing.case_id.in_(case_ids), Hearing.held_at >= starts
    )
    found: dict[str, list[date]] = {}
    for case_id, day in db.session.execute(due.group_by(Deadline.case_id), execution_options=_WHY):
        found.setdefault(case_id, []).append(day)
    for case_id, moment in db.session.execute(sittings.group_by(Hearing.case_id), execution_options=_WHY):
        found.setdefault(case_id, []).append(moment.astimezone(zone).date())
    now_kept = select(Case.id, Case.state, Case.next_on).where(Case.id.in_(case_ids))
    for case_id, state, kept in db.session.execute(now_kept, execution_options=_WHY).all():
        following = min(found.get(case_id, ()), default=None) if state == "open" else None
        if following != kept:
            keep(case_id, next_on=following)


def keep_all_next_dates(*, today: date) -> None:
    """Bring up to date every case whose next date has passed: a hearing of yesterday is nobody's next date."""
    passed = select(Case.id).where(Case.state == "open", Case.next_on < today)
    ids = list(db.session.scalars(passed, execution_options=_WHY))
    for start in range(0, len(ids), 400):
        keep_next_dates(ids[start : start + 400], today=today)
