"""Who in an incident has consented to what today: for exports, which leave out or rename what lacks it."""

from __future__ import annotations

from datetime import date

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
    standing = standing_in(incident, today_for(actor, now()))
    asked = [person for person in incident.people if not _only_did_it(person, incident)]
    return [
        Concerned(
            name=actor.ring.text(person, "name"),
            pseudonym=actor.ring.text(person, "pseudonym") or f"{incident.reference}/P{person.position}",
            consents=standing.get(person.id, frozenset()),
        )
        for person in asked
    ]


def standing_in(incident: Incident, today: date) -> dict[str, frozenset[str]]:
    """Return person id -> the purposes for which her consent stands on that day."""
    given: dict[str, set[str]] = {}
    for consent in incident.consents:
        if consent.withdrawal is None and (consent.until is None or consent.until >= today):
            given.setdefault(consent.person_id, set()).add(consent.purpose)
    return {
        person: frozenset(
            purpose for purpose in rules.CONSENT_PURPOSES if any(rules.covers(one, purpose) for one in purposes)
        )
        for person, purposes in given.items()
    }


def _only_did_it(person: Person, incident: Incident) -> bool:
    suffered = any(act.victim_id == person.id for act in incident.acts)
    did = any(part.person_id == person.id for act in incident.acts for part in act.involvements)
    return did and not suffered
