"""The second step: nothing opens between the two, each code counts once, and who must have a factor sets one up first."""

import base64
import hashlib
import re
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from caseflow.entrance import factors, operations, queries, sessions
from caseflow.entrance.models import BackupCode, HalfSession, MemberSession, SecondFactor
from caseflow.entrance.sessions import HALF_LASTS
from caseflow.kernel import clock
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.kernel.errors import NotPermitted, RuleBroken
from caseflow.kernel.mail import Letter
from caseflow.kernel.settings import WrongSetting
from caseflow.ledger.models import Event
from caseflow.vault.errors import VaultError
from caseflow.vault.factors import open_factor
from caseflow.vault.keys import MemberKeys
from tests.cast import PASSPHRASE, Cast, cast, signed_in_client
from tests.entrance.stepping import SECOND, SETUP, code_of, first_step, hidden_id, second_step, send_with, set_up_app
from tests.pages import hidden, send

LATER = timedelta(seconds=90)


@pytest.fixture
def people(app) -> Cast:
    with app.app_context():
        found = cast(app)
        db.session.remove()
    return found


@pytest.fixture
def dana(app, people):
    return signed_in_client(app, people.dana)


def _verbs(app, start="entrance."):
    with app.app_context():
        return [
            (e.verb, e.result)
            for e in db.session.scalars(select(Event).order_by(Event.seq))
            if e.verb.startswith(start)
        ]


def _letters(app, to):
    with app.app_context():
        return list(db.session.scalars(select(Letter).where(Letter.to == to, Letter.subject.contains("second factor"))))


# -- between the steps


def test_between_the_steps_no_page_opens_and_no_gate_knows_her(app, dana):
    secret, _codes = set_up_app(dana)
    client = app.test_client()
    with clock.at(now() + LATER):
        answer = first_step(client, onward="/account")
        assert answer.location == f"{SECOND}?next=/account"
        for rule in app.url_map.iter_rules():
            if (
                "GET" in rule.methods
                and not rule.arguments
                and getattr(app.view_functions[rule.endpoint], "gate", "") == "signed in"
            ):
                assert client.get(rule.rule).location.startswith("/sign-in?next="), rule.rule
        assert client.get("/sign-in?next=/account").location == f"{SECOND}?next=/account"
        page = client.get(f"{SECOND}?next=/account")
        assert "Nothing is open yet." in page.text
        with app.app_context():
            assert db.session.scalar(select(HalfSession)) is not None
        half = client.get_cookie("caseflow").value
        assert second_step(client, code_of(secret), onward="/account").location == "/account"
        assert client.get("/account").status_code == 200
        assert client.get_cookie("caseflow").value != half, "the session gets a new id"
        with app.app_context():
            assert db.session.scalar(select(HalfSession)) is None
        client.set_cookie("caseflow", half, domain="localhost")
        assert client.get("/account").status_code == 303
        assert second_step(client, code_of(secret)).status_code == 303
        assert client.get("/account").status_code == 303


def test_half_a_session_gives_the_seed_neither_to_the_database_nor_to_the_cookie(app, people, dana):
    set_up_app(dana)
    client = app.test_client()
    first_step(client)
    raw = base64.urlsafe_b64decode(client.get_cookie("caseflow").value)
    with app.app_context():
        row = db.session.scalars(select(HalfSession)).one()
    seed = people.dana.ring.keys.seed
    assert row.sid_hash == hashlib.sha256(raw[:16]).hexdigest()
    assert seed not in raw
    assert seed not in row.seed_sealed
    assert raw[16:] not in row.seed_sealed


def test_half_a_session_ends_by_time_and_by_leaving(app, dana):
    secret, _codes = set_up_app(dana)
    client = app.test_client()
    start = now() + LATER
    with clock.at(start):
        first_step(client)
    with clock.at(start + HALF_LASTS), app.app_context():
        assert second_step(client, code_of(secret)).location.startswith("/sign-in?next=")
        operations.sweep(at=now())
        assert db.session.scalars(select(HalfSession)).all() == []
    with clock.at(start + timedelta(minutes=20)):
        first_step(client)
        assert send(client, "/sign-out", SECOND).location == "/sign-in"
        with app.app_context():
            assert db.session.scalars(select(HalfSession)).all() == []
        assert client.get(SECOND).location.startswith("/sign-in")


