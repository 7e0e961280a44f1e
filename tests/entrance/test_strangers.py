"""A stranger who knows an address may try as often as she likes: the member comes in where she was in before."""

from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, update

from caseflow.entrance import browsers, operations
from caseflow.entrance.models import Attempt, MemberSession
from caseflow.entrance.operations import MOST_PER_ACCOUNT, TooMany
from caseflow.kernel import clock
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.kernel.errors import RuleBroken
from caseflow.keys import operations as keys
from caseflow.keys.models import Identity
from caseflow.ledger.models import Event
from tests.cast import PASSPHRASE, cast, signed_in_client
from tests.pages import send

WRONG, NEW = "wrong wrong wrong wrong", "nine slow foxes under rain"
MARK = "caseflow-browser"


@pytest.fixture
def people(app):
    with app.app_context():
        found = cast(app)
        db.session.remove()
    return found


@pytest.fixture
def stranger(app, people):
    """stranger(email): uses up what everybody may try with an account, from many addresses."""

    def tries(email="dana@example.org"):
        with app.app_context():
            for number in range(MOST_PER_ACCOUNT):
                with pytest.raises(RuleBroken):
                    operations.sign_in(email, WRONG, address=f"203.0.113.{number}", agent="x", at=now())
            db.session.remove()

    return tries


def _sign_in(client, passphrase=PASSPHRASE, email="dana@example.org"):
    return send(client, "/sign-in", email=email, passphrase=passphrase)


def _marked(app, email="dana@example.org"):
    """Return a browser in which somebody was signed in and is not now."""
    client = app.test_client()
    assert _sign_in(client, email=email).status_code == 303
    assert send(client, "/sign-out", "/account").status_code == 303
    return client


def test_a_stranger_does_not_keep_a_member_out_of_her_locked_session(app, people, stranger):
    dana = signed_in_client(app, people.dana)
    send(dana, "/lock", "/account")
    stranger()

    assert send(dana, "/unlock", passphrase=PASSPHRASE).status_code == 303


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/account", {"old": PASSPHRASE, "new": NEW, "again": NEW}, 303),
        ("/account/code", {"code-passphrase": PASSPHRASE}, 200),
        ("/account/prove", {"passphrase": PASSPHRASE}, 303),
    ],
)
def test_a_stranger_hinders_no_act_of_a_session_that_asks_for_the_passphrase(
    app, people, stranger, path, fields, status
):
    dana = signed_in_client(app, people.dana)
    stranger()

    assert send(dana, path, "/account", **fields).status_code == status


def test_a_member_signs_in_where_she_was_in_before_while_a_stranger_keeps_trying(app, people, stranger):
    dana = _marked(app)
    stranger()

    assert _sign_in(app.test_client()).status_code == 429, "a browser that nobody knows"
    assert _sign_in(dana).status_code == 303


def test_a_recovery_code_is_taken_where_she_was_in_before_while_a_stranger_keeps_trying(app, people, stranger):
    dana = app.test_client()
    _sign_in(dana)
    shown = send(dana, "/account/code", "/account", **{"code-passphrase": PASSPHRASE})
    code = shown.text.split("data-recovery-code>")[1].split("<")[0]
    stranger()

    fields = {"email": "dana@example.org", "code": code, "passphrase": NEW, "again": NEW}
    assert send(app.test_client(), "/recover", **fields).status_code == 429
    assert send(dana, "/recover", **fields).status_code == 200


def test_a_browser_and_a_session_have_ten_tries_too(app, people):
    dana = _marked(app)
    assert {_sign_in(dana, WRONG).status_code for _ in range(MOST_PER_ACCOUNT)} == {422}
    assert _sign_in(dana).status_code == 429
    assert _sign_in(app.test_client()).status_code == 303, "they are not counted with everybody's"

    here = signed_in_client(app, people.timur)
    send(here, "/lock", "/account")
    assert {send(here, "/unlock", passphrase=WRONG).status_code for _ in range(MOST_PER_ACCOUNT)} == {422}
    assert send(here, "/unlock", passphrase=PASSPHRASE).status_code == 429


