"""The people of the tests: a founded network with two of each role, every key confirmed."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from caseflow.access.actor import Actor, Role
from caseflow.entrance import sessions
from caseflow.entrance.operations import actor_of
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.keys.keyring import MemberKeyring
from caseflow.network import operations as network
from caseflow.network.models import Member, Organisation
from caseflow.vault.keys import fingerprint

PASSPHRASE = "seven quiet rivers under snow"
PEOPLE = (
    ("marat", "Marat Seitkali", Role.COORDINATOR),
    ("dana", "Dana Ospanova", Role.DOCUMENTER),
    ("timur", "Timur Beketov", Role.DOCUMENTER),
    ("leila", "Leila Akhmet", Role.LAWYER),
    ("yerlan", "Yerlan Nurpeis", Role.LAWYER),
)


@dataclass
class Cast:
    """Actors with their keyrings open."""

    aigul: Actor
    marat: Actor
    dana: Actor
    timur: Actor
    leila: Actor
    yerlan: Actor

    def fresh(self, actor: Actor) -> Actor:
        """Return the same person in a new request: nothing is open on her keyring yet."""
        ring = actor.ring
        assert isinstance(ring, MemberKeyring)
        return actor_of(db.session.get_one(Member, actor.member_id), ring.keys)


def cast(app: Flask) -> Cast:
    """Found the network and bring everybody in; call it within an application context."""
    at = now()
    with transaction():
        founded = network.found(
            network="Network of the tests",
            organisation="Bureau of the tests",
            email="aigul@example.org",
            name="Aigul Sarsen",
            passphrase=PASSPHRASE,
            language="en",
            timezone="Asia/Almaty",
            at=at,
        )
    actors = {"aigul": founded.actor}
    for key, name, role in PEOPLE:
        with transaction():
            house = db.session.scalars(select(Organisation)).one()
            _invitation, link = network.invite(
                email=f"{key}@example.org",
                name=name,
                role=role,
                organisation=house,
                language="en",
                by=founded.actor,
                at=at,
            )
        with transaction():
            invitation = network.open_invitation(link.rsplit("/", 1)[1], at=at)
            member, pair, _code = network.accept(invitation, passphrase=PASSPHRASE, at=at)
        with transaction():
            member = db.session.get_one(Member, member.id)
            network.confirm_key(member, words=fingerprint(pair.public), by=founded.actor, at=at)
        actors[key] = actor_of(member, pair)
    return Cast(**actors)


def signed_in_client(app: Flask, actor: Actor) -> FlaskClient:
    """Return a test client whose cookie belongs to a session of `actor`, without the cost of a sign-in."""
    ring = actor.ring
    assert isinstance(ring, MemberKeyring)
    with app.app_context(), app.test_request_context():
        with transaction():
            member = db.session.get_one(Member, actor.member_id)
            value = sessions.begin(member, ring.keys, agent="a test", at=now())
        name = sessions.cookie_name()
    client = app.test_client()
    client.set_cookie(name, value, domain="localhost")
    return client
