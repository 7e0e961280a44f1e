"""Measures the list of cases against a bare Flask page: 10,000 cases, of which the reader holds 2,000.

Every title is really sealed and every grant really wrapped; both pages are served by gunicorn with caseflow's own
settings and asked by one browser-like client over a connection that stays open. `python -m bench.lists`.
"""

from __future__ import annotations

import http.client
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event, insert

from bench.serving import environment

ROOT = Path(__file__).resolve().parents[1]
CASES, HELD, LIMIT = 10_000, 2_000, 15.0
ROUNDS, EACH = 40, 20
HELLO = """
from flask import Flask
app = Flask(__name__)
@app.get("/")
def hello(): return "<p>hello</p>"
"""
TITLES = (
    "Ill-treatment in a temporary detention centre: who must prove the contrary",
    "Одиночный пикет и «несанкционированное собрание»",
    "Кәсіподақты тіркеуден бас тарту: себептің өзгеруі",
    "Доступ адвоката в первые часы задержания",
)
STAGES = (("kz_criminal", "first_instance"), ("kz_civil", "appeal"), ("kz_administrative", "cassation"), (None, None))


Holder = tuple[str, Any]  # a member's id and her keys


@dataclass(frozen=True)
class Lists:
    """What was measured: medians in milliseconds, their ratio, and the queries of a page of 1 and of 50 rows."""

    hello_ms: float
    list_ms: float
    queries_of_1: int
    queries_of_50: int

    @property
    def ratio(self) -> float:
        """Return how many times as long as the bare page the list takes."""
        return self.list_ms / self.hello_ms

    @property
    def holds(self) -> bool:
        """Tell whether the promise is kept."""
        return self.ratio <= LIMIT and self.queries_of_1 == self.queries_of_50

    def __str__(self) -> str:
        return (
            f"list of cases: {self.list_ms:.2f} ms, bare Flask page: {self.hello_ms:.2f} ms, "
            f"ratio {self.ratio:.1f} (at most {LIMIT:.0f}); "
            f"queries for 1 row: {self.queries_of_1}, for 50 rows: {self.queries_of_50}"
        )


def run(*, wsgi: str = "wsgi:app", cases: int = CASES, held: int = HELD) -> Lists:
    """Build a network in a temporary folder, serve it beside a bare page, and measure both."""
    with tempfile.TemporaryDirectory(prefix="caseflow-bench-") as name:
        folder = Path(name)
        cookies, counted = build(folder / "instance", lambda members: _cases(members, cases, held), "/cases/")
        times = served_beside_bare(folder, {"list": ("/cases/", cookies["many"])}, wsgi=wsgi)
        return Lists(
            hello_ms=times["hello"],
            list_ms=times["list"],
            queries_of_1=counted["one"],
            queries_of_50=counted["many"],
        )


def served_beside_bare(folder: Path, pages: dict[str, tuple[str, str]], *, wsgi: str = "wsgi:app") -> dict[str, float]:
    """Serve the instance in `folder` and a bare page; return the median milliseconds of `pages` and of "hello".

    `pages`: name -> path and cookie.
    """
    (folder / "bare_page.py").write_text(HELLO)
    own = environment(folder / "instance")
    with _served(wsgi, own, folder) as ours, _served("bare_page:app", own, folder) as bare:
        asked = {name: (ours, path, cookie) for name, (path, cookie) in pages.items()}
        times = _measure({**asked, "hello": (bare, "/", "")})
    return {name: statistics.median(seconds) * 1000 for name, seconds in times.items()}


