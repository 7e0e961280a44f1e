"""The network's own terms come in and are retired. Nothing is called otherwise than it was when it was written down."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select

from caseflow.incidents import typology
from caseflow.incidents.models import NetworkTerm
from caseflow.incidents.terms import EXTENSIBLE, OwnTerm, acts, terms
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.ledger import operations as ledger


@dataclass(frozen=True)
class Imported:
    """How many terms were new, changed, and as they had been."""

    added: int
    changed: int
    same: int


def import_terms(given: Collection[OwnTerm], *, at: datetime) -> Imported:
    """Take terms into the lists, or their words and state anew; the same list again changes nothing.

    What a list leaves out stays as it is: something may be called by it.
    """
    known = {(row.listed, row.code): row for row in db.session.scalars(select(NetworkTerm))}
    last = db.session.scalar(select(func.max(NetworkTerm.position))) or 0
    added = changed = 0
    for term in given:
        row = known.get((term.listed, term.code))
        if row is None:
            last, added = last + 1, added + 1
            row = NetworkTerm(listed=term.listed, code=term.code, position=last)
            db.session.add(row)
        elif _said(row) == term:
            continue
        else:
            changed += 1
        row.en, row.ru, row.kk = term.label.en, term.label.ru, term.label.kk
        row.parent, row.articles, row.esf_code = term.parent, list(term.articles), term.esf_code
        row.retired_at = (row.retired_at or at) if term.retired else None
        row.at = at
    db.session.flush()
    typology.forget()
    if added or changed:
        codes = [f"{term.listed}:{term.code}" for term in given][:50]
        public = {"added": added, "changed": changed, "terms": codes}
        ledger.record("incidents.import_terms", by=None, at=at, about="incidents:", public=public)
    return Imported(added, changed, len(given) - added - changed)


def retire_term(listed: str, code: str, *, back: bool = False, at: datetime) -> None:
    """Take a term out of what can be chosen, or `back` in; what is called by it stays readable.

    Raises `RuleBroken` for a list that is none and a term that is not in it.
    """
    if listed not in EXTENSIBLE:
        raise RuleBroken(
            _("“%(list)s” is no list to which terms can be added: %(lists)s.", list=listed, lists=", ".join(EXTENSIBLE))
        )
    found = acts().get(code) if listed == "acts" else terms(listed).get(code)
    if found is None or (listed == "acts" and acts()[code].parent is None):
        raise RuleBroken(N_("There is no such term in this list."))
    row = db.session.scalar(select(NetworkTerm).where(NetworkTerm.listed == listed, NetworkTerm.code == code))
    if row is None:
        kind = acts()[code] if listed == "acts" else None
        row = NetworkTerm(
            listed=listed,
            code=code,
            position=0,
            en=found.label.en,
            ru=found.label.ru,
            kk=found.label.kk,
            parent=kind.parent if kind else None,
            articles=list(kind.articles) if kind else [],
            esf_code=kind.esf_code if kind else None,
        )
        db.session.add(row)
    row.retired_at, row.at = (None if back else at), at
    db.session.flush()
    typology.forget()
    public = {"terms": [f"{listed}:{code}"], "retired": not back}
    ledger.record("incidents.retire_term", by=None, at=at, about="incidents:", public=public)


def _said(row: NetworkTerm) -> OwnTerm:
    return next(one for one in typology.own_terms() if (one.listed, one.code) == (row.listed, row.code))
