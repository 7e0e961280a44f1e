"""How many statements a page sends to the database."""

from collections.abc import Callable

from flask import Flask
from sqlalchemy import event

from caseflow.kernel.db import db


def queries_of(app: Flask, act: Callable[[], object]) -> int:
    """Return the number of statements that `act` sends to the database of `app`."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(statements)
