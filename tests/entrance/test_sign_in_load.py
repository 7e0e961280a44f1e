"""Sign-in under load and under doubt: one run of Argon2id whoever asks, one at a time, a line with an end, no count no check."""

import threading
import time

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from caseflow.entrance import operations
from caseflow.entrance.models import Attempt, MemberSession
from caseflow.entrance.operations import tries
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.kernel.errors import RuleBroken
from caseflow.keys import derivation
from caseflow.network import operations as network
from caseflow.network.models import Member
from tests.cast import PASSPHRASE, Cast, cast, signed_in_client
from tests.entrance.stepping import first_step, set_up_app
from tests.pages import send


@pytest.fixture
def people(app) -> Cast:
    with app.app_context():
        found = cast(app)
        db.session.remove()
    return found


@pytest.fixture
def runs(monkeypatch):
    """Yield the parameters of every run of the key derivation."""
    seen, real = [], derivation.derive

    def counted(passphrase, salt, parameters):
        seen.append(parameters)
        return real(passphrase, salt, parameters)

    monkeypatch.setattr(derivation, "derive", counted)
    return seen


def test_every_sign_in_costs_one_and_the_same_run_whoever_asks(app, people, runs):
    with app.app_context(), transaction():
        network.end_membership(db.session.get_one(Member, people.timur.member_id), by=people.aigul, at=now())
    set_up_app(signed_in_client(app, people.leila))
    runs.clear()
    for email, passphrase in (
        ("dana@example.org", PASSPHRASE),
        ("dana@example.org", "another passphrase altogether"),
        ("nobody@example.org", PASSPHRASE),
        ("timur@example.org", PASSPHRASE),
        ("leila@example.org", PASSPHRASE),
        ("leila@example.org", "x"),
        ("x", "x"),
    ):
        send(app.test_client(), "/sign-in", email=email, passphrase=passphrase)
        assert len(runs) == 1, email
        assert runs.pop() == derivation_of(app)
    dana = signed_in_client(app, people.dana)
    send(dana, "/lock", "/account")
    send(dana, "/unlock", passphrase=PASSPHRASE)
    assert len(runs) == 1


def derivation_of(app):
    from caseflow.vault.passphrases import FAST_FOR_TESTS

    assert app.extensions["caseflow_settings"].fast_kdf
    return FAST_FOR_TESTS


def test_who_has_tried_too_often_costs_no_run_at_all(app, people, runs):
    for _ in range(operations.MOST_PER_ACCOUNT):
        first_step(app.test_client(), "nobody@example.org")
    runs.clear()
    assert first_step(app.test_client(), "nobody@example.org").status_code == 429
    assert runs == []


