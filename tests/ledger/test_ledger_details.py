"""A row names what is sealed beside it: details can neither be taken away nor exchanged; rows from before stay good."""

from datetime import date

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text, update

from caseflow.incidents import operations as incidents
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.ledger import parts, proofs, rules, verification
from caseflow.ledger.models import Event
from tests.cast import cast
from tests.fixtures.guards import ROOT


@pytest.fixture
def on_each(app_on_each):
    with app_on_each.app_context():
        yield cast(app_on_each)
        db.session.remove()


@pytest.fixture
def people(app):
    with app.app_context():
        yield cast(app)
        db.session.remove()


def log(by):
    with transaction():
        incidents.log(
            title="Detention", narrative="At night.", region="KZ-75", began_on=date(2026, 3, 1), began_precision="day",
            language="ru", by=by, at=now(),
        )  # fmt: skip


def disarm():
    with transaction():
        postgres = db.engine.dialect.name == "postgresql"
        db.session.execute(text("DROP TRIGGER " + ("events_no_change ON events" if postgres else "events_no_update")))


def found():
    db.session.expire_all()
    return {(fault.seq, fault.what) for fault in verification.faults() if fault.seq}


def test_details_that_were_taken_away_or_exchanged_are_missed(on_each):
    log(on_each.dana)
    log(on_each.dana)
    detailed = db.session.execute(
        select(Event.seq, Event.opening_sealed).where(Event.opening_sealed.is_not(None))
    ).all()
    assert len(detailed) >= 2
    disarm()
    for seq, opening in detailed:
        others = [other for _seq, other in detailed if other != opening]
        for told in (None, b"", opening[:-1], others[0]):
            db.session.execute(update(Event).where(Event.seq == seq).values(opening_sealed=told))
            assert found() == {(seq, "its fields were changed")}
            db.session.rollback()
    assert found() == set()


def test_rows_of_the_first_version_stay_good_among_newer_ones(on_each, monkeypatch):
    monkeypatch.setattr(rules, "VERSION", 1)
    log(on_each.dana)
    monkeypatch.undo()
    log(on_each.dana)
    versions = list(db.session.scalars(select(Event.version).where(Event.verb == "incidents.log").order_by(Event.seq)))
    assert versions == [1, 2]
    for event in db.session.scalars(select(Event)):
        row = db.session.execute(parts._ROWS, {"first": event.seq, "last": event.seq}).one()
        assert parts._bytes(proofs.verifier_key()[9:25], row) == proofs.event_row_bytes(event)
    assert found() == set()


def test_a_row_of_the_first_version_is_missed_when_it_has_lost_its_details(people, monkeypatch):
    monkeypatch.setattr(rules, "VERSION", 1)
    log(people.dana)
    monkeypatch.undo()
    disarm()
    (seq,) = db.session.scalars(select(Event.seq).where(Event.verb == "incidents.log"))
    with transaction():
        db.session.execute(update(Event).where(Event.seq == seq).values(opening_sealed=None))
    assert found() == {(seq, "its details were taken away")}


def test_no_row_can_be_said_to_be_of_another_version(people):
    log(people.dana)
    disarm()
    for seq in db.session.scalars(select(Event.seq)).all():
        db.session.execute(update(Event).where(Event.seq == seq).values(version=1))
        assert (seq, "its fields were changed") in found()
        db.session.rollback()


def test_a_ledger_from_before_the_versions_is_good_after_the_update(app_on_each, monkeypatch):
    """The migration writes into no row, and leaves the triggers where they are, there and back."""
    written, folder = text("SELECT seq, leaf, chained FROM events ORDER BY seq"), str(ROOT / "migrations")
    monkeypatch.setattr(rules, "VERSION", 1)
    with app_on_each.app_context():
        log(cast(app_on_each, anew=True).dana)
        kept = db.session.execute(written).all()
        db.session.remove()
        downgrade(directory=folder, revision="0007")
        upgrade(directory=folder)
        assert db.session.execute(written).all() == kept
        assert verification.verify(afresh=True).faults == []
        db.session.remove()
