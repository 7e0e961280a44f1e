"""Measures signing in with the real key derivation: the processor's time, how many derive at once, what a crowd is told.

The crowd is fifty members who sign in at the same moment from fifty addresses, met by as many threads as one worker has.
Who finds the line before Argon2id full is told 429 at once; that is counted, not limited.
"""

from __future__ import annotations

import re
import statistics
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from flask import Flask

from caseflow import gunicorn_conf

ROOT = Path(__file__).resolve().parents[1]
PASSPHRASE = "seven quiet rivers under snow"
CROWD, ROUNDS = 50, 9
CPU_LIMIT, AT_ONCE_LIMIT = 0.25, 2
TOKEN = re.compile(r'name="csrf_token"[^>]*?value="([^"]+)"')


def run(*, crowd: int = CROWD, rounds: int = ROUNDS) -> list[dict[str, Any]]:
    """Return the rows: processor seconds of one sign-in, most runs at once, how many of the crowd came in or were told 429."""
    with tempfile.TemporaryDirectory(prefix="caseflow-bench-") as name:
        app = _network(Path(name) / "instance", crowd)
        cpu = [_cpu(app, number) for number in range(rounds)]
        peak = _watched()
        started = time.perf_counter()
        with ThreadPoolExecutor(gunicorn_conf.threads) as threads:
            waiting = [threads.submit(_sign_in, app, number, f"198.51.100.{number}") for number in range(crowd)]
            statuses = Counter(one.result() for one in waiting)
        wall = time.perf_counter() - started
        with app.app_context():
            from caseflow.kernel.db import db

            db.session.remove()
            db.engine.dispose()
    if set(statuses) - {303, 429}:
        raise RuntimeError(f"a crowd was answered {dict(statuses)}")
    return [
        _row("signing in, all of it, in processor time", statistics.median(cpu), CPU_LIMIT, "s"),
        _row(f"Argon2id at once while {crowd} sign in", float(peak()), AT_ONCE_LIMIT, ""),
        _row(f"of {crowd} at one moment: in after waiting", float(statuses[303]), None, ""),
        _row(f"of {crowd} at one moment: told 429 at once", float(statuses[429]), None, ""),
        _row(f"until the last of {crowd} had her answer", wall, None, "s"),
    ]


def _row(name: str, ours: float, limit: float | None, unit: str) -> dict[str, Any]:
    return {"name": name, "ours": ours, "reference": None, "ratio": ours, "limit": limit, "unit": unit}


def _network(instance: Path, crowd: int) -> Flask:
    from flask_migrate import upgrade

    from caseflow.access.actor import Role
    from caseflow.app import create_app
    from caseflow.kernel.clock import now
    from caseflow.kernel.db import db, transaction
    from caseflow.kernel.settings import Settings
    from caseflow.keys import operations as keys
    from caseflow.network import operations as network
    from caseflow.network.models import Organisation

    app = create_app(Settings(instance=instance, worker="none", language="en", second_factor=frozenset()))
    at = now()
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        # Founding and joining are not what is measured: one derivation serves everybody.
        prepared = keys.prepare(PASSPHRASE)
        with transaction():
            founded = network.found(
                network="Bench", organisation="Bureau", email="aigul@example.org", name="Aigul Sarsen",
                passphrase=PASSPHRASE, language="en", timezone="Asia/Almaty", at=at,
            )  # fmt: skip
        for number in range(crowd):
            with transaction():
                house = db.session.query(Organisation).one()
                _invitation, link = network.invite(
                    email=f"{number}@example.org", name=f"Member {number}", role=Role.DOCUMENTER, organisation=house,
                    language="en", by=founded.actor, at=at,
                )  # fmt: skip
            with transaction():
                invitation = network.open_invitation(link.rsplit("/", 1)[1], at=at)
                network.accept(invitation, passphrase=PASSPHRASE, at=at, prepared=prepared)
        db.session.remove()
    return app


def _cpu(app: Flask, number: int) -> float:
    before = time.process_time()
    status = _sign_in(app, number, "203.0.113.1")
    if status != 303:
        raise RuntimeError(f"a sign-in was answered {status}")
    return time.process_time() - before


def _sign_in(app: Flask, number: int, address: str) -> int:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    found = TOKEN.search(client.get("/sign-in").text)
    assert found is not None
    sent = {"csrf_token": found[1], "email": f"{number}@example.org", "passphrase": PASSPHRASE}
    return client.post("/sign-in", data=sent).status_code


def _watched() -> Any:
    """Count how many derivations run at once from now on; return what tells the most there were."""
    from caseflow.keys import derivation

    lock, running, most, real = threading.Lock(), [0], [0], derivation.derive

    def counted(*given: Any) -> Any:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        try:
            return real(*given)
        finally:
            with lock:
                running[0] -= 1

    derivation.derive = counted
    return lambda: most[0]


if __name__ == "__main__":
    for row in run():
        print(f"{row['name']:<50} {row['ours']:.3f} {row['unit']}")
