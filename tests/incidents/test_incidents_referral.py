"""Parts of an incident go to another organisation: only the chosen ones, names only with consent, keys as the ledger tells."""

from datetime import date

import pytest

from caseflow.access.safes import visible
from caseflow.evidence import operations as evidence
from caseflow.incidents import operations, queries
from caseflow.incidents.models import Incident, Person
from caseflow.kernel.clock import now, today
from caseflow.kernel.db import db, find, transaction
from caseflow.kernel.errors import NotFound, NotPermitted, RuleBroken
from caseflow.keys.models import Grant
from caseflow.keys.queries import faults
from caseflow.ledger.models import Event
from caseflow.network.models import Member, Organisation

VICTIM, WITNESS, OFFICER = "Аскар Тестов", "Гульнара Свидетель", "Капитан Грубый"


@pytest.fixture
def elsewhere(people):
    """Return Timur, who works for another organisation."""
    with transaction():
        house = Organisation(name="Another house", region="KZ-47", since=now())
        db.session.add(house)
        db.session.flush()
        db.session.get_one(Member, people.timur.member_id).organisation_id = house.id
    return db.session.get_one(Member, people.timur.member_id)


@pytest.fixture
def incident(people, log):
    """Return a verified incident: a victim who agreed to be passed on, a witness who did not, an officer."""
    made = log(
        bare=True, place="Абай көшесі 5", narrative=f"{VICTIM} был избит; видела Гульнара Свидетель. Бил {OFFICER}.",
        title="Избиение Аскара Тестова",
    )  # fmt: skip
    by, at = people.dana, now()
    with transaction():
        victim = operations.add_person(made, kind="individual", name=VICTIM, contact="+7 700", by=by, at=at)
        witness = operations.add_person(made, kind="individual", name=WITNESS, pseudonym="В.", by=by, at=at)
        officer = operations.add_person(made, kind="individual", name=OFFICER, by=by, at=at)
        act = operations.add_act(made, victim=victim, kind="torture", articles=["CAT:1"], by=by, at=at)
        operations.add_involvement(act, actor_kind="police", unit="Отдел 7", person=officer, by=by, at=at)
        operations.add_act(
            made, victim=witness, kind="torture", articles=["CAT:16"], stated_reason="Тестов её знал", by=by, at=at
        )
        operations.add_source(made, connection="witness", reliability="high", who=WITNESS, by=by, at=at)
        operations.give_consent(
            made, person=victim, purpose="referral", form="written", language="ru", given_on=date(2026, 3, 9),
            by=by, at=at,
        )  # fmt: skip
        operations.submit(made, by=by, at=at)
    with transaction():
        operations.verify(made, grade="likely", reason="It agrees.", by=people.aigul, at=at)
    return made


def _refer(incident, people, to, parts=("narrative",), persons=(0,), by=None):
    with transaction():
        referral = operations.refer(
            incident, to=to, parts=parts, people=[incident.people[place] for place in persons], reason="Closer to it.",
            note="Please look.", by=by or people.aigul, at=now(),
        )  # fmt: skip
    return referral.received_id


def _texts(incident, actor):
    ring = actor.ring
    said = [ring.text(incident, name) for name in ("title", "narrative", "place")]
    said += [ring.text(person, name) for person in incident.people for name in ("name", "pseudonym", "contact")]
    said += [ring.text(act, name) for act in incident.acts for name in ("stated_reason", "consequences")]
    said += [ring.text(part, "unit") for act in incident.acts for part in act.involvements]
    said += [ring.text(source, "who") for source in incident.sources]
    return " ".join(said)


def test_the_other_side_holds_what_was_chosen_and_never_the_first_safe(people, incident, elsewhere):
    received = _refer(incident, people, elsewhere, persons=(0, 2))
    timur = people.fresh(people.timur)

    new = queries.whole(timur, received)
    told = _texts(new, timur)
    assert (new.state, new.by_id, new.organisation_id) == ("offered", timur.member_id, elsewhere.organisation_id)
    assert VICTIM in told
    assert "+7 700" in told
    assert OFFICER in told
    assert [act.articles for act in new.acts] == [["CAT:1"]]
    assert [consent.purpose for consent in new.consents] == ["referral"]
    assert "Гульнара" not in told
    assert "Абай" not in told
    assert new.sources == []
    with pytest.raises(NotFound):
        find(Incident, incident.id, visible(Incident, timur))
    assert incident.state == "referred"
    assert list(faults()) == []


def test_who_has_not_consented_goes_under_a_pseudonym_in_every_text(people, incident, elsewhere):
    received = _refer(incident, people, elsewhere, parts=("narrative", "sources", "place"), persons=(1,))
    timur = people.fresh(people.timur)

    new = queries.whole(timur, received)
    told = _texts(new, timur)
    assert [timur.ring.text(person, "pseudonym") for person in new.people] == ["В."]
    for name in ("Аскар", "Тестов", "Гульнара", "Свидетель", "Капитан"):
        assert name not in told
    assert "Абай" in told
    assert [source.reliability for source in new.sources] == ["high"]


