"""Two people give and take keys of the same safe in the same instant: the grants equal who is entitled, each time.

Both stand behind a barrier with their pages open, so each has read the state before either act.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import delete, select

from caseflow.cases import operations as cases
from caseflow.cases.models import Case, Counsel
from caseflow.incidents import operations as incidents
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.kernel.errors import Refusal
from caseflow.keys import operations as keys
from caseflow.keys import queries
from caseflow.keys.models import Grant, Safe, SafeEpoch
from caseflow.network.models import Member
from tests.cast import Cast, cast
from tests.storage import EVERYTHING, wrong_grants

ROUNDS = 2
Act = Callable[[Cast], None]


@pytest.fixture
def people(app_on_each) -> Cast:
    with app_on_each.app_context():
        return cast(app_on_each)


@pytest.fixture
def at_once(app_on_each, people):
    """Return `at_once(act, act, …)`: each in a thread with a session of its own, all from the same instant on."""

    def run(*acts: Act) -> list[str]:
        barrier = threading.Barrier(len(acts), timeout=30)
        outcomes: list[str] = []

        def one(act: Act) -> None:
            with app_on_each.app_context():
                try:
                    db.session.scalars(select(Safe)).all()  # her page is open: her session has read
                    barrier.wait()
                    act(people)
                    outcomes.append("done")
                except Refusal:
                    outcomes.append("refused")
                except Exception as fault:
                    outcomes.append(f"{type(fault).__name__}: {fault}")
                finally:
                    db.session.remove()

        threads = [threading.Thread(target=one, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return sorted(outcomes)

    return run


@pytest.fixture
def matter(app_on_each, people):
    """Return the ids of a case with an incident of Dana's in it: what is given for one is given for two safes."""
    with app_on_each.app_context():
        with transaction():
            incident = incidents.log(
                title="Detention", narrative="At night.", region="KZ-75", began_on=now().date(),
                began_precision="day", language="en", by=people.dana, at=now(),
            )  # fmt: skip
            incident.state = "verified"
        with transaction():
            case = cases.open_case(title="Against it", incidents=[incident], by=people.aigul, at=now())
        ids = case.id, case.safe_id, incident.safe_id
        db.session.remove()
    return ids


def assign(case_id: str, by: str, whom: str) -> Act:
    def act(people: Cast) -> None:
        with transaction():
            case = db.session.get_one(Case, case_id, execution_options=EVERYTHING)
            member = db.session.get_one(Member, getattr(people, whom).member_id)
            actor = people.fresh(getattr(people, by))
            cases.assign_counsel(case, member=member, role="co_counsel", by=actor, at=now())

    return act


def withdraw(counsel_id: str, by: str) -> Act:
    def act(people: Cast) -> None:
        with transaction():
            counsel = db.session.get_one(Counsel, counsel_id, execution_options=EVERYTHING)
            cases.end_counsel(counsel, by=people.fresh(getattr(people, by)), at=now())

    return act


def settle(safe_id: str, by: str) -> Act:
    def act(people: Cast) -> None:
        with transaction():
            keys.settle([safe_id], by=people.fresh(getattr(people, by)), at=now())

    return act


def counsel_of(case_id: str, people: Cast, whom: str) -> str:
    query = select(Counsel.id).where(
        Counsel.case_id == case_id, Counsel.member_id == getattr(people, whom).member_id, Counsel.until.is_(None)
    )
    found: str = db.session.scalars(query, execution_options=EVERYTHING).one()
    db.session.rollback()
    return found


def grants_are_right(people: Cast, safes: tuple[str, ...], expected: set[str]) -> None:
    db.session.rollback()
    db.session.expire_all()
    assert wrong_grants() == {}
    assert list(queries.faults()) == []
    for safe_id in safes:
        held = db.session.execute(select(Grant.member_id, Grant.epoch).where(Grant.safe_id == safe_id)).all()
        assert max(Counter(member for member, _epoch in held).values()) == 1
        safe = db.session.get_one(Safe, safe_id)
        assert {epoch for _member, epoch in held} == {safe.epoch}
        known = set(db.session.scalars(select(SafeEpoch.epoch).where(SafeEpoch.safe_id == safe_id)))
        assert known == set(range(1, safe.epoch + 1))
        names = {name for name in vars(people) if getattr(people, name).member_id in {member for member, _ in held}}
        assert names >= expected
        for name in vars(people):  # who holds opens, at every epoch; who does not, opens nothing
            ring = people.fresh(getattr(people, name)).ring
            assert ring.holds(safe_id) == (name in names)
            for epoch in known if name in names else ():
                ring.at_epoch(safe_id, epoch)
    db.session.rollback()


