"""What lets counsel act for the client: a paper, from when until when. Its end is proposed as a deadline."""

from __future__ import annotations

from datetime import date, datetime

from caseflow.access import cases as policy
from caseflow.access.actor import Actor, demand
from caseflow.cases import rules
from caseflow.cases.models import Counsel, Mandate
from caseflow.cases.position import keep
from caseflow.evidence import operations as evidence
from caseflow.kernel.announce import announce
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_, InLanguages
from caseflow.ledger import operations as ledger


def record_mandate(
    counsel: Counsel,
    *,
    kind: str,
    given_on: date,
    until: date | None = None,
    scope: str | None = None,
    by: Actor,
    at: datetime,
) -> Mandate:
    """Record a mandate of counsel and make the exhibit that its paper goes into; `until` is its last day, None for no end.

    Raises `RuleBroken` at `kind` or `until`, and for counsel whose assignment has ended.
    """
    case = counsel.case
    demand(policy.may_record_mandate(by, case), about=ledger.name_of(case))
    label: InLanguages | None = rules.MANDATE_KINDS.get(kind)
    if label is None:
        raise RuleBroken(N_("Choose one."), field="kind", about=ledger.name_of(case))
    if counsel.until is not None:
        raise RuleBroken(N_("This assignment has ended. Assign her anew first."), about=ledger.name_of(case))
    if until is not None and until < given_on:
        raise RuleBroken(N_("A mandate cannot end before it begins."), field="until", about=ledger.name_of(case))
    item = evidence.add_item(case, title=label.to(by.language), by=by, at=at)
    mandate = Mandate(
        safe_id=case.safe_id,
        counsel_id=counsel.id,
        item_id=item.id,
        kind=kind,
        given_on=given_on,
        until=until,
        by_id=by.member_id,
        at=at,
    )
    by.ring.seal(mandate, scope=scope)
    case.mandates.append(mandate)
    db.session.flush()
    keep(case.id, changed_at=at)
    public = {
        "member": counsel.member_id,
        "kind": kind,
        "given_on": given_on.isoformat(),
        "until": until.isoformat() if until else None,
    }
    details = {"scope": scope} if scope else None
    ledger.record("cases.record_mandate", by=by, at=at, about=mandate, public=public, details=details)
    if until is not None:
        announce("cases.mandate_ends", case=case, mandate_id=mandate.id, until=until, by=by, at=at)
    return mandate
