"""The way that usually lies ahead of a proceeding, for the picture on the case page; nothing is decided by it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from caseflow.proceedings.rules import WITHDRAWN, Procedure, Stage

MILESTONES = ("first_instance", "appeal", "in_force")


def usual_way(procedure: Procedure, present: str) -> list[Stage]:
    """Return the stages from `present` to where the procedure may rest: by instances, or by the shortest way there."""
    if present == WITHDRAWN:
        return []
    here = procedure.stage(present)
    way: list[Stage] = []
    passed = MILESTONES.index(here.kind) if here.kind in MILESTONES else -1
    for kind in MILESTONES[passed + 1 :]:
        leg = _shortest(procedure, here, lambda stage, kind=kind: stage.kind == kind)  # type: ignore[misc]
        if leg and not here.terminal:
            way += leg
            here = leg[-1]
    if not way and not here.terminal:
        way = _shortest(procedure, here, lambda stage: stage.terminal and stage.kind != "end")
    return way or _straight_on(procedure, here)


def _straight_on(procedure: Procedure, start: Stage) -> list[Stage]:
    """Return the stages met by taking the first ordinary move each time, until one that may be the last."""
    way = [start]
    while not way[-1].terminal:
        following = next((s for s in way[-1].next if s not in {stage.id for stage in way}), None)
        if following is None:
            break
        way.append(procedure.stage(following))
    return way[1:]


def _shortest(procedure: Procedure, start: Stage, arrived: Callable[[Stage], bool]) -> list[Stage]:
    """Return the shortest way by ordinary moves to a stage that `arrived` accepts, without `start`; [] when none is."""
    waiting: deque[list[Stage]] = deque([[start]])
    seen = {start.id}
    while waiting:
        way = waiting.popleft()
        for stage_id in way[-1].next:
            if stage_id in seen:
                continue
            seen.add(stage_id)
            longer = [*way, procedure.stage(stage_id)]
            if arrived(longer[-1]):
                return longer[1:]
            waiting.append(longer)
    return []
