"""The people of the demo network come in as people do: by invitation, with a passphrase and eight words."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from caseflow.access.actor import Actor
from caseflow.demo import cast
from caseflow.kernel import clock
from caseflow.kernel.db import db, transaction
from caseflow.keys import operations as keys
from caseflow.network import operations as network
from caseflow.network.cli.network import open_member
from caseflow.network.models import Member, Organisation
from caseflow.network.queries import actor_of
from caseflow.vault.keys import fingerprint


def renew_trust() -> None:
    """Let the first coordinator vouch anew for the keys of a demo network that is older than the anchor."""
    first = cast.PEOPLE[0]
    member, pair = open_member(first.email, first.passphrase)
    with transaction():
        keys.renew_trust(by=replace(actor_of(member, pair), confirmed=True), at=clock.now())


def bring_in() -> dict[str, Actor]:
    """Found the network and bring everybody in; return key -> actor with her keyring open."""
    first = cast.PEOPLE[0]
    at = clock.now()
    with transaction():
        founded = network.found(
            network=cast.NETWORK,
            organisation=first.organisation,
            email=first.email,
            name=first.name,
            passphrase=first.passphrase,
            language=first.language,
            timezone="Asia/Almaty",
            at=at,
        )
    aigul = founded.actor
    with transaction():
        for name, region in cast.ORGANISATIONS[1:]:
            network.add_organisation(name, region=region, by=aigul, at=at)
    actors = {first.key: aigul}
    for person in cast.PEOPLE[1:]:
        with transaction():
            house = db.session.scalars(select(Organisation).where(Organisation.name == person.organisation)).one()
            _invitation, link = network.invite(
                email=person.email,
                name=person.name,
                role=person.role,
                organisation=house,
                language=person.language,
                by=aigul,
                at=at,
            )
        with transaction():
            invitation = network.open_invitation(link.rsplit("/", 1)[1], at=at)
            member, pair, _code = network.accept(invitation, passphrase=person.passphrase, at=at)
        with transaction():
            newcomer = db.session.get_one(Member, member.id)
            network.confirm_key(newcomer, words=fingerprint(pair.public), by=aigul, at=at)
        actors[person.key] = actor_of(newcomer, pair)
    return actors
