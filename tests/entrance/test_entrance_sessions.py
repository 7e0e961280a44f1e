"""Signing in, locking, ending: a session opens nothing unless both halves of it and its time are right."""

import base64
import hashlib
import re
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from caseflow.entrance import operations, sessions
from caseflow.entrance.carried import seal_typed
from caseflow.entrance.models import Attempt, MemberSession
from caseflow.kernel import clock, jobs
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.instance import instance
from caseflow.ledger.models import Event
from caseflow.network.models import Member
from caseflow.vault.carried import seal_carried
from caseflow.vault.errors import VaultError
from caseflow.vault.sessions import open_seed
from tests.cast import PASSPHRASE, Cast, cast, signed_in_client
from tests.pages import hidden, send, token

NEW = "six other green trees stand"


@pytest.fixture
def people(app) -> Cast:
    with app.app_context():
        found = cast(app)
        db.session.remove()
    return found


@pytest.fixture
def dana(app, people):
    return signed_in_client(app, people.dana)


def _sign_in(client, email="dana@example.org", passphrase=PASSPHRASE, path="/sign-in"):
    return send(client, path, email=email, passphrase=passphrase)


def _cookie(client):
    return client.get_cookie("caseflow").value


def _verbs(app):
    with app.app_context():
        return [(event.verb, event.result) for event in db.session.scalars(select(Event).order_by(Event.seq))]


def test_signing_in_leads_to_where_one_was_going(app, people):
    client = app.test_client()
    asked = client.get("/account")
    assert asked.status_code == 303
    assert asked.location == "/sign-in?next=/account"
    page = client.get(asked.location)
    assert hidden(page, "onward") == ["/account"]
    answer = send(client, "/sign-in", email="Dana@Example.org ", passphrase=PASSPHRASE, onward="/account")
    assert answer.status_code == 303
    assert answer.location == "/account"
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "\\\\evil.example", "x"]
)
def test_nobody_is_led_to_another_site(app, people, target):
    client = app.test_client()
    answer = send(client, "/sign-in", email="dana@example.org", passphrase=PASSPHRASE, onward=target)
    assert answer.location == "/"


def test_an_unknown_account_a_wrong_passphrase_and_one_who_left_get_the_same_answer(app, people):
    with app.app_context(), transaction():
        from caseflow.network import operations as network

        network.end_membership(db.session.get_one(Member, people.timur.member_id), by=people.aigul, at=now())
    answers = []
    for email, passphrase in (
        ("nobody@example.org", PASSPHRASE),
        ("dana@example.org", "another passphrase altogether"),
        ("timur@example.org", PASSPHRASE),
    ):
        answer = _sign_in(app.test_client(), email, passphrase)
        assert answer.status_code == 422
        assert PASSPHRASE not in answer.text
        answers.append(re.sub(r'value="[^"]*"|nonce="[^"]*"', "", answer.text))
    assert answers[0] == answers[1] == answers[2]


def test_the_cookie_is_for_this_server_only_and_scripts_cannot_read_it(make_app, sqlite_url):
    app = make_app(sqlite_url, url="https://cases.example.org")
    with app.app_context():
        cast(app)
        value = operations.sign_in("dana@example.org", PASSPHRASE, address="a", agent="b", at=now()).value
        answer = app.response_class()
        sessions.set_cookie(answer, value)
    said = answer.headers["Set-Cookie"]
    assert said.startswith("__Host-caseflow=")
    for word in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert word in said
    assert "Domain" not in said


def test_neither_the_cookie_nor_the_database_alone_opens_the_seed(app, people, dana):
    with app.app_context():
        stored = db.session.scalars(select(MemberSession)).one()
        raw = base64.urlsafe_b64decode(_cookie(dana))
        sid, k = raw[:16], raw[16:]
        assert stored.sid_hash == hashlib.sha256(sid).hexdigest()
        seed = people.dana.ring.keys.seed
        assert seed not in raw
        assert seed not in stored.seed_sealed
        assert k not in stored.seed_sealed
        assert open_seed(stored.seed_sealed, k, bytes.fromhex(stored.sid_hash)) == seed
        with pytest.raises(VaultError):
            open_seed(stored.seed_sealed, bytes(32), bytes.fromhex(stored.sid_hash))
        with pytest.raises(VaultError):
            open_seed(stored.seed_sealed, k, bytes(32))


