"""Whoever changes what opens an account cannot do it unnoticed: a letter goes to the member, in her language."""

import pytest
from sqlalchemy import select

from caseflow.entrance import operations as entrance
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.kernel.mail import Letter
from caseflow.keys import operations as keys
from caseflow.keys.models import Identity
from caseflow.network.models import Member
from tests.cast import PASSPHRASE, cast, signed_in_client
from tests.pages import send

ANOTHER = "eight loud rivers under the snow"


@pytest.fixture
def people(app):
    with app.app_context():
        found = cast(app)
        db.session.remove()
    return found


def test_a_letter_tells_of_a_new_passphrase_and_of_a_new_code(app, people):
    client = signed_in_client(app, people.dana)
    assert send(client, "/account/code", "/account", **{"code-passphrase": PASSPHRASE}).status_code == 200
    assert send(client, "/account", old=PASSPHRASE, new=ANOTHER, again=ANOTHER).status_code == 303
    with app.app_context():
        bodies = db.session.scalars(
            select(Letter.body).where(Letter.to == "dana@example.org", Letter.subject == "Your account in caseflow")
        )
        told = " ".join(bodies)
    assert "A new recovery code was made for your account." in told
    assert "The passphrase of your account was changed." in told
    assert ANOTHER not in told


def test_a_letter_tells_that_the_recovery_code_was_used(app, people):
    with app.app_context():
        dana = db.session.get_one(Member, people.dana.member_id)
        with transaction():
            code = keys.renew_code(
                db.session.get_one(Identity, dana.id), keys=people.dana.ring.keys, by=people.dana, at=now()
            )
            db.session.get_one(Member, people.dana.member_id).language = "ru"
        entrance.reset_by_code("dana@example.org", str(code), ANOTHER, address="a", at=now())
        told = db.session.scalars(
            select(Letter.subject).where(Letter.to == "dana@example.org").order_by(Letter.written_at)
        ).all()
    assert told[-1] == "Ваша учётная запись в caseflow"
