"""Acts on cases: who may, what they refuse in words, and that keys come and go with the right."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caseflow.access.actor import Role
from caseflow.cases import operations
from caseflow.cases.models import Case, Closure, Counsel
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, find, transaction
from caseflow.kernel.errors import NotPermitted, RuleBroken
from caseflow.keys.keyring import NoGrant
from caseflow.ledger import queries as ledger
from caseflow.ledger import verification
from caseflow.ledger.models import Event
from caseflow.network import operations as network
from caseflow.network.leaving import NOBODY
from caseflow.network.models import Organisation
from caseflow.precedents import operations as precedents
from caseflow.proceedings import operations as proceedings
from tests.storage import holders, only, stored, wrong_grants


def test_an_opened_case_has_a_reference_and_a_safe_that_coordinators_hold(people, matter):
    first, second = matter("One", counsel=()), matter("Two", counsel=())
    assert (first.reference, second.reference) == ("CF-2026-0001", "CF-2026-0002")
    assert holders(first.safe_id) == {people.aigul.member_id, people.marat.member_id}
    assert people.fresh(people.marat).ring.text(first, "title") == "One"


@pytest.mark.parametrize("who", ["leila", "dana"])
def test_only_a_coordinator_opens_a_case(people, who):
    with pytest.raises(NotPermitted, match="opened and staffed by a coordinator"), transaction():
        operations.open_case(title="Mine", by=getattr(people, who), at=now())
    assert stored(Case) == []


@pytest.mark.parametrize(
    ("particulars", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "T", "articles": ["ICCPR:999"]}, "articles"),
        ({"title": "T", "confidentiality": "public"}, "confidentiality"),
    ],
)
def test_a_case_is_not_opened_with_wrong_particulars(people, particulars, field):
    with pytest.raises(RuleBroken) as refused, transaction():
        operations.open_case(**particulars, by=people.aigul, at=now())
    assert refused.value.field == field
    assert stored(Case) == []


def test_an_incident_goes_into_a_case_with_its_keys_for_counsel(people, log, matter):
    incident = log()
    case = matter("From an incident", incidents=[incident])
    assert incident.state == "taken_to_case"
    assert holders(incident.safe_id) == {
        people.dana.member_id, people.aigul.member_id, people.marat.member_id, people.leila.member_id,
    }  # fmt: skip
    assert people.dana.member_id not in holders(case.safe_id)
    assert people.fresh(people.leila).ring.text(incident, "title") == "A man beaten at a police station"


def test_an_incident_that_is_not_verified_opens_no_case(people, log):
    incident = log(verified=False)
    with pytest.raises(NotPermitted, match="Only a verified incident"), transaction():
        operations.open_case(title="Too early", incidents=[incident], by=people.aigul, at=now())
    assert stored(Case) == []
    assert wrong_grants() == {}


def test_an_incident_is_linked_once(people, log, matter):
    incident = log()
    case = matter(incidents=[incident])
    with pytest.raises(RuleBroken, match="in the case already") as refused, transaction():
        operations.link_incident(case, incident=incident, by=people.aigul, at=now())
    assert refused.value.field == "incident"


def test_linking_an_incident_gives_counsel_its_key_at_once(people, log, matter):
    case, incident = matter(), log()
    assert people.leila.member_id not in holders(incident.safe_id)
    with transaction():
        operations.link_incident(case, incident=incident, by=people.marat, at=now())
    assert people.leila.member_id in holders(incident.safe_id)
    assert wrong_grants() == {}


def test_only_lawyers_and_coordinators_become_counsel(people, matter, member):
    case = matter(counsel=())
    with pytest.raises(RuleBroken, match="Only a lawyer or a coordinator") as refused, transaction():
        operations.assign_counsel(case, member=member(people.dana), role="lead", by=people.aigul, at=now())
    assert refused.value.field == "member"
    with transaction():
        operations.assign_counsel(case, member=member(people.marat), role="lead", by=people.aigul, at=now())


def test_nobody_becomes_counsel_before_her_key_is_confirmed(people, matter):
    case = matter(counsel=())
    with transaction():
        house = db.session.query(Organisation).first()
        particulars = {"email": "new@example.org", "name": "New Lawyer", "role": Role.LAWYER, "organisation": house}
        _invitation, link = network.invite(**particulars, language="en", by=people.aigul, at=now())
    with transaction():
        invitation = network.open_invitation(link.rsplit("/", 1)[1], at=now())
        newcomer, _pair, _code = network.accept(invitation, passphrase="nine slow boats upon a lake", at=now())
    with pytest.raises(RuleBroken, match="not confirmed") as refused, transaction():
        operations.assign_counsel(case, member=newcomer, role="lead", by=people.aigul, at=now())
    assert refused.value.field == "member"
    assert wrong_grants() == {}


def test_the_same_person_is_not_counsel_twice_but_may_come_back(people, matter, member):
    case = matter()
    with pytest.raises(RuleBroken, match="counsel in the case already"), transaction():
        operations.assign_counsel(case, member=member(people.leila), role="local", by=people.aigul, at=now())
    with transaction():
        operations.end_counsel(case.counsel[0], by=people.aigul, at=now())
        operations.assign_counsel(case, member=member(people.leila), role="local", by=people.aigul, at=now())
    assert [(c.role, c.until is None) for c in stored(Counsel)] == [("lead", False), ("local", True)]


def test_an_unknown_role_is_refused(people, matter, member):
    case = matter(counsel=())
    with pytest.raises(RuleBroken) as refused, transaction():
        operations.assign_counsel(case, member=member(people.leila), role="boss", by=people.aigul, at=now())
    assert refused.value.field == "role"


def test_ending_an_assignment_takes_the_keys_of_case_incidents_and_reviews(people, log, matter):
    incident = log()
    case = matter("Reviewed", incidents=[incident])
    with transaction():
        proceeding = proceedings.open_proceeding(
            case,
            procedure="kz_civil",
            stage="first_instance",
            began_on=now().date() - timedelta(30),
            by=people.leila,
            at=now(),
        )
        stage = proceeding.stages[-1]
        decided = now().date() - timedelta(20)
        decision = proceedings.record_decision(stage, outcome="granted", decided_on=decided, by=people.leila, at=now())
        texts = {"title": "T", "question": "Q", "holding": "H"}
        review = precedents.propose(decision, **texts, by=people.leila, at=now())
    safes = (case.safe_id, incident.safe_id, review.safe_id)
    assert all(people.leila.member_id in holders(safe) for safe in safes)
    with transaction():
        operations.end_counsel(find_counsel(case), by=people.aigul, at=now())
    assert all(people.leila.member_id not in holders(safe) for safe in safes)
    assert wrong_grants() == {}
    with pytest.raises(NoGrant):
        people.fresh(people.leila).ring.text(only(Case), "title")
    # What was sealed before the withdrawal still opens to those who remain.
    assert people.fresh(people.marat).ring.text(only(Case), "title") == "Reviewed"


def find_counsel(case):
    return next(counsel for counsel in case.counsel if counsel.until is None)


def test_an_assignment_ends_once(people, matter):
    case = matter()
    with transaction():
        operations.end_counsel(case.counsel[0], by=people.aigul, at=now())
    with pytest.raises(NotPermitted, match="has ended already"), transaction():
        operations.end_counsel(case.counsel[0], by=people.aigul, at=now())


def test_who_leaves_the_network_is_counsel_nowhere(people, matter, member, log):
    incident = log()
    case = matter(incidents=[incident])
    other = matter("Another")
    with pytest.raises(RuleBroken, match="Choose who takes this over"), transaction():
        network.end_membership(member(people.leila), by=people.aigul, at=now())
    left = {f"case_{one.id}": NOBODY for one in (case, other)}
    with transaction():
        network.end_membership(member(people.leila), hand_over=left, by=people.aigul, at=now())
    assert [c.until is None for c in stored(Counsel)] == [False, False]
    assert people.leila.member_id not in holders(case.safe_id) | holders(incident.safe_id)
    assert wrong_grants() == {}


STEPS = st.lists(
    st.sampled_from(["leila+", "leila-", "yerlan+", "yerlan-", "marat+", "marat-", "link", "link"]),
    min_size=3,
    max_size=12,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS)
def test_after_any_sequence_of_assigning_ending_and_linking_grants_equal_entitlement(
    people, log, matter, member, steps
):
    waiting = [log(), log()]
    case = matter(counsel=())
    for step in steps:
        with transaction():
            db.session.refresh(case)
            if step == "link":
                if waiting:
                    operations.link_incident(case, incident=waiting.pop(), by=people.aigul, at=now())
                continue
            actor = getattr(people, step[:-1])
            serving = [c for c in case.counsel if c.member_id == actor.member_id and c.until is None]
            if step[-1] == "+" and not serving:
                operations.assign_counsel(case, member=member(actor), role="local", by=people.aigul, at=now())
            elif step[-1] == "-" and serving:
                operations.end_counsel(serving[0], by=people.aigul, at=now())
        assert wrong_grants() == {}
    for actor in (people.leila, people.yerlan, people.marat):
        ring = people.fresh(actor).ring
        if actor.member_id in holders(case.safe_id):
            assert ring.text(case, "title") == "A case of the tests"
        else:
            with pytest.raises(NoGrant):
                ring.text(case, "title")


# -- the work in a case


def test_counsel_and_coordinators_work_in_a_case_and_nobody_else(people, matter):
    case = matter()
    for actor in (people.leila, people.marat):
        with transaction():
            operations.add_note(case, body="Seen.", by=actor, at=now())
    for actor in (people.yerlan, people.dana):
        with pytest.raises(NotPermitted, match="Only counsel in the case and coordinators"), transaction():
            operations.add_note(case, body="Not mine.", by=actor, at=now())


def test_a_task_is_given_to_somebody_who_can_read_the_case(people, matter, member):
    case = matter()
    with pytest.raises(RuleBroken, match="cannot read the case") as refused, transaction():
        operations.give_task(case, what="Copy it", for_member=member(people.yerlan), by=people.leila, at=now())
    assert refused.value.field == "for_member"
    with transaction():
        task = operations.give_task(case, what="Copy it", for_member=member(people.marat), by=people.leila, at=now())
        operations.finish_task(task, by=people.marat, at=now())
    with pytest.raises(NotPermitted, match="done already"), transaction():
        operations.finish_task(task, by=people.marat, at=now())


@pytest.mark.parametrize(
    ("act", "field"),
    [
        (lambda case, by: operations.add_note(case, body=" ", by=by, at=now()), "body"),
        (lambda case, by: operations.add_party(case, side="left", kind="body", name="N", by=by, at=now()), "side"),
        (lambda case, by: operations.add_party(case, side="client", kind="ghost", name="N", by=by, at=now()), "kind"),
        (lambda case, by: operations.add_party(case, side="client", kind="body", name="", by=by, at=now()), "name"),
        (lambda case, by: operations.close(case, outcome="victory", by=by, at=now()), "outcome"),
    ],
)
def test_wrong_input_is_refused_at_its_field(people, matter, act, field):
    case = matter()
    with pytest.raises(RuleBroken) as refused, transaction():
        act(case, people.aigul)
    assert refused.value.field == field


def test_a_closed_case_takes_no_work_until_it_is_reopened_with_a_reason(people, matter, member):
    case = matter()
    with transaction():
        operations.close(case, outcome="settled", reason="The parties agreed.", by=people.aigul, at=now())
    assert people.aigul.ring.text(only(Closure), "reason") == "The parties agreed."
    for act in (
        lambda: operations.add_note(case, body="More", by=people.leila, at=now()),
        lambda: operations.assign_counsel(case, member=member(people.yerlan), role="lead", by=people.aigul, at=now()),
    ):
        with pytest.raises(NotPermitted, match="The case is closed"), transaction():
            act()
    with pytest.raises(RuleBroken) as refused, transaction():
        operations.reopen(case, reason="", by=people.aigul, at=now())
    assert refused.value.field == "reason"
    with transaction():
        operations.reopen(case, reason="New evidence.", by=people.aigul, at=now())
    assert (only(Case).state, stored(Closure)) == ("open", [])
    with transaction():
        operations.close(case, outcome="won", by=people.aigul, at=now())


@pytest.mark.parametrize("who", ["leila", "yerlan"])
def test_a_case_is_closed_by_a_coordinator(people, matter, who):
    case = matter()
    with pytest.raises(NotPermitted, match="closed by a coordinator"), transaction():
        operations.close(case, outcome="won", by=getattr(people, who), at=now())


def test_a_description_changed_by_somebody_else_is_not_overwritten_but_a_note_changes_no_description(people, matter):
    case = matter("Before")
    seen = case.version
    told = {"objective": None, "legal_issue": None, "articles": [], "confidentiality": "normal"}
    with transaction():
        operations.add_note(case, body="A note is no change of the description.", by=people.leila, at=now())
        operations.edit(case, title="After", **told, seen=seen, by=people.leila, at=now())
    with pytest.raises(RuleBroken) as refused, transaction():
        operations.edit(case, title="Lost", **told, seen=seen, by=people.marat, at=now())
    assert refused.value.field == "version"
    assert people.fresh(people.marat).ring.text(only(Case), "title") == "After"


def test_every_act_is_in_the_ledger_of_the_safe_with_its_details_sealed(people, log, matter, member):
    case = matter("Ledger", incidents=[log()])
    with transaction():
        operations.add_party(case, side="client", kind="individual", name="CANARY-PARTY", by=people.leila, at=now())
        operations.add_note(case, body="CANARY-NOTE", by=people.leila, at=now())
        task = operations.give_task(
            case, what="CANARY-TASK", for_member=member(people.leila), by=people.aigul, at=now()
        )
        operations.finish_task(task, by=people.leila, at=now())
        operations.end_counsel(case.counsel[0], by=people.aigul, at=now())
        operations.close(case, outcome="won", reason="CANARY-REASON", by=people.aigul, at=now())
        operations.reopen(case, reason="CANARY-AGAIN", by=people.aigul, at=now())
    events = [event for event in stored(Event, Event.safe_id == case.safe_id) if event.verb.startswith("cases.")]
    assert [event.verb for event in events] == [
        "cases.open_case", "cases.assign_counsel", "cases.add_party", "cases.add_note", "cases.give_task",
        "cases.finish_task", "cases.end_counsel", "cases.close", "cases.reopen",
    ]  # fmt: skip
    assert all(event.signature for event in events)
    assert "CANARY" not in " ".join(str(event.public) for event in stored(Event))
    noted = {event.verb: ledger.details_of(people.aigul, event) for event in events}
    assert noted["cases.close"] == {"reason": "CANARY-REASON"}
    assert noted["cases.add_note"] == {"body": "CANARY-NOTE"}
    assert list(verification.faults()) == []


def test_a_lawyer_finds_only_the_cases_she_is_counsel_in(people, matter):
    from caseflow.access.cases import visible_to
    from caseflow.kernel.errors import NotFound

    hers, other = matter("Hers"), matter("Other", counsel=(people.yerlan,))
    assert find(Case, hers.id, visible_to(people.leila)).id == hers.id
    with pytest.raises(NotFound):
        find(Case, other.id, visible_to(people.leila))
