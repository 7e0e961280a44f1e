"""What a person allowed, for which purpose; and that she took it back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from caseflow.access import incidents as policy
from caseflow.access.actor import Actor, demand
from caseflow.incidents import checks, rules
from caseflow.incidents.consent_form import ConsentSheet, draw
from caseflow.incidents.entries import touch
from caseflow.incidents.models import Consent, ConsentWithdrawal, Incident, Person
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.ledger import operations as ledger
from caseflow.network.models import Organisation


def give_consent(
    incident: Incident,
    *,
    person: Person,
    purpose: str,
    form: str,
    language: str,
    given_on: date,
    until: date | None = None,
    witness: str | None = None,
    by: Actor,
    at: datetime,
) -> Consent:
    """Record that `person` consented to one purpose on one day, until a day or without an end.

    Raises `RuleBroken` at `given_on` for a day to come or before the incident, at `until` for an end that is not after
    it, at `witness` for a spoken consent without one, and at `purpose` when the same consent stands there already.
    """
    demand(policy.may_add(by, incident), about=ledger.name_of(incident))
    if person.incident_id != incident.id:
        raise RuleBroken(N_("Choose a person of this incident."), field="person")
    checks.code(purpose, rules.CONSENT_PURPOSES, field="purpose")
    checks.code(form, rules.CONSENT_FORMS, field="form")
    checks.language(language)
    checks.past(given_on, today=checks.today_for(by, at), field="given_on")
    began = rules.ImpreciseDate(incident.began_on, incident.began_precision).earliest
    if began is not None and given_on < began:
        raise RuleBroken(N_("This is before the incident began. Correct one of the two dates."), field="given_on")
    if until is not None and until <= given_on:
        raise RuleBroken(N_("The consent must last beyond the day on which it was given."), field="until")
    if any(
        known.withdrawal is None and (known.person_id, known.purpose, known.given_on) == (person.id, purpose, given_on)
        for known in incident.consents
    ):
        raise RuleBroken(N_("This consent is recorded already, with the same date."), field="purpose")
    witness = checks.words(witness, field="witness", most=checks.LINE)
    if form == "oral" and not witness:
        raise RuleBroken(N_("A spoken consent needs its witness: write who was present."), field="witness")
    consent = Consent(
        safe_id=incident.safe_id,
        person=person,
        purpose=purpose,
        form=form,
        language=language,
        given_on=given_on,
        until=until,
        by_id=by.member_id,
        at=at,
    )
    by.ring.seal(consent, witness=witness)
    incident.consents.append(consent)
    touch(incident, at)
    public = {"reference": incident.reference, "purpose": purpose, "given_on": given_on.isoformat()}
    details = {"person": person.id, "form": form, "language": language, "witness": witness}
    ledger.record("incidents.give_consent", by=by, at=at, about=consent, public=public, details=details)
    return consent


def print_consent_form(
    incident: Incident,
    *,
    person: Person | None,
    purposes: Collection[str],
    language: str,
    until: date | None = None,
    witness: str | None = None,
    by: Actor,
    at: datetime,
) -> bytes:
    """Return the consent form as a PDF, filled in with what is given here; the name is in it and nowhere else.

    That it was printed, and for whom, stands in the ledger: paper leaves the safe. Raises `RuleBroken` for a code that is none.
    """
    demand(policy.may_add(by, incident), about=ledger.name_of(incident))
    if person is not None and person.incident_id != incident.id:
        raise RuleBroken(N_("Choose a person of this incident."), field="person")
    for purpose in purposes:
        checks.code(purpose, rules.CONSENT_PURPOSES, field="purpose")
    checks.language(language)
    house = db.session.get_one(Organisation, incident.organisation_id)
    sheet = ConsentSheet(
        reference=incident.reference,
        network=house.name,
        operator=house.name,
        name=by.ring.text(person, "name") if person is not None else "",
        purposes=purposes,
        until=until,
        witness=checks.words(witness, field="witness", most=checks.LINE),
    )
    drawn = draw(sheet, language=language, at=at)
    public = {"reference": incident.reference, "language": language}
    details = {"person": person.id if person is not None else None, "purposes": sorted(purposes)}
    ledger.record("incidents.print_consent_form", by=by, at=at, about=incident, public=public, details=details)
    return drawn


def withdraw_consent(consent: Consent, *, on: date, reason: str, by: Actor, at: datetime) -> ConsentWithdrawal:
    """Record that the person took `consent` back on a day, and how that became known.

    Raises `RuleBroken` at `on` for a day to come or before the consent, at `reason` when nothing is said.
    """
    demand(policy.may_withdraw_consent(by, consent), about=ledger.name_of(consent))
    checks.past(on, today=checks.today_for(by, at), field="on")
    if on < consent.given_on:
        raise RuleBroken(N_("This is before the consent was given. Correct the date."), field="on")
    missing = N_("Say how you learned of it. The person herself owes no reason.")
    reason = checks.words(reason, field="reason", most=checks.ENTRY, missing=missing)
    withdrawal = ConsentWithdrawal(safe_id=consent.safe_id, on=on, by_id=by.member_id, at=at)
    by.ring.seal(withdrawal, reason=reason)
    consent.withdrawal = withdrawal
    touch(consent.incident, at)
    public = {"reference": consent.incident.reference, "purpose": consent.purpose, "on": on.isoformat()}
    ledger.record("incidents.withdraw_consent", by=by, at=at, about=consent, public=public, details={"reason": reason})
    return withdrawal
