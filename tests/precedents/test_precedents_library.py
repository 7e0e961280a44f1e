"""The shipped decisions come into the library once, with the citations among them."""

import pytest
from sqlalchemy import delete, select

from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.keys.models import KeyConfirmation
from caseflow.precedents import operations, rules
from caseflow.precedents.models import Citation, Precedent
from tests.cast import cast, signed_in_client


def load():
    with transaction():
        return operations.load_public_decisions(at=now())


@pytest.fixture(autouse=True)
def people(app):
    """Found one: the ledger tells of the loading."""
    with app.app_context():
        return cast(app)


def test_the_shipped_decisions_and_their_citations_are_loaded_once(app):
    with app.app_context():
        assert load() == len(rules.public_decisions())
        assert load() == 0
        cited = select(Precedent.number, Citation.paragraph).join(Citation, Citation.cited_id == Precedent.id)
        assert sorted(tuple(row) for row in db.session.execute(cited)) == [("257/2004", "9.4"), ("59/1996", "8.2")]


def test_a_citation_that_was_lost_comes_back_with_the_decision_it_belongs_to(app):
    with app.app_context():
        load()
        with transaction():
            for row in db.session.scalars(select(Citation)):
                db.session.delete(row)
            db.session.delete(db.session.scalars(select(Precedent).where(Precedent.number == "59/1996")).one())
        assert load() == 1
        assert len(db.session.scalars(select(Citation)).all()) == 2


def test_nobody_reads_them_whose_key_is_not_confirmed(app, people):
    with app.app_context():
        load()
        shown = db.session.scalars(select(Precedent.id)).first()
        db.session.remove()
    known, new = signed_in_client(app, people.timur), signed_in_client(app, people.timur)
    assert known.get(f"/precedents/{shown}").status_code == 200
    with app.app_context(), transaction():
        db.session.execute(delete(KeyConfirmation).where(KeyConfirmation.member_id == people.timur.member_id))
    assert new.get(f"/precedents/{shown}").status_code == 404
    assert shown not in new.get("/precedents/").text
