"""A bundle for a court is begun, comes along, and ends as an exhibit of the case or broken off."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select

from caseflow.access import cases as policy
from caseflow.access.actor import Actor, demand
from caseflow.cases.models import Bundle, Case
from caseflow.cases.position import keep
from caseflow.evidence import operations as evidence
from caseflow.evidence.intake import Received
from caseflow.kernel.db import db, unscoped
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.ledger import operations as ledger

TOO_LONG = timedelta(minutes=15)  # whatever is making a bundle for longer is gone
MOST = 200  # exhibits
_WHY = unscoped("how far a bundle is follows its making, which has asked")


def begin_bundle(case: Case, *, chosen: Collection[str], language: str, by: Actor, at: datetime) -> Bundle:
    """Begin a bundle of the items `chosen` (ids). Raises `RuleBroken` at `chosen`, and while another is being made."""
    demand(policy.may_bundle(by, case), about=ledger.name_of(case))
    if not chosen or len(chosen) > MOST:
        raise RuleBroken(N_("Choose between 1 and 200 exhibits."), field="chosen", about=ledger.name_of(case))
    if any(one.state == "making" and one.at > at - TOO_LONG for one in case.bundles):
        raise RuleBroken(N_("A bundle of this case is being made just now. Wait for it."), about=ledger.name_of(case))
    bundle = Bundle(
        safe_id=case.safe_id,
        case_id=case.id,
        chosen=list(chosen),
        language=language,
        state="making",
        step=0,
        steps=1,
        by_id=by.member_id,
        at=at,
    )
    db.session.add(bundle)
    db.session.flush()
    ledger.record("cases.begin_bundle", by=by, at=at, about=bundle, public={"items": len(chosen)})
    return bundle


def end_bundle(bundle_id: str, case: Case, *, received: Received | None, title: str, by: Actor, at: datetime) -> Bundle:
    """Keep what was made as an exhibit of the case, titled `title`; `received` is None when it broke off."""
    query = select(Bundle).where(Bundle.id == bundle_id, Bundle.case_id == case.id)
    bundle = db.session.scalars(query, execution_options=_WHY).one()
    demand(policy.may_bundle(by, case), about=ledger.name_of(bundle))
    bundle.ended_at, bundle.state = at, "broken"
    if received is not None:
        item = evidence.add_item(case, title=title, by=by, at=at)
        evidence.add_file(item, received, by=by, at=at)
        bundle.item_id, bundle.state, bundle.step = item.id, "done", bundle.steps
        keep(case.id, changed_at=at)
    db.session.flush()
    result = "failed" if received is None else "done"
    ledger.record("cases.end_bundle", by=by, at=at, about=bundle, result=result)
    return bundle
