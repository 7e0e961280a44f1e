"""Promised work is done once, whatever dies; letters go out once, and no copy stays."""

import os
import signal
import smtplib
import socket
import subprocess
import sys
import threading
import time
from contextlib import nullcontext
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from caseflow.kernel import clock, jobs, mail
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.kernel.jobs import Job
from caseflow.kernel.mail import Letter
from tests.fixtures.guards import ROOT

done: list[str] = []


@jobs.job("tests.note")
def note(word: str) -> None:
    """Keep `word`; fail while it is told to."""
    if word.startswith("fail"):
        raise RuntimeError("a secret stands in this message")
    done.append(word)


@pytest.fixture(autouse=True)
def _nothing_done():
    done.clear()


@pytest.fixture
def context(app):
    with app.app_context():
        yield app


def _letter(to="dana@example.org", **more):
    with transaction():
        return mail.write(to, "A date", "You have a deadline tomorrow in CF-2026-0012.", at=now(), **more)


def test_work_is_done_after_the_commit_and_not_before(context):
    with transaction():
        jobs.later("tests.note", word="one")
        assert done == []
    assert jobs.drain() == 1
    assert done == ["one"]
    assert jobs.drain() == 0


def test_what_an_undone_act_promised_is_not_done(context):
    with pytest.raises(RuntimeError), transaction():
        jobs.later("tests.note", word="one")
        raise RuntimeError("undone")
    assert jobs.drain() == 0
    assert done == []


def test_a_promise_with_a_key_is_made_once(context):
    for _ in range(2):
        with transaction():
            jobs.later("tests.note", key="reminder:x", word="one")
    assert jobs.drain() == 1


def test_a_job_takes_ids_and_never_text(context):
    with transaction():
        with pytest.raises(ValueError, match="never text"):
            jobs.later("tests.note", word="x" * 201)
        with pytest.raises(KeyError):
            jobs.later("tests.unknown", word="x")


def test_work_for_later_waits_for_its_time(context):
    with transaction():
        jobs.later("tests.note", due_at=now() + timedelta(hours=1), word="one")
    assert jobs.drain() == 0
    with clock.at(now() + timedelta(hours=1, seconds=1)):
        assert jobs.drain() == 1


def test_a_failure_is_tried_again_ever_slower_then_given_up_and_its_words_are_not_kept(context):
    with transaction():
        jobs.later("tests.note", word="fail")
    moment, tries = now(), 0
    for _ in range(20):
        with clock.at(moment):
            assert jobs.drain() == 0
        db.session.expire_all()
        found = db.session.scalars(select(Job)).one()
        assert "secret" not in found.failure
        assert found.tries == min(tries + 1, jobs.MOST_TRIES)
        if found.tries == jobs.MOST_TRIES:
            break
        assert found.due_at > moment
        tries, moment = found.tries, found.due_at + timedelta(seconds=1)
    assert found.tries == jobs.MOST_TRIES
    assert jobs.census()["given up"] == 1
    assert [lost.name for lost in jobs.given_up()] == ["tests.note"]


def test_two_workers_never_do_the_same_job(app_on_each):
    with app_on_each.app_context():
        for number in range(12):
            with transaction():
                jobs.later("tests.note", word=str(number))

    def work():
        with app_on_each.app_context():
            jobs.drain()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert sorted(done, key=int) == [str(number) for number in range(12)]


def test_a_leased_job_is_left_alone_until_the_lease_ends(context):
    with transaction():
        jobs.later("tests.note", word="one")
    assert jobs._claim() is not None  # its worker dies here
    assert jobs.drain() == 0
    with clock.at(now() + jobs.LEASE + timedelta(seconds=1)):
        assert jobs.drain() == 1
    assert done == ["one"]


def test_periodic_jobs_are_promised_once_in_each_period(context, monkeypatch):
    monkeypatch.setattr(jobs, "_periodic", {"tests.note": timedelta(hours=1), "kernel.tidy": timedelta(days=1)})
    start = now().replace(hour=5, minute=10)
    with clock.at(start):
        assert jobs.promise_periodic() == 2
        assert jobs.promise_periodic() == 0
    with clock.at(start + timedelta(hours=1)):
        assert jobs.promise_periodic() == 1
    assert db.session.scalar(select(db.func.count()).select_from(Job)) == 3


def test_what_was_done_a_month_ago_is_forgotten(context):
    with transaction():
        jobs.later("tests.note", word="one")
    jobs.drain()
    jobs.tidy()
    assert jobs.census()["done"] == 1
    with clock.at(now() + timedelta(days=31)):
        jobs.tidy()
        assert jobs.census()["done"] == 0


