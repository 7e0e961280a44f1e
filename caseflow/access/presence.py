"""Whether who acts is still who she was when her request began: asked behind the lock, where nothing changes any more.

An actor is made when a request or a command begins. Until its act has the lock, somebody else may have ended her
membership, her session, or what makes her key count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from caseflow.access.actor import Actor
from caseflow.entrance.models import MemberSession
from caseflow.kernel.db import db, known_in_transaction
from caseflow.kernel.errors import NotPermitted
from caseflow.kernel.words import N_
from caseflow.keys.models import Identity, KeyConfirmation
from caseflow.network.models import Departure, Member

PUT_OUT = N_("You were signed out, or what you may do was changed, while this waited for its turn. Nothing was done.")

_member, _departure, _identity, _word, _session = (
    model.__table__ for model in (Member, Departure, Identity, KeyConfirmation, MemberSession)
)
# Every act asks this: it is built once, and of the tables, for rows of which nothing is followed cost a third.
_NOW = (
    select(_member.c.role, _departure.c.member_id, _identity.c.public, _word.c.public, _session.c.sid_hash)
    .select_from(_member)
    .outerjoin(_departure, _departure.c.member_id == _member.c.id)
    .outerjoin(_identity, _identity.c.member_id == _member.c.id)
    .outerjoin(_word, (_word.c.member_id == _member.c.id) & (_word.c.role == _member.c.role))
    .outerjoin(_session, (_session.c.sid_hash == bindparam("session")) & (_session.c.member_id == _member.c.id))
    .where(_member.c.id == bindparam("member"))
)


@dataclass(frozen=True)
class _Seen:
    """Who was found present in a transaction: what she does there to herself, such as signing out, is hers to finish."""

    member: str
    role: str
    session: str | None


def demand_present(by: Actor) -> None:
    """Raise `NotPermitted` unless `by` is a member now, in her role, with her key confirmed and her session there."""
    if not is_present(by):
        raise NotPermitted(PUT_OUT, about=f"members:{by.member_id}")


def is_present(by: Actor) -> bool:
    """Tell whether `by` is a member now, in her role, with her key confirmed and her session there.

    One query, and one for each actor in a transaction: nobody else acts while it holds the lock. Without a transaction
    it is asked each time.
    """
    known, seen = known_in_transaction(), _Seen(by.member_id, by.role, by.session)
    if seen in known:
        return True
    db.session.flush()
    row = db.session.connection().execute(_NOW, {"member": by.member_id, "session": by.session}).first()
    if row is None or not _is_still(by, *row):
        return False
    known.add(seen)
    return True


def _is_still(
    by: Actor, role: str, departed: str | None, public: bytes | None, confirmed: bytes | None, session: Any
) -> bool:
    mine = by.keys.public if by.keys is not None else public
    return (
        departed is None
        and role == by.role
        and public is not None
        and public == mine
        and (not by.confirmed or confirmed == public)
        and (by.session is None or session is not None)
    )