def test_a_session_under_a_new_id_has_no_more_tries_than_before(app, people):
    """Who copied a cookie and has the second factor proves it as often as she likes: each time the id is another."""
    with app.app_context():
        ends_at = now() + timedelta(hours=1)
        rows = [
            MemberSession(sid_hash=sid, member_id=people.dana.member_id, ends_at=ends_at) for sid in ("one", "other")
        ]
        for number in range(MOST_PER_ACCOUNT):
            operations.throttle(operations.tries.for_session(rows[number % 2]), at=now())
        with pytest.raises(TooMany):
            operations.throttle(operations.tries.for_session(rows[0]), at=now())


@pytest.mark.parametrize("spoil", [
    lambda mark: mark[:-1], lambda mark: mark[:-2] + ("AA" if mark[-2:] != "AA" else "BB"), lambda mark: "B" + mark[1:],
    lambda _mark: "", lambda _mark: "é" * 72, lambda mark: mark[:5] + "." + mark[5:], lambda _mark: "." * 3000,
])  # fmt: skip
def test_a_mark_that_is_spoilt_is_none(app, people, stranger, spoil):
    dana = _marked(app)
    mark = dana.get_cookie(MARK).value
    dana.set_cookie(MARK, spoil(mark), domain="localhost")
    stranger()

    assert _sign_in(dana).status_code == 429


def test_a_mark_is_good_for_its_member_only_and_says_nothing_of_her(app, people, stranger):
    dana = _marked(app)
    stranger("timur@example.org")

    assert _sign_in(dana, email="timur@example.org").status_code == 429
    assert _sign_in(dana, email="nobody@example.org").status_code == 422
    kept = dana.get_cookie(MARK).value
    for said in (people.dana.member_id, "dana", "example"):
        assert said not in kept


def test_four_people_at_one_computer_are_known_each(app, people, stranger):
    client = app.test_client()
    names = ("dana", "timur", "leila", "yerlan")
    for name in names:
        _sign_in(client, email=f"{name}@example.org")
        send(client, "/sign-out", "/account")
    for name in names:
        stranger(f"{name}@example.org")
        assert _sign_in(client, email=f"{name}@example.org").status_code == 303
        send(client, "/sign-out", "/account")


def test_a_new_passphrase_takes_the_mark_from_every_other_browser(app, people, stranger):
    here, elsewhere = app.test_client(), _marked(app)
    _sign_in(here)
    send(here, "/account", old=PASSPHRASE, new=NEW, again=NEW)
    send(here, "/sign-out", "/account")
    stranger()

    assert _sign_in(elsewhere, NEW).status_code == 429
    assert _sign_in(here, NEW).status_code == 303


def test_a_mark_ends_after_half_a_year_whatever_the_browser_does(app, people):
    dana = _marked(app)
    mark = dana.get_cookie(MARK).value
    with app.app_context():
        identity = db.session.get_one(Identity, people.dana.member_id)
        assert browsers.known(mark, identity, at=now() + browsers.LASTS)
        assert browsers.known(mark, identity, at=now() + browsers.LASTS + timedelta(days=1)) is None
        assert browsers.known(mark, None, at=now()) is None


def test_half_a_session_gives_no_mark(app, people, monkeypatch):
    monkeypatch.setattr("caseflow.entrance.queries.has_second_factor", lambda _member: True)
    client = app.test_client()
    assert _sign_in(client).location.startswith("/sign-in/second")
    assert client.get_cookie(MARK) is None


