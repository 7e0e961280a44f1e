"""Two web processes and a worker on one database, restarted in the middle of everything: nothing is lost or done twice.

A session begun at one is served by the other, because neither keeps anything in memory; an upload, a grant and a
withdrawal go on while the others end and begin; promised letters are sent once each, whatever becomes of the workers.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date

import pytest

from caseflow.cases import operations as cases
from caseflow.cases.models import Case, Counsel
from caseflow.evidence import operations as evidence
from caseflow.evidence.models import File
from caseflow.incidents import operations as incidents
from caseflow.kernel import jobs, mail
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.keys import queries as keys
from caseflow.ledger import verification
from caseflow.network.models import Member
from tests.cast import PASSPHRASE, Cast, cast
from tests.fixtures.guards import ROOT
from tests.fixtures.servers import LiveServer
from tests.storage import EVERYTHING, stored, wrong_grants

MIB = 1024 * 1024
LETTERS = 40


class Browser:
    """Somebody with her cookies, at whichever of the servers answers."""

    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}

    @contextlib.contextmanager
    def line(self, server: LiveServer) -> Iterator[http.client.HTTPConnection]:
        port = urllib.parse.urlsplit(server.url).port
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            yield connection
        finally:
            connection.close()

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}

    def ask(self, server: LiveServer, path: str, fields: dict[str, str] | None = None) -> tuple[int, bytes]:
        body = urllib.parse.urlencode(fields).encode() if fields else None
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if fields else {}
        with self.line(server) as line:
            line.request("POST" if fields else "GET", path, body, {**self.headers, **kind})
            return self.answer(line)

    def answer(self, line: http.client.HTTPConnection) -> tuple[int, bytes]:
        with line.getresponse() as answer:
            for given in answer.headers.get_all("Set-Cookie") or []:
                name, value = given.partition(";")[0].split("=", 1)
                self.cookies[name] = value
            return answer.status, answer.read()

    def token(self, server: LiveServer, path: str) -> str:
        status, page = self.ask(server, path)
        assert status == 200, (path, status)
        found = re.search(rb'name="csrf_token"[^>]*?value="([^"]+)"', page)
        assert found
        return found[1].decode()

    def sign_in(self, server: LiveServer, email: str) -> None:
        token = self.token(server, "/sign-in")
        status, _page = self.ask(server, "/sign-in", {"csrf_token": token, "email": email, "passphrase": PASSPHRASE})
        assert status == 303

    @contextlib.contextmanager
    def sending(self, server: LiveServer, path: str, token: str, content: bytes) -> Iterator[Callable[[], int]]:
        """Send the first half; yield what sends the rest and returns the status."""
        half = len(content) // 2
        with self.line(server) as line:
            line.putrequest("PUT", path)
            for name, value in {**self.headers, "X-CSRFToken": token}.items():
                line.putheader(name, value)
            line.putheader("Content-Type", "application/octet-stream")
            line.putheader("Content-Length", str(len(content)))
            line.endheaders(content[:half])

            def rest() -> int:
                line.send(content[half:])
                return self.answer(line)[0]

            yield rest


class Workers:
    """Worker processes, as an operator starts them beside the web processes."""

    def __init__(self, server: LiveServer) -> None:
        self._server = server
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        with self._server.log.open("ab") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "work"],
                cwd=ROOT, env=self._server.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        self.running.append(worker)

    def stop_oldest(self) -> None:
        worker = self.running.pop(0)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=20) == 0

    def close(self) -> None:
        for worker in self.running:
            worker.kill()
            worker.wait()


@contextlib.contextmanager
def restarting(server: LiveServer) -> Iterator[None]:
    """End and begin a server while the block runs."""

    def again() -> None:
        server.stop()
        server.start()

    thread = threading.Thread(target=again)
    thread.start()
    try:
        yield
    finally:
        thread.join(60)


def until(true: Callable[[], bool], seconds: float = 30) -> None:
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit, "it did not happen"
        time.sleep(0.02)


class Matter:
    """Dana's incident with an item, in a case; nobody is counsel yet."""

    def __init__(self, people: Cast) -> None:
        at = now()
        with transaction():
            incident = incidents.log(
                title="Побои в участке", narrative="At night.", region="KZ-75", began_on=date(2026, 3, 6),
                began_precision="day", language="en", by=people.dana, at=at,
            )  # fmt: skip
            incident.state = "verified"
        with transaction():
            item = evidence.add_item(incident, title="A recording", by=people.fresh(people.dana), at=at)
            case = cases.open_case(title="Против полиции", incidents=[incident], by=people.aigul, at=at)
        self.incident, self.item, self.case = incident.id, item.id, case.id
        self.people = people

    def assign(self) -> str:
        with transaction():
            case = db.session.get_one(Case, self.case, execution_options=EVERYTHING)
            leila = db.session.get_one(Member, self.people.leila.member_id)
            by = self.people.fresh(self.people.aigul)
            return cases.assign_counsel(case, member=leila, role="lead", by=by, at=now()).id

    def withdraw(self, counsel_id: str) -> None:
        with transaction():
            counsel = db.session.get_one(Counsel, counsel_id, execution_options=EVERYTHING)
            cases.end_counsel(counsel, by=self.people.fresh(self.people.marat), at=now())


