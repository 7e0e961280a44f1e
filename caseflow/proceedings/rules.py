"""Procedures, their stages and allowed moves; courts; and whether one forum stands in the way of another.

The procedures stand in `data/procedures.json`, the courts in `data/courts.json`, each with its source. A proceeding
can be suspended from any stage and resumes where it was; it can be withdrawn from any stage; a remand goes back and
opens a new stage, so that the history stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from caseflow.kernel.words import N_, InLanguages
from caseflow.proceedings.tables import (
    Acceptance,
    Announcement,
    Court,
    Outcome,
    Procedure,
    Stage,
    UnknownProcedure,
    acceptances,
    court_table,
    labels,
    procedure_table,
)

__all__ = [
    "SUSPENDED",
    "WITHDRAWN",
    "Acceptance",
    "Announcement",
    "Court",
    "Outcome",
    "Procedure",
    "Stage",
    "UnknownProcedure",
    "acceptance",
    "announced",
    "court",
    "courts",
    "facts_too_early",
    "inadmissibility_grounds",
    "interim_states",
    "is_remand",
    "label",
    "may_move",
    "next_stages",
    "other_forum",
    "outcome",
    "procedure",
    "procedures",
]

SUSPENDED, WITHDRAWN = "suspended", "withdrawn"


class Named(Protocol):
    """Anything of these tables that has a name in three languages."""

    @property
    def name(self) -> InLanguages:
        """Return the name."""


def procedures(jurisdiction: str | None = None) -> tuple[Procedure, ...]:
    """Return the procedures in the order of the table: all, or those of `KZ`, `UN` or `COE`."""
    return tuple(p for p in procedure_table().values() if jurisdiction in (None, p.jurisdiction))


def procedure(procedure_id: str) -> Procedure:
    """Return one procedure; raises `UnknownProcedure`."""
    found = procedure_table().get(procedure_id)
    if found is None:
        raise UnknownProcedure(N_("There is no such procedure."), about=procedure_id)
    return found


def label(thing: Named, locale: str) -> str:
    """Return the name of a procedure, stage, outcome or court in en, ru or kk."""
    return thing.name.to(locale)


def outcome(where: Procedure | str, stage_id: str, outcome_id: str) -> Outcome:
    """Return an outcome of a stage; raises `UnknownProcedure` when the stage cannot end so."""
    for found in _of(where).outcomes(stage_id):
        if found.id == outcome_id:
            return found
    raise UnknownProcedure(N_("This stage cannot end in this way."), about=f"{stage_id}/{outcome_id}")


def next_stages(where: Procedure | str, stage_id: str, *, resumes: str | None = None) -> tuple[Stage, ...]:
    """Return the stages a proceeding may move to: ordinary moves, then remands, then suspension and withdrawal.

    From `suspended` it is `resumes`, the stage that was suspended, or withdrawal.
    """
    found = _of(where)
    here = found.stage(stage_id)
    if here.id == WITHDRAWN:
        return ()
    if here.id == SUSPENDED:
        ids = [resumes] if resumes else []
    else:
        ids = [*here.next, *here.remand_to]
        if here.kind != "end":
            ids.append(SUSPENDED)
    if here.kind != "end":
        ids.append(WITHDRAWN)
    return tuple(found.stage(each) for each in ids)


def may_move(where: Procedure | str, from_stage: str, to_stage: str, *, resumes: str | None = None) -> str | None:
    """Return why a proceeding may not move from one stage to another, or None when it may.

    `resumes` is the stage before a suspension. Raises `UnknownProcedure` for a stage that the procedure does not have.
    """
    found = _of(where)
    here, there = found.stage(from_stage), found.stage(to_stage)
    if here.id == there.id:
        return N_("The proceeding is at this stage already.")
    if here.id == WITHDRAWN:
        return N_("The proceeding was withdrawn; open a new one.")
    if there in next_stages(found, from_stage, resumes=resumes):
        return None
    if here.id == SUSPENDED:
        return N_("A suspended proceeding goes on at the stage at which it was suspended.")
    if here.kind == "end" and there.id in (SUSPENDED, WITHDRAWN):
        return N_("The proceeding has ended.")
    return N_("The procedure knows no such move from this stage.")


def is_remand(where: Procedure | str, from_stage: str, to_stage: str) -> bool:
    """Tell whether a move sends the matter back, which opens a new stage beside the old one."""
    return to_stage in _of(where).stage(from_stage).remand_to


def announced(where: Procedure | str, stage_id: str, on: str, outcome_id: str | None = None) -> tuple[str, ...]:
    """Return the codes of the events that happen at a stage on the day it `began`, was `decided`, `served`, `in_force`.

    They are the events of the deadline rules. Without `outcome_id` only what every outcome announces is returned.
    """
    return tuple(
        each.event
        for each in _of(where).stage(stage_id).announces
        if each.on == on and (not each.outcomes or outcome_id in each.outcomes)
    )


def courts(procedure_id: str | None = None, *, region: str | None = None, on: date | None = None) -> tuple[Court, ...]:
    """Return courts and bodies: all, or those of a procedure, of a region (or of no region), existing on a day."""
    return tuple(
        found
        for found in court_table().values()
        if (procedure_id is None or procedure_id in found.procedures)
        and (region is None or found.region in (None, region))
        and (on is None or _existed(found, on))
    )


def court(court_id: str) -> Court:
    """Return one court or body; raises `UnknownProcedure`."""
    found = court_table().get(court_id)
    if found is None:
        raise UnknownProcedure(N_("There is no such court."), about=court_id)
    return found


def inadmissibility_grounds() -> dict[str, InLanguages]:
    """Return the grounds on which a UN body finds a communication inadmissible, by code."""
    return dict(labels("inadmissibility"))


def interim_states() -> dict[str, InLanguages]:
    """Return what can become of a request for interim measures, by code; it runs beside the stages."""
    return dict(labels("interim_measures"))


def acceptance(state: str, procedure_id: str) -> Acceptance | None:
    """Return how `state` accepted the complaints procedure, or None when nothing is known of it."""
    return next((a for a in acceptances() if (a.state, a.procedure) == (state, procedure_id)), None)


def facts_too_early(procedure_id: str, facts_on: date, state: str = "KZ") -> str | None:
    """Return a warning when facts of `facts_on` lie before the state accepted the procedure (ratione temporis)."""
    accepted = acceptance(state, procedure_id)
    if accepted is None or accepted.in_force_from is None or facts_on >= accepted.in_force_from:
        return None
    return N_("The facts lie before the State accepted this procedure. Only a violation that continues can be raised.")


def other_forum(procedure_id: str, others: Iterable[tuple[str, bool]]) -> str | None:
    """Return a warning when the same matter elsewhere stands in the way of `procedure_id`, or None.

    `others` are pairs of a procedure's id and whether it is still pending. OP1 ICCPR art. 5(2)(a) hinders only while
    another procedure is pending; CAT art. 22(5)(a), OP-CEDAW art. 4(2)(a), OP-CRPD art. 2(c), OP3-CRC art. 7(d) also
    after it was examined. Letters of the Special Procedures hinder nothing.
    """
    blocked_by = procedure(procedure_id).blocked_by
    for other_id, is_pending in others:
        if other_id == procedure_id or not procedure(other_id).is_other_procedure or blocked_by is None:
            continue
        if is_pending:
            return N_("The same matter is pending before another international body. Ask counsel before registering.")
        if blocked_by == "examined":
            return N_("Another international body has examined the same matter. Ask counsel before registering.")
    return None


def _of(where: Procedure | str) -> Procedure:
    return where if isinstance(where, Procedure) else procedure(where)


def _existed(found: Court, on: date) -> bool:
    return not ((found.valid_from and on < found.valid_from) or (found.valid_to and on > found.valid_to))
