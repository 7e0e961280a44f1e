"""What lets others in or takes keys asks for the second factor once more: a copied cookie is not enough for it."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from caseflow.entrance.models import SecondFactor
from caseflow.kernel import clock
from caseflow.kernel.clock import now
from caseflow.kernel.db import db
from caseflow.keys.models import Approval
from caseflow.network.models import Departure, Invitation
from tests.cast import PASSPHRASE, cast, signed_in_client
from tests.entrance.stepping import Authenticator, code_of, options_of, send_with, set_up_app
from tests.pages import hidden, send

LATER = timedelta(minutes=16)
ASKED = {
    "cases.assign_counsel",
    "cases.hand_over",
    "cases.join",
    "cases.link_incident",
    "cases.sever",
    "incidents.refer",
    "network.approve",
    "network.ask_recovery",
    "network.confirm_key",
    "network.end_membership",
    "network.invite",
    "network.start_new_identity",
    "precedents.invite_scorer",
}
INVITED = {"email": "new@example.org", "name": "New", "role": "documenter", "language": "en"}


@pytest.fixture
def people(app):
    with app.app_context():
        found = cast(app)
        db.session.remove()
    return found


@pytest.fixture
def aigul(app, people):
    return signed_in_client(app, people.aigul)


def _invite(client, **more):
    page = client.get("/members/invite")
    house = page.text.partition('name="organisation"')[2].partition('<option value="')[2].partition('"')[0]
    once = hidden(page, "once")[-1]
    return send_with(client, "/members/invite", page, organisation=house, once=once, **INVITED, **more)


@contextmanager
def _later(client):
    """Go on a quarter of an hour later, in a session that was never idle."""
    with clock.at(now() + LATER / 2):
        assert client.get("/members").status_code == 200
    with clock.at(now() + LATER):
        yield


def _carried(page):
    """Return what goes on behind the step, as it travels: nobody reads it before."""
    assert INVITED["email"] not in page.text
    assert hidden(page, "typed_name") == []
    return hidden(page, "typed_sealed")[0]


def _invitations(app):
    with app.app_context():
        return [row.email for row in db.session.scalars(select(Invitation)) if row.email == INVITED["email"]]


def _approvals(app):
    with app.app_context():
        return [
            (one.id, one.verdict, one.used_at) for one in db.session.scalars(select(Approval).order_by(Approval.id))
        ]


def test_these_acts_ask_and_no_others_without_saying_so_here(app):
    asking = {name for name, view in app.view_functions.items() if hasattr(view, "proven_lately")}
    assert asking == ASKED


def test_an_act_asks_for_the_factor_and_goes_on_with_what_was_typed(app, aigul):
    secret, _codes = set_up_app(aigul)
    with _later(aigul):
        asked = _invite(aigul)
        assert asked.status_code == 423
        assert "What you were sending is kept in this page" in asked.text
        assert _invitations(app) == []

        box = _carried(asked)
        sent = {"typed_sealed": box, "onward": "/members/elsewhere"}
        wrong = send_with(aigul, "/account/prove", asked, code="000000", **sent)
        assert (wrong.status_code, _carried(wrong)) == (422, box)
        proven = send_with(aigul, "/account/prove", asked, code=code_of(secret), **sent)
        assert proven.status_code == 200
        assert 'action="/members/invite"' in proven.text

        again = {name: hidden(proven, name)[0] for name in (*INVITED, "organisation", "once")}
        assert {name: again[name] for name in INVITED} == INVITED
        done = send_with(aigul, "/members/invite", proven, **again)
    assert done.location == "/members"
    assert _invitations(app) == [INVITED["email"]]


def test_within_a_quarter_of_an_hour_nothing_is_asked(app, aigul):
    set_up_app(aigul)
    with clock.at(now() + timedelta(minutes=14)):
        assert _invite(aigul).location == "/members"


def test_who_has_no_factor_is_not_asked(app, aigul):
    with _later(aigul):
        assert _invite(aigul).location == "/members"


def test_looking_at_the_pages_asks_nothing(aigul, people):
    set_up_app(aigul)
    with _later(aigul):
        for path in (
            "/members/invite",
            f"/members/{people.dana.member_id}/key",
            f"/members/{people.dana.member_id}/end",
        ):
            assert aigul.get(path).status_code == 200


def test_who_has_no_factor_any_more_is_not_asked_for_one(app, people):
    aigul = signed_in_client(app, people.aigul)
    set_up_app(aigul)
    with app.app_context():
        factor = db.session.scalars(select(SecondFactor.id)).one()
    assert send(aigul, f"/account/second-factor/{factor}/remove", "/account/second-factor").status_code == 303
    with clock.at(now() + timedelta(minutes=14)):
        assert aigul.get("/account").status_code == 200
    with clock.at(now() + timedelta(minutes=20)):
        assert "Invite" in aigul.get("/members/invite").text


def test_a_passkey_serves_as_well(make_app, sqlite_url):
    app = make_app(sqlite_url, url="http://localhost")  # passkeys need a name
    with app.app_context():
        people = cast(app)
        db.session.remove()
    aigul, key, add = signed_in_client(app, people.aigul), Authenticator(), "/account/second-factor/passkey"
    page = aigul.get(add)
    send_with(aigul, add, page, name="key", passphrase=PASSPHRASE, response=key.create(options_of(page)))
    with _later(aigul):
        asked = _invite(aigul)
        sent = {"typed_sealed": _carried(asked), "onward": "/members/invite"}
        proven = send_with(aigul, "/account/prove", asked, response=key.get(options_of(asked)), **sent)
    assert 'action="/members/invite"' in proven.text


@pytest.mark.parametrize(
    "path",
    [
        "/members/{dana}/key",
        "/members/{dana}/end",
        "/members/{dana}/new-key",
        "/members/{dana}/recovery",
        "/approvals/abcdefghjkmnpqrs/approve",
    ],
)
def test_a_copied_cookie_does_none_of_these(app, people, aigul, path):
    before = _approvals(app)
    set_up_app(aigul)
    thief = app.test_client()
    thief.set_cookie("caseflow", aigul.get_cookie("caseflow").value, domain="localhost")

    with _later(thief):
        answer = send(thief, path.format(dana=people.dana.member_id), "/members", words="x", reason="x")

    assert answer.status_code == 423
    with app.app_context():
        assert db.session.scalars(select(Departure)).all() == []
    assert _approvals(app) == before