def lettered(number: int) -> None:
    for one in range(number):
        with transaction():
            mail.write(f"reader{one}@example.org", "A date", "You have a deadline.", at=now(), key=f"letter:{one}")


def go_through(database_url: str, make_app, make_live_server, smtp_sink, rounds: int) -> None:
    app = make_app(database_url)
    settings = {"smtp_url": smtp_sink.url, "worker": "none"}
    one, other = (make_live_server(database_url, **settings) for _ in range(2))
    one.log = one.log.with_name("one.log")
    workers = Workers(other)
    with app.app_context():
        matter = Matter(cast(app))
        starting = threading.Thread(target=other.start)
        starting.start()
        one.start()
        starting.join(60)
        dana, leila = Browser(), Browser()
        dana.sign_in(one, "dana@example.org")
        leila.sign_in(other, "leila@example.org")
        try:
            for _ in range(rounds):
                _a_round(matter, dana, leila, one, other)
                one, other = other, one
            _letters(workers, smtp_sink)
        finally:
            workers.close()
        db.session.rollback()
        assert wrong_grants() == {}
        assert list(keys.faults()) == []
        assert list(verification.faults()) == []
        census = jobs.census()
        assert (census["due"], census["at work"], census["given up"]) == (0, 0, 0)


def _a_round(matter: Matter, dana: Browser, leila: Browser, one: LiveServer, other: LiveServer) -> None:
    incident, case, form = f"/incidents/{matter.incident}", f"/cases/{matter.case}", f"/evidence/{matter.item}/files"
    status, page = dana.ask(other, incident)  # her session began at the one
    assert status == 200
    assert "Побои в участке" in page.decode()
    assert {leila.ask(server, case)[0] for server in (one, other)} == {404}
    token, content, had = dana.token(other, incident), os.urandom(3 * MIB), len(stored(File))

    # An upload at the one goes on and a key is given while the other is away.
    with dana.sending(one, f"{form}?name=a.bin", token, content) as rest, restarting(other):
        counsel = matter.assign()
        status, page = leila.ask(one, case)
        assert status == 200
        assert "Против полиции" in page.decode()
        assert rest() == 201
    assert leila.ask(other, incident)[0] == 200

    # The one dies in the middle of an upload, which leaves nothing; the key is taken while it is away.
    with dana.sending(one, f"{form}?name=b.bin", token, content) as rest:
        until(lambda: any(one.instance.glob("store/*/*/*.part")))
        one.kill()
        with pytest.raises((OSError, http.client.HTTPException)):
            rest()
    matter.withdraw(counsel)
    assert leila.ask(other, case)[0] == 404
    one.start()
    assert leila.ask(one, case)[0] == 404
    files = stored(File)
    assert len(files) == had + 1
    for file, server in ((file, server) for file in files for server in (one, other)):  # headed anew meanwhile
        status, got = dana.ask(server, f"/evidence/files/{file.id}")
        assert (status, len(got)) == (200, len(content))
    assert dana.ask(other, f"/evidence/files/{max(files, key=lambda file: file.at).id}") == (200, content)


def _letters(workers: Workers, smtp_sink) -> None:
    """A worker ends in the middle, another takes over, and every letter is sent once."""
    had = len(smtp_sink.letters)
    lettered(LETTERS)
    workers.start()
    until(lambda: len(smtp_sink.letters) >= had + 3)
    workers.start()
    workers.stop_oldest()
    assert len(smtp_sink.letters) < had + LETTERS, "the worker was too quick to be stopped in the middle"
    until(_idle)
    workers.stop_oldest()
    received = Counter(to for letter in smtp_sink.letters if (to := str(letter["To"])).startswith("reader"))
    assert set(received) == {f"reader{n}@example.org" for n in range(LETTERS)}
    assert set(received.values()) == {1}


def _idle() -> bool:
    db.session.rollback()  # what the workers have written since is not in a transaction that is open already
    census = jobs.census()
    return not census["due"] and not census["at work"]


def test_two_web_processes_and_workers_are_restarted_in_the_middle(
    sqlite_url, make_app, make_live_server, smtp_sink
) -> None:
    go_through(sqlite_url, make_app, make_live_server, smtp_sink, rounds=1)


@pytest.mark.prove
def test_they_are_restarted_again_and_again_on_both_databases(
    database_url, make_app, make_live_server, smtp_sink
) -> None:
    go_through(database_url, make_app, make_live_server, smtp_sink, rounds=4)