@pytest.mark.parametrize(
    "spoil", [lambda v: "", lambda v: v[:-4], lambda v: v[:-4] + "AAAA", lambda v: "A" * 64, lambda v: "é" * 64]
)
def test_a_spoiled_cookie_is_nobody_and_no_fault(app, dana, spoil):
    value = _cookie(dana)
    dana.set_cookie("caseflow", spoil(value), domain="localhost")
    assert dana.get("/account").status_code == 303


def test_an_idle_session_locks_and_the_server_drops_its_half(app, dana):
    with clock.at(now() + timedelta(minutes=16)):
        answer = dana.get("/account")
        assert answer.status_code == 303
        assert answer.location == "/unlock?next=/account"
        with app.app_context():
            assert db.session.scalars(select(MemberSession.seed_sealed)).one() is None


def test_an_idle_session_locks_also_when_nobody_comes_back_to_it(app, dana):
    with app.app_context(), clock.at(now() + timedelta(minutes=16)):
        jobs.promise_periodic()
        jobs.drain()
        assert db.session.scalars(select(MemberSession.seed_sealed)).one() is None
    with app.app_context(), clock.at(now() + timedelta(hours=11)):
        operations.sweep(at=now())
        assert db.session.scalars(select(MemberSession)).all() == []


def test_working_keeps_a_session_open_but_not_beyond_its_end(app, dana):
    start = now()
    for minutes in range(10, 600, 14):
        with clock.at(start + timedelta(minutes=minutes)):
            assert dana.get("/account").status_code == 200
    with clock.at(start + timedelta(hours=10)):
        answer = dana.get("/account")
    assert answer.location == "/sign-in?next=/account"


def test_unlocking_changes_the_session_id_and_not_its_end(app, people, dana):
    before = _cookie(dana)
    with app.app_context():
        ends = db.session.scalars(select(MemberSession.ends_at)).one()
    assert send(dana, "/lock", "/account").location == "/unlock?next=/"
    assert dana.get("/account").status_code == 303
    answer = send(dana, "/unlock", passphrase=PASSPHRASE, onward="/account")
    assert answer.location == "/account"
    assert _cookie(dana) != before
    assert dana.get("/account").status_code == 200
    with app.app_context():
        stored = db.session.scalars(select(MemberSession)).one()
        assert stored.ends_at == ends
    old = app.test_client()
    old.set_cookie("caseflow", before, domain="localhost")
    assert old.get("/account").location == "/sign-in?next=/account"


def test_a_wrong_passphrase_does_not_unlock(app, dana):
    send(dana, "/lock", "/account")
    answer = send(dana, "/unlock", passphrase="not the passphrase at all")
    assert answer.status_code == 422
    assert "This is not your passphrase." in answer.text
    assert dana.get("/account").status_code == 303


def test_what_was_being_sent_when_the_screen_locked_is_kept_and_goes_on(app, people):
    aigul = signed_in_client(app, people.aigul)
    key = token(aigul, "/members/organisations/new")
    start = now()
    with clock.at(start + timedelta(minutes=20)):
        stopped = aigul.post("/members/organisations/new", data={"csrf_token": key, "name": 'Bureau "East" <b>'})
        assert stopped.status_code == 423
        assert "Bureau" not in stopped.text, "whoever stands before a locked screen may read its source"
        (box,) = hidden(stopped, "typed_sealed")
        fields = {"onward": "/account", "typed_sealed": box}  # whoever stands there changed where it goes
        wrong = send(aigul, "/unlock", passphrase="not the passphrase at all", **fields)
        assert wrong.status_code == 422
        assert hidden(wrong, "typed_sealed") == [box]
        opened = send(aigul, "/unlock", passphrase=PASSPHRASE, **fields)
        assert opened.status_code == 200
        assert 'action="/members/organisations/new"' in opened.text
        assert hidden(opened, "name") == ["Bureau &#34;East&#34; &lt;b&gt;"]
        fresh = re.search(r'name="csrf_token" value="([^"]+)"', opened.text)
        done = aigul.post("/members/organisations/new", data={"csrf_token": fresh[1], "name": 'Bureau "East" <b>'})
        assert done.status_code == 303
        assert "Bureau &#34;East&#34;" in aigul.get("/members").text


