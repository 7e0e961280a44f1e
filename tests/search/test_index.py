"""The index follows what its reader may read: what is new, what was changed, and what was taken from her."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from caseflow.cases import operations as cases
from caseflow.evidence import operations as evidence
from caseflow.incidents import operations as incidents
from caseflow.incidents.queries import Asked
from caseflow.incidents.rules import acts
from caseflow.kernel.clock import now, today
from caseflow.kernel.db import db, transaction
from caseflow.search import index, queries, rules, segments
from caseflow.search.models import SavedSearch, SearchSegment
from tests.cast import cast, signed_in_client
from tests.matter import decided
from tests.pages import send

NARRATIVE = "They were held until morning. The officer said nothing. Протокол не составили."


@pytest.fixture
def world(app):
    with app.app_context(), app.test_request_context():
        people = cast(app)
        yield app, people, decided(people)


@pytest.fixture
def site(app):
    """Return the application, the people and Dana's matter; clients have contexts of their own."""
    with app.app_context():
        people = cast(app)
        return app, people, decided(people).incident.reference


def log(by, title, narrative=NARRATIVE, region="KZ-75", **more):
    with transaction():
        return incidents.log(
            title=title, narrative=narrative, region=region, began_on=today() - timedelta(days=3),
            began_precision="day", language="en", by=by, at=now(), **more,
        )  # fmt: skip


def found(reader, words, **narrow):
    return [hit.reference for hit in queries.search(reader, words, **narrow).hits]


def pieces(member):
    held = select(func.count()).select_from(SearchSegment).where(SearchSegment.member_id == member.member_id)
    return db.session.scalar(held)


def test_what_is_new_or_was_changed_is_found_and_what_it_said_before_is_not(world):
    _app, people, _matter = world
    assert found(people.dana, "lantern") == []
    incident = log(people.dana, "The lantern")
    assert found(people.dana, "lantern") == [incident.reference]
    with transaction():
        facts = {"region": "KZ-75", "began_on": today(), "began_precision": "day", "language": "en"}
        incidents.edit(incident, title="The lamp", narrative="", by=people.dana, at=now(), **facts)
    assert found(people.dana, "lantern") == []
    assert found(people.dana, "lamp") == [incident.reference]
    with transaction():
        incidents.add_person(incident, kind="individual", name="Болат Маратұлы Сериков", by=people.dana, at=now())
    assert found(people.dana, "serikov bolat") == [incident.reference]


def test_what_was_asked_answered_feared_and_done_about_an_incident_is_found(world):
    _app, people, _matter = world
    incident = log(people.dana, "A night")
    assert found(people.dana, "night") == [incident.reference]
    by, at = people.dana, now()
    with transaction():
        person = incidents.add_person(incident, kind="individual", name="Askar Testov", by=by, at=at)
        act = incidents.add_act(incident, victim=person, kind="torture", articles=["CAT:1"], by=by, at=at)
        incidents.fill_checklist(act, kind="ill_treatment", answers={"consent": ("yes", "a leaden pipe")}, by=by, at=at)
        incidents.assess_risk(
            incident, about="victim", level="high", threat="a grey minibus", measures="a neighbour calls",
            review_on=today() + timedelta(days=9), person=person, by=by, at=at,
        )  # fmt: skip
        incidents.add_intervention(
            incident, kind="complaint", on=None, on_precision="unknown", addressee="the ombudsman", by=by, at=at
        )
        incidents.submit(incident, by=by, at=at)
        incidents.ask(incident, question="Which watchman?", by=people.aigul, at=at)
    assert found(people.dana, "watchman") == [incident.reference]
    with transaction():  # a second question moves the incident nowhere, and is read all the same
        incidents.ask(incident, question="Which corridor?", by=people.aigul, at=at + timedelta(seconds=1))
    for words in ("leaden pipe", "grey minibus", "neighbour calls", "ombudsman", "which watchman", "corridor"):
        assert found(people.dana, words) == found(people.aigul, words) == [incident.reference], words
        assert found(people.timur, words) == []


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("morning held", True),
        ("“held until morning”", True),
        ("«протокол не составили» officer", True),
        ('"morning held"', False),
        ('"held until mor"', False),
        ("morn offic", True),
        ("Маратович", True),
        ("maratovich bolat", True),
        ("Маратқызы", False),
        ("serikof", False),
    ],
)
def test_words_stand_anywhere_phrases_word_by_word_and_patronymics_in_every_form(world, words, is_found):
    _app, people, _matter = world
    incident = log(people.dana, "The lantern")
    with transaction():
        incidents.add_person(incident, kind="individual", name="Болат Маратұлы Сериков", by=people.dana, at=now())
    assert (incident.reference in found(people.dana, words)) is is_found


def test_whose_key_was_taken_finds_nothing_and_keeps_no_index_of_it(world):
    _app, people, matter = world
    assert matter.incident.reference in found(people.leila, "station")
    assert found(people.aigul, "station")
    assert pieces(people.leila)
    counsel = matter.case.counsel[0]
    with transaction():
        cases.end_counsel(counsel, by=people.fresh(people.aigul), at=now())
    assert pieces(people.leila) == 0
    assert pieces(people.aigul)
    assert found(people.fresh(people.leila), "station") == []


