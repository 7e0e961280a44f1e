"""From an invitation to a confirmed member, and out again."""

import contextlib
import re
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from caseflow.access.actor import Role
from caseflow.kernel import clock
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.kernel.errors import NotFound, NotPermitted, RuleBroken
from caseflow.kernel.mail import Letter
from caseflow.keys.models import Approval, Grant, KeyConfirmation
from caseflow.ledger.models import Event
from caseflow.network import operations, queries
from caseflow.network.models import Departure, Invitation, Member, Organisation
from tests.cast import PASSPHRASE, cast, signed_in_client
from tests.pages import send


@pytest.fixture
def people(app):
    with app.app_context():
        found = cast(app)
        db.session.remove()
    return found


@pytest.fixture
def aigul(app, people):
    return signed_in_client(app, people.aigul)


@pytest.fixture
def marat(app, people):
    return signed_in_client(app, people.marat)


def _house(app):
    with app.app_context():
        return db.session.scalars(select(Organisation.id)).first()


def _invite(app, client, email="xenia@example.org", role="lawyer", second=None):
    answer = send(
        client, "/members/invite", name="Xenia Kim", email=email, role=role, organisation=_house(app), language="en"
    )
    assert answer.status_code == 303, answer.text
    if role == "coordinator":
        with app.app_context():
            approval = db.session.scalars(select(Approval.id).where(Approval.verdict.is_(None))).one()
        assert send(second, f"/approvals/{approval}/approve", "/members").status_code == 303
    with app.app_context():
        body = db.session.scalars(select(Letter.body).where(Letter.to == email)).one()
    return re.search(r"(/join/\S+)", body)[1]


def _join(app, link):
    visitor = app.test_client()
    page = send(visitor, link, passphrase=PASSPHRASE, again=PASSPHRASE)
    assert page.status_code == 200
    words = re.search(r"data-words>([^<]+)<", page.text)[1]
    with app.app_context():
        member_id = db.session.scalars(select(Member.id).where(Member.email == "xenia@example.org")).one()
    return visitor, words, member_id


def test_somebody_invited_joins_waits_and_is_confirmed(app, people, aigul):
    visitor, words, member_id = _join(app, _invite(app, aigul))
    desk = visitor.get("/")
    assert desk.status_code == 200
    assert words in desk.text, "she finds her words on her first page"
    assert "waits for confirmation" in aigul.get("/members").text
    page = aigul.get(f"/members/{member_id}/key")
    assert "Xenia Kim" in page.text
    assert not any(word in page.text for word in words.split("-")), "nobody confirms without asking"
    assert send(aigul, f"/members/{member_id}/key", words=words.replace("-", "  ").upper()).status_code == 303
    with app.app_context():
        assert db.session.get(KeyConfirmation, member_id) is not None
    assert words not in visitor.get("/").text


def test_wrong_words_confirm_nothing(app, people, aigul):
    _visitor, words, member_id = _join(app, _invite(app, aigul))
    parts = words.split("-")
    for wrong in ("", "lusab", "-".join(reversed(parts)), "-".join(parts[:7]), words + "-" + parts[0]):
        answer = send(aigul, f"/members/{member_id}/key", words=wrong)
        assert answer.status_code == 422
        assert wrong.startswith(words) or words not in answer.text
    with app.app_context():
        assert db.session.get(KeyConfirmation, member_id) is None


def test_a_member_who_is_not_confirmed_meets_explanations_and_no_faults(app, people, aigul, marat):
    visitor, _words, _member_id = _join(app, _invite(app, aigul, role="coordinator", second=marat))
    rules = [r for r in app.url_map.iter_rules() if "GET" in r.methods and not r.arguments and r.endpoint != "static"]
    assert len(rules) > 10
    for rule in rules:
        answer = visitor.get(rule.rule)
        assert answer.status_code in {200, 303, 403}, rule.rule
    assert "Your key has not been confirmed yet" in visitor.get("/members").text


def test_the_recovery_code_and_the_words_are_shown_once(app, people, aigul):
    link = _invite(app, aigul)
    visitor = app.test_client()
    page = send(visitor, link, passphrase=PASSPHRASE, again=PASSPHRASE)
    code = re.search(r"data-recovery-code>([^<]+)<", page.text)[1]
    assert re.fullmatch(r"([0-9A-Z]{4}-){8}[0-9A-Z]{4}", code)
    assert page.headers["Cache-Control"] == "no-store"
    again = visitor.get(link)
    assert again.status_code == 410
    assert "accepted already" in again.text
    assert code not in again.text
    assert code not in visitor.get("/account").text