def sealed_to(app, who, onward="/members/organisations/new", member=None):
    with app.app_context():
        public = who.ring.keys.public.to_bytes()
        return seal_typed([("name", "Bureau East")], onward, member=member or who.member_id, public=public)


def test_what_was_sealed_is_never_sent_to_another_server(app, people):
    box = sealed_to(app, people.aigul, "https://evil.example/")
    fields = {"onward": "/account", "typed_sealed": box}
    opened = send(app.test_client(), "/sign-in", email="aigul@example.org", passphrase=PASSPHRASE, **fields)
    assert 'action="/account"' in opened.text


def test_what_was_sealed_to_a_locked_screen_goes_on_also_when_the_session_ended_behind_it(app, people):
    box = sealed_to(app, people.aigul)
    fields = {"onward": "/account", "typed_sealed": box}
    carried = send(app.test_client(), "/unlock", "/sign-in", passphrase=PASSPHRASE, **fields)
    assert hidden(carried, "typed_sealed") == [box]
    opened = send(app.test_client(), "/sign-in", email="aigul@example.org", passphrase=PASSPHRASE, **fields)
    assert hidden(opened, "name") == ["Bureau East"]
    assert 'action="/members/organisations/new"' in opened.text


SPOILT = [
    "another's",
    "another's under her keys",
    "cut",
    "no base64",
    "empty inside",
    "no pairs",
    "too deep",
    "text for pairs",
]


@pytest.mark.parametrize("spoilt", SPOILT)
def test_what_was_sealed_to_somebody_else_or_changed_is_not_shown(app, people, spoilt):
    box = sealed_to(app, people.aigul)
    if spoilt == "another's":
        box = sealed_to(app, people.marat)
    if spoilt == "another's under her keys":
        box = sealed_to(app, people.aigul, member=people.marat.member_id)
    if spoilt in {"no pairs", "too deep", "text for pairs"}:
        content = {"no pairs": b'["/", [1]]', "too deep": b"[" * 100_000, "text for pairs": b'["/members", "ab"]'}[
            spoilt
        ]
        with app.app_context():
            where = {"instance": instance(), "member": people.aigul.member_id}
        sealed = seal_carried(people.aigul.ring.keys.public, content, **where)
        box = base64.b64encode(sealed).decode()
    box = {"cut": box[:-8], "no base64": "§", "empty inside": "AAAA"}.get(spoilt, box)
    fields = {"onward": "/members", "typed_sealed": box}
    client = app.test_client()
    answer = send(client, "/sign-in", email="aigul@example.org", passphrase=PASSPHRASE, **fields)
    assert (answer.status_code, answer.location) == (303, "/members")
    assert "was sealed for somebody else, or was changed" in client.get("/members").text


def test_an_open_page_asks_how_long_it_may_stay_and_that_is_no_sign_of_life(app, people, dana):
    start, minute = now(), timedelta(minutes=1)
    assert app.test_client().get("/screen").json == {"left": 0, "member": ""}
    for minutes, left in ((5, 600), (10, 300), (14, 60)):
        with clock.at(start + minutes * minute):
            told = dana.get("/screen").json
            assert told["member"] == people.dana.member_id
            assert left - 10 <= told["left"] <= left + 60
    with clock.at(start + 16 * minute):
        assert dana.get("/screen").json == {"left": 0, "member": ""}
        assert dana.get("/account").status_code == 303


def test_what_was_being_sent_when_the_session_ended_goes_on_after_signing_in(app, people):
    aigul = signed_in_client(app, people.aigul)
    key = token(aigul, "/members/organisations/new")
    with app.app_context(), transaction():
        sessions.end_all(people.aigul.member_id)
    stopped = aigul.post("/members/organisations/new", data={"csrf_token": key, "name": "Bureau East"})
    assert stopped.status_code == 401
    assert hidden(stopped, "typed_name") == ["name"]
    fields = {"onward": "/members/organisations/new", "typed_name": ["name"], "typed_value": ["Bureau East"]}
    opened = send(aigul, "/sign-in", email="aigul@example.org", passphrase=PASSPHRASE, **fields)
    assert hidden(opened, "name") == ["Bureau East"]


