"""Searches that a member keeps, sealed with her own keys."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, func, select

from caseflow.access.actor import Actor
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.keys.keyring import ring_of
from caseflow.search.models import SavedSearch
from caseflow.vault.errors import VaultError
from caseflow.vault.indexes import open_index, seal_index

MOST = 30


@dataclass(frozen=True)
class Typed:
    """What the search page was asked, as it was typed and chosen; '' means no matter."""

    q: str = ""
    kind: str = ""
    state: str = ""
    region: str = ""
    right: str = ""
    year: str = ""
    organisation: str = ""


@dataclass(frozen=True)
class Saved:
    """A search that was kept, with the id of its row."""

    id: str
    typed: Typed


def save(typed: Typed, *, by: Actor, at: datetime) -> None:
    """Keep a search; the same one is kept once. Raises `RuleBroken` without words and when there are too many."""
    if not typed.q:
        raise RuleBroken(N_("Write what is to be searched for."), field="q")
    if any(kept.typed == typed for kept in of(by)):
        return
    mine = select(func.count()).select_from(SavedSearch).where(SavedSearch.member_id == by.member_id)
    if (db.session.scalar(mine) or 0) >= MOST:
        raise RuleBroken(N_("You have kept thirty searches. Forget one of them first."), field="q")
    row, ring = SavedSearch(member_id=by.member_id, at=at), ring_of(by)
    content = json.dumps(asdict(typed)).encode()
    row.sealed = seal_index(ring.keys, content, instance=ring.instance, member=by.member_id, place=f"saved:{row.id}")
    db.session.add(row)


def of(actor: Actor) -> list[Saved]:
    """Return the searches that `actor` kept, the oldest first; what her present keys do not open is left out."""
    rows = select(SavedSearch).where(SavedSearch.member_id == actor.member_id).order_by(SavedSearch.at, SavedSearch.id)
    found, ring = [], ring_of(actor)
    for row in db.session.scalars(rows):
        try:
            place = f"saved:{row.id}"
            content = open_index(ring.keys, row.sealed, instance=ring.instance, member=actor.member_id, place=place)
            found.append(Saved(row.id, Typed(**json.loads(content))))
        except (VaultError, ValueError, TypeError):
            continue
    return found


def forget(saved_id: str, *, by: Actor) -> None:
    """Keep a search no longer."""
    mine = (SavedSearch.id == saved_id) & (SavedSearch.member_id == by.member_id)
    db.session.execute(delete(SavedSearch).where(mine))
