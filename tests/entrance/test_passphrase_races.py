"""Whoever changes a secret first puts out who is under way with the old one: keys are derived outside any lock."""

import pytest
from sqlalchemy import select

from caseflow.entrance import operations as entrance
from caseflow.entrance import sessions
from caseflow.entrance.models import MemberSession
from caseflow.entrance.operations import signing_in
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.kernel.errors import RuleBroken
from caseflow.keys import operations as keys
from caseflow.keys.models import Identity
from caseflow.network.models import Departure, Member
from tests.cast import PASSPHRASE, cast

OWNERS, THIEFS = "nine slow foxes under rain", "eight loud rivers under the snow"


@pytest.fixture
def people(app):
    with app.app_context():
        yield cast(app)
        db.session.remove()


@pytest.fixture
def thief(people) -> MemberSession:
    """A session of Dana's on a machine that is not hers."""
    with transaction():
        sessions.begin(db.session.get_one(Member, people.dana.member_id), people.dana.ring.keys, agent="x", at=now())
    return db.session.scalars(select(MemberSession).where(MemberSession.agent == "x")).one()


@pytest.fixture
def meanwhile(monkeypatch):
    """Let an act of somebody else happen while the next passphrase is derived, or `unlock` looks at the old one."""

    def after(name, act):
        real, waiting = getattr(keys, name), [act]

        def slow(*given, **how):
            done = real(*given, **how)
            if waiting:
                with transaction():
                    waiting.pop()()
            return done

        monkeypatch.setattr(keys, name, slow)

    return after


def _new_passphrase(people):
    identity = db.session.get_one(Identity, people.dana.member_id)
    keys.change_passphrase(identity, keys=people.dana.ring.keys, passphrase=OWNERS, known=(), by=people.dana, at=now())


def _new_code(people):
    return keys.renew_code(
        db.session.get_one(Identity, people.dana.member_id), keys=people.dana.ring.keys, by=people.dana, at=now()
    )


def _change(people, session):
    member = db.session.get_one(Member, people.dana.member_id)
    return entrance.change_passphrase(member, old=PASSPHRASE, new=THIEFS, session=session, by=people.dana, at=now())


def _enters(passphrase):
    return entrance.sign_in("dana@example.org", passphrase, address="127.0.0.1", agent="x", at=now())


def test_a_change_of_the_passphrase_is_not_overtaken_by_one_with_the_old_passphrase(people, thief, meanwhile):
    meanwhile("prepare", lambda: _new_passphrase(people))

    with pytest.raises(RuleBroken) as refused:
        _change(people, thief)

    assert (refused.value.field, refused.value.message) == ("old", "This is not your present passphrase.")
    with pytest.raises(RuleBroken):
        _enters(THIEFS)
    assert _enters(OWNERS)


def test_a_session_that_was_ended_meanwhile_begins_no_other(people, thief, meanwhile):
    meanwhile("prepare", lambda: sessions.end_all(people.dana.member_id))

    with pytest.raises(RuleBroken) as refused:
        _change(people, thief)

    assert (refused.value.field, refused.value.message) == ("old", signing_in.ENDED)
    assert db.session.scalars(select(MemberSession)).all() == []
    assert _enters(PASSPHRASE)


def test_an_old_recovery_code_under_way_resets_nothing_once_there_is_a_new_one(people, meanwhile):
    with transaction():
        old = _new_code(people)
    found = []
    meanwhile("prepare", lambda: found.append(_new_code(people)))

    with pytest.raises(RuleBroken) as refused:
        entrance.reset_by_code("dana@example.org", str(old), THIEFS, address="203.0.113.1", at=now())

    assert refused.value.field == "code"
    assert _enters(PASSPHRASE)
    entrance.reset_by_code("dana@example.org", str(found[0]), OWNERS, address="127.0.0.1", at=now())
    assert _enters(OWNERS)


def test_who_leaves_while_her_code_is_looked_at_gets_no_new_passphrase(people, meanwhile):
    with transaction():
        code = _new_code(people)
    left = Departure(member_id=people.dana.member_id, by_id=people.aigul.member_id, at=now())
    meanwhile("prepare", lambda: db.session.add(left))

    with pytest.raises(RuleBroken) as refused:
        entrance.reset_by_code("dana@example.org", str(code), THIEFS, address="203.0.113.1", at=now())

    assert refused.value.field == "code"


def test_a_new_code_is_not_given_for_a_passphrase_that_was_replaced_meanwhile(people, thief, meanwhile):
    member, before = db.session.get_one(Member, people.dana.member_id), people.dana
    meanwhile("unlock", lambda: _new_passphrase(people))

    with pytest.raises(RuleBroken) as refused:
        entrance.renew_code(member, PASSPHRASE, session=thief, by=before, at=now())

    assert (refused.value.field, refused.value.message) == ("passphrase", "This is not your present passphrase.")
