"""Every form under bad input: sent twice, sent stale, filled with rubbish. Nothing is lost, doubled, or a fault."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from caseflow.kernel.clock import today
from caseflow.kernel.ids import new_id
from tests.house.test_routes import ANSWERS, SENT, address, body
from tests.house.world import ROLES, World

RUBBISH = {
    "long": "ж" * 30_000,
    "control": "a\x00b\x07c\u202ed\u200be\ufffff",
    "markup": "<script>alert(1)</script>{{ 7 * 7 }}%s' OR 1=1 --",
    "number": "-99999999999999999999",
    "date": "0000-99-99",
    "digits": "٣٤",
    "id": "zzzzzzzzzzzzzzzz",
}
QUERY = "page q state region right year stage counsel after kind victim person incident article body origin verb member result next inline name"
FINE = {200, 303, 400, 403, 404, 409, 410, 413, 422, 429}

# Forms that change a row, with one thing that is typed and where it is stored now.
STALE = {
    "incidents.what": "title",
    "incidents.where": "place",
    "incidents.correct_person": "name",
    "incidents.correct_act": "consequences",
    "incidents.correct_involvement": "unit",
    "incidents.correct_source": "who",
    "incidents.correct_intervention": "details",
    "cases.edit": "title",
    "deadlines.change": "reason",
    "remedies.show": "note",
}
STORED = {
    "incidents.what": "An incident that is draft",
    "incidents.correct_person": "Askar Testov",
    "incidents.correct_involvement": "a sergeant",
    "incidents.correct_source": "His sister",
    "cases.edit": "A case of Leila Akhmet",
}
NOT_AHEAD = {
    "incidents.where": "learned_on",
    "incidents.add_source": "said_on",
    "incidents.correct_source": "said_on",
    "incidents.give_consent": "given_on",
    "incidents.withdraw_consent": "on",
    "proceedings.open_proceeding": "began_on",
    "proceedings.move": "began_on",
    "proceedings.record_filing": "filed_on",
    "proceedings.record_decision": "decided_on",
    "proceedings.record_service": "served_on",
    "proceedings.record_in_force": "in_force_on",
    "remedies.show": "on",
}


def able(endpoint: str) -> Iterator[str]:
    """Yield the roles that may do it."""
    own = ANSWERS[f"POST {endpoint}"].split("|")[1].split()
    yield from (role for role, status in zip(ROLES, own, strict=True) if status in {"200", "303"})


def filled(world: World, endpoint: str, **changes: Any) -> dict[str, Any]:
    given = body(f"POST {endpoint}", world.own)
    return {"data": {**given["data"], **changes}}


def url_of(world: World, endpoint: str) -> str:
    return address(world, f"POST {endpoint}", world.own)


@pytest.mark.parametrize("endpoint", [one for one in SENT if not one.startswith(("entrance.", "web."))])
def test_a_form_sent_twice_is_done_once(world: World, endpoint: str) -> None:
    for role in able(endpoint):
        once, url, before = new_id(), url_of(world, endpoint), world.rows()
        try:
            first = world.send(role, "POST", url, keep=True, **filled(world, endpoint, once=once))
            after = world.rows()
            second = world.send(role, "POST", url, keep=True, **filled(world, endpoint, once=once))
            again = world.rows()
        finally:
            world.put_back()
        assert first.status_code in {200, 303}, role
        assert again == after, f"{endpoint} was done twice for {role}"
        if first.status_code == 303:
            assert second.status_code == 303
            assert second.location == first.location
        assert world.rows() == before


@pytest.mark.parametrize(("endpoint", "name"), STALE.items())
def test_a_stale_page_keeps_what_was_typed_and_shows_what_is_stored(world: World, endpoint: str, name: str) -> None:
    role = next(able(endpoint))
    typed = "What I typed while somebody else was quicker"
    answer = world.send(
        role, "POST", url_of(world, endpoint), **filled(world, endpoint, **{name: typed, "version": "77777"})
    )
    page = unescape(answer.text)
    assert answer.status_code == 422
    assert "after you opened it" in page
    assert typed in page
    assert STORED.get(endpoint, "") in page
    # The version now in the page is the present one, so that sending it again replaces knowingly.
    versions = re.findall(r'name="version"[^>]*value="(\d+)"', answer.text)
    assert versions
    assert "77777" not in versions


@pytest.mark.parametrize(("endpoint", "name"), NOT_AHEAD.items())
def test_a_day_that_has_not_come_is_refused_at_its_field(world: World, endpoint: str, name: str) -> None:
    ahead = (today("Asia/Almaty") + timedelta(days=2)).isoformat()
    for role in able(endpoint):
        before = world.rows()
        answer = world.send(role, "POST", url_of(world, endpoint), **filled(world, endpoint, **{name: ahead}))
        assert answer.status_code == 422
        wrong = re.search(rf'id="{name}-error"', answer.text)
        assert wrong, f"the mistake does not stand at {name}"
        assert ahead in answer.text, "what was typed is lost"
        assert world.rows() == before


def refuse_rubbish(world: World, endpoint: str, **changes: str) -> None:
    role = next(able(endpoint), "coordinator")
    answer = world.send(role, "POST", url_of(world, endpoint), **filled(world, endpoint, **changes))
    assert answer.status_code in FINE, f"{changes}: {answer.status_code}"
    assert b"<script>alert" not in answer.data


def fields_of(endpoint: str) -> list[str]:
    return [*(name for name, typed in SENT[endpoint].items() if typed != "@"), "version", "once"]


@pytest.mark.parametrize("endpoint", SENT)
def test_rubbish_in_any_field_is_answered_in_words(world: World, endpoint: str) -> None:
    """Each field gets one kind of rubbish, another one from form to form, and each kind stands in all fields at once."""
    kinds, names = list(RUBBISH.values()), fields_of(endpoint)
    first = list(SENT).index(endpoint)
    for number, name in enumerate(names, first):
        refuse_rubbish(world, endpoint, **{name: kinds[number % len(kinds)]})
    for rubbish in kinds:
        refuse_rubbish(world, endpoint, **dict.fromkeys(names, rubbish))


@pytest.mark.prove
@pytest.mark.parametrize("endpoint", SENT)
def test_every_rubbish_in_every_field_is_answered_in_words(world: World, endpoint: str) -> None:
    for rubbish in RUBBISH.values():
        for name in fields_of(endpoint):
            refuse_rubbish(world, endpoint, **{name: rubbish})


@pytest.mark.parametrize("row", [row for row in ANSWERS if row.startswith("GET")])
def test_rubbish_in_an_address_is_answered_in_words(world: World, row: str) -> None:
    for rubbish in (
        "-1",
        "99999999999999999999",
        "٣",
        "\x00",
        "' OR 1=1",
        "//example.org",
        "<script>alert(1)</script>",
        "é" * 2000,
    ):
        query = dict.fromkeys(QUERY.split(), rubbish)
        answer = world.send("coordinator", "GET", address(world, row, world.own), query_string=query)
        assert answer.status_code in FINE, f"{rubbish!r}: {answer.status_code}"
        if answer.mimetype == "text/html":
            assert "<script>alert" not in answer.text
        if answer.location:
            assert answer.location.startswith("/")
            assert not answer.location.startswith("//")
        answer.close()


@pytest.mark.parametrize("what", ["\x00", "é" * 64, "..%2f..%2fetc", "' OR 1=1", "a" * 5000])
def test_an_address_that_is_none_is_not_found(world: World, what: str) -> None:
    for place in ("incidents", "cases", "evidence", "evidence/files", "precedents", "remedies", "join"):
        answer = world.send("coordinator", "GET", f"/{place}/{what}")
        assert answer.status_code == 404, place
