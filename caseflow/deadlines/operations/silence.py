"""Where an authority's term runs out in silence, the law lets our own begin: APPC art. 99 leads to art. 136(6).

Nobody records such an event, because nothing happens on that day; the daily run finds it. It is proposed like any
other deadline, counted from the last day of the authority's term, and only while that term is open: an answer that
came is marked as met, and starts its own deadline when it is recorded.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from caseflow.cases.models import Case
from caseflow.deadlines import rules
from caseflow.deadlines.models import Deadline
from caseflow.deadlines.next_dates import OPEN, keep_next_dates
from caseflow.deadlines.operations.proposing import propose_for
from caseflow.kernel.db import db, unscoped
from caseflow.proceedings.models import Proceeding

_WHY = unscoped("an authority's silence starts a term whoever sees it; nothing is opened")


def propose_after_silence(*, on: date, at: datetime) -> int:
    """Propose what the authorities' terms that ran out before the day `on` started; return how many. Safe to repeat."""
    expiring = {rule.id: rule.expiry_event for rule in rules.all_rules() if rule.expiry_event and not rule.disabled}
    started = aliased(Deadline)
    query = (
        select(Deadline, Case, Proceeding)
        .join(Case, Case.id == Deadline.case_id)
        .join(Proceeding, Proceeding.id == Deadline.proceeding_id)
        .where(Deadline.rule.in_(expiring), Deadline.state.in_(OPEN), Deadline.last_day < on, Case.state == "open")
        .where(~exists().where(started.trigger_id == Deadline.id))
        .order_by(Deadline.last_day, Deadline.id)
    )
    proposed, cases = 0, set[str]()
    for silent, case, proceeding in db.session.execute(query, execution_options=_WHY).all():
        event = expiring[silent.rule]
        assert event is not None
        proposed += propose_for(case, proceeding, event, on=silent.last_day, trigger_id=silent.id, by=None, at=at)
        cases.add(case.id)
    if cases:
        keep_next_dates(cases, today=on)
    return proposed
