"""The first act of an installation, and the organisations that join later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from caseflow.access import network as policy
from caseflow.access import trust
from caseflow.access.actor import Actor, Role, demand
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.keys import operations as keys
from caseflow.keys.keyring import MemberKeyring
from caseflow.ledger import last
from caseflow.ledger import operations as ledger
from caseflow.network.models import Member, Network, Organisation
from caseflow.network.operations.invitations import clean_email, clean_name
from caseflow.vault.recovery import RecoveryCode


@dataclass(frozen=True)
class Founded:
    """What the founder gets: herself as an actor, and her recovery code, shown once."""

    actor: Actor
    member: Member
    recovery_code: RecoveryCode


def found(
    *,
    network: str,
    organisation: str,
    email: str,
    name: str,
    passphrase: str,
    language: str,
    timezone: str,
    at: datetime,
    prepared: keys.Prepared | None = None,
) -> Founded:
    """Found the network with its first organisation and its first coordinator, whose key confirms itself.

    Raises `RuleBroken` when a network exists, or at `email`, `name` or `passphrase`.
    """
    if db.session.scalar(select(Network.id)) is not None:
        raise RuleBroken(N_("This installation has its network already. Invite people instead."), about="networks:")
    house = Organisation(name=clean_name(organisation, "organisation"), since=at)
    home = Network(name=clean_name(network, "network"), founded_at=at)
    db.session.add_all([home, house])
    db.session.flush()
    db.session.info["caseflow_instance"] = home.id
    last.begin()
    member = Member(
        email=clean_email(email),
        name=clean_name(name, "name"),
        role=Role.COORDINATOR,
        organisation_id=house.id,
        language=language,
        timezone=timezone,
        joined_at=at,
    )
    db.session.add(member)
    db.session.flush()
    pair, code = keys.make_identity(
        member.id, passphrase=passphrase, known=(member.name, member.email), by=None, at=at, prepared=prepared
    )
    ring = MemberKeyring(member.id, pair, home.id)
    actor = Actor(member.id, member.name, Role.COORDINATOR, True, house.id, language, timezone, ring)
    trust.set_anchor(member.id, pair.public.to_bytes())
    keys.confirm(member.id, by=actor, at=at)
    ledger.record("network.found", by=actor, at=at, about=home, public={"organisation": house.id})
    return Founded(actor, member, code)


def add_organisation(name: str, *, region: str | None, by: Actor, at: datetime) -> Organisation:
    """Enter a member organisation; raise `RuleBroken` at `name` when it is there already."""
    demand(policy.may_add_organisation(by), about="organisations:")
    name = clean_name(name, "name")
    if db.session.scalar(select(Organisation.id).where(Organisation.name == name)) is not None:
        raise RuleBroken(N_("An organisation of this name is in the network already."), field="name")
    organisation = Organisation(name=name, region=region or None, since=at)
    db.session.add(organisation)
    db.session.flush()
    ledger.record("network.add_organisation", by=by, at=at, about=organisation)
    return organisation