def test_what_was_being_sent_goes_on_after_both_steps(app, people):
    aigul = signed_in_client(app, people.aigul)
    secret, _codes = set_up_app(aigul)
    with app.app_context(), transaction():
        sessions.end_all(people.aigul.member_id)
    with clock.at(now() + LATER):
        fields = {"onward": "/members/organisations/new", "typed_name": ["name"], "typed_value": ['Bureau "East" <b>']}
        between = first_step(aigul, "aigul@example.org", **fields)
        assert between.status_code == 200
        assert "Bureau" not in between.text, "the passphrase alone opens nothing"
        (box,) = hidden(between, "typed_sealed")
        fields = {"onward": "/members", "typed_sealed": box}
        wrong = send_with(aigul, SECOND, between, code="000000", **fields)
        assert wrong.status_code == 422
        assert hidden(wrong, "typed_sealed") == [box]
        opened = send_with(aigul, SECOND, between, code=code_of(secret), **fields)
        assert hidden(opened, "name") == ["Bureau &#34;East&#34; &lt;b&gt;"]
        assert 'action="/members/organisations/new"' in opened.text


# -- codes of the app


def test_a_code_counts_once_and_a_window_of_one_step_around_now(app, dana):
    secret, _codes = set_up_app(dana)
    start = now()

    def tried(code):
        client = app.test_client()
        first_step(client)
        return second_step(client, code).status_code

    with clock.at(start):
        assert tried(code_of(secret)) == 422, "the code that set the app up is used"
    with clock.at(start + timedelta(minutes=5)):
        assert tried(code_of(secret, -2)) == 422
        assert tried(code_of(secret, 2)) == 422
        assert tried(code_of(secret, -1)) == 303
        assert tried(code_of(secret, -1)) == 422
        assert tried(f" {code_of(secret)[:3]} {code_of(secret)[3:]} ") == 303
        assert tried(code_of(secret, -1)) == 422, "nor one from before the last that was used"
        assert tried(code_of(secret, 1)) == 303


@pytest.mark.parametrize("typed", ["12345", "1234567", "abcdef", "١٢٣٤٥٦", "", " ", "0" * 60, "\x00" * 6, "-12345"])
def test_what_is_no_code_is_refused_in_words(app, dana, typed):
    set_up_app(dana)
    client = app.test_client()
    first_step(client)
    assert second_step(client, typed).status_code == 422


