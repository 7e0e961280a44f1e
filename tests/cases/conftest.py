"""A network on a fixed day, and cases in it, made by calling the operations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask

from caseflow.access.actor import Actor
from caseflow.cases import operations as cases
from caseflow.cases.models import Case
from caseflow.incidents import operations as incidents
from caseflow.incidents.models import Incident
from caseflow.kernel import clock
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.network.models import Member
from tests.cast import Cast, cast
from tests.incidents.visiting import Visitor

TODAY = date(2026, 3, 20)  # a Friday, one day before Nauryz
Matter = Callable[..., Case]
Log = Callable[..., Incident]


@pytest.fixture
def people(app: Flask) -> Iterator[Cast]:
    """Yield the cast, at ten in the morning of TODAY, with the application's context open."""
    with clock.at(datetime(2026, 3, 20, 5, 0, tzinfo=UTC)), app.app_context():
        yield cast(app)


@pytest.fixture
def member(people: Cast) -> Callable[[Actor], Member]:
    """Return `member(actor)`: the stored row of a person."""
    return lambda actor: db.session.get_one(Member, actor.member_id)


@pytest.fixture
def log(people: Cast) -> Log:
    """Return `log(by=…, verified=True, **particulars)`: an incident, verified unless said otherwise."""

    def make(*, by: Actor | None = None, verified: bool = True, **given: Any) -> Incident:
        by = by or people.dana
        particulars = {
            "title": "A man beaten at a police station",
            "narrative": "He was taken there in the evening.",
            "region": "KZ-75",
            "began_on": date(2026, 1, 6),
            "began_precision": "day",
            "language": "en",
        }
        with transaction():
            incident = incidents.log(**{**particulars, **given}, by=by, at=now())
            person = incidents.add_person(incident, kind="individual", name="Askar Testov", by=by, at=now())
            incidents.add_act(incident, victim=person, kind="torture", articles=["CAT:1"], by=by, at=now())
            if verified:
                incidents.submit(incident, by=by, at=now())
                incidents.take_into_review(incident, by=people.aigul, at=now())
                incidents.verify(incident, grade="likely", reason="Papers agree.", by=people.aigul, at=now())
        return incident

    return make


@pytest.fixture
def matter(people: Cast, member: Callable[[Actor], Member]) -> Matter:
    """Return `matter(title=…, counsel=(…), incidents=(…))`: an open case, carried by Leila unless said otherwise."""

    def make(title: str = "A case of the tests", *, counsel: tuple[Actor, ...] | None = None, **given: Any) -> Case:
        with transaction():
            case = cases.open_case(title=title, by=people.aigul, at=now(), **given)
            for place, actor in enumerate((people.leila,) if counsel is None else counsel):
                role = "lead" if place == 0 else "co_counsel"
                cases.assign_counsel(case, member=member(actor), role=role, by=people.aigul, at=now())
        return case

    return make


@pytest.fixture
def visit(app: Flask) -> Callable[[Actor], Visitor]:
    """Return `visit(actor)`: a browser without JavaScript in which that person is signed in."""
    return lambda actor: Visitor(app, actor)
