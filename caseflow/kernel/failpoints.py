"""Places at which a test lets the process die, named in one list.

Nothing here is called by the program: `arm` listens at the database, where every act has to come by, and it refuses an
installation that is not one of the tests. Without `arm` there is nothing to run into.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from caseflow.kernel.settings import current

POINTS = {
    "write": "before a statement that inserts, changes or deletes",
    "commit": "before a transaction is committed",
    "committed": "after it was committed, before anything else is done",
}
_WRITES = ("INSERT", "UPDATE", "DELETE")


def die() -> None:
    """End this process as `kill -9` does: nothing is flushed, closed or undone."""
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class Passed:
    """How often each point was passed."""

    times: dict[str, int] = field(default_factory=lambda: dict.fromkeys(POINTS, 0))


def arm(engine: Engine, point: str = "", number: int = 0, *, then: Callable[[], None] = die) -> Passed:
    """Do `then` when `point` is passed for the `number`-th time (from 1); without a point only count.

    Raises `RuntimeError` in an installation that is not one of the tests, `KeyError` for a point that is not listed.
    """
    if not current().testing:
        raise RuntimeError("failpoints are for tests")
    if point:
        POINTS[point]
    passed = Passed()

    def reach(name: str) -> None:
        passed.times[name] += 1
        if name == point and passed.times[name] == number:
            then()

    @event.listens_for(engine, "before_cursor_execute")
    def _before(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.lstrip().upper().startswith(_WRITES):
            reach("write")

    @event.listens_for(engine, "commit")
    def _commit(_connection: Any) -> None:
        reach("commit")

    @event.listens_for(Session, "after_commit")
    def _committed(_session: Session) -> None:
        reach("committed")

    return passed
