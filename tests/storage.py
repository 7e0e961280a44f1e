"""What tests look at behind the pages: stored rows, grants against entitlement, the statements a block sends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, select

from caseflow.access.facts import gather
from caseflow.kernel.db import db
from caseflow.keys.models import Grant, Safe
from caseflow.keys.rules import Facts, entitled

EVERYTHING = {"unscoped": "a test looks at what is stored"}


def stored(model: Any, *where: Any) -> list[Any]:
    """Return all rows of a model, read afresh."""
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(model).where(*where), execution_options=EVERYTHING))


def only(model: Any, *where: Any) -> Any:
    """Return the one row there is."""
    (found,) = stored(model, *where)
    return found


def holders(safe_id: str) -> set[str]:
    """Return the ids of the members who hold a safe."""
    return set(db.session.scalars(select(Grant.member_id).where(Grant.safe_id == safe_id)))


def wrong_grants() -> dict[str, tuple[set[str], set[str]]]:
    """Return safe id -> (too much, missing) for every safe whose grants are not what its facts entitle to."""
    safes = list(db.session.scalars(select(Safe.id)))
    facts = Facts(**gather(safes)._asdict())
    wrong = {}
    for safe_id in safes:
        due, held = set(entitled(facts, safe_id)), holders(safe_id)
        if due != held:
            wrong[safe_id] = (held - due, due - held)
    return wrong


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the statements that a block sends to the database."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
