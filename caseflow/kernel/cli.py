"""Commands about work for after the answer."""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from caseflow.kernel import jobs
from caseflow.kernel.db import db
from caseflow.kernel.settings import current

log = logging.getLogger(__name__)
group = AppGroup("jobs", help="Work for after the answer: letters, reminders, sweeps.")
_ONLY = f"{jobs.run_claimed.__module__}.{jobs.run_claimed.__name__}"


@group.command("status")
def status() -> None:
    """Say how many jobs wait, are due, are at work, were done and were given up."""
    for name, number in jobs.census().items():
        click.echo(f"{name:>9}  {number}")
    for lost in jobs.given_up():
        click.echo(f"given up: {lost.name} of {lost.made_at:%Y-%m-%d %H:%M} UTC: {lost.failure or 'its worker died'}")


@group.command("work")
@click.option("--burst", is_flag=True, help="Do what is due now, then end.")
def work(*, burst: bool) -> None:
    """Do the jobs: from Redis or Valkey when CASEFLOW_REDIS_URL is set, else from the database alone.

    Either way the database is looked through every half minute, so that nothing is lost with the queue.
    """
    redis_url, app = current().redis_url, current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    if burst:
        jobs.promise_periodic()
        done = jobs.drain()
        click.echo(f"{done} jobs were done.")
    elif redis_url:
        ended = threading.Event()
        sweeper = threading.Thread(target=_sweep, args=(app, redis_url, ended), name="caseflow-sweep", daemon=True)
        sweeper.start()
        try:
            _serve(redis_url)
        finally:
            ended.set()
            sweeper.join(timeout=10)
    else:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        worker = jobs.InProcessWorker(app)
        worker.start()
        try:
            while True:
                time.sleep(3600)
        finally:
            worker.stop()  # with the job at hand finished


def _serve(redis_url: str) -> None:
    """Take jobs from the queue until the process is told to end; outlive a queue that is away."""
    from redis import Redis
    from redis.exceptions import RedisError
    from rq import Queue, SimpleWorker
    from rq.exceptions import StopRequested
    from rq.serializers import JSONSerializer

    class Worker(SimpleWorker):
        """Does nothing but our one function, whatever somebody who can write to Redis asks for."""

        def execute_job(self, job: Any, queue: Any) -> None:
            odd = job.func_name != _ONLY or job._success_callback_name or job._failure_callback_name  # noqa: SLF001
            if odd or job._stopped_callback_name:  # noqa: SLF001
                log.error("something foreign was in the queue; it was dropped")
                job.delete()
                return
            super().execute_job(job, queue)

    while True:
        try:
            with Redis.from_url(redis_url) as connection:
                queue = Queue(jobs.QUEUE, connection=connection, serializer=JSONSerializer)
                worker = Worker([queue], connection=connection, serializer=JSONSerializer, log_job_description=False)
                worker.work(logging_level="WARNING")
                if worker._shutdown_requested_date:  # noqa: SLF001 -- it also returns when the queue went away
                    return
            time.sleep(2)
        except StopRequested:  # told to end between two attempts
            return
        except (RedisError, OSError):
            log.warning("the queue cannot be reached; due work is done from the database meanwhile")
            time.sleep(2)


def _sweep(app: Flask, redis_url: str, ended: threading.Event) -> None:
    """Every half minute promise what is due by the clock, and hand over what waits; without a queue, do it here."""
    from redis.exceptions import RedisError

    while not ended.is_set():
        try:
            with app.app_context():
                jobs.promise_periodic()
                try:
                    jobs.enqueue_due(redis_url)
                except (RedisError, OSError):
                    jobs.drain()
                db.session.remove()
        except Exception:  # the sweep must outlive a database that is away for a minute
            log.exception("the outbox could not be looked through")
        ended.wait(jobs.SWEEP_SECONDS)
