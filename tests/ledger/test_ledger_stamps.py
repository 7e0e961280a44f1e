"""Checkpoints are stamped by an authority outside: here one that `openssl ts` makes, behind a small server."""

import subprocess
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import select, text, update

from caseflow.kernel import jobs as outbox
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.kernel.settings import Settings, WrongSetting
from caseflow.ledger import jobs, proofs, stamping, verification
from caseflow.ledger import operations as ledger
from caseflow.ledger.models import TimeStamp
from tests.cast import cast

CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[tsa]
basicConstraints = critical, CA:false
extendedKeyUsage = critical, timeStamping
[given]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
tsa_name = no
ess_cert_id_alg = sha256
"""


class Authority:
    """A time-stamping authority of this test: its own root, its own certificate, its own server."""

    def __init__(self, folder, name):
        self.folder, self.spoil, self.away, self.asked = folder, False, False, 0
        folder.mkdir()
        (folder / "openssl.cnf").write_text(CONFIG.format(folder=folder, name=name))
        (folder / "serial").write_text("01\n")
        make = ("req", "-config", "openssl.cnf", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        self.openssl(*make, "-x509", "-days", "3650", "-extensions", "root", "-keyout", "root.key", "-out", "root.pem")
        self.openssl(*make, "-keyout", "tsa.key", "-out", "tsa.csr")
        self.openssl(
            "x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "3650",
            "-extfile", "openssl.cnf", "-extensions", "tsa", "-out", "tsa.pem",
        )  # fmt: skip
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                authority.asked += 1
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answer = b"" if authority.away else authority.answer(body)
                self.send_response(503 if authority.away else 200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_facts):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/tsr"

    def openssl(self, *arguments):
        done = subprocess.run(["openssl", *arguments], cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def answer(self, question):
        (self.folder / "question").write_bytes(question)
        self.openssl(
            "ts", "-reply", "-config", "openssl.cnf", "-section", "given", "-queryfile", "question", "-out", "answer"
        )
        answer = bytearray((self.folder / "answer").read_bytes())
        if self.spoil:
            answer[-10] ^= 1
        return bytes(answer)

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def authority(tmp_path):
    found = Authority(tmp_path / "tsa", "Authority of the tests")
    yield found
    found.stop()


@pytest.fixture
def stamped(make_app, sqlite_url, authority):
    app = make_app(sqlite_url, tsa_url=authority.url, tsa_ca_file=authority.folder / "root.pem")
    with app.app_context():
        cast(app)
        yield app
        db.session.remove()


def checkpoint():
    with transaction():
        ledger.record("tests.act", by=None, at=now(), about="t:1")
        return proofs.make_checkpoint(now())


def test_a_checkpoint_is_stamped_after_it_was_made_and_openssl_agrees(stamped, authority, tmp_path):
    made = checkpoint()
    assert authority.asked == 0, "nobody waits for the authority while the ledger is locked"
    outbox.drain()
    stamp = stamping.stamp_of(made.size)
    assert abs(stamp.stamped_at - now()) < timedelta(minutes=1)
    assert "Authority of the tests" in stamp.authority
    (tmp_path / "note").write_text(made.note)
    (tmp_path / "answer.tsr").write_bytes(stamp.answer)
    said = authority.openssl(
        "ts", "-verify", "-data", str(tmp_path / "note"), "-in", str(tmp_path / "answer.tsr"), "-CAfile", "root.pem"
    )
    assert "Verification: OK" in said
    verdict = verification.verify()
    assert (verdict.faults, verdict.stamps) == ([], 1)


def test_an_authority_that_is_away_is_asked_again(stamped, authority, monkeypatch):
    made = checkpoint()
    authority.away = True
    outbox.drain()
    assert stamping.stamp_of(made.size) is None
    authority.away = False
    with transaction():
        db.session.execute(update(outbox.Job).where(outbox.Job.name == stamping.JOB).values(due_at=now()))
    outbox.drain()
    assert stamping.stamp_of(made.size) is not None
    assert authority.asked == 2


def test_a_stamp_that_was_given_up_is_asked_for_again_by_the_hourly_look(stamped, authority):
    made = checkpoint()
    with transaction():
        db.session.execute(update(outbox.Job).where(outbox.Job.name == stamping.JOB).values(tries=outbox.MOST_TRIES))
    outbox.drain()
    assert stamping.stamp_of(made.size) is None
    jobs.checkpoint_hourly()
    outbox.drain()
    assert stamping.stamp_of(made.size) is not None
    assert proofs.latest_checkpoint() is made, "a time-stamp is nothing that happened"


def test_an_answer_that_was_spoilt_or_comes_from_a_stranger_is_not_kept(stamped, authority, tmp_path):
    made = checkpoint()
    authority.spoil = True
    with pytest.raises(stamping.NoStamp):
        stamping.ask(made.note)
    authority.spoil = False
    assert stamping.ask(made.note)
    stranger = Authority(tmp_path / "stranger", "Stranger")
    (authority.folder / "root.pem").write_bytes((stranger.folder / "root.pem").read_bytes())
    stranger.stop()
    with pytest.raises(stamping.NoStamp):
        stamping.ask(made.note)


def test_a_stamp_of_another_note_is_found_by_verify(stamped):
    first, second = checkpoint(), checkpoint()
    outbox.drain()
    answers = {size: stamping.stamp_of(size).answer for size in (first.size, second.size)}
    with transaction():
        db.session.execute(text("DROP TRIGGER time_stamps_no_update"))
        db.session.execute(update(TimeStamp).where(TimeStamp.size == first.size).values(answer=answers[second.size]))
    db.session.expire_all()
    found = [fault for fault in verification.verify().faults if fault.place == "checkpoint"]
    assert [fault.seq for fault in found] == [first.size]
    assert "Mismatch" in found[0].what


def test_without_an_authority_nothing_is_promised(app):
    with app.app_context():
        cast(app)
        checkpoint()
        assert db.session.scalar(select(outbox.Job.id).where(outbox.Job.name == stamping.JOB)) is None
        db.session.remove()


@pytest.mark.parametrize("address", ["ftp://tsa.example", "file:///etc/passwd", "tsa.example", "http://"])
def test_an_authority_is_reached_by_http_only(tmp_path, address):
    with pytest.raises(WrongSetting, match="CASEFLOW_TSA_URL"):
        Settings.from_environment({"CASEFLOW_INSTANCE": str(tmp_path), "CASEFLOW_TSA_URL": address})


def test_the_regular_work_makes_a_checkpoint_only_when_something_happened(app):
    with app.app_context():
        cast(app)
        jobs.checkpoint_hourly()
        first = proofs.latest_checkpoint()
        jobs.checkpoint_hourly()
        assert proofs.latest_checkpoint() is first
        assert jobs.verify_daily() is None
        assert not list(verification.faults())
        db.session.remove()
