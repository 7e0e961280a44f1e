"""Passkeys: the right answer to the right question at the right address, once; everything else is refused."""

import json
import threading
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from caseflow.entrance import factors, operations, sessions
from caseflow.entrance.models import Challenge, SecondFactor
from caseflow.entrance.passkeys import LONGEST_ANSWER, Passkey
from caseflow.kernel import clock
from caseflow.kernel.clock import now
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from tests.cast import PASSPHRASE, Cast, cast, signed_in_client
from tests.entrance.stepping import SECOND, Authenticator, code_of, first_step, options_of, send_with, set_up_app

ADD = "/account/second-factor/passkey"


@pytest.fixture
def named(make_app, sqlite_url):
    """Return an application that is opened by a name, which passkeys need."""
    return make_app(sqlite_url, url="http://localhost")


@pytest.fixture
def people(named) -> Cast:
    with named.app_context():
        found = cast(named)
        db.session.remove()
    return found


@pytest.fixture
def dana(named, people):
    return signed_in_client(named, people.dana)


def register(client, key: Authenticator, name="key on my keyring", **forged):
    page = client.get(ADD)
    answer = key.create(options_of(page), **forged)
    return send_with(client, ADD, page, name=name, passphrase=PASSPHRASE, response=answer)


def ask(app, email="dana@example.org"):
    """Do the first step; return the browser, the page of the second and what it asks."""
    client = app.test_client()
    first_step(client, email)
    page = client.get(SECOND)
    return client, page, options_of(page)


def test_a_passkey_is_registered_under_a_name_and_opens_the_second_step(named, dana):
    key = Authenticator()
    shown = register(dana, key)
    assert shown.text.count("data-backup-code") == 10
    assert "key on my keyring" in dana.get("/account/second-factor").text
    for _ in range(2):
        client, page, options = ask(named)
        assert options["rpId"] == "localhost"
        assert options["userVerification"] == "preferred"
        assert send_with(client, SECOND, page, response=key.get(options)).status_code == 303
        assert client.get("/account").status_code == 200
    with named.app_context():
        row = db.session.scalars(select(SecondFactor)).one()
        assert row.counter == key.count == 2
        assert b"keyring" not in row.sealed
        assert key.id not in row.sealed


def test_several_passkeys_each_open_and_a_removed_one_does_not(named, dana):
    keys = [Authenticator() for _ in range(3)]
    for number, key in enumerate(keys):
        assert register(dana, key, name=f"number {number}").status_code in {200, 303}
    page = dana.get("/account/second-factor")
    assert all(f"number {number}" in page.text for number in range(3))
    with named.app_context():
        first = db.session.scalars(select(SecondFactor).order_by(SecondFactor.made_at)).first().id
    assert send_with(dana, f"/account/second-factor/{first}/remove", page).status_code == 303
    for key, status in zip(keys, (422, 303, 303), strict=True):
        client, shown, options = ask(named)
        assert len(options["allowCredentials"]) == 2
        assert send_with(client, SECOND, shown, response=key.get(options)).status_code == status


@pytest.mark.parametrize(
    "forged",
    [
        {"origin": "http://localhost.evil.example"},
        {"origin": "https://localhost"},
        {"origin": "http://localhost:8000"},
        {"host": "evil.example"},
        {"flags": 0x00},
        {"kind": "webauthn.create"},
        {"signer": ec.generate_private_key(ec.SECP256R1())},
        {"count": 0},
    ],
    ids=lambda forged: f"{next(iter(forged))}",
)
def test_a_forged_answer_opens_nothing(named, dana, forged):
    key = Authenticator()
    register(dana, key)
    client, page, options = ask(named)
    assert send_with(client, SECOND, page, response=key.get(options)).status_code == 303
    client, page, options = ask(named)
    answer = send_with(client, SECOND, page, response=key.get(options, **forged))
    assert answer.status_code == 422
    assert "The passkey was not accepted." in answer.text
    assert client.get("/account").status_code == 303