def test_a_link_that_was_replaced_withdrawn_or_has_expired_says_so_and_opens_nothing(app, people, aigul):
    first = _invite(app, aigul)
    with app.app_context(), transaction():
        house = db.session.scalars(select(Organisation)).first()
        _invitation, second = operations.invite(
            email="xenia@example.org", name="Xenia Kim", role=Role.LAWYER, organisation=house, language="en",
            by=people.aigul, at=now(),
        )  # fmt: skip
    visitor = app.test_client()
    assert "withdrawn or replaced" in visitor.get(first).text
    path = "/join/" + second.rsplit("/", 1)[1]
    assert visitor.get(path).status_code == 200
    with clock.at(now() + timedelta(days=7, seconds=1)):
        assert "good for seven days" in visitor.get(path).text
        with app.app_context(), pytest.raises(NotFound):
            operations.open_invitation(path.rsplit("/", 1)[1], at=now())
    with app.app_context():
        open_one = db.session.scalars(
            select(Invitation.id).where(Invitation.withdrawn_at.is_(None), Invitation.accepted_at.is_(None))
        ).one()
    assert send(aigul, f"/invitations/{open_one}/withdraw", "/members").status_code == 303
    assert visitor.get(path).status_code == 410
    assert visitor.get("/join/" + "x" * 32).status_code == 404


def test_the_token_of_an_invitation_is_not_in_the_database_once_the_letter_is_out(app, people, aigul):
    from caseflow.kernel import jobs

    token = _invite(app, aigul).rsplit("/", 1)[1]
    with app.app_context():
        jobs.drain()
        db.session.remove()
        path = Path(db.engine.url.database)
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"xenia@example.org" in path.read_bytes()
    assert token.encode() not in path.read_bytes()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"email": "not an address"}, "This is not an e-mail address."),
        ({"email": "dana@example.org"}, "has an account already"),
        ({"email": "DANA@example.org"}, "has an account already"),
        ({"name": "  "}, "Fill this in."),
        ({"name": "\u0007"}, "Fill this in."),
        ({"role": "king"}, "Not a valid choice."),
        ({"organisation": "nowhere"}, "Not a valid choice."),
        ({"name": "x" * 121}, "Use at most 120 characters."),
    ],
)
def test_an_invitation_that_cannot_be_sent_says_why_and_keeps_what_was_typed(app, people, aigul, fields, words):
    given = {"name": "Xenia Kim", "email": "xenia@example.org", "role": "lawyer", "organisation": _house(app),
             "language": "en", **fields}  # fmt: skip
    answer = send(aigul, "/members/invite", **given)
    assert answer.status_code == 422
    assert words in answer.text
    if "name" not in fields:
        assert "Xenia Kim" in answer.text
    with app.app_context():
        assert db.session.scalar(select(Invitation.id).where(Invitation.email == "xenia@example.org")) is None


def test_a_link_in_a_letter_never_makes_a_second_account(app, people, aigul):
    link = _invite(app, aigul)
    _join(app, link)
    with app.app_context():
        with pytest.raises(NotFound), transaction():
            operations.accept(
                operations.open_invitation(link.rsplit("/", 1)[1], at=now()), passphrase=PASSPHRASE, at=now()
            )
        assert len(db.session.scalars(select(Member).where(Member.email == "xenia@example.org")).all()) == 1


def test_only_coordinators_reach_the_members(app, people):
    for actor in (people.dana, people.leila):
        client = signed_in_client(app, actor)
        for path in (
            "/members",
            "/members/invite",
            "/members/organisations/new",
            f"/members/{people.timur.member_id}/key",
        ):
            assert client.get(path).status_code == 403
        assert "Members" not in client.get("/rights").text.split("</nav>")[0]
        for path in (f"/members/{people.timur.member_id}/end", "/invitations/x/withdraw"):
            assert send(client, path, "/account").status_code == 403
        with app.app_context(), pytest.raises(NotPermitted), transaction():
            operations.end_membership(db.session.get_one(Member, people.timur.member_id), by=actor, at=now())


