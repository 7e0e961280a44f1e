"""The people of the tests: a founded network with two of each role, every key confirmed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from caseflow.access.actor import Actor, Role
from caseflow.entrance import sessions
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.kernel.settings import Settings, current
from caseflow.keys.keyring import MemberKeyring
from caseflow.network import operations as network
from caseflow.network.models import Member, Organisation
from caseflow.network.queries import actor_of
from caseflow.vault.keys import MemberKeys, fingerprint

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


@dataclass(frozen=True)
class _Kept:
    """What a founding leaves: the database, the files beside it, and the seeds of the people."""

    database: sqlite3.Connection
    files: dict[str, bytes]
    seeds: dict[str, tuple[str, bytes]]


_kept: list[_Kept] = []  # one for each process of the tests


def cast(app: Flask, *, anew: bool = False) -> Cast:
    """Found the network and bring everybody in; call it within an application context.

    An application like any other on an empty SQLite database gets a copy of the first such founding, the same people;
    not when the rules by which they come in are another test's own, which asks for it `anew`.
    """
    if anew or not _is_plain():
        return _found()
    if not _kept:
        people = _found()
        _kept.append(_keep(people))
        return people
    return _copy(_kept[0])


def _is_plain() -> bool:
    settings = current()
    plain = Settings.for_tests(settings.instance, settings.database_url)
    database, beside = Path(db.engine.url.database or ""), {path.name for path in settings.instance.iterdir()}
    log = database.with_name(f"{database.name}-wal")
    untouched = not log.exists() or log.stat().st_size == 0  # nothing was written since the database was made
    return (
        db.engine.dialect.name == "sqlite"
        and settings == plain
        and untouched
        and beside <= {"secret", "worker.lock", "store"}
        and abs(now() - datetime.now(UTC)) < timedelta(seconds=5)
    )


def _keep(people: Cast) -> _Kept:
    db.session.rollback()
    database, folder = sqlite3.connect(":memory:", check_same_thread=False), current().instance
    with closing(sqlite3.connect(str(db.engine.url.database))) as made:
        made.backup(database)
    files = {name: (folder / name).read_bytes() for name in ("pepper", "anchor")}
    rings = {name: actor.ring for name, actor in vars(people).items()}
    return _Kept(database, files, {name: (ring.member_id, ring.keys.seed) for name, ring in rings.items()})


def _copy(kept: _Kept) -> Cast:
    for name, content in kept.files.items():
        path = current().instance / name
        path.touch(mode=0o600)
        path.write_bytes(content)
    db.session.remove()
    db.engine.dispose()
    with closing(sqlite3.connect(str(db.engine.url.database))) as empty:
        kept.database.backup(empty)
    actors = {
        name: actor_of(db.session.get_one(Member, member_id), MemberKeys.from_seed(seed))
        for name, (member_id, seed) in kept.seeds.items()
    }
    return Cast(**actors)


def _found() -> Cast:
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
