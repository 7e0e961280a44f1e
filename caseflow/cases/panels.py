"""What other pages show of cases: the incident page, which case an incident went to."""

from __future__ import annotations

from sqlalchemy import func, select

from caseflow.access import cases as policy
from caseflow.access import incidents as incidents_policy
from caseflow.access.actor import Actor
from caseflow.access.safes import visible
from caseflow.cases import queries
from caseflow.cases.models import Case, Closure, ConflictCheck
from caseflow.evidence import owners
from caseflow.evidence.export import matters
from caseflow.incidents.models import Incident
from caseflow.incidents.panels import matter_of
from caseflow.kernel.clock import today
from caseflow.kernel.db import db
from caseflow.kernel.words import N_
from caseflow.web.navigation import Panel, panel


@panel("incident", order=20)
def case_of_incident(incident: Incident, actor: Actor) -> Panel | None:
    """Draw reference and stage of the cases an incident went to; a coordinator may open one."""
    glimpses = queries.glimpses_of(incident)
    waits = actor.is_coordinator and incident.state in ("submitted", "in_review", "verified", "taken_to_case")
    if not glimpses and not waits:
        return None
    open_to_reader = {glimpse.id for glimpse in glimpses} & queries.ids_seen(actor, [g.id for g in glimpses])
    objection = policy.may_open(actor) or incidents_policy.may_take_to_case(actor, incident)
    values = {
        "glimpses": glimpses,
        "open_to_reader": open_to_reader,
        "incident": incident,
        "offers": waits,
        "objection": objection,
    }
    return Panel("cases", N_("Case"), "cases/incident_panel.html", values)


@panel("desk", order=12)
def conflicts_on_desk(_row: None, actor: Actor) -> Panel | None:
    """Tell a coordinator how many names wait for her."""
    if policy.may_check_conflicts(actor) is not None:
        return None
    open_ones = visible(ConflictCheck, actor), ConflictCheck.state.in_(("waiting", "possible"))
    query = select(ConflictCheck.state, func.count()).where(*open_ones).group_by(ConflictCheck.state)
    counts = {row[0]: row[1] for row in db.session.execute(query)}
    return Panel("conflicts", N_("Possible conflicts"), "cases/conflicts_panel.html", counts) if counts else None


@panel("desk", order=80)
def kept_long_enough(_row: None, actor: Actor) -> Panel | None:
    """Tell a coordinator of closed cases whose day of keeping has passed: nothing is deleted by itself."""
    if not actor.is_coordinator:
        return None
    over = select(Case).join(Closure, Closure.case_id == Case.id)
    over = over.where(policy.visible_to(actor), Case.state == "closed", Closure.keep_until < today(actor.timezone))
    found = list(db.session.scalars(over.order_by(Closure.keep_until).limit(20)))
    actor.ring.prepare(found)
    return Panel("kept", N_("Kept long enough"), "cases/kept_panel.html", {"cases": found}) if found else None


def owner_of_safe(safe_id: str, actor: Actor) -> owners.Owner | None:
    """Return the case of a safe as the owner of its evidence."""
    case = db.session.scalar(select(Case).where(Case.safe_id == safe_id, policy.visible_to(actor)))
    if case is None:
        return None
    label = f"{case.reference} {actor.ring.text(case, 'title')}"
    return owners.Owner(case, label, "cases.show", {"case_id": case.id})


def matters_of(case: Case, actor: Actor) -> list[matters.Matter]:
    """Return a case and its incidents, as far as `actor` sees them, as an export of the evidence tells them."""
    own = matters.Matter(
        kind="case",
        reference=case.reference,
        safe_id=case.safe_id,
        title=actor.ring.text(case, "title"),
        facts={"state": case.state, "procedure": case.procedure, "stage": case.stage, "articles": list(case.articles)},
    )
    return [own, *(matter_of(incident, actor) for incident in queries.linked_incidents(actor, case))]


owners.register("case", owner_of_safe)
matters.register("case", matters_of)
