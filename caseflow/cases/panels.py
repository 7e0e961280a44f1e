"""What other pages show of cases: the incident page, which case an incident went to."""

from __future__ import annotations

from caseflow.access import cases as policy
from caseflow.access import incidents as incidents_policy
from caseflow.access.actor import Actor
from caseflow.cases import queries
from caseflow.incidents.models import Incident
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
