"""The ledger: one row for every act and every refusal, in one unbroken chain that nobody can change unnoticed."""

import threading
from multiprocessing import get_context
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from caseflow.incidents import operations as incidents
from caseflow.incidents.models import Incident
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction, unscoped
from caseflow.keys.keyring import NoGrant
from caseflow.ledger import history, proofs, queries, rules, verification
from caseflow.ledger import operations as ledger
from caseflow.ledger.models import Event
from caseflow.network import operations as network
from caseflow.network.models import Member
from tests.cast import Cast, cast

WHY = unscoped("the test looks at everything")


@pytest.fixture
def context(app):
    with app.app_context():
        yield app
        db.session.remove()


@pytest.fixture
def people(context) -> Cast:
    return cast(context)


@pytest.fixture
def on_each(app_on_each):
    with app_on_each.app_context():
        yield app_on_each, cast(app_on_each)
        db.session.remove()


def events(**where):
    return list(db.session.scalars(select(Event).filter_by(**where).order_by(Event.seq)))


def log(by):
    with transaction():
        return incidents.log(
            title="Detention", narrative="At night.", region="KZ-75", began_on=now().date(), began_precision="day",
            language="en", by=by, at=now(),
        )  # fmt: skip


def test_acts_of_eight_processes_stand_in_one_whole_chain_with_their_checkpoints(on_each):
    app, people = on_each
    before = len(events())
    db.session.remove()
    db.engine.dispose()  # a child must not talk over the connections of its parent
    together = get_context("fork")
    start = together.Barrier(8)

    def act(number):
        with app.app_context():
            start.wait(30)
            for turn in range(10):
                with transaction():
                    ledger.record("tests.act", by=people.dana, at=now(), about=f"t:{number}", public={"turn": turn})
                    if turn == 5:
                        proofs.make_checkpoint(now())

    children = [together.Process(target=act, args=(number,)) for number in range(8)]
    for child in children:
        child.start()
    for child in children:
        child.join(90)
    assert [child.exitcode for child in children] == [0] * 8
    assert [event.seq for event in events()] == list(range(1, before + 80 + 8 + 1))
    verdict = verification.verify()
    assert (verdict.faults, verdict.checkpoints) == ([], 8)


def test_acts_of_four_threads_stand_in_one_whole_chain(on_each):
    app, people = on_each
    before = len(events())
    faults = []

    def act(number):
        try:
            with app.app_context():
                for turn in range(6):
                    with transaction():
                        ledger.record("tests.act", by=people.dana, at=now(), about=f"t:{number}", public={"turn": turn})
                    ledger.refused("tests.refused", by=people.dana, about=f"t:{number}", why="no")
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=act, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert not faults
    db.session.rollback()
    assert [event.seq for event in events()] == list(range(1, before + 48 + 1))
    assert list(verification.faults()) == []


@pytest.mark.parametrize("statement", ["UPDATE events SET verb = 'x'", "DELETE FROM events", "TRUNCATE events"])
def test_the_database_refuses_to_change_the_ledger(on_each, statement):
    _app, _people = on_each
    before = len(events())
    if statement.startswith("TRUNCATE") and db.engine.dialect.name == "sqlite":
        statement = "DELETE FROM events WHERE 1"
    with pytest.raises(DBAPIError, match="append-only"), transaction():
        db.session.execute(text(statement))
    assert len(events()) == before


def test_an_act_that_is_undone_leaves_no_row_and_no_gap(people):
    with pytest.raises(RuntimeError), transaction():
        ledger.record("tests.act", by=people.dana, at=now(), about="t:1")
        raise RuntimeError("undone")
    with transaction():
        ledger.record("tests.act", by=people.dana, at=now(), about="t:2")
    assert list(verification.faults()) == []
    assert [event.subject for event in events(verb="tests.act")] == ["t:2"]


def test_a_moment_told_in_another_zone_is_the_same_moment_when_the_row_is_read_back(people):
    with transaction():
        ledger.record("tests.act", by=people.dana, at=now().astimezone(ZoneInfo("Asia/Almaty")), about="t:1")
    db.session.expire_all()
    assert list(verification.faults()) == []


