"""Evidence through the real server: lines that break, files on the disk, damage while a file is handed out."""

import contextlib
import hashlib
import http.client
import os
import re
import socket
import time
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from caseflow.app import create_app
from caseflow.entrance import sessions
from caseflow.evidence import operations, parts, store
from caseflow.evidence.models import File, Item, Upload
from caseflow.incidents import operations as incidents
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.kernel.settings import Settings
from caseflow.network.models import Member
from tests.cast import cast
from tests.evidence.sending import BOUNDARY, MIB, encoded

UNSCOPED = {"unscoped": "a test looks at what is stored"}


class Visitor:
    """Dana at a real server, on one connection for each request."""

    def __init__(self, server, cookie, places):
        self.server, self.cookies = server, dict([cookie.split("=", 1)])
        self.new, self.files = places
        self.port = urlsplit(server.url).port

    @property
    def cookie(self):
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def ask(self, method, path, body=None, headers=()):
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request(method, path, body, {"Cookie": self.cookie, **dict(headers)})
            with connection.getresponse() as answer:
                return answer, answer.read()

    def form(self):
        answer, page = self.ask("GET", self.new)
        assert answer.status == 200
        for given in answer.headers.get_all("Set-Cookie") or []:
            name, value = given.partition(";")[0].split("=", 1)
            self.cookies[name] = value
        return {
            "csrf_token": re.search(rb'name="csrf_token"[^>]*?value="([^"]+)"', page)[1].decode(),
            "once": re.search(rb'name="once" value="([^"]+)"', page)[1].decode(),
            "copy_or_original": "original",
        }

    def body(self, *files, **fields):
        return encoded({**self.form(), **fields}.items(), [("files", *file) for file in files])

    def post(self, body):
        return self.ask("POST", self.new, body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})

    def break_off(self, method, path, body, *, after, headers=()):
        """Announce the whole body, send its beginning, and go away."""
        line = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        head = {"Host": "localhost", "Cookie": self.cookie, "Content-Length": str(len(body)), **dict(headers)}
        request = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in head.items())
        line.sendall(request.encode() + b"\r\n" + body[:after])
        line.close()


@pytest.fixture
def live(make_live_server, sqlite_url, instance):
    """Yield `live(**settings)`: a visitor of a running server, and the application that looks at its database."""
    apps = []

    def start(**settings):
        app = create_app(Settings.for_tests(instance, sqlite_url))
        apps.append(app)
        with app.app_context():
            people = cast(app)
            with transaction():
                incident = incidents.log(
                    title="A title", narrative="A narrative", region="KZ-75", began_on=date(2026, 3, 6),
                    began_precision="day", language="en", by=people.dana, at=now(),
                )  # fmt: skip
                item = operations.add_item(incident, title="An item", by=people.dana, at=now())
            with app.test_request_context(), transaction():
                member = db.session.get_one(Member, people.dana.member_id)
                value = sessions.begin(member, people.dana.ring.keys, agent="a test", at=now())
            cookie = f"{sessions.cookie_name()}={value}"
            places = (f"/evidence/new/{incident.safe_id}", f"/evidence/{item.id}/files")
        server = make_live_server(sqlite_url, **settings).start()
        return app, Visitor(server, cookie, places)

    yield start
    for app in apps:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def _stored(app, model=File):
    with app.app_context():
        return list(db.session.scalars(select(model), execution_options=UNSCOPED))


def _payloads(instance):
    return [path for path in (instance / "store").rglob("*") if path.is_file()]


def _settled(instance, count=0):
    until = time.monotonic() + 20
    while len(_payloads(instance)) != count and time.monotonic() < until:
        time.sleep(0.05)
    return _payloads(instance)


