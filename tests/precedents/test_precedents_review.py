"""A decision becomes a precedent by two scorers who are not counsel, in a safe of its own, without names."""

from pathlib import Path

import pytest
from sqlalchemy import select

from caseflow.access import precedents as policy
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, find, transaction
from caseflow.kernel.errors import NotFound, NotPermitted, RuleBroken
from caseflow.ledger import operations as ledger
from caseflow.ledger.models import Event
from caseflow.ledger.operations import UNTOLD
from caseflow.ledger.queries import details_of
from caseflow.network.models import Member
from caseflow.precedents import operations, queries, rules
from caseflow.precedents.models import Precedent, Review
from caseflow.precedents.operations import publication
from tests.cast import cast, signed_in_client
from tests.matter import VICTIM, decided
from tests.pages import send

TEXT = {"title": "Burden of proof", "question": "Who must explain injuries?", "holding": "The State must."}
NOTES = {criterion.id: "because" for criterion in rules.CRITERIA}


def values(number):
    return {criterion.id: number for criterion in rules.CRITERIA}


@pytest.fixture
def world(app):
    with app.app_context():
        people = cast(app)
        matter = decided(people)
        with transaction():
            review = operations.propose(matter.decision, **TEXT, by=people.leila, at=now())
        yield people, matter, review


def score(review, by, number=2):
    with transaction():
        operations.score(review, values=values(number), notes=NOTES, by=by, at=now())


def test_counsel_coordinators_and_invited_scorers_read_a_review_and_nobody_else(world):
    people, _matter, review = world
    for reader in (people.leila, people.aigul, people.marat):
        assert find(Review, review.id, policy.visible_reviews(reader)).id == review.id
    for stranger in (people.dana, people.yerlan):
        with pytest.raises(NotFound):
            find(Review, review.id, policy.visible_reviews(stranger))
    with transaction():
        yerlan = db.session.get_one(Member, people.yerlan.member_id)
        operations.invite_scorer(review, member=yerlan, by=people.aigul, at=now())
    asked = people.fresh(people.yerlan)
    assert asked.ring.text(find(Review, review.id, policy.visible_reviews(asked)), "holding") == TEXT["holding"]


def test_counsel_does_not_score_and_is_not_asked_to(world):
    people, _matter, review = world
    with pytest.raises(NotPermitted, match="Counsel"):
        score(review, people.leila)
    with pytest.raises(RuleBroken, match="Counsel"), transaction():
        leila = db.session.get_one(Member, people.leila.member_id)
        operations.invite_scorer(review, member=leila, by=people.aigul, at=now())


def test_the_same_person_does_not_score_twice_and_one_score_does_not_publish(world):
    people, _matter, review = world
    score(review, people.marat)
    with pytest.raises(NotPermitted, match="You have scored"):
        score(review, people.marat)
    with pytest.raises(NotPermitted, match="Two different people"), transaction():
        operations.publish(review, **TEXT, significance=None, by=people.aigul, at=now())


@pytest.mark.parametrize(
    ("change", "field"),
    [({"novelty": 5}, "novelty"), ({"novelty": None}, "novelty"), ({"risk": -1}, "risk")],
)
def test_a_value_outside_the_scale_is_named(world, change, field):
    people, _matter, review = world
    with pytest.raises(RuleBroken) as broken, transaction():
        operations.score(review, values={**values(2), **change}, notes=NOTES, by=people.marat, at=now())
    assert broken.value.field == field


def test_a_value_without_a_reason_is_not_kept(world):
    people, _matter, review = world
    with pytest.raises(RuleBroken) as broken, transaction():
        operations.score(review, values=values(2), notes={**NOTES, "reach": " "}, by=people.marat, at=now())
    assert broken.value.field == "reach"
    assert db.session.get_one(Review, review.id, execution_options={"unscoped": "a test looks"}).scores == []


def test_after_two_scores_everybody_reads_the_anonymised_text_with_the_more_cautious_band(world):
    people, _matter, review = world
    score(review, people.marat, 4)
    score(review, people.aigul, 1)
    with transaction():
        precedent = operations.publish(review, **TEXT, significance="It helps.", by=people.aigul, at=now())
    lower = min(rules.score(values(n)).total_percent for n in (4, 1))
    assert precedent.band == rules.band(lower)
    for reader in (people.dana, people.yerlan, people.leila, people.marat):
        assert find(Precedent, precedent.id, policy.visible_to(reader)).holding == TEXT["holding"]
    assert precedent.id in {row.id for row in db.session.scalars(queries.published(people.dana, words="burden"))}


@pytest.mark.parametrize("name", [VICTIM, "Ashat Zhumabekov", "ЖУМАБЕКОВА", "жұмабеков"])
def test_a_text_that_names_somebody_of_the_case_is_not_published_in_any_script(world, name):
    people, _matter, review = world
    score(review, people.marat)
    score(review, people.aigul)
    with pytest.raises(RuleBroken) as broken, transaction():
        text = {**TEXT, "holding": f"The State must explain what happened to {name}."}
        operations.publish(review, **text, significance=None, by=people.aigul, at=now())
    assert broken.value.field == "holding"
    assert db.session.scalar(select(Precedent.id).where(Precedent.origin == "own")) is None


