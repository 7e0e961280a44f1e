"""Work for after the answer: written in the act's own transaction, done by a worker, never lost, safe to repeat.

The outbox table is the truth. Redis, when configured, only wakes a worker sooner: losing it loses nothing, because
every worker also sweeps the outbox. A job may run twice (a worker can die after the work and before the note of it),
so a job is written so that the second run changes nothing.
"""

from __future__ import annotations

import atexit
import logging
import sys
import threading
from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, current_app, has_app_context
from sqlalchemy import JSON, ColumnElement, Index, String, Text, and_, delete, event, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from caseflow.kernel.clock import now
from caseflow.kernel.db import Base, Id, db, transaction

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=15)
MOST_TRIES = 8
SWEEP_SECONDS = 30
KEPT = timedelta(days=30)
QUEUE = "caseflow"
Work = Callable[..., None]
_known: dict[str, Work] = {}
_periodic: dict[str, timedelta] = {}
_promised: ContextVar[bool] = ContextVar("caseflow_promised", default=False)


class Job(Id, Base):
    """One promise of work: what, with which ids, when, and how it went."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_due", "done_at", "due_at"),)

    name: Mapped[str] = mapped_column(String(80))
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    key: Mapped[str | None] = mapped_column(String(120), unique=True)
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(Text)


def job(name: str, *, every: timedelta | None = None) -> Callable[[Work], Work]:
    """Register a function as the job `name` ("room.verb"); with `every` it is also promised once in each period."""

    def register(work: Work) -> Work:
        if _known.setdefault(name, work) is not work:
            raise RuntimeError(f"two jobs are called {name}")
        if every is not None:
            _periodic[name] = every
        return work

    return register


def later(name: str, *, key: str | None = None, due_at: datetime | None = None, **ids: str | int | bool) -> None:
    """Promise the job `name` with `ids` after the commit of the present transaction.

    `key` makes the promise unique: a second one with the same key is not made. Only ids and short values may be
    given; raises `ValueError` for anything longer than 200 characters, `KeyError` for a job nobody registered.
    """
    if name not in _known:
        raise KeyError(name)
    if any(isinstance(value, str) and len(value) > 200 for value in ids.values()):
        raise ValueError("a job takes ids and short values, never text")
    if key is not None and db.session.scalar(select(Job.id).where(Job.key == key)) is not None:
        return
    moment = now()
    db.session.add(Job(name=name, arguments=ids, key=key, made_at=moment, due_at=due_at or moment))
    _promised.set(True)


@event.listens_for(Session, "after_commit")
def _wake(_session: Session) -> None:
    if _promised.get():
        _promised.set(False)
        if has_app_context():
            current_app.extensions["caseflow_wake"]()


@event.listens_for(Session, "after_rollback")
def _forget(_session: Session) -> None:
    _promised.set(False)


def promise_periodic() -> int:
    """Promise every periodic job whose period began and is not promised yet; return how many. Safe to call any time."""
    moment = now().timestamp()
    wanted = {f"{name}#{int(moment // every.total_seconds())}": name for name, every in _periodic.items()}
    promised = select(Job.key).where(Job.key.in_(wanted))
    db.session.rollback()
    if wanted.keys() == set(db.session.scalars(promised)):
        return 0  # usually: without taking the write lock
    with transaction():
        missing = wanted.keys() - set(db.session.scalars(promised))
        for key in sorted(missing):
            later(wanted[key], key=key)
    return len(missing)


def _waiting(moment: datetime) -> ColumnElement[bool]:
    free = or_(Job.leased_until.is_(None), Job.leased_until < moment)
    return and_(Job.done_at.is_(None), Job.due_at <= moment, Job.tries < MOST_TRIES, free)


def _claim(job_id: str | None = None) -> str | None:
    """Lease the next due job (or `job_id`) and return its id; None when there is nothing to do."""
    moment = now()
    query = select(Job.id).where(_waiting(moment)).order_by(Job.due_at).limit(1)
    if job_id is not None:
        query = query.where(Job.id == job_id)
    db.session.rollback()
    if db.session.scalar(query) is None:
        return None  # usually: without taking the write lock
    with transaction():
        found = db.session.scalar(query)
        if found is not None:
            change = update(Job).where(Job.id == found).values(leased_until=moment + LEASE, tries=Job.tries + 1)
            db.session.execute(change)
    return found


def run(job_id: str) -> bool:
    """Do the leased job `job_id`; return whether it succeeded. A failure is kept and tried again later, ever slower."""
    found = db.session.get(Job, job_id)
    if found is None or found.done_at is not None:
        return True
    name, arguments, tries = found.name, found.arguments, found.tries
    db.session.rollback()  # no read transaction stays open while the work is done
    try:
        _known[name](**arguments)
    except Exception as failure:
        log.exception("job %s failed (try %s)", name, tries)
        db.session.rollback()
        wait = timedelta(seconds=min(2**tries * 5, 6 * 3600))
        with transaction():
            change = update(Job).where(Job.id == job_id)
            text = f"{type(failure).__name__} (try {tries})"  # the message could quote what must stay sealed
            db.session.execute(change.values(leased_until=None, due_at=now() + wait, failure=text))
        return False
    with transaction():
        db.session.execute(update(Job).where(Job.id == job_id).values(done_at=now(), leased_until=None, failure=None))
    return True


def run_claimed(job_id: str) -> None:
    """Claim `job_id` and do it, if it still waits: what an rq worker, started by `flask jobs work`, is asked to call."""
    try:
        if _claim(job_id) is not None:
            run(job_id)
    finally:
        db.session.remove()


def drain(limit: int = 1000) -> int:
    """Do all due jobs now, one after the other; return how many were done well."""
    done = 0
    for _ in range(limit):
        job_id = _claim()
        if job_id is None:
            break
        done += run(job_id)
    return done


def census() -> dict[str, int]:
    """Return how many jobs wait for their time, are due, are being done, were done, and were given up."""
    moment = now()
    counted = {
        "waiting": and_(Job.done_at.is_(None), Job.due_at > moment, Job.tries < MOST_TRIES),
        "due": _waiting(moment),
        "at work": and_(Job.done_at.is_(None), Job.leased_until >= moment),
        "done": Job.done_at.is_not(None),
        "given up": and_(
            Job.done_at.is_(None), Job.tries >= MOST_TRIES, or_(Job.leased_until.is_(None), Job.leased_until < moment)
        ),
    }
    count = select(func.count()).select_from(Job)
    return {name: db.session.scalar(count.where(condition)) or 0 for name, condition in counted.items()}


def given_up() -> list[Job]:
    """Return the jobs that failed too often, oldest first; each keeps the kind of its last failure."""
    lost = select(Job).where(Job.done_at.is_(None), Job.tries >= MOST_TRIES, Job.leased_until.is_(None))
    return list(db.session.scalars(lost.order_by(Job.made_at)))


@job("kernel.tidy", every=timedelta(days=1))
def tidy() -> None:
    """Forget jobs that were done a month ago."""
    with transaction():
        db.session.execute(delete(Job).where(Job.done_at < now() - KEPT))


class InProcessWorker:
    """One thread that sleeps until something is promised, and looks by itself every half minute."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._wake = threading.Event()
        self._stop = False
        self._thread = threading.Thread(target=self._loop, name="caseflow-worker", daemon=True)

    def start(self) -> None:
        """Begin to work; at the end of the process the job at hand is finished first."""
        self._thread.start()
        atexit.register(self.stop)

    def wake(self) -> None:
        """Look at the outbox soon."""
        self._wake.set()

    def stop(self) -> None:
        """Finish the job at hand and end."""
        self._stop = True
        self._wake.set()
        self._thread.join(timeout=10)

    def _goes_on(self) -> bool:
        return not self._stop

    def _loop(self) -> None:
        while self._goes_on():
            self._wake.clear()
            try:
                with self._app.app_context():
                    promise_periodic()
                    while self._goes_on() and (job_id := _claim()) is not None:
                        run(job_id)
            except Exception:  # the worker must outlive a database that is away for a minute
                log.exception("the worker could not look at the outbox")
            self._wake.wait(timeout=SWEEP_SECONDS)