def test_a_line_that_breaks_leaves_neither_row_nor_payload(live, instance):
    app, dana = live()
    content = os.urandom(4 * MIB)
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    token = {"X-CSRFToken": dana.form()["csrf_token"]}
    for after in (500, 100_000, 3 * MIB):
        body = dana.body(("a.bin", content), title="Broken")
        dana.break_off("POST", dana.new, body, after=after, headers=kind)
        dana.break_off("PUT", f"{dana.files}?name=a", content, after=after, headers=token)
    answer, _page = dana.post(dana.body(("whole.bin", b"whole"), title="Whole"))
    assert answer.status == 303
    assert len(_settled(instance, 1)) == 1
    assert [file.size for file in _stored(app)] == [5]
    assert len(_stored(app, Item)) == 2


def test_a_raw_body_in_chunks_is_received_whole_or_not_at_all(live, instance):
    app, dana = live()
    token = {"X-CSRFToken": dana.form()["csrf_token"]}
    content = os.urandom(2 * MIB)
    answer, _body = dana.ask("PUT", f"{dana.files}?name=a", iter([content[:MIB], content[MIB:]]), token)
    assert answer.status == 201
    assert [file.size for file in _stored(app)] == [2 * MIB]
    line = socket.create_connection(("127.0.0.1", dana.port), timeout=30)
    head = {"Host": "localhost", "Cookie": dana.cookie, "Transfer-Encoding": "chunked", **token}
    request = f"PUT {dana.files}?name=b HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in head.items())
    line.sendall(request.encode() + b"\r\n" + b"100000\r\n" + os.urandom(MIB) + b"\r\n")
    line.close()
    dana.form()
    assert len(_settled(instance, 1)) == 1
    assert len(_stored(app)) == 1


def test_a_file_over_the_limit_is_answered_in_words_after_it_was_sent(live, instance):
    app, dana = live(max_upload_mb="1")
    answer, page = dana.post(dana.body(("a.bin", os.urandom(24 * MIB)), title="A title that stays"))
    assert answer.status == 422
    assert b"larger than this installation takes" in page
    assert b"A title that stays" in page
    token = {"X-CSRFToken": dana.form()["csrf_token"]}
    answer, page = dana.ask("PUT", f"{dana.files}?name=a", os.urandom(12 * MIB), token)
    assert answer.status == 409
    assert not _payloads(instance)
    assert not _stored(app)


def test_damage_met_while_a_file_is_handed_out_ends_the_answer_short(live, instance):
    app, dana = live()
    content = os.urandom(6 * MIB)
    assert dana.post(dana.body(("a.bin", content), title="Long"))[0].status == 303
    (file,) = _stored(app)
    with app.app_context():
        path = store.path_of(file.payload)
    whole = path.read_bytes()
    path.write_bytes(whole[: 4 * MIB] + bytes([whole[4 * MIB] ^ 1]) + whole[4 * MIB + 1 :])
    with pytest.raises(http.client.IncompleteRead) as broken:
        dana.ask("GET", f"/evidence/files/{file.id}")
    assert 0 < len(broken.value.partial) < len(content)
    assert content.startswith(broken.value.partial)
    # A player that jumps behind the damage is served, and one that jumps into it is told before the first byte.
    answer, part = dana.ask("GET", f"/evidence/files/{file.id}", headers={"Range": f"bytes={5 * MIB}-"})
    assert (answer.status, part) == (206, content[5 * MIB :])
    answer, _part = dana.ask("GET", f"/evidence/files/{file.id}", headers={"Range": f"bytes={4 * MIB - 70}-"})
    assert answer.status == 303
    assert [one.intact for one in _stored(app)] == [False]


