"""One transaction an act, the same on both databases."""

import logging
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, StatementError

from caseflow.cases.models import Case, Counsel
from caseflow.kernel.counters import Counter, next_number
from caseflow.kernel.db import Unguarded, db, find, in_transaction, transaction, unscoped
from caseflow.kernel.errors import NotFound
from caseflow.kernel.jobs import Job
from caseflow.kernel.mail import Letter
from caseflow.network.models import Member, Organisation


@pytest.fixture
def context(app_on_each):
    with app_on_each.app_context():
        yield app_on_each


def _job(moment):
    return Job(name="kernel.tidy", arguments={}, made_at=moment, due_at=moment)


def test_what_an_act_raises_undoes_all_of_it(context):
    with pytest.raises(RuntimeError, match="halfway"), transaction():
        db.session.add(_job(datetime.now(UTC)))
        db.session.flush()
        raise RuntimeError("halfway")
    assert db.session.scalars(select(Job)).all() == []
    assert not in_transaction()


def test_transactions_do_not_nest(context):
    with pytest.raises(RuntimeError, match="open already"), transaction(), transaction():
        pass
    with transaction():
        assert in_transaction()


def test_what_was_read_before_an_act_is_read_afresh_inside_it(context):
    with transaction():
        db.session.add(Counter(name="seen", value=1))
    mine = db.session.get(Counter, "seen")
    assert mine.value == 1

    def somebody_else():
        with context.app_context(), transaction():
            db.session.get(Counter, "seen").value = 2

    other = threading.Thread(target=somebody_else)
    db.session.rollback()
    other.start()
    other.join(20)
    with transaction():
        assert mine.value == 2


def test_acts_that_read_before_they_write_do_not_fail_and_lose_nothing_when_they_meet(context):
    """On SQLite a read transaction that turned into a write would fail here; on PostgreSQL updates would be lost."""
    with transaction():
        db.session.add(Counter(name="met", value=0))
    faults = []

    def count():
        try:
            with context.app_context():
                for _ in range(10):
                    with transaction():
                        found = db.session.scalar(select(Counter).where(Counter.name == "met"))
                        found.value += 1
                    db.session.scalars(select(Counter)).all()
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=count) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not faults
    db.session.rollback()
    assert db.session.get(Counter, "met").value == 20


def test_running_numbers_are_given_once_and_given_back(context):
    with transaction():
        assert next_number("CF-2026") == 1
    with pytest.raises(RuntimeError), transaction():
        assert next_number("CF-2026") == 2
        raise RuntimeError("undone")
    with transaction():
        assert next_number("CF-2026") == 2
        assert next_number("IN-2026") == 1


def test_a_moment_comes_back_in_utc_and_one_without_a_zone_is_refused(context):
    there = datetime(2026, 3, 1, 9, 30, tzinfo=timezone(timedelta(hours=5)))
    with transaction():
        db.session.add(Organisation(name="Somewhere", since=there))
    db.session.expire_all()
    stored = db.session.scalars(select(Organisation)).one().since
    assert stored == there
    assert stored.tzinfo is UTC
    with pytest.raises(StatementError, match="without a zone"), transaction():
        db.session.add(Organisation(name="Nowhere", since=datetime(2026, 3, 1)))  # noqa: DTZ001 -- the fault itself


def test_a_moment_is_compared_in_the_database_as_it_was_meant(context):
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with transaction():
        db.session.add(_job(noon))
    later = noon.astimezone(timezone(timedelta(hours=5))) + timedelta(seconds=1)
    assert db.session.scalar(select(Job.id).where(Job.due_at < later)) is not None
    assert db.session.scalar(select(Job.id).where(Job.due_at > later)) is None


def test_a_foreign_key_holds_on_both_databases(context):
    from sqlalchemy.exc import IntegrityError

    with pytest.raises(IntegrityError), transaction():
        db.session.execute(
            text("INSERT INTO departures (member_id, by_id, at) VALUES ('nobody', 'nobody', '2026-01-01 00:00:00')")
        )


LINK = "https://cases.example.org/reopen/the-secret-of-a-link"


@pytest.mark.parametrize("refused", ["a row without what it must have", "a row for a table that is gone"])
def test_what_a_refused_statement_carried_is_in_no_message_and_so_in_no_log(context, caplog, refused):
    letter = {"recipient": "dana@example.org", "subject": None, "body": LINK, "written_at": datetime.now(UTC)}
    if refused == "a row for a table that is gone":
        with transaction():
            db.session.execute(text("DROP TABLE letters"))
    with pytest.raises(DBAPIError) as found, transaction():
        db.session.execute(Letter.__table__.insert().values(id="1", **letter))
    try:
        raise found.value
    except DBAPIError:
        logging.getLogger("caseflow").exception("a fault")
    assert "letters" in caplog.text
    for secret in (LINK, "dana@example.org"):
        assert secret not in caplog.text
        assert secret not in str(found.value.orig)


@pytest.mark.parametrize(
    "query",
    [
        lambda: select(Case),
        lambda: select(Case.reference),
        lambda: select(db.func.count()).select_from(Case),
        lambda: select(Member).join(Counsel, Counsel.member_id == Member.id),
        lambda: select(Member).where(Member.id.in_(select(Counsel.member_id))),
        lambda: db.update(Case).values(state="closed"),
        lambda: db.delete(Counsel),
    ],
    ids=["rows", "a column", "a count", "a join", "a subquery", "an update", "a deletion"],
)
def test_a_guarded_table_is_not_touched_without_saying_for_whom(app, query):
    with app.app_context():
        with pytest.raises(Unguarded, match="case"):
            db.session.execute(query())
        db.session.execute(query(), execution_options=unscoped("a test of the guard"))


def test_a_reason_for_reading_without_a_scope_is_given_in_words():
    with pytest.raises(ValueError, match="words"):
        unscoped("because")


def test_an_unknown_id_and_an_absurd_one_are_not_found(app):
    with app.app_context():
        for key in ("nothing", "x" * 5000, "", "'; --"):
            with pytest.raises(NotFound):
                find(Organisation, key, Organisation.id.is_not(None))


def test_sqlite_keeps_what_it_was_told(make_app, sqlite_url):
    with make_app(sqlite_url, hurried=False).app_context():
        pragmas = {name: db.session.execute(text(f"PRAGMA {name}")).scalar() for name in (
            "journal_mode", "foreign_keys", "busy_timeout", "secure_delete", "synchronous")}  # fmt: skip
    assert pragmas == {
        "journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 20000, "secure_delete": 1, "synchronous": 2,
    }  # fmt: skip
