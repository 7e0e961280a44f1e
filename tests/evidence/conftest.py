"""The network of the tests, an incident that Dana logged, and what lies in the store."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from caseflow.access.actor import Actor
from caseflow.evidence import intake, operations
from caseflow.evidence.models import File, Item
from caseflow.incidents import operations as incidents
from caseflow.incidents.models import Incident
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.kernel.settings import current
from caseflow.ledger.models import Event
from tests.cast import Cast, cast
from tests.evidence.sending import JPEG, Sender

UNSCOPED = {"unscoped": "a test looks at what is stored"}


@pytest.fixture
def people(app: Flask) -> Iterator[Cast]:
    """Yield the cast, with the application's context open for as long as the test runs."""
    with app.app_context():
        yield cast(app)


@pytest.fixture
def incident(people: Cast) -> Incident:
    """Return an incident that Dana logged."""
    with transaction():
        return incidents.log(
            title="A man beaten at a police station",
            narrative="He was taken there in the evening.",
            region="KZ-75",
            began_on=date(2026, 3, 6),
            began_precision="day",
            language="en",
            by=people.dana,
            at=now(),
        )


@pytest.fixture
def item(people: Cast, incident: Incident) -> Item:
    """Return an item of that incident without files."""
    with transaction():
        return operations.add_item(incident, title="Photograph", by=people.dana, at=now())


@pytest.fixture
def receive(people: Cast, incident: Incident) -> Callable[..., intake.Received]:
    """Return `receive(content, name=…, by=…)`: a file that was sealed for the incident and has no row yet."""

    def make(
        content: bytes = JPEG, name: str | None = "photo.jpg", by: Actor | None = None, **given: Any
    ) -> intake.Received:
        safe_id = given.pop("safe_id", incident.safe_id)
        return intake.receive(io.BytesIO(content), name=name, safe_id=safe_id, by=by or people.dana, **given)

    return make


@pytest.fixture
def stored(people: Cast, item: Item, receive: Callable[..., intake.Received]) -> Callable[..., File]:
    """Return `stored(content, name)`: a file with its row, added by Dana."""

    def make(content: bytes = JPEG, name: str = "photo.jpg") -> File:
        received = receive(content, name)
        with transaction():
            return operations.add_file(item, received, by=people.dana, at=now())

    return make


@pytest.fixture
def sender(app: Flask) -> Callable[[Actor], Sender]:
    """Return `sender(actor)`: a browser in which that person is signed in."""
    return lambda actor: Sender(app, actor)


@pytest.fixture
def seen(app: Flask) -> SimpleNamespace:
    """Return ways to look at what is stored, on nobody's behalf."""

    def rows(model: Any) -> list[Any]:
        db.session.rollback()
        return list(db.session.scalars(select(model).order_by(model.id), execution_options=UNSCOPED))

    def payloads() -> list[Path]:
        return sorted(path for path in current().store.rglob("*") if path.is_file())

    def events(verb: str, result: str = "done") -> list[Event]:
        db.session.rollback()
        query = select(Event).where(Event.verb == verb, Event.result == result).order_by(Event.seq)
        return list(db.session.scalars(query, execution_options=UNSCOPED))

    return SimpleNamespace(items=lambda: rows(Item), files=lambda: rows(File), payloads=payloads, events=events)