def test_an_index_that_was_spoilt_or_belongs_to_other_keys_is_made_anew(world):
    _app, people, matter = world
    assert found(people.dana, "station") == [matter.incident.reference]
    with transaction():
        for row in db.session.scalars(select(SearchSegment)):
            row.sealed = row.sealed[:-1] + bytes([row.sealed[-1] ^ 1])
    assert found(people.dana, "station") == [matter.incident.reference]
    assert pieces(people.dana) == 1
    with transaction():
        moved = db.session.scalars(select(SearchSegment)).one()
        moved.member_id = people.timur.member_id
    assert found(people.timur, "station") == []


def test_few_texts_are_put_together_and_a_full_segment_is_left_alone(world, monkeypatch):
    _app, people, _matter = world
    monkeypatch.setattr(segments, "MOST", 4)
    monkeypatch.setattr(index, "_FEW", 2)
    for number in range(6):
        log(people.dana, f"Lantern {number}")
        assert len(found(people.dana, "lantern")) == number + 1
    kept = set(db.session.execute(select(SearchSegment.id, SearchSegment.sealed)).all())
    assert len(kept) == 4  # of two each, and one of a single text
    log(people.dana, "Lantern 6")
    assert len(found(people.dana, "lantern")) == 7
    left = set(db.session.execute(select(SearchSegment.id, SearchSegment.sealed)).all())
    assert (len(left), len(kept & left)) == (4, 3)


def test_what_cannot_be_read_in_time_is_said_and_gone_on_with(site, monkeypatch):
    app, people, reference = site
    monkeypatch.setattr(index, "SECONDS", -1.0)
    client = signed_in_client(app, people.dana)
    page = send(client, "/search", q="station").text
    assert "Not everything is read yet" in page
    assert "Nothing you may read" not in page
    assert "data-go-on" in page
    monkeypatch.setattr(index, "SECONDS", 3.0)
    page = send(client, "/search", q="station").text
    assert reference in page
    assert "Not everything is read yet" not in page


def test_exhibits_with_their_file_names_and_cases_with_their_notes_and_parties_are_found(world):
    _app, people, matter = world
    with transaction():
        item = evidence.add_item(matter.incident, title="A torn shirt", details="From Akmola", by=people.dana, at=now())
        cases.add_note(matter.case, body="Ask the pharmacist.", by=people.leila, at=now())
        cases.add_party(matter.case, side="opposing", kind="body", name="Police of Almaty", by=people.leila, at=now())
    assert found(people.dana, "torn shirt", kind="item") == [f"№ {item.exhibit}"]
    assert found(people.leila, "pharmacist") == [matter.case.reference]
    assert found(people.leila, "полиция алматы") == []
    assert found(people.leila, "police алматы") == [matter.case.reference]
    assert found(people.dana, "pharmacist") == []


def test_facts_narrow_and_are_counted(world):
    _app, people, matter = world
    log(people.dana, "The station again")
    result = queries.search(people.dana, "station")
    assert +result.counts == {"incident": 2}
    assert result.facets["region"] == {"KZ-47": 1, "KZ-75": 1}
    assert result.facets["state"]["draft"] == 1
    assert {right for right, number in result.facets["right"].items() if number} == {acts()["torture"].parent}
    assert found(people.dana, "station", asked=Asked(region="KZ-47")) == [matter.incident.reference]
    assert found(people.leila, "burden", asked=Asked(region="KZ-47")) == []


def kept(app):
    with app.app_context():
        return db.session.execute(select(SavedSearch.id, SavedSearch.sealed)).all()


def test_a_search_is_kept_sealed_asked_again_and_forgotten(site):
    app, people, _reference = site
    dana, timur = signed_in_client(app, people.dana), signed_in_client(app, people.timur)
    for _time in range(2):
        assert "The search is kept" in send(dana, "/search", q="station", region="KZ-47", keep="1").text
    ((row, sealed),) = kept(app)
    assert b"station" not in sealed
    again = dana.get("/search").text
    assert 'name="q" value="station"' in again
    assert 'name="region" value="KZ-47"' in again
    assert "station" not in timur.get("/search").text
    send(timur, f"/search/saved/{row}/out")
    assert kept(app)
    send(dana, f"/search/saved/{row}/out")
    assert kept(app) == []
    assert "Write what is to be searched for." in send(dana, "/search", keep="1").text


def test_the_words_that_were_found_are_marked(site):
    app, people, _reference = site
    dana = signed_in_client(app, people.dana)
    assert "<mark>officers.</mark>" in send(dana, "/search", q="officers жумабеков").text
    assert "<mark>" not in send(dana, "/search", q="zzz").text


def test_at_most_eight_words_count():
    assert len(rules.sought(" ".join(f"word{number}" for number in range(20))).words) == 8
