"""Whatever is changed in the ledger's table behind the program's back, the check of the ledger names a fault.

An operator can drop the triggers; then only the chain and the signatures stand in her way.
"""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update

from caseflow.incidents import operations as incidents
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction, unscoped
from caseflow.keys.keyring import NoGrant
from caseflow.ledger import queries, verification
from caseflow.ledger.models import Event
from caseflow.ledger.parts import Fault
from caseflow.vault.errors import VaultError
from tests.cast import Cast, cast

WHY = unscoped("the test looks at everything")
EPOCH = 4  # bytes in front of what the vault sealed
SAMPLE = 60


@pytest.fixture
def people(app) -> Iterator[Cast]:
    with app.app_context():
        made = cast(app)
        with transaction():
            incidents.log(
                title="Detention", narrative="At night.", region="KZ-75", began_on=now().date(),
                began_precision="day", language="en", by=made.dana, at=now(),
            )  # fmt: skip
        with transaction():
            for trigger in db.session.scalars(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events'")
            ).all():
                db.session.execute(text(f"DROP TRIGGER {trigger}"))
        yield made
        db.session.remove()


def flipped(value: bytes) -> Iterator[bytes]:
    for bit in range(8 * len(value)):
        yield value[: bit // 8] + bytes((value[bit // 8] ^ 1 << bit % 8,)) + value[bit // 8 + 1 :]


def respelt(value: str) -> Iterator[str]:
    for at, letter in enumerate(value):
        yield value[:at] + ("x" if letter != "x" else "y") + value[at + 1 :]
        yield value[:at] + value[at + 1 :]
        yield value[:at] + letter + value[at:]
    yield value.upper() if value.upper() != value else value.lower()


def retold(facts: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {**facts, "more": 1}
    for name, value in facts.items():
        without = {other: kept for other, kept in facts.items() if other != name}
        yield without
        yield {**without, name + "x": value}
        yield {**facts, name: json.dumps(value) + "x"}


def changes(event: Event, others: list[Event]) -> Iterator[tuple[str, Any]]:
    """Yield (column, value) for everything one column of a row can be made to say instead."""
    for column in ("commitment", "opening_sealed", "previous", "leaf", "chained", "signature"):
        value = getattr(event, column)
        if value is not None:
            yield from ((column, changed) for changed in flipped(value))
            yield from ((column, getattr(other, column)) for other in others if getattr(other, column) is not None)
    for column in ("role", "verb", "result", "subject"):
        yield from ((column, changed) for changed in respelt(getattr(event, column)))
    for column in ("actor_id", "safe_id"):
        yield from ((column, getattr(other, column)) for other in others)
        yield column, None
    yield from (("version", other) for other in (-1, 0, 1, 3))
    if event.opening_sealed is not None:
        yield "opening_sealed", None
    yield from (("public", changed) for changed in retold(event.public))
    yield from (("at", event.at + timedelta(microseconds=step)) for step in (-1, 1, 1_000_000, 3_600_000_000))
    if event.signature is not None:
        yield "signature", None


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """Let a change be seen by this session and take it back."""
    try:
        yield
    finally:
        db.session.rollback()
        db.session.expunge_all()


def faults() -> list[Fault]:
    """Return what is wrong with rows; that the triggers were taken away is another matter."""
    return [fault for fault in verification.faults() if fault.seq]


def noticed(column: str, value: Any, seq: int) -> bool:
    with undone():
        db.session.execute(text("PRAGMA defer_foreign_keys = ON"))
        db.session.execute(update(Event).where(Event.seq == seq).values({column: value}))
        return faults() != []


def rows() -> list[Event]:
    found = list(db.session.scalars(select(Event).order_by(Event.seq)))
    db.session.expunge_all()
    return found


def every_change(events: list[Event]) -> list[tuple[int, str, Any]]:
    return [
        (event.seq, column, value)
        for event in events
        for column, value in changes(event, events)
        if value != getattr(event, column)
    ]


def test_some_of_every_change_to_the_table_are_noticed(people) -> None:
    assert faults() == []
    db.session.rollback()
    every = every_change(rows())
    for seq, column, value in random.Random(7).sample(every, SAMPLE):
        assert noticed(column, value, seq), f"row {seq}: {column} = {value!r}"
    assert faults() == []


@pytest.mark.prove
@pytest.mark.timeout(1800)
def test_every_change_to_the_table_is_noticed(people) -> None:
    events = rows()
    kept: dict[str, Event] = {event.verb: event for event in events}  # the last row of every kind of act
    with transaction():
        last = max(event.seq for event in kept.values())
        assert last == events[-1].seq
    every = every_change(sorted(kept.values(), key=lambda event: event.seq))
    assert len(every) > 5_000
    for seq, column, value in every:
        assert noticed(column, value, seq), f"row {seq}: {column} = {value!r}"
    print(f"{len(every):>8,} changes to rows of the ledger")  # noqa: T201 -- the figure is the proof


def test_a_row_taken_out_or_exchanged_with_its_neighbour_is_noticed(people) -> None:
    numbers = [event.seq for event in rows()]
    for seq in numbers[:-1]:
        with undone():
            db.session.execute(text("PRAGMA defer_foreign_keys = ON"))
            db.session.execute(delete(Event).where(Event.seq == seq))
            assert faults() != []
        with undone():
            for old, new in ((seq, 0), (seq + 1, seq), (0, seq + 1)):
                db.session.execute(update(Event).where(Event.seq == old).values(seq=new))
            assert faults() != []
    assert faults() == []


def test_the_opening_of_a_row_that_was_spoilt_opens_nothing(people) -> None:
    (event,) = [one for one in rows() if one.opening_sealed is not None][:1]
    whole = event.opening_sealed
    assert whole is not None
    assert queries.details_of(people.fresh(people.dana), event)
    ring = people.fresh(people.dana)
    for changed in [*flipped(whole), *(whole[:length] for length in range(len(whole))), whole + b"\0"]:
        event.opening_sealed = changed
        with pytest.raises((VaultError, NoGrant) if changed[:EPOCH] != whole[:EPOCH] else VaultError):
            queries.details_of(ring, event)
