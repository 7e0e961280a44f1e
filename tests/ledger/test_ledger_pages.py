"""What the pages write into the ledger and show of it."""

import pytest
from sqlalchemy import select

from caseflow.incidents import operations as incidents
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.ledger import exports, proofs
from caseflow.ledger import operations as ledger
from caseflow.ledger.models import Event
from tests.cast import Cast, cast, signed_in_client
from tests.pages import send


@pytest.fixture
def people(app) -> Cast:
    with app.app_context():
        found = cast(app)
        db.session.remove()
    return found


def events(app, **where):
    with app.app_context():
        return list(db.session.scalars(select(Event).filter_by(**where).order_by(Event.seq)))


def last_of(app):
    return events(app)[-1]


def log(app, by):
    with app.app_context(), transaction():
        return incidents.log(
            title="Detention", narrative="At night.", region="KZ-75", began_on=now().date(), began_precision="day",
            language="en", by=by, at=now(),
        ).id  # fmt: skip


def test_a_refusal_is_in_the_ledger_although_its_act_was_undone(app, people):
    dana = signed_in_client(app, people.dana)
    assert dana.get("/members").status_code == 403
    last = last_of(app)
    assert (last.verb, last.result, last.actor_id) == ("network.members", "refused", people.dana.member_id)
    assert last.public["why"] == "Members are invited and confirmed by a coordinator."


def test_knocking_at_what_is_somebody_elses_is_in_the_ledger_and_looks_like_nothing(app, people):
    incident_id = log(app, people.dana)
    timur = signed_in_client(app, people.timur)
    foreign, unknown = timur.get(f"/incidents/{incident_id}"), timur.get("/incidents/0000000000000000")
    assert foreign.status_code == unknown.status_code == 404
    rows = events(app, actor_id=people.timur.member_id, result="refused")
    assert [row.subject for row in rows] == [f"incidents:{incident_id}", "incidents:0000000000000000"]


def test_a_stranger_cannot_fill_the_ledger(app, people):
    before = len(events(app))
    client = app.test_client()
    for path in ("/members", "/incidents/x", "/nothing", "/join/" + "x" * 32):
        client.get(path)
    client.post("/members/invite", data={"name": "x"})
    assert len(events(app)) == before


def test_a_broken_rule_is_in_the_ledger_without_what_was_typed(app, people):
    aigul = signed_in_client(app, people.aigul)
    send(aigul, "/members/organisations/new", name="Bureau of the tests")
    last = last_of(app)
    assert (last.verb, last.result) == ("network.add_organisation", "refused")
    assert "Bureau" not in str(last.public)


def test_a_fault_of_the_program_is_in_the_ledger_without_its_message(app, people, monkeypatch, caplog):
    from caseflow.network import queries as network_queries

    def break_down(**_given):
        raise RuntimeError("a secret stands in this message")

    monkeypatch.setattr(network_queries, "directory", break_down)
    answer = signed_in_client(app, people.aigul).get("/members")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    last = last_of(app)
    assert last.result == "failed"
    assert last.public["why"].removeprefix("fault ") in answer.text
    assert "secret" in caplog.text, "the operator reads it in the log"


def test_only_coordinators_read_the_ledger_of_the_network(app, people):
    for actor in (people.dana, people.leila):
        assert signed_in_client(app, actor).get("/ledger").status_code == 403
    aigul = signed_in_client(app, people.aigul)
    page = aigul.get("/ledger")
    assert page.status_code == 200
    assert "confirmed a member&#39;s key" in page.text
    assert "refused" in aigul.get("/ledger?result=refused").text
    only = aigul.get(f"/ledger?member={people.dana.member_id}&verb=network.members").text
    assert "Dana Ospanova" in only
    assert aigul.get("/ledger?verb=nothing.at_all&page=-5").status_code == 200


def test_the_ledger_pages_by_hundred_with_the_same_number_of_queries(app, people):
    from tests.counting import queries_of

    with app.app_context(), transaction():
        ledger.record("tests.act", by=people.dana, at=now(), about="t:1")
    aigul = signed_in_client(app, people.aigul)
    aigul.get("/ledger")
    few = queries_of(app, lambda: aigul.get("/ledger?verb=tests.act"))
    with app.app_context(), transaction():
        for number in range(120):
            ledger.record("tests.act", by=people.timur, at=now(), about=f"t:{number}")
    page = aigul.get("/ledger?verb=tests.act")
    assert page.text.count("<tr>") == 101
    assert "page 1 of 2" in page.text
    assert queries_of(app, lambda: aigul.get("/ledger?verb=tests.act")) == few


def test_the_page_of_an_incident_tells_its_history(app, people):
    incident_id = log(app, people.dana)
    text_of_page = signed_in_client(app, people.dana).get(f"/incidents/{incident_id}").text
    assert "logged the incident" in text_of_page
    assert "gave a key to Aigul Sarsen" in text_of_page


def test_coordinators_see_the_last_checkpoint_and_take_it_away_with_its_key(app, people):
    aigul = signed_in_client(app, people.aigul)
    assert "None yet; one is made each hour" in aigul.get("/ledger").text
    assert aigul.get("/ledger/checkpoint").status_code == 404
    with app.app_context(), transaction():
        made = proofs.make_checkpoint(now())
    page = aigul.get("/ledger").text
    assert made.root.hex()[:16] in page
    assert "none: no authority is set" in page
    note, key = aigul.get("/ledger/checkpoint"), aigul.get("/ledger/key")
    assert note.headers["Content-Disposition"] == f'attachment; filename="checkpoint-{made.size}.note"'
    proof = aigul.get("/ledger/proof?row=3")
    said = list(exports.check([note.data, proof.data], key.text))
    assert said[1].startswith(f"Row 3 is in the ledger of {made.size} rows, signed with the key of the words ")
    assert proof.json["seq"] == 3
    assert "/ledger/proof?row=3" in page
    for row in ("0", "999999", "x", "-1", "", "²", "9" * 30):
        assert aigul.get(f"/ledger/proof?row={row}").status_code == 404
    dana = signed_in_client(app, people.dana)
    for path in ("checkpoint", "key", "proof?row=3", "time-stamp"):
        assert dana.get(f"/ledger/{path}").status_code == 403


def test_a_ledger_that_was_found_changed_is_said_on_its_page(app, people):
    aigul = signed_in_client(app, people.aigul)
    assert "The ledger was found changed" not in aigul.get("/ledger").text
    with app.app_context():
        ledger.refused("ledger.verify", by=None, about="events:", why="The ledger is not whole.", result="failed")
    assert "The ledger was found changed" in aigul.get("/ledger").text


def test_codes_are_put_in_words(app, people):
    with app.app_context(), transaction():
        ledger.record(
            "tests.act", by=None, at=now(), about="t:1", public={"role": "lawyer", "state": "in_review", "epoch": 2}
        )
        ledger.record("tests.act", by=None, at=now(), about="t:1", public={"reference": "CF-2026-0001", "kind": "case"})
    page = signed_in_client(app, people.aigul).get("/ledger").text
    assert "Lawyer, state: in review, epoch: 2" in page
    assert "CF-2026-0001, Case" in page
