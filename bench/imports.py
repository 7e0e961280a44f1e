"""Measures a list of 10,000 incidents coming in: read, tried out and written, as its pages do it, and the longest wait.

`python -m bench.imports`. Each row has a title, a story, a victim and an act; each incident gets a safe, wrapped to the
documenter and a coordinator, and four signed rows of the ledger. The database is SQLite and waits for the disk.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROWS, LIMIT, WAIT = 10_000, 60.0, 2.0
ROOT = Path(__file__).resolve().parents[1]
STORY = "Его доставили туда вечером, и до утра никто не знал, где он. "
Row = dict[str, Any]


def run(*, rows: int = ROWS) -> list[Row]:
    """Return seconds for the whole, and of the longest part for which others wait; a row of the table for each."""
    with tempfile.TemporaryDirectory(prefix="caseflow-bench-") as name, member_of(Path(name) / "instance") as by:
        whole, longest = _bring_in(_list(rows), by)
    return [
        _row(f"a list of {rows:,} incidents: read, tried out, written", whole, LIMIT),
        _row("the longest that others wait for it meanwhile", longest, WAIT),
    ]


def _row(name: str, seconds: float, limit: float) -> Row:
    return {"name": name, "ours": seconds, "reference": None, "ratio": seconds, "limit": limit, "unit": "s"}


def _list(rows: int) -> bytes:
    lines = ["№;Название;Что произошло;Регион;Дата;ФИО;Вид нарушения;Кто это сделал"]
    lines += [
        f"{n}/2026;Избиение в отделе {n};{STORY * 10};Алматы;06.03.2026;Аскар Тестов {n};Пытки;Полиция"
        for n in range(rows)
    ]
    return "\n".join(lines).encode("cp1251")


@contextmanager
def member_of(instance: Path, role: str = "documenter") -> Iterator[Any]:
    """Found a network and yield a documenter of it, or its coordinator."""
    from flask_migrate import upgrade

    from caseflow.access.actor import Role
    from caseflow.app import create_app
    from caseflow.kernel.clock import now
    from caseflow.kernel.db import db, transaction
    from caseflow.kernel.settings import Settings
    from caseflow.network import operations as network
    from caseflow.network.queries import actor_of
    from caseflow.vault.keys import fingerprint

    app = create_app(Settings(instance=instance, worker="none", language="en"))
    common: dict[str, Any] = {"passphrase": "seven quiet rivers under snow", "at": now()}
    with app.app_context(), app.test_request_context():
        upgrade(directory=str(ROOT / "migrations"))
        with transaction():
            founded = network.found(
                network="Bench", organisation="Bureau", email="one@example.org", name="Aigul Sarsen", language="en",
                timezone="Asia/Almaty", **common,
            )  # fmt: skip
        if role == "coordinator":
            try:
                yield founded.actor
            finally:
                db.session.remove()
                db.engine.dispose()
            return
        with transaction():
            _invitation, link = network.invite(
                email="two@example.org", name="Dana Ospan", role=Role.DOCUMENTER,
                organisation=founded.member.organisation, language="en", by=founded.actor, at=now(),
            )  # fmt: skip
        with transaction():
            invitation = network.open_invitation(link.rsplit("/", 1)[1], at=now())
            member, pair, _code = network.accept(invitation, **common)
            network.confirm_key(member, words=fingerprint(pair.public), by=founded.actor, at=now())
        try:
            yield actor_of(member, pair)
        finally:
            db.session.remove()
            db.engine.dispose()


def _bring_in(source: bytes, by: Any) -> tuple[float, float]:
    from caseflow.incidents import imports, operations
    from caseflow.incidents.checks import today_for
    from caseflow.incidents.lists import trying
    from caseflow.kernel.clock import now
    from caseflow.kernel.db import db, transaction

    began, longest, left = time.perf_counter(), 0.0, True
    table, rows = imports.table_of(source, {})
    with transaction():
        run_id = operations.begin_import(source=source, name="list", table=table, rows=rows, by=by, at=now()).id
    told = imports.told_of(imports.run_of(run_id, by), by)
    trying.judge(rows, told["codes"], table["headings"], actor=by, today=today_for(by, now()))
    with transaction():
        operations.keep_verdicts(imports.run_of(run_id, by), codes=told["codes"], rows=rows, by=by, at=now())
    while left:
        db.session.expunge_all()
        started = time.perf_counter()
        with transaction():
            left = operations.go_on_importing(imports.run_of(run_id, by), by=by, at=now())
        longest = max(longest, time.perf_counter() - started)
    whole = time.perf_counter() - began
    written = imports.run_of(run_id, by).written
    if written != len(rows):
        raise RuntimeError(f"{written} of {len(rows)} incidents came in")
    return whole, longest


if __name__ == "__main__":
    for one in run():
        print(f"{one['name']}: {one['ours']:.1f} s (at most {one['limit']:.0f})")