def test_nobody_confirms_or_ends_herself(app, people, aigul):
    for path in (f"/members/{people.aigul.member_id}/key", f"/members/{people.aigul.member_id}/end"):
        answer = send(aigul, path, "/members", words="x")
        assert answer.status_code == 403


def test_ending_a_membership_takes_sessions_assignments_and_keys_in_one_act(app, people, aigul):
    from caseflow.incidents import operations as incidents
    from caseflow.incidents.models import Incident
    from caseflow.kernel.db import unscoped

    with app.app_context():
        with transaction():
            incidents.log(
                title="Detention", narrative="At night.", region="KZ-75", began_on=now().date(),
                began_precision="day", language="en", by=people.dana, at=now(),
            )  # fmt: skip
        assert db.session.scalar(select(Grant.id).where(Grant.member_id == people.dana.member_id)) is not None
        db.session.remove()
    dana = signed_in_client(app, people.dana)
    without = send(aigul, f"/members/{people.dana.member_id}/end")
    assert without.status_code == 422
    assert "Choose who takes this over." in without.text
    taken = send(aigul, f"/members/{people.dana.member_id}/end", incidents=people.timur.member_id)
    assert taken.status_code == 303
    assert dana.get("/account").location.startswith("/sign-in")
    with app.app_context():
        assert db.session.get(Departure, people.dana.member_id) is not None
        assert db.session.scalar(select(Grant.id).where(Grant.member_id == people.dana.member_id)) is None
        found = db.session.scalars(select(Incident).execution_options(**unscoped("the test looks at everything"))).one()
        assert people.marat.ring.text(found, "title") == "Detention", "those who stay still read it"
        last = db.session.scalars(select(Event).where(Event.verb == "keys.withdraw")).all()
        assert [event.public["member"] for event in last] == [people.dana.member_id]
    assert "has left" in aigul.get("/members").text


def test_an_organisation_is_entered_once(app, people, aigul):
    assert send(aigul, "/members/organisations/new", name="Bureau East").status_code == 303
    again = send(aigul, "/members/organisations/new", name="Bureau East ")
    assert again.status_code == 422
    assert "in the network already" in again.text
    assert "Nobody from here yet" in aigul.get("/members").text


def test_a_confirmed_coordinator_gets_the_keys_of_all_safes(app, people, aigul, marat):
    from caseflow.incidents import operations as incidents

    with app.app_context(), transaction():
        incident = incidents.log(
            title="Detention", narrative="At night.", region="KZ-75", began_on=now().date(), began_precision="day",
            language="en", by=people.dana, at=now(),
        )  # fmt: skip
        safe = incident.safe_id
    _visitor, words, member_id = _join(app, _invite(app, aigul, role="coordinator", second=marat))
    with app.app_context():
        assert db.session.scalar(select(Grant.id).where(Grant.member_id == member_id)) is None
    refused = send(aigul, f"/members/{member_id}/key", words=words)
    assert "another coordinator compares the words" in refused.text, (
        "whoever asked for her does not confirm her as well"
    )
    send(marat, f"/members/{member_id}/key", words=words)
    with app.app_context():
        assert db.session.scalars(select(Grant.safe_id).where(Grant.member_id == member_id)).all() == [safe]


def test_the_list_of_members_asks_the_same_number_of_questions_for_two_and_for_thirty(app, people, aigul):
    from tests.counting import queries_of

    aigul.get("/members")
    few = queries_of(app, lambda: aigul.get("/members"))
    with app.app_context(), transaction():
        house = db.session.scalars(select(Organisation)).first()
        for number in range(30):
            operations.invite(
                email=f"n{number}@example.org", name=f"N {number}", role=Role.LAWYER, organisation=house, language="en",
                by=people.aigul, at=now(),
            )  # fmt: skip
    assert queries_of(app, lambda: aigul.get("/members")) == few


def test_a_network_is_founded_once(app, people):
    with app.app_context():
        with pytest.raises(RuleBroken, match="has its network already"), transaction():
            operations.found(
                network="Second", organisation="x", email="x@example.org", name="X", passphrase=PASSPHRASE,
                language="en", timezone="UTC", at=now(),
            )  # fmt: skip
        assert queries.network().name == "Network of the tests"