def test_a_file_goes_on_after_the_server_was_killed_in_the_middle_of_a_part(live, instance):
    app, dana = live()
    content = os.urandom(40 * MIB)
    tus = {"Tus-Resumable": "1.0.0", "X-CSRFToken": dana.form()["csrf_token"]}
    begun, _body = dana.ask(
        "POST", f"{dana.files.removesuffix('/files')}/uploads", b"", {**tus, "Upload-Length": str(len(content))}
    )
    where = begun.headers["Location"]
    head = {
        "Host": "localhost",
        "Cookie": dana.cookie,
        **tus,
        "Upload-Offset": "0",
        "Content-Length": str(len(content)),
    }
    head["Content-Type"] = "application/offset+octet-stream"
    request = f"PATCH {where} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in head.items())
    with socket.create_connection(("127.0.0.1", dana.port), timeout=30) as line:
        line.sendall(request.encode() + b"\r\n" + content[: 20 * MIB])
        time.sleep(parts.SECONDS)
        line.sendall(content[20 * MIB : 36 * MIB])
        until = time.monotonic() + 20
        while not _stored(app, Upload)[0].received and time.monotonic() < until:
            time.sleep(0.05)
        dana.server.kill()
    dana.server.start()
    stands, _body = dana.ask("HEAD", where, headers=tus)
    offset = int(stands.headers["Upload-Offset"])
    assert 20 * MIB <= offset <= 36 * MIB
    tus |= {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
    # The line breaks once more, and what came before is kept.
    dana.break_off("PATCH", where, content[offset:], after=3 * MIB + 5, headers=tus)
    before = offset
    until = time.monotonic() + 20
    while _stored(app, Upload)[0].received == offset and time.monotonic() < until:
        time.sleep(0.05)
    offset = _stored(app, Upload)[0].received
    assert before < offset <= before + 3 * MIB + 5
    done, _body = dana.ask("PATCH", where, content[offset:], {**tus, "Upload-Offset": str(offset)})
    assert (done.status, done.headers["Upload-Offset"]) == (204, str(len(content)))
    assert done.headers["Caseflow-SHA-256"] == hashlib.sha256(content).hexdigest()
    (file,) = _stored(app)
    assert dana.ask("GET", f"/evidence/files/{file.id}")[1] == content
    assert len(_payloads(instance)) == 1


CANARIES = {"content": "kanarejka v fajle", "name": "канарейка в имени", "title": "Канарейка в заглавии"}


def _holding(folders, needles):
    found = []
    for folder in folders:
        for path in Path(folder).rglob("*"):
            try:
                content = path.read_bytes() if path.is_file() else b""
            except OSError:
                continue
            found += [f"{path}: {needle!r}" for needle in needles if needle in content]
    return found


def test_nothing_of_a_file_lies_open_anywhere_while_it_comes_in_or_after(live, instance, tmp_path):
    places = tmp_path / "temporary"
    places.mkdir()
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = str(places)
    try:
        app, dana = live()
    finally:
        if before is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = before
    needles = [text.encode() for text in CANARIES.values()] + [text.encode("utf-16-le") for text in CANARIES.values()]
    content = (CANARIES["content"] + "\n").encode() * 200_000
    body = dana.body((f"{CANARIES['name']}.txt", content), title=CANARIES["title"], details=CANARIES["title"])
    head = {
        "Host": "localhost", "Cookie": dana.cookie, "Content-Length": str(len(body)),
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Connection": "close",
    }  # fmt: skip
    request = f"POST {dana.new} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in head.items())
    folders = [instance, places, instance.parent]
    with socket.create_connection(("127.0.0.1", dana.port), timeout=60) as line:
        line.sendall(request.encode() + b"\r\n" + body[: 3 * MIB])
        assert _settled(instance, 1)
        assert not _holding(folders, needles)
        line.sendall(body[3 * MIB :])
        answer = line.recv(4096)
    assert b" 303 " in answer.split(b"\r\n")[0]
    (file,) = _stored(app)
    assert dana.ask("GET", f"/evidence/files/{file.id}")[1] == content
    assert CANARIES["name"].encode() in dana.ask("GET", f"/evidence/{file.item_id}")[1]
    assert not _holding(folders, needles)
    # The search itself finds what is there.
    (instance / "control").write_bytes(b"x" + needles[0])
    assert _holding([instance], needles)