def enqueue_due(redis_url: str) -> int:
    """Hand the ids of due jobs to rq; return how many were not in its hands already. Raises `RedisError`."""
    from redis import Redis
    from rq import Queue
    from rq.exceptions import DuplicateJobError
    from rq.serializers import JSONSerializer

    waiting = select(Job.id, Job.tries).where(_waiting(now())).order_by(Job.due_at).limit(500)
    handed = 0
    db.session.rollback()
    due = db.session.execute(waiting).all()
    db.session.rollback()
    with Redis.from_url(redis_url, socket_timeout=5, socket_connect_timeout=5) as connection:
        queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
        for job_id, tries in due:
            # Redis forgets what nobody took within two minutes, so that an entry whose worker died between taking and
            # claiming it does not stand in the way of the next sweep.
            try:
                queue.enqueue(
                    run_claimed, job_id, job_id=f"{job_id}-{tries}", unique=True, ttl=120,
                    job_timeout=int(LEASE.total_seconds()), result_ttl=0, failure_ttl=3600,
                )  # fmt: skip
            except DuplicateJobError:
                continue
            handed += 1
    return handed


def start(app: Flask, *, redis_url: str, worker: str) -> None:
    """Decide what happens after a commit that promised work, and start the in-process worker where asked.

    A command is over before a thread of its own could be of use: what it promises, the server's worker finds.
    """
    app.extensions["caseflow_wake"] = lambda: None
    if redis_url:

        def hand_over() -> None:
            # The commit's session cannot be used inside its own after_commit event; a thread has its own.
            threading.Thread(target=_hand_over, args=(app, redis_url), daemon=True).start()

        app.extensions["caseflow_wake"] = hand_over
    elif worker == "inprocess" and not _is_command():
        thread = InProcessWorker(app)
        app.extensions["caseflow_worker"] = thread
        app.extensions["caseflow_wake"] = thread.wake
        thread.start()


def _is_command() -> bool:
    program = Path(sys.argv[0])
    return "flask" in {program.stem, program.parent.name} and "run" not in sys.argv[1:]


def _hand_over(app: Flask, redis_url: str) -> None:
    with app.app_context():
        try:
            enqueue_due(redis_url)
        except Exception:  # noqa: BLE001 -- Redis away in whatever way: the outbox keeps the work and the next sweep hands it over
            log.warning("the queue cannot be reached; the work waits in the outbox")
        finally:
            db.session.remove()
