"""The library beside our own decisions: public ones of other bodies, and who cites whom."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from caseflow.access import precedents as policy
from caseflow.access.actor import Actor, demand
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.ledger import operations as ledger
from caseflow.precedents import rules
from caseflow.precedents.models import Citation, Precedent


def load_public_decisions(*, at: datetime) -> int:
    """Put the shipped public decisions that are not there yet into the library; return how many were added."""
    known = set(db.session.scalars(select(Precedent.number).where(Precedent.origin == "public")))
    added = 0
    for decision in rules.public_decisions():
        if decision.number in known:
            continue
        db.session.add(
            Precedent(
                origin="public",
                title=decision.title.in_language("en"),
                body=decision.body,
                number=decision.number,
                symbol=decision.symbol,
                submitted_on=decision.submitted_on,
                decided_on=decision.decided_on,
                decided_precision=decision.decided_precision,
                articles=list(decision.articles),
                outcome=decision.outcome,
                question="",
                holding=decision.holding.in_language("en"),
                significance=decision.note.in_language("en"),
                words={
                    "title": decision.title.record(),
                    "holding": decision.holding.record(),
                    "significance": decision.note.record(),
                },
                unconfirmed=list(decision.unconfirmed),
                source=decision.source,
                published_at=at,
            )
        )
        added += 1
    if added:
        db.session.flush()
        _load_citations(at=at)
        ledger.record("precedents.load_public_decisions", by=None, at=at, about="precedents:", public={"added": added})
    return added


def _load_citations(*, at: datetime) -> None:
    public = select(Precedent.number, Precedent.id).where(Precedent.origin == "public")
    ids = {row.number: row.id for row in db.session.execute(public)}
    there = {tuple(row) for row in db.session.execute(select(Citation.citing_id, Citation.cited_id, Citation.kind))}
    for shipped in rules.public_citations():
        citing, cited = ids[shipped.citing], ids[shipped.cited]
        if (citing, cited, shipped.kind) not in there:
            db.session.add(
                Citation(citing_id=citing, cited_id=cited, kind=shipped.kind, paragraph=shipped.paragraph, at=at)
            )
    db.session.flush()


def cite(
    citing: Precedent, *, cited: Precedent, kind: str, paragraph: str | None = None, by: Actor, at: datetime
) -> Citation:
    """Record that `citing` follows, distinguishes, overrules … `cited`. Raises `RuleBroken` at `cited` or `kind`."""
    demand(policy.may_cite(by), about=ledger.name_of(citing))
    if citing.id == cited.id:
        raise RuleBroken(N_("A decision does not cite itself."), field="cited")
    if citing.decided_on and cited.decided_on and cited.decided_on > citing.decided_on:
        raise RuleBroken(N_("The decision cited is the later one. Exchange the two."), field="cited")
    if kind not in rules.CITATION_KINDS:
        raise RuleBroken(N_("Choose one."), field="kind")
    there = select(Citation.id).where(
        Citation.citing_id == citing.id, Citation.cited_id == cited.id, Citation.kind == kind
    )
    if db.session.scalar(there) is not None:
        raise RuleBroken(N_("This citation is recorded already."), field="cited")
    citation = Citation(
        citing_id=citing.id, cited_id=cited.id, kind=kind, paragraph=paragraph or None, by_id=by.member_id, at=at
    )
    db.session.add(citation)
    db.session.flush()
    ledger.record("precedents.cite", by=by, at=at, about=citing, public={"cited": cited.id, "kind": kind})
    return citation