def test_an_answer_is_good_for_its_own_question_once(named, dana):
    key = Authenticator()
    register(dana, key)
    client, page, options = ask(named)
    other, other_page, other_options = ask(named)
    good = key.get(options)
    assert send_with(other, SECOND, other_page, response=good).status_code == 422, (
        "another browser was asked another thing"
    )
    again = key.get(other_options)
    assert send_with(other, SECOND, other_page, response=again).status_code == 422, "a question is spent by any answer"
    assert send_with(client, SECOND, page, response=good).status_code == 303
    thief, thief_page, _options = ask(named)
    assert send_with(thief, SECOND, thief_page, response=good).status_code == 422
    assert send_with(thief, SECOND, thief_page, response=key.get(options)).status_code == 422


def test_a_question_grows_old(named, dana):
    key = Authenticator()
    register(dana, key)
    start = now()
    client, page, options = ask(named)
    with clock.at(start + timedelta(minutes=9)):
        assert send_with(client, SECOND, page, response=key.get(options)).status_code == 303
    with clock.at(start + timedelta(minutes=30)), named.app_context():
        operations.sweep(at=now())
        assert db.session.scalars(select(Challenge)).all() == []


def test_a_count_that_does_not_grow_is_a_copy_of_the_key(named, dana):
    key = Authenticator()
    register(dana, key)
    client, page, options = ask(named)
    assert send_with(client, SECOND, page, response=key.get(options, count=7)).status_code == 303
    for count in (0, 6, 7):
        client, page, options = ask(named)
        assert send_with(client, SECOND, page, response=key.get(options, count=count)).status_code == 422
    client, page, options = ask(named)
    assert send_with(client, SECOND, page, response=key.get(options, count=8)).status_code == 303


def test_a_passkey_that_keeps_no_count_opens_every_time(named, dana):
    key = Authenticator()
    register(dana, key)
    for _ in range(3):
        client, page, options = ask(named)
        assert send_with(client, SECOND, page, response=key.get(options, count=0)).status_code == 303


def test_the_passkey_of_one_member_opens_nothing_of_another(named, people, dana):
    hers, his = Authenticator(), Authenticator()
    register(dana, hers)
    register(signed_in_client(named, people.timur), his)
    client, page, options = ask(named, "timur@example.org")
    assert send_with(client, SECOND, page, response=hers.get(options)).status_code == 422


@pytest.mark.parametrize(
    "forged", [{"origin": "http://evil.example"}, {"host": "evil.example"}, {"flags": 0x40}, {"flags": 0x05}], ids=str
)
def test_a_forged_registration_stores_nothing(named, dana, forged):
    answer = register(dana, Authenticator(), **forged)
    assert answer.status_code == 422
    with named.app_context():
        assert db.session.scalars(select(SecondFactor)).all() == []


def test_the_answer_to_another_registration_or_twice_the_same_stores_nothing_new(named, dana):
    key = Authenticator()
    first = dana.get(ADD)
    second = dana.get(ADD)
    assert send_with(dana, ADD, second, name="a", response=key.create(options_of(first))).status_code == 422
    assert register(dana, key).status_code == 200
    assert "registered already" in register(dana, key).text
    with named.app_context():
        assert len(db.session.scalars(select(SecondFactor)).all()) == 1


RUBBISH = [
    "{}",
    "[]",
    "null",
    "1",
    '"x"',
    "{",
    "\x00",
    '{"id": 5}',
    '{"id": "é", "response": {}}',
    "[" * 9000,
    '{"id":"' + "A" * LONGEST_ANSWER,
]


@pytest.mark.parametrize("rubbish", RUBBISH, ids=range(len(RUBBISH)))
def test_rubbish_in_place_of_an_answer_is_refused_in_words(named, dana, rubbish):
    page = dana.get(ADD)
    assert send_with(dana, ADD, page, name="a", response=rubbish).status_code == 422
    register(dana, Authenticator())
    client, page, _options = ask(named)
    assert send_with(client, SECOND, page, response=rubbish).status_code == 422


