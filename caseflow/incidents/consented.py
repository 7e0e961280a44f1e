"""Who in an incident has consented to what today: for exports, which leave out or rename what lacks it."""

from __future__ import annotations

from caseflow.access.actor import Actor
from caseflow.evidence.export.matters import Concerned
from caseflow.incidents import rules
from caseflow.incidents.checks import today_for
from caseflow.incidents.models import Incident, Person
from caseflow.kernel.clock import now


def people_of(incident: Incident, actor: Actor) -> list[Concerned]:
    """Return the people of an incident with the purposes for which a consent of theirs stands today.

    Nobody asks a perpetrator: who is entered as that only is not among them.
    """
    today = today_for(actor, now())
    standing: dict[str, set[str]] = {}
    for consent in incident.consents:
        if consent.withdrawal is None and (consent.until is None or consent.until >= today):
            standing.setdefault(consent.person_id, set()).add(consent.purpose)
    asked = [person for person in incident.people if not _only_did_it(person, incident)]
    return [
        Concerned(
            name=actor.ring.text(person, "name"),
            pseudonym=actor.ring.text(person, "pseudonym") or f"{incident.reference}/P{person.position}",
            consents=frozenset(
                purpose
                for purpose in rules.CONSENT_PURPOSES
                if any(rules.covers(given, purpose) for given in standing.get(person.id, ()))
            ),
        )
        for person in asked
    ]


def _only_did_it(person: Person, incident: Incident) -> bool:
    suffered = any(act.victim_id == person.id for act in incident.acts)
    did = any(part.person_id == person.id for act in incident.acts for part in act.involvements)
    return did and not suffered