def test_the_worker_in_the_process_does_what_a_commit_promised(make_app, sqlite_url):
    app = make_app(sqlite_url, worker="inprocess")
    with app.app_context(), transaction():
        jobs.later("tests.note", word="one")
    until = time.monotonic() + 20
    while not done and time.monotonic() < until:
        time.sleep(0.02)
    app.extensions["caseflow_worker"].stop()
    assert done == ["one"]


def test_a_letter_is_delivered_once(make_app, sqlite_url, smtp_sink):
    app = make_app(sqlite_url, smtp_url=smtp_sink.url, mail_from="caseflow <post@example.org>")
    with app.app_context():
        letter = _letter()
        assert _letter(key="a") is not None
        assert _letter(key="a") is None
        jobs.drain()
        mail.deliver(letter.id)  # a worker that died between sending and noting it
        assert len(smtp_sink.letters) == 2
        sent = smtp_sink.letters[0]
        assert sent["To"] == "dana@example.org"
        assert "CF-2026-0012" in sent.get_content()
        assert sent["Message-ID"] == f"<{letter.id}@caseflow.invalid>"


def test_no_copy_of_a_letter_that_was_sent_stays_in_the_database(make_app, sqlite_url, smtp_sink):
    app = make_app(sqlite_url, smtp_url=smtp_sink.url)
    with app.app_context():
        letter_id = _letter().id
        jobs.drain()
        db.session.expire_all()
        letter = db.session.get_one(Letter, letter_id)
        assert letter.sent_at is not None
        assert letter.body == ""


def test_a_mail_server_that_is_busy_gets_the_letter_later(make_app, sqlite_url, smtp_sink):
    app = make_app(sqlite_url, smtp_url=smtp_sink.url)
    with app.app_context():
        smtp_sink.refusing = True
        _letter()
        assert jobs.drain() == 0
        assert smtp_sink.letters == []
        smtp_sink.refusing = False
        with clock.at(now() + timedelta(minutes=5)):
            assert jobs.drain() == 1
    assert len(smtp_sink.letters) == 1


def test_without_a_mail_server_letters_lie_in_a_folder_that_only_the_owner_reads(context, instance):
    _letter()
    jobs.drain()
    (letter,) = (instance / "mail").glob("*.eml")
    assert b"CF-2026-0012" in letter.read_bytes()
    assert letter.stat().st_mode & 0o077 == 0


# -- with a real Valkey and real processes


class Worker:
    """`flask jobs work` as its own process."""

    def __init__(self, instance, database_url, **settings):
        given = {"instance": instance, "database_url": database_url, "worker": "none", "language": "en", **settings}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "work"],
            cwd=ROOT, env={**os.environ, **{f"CASEFLOW_{k.upper()}": str(v) for k, v in given.items()}},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        try:
            _out, said = self.process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise
        return said


def _nothing_left(app):
    with app.app_context():  # each look in a transaction of its own, or it would see the same moment for ever
        found = jobs.census()
    return found["due"] + found["at work"] == 0


def _until(condition, seconds=60):
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)
    return found


def test_a_job_goes_through_the_queue_and_is_done_by_a_worker(make_app, sqlite_url, instance, valkey_url, smtp_sink):
    app = make_app(sqlite_url, redis_url=valkey_url)
    worker = Worker(instance, sqlite_url, redis_url=valkey_url, smtp_url=smtp_sink.url)
    try:
        _until(lambda: _workers(valkey_url))
        with app.app_context():
            _letter()
        _until(lambda: smtp_sink.letters)
        _until(lambda: _nothing_left(app))
    finally:
        said = worker.end()
    assert len(smtp_sink.letters) == 1
    assert "Traceback" not in said, said


def test_what_the_queue_lost_is_done_from_the_outbox(make_app, sqlite_url, instance, valkey_url, smtp_sink):
    from redis import Redis

    app = make_app(sqlite_url, redis_url=valkey_url)
    with app.app_context():
        _letter()
        assert jobs.enqueue_due(valkey_url) in {0, 1}  # the act's own thread may have been first
    with Redis.from_url(valkey_url) as connection:
        _until(lambda: connection.llen("rq:queue:caseflow"))
        connection.flushall()
    worker = Worker(instance, sqlite_url, redis_url=valkey_url, smtp_url=smtp_sink.url)
    try:
        _until(lambda: smtp_sink.letters)
    finally:
        worker.end()
    assert len(smtp_sink.letters) == 1


