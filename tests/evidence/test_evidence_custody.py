"""The history of an item as a court asks for it: each look once, what was done with which file, who got its keys."""

from datetime import timedelta
from html import unescape
from re import DOTALL, findall, sub

import pytest

from caseflow.cases import operations as cases
from caseflow.cases.models import Case, Counsel
from caseflow.evidence import operations
from caseflow.kernel import clock
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.keys.models import Safe
from caseflow.network.models import Member
from tests.evidence.sending import JPEG, MIB
from tests.storage import only

FILM = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(MIB)


def custody(person, item):
    """Return what the page of an item says in each line of its custody, without the time."""
    page = person.client.get(f"/evidence/{item.id}").text
    lines = [sub(r"<time.*?</time>", "", line) for line in findall(r'<li class="event.*?</li>', page, DOTALL)]
    return [" ".join(unescape(sub(r"<[^>]+>", " ", line)).split()) for line in lines]


@pytest.fixture
def dana(people, sender):
    return sender(people.dana)


def test_a_film_that_is_sought_through_is_one_look(dana, stored, seen):
    file = stored(FILM, "film.mp4")
    for asked in ("bytes=0-", "bytes=900000-", "bytes=500000-", "bytes=700000-800000"):
        answer = dana.client.get(f"/evidence/files/{file.id}?inline=1", headers={"Range": asked})
        assert answer.status_code == 206
    assert len(seen.events("evidence.view")) == 1


def test_a_look_from_the_beginning_is_a_look_of_its_own(dana, stored, seen):
    file = stored(FILM, "film.mp4")
    for _time in range(2):
        dana.client.get(f"/evidence/files/{file.id}?inline=1", headers={"Range": "bytes=0-"})
    assert len(seen.events("evidence.view")) == 2


@pytest.mark.parametrize("place", ["", "?inline=1"])
def test_nobody_takes_the_rest_of_a_file_without_being_noted(dana, stored, seen, place):
    file = stored(FILM, "film.mp4")
    assert (
        len(dana.client.get(f"/evidence/files/{file.id}{place}", headers={"Range": "bytes=1-"}).data) == len(FILM) - 1
    )
    assert len(seen.events("evidence.view") + seen.events("evidence.download")) == 1


def test_a_look_does_not_stand_for_a_copy_nor_one_person_for_another_nor_one_file_for_the_next(
    people, sender, dana, stored, seen
):
    film, other = stored(FILM, "film.mp4"), stored(FILM + b"1", "other.mp4")
    rest = {"Range": "bytes=1000-"}
    dana.client.get(f"/evidence/files/{film.id}?inline=1")
    dana.client.get(f"/evidence/files/{film.id}", headers=rest)
    sender(people.aigul).client.get(f"/evidence/files/{film.id}?inline=1", headers=rest)
    dana.client.get(f"/evidence/files/{other.id}?inline=1", headers=rest)
    assert len(seen.events("evidence.download")) == 1
    looks = {(event.actor_id, event.subject) for event in seen.events("evidence.view")}
    assert looks == {
        (people.dana.member_id, f"evidence_files:{film.id}"),
        (people.aigul.member_id, f"evidence_files:{film.id}"),
        (people.dana.member_id, f"evidence_files:{other.id}"),
    }


@pytest.mark.parametrize(("later", "looks"), [(timedelta(minutes=14), 1), (timedelta(minutes=16), 2)])
def test_after_a_quarter_of_an_hour_going_on_is_noted_again(people, stored, seen, later, looks):
    file = stored(FILM, "film.mp4")
    for at, goes_on in ((now(), False), (now() + later, True)):
        with clock.at(at), transaction():
            operations.hand_out(file, how="view", goes_on=goes_on, by=people.dana, at=at).close()
    assert len(seen.events("evidence.view")) == looks


def test_a_failed_look_stands_for_none(dana, stored, seen, people):
    file = stored(FILM, "film.mp4")
    with transaction():
        operations.note_damage(file, how="view", by=people.dana, at=now())
    dana.client.get(f"/evidence/files/{file.id}?inline=1", headers={"Range": "bytes=9-"})
    assert len(seen.events("evidence.view")) == 1


def test_custody_names_the_file_that_each_line_is_about(dana, item, stored):
    first, second = stored(JPEG, "first.jpg"), stored(JPEG + b"2", "second.jpg")
    dana.client.get(f"/evidence/files/{second.id}")
    dana.client.get(f"/evidence/files/{first.id}?inline=1")
    assert custody(dana, item) == [
        "Dana Ospanova entered a piece of evidence",
        "Dana Ospanova added a file first.jpg",
        "Dana Ospanova added a file second.jpg",
        "Dana Ospanova took a copy of a file second.jpg",
        "Dana Ospanova looked at a file first.jpg",
    ]


def test_custody_says_in_words_that_something_failed(people, dana, item, stored):
    file = stored()
    with transaction():
        operations.note_check(file, intact=False, by=None, at=now())
    assert custody(dana, item)[-1] == "The system checked the sealed file failed photo.jpg"


def test_custody_says_who_took_a_key_away(people, sender, dana, item, stored):
    stored()
    with transaction():
        operations.export_key(only(Safe, Safe.id == item.safe_id), by=people.aigul, at=now())
    assert custody(dana, item)[-1] == "Aigul Sarsen exported the key of the safe"


def test_custody_says_when_the_files_were_sealed_for_other_keys_and_only_what_came_after_the_item(
    people, sender, receive
):
    with transaction():
        case = cases.open_case(title="The case", by=people.aigul, at=now())
        for actor in (people.leila, people.yerlan):
            member = db.session.get_one(Member, actor.member_id)
            cases.assign_counsel(case, member=member, role="co_counsel", by=people.aigul, at=now())
    _end(people, case, people.leila)
    with transaction():
        item = operations.add_item(only(Case, Case.id == case.id), title="Later", by=people.aigul, at=now())
    _end(people, case, people.yerlan)
    lines = custody(sender(people.aigul), item)
    assert [line for line in lines if "renewed the safe" in line] == [
        "Aigul Sarsen took the key of Yerlan Nurpeis and renewed the safe"
    ]


def _end(people, case, actor):
    counsel = only(Counsel, Counsel.case_id == case.id, Counsel.member_id == actor.member_id)
    with transaction():
        cases.end_counsel(counsel, by=people.aigul, at=now())