def test_the_ledger_is_written_only_inside_an_act(people):
    with pytest.raises(RuntimeError, match="transaction of the act"):
        ledger.record("tests.act", by=people.dana, at=now(), about="t:1")


def test_every_act_of_a_member_carries_her_signature(people):
    log(people.dana)
    rows = events(actor_id=people.dana.member_id)
    assert rows
    assert all(row.signature is not None for row in rows)
    with transaction():
        ledger.record("tests.act", by=None, at=now(), about="t:1")
    assert list(verification.faults()) == []


def test_details_are_committed_to_and_open_for_whoever_holds_the_safe(people):
    incident = log(people.dana)
    with transaction():
        details = {"reason": "сөз", "n": 1}
        ledger.record("tests.act", by=people.fresh(people.dana), at=now(), about=incident, details=details)
    event = events(verb="tests.act")[0]
    assert "сөз".encode() not in event.opening_sealed
    assert "сөз" not in str(event.public)
    assert queries.details_of(people.fresh(people.marat), event) == {"reason": "сөз", "n": 1}
    with pytest.raises(NoGrant):
        queries.details_of(people.fresh(people.timur), event)
    assert "сөз" in str(history.lines([event], reader=people.fresh(people.marat))[0].details)


def test_details_without_a_safe_are_refused(people):
    with pytest.raises(ValueError, match="sealed in a safe"), transaction():
        ledger.record("tests.act", by=people.dana, at=now(), about="t:1", details={"reason": "x"})


SPOILS = {
    "its fields were changed": "UPDATE events SET verb = 'cases.close' WHERE seq = 5",
    "a row is missing": "DELETE FROM events WHERE seq = 5",
    "its chain value was changed": "UPDATE events SET chained = zeroblob(32) WHERE seq = 5",
    "it does not follow the row before it": "UPDATE events SET chained = zeroblob(32) WHERE seq = 5",
    "it does not carry the signature of who acted": "UPDATE events SET signature = NULL WHERE seq = 3",
}


@pytest.mark.parametrize("words", SPOILS)
def test_whoever_gets_around_the_triggers_is_found(app, people, words):
    runner = app.test_cli_runner()
    db.session.remove()
    whole = runner.invoke(args=["ledger", "verify"])
    assert whole.exit_code == 0
    assert whole.output.startswith("The ledger is whole:")
    with transaction():
        for name in ("events_no_update", "events_no_delete"):
            db.session.execute(text(f"DROP TRIGGER {name}"))
        assert db.session.execute(text(SPOILS[words])).rowcount == 1
    broken = runner.invoke(args=["ledger", "verify"])
    assert broken.exit_code == 1
    assert words in broken.output


def test_rewriting_the_whole_chain_does_not_help_whoever_has_no_keys(people):
    """The chain alone is only hashes: a forger can compute it anew. She cannot sign for the members."""
    with transaction():
        db.session.execute(text("DROP TRIGGER events_no_update"))
        previous = rules.START
        for event in events():
            verb = "network.end_membership" if event.seq == 4 else event.verb
            row = rules.row_bytes(
                version=event.version, opening=event.opening_sealed,
                instance=ledger.instance(), seq=event.seq, at=event.at, actor=event.actor_id, role=event.role,
                verb=verb, result=event.result, subject=event.subject, safe=event.safe_id, public=event.public,
                commitment=event.commitment, previous=previous,
            )  # fmt: skip
            leaf = rules.leaf_of(row)
            event.verb, event.previous, event.leaf, event.chained = verb, previous, leaf, rules.chain(previous, leaf)
            previous = event.chained
    found = {fault.what for fault in verification.faults() if fault.seq}
    assert found == {"it does not carry the signature of who acted"}


def test_who_left_is_still_named_in_the_ledger(people):
    log(people.dana)
    with transaction():
        network.end_membership(
            db.session.get_one(Member, people.dana.member_id),
            hand_over={"incidents": people.timur.member_id},
            by=people.fresh(people.aigul),
            at=now(),
        )
    row = events(verb="incidents.log")[0]
    assert history.lines([row])[0].who == "Dana Ospanova"
    assert db.session.scalars(select(Incident.by_id), execution_options=WHY).one() == people.timur.member_id