def test_the_mark_is_for_this_server_only_and_scripts_cannot_read_it(make_app, sqlite_url):
    app = make_app(sqlite_url, url="https://cases.example.org")
    with app.app_context(), app.test_request_context():
        people = cast(app)
        answer = app.response_class()
        browsers.give_mark(answer, "", db.session.get_one(Identity, people.dana.member_id), at=now())
    said = answer.headers["Set-Cookie"]
    assert said.startswith("__Host-caseflow-browser=")
    for word in ("HttpOnly", "Secure", "SameSite=Strict", "Path=/", "Max-Age=15552000"):
        assert word in said


def test_nothing_is_checked_where_nothing_can_be_counted(app, people, monkeypatch):
    dana = _marked(app)
    with app.app_context(), transaction():
        db.session.execute(update(Attempt).values(at=now()))
        db.session.execute(db.text("DROP TABLE attempts"))
    monkeypatch.setattr("caseflow.keys.operations.unlock", lambda *_: pytest.fail("the passphrase was looked at"))
    app.testing, app.config["PROPAGATE_EXCEPTIONS"] = False, False

    assert _sign_in(dana).status_code == 500


def test_tries_in_a_browser_are_kept_without_its_mark(app, people):
    dana = _marked(app)
    with clock.at(now() + timedelta(hours=1)):
        _sign_in(dana, WRONG)
        with app.app_context():
            kept = list(db.session.scalars(select(Attempt.who)))
    assert len(kept) == 1
    assert len(kept[0]) == 64
    assert kept[0] not in dana.get_cookie(MARK).value


# -- what a stranger learns and leaves behind


@pytest.mark.parametrize("path", ["/sign-in", "/recover"])
def test_an_unknown_account_costs_what_a_known_one_costs(app, people, monkeypatch, path):
    derived = []
    for name in ("unlock_by_code", "unlock"):
        monkeypatch.setattr(f"caseflow.keys.operations.{name}", _counted(getattr(keys, name), derived))
    asked = {}
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *given: derived.append(given[2].split(" WHERE ")[0]))
    for email in ("dana@example.org", "nobody@example.org"):
        client = app.test_client()
        client.get(path)
        derived.clear()
        fields = {"passphrase": NEW, "again": NEW, "code": "0123456789ABCDEF" * 2}
        assert send(client, path, email=email, **fields).status_code == 422
        asked[email] = [one for one in derived if not one.startswith("PRAGMA")]
    assert asked["dana@example.org"] == asked["nobody@example.org"]
    assert len(asked["dana@example.org"]) > 3


def _counted(found, derived):
    def counted(*given, **named):
        derived.append(found.__name__)
        return found(*given, **named)

    return counted


def test_faults_that_strangers_meet_are_told_once_in_a_quarter_of_an_hour(app, people, monkeypatch):
    monkeypatch.setattr("caseflow.ledger.operations._fault_told", None)
    monkeypatch.setattr(operations, "sign_in", _broken)
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def faults():
        assert _sign_in(app.test_client()).status_code == 500
        with app.app_context():
            return db.session.scalar(select(func.count()).select_from(Event).where(Event.result == "failed"))

    assert [faults() for _ in range(3)] == [1, 1, 1]
    with clock.at(now() + timedelta(minutes=16)):
        assert faults() == 2


def _broken(*_given, **_named):
    raise RuntimeError("a fault of the program")


def test_a_nul_in_a_form_or_an_address_is_no_fault(app, people):
    nul = "\0" * 16
    for path, fields in (
        ("/sign-in", {"email": "a\0@b.org", "passphrase": "x" * 20}),
        ("/recover", {"email": "a\0@b.org", "code": "1" * 36, "passphrase": NEW, "again": NEW}),
        ("/sign-in", {"email": "a@b.org", "passphrase": "x", "once": nul}),
    ):
        assert send(app.test_client(), path, **fields).status_code == 422
    assert send(app.test_client(), "/preferences", "/sign-in", once=nul).status_code == 303
    for path, status in (("/join/%00", 404), ("/reopen/%00", 404), ("/sign-in?next=%00", 400)):
        assert app.test_client().get(path).status_code == status
