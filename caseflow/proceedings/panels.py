"""What the case page shows of courts and bodies: one timeline for each proceeding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from caseflow.access import proceedings as policy
from caseflow.access.actor import Actor
from caseflow.cases.models import Case
from caseflow.kernel.announce import on
from caseflow.kernel.clock import now
from caseflow.kernel.words import N_
from caseflow.ledger.words import tell
from caseflow.proceedings import queries, rules
from caseflow.proceedings.models import Proceeding, Stage
from caseflow.proceedings.operations.stages import stage_suspended
from caseflow.proceedings.way import usual_way
from caseflow.web.navigation import Panel, panel, panels_of

tell(
    {
        "proceedings.open_proceeding": N_("opened a proceeding"),
        "proceedings.move": N_("took the proceeding to its next stage"),
        "proceedings.record_hearing": N_("entered a hearing"),
        "proceedings.record_result": N_("wrote down the result of a hearing"),
        "proceedings.record_filing": N_("entered a paper"),
        "proceedings.record_decision": N_("entered a decision"),
        "proceedings.record_service": N_("entered the day a decision was served"),
        "proceedings.record_in_force": N_("entered the day a decision came into force"),
    }
)


@dataclass(frozen=True)
class Entry:
    """One thing under a stage, in its order of time."""

    kind: str
    row: Any
    sort: str


@dataclass(frozen=True)
class Line:
    """One proceeding as the page draws it: its stages with what is under each, and what may lie ahead."""

    proceeding: Proceeding
    stages: list[tuple[Stage, list[Entry], Any]]
    ahead: list[rules.Stage]
    decides: bool


@panel("case", order=10)
def timeline(case: Case, actor: Actor) -> Panel | None:
    """Draw the course of the case: stages with hearings, filings, decisions, and the deadlines under each."""
    lines = [_line(proceeding) for proceeding in queries.proceedings_of(actor, case)]
    return Panel(
        "proceedings",
        N_("Course of the case"),
        "proceedings/timeline.html",
        {
            "case": case,
            "lines": lines,
            "moment": now(),
            "beneath": panels_of("timeline", case, actor),
            "may_open": policy.may_open(actor, case),
            "may_record": policy.may_record(actor, case),
        },
    )


def _line(proceeding: Proceeding) -> Line:
    stages = []
    for index, stage in enumerate(proceeding.stages):
        following = proceeding.stages[index + 1] if index + 1 < len(proceeding.stages) else None
        stages.append((stage, _entries(stage), following.began_on if following else None))
    procedure = rules.procedure(proceeding.procedure)
    present = proceeding.stages[-1].stage
    ahead = usual_way(procedure, stage_suspended(proceeding) or present)
    return Line(proceeding, stages, ahead, bool(procedure.outcomes(present)))


def _entries(stage: Stage) -> list[Entry]:
    found = [Entry("filing", row, f"{row.filed_on.isoformat()} 1") for row in stage.filings]
    found += [Entry("hearing", row, f"{row.held_at.date().isoformat()} 2") for row in stage.hearings]
    found += [Entry("decision", row, f"{row.decided_on.isoformat()} 3") for row in stage.decisions]
    return sorted(found, key=lambda entry: entry.sort)


@on("cases.paper_asked")
def _known_of_courts(case: Case, actor: Actor, lang: str, facts: dict[str, Any]) -> None:
    """Tell a letter or a filing where the case runs: court, number, the last decision."""
    stages = [stage for proceeding in queries.proceedings_of(actor, case) for stage in proceeding.stages]
    last = max(stages, key=lambda stage: (stage.began_on, stage.position), default=None)
    if last is None:
        return
    court = rules.label(rules.court(last.court), lang) if last.court else ""
    decided = max((one for stage in stages for one in stage.decisions), key=lambda one: one.decided_on, default=None)
    facts |= {"number": actor.ring.text(last, "number"), "through": court, "decision": court}
    if decided is not None:
        facts |= {"decided_on": decided.decided_on, "served_on": decided.served_on}
        facts["decided"] = actor.ring.text(decided, "holding")
