"""The network of the tests, and incidents in every state, made by calling the operations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask

from caseflow.access.actor import Actor
from caseflow.incidents import operations
from caseflow.incidents.models import Incident
from caseflow.kernel.clock import now
from caseflow.kernel.db import transaction
from tests.cast import Cast, cast
from tests.incidents.visiting import Visitor

Log = Callable[..., Incident]
WAY = ("draft", "submitted", "in_review", "verified", "taken_to_case")


@pytest.fixture
def people(app: Flask) -> Iterator[Cast]:
    """Yield the cast, with the application's context open for as long as the test runs."""
    with app.app_context():
        yield cast(app)


@pytest.fixture
def log(people: Cast) -> Log:
    """Return `log(by=…, state=…, **particulars)`: an incident with one person and one act, led to `state`."""

    def make(*, by: Actor | None = None, state: str = "draft", bare: bool = False, **given: Any) -> Incident:
        by, at = by or people.dana, now()
        particulars = {
            "title": "A man beaten at a police station",
            "narrative": "He was taken there in the evening.",
            "region": "KZ-75",
            "began_on": date(2026, 3, 6),
            "began_precision": "day",
            "language": "en",
        }
        with transaction():
            incident = operations.log(**{**particulars, **given}, by=by, at=at)
            if not bare:
                person = operations.add_person(incident, kind="individual", name="Askar Testov", by=by, at=at)
                articles = ["CAT:1", "ICCPR:7"]
                operations.add_act(incident, victim=person, kind="torture", articles=articles, by=by, at=at)
            lead(incident, state, by=by, reviewer=people.aigul)
        return incident

    return make


def lead(incident: Incident, state: str, *, by: Actor, reviewer: Actor) -> None:
    """Take an incident by its ordinary way to `state`."""
    at = now()
    ways: dict[str, tuple[str, ...]] = {
        **{known: WAY[: place + 1] for place, known in enumerate(WAY)},
        "information_asked": ("draft", "submitted", "information_asked"),
        "declined": ("draft", "submitted", "declined"),
        "closed": ("draft", "submitted", "in_review", "verified", "closed"),
    }
    acts: dict[str, Callable[[], Any]] = {
        "submitted": lambda: operations.submit(incident, by=by, at=at),
        "in_review": lambda: operations.take_into_review(incident, by=reviewer, at=at),
        "information_asked": lambda: operations.ask(incident, question="Which day?", by=reviewer, at=at),
        "verified": lambda: operations.verify(incident, grade="likely", reason="Papers agree.", by=reviewer, at=at),
        "declined": lambda: operations.decline(incident, reason="It did not happen.", by=reviewer, at=at),
        "closed": lambda: operations.close(incident, reason="No case is needed.", by=reviewer, at=at),
        "taken_to_case": lambda: operations.take_to_case(incident, by=reviewer, at=at),
    }
    for step in ways[state][1:]:
        acts[step]()


@pytest.fixture
def visit(app: Flask) -> Callable[[Actor], Visitor]:
    """Return `visit(actor)`: a browser without JavaScript in which that person is signed in."""
    return lambda actor: Visitor(app, actor)