def test_a_passphrase_is_never_carried_through_the_lock_screen(app, dana):
    key = token(dana, "/account")
    send(dana, "/lock", "/account")
    stopped = dana.post("/account", data={"csrf_token": key, "old": PASSPHRASE, "new": NEW, "again": NEW})
    assert stopped.status_code == 423
    assert PASSPHRASE not in stopped.text
    assert NEW not in stopped.text
    stopped = dana.post("/account/code", data={"csrf_token": key, "code-passphrase": PASSPHRASE})
    assert PASSPHRASE not in stopped.text


def test_a_form_without_its_token_does_nothing(app, people, dana):
    for path in ("/sign-in", "/unlock", "/lock", "/sign-out", "/recover", "/account", "/account/sessions/end"):
        assert dana.post(path, data={"email": "dana@example.org", "passphrase": PASSPHRASE}).status_code == 400
    assert dana.get("/account").status_code == 200


def test_signing_out_ends_the_session_on_the_server_also_when_it_is_locked(app, dana):
    value = _cookie(dana)
    send(dana, "/lock", "/account")
    answer = send(dana, "/sign-out", "/unlock")
    assert answer.location == "/sign-in"
    with app.app_context():
        assert db.session.scalars(select(MemberSession)).all() == []
    dana.set_cookie("caseflow", value, domain="localhost")
    assert dana.get("/account").location == "/sign-in?next=/account"


def test_a_new_passphrase_ends_every_session_and_renews_the_one_at_hand(app, people, dana):
    elsewhere, copied = signed_in_client(app, people.dana), app.test_client()
    copied.set_cookie("caseflow", _cookie(dana), domain="localhost")
    answer = send(dana, "/account", old=PASSPHRASE, new=NEW, again=NEW)
    assert answer.status_code == 303
    assert dana.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303
    assert copied.get("/account").status_code == 303
    assert _sign_in(app.test_client()).status_code == 422
    assert _sign_in(app.test_client(), passphrase=NEW).status_code == 303


@pytest.mark.parametrize(
    ("old", "new", "again", "words"),
    [
        ("wrong passphrase indeed", NEW, NEW, "This is not your present passphrase."),
        (PASSPHRASE, NEW, NEW + "!", "The two passphrases differ."),
        (PASSPHRASE, "too few", "too few", "at least 15 characters"),
        (PASSPHRASE, "Dana Ospanova 1", "Dana Ospanova 1", "your own name or address"),
        (PASSPHRASE, "aaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaa", "among the first that would be guessed"),
    ],
)
def test_a_passphrase_that_cannot_be_set_says_why(dana, old, new, again, words):
    answer = send(dana, "/account", old=old, new=new, again=again)
    assert answer.status_code == 422
    assert words in answer.text
    assert new not in answer.text


def test_the_other_sessions_end_when_asked(app, people, dana):
    elsewhere = signed_in_client(app, people.dana)
    assert send(dana, "/account/sessions/end", "/account").status_code == 303
    assert elsewhere.get("/account").status_code == 303
    assert dana.get("/account").status_code == 200


def test_the_recovery_code_gives_a_new_passphrase_and_the_same_keys(app, people, dana):
    code = _new_code(dana)
    visitor = app.test_client()
    spoken = code.lower().replace("-", " ")
    answer = send(visitor, "/recover", email="dana@example.org", code=spoken, passphrase=NEW, again=NEW)
    assert answer.status_code == 200
    assert 'href="/sign-in"' in answer.text
    assert dana.get("/account").status_code == 303, "all sessions end"
    with app.app_context():
        value = operations.sign_in("dana@example.org", NEW, address="a", agent="b", at=now()).value
        raw = base64.urlsafe_b64decode(value)
        stored = db.session.get_one(MemberSession, hashlib.sha256(raw[:16]).hexdigest())
        assert open_seed(stored.seed_sealed, raw[16:], bytes.fromhex(stored.sid_hash)) == people.dana.ring.keys.seed


def test_a_new_recovery_code_replaces_the_old_one(app, dana):
    codes = [_new_code(dana), _new_code(dana)]
    assert [_recover(app, code, NEW).status_code for code in codes] == [422, 200]


