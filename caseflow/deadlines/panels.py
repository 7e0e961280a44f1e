"""What the case page shows of dates: what comes next, and under each event what it started."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from caseflow.access.actor import Actor
from caseflow.cases.models import Case
from caseflow.deadlines import queries
from caseflow.deadlines.models import Deadline
from caseflow.deadlines.shown import Shown, shown
from caseflow.kernel.words import N_
from caseflow.ledger.words import tell
from caseflow.web.navigation import Panel, panel

tell(
    {
        "deadlines.propose": N_("proposed a deadline"),
        "deadlines.confirm": N_("confirmed a deadline"),
        "deadlines.change": N_("set another last day"),
        "deadlines.decline": N_("decided that a deadline does not run"),
        "deadlines.meet": N_("marked a deadline as met"),
        "deadlines.make_feed": N_("made a private calendar address"),
        "deadlines.end_feed": N_("ended the private calendar address"),
        "deadlines.remind": N_("wrote reminders"),
    }
)


@panel("case", order=5)
def dates_of_case(case: Case, actor: Actor) -> Panel | None:
    """Draw the dates that still run: deadlines with what may be done with each, and hearings to come."""
    running = [shown(actor, case, d) for d in queries.deadlines_of(actor, case) if d.state in ("proposed", "confirmed")]
    zone = ZoneInfo(actor.timezone)
    hearings = [(h, h.held_at.astimezone(zone).date()) for h in queries.next_hearings(actor, case)]
    if not running and not hearings:
        return None
    return Panel("dates", N_("Dates"), "deadlines/panel.html", {"case": case, "running": running, "hearings": hearings})


@panel("timeline", order=10)
def under_events(case: Case, actor: Actor) -> Panel | None:
    """Draw under each event of the timeline the deadlines that it started."""
    by_trigger: dict[str, list[Shown]] = {}
    found: list[Deadline] = list(queries.deadlines_of(actor, case))
    for deadline in sorted(found, key=lambda d: d.last_day):
        by_trigger.setdefault(deadline.trigger_id, []).append(shown(actor, case, deadline))
    return Panel("deadlines", N_("Deadlines"), "deadlines/beneath.html", {"by_trigger": by_trigger})