def build(
    instance: Path, fill: Callable[[dict[str, Holder]], None], path: str
) -> tuple[dict[str, str], dict[str, int]]:
    """Found a network and let `fill` write what its members hold: the coordinator all, one lawyer many, another a single one.

    Return the cookies of the members "all", "many" and "one", and the queries that the list at `path` takes for each.
    """
    from flask_migrate import upgrade

    from caseflow.app import create_app
    from caseflow.entrance import sessions
    from caseflow.kernel.clock import now
    from caseflow.kernel.db import db, transaction
    from caseflow.kernel.settings import Settings
    from caseflow.network.models import Member

    app = create_app(Settings(instance=instance, worker="none", language="en", second_factor=frozenset()))
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        members = _members()
        with transaction():
            fill(members)
        cookies: dict[str, str] = {}
        with app.test_request_context(), transaction():
            for key, (member_id, keys) in members.items():
                member = db.session.get_one(Member, member_id)
                cookies[key] = sessions.begin(member, keys, agent="bench", at=now())
            name = sessions.cookie_name()
        db.session.remove()
        engine = db.engine
    counted = {key: _queries(app, engine, name, cookie, path) for key, cookie in cookies.items()}
    engine.dispose()
    return {key: f"{name}={cookie}" for key, cookie in cookies.items()}, counted


def _members() -> dict[str, Holder]:
    from caseflow.access.actor import Role
    from caseflow.kernel.clock import now
    from caseflow.kernel.db import transaction
    from caseflow.network import operations as network
    from caseflow.vault.keys import fingerprint

    at = now()
    with transaction():
        founded = network.found(
            network="Bench",
            organisation="Bureau",
            email="one@example.org",
            name="Aigul Sarsen",
            passphrase="seven quiet rivers under snow",
            language="en",
            timezone="Asia/Almaty",
            at=at,
        )
    coordinator, house = founded.actor, founded.member.organisation
    members = {"all": (founded.member.id, coordinator.ring.keys)}
    for key in ("many", "one"):
        with transaction():
            _invitation, link = network.invite(
                email=f"{key}.held@example.org",
                name=f"Lawyer {key.title()}",
                role=Role.LAWYER,
                organisation=house,
                language="en",
                by=coordinator,
                at=at,
            )
        with transaction():
            invitation = network.open_invitation(link.rsplit("/", 1)[1], at=at)
            member, pair, _code = network.accept(invitation, passphrase="seven quiet rivers under snow", at=at)
            network.confirm_key(member, words=fingerprint(pair.public), by=coordinator, at=at)
        members[key] = (member.id, pair)
    return members


