"""Measures the ledger: events appended by 8 writers on both databases, a million rows verified, one proof among them.

`python -m bench.ledger`. The writers are processes of their own, each act is a transaction of its own that waits for
the disk as it does in a server, each row is signed. The million rows are correctly chained and signed, inserted in
bulk; they are verified by the command an operator runs, in a process of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask

from bench.serving import environment

ROOT = Path(__file__).resolve().parents[1]
WRITERS, EACH, MILLION, ROUNDS = 8, 500, 1_000_000, 5
PROOFS = 200
VERBS = ("evidence.view", "evidence.download", "incidents.open", "cases.add_note", "incidents.edit")


def run(*, rows: int = MILLION, each: int = EACH, rounds: int = ROUNDS) -> list[dict[str, Any]]:
    """Return one row for each promise: name, ours, reference, ratio, limit, unit."""
    with tempfile.TemporaryDirectory(prefix="caseflow-bench-") as name:
        folder = Path(name)
        found = [
            _row(
                f"SQLite: an event appended by {WRITERS} writers",
                _append(folder / "append", "", each, rounds),
                1.0,
                "ms",
            )
        ]
        with _postgresql() as url:
            took = _append(folder / "postgres", url, each, rounds)
            bare = _timed(["bare", url, each], each, rounds)
        found.append(_row(f"PostgreSQL: an event appended by {WRITERS} writers", took, 1.0, "ms"))
        found.append(
            _row(f"PostgreSQL: a bare transaction of as many statements by {WRITERS} writers", bare, None, "ms")
        )
        return [*found, *_million(folder / "million", rows)]


def _row(name: str, ours: float, limit: float | None, unit: str) -> dict[str, Any]:
    return {"name": name, "ours": ours, "reference": None, "ratio": ours, "limit": limit, "unit": unit}


@contextmanager
def _network(instance: Path, url: str) -> Iterator[tuple[Flask, Any]]:
    """Found a network on a new database and yield the application and its coordinator."""
    from flask_migrate import upgrade

    from caseflow.app import create_app
    from caseflow.kernel.clock import now
    from caseflow.kernel.db import db, transaction
    from caseflow.kernel.settings import Settings
    from caseflow.network import operations as network

    app = create_app(Settings(instance=instance, database_url=url, worker="none", language="en"))
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        with transaction():
            founded = network.found(
                network="Bench", organisation="Bureau", email="one@example.org", name="Aigul Sarsen",
                passphrase="seven quiet rivers under snow", language="en", timezone="Asia/Almaty", at=now(),
            )  # fmt: skip
        yield app, founded.actor
        db.session.remove()
        db.engine.dispose()


def _append(instance: Path, url: str, each: int, rounds: int) -> float:
    """Return the milliseconds of one event when all writers append at once: the median of some rounds."""
    with _network(instance, url) as (_app, actor):
        given = [str(instance), url, actor.member_id, actor.ring.keys.seed.hex(), each]
        return _timed(["write", *given], each, rounds)


def _timed(given: list[Any], each: int, rounds: int) -> float:
    """Return the milliseconds of one transaction when all writers go at once; `given` is what a writer is told."""
    times: list[float] = []
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.ledger", given[0]], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for _ in range(WRITERS)
    ]  # fmt: skip
    for writer in writers:
        _say(writer, json.dumps(given[1:]))
    for _ in range(rounds + 1):
        _wait(writers)
        started = time.perf_counter()
        for writer in writers:
            _say(writer, "go")
        _wait(writers, "done")
        times.append((time.perf_counter() - started) / (WRITERS * each) * 1000)
    for writer in writers:
        writer.communicate("end\n")
    assert [writer.returncode for writer in writers] == [0] * WRITERS
    return statistics.median(times[1:])  # the first round warms all of them


def _wait(writers: list[subprocess.Popen[str]], word: str = "ready") -> None:
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == f"{word}\n"


def _say(writer: subprocess.Popen[str], line: str) -> None:
    assert writer.stdin is not None
    writer.stdin.write(line + "\n")
    writer.stdin.flush()


def _write() -> None:
    """Be one writer: append what the first line of the input tells each time that another line says go."""
    from caseflow.app import create_app
    from caseflow.kernel.clock import now
    from caseflow.kernel.db import db, transaction
    from caseflow.kernel.settings import Settings
    from caseflow.ledger import operations as ledger
    from caseflow.network.models import Member
    from caseflow.network.queries import actor_of
    from caseflow.vault.keys import MemberKeys

    instance, url, member, seed, each = json.loads(sys.stdin.readline())
    app = create_app(Settings(instance=Path(instance), database_url=url, worker="none", language="en"))
    with app.app_context():
        actor = actor_of(db.session.get_one(Member, member), MemberKeys.from_seed(bytes.fromhex(seed)))
        db.session.rollback()
        print("ready", flush=True)
        while sys.stdin.readline() == "go\n":
            for number in range(each):
                with transaction():
                    ledger.record(
                        "bench.act", by=actor, at=now(), about=f"bench:{os.getpid()}", public={"number": number}
                    )
            print("done\nready", flush=True)


def _write_bare() -> None:
    """Be one writer of transactions that take a lock, read twice, insert and commit: what is the server's and the machine's."""
    import psycopg

    url, each = json.loads(sys.stdin.readline())
    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql")) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(1)")
        connection.execute("CREATE TABLE IF NOT EXISTS bare (number integer)")
        connection.commit()
        print("ready", flush=True)
        while sys.stdin.readline() == "go\n":
            for number in range(each):
                connection.execute("SELECT pg_advisory_xact_lock(1)")
                connection.execute("SELECT 1")
                connection.execute("SELECT 2")
                connection.execute("INSERT INTO bare VALUES (%s)", [number])
                connection.commit()
            print("done\nready", flush=True)


def _million(instance: Path, rows: int) -> list[dict[str, Any]]:
    """Return what a check of `rows` rows and one proof among them take."""
    from caseflow.kernel.clock import now
    from caseflow.kernel.db import db, transaction
    from caseflow.ledger import proofs

    with _network(instance, "") as (_app, actor):
        _fill(actor, rows)
        with transaction():
            last = proofs.make_checkpoint(now())
        size = last.size
        proofs_took = []
        for number in range(PROOFS):
            db.session.rollback()
            started = time.perf_counter()
            proofs.inclusion(1 + number * 7919 % size, size)
            proofs_took.append((time.perf_counter() - started) * 1000)
    afresh, again = (_verified(instance, flags) for flags in (["--afresh"], []))
    name = f"{rows:,} rows"
    return [
        _row(f"{name} verified, all signatures of which were good before", again, 20.0, "s"),
        _row(f"{name} verified with every signature afresh", afresh, None, "s"),
        _row(f"the proof of one row of {rows:,}", statistics.median(proofs_took), 10.0, "ms"),
    ]


def _fill(actor: Any, rows: int) -> None:
    """Insert rows in bulk, chained and signed as `operations.record` would have done."""
    from sqlalchemy import insert

    from caseflow.kernel.clock import now
    from caseflow.kernel.db import db, transaction
    from caseflow.kernel.instance import instance
    from caseflow.ledger import rules
    from caseflow.ledger.models import Event
    from caseflow.ledger.queries import of_network

    last = db.session.scalars(of_network().limit(1)).one()
    seq, previous, network, at = last.seq, last.chained, instance(), now()
    while seq < rows:
        values = []
        for _ in range(min(20_000, rows - seq)):
            seq += 1
            fields = {
                "seq": seq, "at": at, "role": str(actor.role), "verb": VERBS[seq % len(VERBS)], "result": "done",
                "subject": f"files:{seq % 5000:016d}", "public": {"reference": f"CF-2026-{seq % 900:04d}"},
                "commitment": rules.commit(seq.to_bytes(16), b""), "previous": previous, "version": rules.VERSION,
            }  # fmt: skip
            row = rules.row_bytes(instance=network, actor=actor.member_id, safe=None, opening=None, **fields)
            leaf = rules.leaf_of(row)
            previous = rules.chain(previous, leaf)
            signature = actor.ring.sign(leaf, purpose="ledger")
            values.append(
                {**fields, "actor_id": actor.member_id, "leaf": leaf, "chained": previous, "signature": signature}
            )
        with transaction():
            db.session.execute(insert(Event), values)


def _verified(instance: Path, flags: list[str]) -> float:
    """Return the seconds of `flask ledger verify`, start of the program included."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "ledger", "verify", *flags]
    started = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=environment(instance), capture_output=True, text=True, check=False)
    took = time.perf_counter() - started
    if done.returncode:
        raise RuntimeError(f"the ledger was not found whole:\n{done.stdout}\n{done.stderr}")
    return took


@contextmanager
def _postgresql() -> Iterator[str]:
    """Yield the address of a PostgreSQL server that waits for the disk as one does that is installed."""
    from tests.fixtures.databases import Postgres

    folder = Path(tempfile.mkdtemp(prefix="caseflow-bench-"))
    server = Postgres(folder, hurried=False)
    try:
        yield server.url(server.new_database())
    finally:
        server.stop()
        shutil.rmtree(folder)


if __name__ == "__main__":
    if sys.argv[1:] == ["write"]:
        _write()
    elif sys.argv[1:] == ["bare"]:
        _write_bare()
    else:
        for row in run():
            print(f"{row['name']}: {row['ours']:.2f} {row['unit']} (at most {row['limit']})")
