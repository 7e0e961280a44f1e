"""A network in a folder of its own, served by the real gunicorn with caseflow's settings, for what is measured."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PASSPHRASE = "seven quiet rivers under snow"
_TOKEN = re.compile(rb'name="csrf_token"[^>]*?value="([^"]+)"')
_ONCE = re.compile(rb'name="once" value="([^"]+)"')


@dataclass
class Server:
    """Where it listens, the cookie of a signed-in member, and the process that answers."""

    port: int
    cookie: str
    worker: int

    def connect(self) -> http.client.HTTPConnection:
        """Return a new connection."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)

    def tokens(self, path: str) -> tuple[str, str, str]:
        """Open the form at `path`; return its token, its once key and the cookies that belong to them."""
        connection = self.connect()
        connection.request("GET", path, headers={"Cookie": self.cookie})
        answer = connection.getresponse()
        page = answer.read()
        connection.close()
        token, once = _TOKEN.search(page), _ONCE.search(page)
        if answer.status != 200 or token is None or once is None:
            raise RuntimeError(f"{path} answered {answer.status} and no form")
        given = [value.partition(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"]
        return token[1].decode(), once[1].decode(), "; ".join([self.cookie, *given])

    def resident(self, *, peak: bool = False) -> int:
        """Return the memory of the worker in bytes, now or at its highest since `forget_peak`."""
        field = "VmHWM" if peak else "VmRSS"
        status = Path(f"/proc/{self.worker}/status").read_text()
        found = re.search(rf"^{field}:\s+(\d+) kB", status, re.MULTILINE)
        if found is None:
            raise RuntimeError(f"the kernel does not tell {field}")
        return int(found[1]) * 1024

    def forget_peak(self) -> None:
        """Start the highest mark of the worker's memory at what it has now."""
        Path(f"/proc/{self.worker}/clear_refs").write_text("5")


def environment(instance: Path) -> dict[str, str]:
    """Return the environment of a server for `instance`, without the caller's own settings."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("CASEFLOW_")}
    return {
        **own,
        "CASEFLOW_INSTANCE": str(instance),
        "CASEFLOW_WORKER": "none",
        "CASEFLOW_LANGUAGE": "en",
        "CASEFLOW_SECOND_FACTOR": "",
    }


@contextmanager
def served(instance: Path, cookie: str, *, wsgi: str = "wsgi:app") -> Iterator[Server]:
    """Serve `wsgi` for `instance` on a free port of this machine for as long as the block runs."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    port = listener.getsockname()[1]
    log_path = instance.with_name(f"server-{port}.log")
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "caseflow/gunicorn_conf.py",
             "--bind", f"fd://{listener.fileno()}", wsgi],
            cwd=ROOT, env=environment(instance), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            pass_fds=[listener.fileno()],
        )  # fmt: skip
    try:
        _wait(port, process, log_path)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        yield Server(port, cookie, int(children[0]))
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(timeout=30)
        listener.close()


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 30
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", "/sign-in")
            connection.getresponse().read()
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the server did not start:\n{log.read_text()}") from None
            time.sleep(0.1)
        else:
            return
        finally:
            connection.close()


def found_network(instance: Path) -> tuple[str, str, str]:
    """Found a network with one incident; return the cookie of its coordinator, the safe's id and an item's id."""
    from flask_migrate import upgrade

    from caseflow.app import create_app
    from caseflow.entrance import sessions
    from caseflow.evidence import operations as evidence
    from caseflow.incidents import operations as incidents
    from caseflow.kernel.clock import now, today
    from caseflow.kernel.db import db, transaction
    from caseflow.kernel.settings import Settings
    from caseflow.network import operations as network
    from caseflow.network.models import Member

    app = create_app(Settings(instance=instance, worker="none", language="en"))
    at = now()
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        with transaction():
            founded = network.found(
                network="Bench",
                organisation="Bureau",
                email="one@example.org",
                name="Aigul Sarsen",
                passphrase=PASSPHRASE,
                language="en",
                timezone="Asia/Almaty",
                at=at,
            )
        with transaction():
            incident = incidents.log(
                title="An upload that is measured",
                narrative="A large file.",
                region="KZ-75",
                began_on=today(),
                began_precision="day",
                language="en",
                by=founded.actor,
                at=at,
            )
            item = evidence.add_item(incident, title="A large file", by=founded.actor, at=at)
            safe_id, item_id = incident.safe_id, item.id
        with app.test_request_context(), transaction():
            member = db.session.get_one(Member, founded.actor.member_id)
            value = sessions.begin(member, founded.actor.ring.keys, agent="bench", at=now())  # type: ignore[attr-defined]
            cookie = f"{sessions.cookie_name()}={value}"
        db.session.remove()
        db.engine.dispose()
    return cookie, safe_id, item_id
