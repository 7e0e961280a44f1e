"""Who can open is who is entitled: grants follow the facts, and nothing moved to another place opens."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from caseflow.access.facts import gather
from caseflow.cases import operations as cases
from caseflow.incidents import operations as incidents
from caseflow.incidents.models import Incident
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction, unscoped
from caseflow.kernel.errors import NotPermitted
from caseflow.keys import operations as keys
from caseflow.keys import queries
from caseflow.keys.keyring import NoGrant
from caseflow.keys.models import Grant, KeyConfirmation, Safe, SafeEpoch
from caseflow.keys.rules import COORDINATOR, COUNSEL, LINKED, LOGGED, SCORER, Facts, entitled
from caseflow.network.models import Member
from caseflow.vault.errors import VaultError
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


def log(by, title="Detention", **more):
    with transaction():
        return incidents.log(
            title=title, narrative="At night.", region="KZ-75", began_on=now().date(), began_precision="day",
            language="en", by=by, at=now(), **more,
        )  # fmt: skip


def open_case(by, title="Against the detention"):
    with transaction():
        return cases.open_case(title=title, by=by, at=now())


def assign(case, actor, by):
    with transaction():
        return cases.assign_counsel(
            case, member=db.session.get_one(Member, actor.member_id), role="co_counsel", by=by, at=now()
        )


def end(counsel, by):
    with transaction():
        cases.end_counsel(counsel, by=by, at=now())


def holders(safe_id):
    return dict(db.session.execute(select(Grant.member_id, Grant.reason).where(Grant.safe_id == safe_id)).all())


def opens(people, actor, row, name="title"):
    """Return the text as `actor` reads it in a new request, or None where she has no key."""
    try:
        return people.fresh(actor).ring.text(row, name)
    except NoGrant:
        return None


@pytest.mark.parametrize(
    ("facts", "holds"),
    [
        ({}, {"c": COORDINATOR}),
        ({"logged": {"s": "d"}}, {"c": COORDINATOR, "d": LOGGED}),
        ({"logged": {"s": "c"}}, {"c": LOGGED}),
        ({"logged": {"other": "d"}}, {"c": COORDINATOR}),
        ({"counsel": {"s": {"l"}}}, {"c": COORDINATOR, "l": COUNSEL}),
        ({"cases_of": {"s": {"k"}}, "counsel": {"k": {"l"}}}, {"c": COORDINATOR, "l": LINKED}),
        ({"cases_of": {"other": {"k"}}, "counsel": {"k": {"l"}}}, {"c": COORDINATOR}),
        ({"scorers": {"s": {"l"}}}, {"c": COORDINATOR, "l": SCORER}),
        ({"logged": {"s": "gone"}, "counsel": {"s": {"gone"}}, "scorers": {"s": {"gone"}}}, {"c": COORDINATOR}),
        ({"able": set()}, {}),
    ],
)
def test_who_is_entitled_follows_from_the_facts(facts, holds):
    given = {"able": {"c", "d", "l"}, "coordinators": {"c"}, "logged": {}, "counsel": {}, "cases_of": {}, "scorers": {},
             **facts}  # fmt: skip
    assert entitled(Facts(**given), "s") == holds


def test_an_incident_is_held_by_who_logged_it_and_by_coordinators(people):
    incident = log(people.dana)
    held = holders(incident.safe_id)
    assert held == {
        people.dana.member_id: LOGGED,
        people.aigul.member_id: COORDINATOR,
        people.marat.member_id: COORDINATOR,
    }
    assert opens(people, people.marat, incident) == "Detention"
    for stranger in (people.timur, people.leila):
        assert opens(people, stranger, incident) is None


def test_counsel_hold_the_case_and_its_incidents_until_the_assignment_ends(people):
    incident, case = log(people.dana), open_case(people.aigul)
    with transaction():
        incident.state = "verified"
        cases.link_incident(case, incident=incident, by=people.aigul, at=now())
    assert opens(people, people.leila, incident) is None
    counsel = assign(case, people.leila, people.aigul)
    assert opens(people, people.leila, case) == "Against the detention"
    assert opens(people, people.leila, incident) == "Detention"
    end(counsel, people.aigul)
    assert opens(people, people.leila, case) is None
    assert opens(people, people.leila, incident) is None
    assert opens(people, people.dana, incident) == "Detention", "through the chain of epochs"


def test_who_was_withdrawn_cannot_open_what_is_written_afterwards_even_with_her_old_keys(people):
    case = open_case(people.aigul)
    counsel = assign(case, people.leila, people.aigul)
    kept = people.fresh(people.leila).ring
    assert kept.text(case, "title") == "Against the detention"
    end(counsel, people.aigul)
    with transaction():
        case.version = case.version
        people.fresh(people.aigul).ring.seal(case, title="A new title")
    epoch = int.from_bytes(case.title_sealed[:4])
    assert epoch == 2
    with pytest.raises(NotPermitted, match="was taken from you"):
        kept.text(case, "title")
    assert opens(people, people.marat, case) == "A new title"


def test_a_safe_that_was_renewed_twice_still_reads_from_its_beginning(people):
    case = open_case(people.aigul)
    for actor in (people.leila, people.yerlan):
        end(assign(case, actor, people.aigul), people.aigul)
    assert db.session.get_one(Safe, case.safe_id).epoch == 3
    assert opens(people, people.marat, case) == "Against the detention"
    late = assign(case, people.leila, people.marat)
    assert late.until is None
    assert opens(people, people.leila, case) == "Against the detention"
    grants = db.session.scalars(select(Grant.epoch).where(Grant.safe_id == case.safe_id)).all()
    assert set(grants) == {3}


def test_the_first_opening_leaves_a_quick_wrap_that_the_next_one_uses(app, people):
    from tests.cast import signed_in_client

    incident = log(people.dana)
    safe_id, incident_id = incident.safe_id, incident.id
    stored = select(Grant.quick).where(Grant.safe_id == safe_id, Grant.member_id == people.marat.member_id)
    assert db.session.scalar(stored) is None
    db.session.remove()
    marat = signed_in_client(app, people.marat)
    assert marat.get(f"/incidents/{incident_id}").status_code == 200
    with app.app_context():
        assert db.session.scalar(stored) is not None
    with app.app_context():
        again = people.fresh(people.marat)
        found = db.session.get_one(Incident, incident_id, execution_options=WHY)
        assert again.ring.text(found, "title") == "Detention"
        assert not again.ring.has_news


@pytest.mark.parametrize("quick", [False, True], ids=["before the first opening", "after it"])
@pytest.mark.parametrize("what", ["member", "safe", "epoch", "reason", "grantor"])
def test_a_grant_moved_to_another_place_opens_nothing(people, quick, what):
    first, second = log(people.dana), log(people.dana, title="Another")
    if quick:
        for incident in (first, second):
            actor = people.fresh(people.aigul)
            actor.ring.text(incident, "title")
            with transaction():
                actor.ring.remember()
    mine = (Grant.safe_id == first.safe_id) & (Grant.member_id == people.aigul.member_id)
    with transaction():
        if what == "member":
            db.session.execute(update(Grant).where(mine).values(member_id=people.timur.member_id))
        elif what == "safe":
            db.session.execute(delete(Grant).where(mine))
            other = (Grant.safe_id == second.safe_id) & (Grant.member_id == people.aigul.member_id)
            db.session.execute(update(Grant).where(other).values(safe_id=first.safe_id))
        elif what == "epoch":
            db.session.execute(update(Grant).where(mine).values(epoch=2))
        elif what == "reason":
            db.session.execute(update(Grant).where(mine).values(reason=COUNSEL))
        else:
            db.session.execute(update(Grant).where(mine).values(grantor_id=people.marat.member_id))
    reader = people.timur if what == "member" else people.aigul
    if what == "grantor" and quick:
        assert opens(people, reader, first) == "Detention", "the signature was checked before the quick wrap was made"
    else:
        with pytest.raises(VaultError):
            people.fresh(reader).ring.text(first, "title")
    assert list(queries.faults()), "the check names it"


def test_a_sealed_text_moved_to_another_row_or_column_opens_nothing(people):
    first, second = log(people.dana), log(people.dana, title="Another")
    with transaction():
        first.title_sealed = second.title_sealed
    with pytest.raises(VaultError):
        people.fresh(people.dana).ring.text(first, "title")
    with transaction():
        second.narrative_sealed = second.title_sealed
    with pytest.raises(VaultError):
        people.fresh(people.dana).ring.text(second, "narrative")


def test_nobody_gives_a_key_she_does_not_hold(people):
    incident = log(people.dana)
    with transaction():
        db.session.execute(update(KeyConfirmation).values(at=now()))
        db.session.execute(delete(Grant).where(Grant.member_id == people.marat.member_id))
    with pytest.raises(NotPermitted, match="You hold no key"), transaction():
        keys.settle([incident.safe_id], by=people.fresh(people.timur), at=now())


def test_a_key_that_was_replaced_is_not_granted_to_until_it_is_confirmed_again(people):
    from caseflow.keys.models import Identity

    incident = log(people.dana)
    with transaction():
        db.session.get_one(Identity, people.marat.member_id).public = bytes(64)
        keys.settle([incident.safe_id], by=people.fresh(people.aigul), at=now())
    assert people.marat.member_id not in holders(incident.safe_id)


def test_the_check_finds_what_is_missing_too_much_old_and_unsigned(app, people):
    incident = log(people.dana)
    runner = app.test_cli_runner()
    fine = runner.invoke(args=["keys", "check"])
    assert fine.exit_code == 0
    assert fine.output.startswith("All is well: 3 grants for 1 safes")
    spoils = {
        "holds no grant": delete(Grant).where(Grant.member_id == people.marat.member_id),
        "without being entitled": update(Grant)
        .where(Grant.member_id == people.marat.member_id)
        .values(member_id=people.timur.member_id),
        "is of epoch 2, the safe is at 1": update(Grant)
        .where(Grant.member_id == people.marat.member_id)
        .values(epoch=2),
        "does not carry the signature": update(Grant)
        .where(Grant.member_id == people.marat.member_id)
        .values(signature=bytes(64)),
        "not every epoch": delete(SafeEpoch).where(SafeEpoch.safe_id == incident.safe_id),
    }
    path = Path(db.engine.url.database)
    for words, spoil in spoils.items():
        db.session.remove()
        db.engine.dispose()
        kept = path.with_suffix(".kept")
        shutil.copyfile(path, kept)
        with transaction():
            db.session.execute(spoil)
        found = runner.invoke(args=["keys", "check"])
        assert found.exit_code == 1
        assert words in found.output
        db.session.remove()
        db.engine.dispose()
        for beside in (path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
            beside.unlink(missing_ok=True)
        shutil.move(kept, path)
    with transaction():
        db.session.execute(
            update(KeyConfirmation)
            .where(KeyConfirmation.member_id == people.marat.member_id)
            .values(signature=bytes(64))
        )
    assert "confirmation of Marat Seitkali's key" in runner.invoke(args=["keys", "check"]).output


def test_facts_are_gathered_with_the_same_number_of_queries_for_one_safe_and_for_many(app, people):
    from tests.counting import queries_of

    made = [log(people.dana).safe_id for _ in range(5)]
    gather(made[:1])
    few = queries_of(app, lambda: gather(made[:1]))
    assert queries_of(app, lambda: gather(made)) == few