def test_a_recovery_code_opens_nothing_once_it_was_used_and_a_new_one_is_shown(app, dana):
    used = _new_code(dana)
    shown = _recover(app, used, NEW)
    renewed = re.search(r"data-recovery-code>([^<]+)<", shown.text)[1]
    assert renewed != used
    assert _recover(app, used, PASSPHRASE).status_code == 422, "who photographed the paper comes too late"
    assert _sign_in(app.test_client(), passphrase=NEW).status_code == 303
    assert _recover(app, renewed, PASSPHRASE).status_code == 200


def _new_code(client):
    shown = send(client, "/account/code", "/account", **{"code-passphrase": PASSPHRASE})
    return re.search(r"data-recovery-code>([^<]+)<", shown.text)[1]


def _recover(app, code, passphrase):
    fields = {"email": "dana@example.org", "code": code, "passphrase": passphrase, "again": passphrase}
    return send(app.test_client(), "/recover", **fields)


def test_a_wrong_code_and_an_unknown_account_get_the_same_words(app, people):
    for email in ("dana@example.org", "nobody@example.org"):
        answer = send(app.test_client(), "/recover", email=email, code="AAAA-BBBB", passphrase=NEW, again=NEW)
        assert answer.status_code == 422
        assert "The address and the code do not belong together." in answer.text


def test_after_ten_wrong_tries_an_account_rests_even_for_the_right_passphrase(app, people):
    client = app.test_client()
    for _ in range(operations.MOST_PER_ACCOUNT):
        assert _sign_in(client, passphrase="wrong wrong wrong wrong").status_code == 422
    for _ in range(3):
        answer = _sign_in(client)
        assert answer.status_code == 429
        assert "Wait a quarter of an hour" in answer.text
    assert _verbs(app).count(("entrance.throttle", "refused")) == 1, "who keeps knocking does not fill the ledger"
    with clock.at(now() + operations.WINDOW + timedelta(seconds=1)):
        assert _sign_in(client).status_code == 303


def test_an_address_that_tries_many_accounts_rests_and_an_office_that_signs_in_does_not(app, people):
    with app.app_context():
        for number in range(operations.MOST_PER_ADDRESS):
            operations.throttle(operations.for_account(f"{number}@example.org", "198.51.100.7"), at=now())
        with pytest.raises(operations.TooMany):
            operations.throttle(operations.for_account("fresh@example.org", "198.51.100.7"), at=now())
        for _ in range(operations.MOST_PER_ADDRESS + 5):
            operations.sign_in("dana@example.org", PASSPHRASE, address="203.0.113.9", agent="", at=now())


def test_tries_are_kept_without_address_and_account(app, people):
    _sign_in(app.test_client(), passphrase="wrong wrong wrong wrong")
    with app.app_context():
        kept = [attempt.who for attempt in db.session.scalars(select(Attempt))]
    assert len(kept) == 2
    assert all(re.fullmatch("[0-9a-f]{64}", who) for who in kept)


def test_trying_at_the_same_moment_does_not_get_around_the_limit(app, people):
    outcomes = []

    def attempt():
        with app.app_context():
            try:
                operations.sign_in("dana@example.org", "wrong wrong wrong wrong", address="x", agent="", at=now())
            except RuleBroken as broken:
                outcomes.append(type(broken).__name__)

    threads = [threading.Thread(target=attempt) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert outcomes.count("RuleBroken") == operations.MOST_PER_ACCOUNT
    assert outcomes.count("TooMany") == 6


def test_who_left_is_out_at_once(app, people, dana):
    from caseflow.network import operations as network

    assert dana.get("/account").status_code == 200
    with app.app_context(), transaction():
        network.end_membership(db.session.get_one(Member, people.dana.member_id), by=people.aigul, at=now())
    assert dana.get("/account").location == "/sign-in?next=/account"


def test_signing_in_and_failing_to_stand_in_the_ledger(app, people):
    client = app.test_client()
    _sign_in(client, passphrase="wrong wrong wrong wrong")
    _sign_in(client)
    assert _verbs(app)[-2:] == [("entrance.sign_in", "refused"), ("entrance.sign_in", "done")]


def test_a_session_row_given_to_another_member_opens_nothing_of_hers(app, people, dana):
    with app.app_context(), transaction():
        db.session.execute(update(MemberSession).values(member_id=people.aigul.member_id))
    answer = dana.get("/account")
    assert answer.status_code == 303