def test_two_who_grant_the_same_safe_to_the_same_member_at_once_give_one_key(app_on_each, people, matter, at_once):
    case_id, *safes = matter
    for number in range(ROUNDS):
        outcomes = at_once(assign(case_id, "aigul", "leila"), assign(case_id, "marat", "leila"))
        assert outcomes == ["done", "refused"], outcomes
        with app_on_each.app_context():
            grants_are_right(people, tuple(safes), {"leila"})
            withdraw(counsel_of(case_id, people, "leila"), "aigul")(people)
            grants_are_right(people, tuple(safes), {"aigul", "marat"})
            assert db.session.get_one(Safe, safes[0]).epoch == number + 2


def test_two_who_withdraw_the_same_key_at_once_start_one_epoch(app_on_each, people, matter, at_once):
    case_id, *safes = matter
    for number in range(ROUNDS):
        with app_on_each.app_context():
            assign(case_id, "aigul", "leila")(people)
            counsel = counsel_of(case_id, people, "leila")
        outcomes = at_once(withdraw(counsel, "aigul"), withdraw(counsel, "marat"))
        assert outcomes in (["done", "refused"], ["done", "done"]), outcomes
        with app_on_each.app_context():
            grants_are_right(people, tuple(safes), {"aigul", "marat"})
            assert db.session.get_one(Safe, safes[0]).epoch == number + 2


def test_a_grant_against_a_withdrawal_leaves_exactly_who_is_entitled(app_on_each, people, matter, at_once):
    case_id, *safes = matter
    for _ in range(ROUNDS):
        with app_on_each.app_context():
            assign(case_id, "aigul", "leila")(people)
            counsel = counsel_of(case_id, people, "leila")
        outcomes = at_once(withdraw(counsel, "aigul"), assign(case_id, "marat", "yerlan"))
        assert outcomes == ["done", "done"], outcomes
        with app_on_each.app_context():
            grants_are_right(people, tuple(safes), {"yerlan"})
            withdraw(counsel_of(case_id, people, "yerlan"), "marat")(people)


def test_the_same_member_granted_and_withdrawn_at_once_holds_what_she_is_entitled_to(
    app_on_each, people, matter, at_once
):
    case_id, *safes = matter
    for _ in range(ROUNDS):
        with app_on_each.app_context():
            assign(case_id, "aigul", "leila")(people)
            counsel = counsel_of(case_id, people, "leila")
        outcomes = at_once(withdraw(counsel, "aigul"), assign(case_id, "marat", "leila"))
        assert set(outcomes) <= {"done", "refused"}, outcomes
        assert "done" in outcomes
        with app_on_each.app_context():
            grants_are_right(people, tuple(safes), {"aigul"})
            serving = select(Counsel.id).where(Counsel.case_id == case_id, Counsel.until.is_(None))
            still = list(db.session.scalars(serving, execution_options=EVERYTHING))
            db.session.rollback()
            for one in still:
                withdraw(one, "aigul")(people)


def test_four_who_settle_the_same_safe_at_once_make_each_missing_grant_once(app_on_each, people, matter, at_once):
    _case_id, *safes = matter
    for _ in range(ROUNDS):
        with app_on_each.app_context(), transaction():
            lost = (Grant.safe_id == safes[1]) & (Grant.member_id == people.dana.member_id)
            db.session.execute(delete(Grant).where(lost))
        outcomes = at_once(*(settle(safes[1], by) for by in ("aigul", "marat", "aigul", "marat")))
        assert outcomes == ["done"] * 4, outcomes
        with app_on_each.app_context():
            grants_are_right(people, tuple(safes), {"aigul", "marat"})