def test_one_run_at_a_time_and_the_rest_wait_in_a_line_that_has_an_end(app, people, monkeypatch):
    at_work, most, lock, gate = [], [], threading.Lock(), threading.Event()
    real = derivation.derive

    def slow(passphrase, salt, parameters):
        with lock:
            at_work.append(1)
            most.append(len(at_work))
        gate.wait(30)
        try:
            return real(passphrase, salt, parameters)
        finally:
            with lock:
                at_work.pop()

    monkeypatch.setattr(derivation, "derive", slow)
    outcomes, room = [], derivation.STRANGERS

    def come(number):
        with app.app_context():
            try:
                operations.sign_in(f"{number}@example.org", PASSPHRASE, address=str(number), agent="", at=now())
            except RuleBroken as broken:
                outcomes.append(type(broken).__name__)

    threads = [threading.Thread(target=come, args=(number,)) for number in range(room + 6)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 30
    while len(outcomes) < 6 and time.monotonic() < until:
        time.sleep(0.01)
    assert outcomes == ["Busy"] * 6, "who finds the line full is told at once, while the others still wait"
    gate.set()
    for thread in threads:
        thread.join(60)
    assert outcomes.count("RuleBroken") == room
    assert max(most) == derivation.AT_ONCE


def test_a_full_line_answers_429_in_words_and_empties_again(app, people):
    places = [derivation._places.acquire(blocking=False) for _ in range(derivation.AT_ONCE + derivation.WAITING)]
    try:
        assert all(places)
        answer = first_step(app.test_client())
        assert answer.status_code == 429
        assert "Try again in a few seconds." in answer.text
        dana = signed_in_client(app, people.dana)
        assert dana.get("/account").status_code == 200, "who is in works on"
        assert (
            send(
                dana, "/account", old=PASSPHRASE, new="six other green trees stand", again="six other green trees stand"
            ).status_code
            == 429
        )
    finally:
        for _ in places:
            derivation._places.release()
    assert first_step(app.test_client()).status_code == 303


@pytest.mark.parametrize("path", ["/sign-in", "/unlock", "/recover"])
def test_a_database_that_cannot_count_tries_lets_nobody_in_and_checks_nothing(app, people, runs, monkeypatch, path):
    dana = signed_in_client(app, people.dana)
    send(dana, "/lock", "/account")
    client = dana if path == "/unlock" else app.test_client()
    fields = {"email": "dana@example.org", "passphrase": PASSPHRASE, "again": PASSPHRASE, "code": "x"}

    def broken(*_args, **_kwargs):
        raise OperationalError("INSERT INTO attempts", {}, Exception("database is locked"))

    real = tries._keyed
    monkeypatch.setattr(tries, "_keyed", broken)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    runs.clear()
    answer = send(client, path, **fields)
    assert answer.status_code in {500, 503}
    assert runs == [], "no passphrase is checked that was not counted"
    with app.app_context():
        assert [session.seed_sealed for session in db.session.scalars(select(MemberSession))] == [None]
    monkeypatch.setattr(tries, "_keyed", real)


@pytest.fixture
def crowd():
    """Let strangers wait in all the places of the line that are theirs."""
    for _place in range(derivation.STRANGERS):
        assert derivation._for_strangers.acquire(blocking=False)
    yield
    for _place in range(derivation.STRANGERS):
        derivation._for_strangers.release()


@pytest.mark.usefixtures("crowd")
def test_strangers_leave_places_for_who_is_in_or_was_in_this_browser(app, people):
    dana = signed_in_client(app, people.dana)
    send(dana, "/lock", "/account")
    assert first_step(app.test_client()).status_code == 429
    assert send(dana, "/unlock", passphrase=PASSPHRASE).status_code == 303
    assert send(dana, "/sign-out", "/account").status_code == 303
    assert first_step(dana).status_code == 303


@pytest.mark.usefixtures("crowd")
def test_to_be_turned_away_from_a_full_line_is_no_try(app, people):
    for _try in range(tries.MOST_PER_ACCOUNT + 1):
        answer = first_step(app.test_client())
        assert answer.status_code == 429
        assert "Try again in a few seconds" in answer.text
    with app.app_context():
        assert db.session.scalars(select(Attempt)).all() == []


def test_a_table_of_tries_that_is_gone_lets_nobody_in(app, people, runs):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context(), transaction():
        db.session.connection().exec_driver_sql("DROP TABLE attempts")
    runs.clear()
    assert first_step(app.test_client()).status_code in {500, 503}
    assert runs == []
    with app.app_context():
        assert db.session.scalars(select(MemberSession)).all() == []


def test_a_passphrase_that_was_replaced_while_it_was_checked_does_not_sign_in(app, people, monkeypatch):
    from caseflow.keys import operations as keys
    from caseflow.keys.models import Identity

    real = keys.unlock

    def slowly(identity, passphrase, **how):
        pair = real(identity, passphrase, **how)
        with transaction():
            db.session.get_one(Identity, people.dana.member_id).verifier = bytes(32)
        return pair

    monkeypatch.setattr(keys, "unlock", slowly)
    assert first_step(app.test_client()).status_code == 422
    with app.app_context():
        assert db.session.scalars(select(MemberSession)).all() == []


def test_signing_in_over_a_locked_session_ends_it(app, people):
    dana = signed_in_client(app, people.dana)
    send(dana, "/lock", "/account")
    assert send(dana, "/sign-in", email="timur@example.org", passphrase=PASSPHRASE).status_code == 303
    with app.app_context():
        assert [s.member_id for s in db.session.scalars(select(MemberSession))] == [people.timur.member_id]


def test_the_real_derivation_bears_many_at_once():
    """Two runs at once in one process are more than OpenSSL's threads bear: they fail or wait for ever."""
    from caseflow.vault.passphrases import STANDARD

    outcomes = []
    come = lambda: outcomes.append(derivation.derive_in_turn(PASSPHRASE, bytes(16), STANDARD).a)  # noqa: E731
    threads = [threading.Thread(target=come, daemon=True) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(outcomes) == 6
    assert len(set(outcomes)) == 1
