"""How a case stands to others: linked, joined into one, severed from one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from caseflow.access import cases as policy
from caseflow.access.actor import Actor, demand
from caseflow.cases import queries, rules
from caseflow.cases.models import Case, CaseRelation, Party
from caseflow.cases.operations.closure import close
from caseflow.cases.operations.opening import link_incident, open_case
from caseflow.cases.operations.team import began, settle
from caseflow.cases.operations.work import add_party
from caseflow.cases.position import keep
from caseflow.incidents.models import Incident
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.ledger import operations as ledger
from caseflow.network.names import name_words


def link_cases(
    case: Case, *, kind: str, reference: str, note: str | None = None, by: Actor, at: datetime
) -> CaseRelation:
    """Link a case with another one that `by` may open. Raises `RuleBroken` at `kind`, and at `reference` for any other."""
    demand(policy.may_relate(by, case), about=ledger.name_of(case))
    if kind not in rules.CASE_LINKS:
        raise RuleBroken(N_("Choose one."), field="kind", about=ledger.name_of(case))
    other = _other(case, reference, by)
    link = _link(case, other, kind=kind, note=note, by=by, at=at)
    ledger.record("cases.link_cases", by=by, at=at, about=case, details=_told(link, other, note))
    return link


def unlink_cases(case: Case, *, link: CaseRelation, reason: str, by: Actor, at: datetime) -> None:
    """Take a link back, with a reason; the ledger keeps it sealed. What was joined or severed stays so."""
    demand(policy.may_relate(by, case), about=ledger.name_of(case))
    if link.kind not in rules.CASE_LINKS:
        raise RuleBroken(N_("What was joined or severed stays so."), about=ledger.name_of(case))
    if not reason.strip():
        raise RuleBroken(N_("Say why, in a sentence."), field="reason", about=ledger.name_of(case))
    told = {"from": link.from_id, "to": link.to_id, "kind": link.kind, "reason": reason}
    db.session.delete(link)
    keep(case.id, changed_at=at)
    ledger.record("cases.unlink_cases", by=by, at=at, about=case, details=told)


def join(case: Case, *, reference: str, reason: str, by: Actor, at: datetime) -> Case:
    """Join a case into another, which takes over its incidents and its parties; the first is closed. Return the other.

    Its counsel, where they are not counsel in the other, read on only what they read until now. Raises `RuleBroken` at
    `reference` or `reason`, and what closing refuses, such as a deadline that still runs.
    """
    demand(policy.may_join(by, case), about=ledger.name_of(case))
    other = _other(case, reference, by)
    demand(policy.may_join(by, other), about=ledger.name_of(other))
    if not reason.strip():
        raise RuleBroken(N_("Say why, in a sentence."), field="reason", about=ledger.name_of(case))
    there = {link.incident_id for link in other.links}
    for incident in queries.linked_incidents(by, case):
        if incident.id not in there:
            link_incident(other, incident=incident, by=by, at=at)
    _copy(case.parties, other, by=by, at=at)
    link = _link(case, other, kind="joined_into", note=reason, by=by, at=at)
    ledger.record("cases.link_cases", by=by, at=at, about=case, details=_told(link, other, reason))
    close(case, outcome="joined", reason=reason, by=by, at=at)
    return other


def sever(
    case: Case,
    *,
    title: str,
    reason: str,
    incidents: Iterable[Incident] = (),
    parties: Collection[str] = (),
    by: Actor,
    at: datetime,
) -> Case:
    """Sever a case from another: a case of its own with the same team, these incidents and parties (ids), which stay in both.

    Raises `RuleBroken` at `title` or `reason`, and for an incident that is not in the first.
    """
    demand(policy.may_join(by, case), about=ledger.name_of(case))
    if not reason.strip():
        raise RuleBroken(N_("Say why, in a sentence."), field="reason", about=ledger.name_of(case))
    taken, mine = list(incidents), {link.incident_id for link in case.links}
    if any(incident.id not in mine for incident in taken):
        raise RuleBroken(N_("This incident is not in the case."), field="incidents", about=ledger.name_of(case))
    made = open_case(
        title=title, articles=case.articles, confidentiality=case.confidentiality, incidents=taken, by=by, at=at
    )
    for counsel in case.counsel:
        if counsel.until is None:
            began(made, counsel.member_id, counsel.role, by=by, at=at)
    settle(made, by=by, at=at)
    _copy([party for party in case.parties if party.id in parties], made, by=by, at=at)
    link = _link(made, case, kind="severed_from", note=reason, by=by, at=at)
    ledger.record("cases.link_cases", by=by, at=at, about=made, details=_told(link, case, reason))
    return made


def _other(case: Case, reference: str, by: Actor) -> Case:
    other = queries.by_reference(by, reference)
    if other is None:
        raise RuleBroken(N_("No case that you may open has this reference."), field="reference")
    if other.id == case.id:
        raise RuleBroken(N_("This is the reference of this case itself."), field="reference")
    return other


def _link(case: Case, other: Case, *, kind: str, note: str | None, by: Actor, at: datetime) -> CaseRelation:
    if any((link.kind, row.id) == (kind, other.id) for link, row in queries.relations_of(by, case)):
        raise RuleBroken(N_("The two are linked in this way already."), field="reference")
    link = CaseRelation(safe_id=case.safe_id, from_id=case.id, to_id=other.id, kind=kind, by_id=by.member_id, at=at)
    by.ring.seal(link, note=note)
    db.session.add(link)
    db.session.flush()
    keep(case.id, changed_at=at)
    return link


def _told(link: CaseRelation, other: Case, note: str | None) -> dict[str, str | None]:
    # Sealed: who holds this safe alone learns nothing of the other one, not even that it is there.
    return {"other": other.id, "reference": other.reference, "kind": link.kind, "note": note}


def _copy(parties: Iterable[Party], to: Case, *, by: Actor, at: datetime) -> None:
    there = {(party.side, name_words(by.ring.text(party, "name"))) for party in to.parties}
    for party in parties:
        name = by.ring.text(party, "name")
        if (party.side, name_words(name)) not in there:
            add_party(to, side=party.side, kind=party.kind, name=name, by=by, at=at)