def test_a_withdrawn_precedent_is_gone_for_all_and_the_ledger_keeps_it(world):
    people, _matter, review = world
    score(review, people.marat)
    score(review, people.aigul)
    with transaction():
        precedent = operations.publish(review, **TEXT, significance=None, by=people.aigul, at=now())
    with transaction():
        operations.withdraw(precedent, reason="A name was recognisable.", by=people.aigul, at=now())
    with pytest.raises(NotFound):
        find(Precedent, precedent.id, policy.visible_to(people.aigul))
    event = db.session.scalars(select(Event).where(Event.verb == "precedents.withdraw")).one()
    assert event.public == {"precedent": precedent.id}, "the reason may name who is recognisable"
    stood = {**TEXT, "significance": ""}
    assert details_of(people.marat, event) == {"reason": "A name was recognisable.", "published": stood}


def test_nothing_of_a_withdrawn_text_stays_in_the_open(app, world):
    people, matter, review = world
    score(review, people.marat)
    score(review, people.aigul)
    text = {name: f"{name} kept in the open" for name in (*TEXT, "significance")}
    with transaction():
        precedent = operations.publish(review, **text, by=people.aigul, at=now())
    path = Path(db.engine.url.database)

    def kept():
        return [one.name for one in path.parent.glob(f"{path.name}*") if b"kept in the open" in one.read_bytes()]

    assert kept() != []
    with transaction():
        operations.withdraw(precedent, reason="Recognisable.", by=people.aigul, at=now())
    precedent_id, reference, case_id = precedent.id, review.reference, matter.case.id
    db.session.remove()
    row = db.session.get_one(Precedent, precedent_id)
    assert {name: getattr(row, name) for name in text} == dict.fromkeys(text, "")
    assert row.number == reference, "that there was one is still told"
    db.session.remove()
    assert kept() == []
    aigul = signed_in_client(app, people.aigul)
    for page in (f"/cases/{case_id}", f"/cases/{case_id}/history", "/precedents/", "/ledger"):
        assert aigul.get(page, follow_redirects=True).status_code == 200


def test_what_a_refused_text_named_stands_nowhere_in_the_open(app):
    with app.app_context():
        people = cast(app)
        matter = decided(people)
        with transaction():
            review = operations.propose(matter.decision, **TEXT, by=people.leila, at=now())
        score(review, people.marat)
        score(review, people.aigul)
        at = f"/precedents/reviews/{review.id}/publication"
        db.session.remove()
    answer = send(signed_in_client(app, people.aigul), at, **{**TEXT, "holding": f"It happened to {VICTIM}."})
    assert f"from the case or its incidents: {VICTIM}" in answer.text, "the page says whom"
    with app.app_context():
        told = db.session.scalars(select(Event.public).where(Event.result == "refused")).all()
    assert told == [{"why": publication.NAMES}]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("why", ["The text names Askar Testov.", "fault Askar"])
def test_the_ledger_keeps_no_words_of_a_refusal_that_are_not_our_own(why):
    ledger.refused("precedents.publish", by=None, about="t:1", why=why)
    assert db.session.scalars(select(Event.public).order_by(Event.seq.desc())).first() == {"why": UNTOLD}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("the complaint of А.С.Ахметов", "Аскар Ахметов"),
        ("Ахметов/Петров against the State", "Аскар Ахметов"),
        ("with Ах\u200bметов and Ах\u00adметов", "Аскар Ахметов"),
        ("said Ким.", "Виктор Ким"),
        ("«Akhmetov»", "Аскар Ахметов"),
        ("Sa'bit was there", "Сәбит Сейт"),
    ],
)
def test_a_name_is_found_however_it_is_written_into_a_sentence(text, name):
    assert publication.names_found(text, [name]) == [name]


def test_other_words_are_no_names():
    assert publication.names_found("the applicant and the State; skim, akimat", ["Виктор Ким", "Аскар Ахметов"]) == []


def test_a_decision_is_proposed_once(world):
    people, matter, _review = world
    with pytest.raises(RuleBroken, match="proposed already"), transaction():
        operations.propose(matter.decision, **TEXT, by=people.aigul, at=now())


def test_a_decision_cites_an_earlier_one_once_and_never_itself(world):
    people, _matter, _review = world
    with transaction():
        operations.load_public_decisions(at=now())
    by_number = {row.number: row for row in db.session.scalars(select(Precedent))}
    later, earlier = by_number["661/2015"], by_number["441/2010"]
    with transaction():
        operations.cite(later, cited=earlier, kind="follows", paragraph="8.2", by=people.leila, at=now())
    for wrong in ((later, earlier), (earlier, later), (later, later)):
        with pytest.raises(RuleBroken), transaction():
            operations.cite(wrong[0], cited=wrong[1], kind="follows", by=people.leila, at=now())
    with pytest.raises(NotPermitted), transaction():
        operations.cite(later, cited=earlier, kind="cites", by=people.dana, at=now())
    _cites, cited_by = queries.citations_of(earlier)
    assert [(c.kind, other.id) for c, other in cited_by] == [("follows", later.id)]


def test_ending_an_assignment_takes_the_review_too(world):
    people, matter, review = world
    from caseflow.cases import operations as cases

    with transaction():
        cases.end_counsel(matter.case.counsel[0], by=people.aigul, at=now())
    with pytest.raises(NotFound):
        find(Review, review.id, policy.visible_reviews(people.fresh(people.leila)))
