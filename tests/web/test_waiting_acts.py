"""What a request has read before it waited for its turn is not believed after it: epoch, membership, role, session."""

import contextlib
import threading

import pytest
from sqlalchemy import delete, select, update

from caseflow.access.actor import Role
from caseflow.cases import operations as cases
from caseflow.cases.models import Case, Counsel
from caseflow.entrance.models import MemberSession
from caseflow.incidents import operations as incidents
from caseflow.incidents.models import Incident, Person
from caseflow.kernel import db as kernel_db
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction, unscoped
from caseflow.keys.models import KeyConfirmation, Safe
from caseflow.ledger.models import Event
from caseflow.network import operations as network
from caseflow.network.models import Departure, Member, Organisation
from caseflow.vault.keys import fingerprint
from caseflow.web import pages
from tests.cast import PASSPHRASE, cast, signed_in_client
from tests.pages import send, token

WHY = unscoped("the test looks at everything")


@pytest.fixture
def app(app_on_each):
    return app_on_each


@pytest.fixture
def people(app):
    with app.app_context():
        found = cast(app)
        db.session.remove()
    return found


@pytest.fixture
def first(app, monkeypatch):
    """Return `first(act)`: the next page's act begins only after `act` was committed by somebody else."""
    real = kernel_db.transaction

    def arrange(act):
        waiting = [act]

        @contextlib.contextmanager
        def waits():
            if waiting:
                other = threading.Thread(target=in_its_own_session, args=(waiting.pop(),))
                db.session.rollback()
                other.start()
                other.join(60)
            with real():
                yield

        monkeypatch.setattr(pages.kernel_db, "transaction", waits)

    def in_its_own_session(act):
        with app.app_context():
            with real():
                act()
            db.session.remove()

    return arrange


def test_what_is_written_after_a_withdrawal_is_sealed_for_those_who_remain(app, people, first):
    with app.app_context():
        with transaction():
            incident = incidents.log(
                title="Detention", narrative="At night.", region="KZ-75", began_on=now().date(), began_precision="day",
                language="en", by=people.dana, at=now(),
            )  # fmt: skip
            person = incidents.add_person(incident, kind="individual", name="Old name", by=people.dana, at=now())
        incident_id, person_id, safe_id = incident.id, person.id, incident.safe_id
        with transaction():
            case = cases.open_case(title="A case", by=people.aigul, at=now())
            found = db.session.get_one(Incident, incident_id, execution_options=WHY)
            found.state = "verified"
            cases.link_incident(case, incident=found, by=people.aigul, at=now())
        with transaction():
            member = db.session.get_one(Member, people.leila.member_id)
            case = db.session.get_one(Case, case.id, execution_options=WHY)
            counsel = cases.assign_counsel(case, member=member, role="lead", by=people.aigul, at=now()).id
            db.session.get_one(Incident, incident_id, execution_options=WHY).state = "draft"
        db.session.remove()
    client, path = signed_in_client(app, people.dana), f"/incidents/{incident_id}/people/{person_id}"
    version = pages_version(client.get(path).text)
    first(
        lambda: cases.end_counsel(
            db.session.get_one(Counsel, counsel, execution_options=WHY), by=people.fresh(people.aigul), at=now()
        )
    )
    answer = client.post(
        path,
        data={
            "csrf_token": token(client, path),
            "kind": "individual",
            "name": "The hidden witness",
            "version": version,
        },
    )
    assert answer.status_code == 303, answer.text
    with app.app_context():
        assert db.session.get_one(Safe, safe_id).epoch == 2
        row = db.session.get_one(Person, person_id, execution_options=WHY)
        assert int.from_bytes(row.name_sealed[:4]) == 2
        assert people.fresh(people.dana).ring.text(row, "name") == "The hidden witness"


def pages_version(html):
    import re

    found = re.search(r'name="version"[^>]*value="([^"]+)"', html)
    return found[1] if found else ""


def test_of_two_coordinators_who_end_each_other_one_remains(app, people, first):
    client, path = signed_in_client(app, people.marat), f"/members/{people.aigul.member_id}/end"
    given = {"csrf_token": token(client, path)}
    first(lambda: network.end_membership(db.session.get_one(Member, people.marat.member_id), by=people.aigul, at=now()))
    assert client.post(path, data=given).status_code == 403
    with app.app_context():
        assert set(db.session.scalars(select(Departure.member_id))) == {people.marat.member_id}
        refused = db.session.scalars(select(Event).where(Event.result == "refused")).all()
        assert [event.actor_id for event in refused] == [people.marat.member_id]


@pytest.mark.parametrize("put_out", ["she left", "her role changed", "her session was ended"])
def test_who_was_put_out_while_her_request_waited_does_nothing_any_more(app, people, first, put_out):
    with app.app_context():
        with transaction():
            house = db.session.scalars(select(Organisation)).one()
            _made, link = network.invite(
                email="new@example.org", name="New", role=Role.DOCUMENTER, organisation=house, language="en",
                by=people.aigul, at=now(),
            )  # fmt: skip
        with transaction():
            invitation = network.open_invitation(link.rsplit("/", 1)[1], at=now())
            member, pair, _code = network.accept(invitation, passphrase=PASSPHRASE, at=now())
        newcomer, words = member.id, fingerprint(pair.public)
        db.session.remove()
    marat = people.marat.member_id
    client, path = signed_in_client(app, people.marat), f"/members/{newcomer}/key"
    given = {"csrf_token": token(client, path), "words": words}
    first({
        "she left": lambda: network.end_membership(db.session.get_one(Member, marat), by=people.aigul, at=now()),
        "her role changed": lambda: db.session.execute(update(Member).where(Member.id == marat).values(role=Role.LAWYER)),
        "her session was ended": lambda: db.session.execute(delete(MemberSession).where(MemberSession.member_id == marat)),
    }[put_out])  # fmt: skip
    answer = client.post(path, data=given)
    assert answer.status_code == 403
    assert "Nothing was done." in answer.text
    with app.app_context():
        assert db.session.get(KeyConfirmation, newcomer) is None


def test_who_lost_the_key_while_she_wrote_is_told_so_and_nothing_is_stored(app, people, first):
    with app.app_context():
        with transaction():
            case = cases.open_case(title="A case", by=people.aigul, at=now())
        with transaction():
            member = db.session.get_one(Member, people.leila.member_id)
            case = db.session.get_one(Case, case.id, execution_options=WHY)
            counsel = cases.assign_counsel(case, member=member, role="lead", by=people.aigul, at=now()).id
        case_id = case.id
        db.session.remove()
    client, path = signed_in_client(app, people.leila), f"/cases/{case_id}/notes"
    given = {"csrf_token": token(client, f"/cases/{case_id}"), "body": "What we shall say"}
    first(
        lambda: cases.end_counsel(
            db.session.get_one(Counsel, counsel, execution_options=WHY), by=people.fresh(people.aigul), at=now()
        )
    )
    answer = client.post(path, data=given)
    assert answer.status_code in (403, 404), answer.status_code
    assert send(client, "/sign-out", "/").status_code == 303
