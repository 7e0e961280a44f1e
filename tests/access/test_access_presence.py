"""Whoever acts is asked behind the lock whether she is still who she was when her request began."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, event, select, update

from caseflow.access.actor import Role
from caseflow.access.presence import PUT_OUT, demand_present
from caseflow.entrance.models import MemberSession
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.kernel.errors import NotPermitted
from caseflow.keys import operations as keys
from caseflow.keys.models import Identity, KeyConfirmation
from caseflow.ledger import operations as ledger
from caseflow.ledger.models import Event
from caseflow.network import operations as network
from caseflow.network.models import Departure, Member, Organisation
from caseflow.network.queries import actor_of
from tests.cast import cast, signed_in_client
from tests.pages import send


@pytest.fixture
def people(app_on_each):
    with app_on_each.app_context():
        found = cast(app_on_each)
        signed_in_client(app_on_each, found.marat)
        with transaction():
            session = db.session.scalars(select(MemberSession.sid_hash)).one()
        yield replace(found, marat=replace(found.marat, session=session))
        db.session.remove()


def _house(by):
    return network.add_organisation("Bureau East", region=None, by=by, at=now())


def _replace_key(people):
    identity = db.session.get_one(Identity, people.marat.member_id)
    keys.replace_identity(identity, passphrase="nine slow foxes under rain", known=(), by=None, at=now())


HAPPENINGS = {
    "she leaves": lambda people: db.session.add(
        Departure(member_id=people.marat.member_id, by_id=people.aigul.member_id, at=now())
    ),
    "her role changes": lambda people: db.session.execute(
        update(Member).where(Member.id == people.marat.member_id).values(role=Role.LAWYER)
    ),
    "her key does not count": lambda people: db.session.execute(
        delete(KeyConfirmation).where(KeyConfirmation.member_id == people.marat.member_id)
    ),
    "she has a new key": _replace_key,
    "her session ends": lambda people: db.session.execute(
        delete(MemberSession).where(MemberSession.member_id == people.marat.member_id)
    ),
    "her session is another's": lambda people: db.session.execute(
        update(MemberSession).values(member_id=people.aigul.member_id)
    ),
}


@pytest.mark.parametrize("happens", HAPPENINGS)
def test_no_act_of_any_interface_gets_past_the_ledger_once(people, happens):
    with transaction():
        HAPPENINGS[happens](people)

    with pytest.raises(NotPermitted) as refused, transaction():
        _house(people.marat)

    assert refused.value.message == PUT_OUT
    assert db.session.scalars(select(Organisation.name)).all() == ["Bureau of the tests"]


def test_who_is_still_there_acts_and_is_asked_once_in_an_act(people):
    asked = []
    event.listen(db.engine, "before_cursor_execute", lambda _c, _k, statement, *_: asked.append(statement))
    with transaction():
        for name in ("Bureau East", "Bureau West"):
            network.add_organisation(name, region=None, by=people.marat, at=now())
    assert sum("departures" in statement and "member_sessions" in statement for statement in asked) == 1


def test_a_command_has_no_session_and_who_is_not_confirmed_yet_no_key_that_counts(people):
    with transaction():
        db.session.execute(delete(MemberSession))
        db.session.execute(delete(KeyConfirmation).where(KeyConfirmation.member_id == people.dana.member_id))
    with transaction():
        _house(replace(people.marat, session=None))
        demand_present(replace(people.dana, confirmed=False))


def test_what_was_refused_to_who_has_left_is_told(people):
    with transaction():
        HAPPENINGS["she leaves"](people)
    ledger.refused("network.invite", by=people.marat, about="members:", why=PUT_OUT)
    rows = db.session.execute(select(Event.verb, Event.result).where(Event.actor_id == people.marat.member_id)).all()
    assert ("network.invite", "refused") in rows


def test_who_ends_her_own_session_ends_it(app_on_each, people):
    client = signed_in_client(app_on_each, people.dana)
    assert send(client, "/sign-out", "/account").status_code == 303
    last = db.session.execute(select(Event.verb, Event.result).order_by(Event.seq.desc()).limit(1)).one()
    assert last == ("entrance.sign_out", "done")


def test_one_who_was_refused_in_a_part_that_was_undone_is_refused_again(people):
    with transaction():
        HAPPENINGS["she leaves"](people)
    with transaction():
        for _ in range(2):
            with pytest.raises(NotPermitted), db.session.begin_nested():
                demand_present(people.marat)


def test_she_is_asked_anew_in_each_act(people):
    with transaction():
        _house(people.marat)
    with transaction():
        HAPPENINGS["she leaves"](people)
    with pytest.raises(NotPermitted), transaction():
        network.add_organisation("Bureau West", region=None, by=people.marat, at=now())


def test_waiting_keys_are_not_renewed_from_a_terminal_by_who_left_meanwhile(app_on_each, people, monkeypatch):
    from caseflow.network.cli import keys as command

    ring = people.marat.ring
    monkeypatch.setattr(command, "actor_at", lambda *_: actor_of(db.session.get_one(Member, ring.member_id), ring.keys))
    with transaction():
        HAPPENINGS["she leaves"](people)
    answer = app_on_each.test_cli_runner().invoke(args=["keys", "settle", "--as", "marat@example.org"])
    assert answer.exit_code == 1
    assert "Traceback" not in answer.output
    assert db.session.scalar(select(Event.verb).where(Event.result == "refused")) == "keys.settle_some"
