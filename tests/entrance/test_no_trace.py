"""What an act drops is gone from the disk: neither the database nor its write-ahead log holds it any more."""

import contextlib
import sqlite3
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from caseflow.entrance import operations as entrance
from caseflow.entrance.models import MemberSession
from caseflow.kernel import clock
from caseflow.kernel import db as kernel_db
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.keys import operations as keys
from caseflow.keys.models import Identity
from caseflow.network import operations as network
from caseflow.network.models import Member
from caseflow.network.queries import actor_of
from tests.cast import PASSPHRASE, cast, signed_in_client
from tests.pages import send

ANOTHER = "nine slow foxes under rain"
SEED, WRAP, CODE = MemberSession.seed_sealed, Identity.seed_wrapped, Identity.seed_for_recovery


@pytest.fixture
def people(app):
    with app.app_context():
        found = cast(app)
        db.session.remove()
    return found


@pytest.fixture
def dana(app, people):
    return signed_in_client(app, people.dana)


def _files_with(app, kept):
    with app.app_context():
        path = Path(db.engine.url.database)
    return [file.name for file in path.parent.glob(f"{path.name}*") if kept in file.read_bytes()]


def _kept(app, people, column):
    with app.app_context():
        found = db.session.scalars(select(column).where(column.class_.member_id == people.dana.member_id)).first()
        db.session.remove()
    assert found
    return found


def _swept(app, dana):
    with app.app_context(), clock.at(now() + timedelta(hours=1)):
        entrance.sweep(at=clock.now())


def _left(app, dana):
    with app.app_context():
        aigul = actor_of(*_by(app, "aigul@example.org"))
        with transaction():
            leaver = db.session.scalars(select(Member).where(Member.email == "dana@example.org")).one()
            network.end_membership(leaver, by=aigul, at=now())


def _by(app, email):
    member = db.session.scalars(select(Member).where(Member.email == email)).one()
    return member, keys.unlock(db.session.get_one(Identity, member.id), PASSPHRASE)


ACTS = {
    "locks": (SEED, lambda _app, dana: send(dana, "/lock", "/account")),
    "signs out": (SEED, lambda _app, dana: send(dana, "/sign-out", "/account")),
    "is idle": (SEED, _swept),
    "leaves, her session": (SEED, _left),
    "unlocks": (SEED, lambda _app, dana: send(dana, "/account/prove", passphrase=PASSPHRASE)),
    "changes her passphrase": (
        WRAP, lambda _app, dana: send(dana, "/account", old=PASSPHRASE, new=ANOTHER, again=ANOTHER),
    ),
    "makes a new code": (
        CODE, lambda _app, dana: send(dana, "/account/code", "/account", **{"code-passphrase": PASSPHRASE}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
def test_what_a_member_drops_is_gone_from_every_file_of_the_database(app, people, dana, act):
    column, does = ACTS[act]
    before = _kept(app, people, column)
    assert _files_with(app, before)

    does(app, dana)

    assert _files_with(app, before) == []


def test_an_act_waits_for_nobody_who_reads_and_the_sweep_ends_what_it_had_to_leave(app, people, dana):
    before = _kept(app, people, SEED)
    with app.app_context():
        path = db.engine.url.database
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM members").fetchall()
        began = time.monotonic()
        assert send(dana, "/lock", "/account").status_code == 303
        assert time.monotonic() - began < 5
        assert _files_with(app, before), "who reads sees what was there when she began"
        reader.execute("COMMIT")
    with app.app_context():
        entrance.sweep(at=now())
    assert _files_with(app, before) == []


def test_afterwards_acts_wait_for_each_other_as_long_as_before(app, people, dana):
    send(dana, "/lock", "/account")
    with app.app_context():
        for _ in range(10):
            with db.engine.connect() as connection:
                assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 20000


def test_what_is_undone_drops_nothing(app_on_each, monkeypatch):
    emptied = []
    monkeypatch.setattr(kernel_db, "_empty_log", lambda: emptied.append(True))
    with app_on_each.app_context():
        people = cast(app_on_each)
        emptied.clear()
        change = update(Identity).where(Identity.member_id == people.dana.member_id).values(seed_wrapped=b"")
        with pytest.raises(RuntimeError, match="halfway"), transaction():
            kernel_db.leave_no_trace()
            db.session.execute(change)
            raise RuntimeError("halfway")
        assert not emptied
        with transaction():
            kernel_db.leave_no_trace()
        assert emptied == [True]


def test_postgresql_is_left_to_its_own_ways(app_on_each):
    with app_on_each.app_context(), transaction():
        kernel_db.leave_no_trace()
    with app_on_each.app_context(), pytest.raises(RuntimeError, match="only an act"):
        kernel_db.leave_no_trace()
