"""Who is who, for the pages of all rooms."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from caseflow.access.actor import Role
from caseflow.access.facts import able_members
from caseflow.kernel.db import db
from caseflow.network.models import Member, Network


def names_of(member_ids: Iterable[str | None]) -> dict[str, str]:
    """Return member id -> name; one query."""
    wanted = {member_id for member_id in member_ids if member_id}
    if not wanted:
        return {}
    return dict(db.session.execute(select(Member.id, Member.name).where(Member.id.in_(wanted))).tuples())


def able(*roles: Role) -> list[Member]:
    """Return the members of these roles (all without any) whose key is confirmed and who have not left, by name."""
    ids = [member for member, role in able_members().items() if not roles or role in roles]
    return list(db.session.scalars(select(Member).where(Member.id.in_(ids)).order_by(Member.name)))


def network() -> Network | None:
    """Return the network of this installation, or None before it is founded."""
    return db.session.scalar(select(Network))
