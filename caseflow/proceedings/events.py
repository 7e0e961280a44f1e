"""What every act before a court leaves behind: the case's position, and word to the rooms above.

`proceedings.event` tells each event that may start a period, `proceedings.changed` that something was recorded at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from caseflow.access.actor import Actor
from caseflow.cases.models import Case
from caseflow.cases.position import keep
from caseflow.kernel.announce import announce
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.proceedings.models import Proceeding


def day_of(at: datetime, by: Actor) -> date:
    """Return the calendar day of `at` where `by` is."""
    return at.astimezone(ZoneInfo(by.timezone)).date()


def refuse_future(day: date | None, *, field: str, by: Actor, at: datetime) -> None:
    """Raise `RuleBroken` at `field` when `day` lies after the day of the act."""
    if day is not None and day > day_of(at, by):
        raise RuleBroken(N_("This date is in the future. Enter the day on which it happened."), field=field)


def tell(
    case: Case,
    proceeding: Proceeding,
    events: Iterable[tuple[str, date]],
    *,
    trigger_id: str,
    by: Actor,
    at: datetime,
    **position: Any,
) -> None:
    """Keep the position of the case, and announce each event (code, day) that `trigger_id` stands for."""
    keep(case.id, changed_at=at, **position)
    facts = {"case": case, "proceeding": proceeding, "trigger_id": trigger_id, "by": by, "at": at}
    for code, day in events:
        announce("proceedings.event", code=code, on=day, **facts)
    announce("proceedings.changed", case=case, by=by, at=at)