def _cases(members: dict[str, Holder], cases: int, held: int) -> None:
    """Make the safes, then insert in bulk: sealed titles, the grants of who is entitled, counsel."""
    from caseflow.cases.models import Case, Counsel
    from caseflow.kernel.clock import now
    from caseflow.kernel.db import db
    from caseflow.keys.models import Grant
    from caseflow.keys.operations import new_safe
    from caseflow.network.models import Member
    from caseflow.network.queries import actor_of

    coordinator, keys = members["all"]
    by = actor_of(db.session.get_one(Member, coordinator), keys)
    ring: Any = by.ring
    at, step = now(), max(1, cases // held)
    rows: dict[Any, list[dict[str, Any]]] = {Case: [], Counsel: [], Grant: []}
    for number in range(cases):
        safe_id = new_safe("case", by=by, at=at).id
        _epoch, secrets = ring.current(safe_id)
        procedure, stage = STAGES[number % len(STAGES)]
        changed = at - timedelta(minutes=number)
        case = Case(safe_id=safe_id)
        ring.seal(case, title=f"{TITLES[number % len(TITLES)]} {number}")
        rows[Case].append(
            {
                "id": case.id,
                "safe_id": safe_id,
                "reference": f"CF-2026-{number + 1:05d}",
                "state": "open",
                "title_sealed": case.title_sealed,
                "articles": ["ICCPR:7"],
                "confidentiality": "normal",
                "procedure": procedure,
                "stage": stage,
                "next_on": date(2026, 1, 1) + timedelta(days=number % 700),
                "by_id": coordinator,
                "opened_at": changed,
                "changed_at": changed,
                "version": 1,
            }
        )
        holders = [("all", "coordinator")]
        if number % step == 0 and number // step < held:
            holders.append(("many", "counsel"))
        if number == 1:
            holders.append(("one", "counsel"))
        for key, reason in holders:
            rows[Grant].append(grant_row(safe_id, secrets, members[key], reason, by=by, at=at))
        rows[Counsel].append(_counsel(case.id, safe_id, members[holders[-1][0]][0], coordinator, at))
    for model, values in rows.items():
        db.session.execute(insert(model), values)


def grant_row(safe_id: str, secrets: Any, holder: Holder, reason: str, *, by: Any, at: datetime) -> dict[str, Any]:
    """Return the row of a grant: the secrets of a safe really wrapped to `holder`, who is an id and her keys."""
    from caseflow.kernel.ids import new_id
    from caseflow.vault.grants import wrap

    member_id, pair = holder
    context = by.ring.context(safe_id, 1, reason, member_id)
    sealed = wrap(secrets, to=pair.public, context=context, grantor=by.ring.keys)
    return {
        "id": new_id(), "safe_id": safe_id, "member_id": member_id, "epoch": 1, "wrapped": sealed.wrapped,
        "signature": sealed.signature, "grantor_id": by.member_id, "reason": reason, "at": at, "quick": None,
    }  # fmt: skip


def _counsel(case_id: str, safe_id: str, member_id: str, by_id: str, at: datetime) -> dict[str, Any]:
    from caseflow.kernel.ids import new_id

    return {
        "id": new_id(),
        "case_id": case_id,
        "safe_id": safe_id,
        "member_id": member_id,
        "role": "lead",
        "since": at.date(),
        "until": None,
        "by_id": by_id,
        "at": at,
    }


def _queries(app: Flask, engine: Engine, name: str, cookie: str, path: str) -> int:
    """Return how many statements the list takes for this member, after a first look that keeps her quick wraps."""
    client = app.test_client()
    client.set_cookie(name, cookie, domain="localhost")
    seen: list[str] = []

    def note(*facts: Any) -> None:
        seen.append(facts[2])

    assert client.get(path).status_code == 200
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)


@contextmanager
def _served(wsgi: str, environment: dict[str, str], folder: Path) -> Iterator[int]:
    """Serve `wsgi` by gunicorn with caseflow's settings; yield the port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    port = listener.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--config", "caseflow/gunicorn_conf.py", "--pythonpath", str(folder)]
    command += ["--bind", f"fd://{listener.fileno()}", wsgi]
    with (folder / f"{port}.log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            pass_fds=[listener.fileno()],
        )  # fmt: skip
    try:
        _wait(port, server, folder / f"{port}.log")
        yield port
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait(timeout=15)
        listener.close()


def _wait(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 30
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
        except OSError:
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the server did not start:\n{log.read_text()}") from None
            time.sleep(0.1)
        else:
            return
        finally:
            connection.close()


def _measure(pages: dict[str, tuple[int, str, str]]) -> dict[str, list[float]]:
    """Return the seconds of each answer; the pages take turns, so that a busy moment hits them alike."""
    connections = {key: http.client.HTTPConnection("127.0.0.1", port) for key, (port, _path, _cookie) in pages.items()}
    times: dict[str, list[float]] = {key: [] for key in pages}
    for number in range(ROUNDS + 1):
        for key, (_port, path, cookie) in pages.items():
            for _ in range(EACH):
                started = time.perf_counter()
                connections[key].request("GET", path, headers={"Cookie": cookie} if cookie else {})
                answer = connections[key].getresponse()
                body = answer.read()
                if number:  # the first round warms both
                    times[key].append(time.perf_counter() - started)
                assert answer.status == 200, f"{path} answered {answer.status}: {body[:200]!r}"
    for connection in connections.values():
        connection.close()
    return times


if __name__ == "__main__":
    measured = run()
    print(measured)
    sys.exit(0 if measured.holds else 1)