def test_every_part_of_a_good_answer_is_needed(named, dana):
    key = Authenticator()
    register(dana, key)
    with clock.at(now() + timedelta(minutes=5)):
        for part in ("clientDataJSON", "authenticatorData", "signature"):
            client, page, options = ask(named)
            said = json.loads(key.get(options))
            whole = said["response"][part]
            middle = len(whole) // 2
            said["response"][part] = whole[:middle] + ("A" if whole[middle] != "A" else "B") + whole[middle + 1 :]
            assert send_with(client, SECOND, page, response=json.dumps(said)).status_code == 422
        del said["response"]["signature"]
        assert send_with(client, SECOND, page, response=json.dumps(said)).status_code == 422


def test_code_and_passkey_stand_beside_each_other(named, dana):
    secret, _codes = set_up_app(dana)
    key = Authenticator()
    register(dana, key)
    with clock.at(now() + timedelta(seconds=90)):
        client, page, options = ask(named)
        assert send_with(client, SECOND, page, code=code_of(secret)).status_code == 303
        client, page, options = ask(named)
        assert send_with(client, SECOND, page, response=key.get(options)).status_code == 303


def test_an_address_of_numbers_has_no_passkeys_and_says_so(make_app, sqlite_url):
    app = make_app(sqlite_url, url="http://127.0.0.1:8000")
    with app.app_context():
        people = cast(app)
        db.session.remove()
    client = signed_in_client(app, people.dana)
    assert "this one is opened by a number" in client.get("/account/second-factor").text
    page = client.get(ADD)
    assert "data-options" not in page.text
    set_up = client.get("/account/second-factor/app")
    assert send_with(client, ADD, set_up, name="a", passphrase=PASSPHRASE, response="{}").status_code == 422


@pytest.mark.parametrize(
    ("url", "name", "origin"),
    [
        ("https://cases.example.org", "cases.example.org", "https://cases.example.org"),
        ("https://cases.example.org:8443/x", "cases.example.org", "https://cases.example.org:8443"),
        ("http://localhost:8000", "localhost", "http://localhost:8000"),
    ],
)
def test_name_and_origin_are_those_of_the_setting(make_app, sqlite_url, url, name, origin):
    from caseflow.entrance.passkeys import Place, place

    with make_app(sqlite_url, url=url).app_context():
        assert place() == Place(name, origin)


def test_what_is_kept_of_a_passkey_reads_back_the_same():
    kept = Passkey("Ключ на связке", b"\x00\xff" * 9, b"public", ("usb", "nfc"))
    assert Passkey.from_bytes(kept.to_bytes()) == kept


def test_of_two_uses_of_one_answer_at_once_exactly_one_wins(make_app, database_url):
    app = make_app(database_url, url="http://localhost")
    with app.app_context():
        people = cast(app)
        db.session.remove()
    key = Authenticator()
    register(signed_in_client(app, people.dana), key)
    client, _page, options = ask(app)
    value, answer = client.get_cookie("caseflow").value, key.get(options)
    barrier, outcomes = threading.Barrier(2), []

    def run():
        with app.app_context():
            try:
                found = sessions.half_of(value, at=now())
                barrier.wait(20)
                operations.finish(found, operations.Answer(passkey=answer), address="a", at=now())
                outcomes.append("in")
            except RuleBroken:
                outcomes.append("refused")

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["in", "refused"]


def test_the_count_moves_once_for_two_at_one_moment(named, people, dana):
    key = Authenticator()
    register(dana, key)
    with named.app_context():
        from caseflow.kernel.db import transaction

        factor = db.session.scalars(select(SecondFactor)).one().id
        with transaction():
            assert factors.take_count(factor, 5, at=now())
            assert not factors.take_count(factor, 5, at=now())
            assert not factors.take_count(factor, 0, at=now())


def test_a_passphrase_alone_is_half(named, dana):
    register(dana, Authenticator())
    with named.app_context():
        assert operations.sign_in("dana@example.org", PASSPHRASE, address="a", agent="", at=now()).half