def test_what_is_accepted_becomes_a_draft_and_stays_referred(people, incident, elsewhere):
    received = _refer(incident, people, elsewhere)
    timur = people.fresh(people.timur)
    new = queries.whole(timur, received)
    with pytest.raises(NotPermitted), transaction():
        operations.add_person(new, kind="individual", name="X", by=timur, at=now())
    with pytest.raises(NotPermitted), transaction():
        evidence.add_item(new, title="A paper", by=timur, at=now())
    with pytest.raises(NotPermitted), transaction():
        operations.accept_referral(new, by=people.marat, at=now())

    with transaction():
        operations.accept_referral(new, by=timur, at=now())
    assert new.state == "draft"
    assert db.session.scalars(db.select(Event.verb).where(Event.verb == "incidents.accept_referral")).all()
    with pytest.raises(NotPermitted), transaction():
        operations.take_back(incident, by=people.aigul, at=now())
    assert list(faults()) == []


@pytest.mark.parametrize("decided", ["rejected", "not yet"])
def test_what_is_not_accepted_is_taken_back_and_the_key_with_it(people, incident, elsewhere, decided):
    received = _refer(incident, people, elsewhere)
    timur = people.fresh(people.timur)
    new = queries.whole(timur, received)
    if decided == "rejected":
        with transaction():
            operations.reject_referral(new, reason="We have no lawyer there.", by=timur, at=now())
        assert [found.id for found in queries.rejected_elsewhere(people.marat)] == [incident.id]

    with transaction():
        operations.take_back(incident, by=people.fresh(people.marat), at=now())
    assert incident.state == "in_review"
    reason = people.dana.ring.text(incident.moves[-1], "reason")
    assert reason == ("We have no lawyer there." if decided == "rejected" else "")
    holders = set(db.session.scalars(db.select(Grant.member_id).where(Grant.safe_id == new.safe_id)))
    assert holders == {people.aigul.member_id, people.marat.member_id}
    with pytest.raises(NotFound):
        find(Incident, received, visible(Incident, people.fresh(people.timur)))
    assert list(faults()) == []
    assert queries.rejected_elsewhere(people.marat) == []
    verbs = set(db.session.scalars(db.select(Event.verb).where(Event.result == "done")))
    told = {"incidents.refer", "incidents.pass_on", "incidents.take_back"}
    assert verbs >= told | ({"incidents.reject_referral"} if decided == "rejected" else set())
    _refer(incident, people, elsewhere)  # and it can be referred anew


def test_a_referral_that_the_ledger_does_not_tell_gives_no_key(people, incident, elsewhere):
    """Who writes into the database can make herself the one who answers; the key does not follow."""
    received = _refer(incident, people, elsewhere)
    with transaction():
        new = find(Incident, received, visible(Incident, people.aigul))
        new.by_id = people.dana.member_id
    assert any("Dana" in fault for fault in faults())


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"parts": ("everything",)}, "parts"),
        ({"parts": ("place",), "persons": ()}, "parts"),
        ({"to": "dana"}, "to"),
        ({"to": "leila"}, "to"),
    ],
)
def test_a_referral_that_cannot_be_is_refused_at_its_field(people, incident, elsewhere, change, field):
    to = db.session.get_one(Member, getattr(people, change.pop("to")).member_id) if "to" in change else elsewhere
    with pytest.raises(RuleBroken) as refused:
        _refer(incident, people, to, **change)
    assert refused.value.field == field
    assert incident.state == "verified"


def test_the_pages_lead_from_the_offer_to_the_answer(people, incident, elsewhere, visit):
    aigul, timur, dana = visit(people.aigul), visit(people.timur), visit(people.dana)
    page = f"/incidents/{incident.id}/referral"
    form = aigul.open(page)
    assert "Has consented to being passed on" in form
    assert "goes under a pseudonym" in form
    person = incident.people[0].id
    sent = aigul.fill(page, to=elsewhere.id, parts="narrative", people=person, reason="Closer to it.", note="Look.")
    assert sent.status_code == 303
    assert "Another house" in dana.open(f"/incidents/{incident.id}")

    desk = timur.open("/")
    assert "Offered to you" in desk
    db.session.rollback()
    new = queries.offered_to(people.fresh(people.timur))[0]
    shown = timur.open(f"/incidents/{new.id}")
    assert "Look." in shown
    assert "Referred by" in shown
    assert timur.fill(f"/incidents/{new.id}/rejection", reason="No lawyer.").status_code == 303
    assert "Rejected elsewhere" in aigul.open("/")
    back = f"/incidents/{incident.id}"
    assert aigul.press(back, f"{back}/taking-back").status_code == 303
    assert "No lawyer." in dana.open(back)
    timur.open(f"/incidents/{new.id}", 404)


def test_every_person_is_a_copy_of_its_own(people, incident, elsewhere):
    received = _refer(incident, people, elsewhere)
    safes = db.session.scalars(db.select(Person.safe_id).where(visible(Person, people.aigul)))
    assert len(set(safes)) == 2
    assert today() >= incident.consents[0].given_on
    assert received != incident.id
