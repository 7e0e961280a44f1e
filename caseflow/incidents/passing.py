"""What of an incident goes to another organisation: the parts that were chosen, and names only where that was consented to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from caseflow.access.actor import Actor
from caseflow.evidence.export.masking import Mask
from caseflow.incidents import rules
from caseflow.incidents.models import Act, Consent, Incident, Involvement, Person, Source

PURPOSE = "referral"
PARTS = ("narrative", "place", "sources")
"""What can be chosen beside people: without them title, region, dates and language go."""


@dataclass(frozen=True)
class Standing:
    """Whether a person may be named elsewhere: a consent that stands, nobody whom one would ask, or neither."""

    person: Person
    consent: Consent | None
    asked: bool

    @property
    def named(self) -> bool:
        """Tell whether the name goes along."""
        return self.consent is not None or not self.asked


def standings(incident: Incident, *, today: date) -> list[Standing]:
    """Return of every person in `incident` whether she may be named; who only did it is not asked."""
    suffered = {act.victim_id for act in incident.acts}
    did = {part.person_id for act in incident.acts for part in act.involvements}
    found = []
    for person in incident.people:
        given = (
            consent
            for consent in incident.consents
            if consent.person_id == person.id
            and consent.withdrawal is None
            and rules.covers(consent.purpose, PURPOSE)
            and (consent.until is None or consent.until >= today)
        )
        found.append(Standing(person, next(given, None), person.id in suffered or person.id not in did))
    return found


def fill(
    new: Incident, incident: Incident, *, parts: Collection[str], people: Collection[Person], today: date, by: Actor
) -> None:
    """Copy the chosen parts of `incident` into `new`, sealed to its safe; names that may not go are masked everywhere."""
    chosen = {person.id for person in people}
    found = standings(incident, today=today)
    named = {one.person.id for one in found if one.named and one.person.id in chosen}
    instead = {person.id: by.ring.text(person, "pseudonym") or f"P{person.position}" for person in incident.people}
    mask = Mask({
        name: instead[person.id]
        for person in incident.people
        if person.id not in named and (name := by.ring.text(person, "name"))
    })  # fmt: skip

    def over(row: Incident | Person | Act, name: str) -> str:
        return mask.over(by.ring.text(row, name))

    by.ring.seal(
        new,
        title=over(incident, "title"),
        narrative=over(incident, "narrative") if "narrative" in parts else None,
        place=over(incident, "place") if "place" in parts else None,
    )
    safe = new.safe_id
    copies: dict[str, Person] = {}
    for person in incident.people:
        if person.id not in chosen:
            continue
        copy = Person(safe_id=safe, position=len(copies) + 1, kind=person.kind, size=person.size)
        new.people.append(copy)
        copies[person.id] = copy
        whole = person.id in named
        by.ring.seal(
            copy,
            name=by.ring.text(person, "name") if whole else "",
            pseudonym=by.ring.text(person, "pseudonym") if whole else instead[person.id],
            contact=by.ring.text(person, "contact") if whole else None,
            details=over(person, "details") if whole else None,
        )
    for consent in (one.consent for one in found if one.consent is not None and one.person.id in copies):
        names = ("purpose", "form", "language", "given_on", "until", "by_id", "at")
        told = {name: getattr(consent, name) for name in names}
        new.consents.append(Consent(safe_id=safe, person=copies[consent.person_id], witness_sealed=None, **told))
    for act in (act for act in incident.acts if act.victim_id in copies):
        _act(new, act, copies, stated_reason=over(act, "stated_reason"), consequences=over(act, "consequences"), by=by)
    if "sources" in parts:  # how far it can be relied on goes; who it is stays, for nobody has asked her
        for source in incident.sources:
            coded = {name: getattr(source, name) for name in ("connection", "reliability", "said_on")}
            new.sources.append(Source(safe_id=safe, who_sealed=None, **coded))


def _act(new: Incident, act: Act, people: dict[str, Person], *, by: Actor, **texts: str) -> None:
    copy = Act(
        safe_id=new.safe_id,
        position=len(new.acts) + 1,
        victim=people[act.victim_id],
        kind=act.kind,
        articles=list(act.articles),
        method=act.method,
        victim_status=act.victim_status,
    )
    new.acts.append(copy)
    by.ring.seal(copy, **texts)
    for part in act.involvements:
        other = Involvement(safe_id=new.safe_id, actor_kind=part.actor_kind, degree=part.degree)
        other.person = people.get(part.person_id or "")
        copy.involvements.append(other)
        by.ring.seal(other, unit=by.ring.text(part, "unit"))