def test_a_job_is_handed_to_the_queue_once_while_it_waits_there(make_app, sqlite_url, valkey_url):
    app = make_app(sqlite_url)
    with app.app_context():
        _letter()
        assert jobs.enqueue_due(valkey_url) == 1
        assert jobs.enqueue_due(valkey_url) == 0


def test_work_goes_on_while_the_queue_is_away(sqlite_url, make_app, instance, smtp_sink, tmp_path):
    app = make_app(sqlite_url)
    with app.app_context():
        _letter()
    worker = Worker(instance, sqlite_url, redis_url=f"unix://{tmp_path}/nobody", smtp_url=smtp_sink.url)
    try:
        _until(lambda: smtp_sink.letters)
    finally:
        worker.end(signal.SIGKILL)


def test_a_worker_that_is_killed_in_the_middle_leaves_its_job_to_the_next(
    make_app, sqlite_url, instance, valkey_url, smtp_sink
):
    app = make_app(sqlite_url, redis_url=valkey_url)
    silent = socket.create_server(("127.0.0.1", 0))  # a mail server that takes the call and never speaks
    with app.app_context():
        _letter()
    first = Worker(instance, sqlite_url, redis_url=valkey_url, smtp_url=f"smtp://127.0.0.1:{silent.getsockname()[1]}")
    try:
        call, _address = silent.accept()
    finally:
        first.end(signal.SIGKILL)
    call.close()
    silent.close()
    with app.app_context():
        found = db.session.scalars(select(Job).where(Job.name == "kernel.deliver")).one()
        assert found.done_at is None
        assert found.leased_until is not None
        with transaction():  # a quarter of an hour passes
            db.session.execute(update(Job).where(Job.id == found.id).values(leased_until=now() - timedelta(seconds=1)))
    second = Worker(instance, sqlite_url, redis_url=valkey_url, smtp_url=smtp_sink.url)
    try:
        _until(lambda: smtp_sink.letters)
        with app.app_context():
            _until(lambda: db.session.scalar(select(Job.done_at).where(Job.id == found.id)) or db.session.rollback())
    finally:
        second.end()
    assert len(smtp_sink.letters) == 1


def test_a_worker_does_nothing_that_somebody_else_put_into_the_queue(sqlite_url, instance, valkey_url, tmp_path):
    from redis import Redis
    from rq import Queue
    from rq.serializers import JSONSerializer

    trace = tmp_path / "trace"
    with Redis.from_url(valkey_url) as connection:
        queue = Queue("caseflow", connection=connection, serializer=JSONSerializer)
        queue.enqueue("os.mkdir", str(trace))
        worker = Worker(instance, sqlite_url, redis_url=valkey_url)
        try:
            _until(lambda: not connection.llen("rq:queue:caseflow"))
            _until(lambda: _workers(valkey_url))
            time.sleep(0.5)
        finally:
            said = worker.end()
    assert not trace.exists()
    assert "dropped" in said


def _workers(url):
    from redis import Redis

    with Redis.from_url(url) as connection:
        return connection.smembers("rq:workers")


def test_no_letter_goes_in_the_clear_to_another_machine(make_app, sqlite_url, smtp_sink, monkeypatch):
    """Somebody on the way has taken STARTTLS out of the server's answer, or it never was there."""
    monkeypatch.setattr(mail, "is_loopback", lambda _host: False)
    app = make_app(sqlite_url, smtp_url=smtp_sink.url)
    with app.app_context():
        letter = _letter()
        with pytest.raises(smtplib.SMTPException, match="no letter and no password is sent"):
            mail.deliver(letter.id)
        db.session.expire_all()
        assert (smtp_sink.letters, letter.sent_at) == ([], None)


@pytest.mark.parametrize(("who", "sent"), [("", 1), ("her:word@", 0)])
def test_a_relay_in_ones_own_network_is_named_as_such_and_never_gets_a_password(
    make_app, sqlite_url, smtp_sink, monkeypatch, who, sent
):
    monkeypatch.setattr(mail, "is_loopback", lambda _host: False)
    app = make_app(sqlite_url, smtp_url=smtp_sink.url.replace("smtp://", f"smtp+clear://{who}"))
    with app.app_context():
        letter = _letter()
        with nullcontext() if sent else pytest.raises(smtplib.SMTPException):
            mail.deliver(letter.id)
    assert len(smtp_sink.letters) == sent
