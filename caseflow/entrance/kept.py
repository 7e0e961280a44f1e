"""What is being typed and was not sent yet: kept every few seconds, sealed to its member, until it is sent or thrown away.

It is no fact of the field yet, and nobody but its member opens it. Each opened form has a row of its own, named by the key
that makes the form count once: two windows overwrite nothing of each other, and a form that was received takes its row along.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import g, request
from sqlalchemy import delete, func, select
from werkzeug.datastructures import MultiDict

from caseflow.access.actor import Actor
from caseflow.entrance.carried import Pairs, open_typed, seal_typed
from caseflow.entrance.models import KeptTyping
from caseflow.kernel.announce import on
from caseflow.kernel.db import db
from caseflow.kernel.errors import NotFound, RuleBroken
from caseflow.kernel.ids import LENGTH, if_id
from caseflow.kernel.words import N_
from caseflow.keys.keyring import ring_of
from caseflow.web.gate import current_actor_or_none
from caseflow.web.pages import Submission

MOST_CHARACTERS = 150_000
MOST_FORMS = 60  # of one member at a time
KEPT_FOR = timedelta(days=30)
TITLE = "kept-title"
TOOK = "kept-took"


@dataclass(frozen=True)
class Typed:
    """Something that was typed on the page `page` and not sent; `number` counts how often it was kept."""

    key: str
    page: str
    title: str
    number: int
    at: datetime
    pairs: list[tuple[str, str]] = field(repr=False)


def keep(key: str, *, page: str, title: str, typed: Pairs, took: str, by: Actor, at: datetime) -> None:
    """Keep what stands in a form now in place of what was kept of it before.

    `took` names what it was begun from, as `Typed.key.number`, which goes unless it was typed on elsewhere. Raises
    `RuleBroken` when it is too much, `NotFound` for a key of somebody else. A form that was received is kept no more.
    """
    if db.session.get(Submission, key) is not None:
        return
    if sum(len(name) + len(value) for name, value in typed) > MOST_CHARACTERS:
        raise RuleBroken(N_("This is too long to be kept while you type. Save it, and go on from there."))
    row = db.session.get(KeptTyping, key)
    if row is not None and (row.member_id, row.page) != (by.member_id, page):
        raise NotFound
    if row is None:
        mine = select(func.count()).select_from(KeptTyping).where(KeptTyping.member_id == by.member_id)
        if (db.session.scalar(mine) or 0) >= MOST_FORMS:
            raise RuleBroken(N_("Too much waits that was typed and not sent. Send or throw away some of it first."))
        row = KeptTyping(key=key, member_id=by.member_id, page=page, number=0)
        db.session.add(row)
    sealed = seal_typed([(TITLE, title), *typed], page, member=by.member_id, public=by.ring.public)
    row.sealed = base64.b64decode(sealed)
    row.number += 1
    row.at = at
    db.session.flush()
    _drop_taken(took, by.member_id)


def throw_away(key: str, *, by: Actor) -> None:
    """Forget something that was typed and not sent."""
    db.session.execute(delete(KeptTyping).where(KeptTyping.key == key, KeptTyping.member_id == by.member_id))


def waiting(actor: Actor, page: str | None = None) -> list[Typed]:
    """Return what `actor` typed and did not send, on one page or anywhere, the last first; one query."""
    query = select(KeptTyping).where(KeptTyping.member_id == actor.member_id).order_by(KeptTyping.at.desc())
    if page is not None:
        query = query.where(KeptTyping.page == page)
    found = (_opened(row, actor) for row in db.session.scalars(query))
    return [typed for typed in found if typed is not None]


def taken_back() -> Typed | None:
    """Return what the address of this request asks to take back into its form (`?kept=key`), if it is hers and of here."""
    if "kept_taken" not in g:
        actor, key = current_actor_or_none(), if_id(request.args.get("kept", ""))
        g.kept_taken = None
        if actor is not None and len(key) == LENGTH:
            row = db.session.get(KeptTyping, key)
            if row is not None and (row.member_id, row.page) == (actor.member_id, request.path):
                g.kept_taken = _opened(row, actor)
    found: Typed | None = g.kept_taken
    return found


def as_typed() -> MultiDict[str, str] | None:
    """Return the values with which a form of this page begins in place of what is stored; None for what is stored."""
    typed = taken_back()
    return MultiDict(typed.pairs) if typed is not None else None


def forget_old(*, at: datetime) -> None:
    """Forget what nobody went on with for a month."""
    db.session.execute(delete(KeptTyping).where(KeptTyping.at < at - KEPT_FOR))


@on("web.received")
def _received(key: str, by: Actor | None) -> None:
    if by is None:
        return
    throw_away(key, by=by)
    _drop_taken(request.form.get(TOOK, ""), by.member_id)


def _drop_taken(took: str, member: str) -> None:
    key, _dot, number = took.partition(".")
    if len(if_id(key)) == LENGTH and number.isascii() and number.isdigit() and len(number) < 10:
        mine = (KeptTyping.key == key) & (KeptTyping.member_id == member) & (KeptTyping.number == int(number))
        db.session.execute(delete(KeptTyping).where(mine))


def _opened(row: KeptTyping, actor: Actor) -> Typed | None:
    # What was sealed to keys that its member has replaced since is lost, as everything is that only she could open.
    text = base64.b64encode(row.sealed).decode()
    carried = open_typed(text, ring_of(actor).keys, member=actor.member_id)
    if carried is None or carried.onward != row.page:
        return None
    title = next((value for name, value in carried.typed if name == TITLE), "")
    pairs = [(name, value) for name, value in carried.typed if name != TITLE]
    return Typed(row.key, row.page, title, row.number, row.at, pairs)