def test_the_seed_is_sealed_with_her_own_keys_for_its_own_row(app, people, dana):
    secret, _codes = set_up_app(dana)
    raw = base64.b32decode(secret)
    with app.app_context():
        row = db.session.scalars(select(SecondFactor)).one()
        assert raw not in row.sealed
        keys = people.dana.ring.keys
        assert factors.opened(keys, row) == raw
        given = {"instance": people.dana.ring.instance, "member": row.member_id, "place": row.id}
        for other in (people.timur.ring.keys, MemberKeys.generate()):
            with pytest.raises(VaultError):
                open_factor(other, row.sealed, **given)
        for name in given:
            with pytest.raises(VaultError):
                open_factor(keys, row.sealed, **{**given, name: "x"})
        for bit in range(len(row.sealed) * 8):
            spoiled = bytearray(row.sealed)
            spoiled[bit // 8] ^= 1 << bit % 8
            with pytest.raises(VaultError):
                open_factor(keys, bytes(spoiled), **given)


def test_an_offer_of_another_session_or_member_sets_up_nothing(app, people, dana):
    timur = signed_in_client(app, people.timur)
    elsewhere = signed_in_client(app, people.dana)
    offer = hidden_id(dana.get(SETUP), "offer")
    for client in (timur, elsewhere):
        page = client.get(SETUP)
        answer = send_with(client, SETUP, page, offer=offer, code="123456", passphrase=PASSPHRASE)
        assert answer.status_code == 422
        assert "This page is too old." in answer.text
    with app.app_context():
        assert db.session.scalars(select(SecondFactor)).all() == []


def test_a_wrong_first_code_keeps_the_same_square(dana):
    page = dana.get(SETUP)
    secret = re.search(r"data-secret>([A-Z2-7]+)<", page.text)[1]
    again = send_with(dana, SETUP, page, offer=hidden_id(page, "offer"), code="000000", passphrase=PASSPHRASE)
    assert again.status_code == 422
    assert f"data-secret>{secret}<" in again.text
    assert f"secret={secret}" not in again.text
    assert "<svg" in again.text


def test_after_five_wrong_codes_the_second_step_rests_and_its_owner_hears_of_it(app, dana):
    secret, _codes = set_up_app(dana)
    client = app.test_client()
    start = now() + LATER
    with clock.at(start):
        first_step(client)
        for _ in range(operations.MOST_SECOND):
            assert second_step(client, "000000").status_code == 422
        before = len(_letters(app, "dana@example.org"))
        for _ in range(3):
            assert second_step(client, code_of(secret)).status_code == 429
        first_step(app.test_client())
        other = app.test_client()
        first_step(other)
        assert second_step(other, code_of(secret)).status_code == 429, "a new first step does not help"
        assert len(_letters(app, "dana@example.org")) == before
    assert any("failed several times" in letter.body for letter in _letters(app, "dana@example.org"))
    assert _verbs(app).count(("entrance.throttle", "refused")) == 1
    assert _verbs(app).count(("entrance.second_step", "refused")) == operations.MOST_SECOND
    with clock.at(start + operations.WINDOW + LATER):
        first_step(client)
        assert second_step(client, code_of(secret)).status_code == 303


# -- backup codes


def test_a_backup_code_opens_once_however_it_is_typed_and_is_kept_as_a_keyed_hash(app, dana):
    _secret, codes = set_up_app(dana)
    assert len(set(codes)) == 10
    with app.app_context():
        stored = b"".join(row.code_hash for row in db.session.scalars(select(BackupCode)))
        for code in codes:
            plain = code.replace("-", "")
            assert hashlib.sha256(plain.encode()).digest() not in stored
    spoken = codes[3].lower().replace("-", " ").replace("0", "o").replace("1", "l")
    for typed, status in ((spoken, 303), (codes[3], 422), (codes[4], 303)):
        client = app.test_client()
        first_step(client)
        assert second_step(client, typed).status_code == status
    with app.app_context():
        assert len(db.session.scalars(select(BackupCode)).all()) == 8
    assert any("backup code was used" in letter.body for letter in _letters(app, "dana@example.org"))


def test_a_backup_code_of_somebody_else_opens_nothing(app, people, dana):
    set_up_app(dana)
    _secret, codes = set_up_app(signed_in_client(app, people.timur))
    client = app.test_client()
    first_step(client)
    assert second_step(client, codes[0]).status_code == 422


def test_new_backup_codes_replace_the_old_ones(app, dana):
    _secret, old = set_up_app(dana)
    shown = send(dana, "/account/second-factor/codes", "/account/second-factor")
    new = re.findall(r"data-backup-code>([^<]+)<", shown.text)
    assert len(new) == 10
    for code, status in ((old[0], 422), (new[0], 303)):
        client = app.test_client()
        first_step(client)
        assert second_step(client, code).status_code == status


def test_the_recovery_code_restores_the_passphrase_and_not_the_second_factor(app, dana):
    set_up_app(dana)
    shown = send(dana, "/account/code", "/account", **{"code-passphrase": PASSPHRASE})
    code = re.search(r"data-recovery-code>([^<]+)<", shown.text)[1]
    client, new = app.test_client(), "six other green trees stand"
    send(client, "/recover", email="dana@example.org", code=code, passphrase=new, again=new)
    answer = send(client, "/sign-in", email="dana@example.org", passphrase=new)
    assert answer.location.startswith(SECOND)


# -- one winner


def _race(app, work):
    """Run `work` in two threads behind a barrier and return what each came to."""
    barrier, outcomes = threading.Barrier(2), []

    def run():
        with app.app_context():
            try:
                barrier.wait(20)
                work()
                outcomes.append("in")
            except RuleBroken as broken:
                outcomes.append(type(broken).__name__)
            except Exception as fault:
                outcomes.append(repr(fault))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(outcomes)


@pytest.fixture
def raced(app_on_each):
    """Yield the application, Dana's secret, her backup codes and a way to type her passphrase."""
    app = app_on_each
    with app.app_context():
        people = cast(app)
        db.session.remove()
    secret, codes = set_up_app(signed_in_client(app, people.dana))

    def half():
        entered = operations.sign_in("dana@example.org", PASSPHRASE, address="a", agent="t", at=now())
        assert entered.half
        return entered.value

    return app, secret, codes, half


@pytest.mark.parametrize("what", ["app", "backup"])
def test_of_two_uses_of_one_code_at_once_exactly_one_wins(raced, what):
    app, secret, codes, half = raced
    at = now() + LATER
    with clock.at(at):
        code = code_of(secret) if what == "app" else codes[0]
    with app.app_context():
        values = [half(), half()]
        db.session.remove()

    def work():
        value = values.pop()
        found = sessions.half_of(value, at=now())
        operations.finish(found, operations.Answer(code=code), address="a", at=at)

    assert _race(app, work) == ["RuleBroken", "in"]
    with app.app_context():
        assert len(db.session.scalars(select(HalfSession)).all()) == 1
        begun = select(MemberSession).where(MemberSession.agent == "t")
        assert len(db.session.scalars(begun).all()) == 1


def test_half_a_session_that_is_finished_twice_at_once_becomes_one_session(raced):
    app, secret, codes, half = raced
    at = now() + LATER
    with app.app_context():
        value = half()
        db.session.remove()
    given = [codes[1], codes[2]]

    def work():
        found = sessions.half_of(value, at=now())
        if found is None:
            raise RuleBroken("the other one was through before this one looked")
        operations.finish(found, operations.Answer(code=given.pop()), address="a", at=at)

    assert _race(app, work) == ["RuleBroken", "in"]
    with app.app_context():
        assert len(db.session.scalars(select(MemberSession).where(MemberSession.agent == "t")).all()) == 1
        assert len(db.session.scalars(select(BackupCode)).all()) == 9, "the loser's code is not used up"


def test_the_database_itself_lets_one_step_pass_once(app_on_each):
    """Without the one-at-a-time of acts: two connections that have both read the old step, and then both move it."""
    app = app_on_each
    with app.app_context():
        people = cast(app)
        db.session.remove()
    set_up_app(signed_in_client(app, people.dana))
    with app.app_context():
        factor = db.session.scalars(select(SecondFactor)).one()
        step = factor.counter + 1
        moving = text("UPDATE second_factors SET counter = :step WHERE id = :id AND counter < :step")
        engine, moved, barrier = db.engine, [], threading.Barrier(2)

    def run():
        with app.app_context(), engine.connect() as connection:
            barrier.wait(20)
            moved.append(connection.execute(moving, {"step": step, "id": factor.id}).rowcount)
            connection.commit()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(moved) == [0, 1]


# -- who must, who may change, who may reset


def test_who_must_have_a_second_factor_sets_it_up_before_anything_opens(make_app, sqlite_url):
    app = make_app(sqlite_url, second_factor=frozenset({"coordinator"}))
    with app.app_context():
        people = cast(app)
        db.session.remove()
    dana, aigul = signed_in_client(app, people.dana), app.test_client()
    assert dana.get("/account").status_code == 200, "documenters may, and need not"
    first_step(aigul, "aigul@example.org")
    entering = {name for name, view in app.view_functions.items() if hasattr(view, "entering")}
    assert entering == {"entrance.second_factor", "entrance.set_up_app", "entrance.add_passkey", "entrance.prove"}
    for rule in app.url_map.iter_rules():
        if (
            "GET" in rule.methods
            and not rule.arguments
            and getattr(app.view_functions[rule.endpoint], "gate", "") == "signed in"
        ):
            answer = aigul.get(rule.rule)
            if rule.endpoint in entering:
                assert answer.status_code == 200, rule.rule
                assert "/members" not in answer.text, "the menu is not there yet"
            else:
                assert answer.location.startswith("/account/second-factor?next="), rule.rule
    page = aigul.get("/account/second-factor?next=/members")
    assert "Your role signs in with a second factor." in page.text
    stopped = send_with(aigul, "/members/organisations/new", page, name="Bureau East")
    assert stopped.status_code == 423
    assert hidden(stopped, "name") == ["Bureau East"]
    set_up_app(aigul)
    assert aigul.get("/members").status_code == 200
    assert send_with(aigul, "/members/organisations/new", stopped, name="Bureau East").status_code == 303


def test_who_joins_in_a_role_that_demands_it_is_led_there_too(make_app, sqlite_url):
    app = make_app(sqlite_url, second_factor=frozenset({"documenter", "lawyer"}))
    with app.app_context():
        people = cast(app)
        db.session.remove()
    leila = signed_in_client(app, people.leila)
    assert leila.get("/").location.startswith("/account/second-factor")
    assert signed_in_client(app, people.aigul).get("/").status_code == 200


def test_a_word_that_is_no_role_does_not_start(make_app, sqlite_url):
    with pytest.raises(WrongSetting, match="cordinator"):
        make_app(sqlite_url, second_factor=frozenset({"coordinator", "cordinator"}))


def test_the_last_factor_stays_where_the_role_demands_one(make_app, sqlite_url):
    app = make_app(sqlite_url, second_factor=frozenset({"documenter"}))
    with app.app_context():
        people = cast(app)
        db.session.remove()
    dana = signed_in_client(app, people.dana)
    set_up_app(dana)
    with app.app_context():
        factor = db.session.scalars(select(SecondFactor.id)).one()
    answer = send(dana, f"/account/second-factor/{factor}/remove", "/account/second-factor")
    assert answer.status_code == 303
    assert "Set up another one before you remove this one." in dana.get("/account/second-factor").text
    with app.app_context():
        assert db.session.scalars(select(SecondFactor.id)).all() == [factor]


def test_setting_the_first_one_up_ends_the_other_sessions_and_renews_this_one(app, people, dana):
    elsewhere, before = signed_in_client(app, people.dana), dana.get_cookie("caseflow").value
    set_up_app(dana)
    assert elsewhere.get("/account").status_code == 303
    assert dana.get("/account").status_code == 200
    assert dana.get_cookie("caseflow").value != before
    assert any("was added" in letter.body for letter in _letters(app, "dana@example.org"))


def test_changing_factors_takes_a_proof_of_the_last_quarter_of_an_hour(app, people, dana):
    with clock.at(now() + timedelta(minutes=8)):
        assert dana.get("/account").status_code == 200
    with clock.at(now() + timedelta(minutes=16)):
        secret, _codes = set_up_app(dana)
    with clock.at(now() + timedelta(minutes=24)):
        assert dana.get("/account").status_code == 200
    with clock.at(now() + timedelta(minutes=32)):
        with app.app_context():
            factor = db.session.scalars(select(SecondFactor.id)).one()
        remove = f"/account/second-factor/{factor}/remove"
        asked = send(dana, remove, "/account/second-factor")
        assert asked.location == "/account/prove?next=/account/second-factor"
        assert send(dana, "/account/prove", code="000000").status_code == 422
        assert send(dana, "/account/prove", passphrase=PASSPHRASE).status_code == 422, (
            "the passphrase is not enough now"
        )
        before = dana.get_cookie("caseflow").value
        assert send(dana, "/account/prove", code=code_of(secret)).status_code == 303
        assert dana.get_cookie("caseflow").value != before
        assert send(dana, remove, "/account/second-factor").location == "/account/second-factor"
        with app.app_context():
            assert db.session.scalars(select(SecondFactor)).all() == []
            assert db.session.scalars(select(BackupCode)).all() == []
        assert first_step(app.test_client()).location == "/"


@pytest.mark.parametrize("typed", [{}, {"passphrase": "not hers at all"}], ids=["none", "a wrong one"])
def test_the_first_factor_takes_the_passphrase_in_the_same_form(app, dana, typed):
    """Or whoever copied the cookie of a session, however young, could take the account with a factor of her own."""
    page = dana.get(SETUP)
    secret = re.search(r"data-secret>([A-Z2-7]+)<", page.text)[1]
    answer = send_with(dana, SETUP, page, offer=hidden_id(page, "offer"), code=code_of(secret), **typed)
    assert answer.status_code == 422
    assert "This is not your present passphrase." in answer.text
    assert f"data-secret>{secret}<" in answer.text, "nothing is lost"
    with app.app_context():
        assert db.session.scalars(select(SecondFactor)).all() == []


def test_the_acts_themselves_refuse_a_stale_proof(app, people, dana):
    set_up_app(dana)
    with app.app_context(), transaction():
        session, by = db.session.scalars(select(MemberSession)).one(), people.dana
        factor = db.session.scalars(select(SecondFactor)).one()
        late = now() + timedelta(minutes=16)
        with pytest.raises(NotPermitted):
            operations.remove_factor(factor, session=session, by=by, at=late)
        with pytest.raises(NotPermitted):
            operations.renew_backup_codes(session=session, by=by, at=late)
        with pytest.raises(RuleBroken):
            operations.remove_factor(factor, session=session, by=people.fresh(people.timur), at=now())


def test_unlocking_keeps_the_second_factor_proven_and_a_new_browser_does_not(app, dana):
    set_up_app(dana)
    with clock.at(now() + timedelta(minutes=20)):
        assert dana.get("/account").location.startswith("/unlock")
        assert send(dana, "/unlock", passphrase=PASSPHRASE).location == "/"
        assert dana.get("/account").status_code == 200
        assert dana.get(SETUP).location.startswith("/account/prove"), "but changing it asks anew"


def test_a_coordinator_resets_the_factor_of_another_and_of_nobody_else(app, people, dana):
    set_up_app(dana)
    aigul, timur = signed_in_client(app, people.aigul), signed_in_client(app, people.timur)
    reset = f"/members/{people.dana.member_id}/second-factor/reset"
    assert send(timur, reset, "/account").status_code == 403
    assert "Reset the second factor" in aigul.get("/members").text
    assert send(aigul, reset, "/members").status_code == 303
    assert dana.get("/account").location.startswith("/sign-in"), "all her sessions have ended"
    with app.app_context():
        assert not queries.has_second_factor(people.dana.member_id)
        assert queries.backup_codes_left(people.dana.member_id) == 0
    letter = _letters(app, "dana@example.org")[-1]
    assert "A coordinator has reset your second factor." in letter.body
    assert ("entrance.reset_second_factor", "done") in _verbs(app)
    set_up_app(aigul)
    own = f"/members/{people.aigul.member_id}/second-factor/reset"
    answer = send(aigul, own, "/members")
    assert answer.status_code == 403
    assert "Nobody resets her own second factor" in answer.text
    with app.app_context():
        assert queries.has_second_factor(people.aigul.member_id)


def test_a_coordinator_with_a_factor_proves_it_before_she_resets_another(app, people, dana):
    set_up_app(dana)
    aigul = signed_in_client(app, people.aigul)
    set_up_app(aigul)
    with clock.at(now() + timedelta(minutes=10)):
        aigul.get("/account")
    with clock.at(now() + timedelta(minutes=17)):
        reset = f"/members/{people.dana.member_id}/second-factor/reset"
        assert send(aigul, reset, "/members").location == "/account/prove?next=/members"
    with app.app_context():
        assert queries.has_second_factor(people.dana.member_id)


def test_replacing_the_app_makes_the_old_one_useless(app, dana):
    old, codes = set_up_app(dana)
    with clock.at(now() + LATER):
        new, none = set_up_app(dana)
        assert none == [], "the sheet of backup codes stays"
    with clock.at(now() + 2 * LATER):
        for secret, status in ((old, 422), (new, 303)):
            client = app.test_client()
            first_step(client)
            assert second_step(client, code_of(secret)).status_code == status


def test_a_factor_that_other_keys_have_sealed_is_refused_in_words(app, people, dana):
    set_up_app(dana)
    with app.app_context(), transaction():
        theirs = factors.seal(people.timur.ring.keys, bytes(20), member_id=people.dana.member_id, place="x")
        db.session.execute(update(SecondFactor).values(sealed=theirs))
    client = app.test_client()
    first_step(client)
    answer = second_step(client, "123456")
    assert answer.status_code == 422
    assert "A coordinator can reset it." in answer.text


def test_no_secret_of_a_second_factor_stands_in_the_database(app, dana, sqlite_url):
    secret, codes = set_up_app(dana)
    send(dana, "/account/second-factor/codes", "/account/second-factor")
    with app.app_context():
        db.session.remove()
        raw = db.engine.raw_connection()
        dump = "\n".join(raw.driver_connection.iterdump()).lower()
        raw.close()
    known = [secret, base64.b32decode(secret).hex(), *codes, *(code.replace("-", "") for code in codes)]
    assert [one for one in known if one.lower() in dump] == []


# -- sessions


def test_one_ends_one_of_her_sessions_and_nobody_elses(app, people, dana):
    elsewhere, timur = signed_in_client(app, people.dana), signed_in_client(app, people.timur)
    with app.app_context():
        mine = {s.sid_hash for s in queries.sessions_of(people.dana.member_id)}
        theirs = queries.sessions_of(people.timur.member_id)[0].sid_hash
    raw = base64.urlsafe_b64decode(elsewhere.get_cookie("caseflow").value)
    other = hashlib.sha256(raw[:16]).hexdigest()
    page = dana.get("/account").text
    assert f"/account/sessions/{other}/end" in page
    assert all(f"/account/sessions/{one}/end" not in page for one in mine - {other}), "not the one at hand"
    assert page.count("this one") == 1
    assert send(dana, f"/account/sessions/{theirs}/end", "/account").status_code == 404
    assert timur.get("/account").status_code == 200
    assert send(dana, f"/account/sessions/{other}/end", "/account").status_code == 303
    assert elsewhere.get("/account").status_code == 303
    assert dana.get("/account").status_code == 200
    assert ("entrance.end_session", "done") in _verbs(app)


def test_signing_out_everywhere_ends_what_waits_for_its_second_step_too(app, dana):
    secret, _codes = set_up_app(dana)
    client = app.test_client()
    with clock.at(now() + LATER):
        first_step(client)
        send(dana, "/account/sessions/end", "/account")
        assert second_step(client, code_of(secret)).location.startswith("/sign-in")


def test_a_session_that_was_ended_while_the_passphrase_was_checked_is_not_unlocked(app, people, dana, monkeypatch):
    from caseflow.keys import operations as keys

    send(dana, "/lock", "/account")
    real = keys.unlock

    def slowly(identity, passphrase, **how):
        pair = real(identity, passphrase, **how)
        with transaction():
            sessions.end_all(people.dana.member_id)
        return pair

    monkeypatch.setattr(keys, "unlock", slowly)
    answer = send(dana, "/unlock", passphrase=PASSPHRASE)
    assert answer.status_code == 422
    with app.app_context():
        assert db.session.scalars(select(MemberSession)).all() == []
