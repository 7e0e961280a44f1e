"""The main steps of the story in a browser that runs no scripts: pages, links and forms are enough."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fixtures.servers import LiveServer
from tests.journeys import steps
from tests.journeys.conftest import People
from tests.journeys.steps import Words, days_ago

WORDS = Words()


@pytest.mark.timeout(400)
def test_the_story_needs_no_scripts(
    live_server: LiveServer, meet: Callable[..., People], exhibits: list[Path], film: Callable[[int], Path]
) -> None:
    aigul, dana, _timur, leila, yerlan = meet(java_script_enabled=False)
    steps.found(live_server, aigul)
    steps.sign_in(aigul)
    for guest, role in ((dana, "documenter"), (leila, "lawyer"), (yerlan, "lawyer")):
        steps.bring_in(live_server, aigul, guest, role)

    incident = steps.log_incident(dana, WORDS)
    item = steps.add_evidence(dana, incident, [*exhibits, film(2)], WORDS, scripts=False)
    steps.submit(dana, incident)
    steps.ask(aigul, WORDS)
    steps.answer(dana, WORDS)
    steps.verify(aigul, incident, WORDS)
    case = steps.open_case(aigul, incident, WORDS)
    steps.assign(aigul, case, leila)

    steps.open_proceeding(leila, WORDS)
    steps.work_in_case(leila, case, WORDS)
    steps.hear(leila, case, WORDS)
    steps.decide(leila, case, "conviction", WORDS.holding, on=days_ago(5))
    steps.confirm_deadline(leila, case, "Appeal")
    steps.appeal(leila, case)
    steps.decide(leila, case, "annulled_new_act", WORDS.appeal, on=days_ago(0))

    review = steps.propose(leila, case, WORDS)
    steps.ask_for_score(aigul, review, yerlan)
    steps.score(yerlan, review, WORDS, value=3)
    steps.score(aigul, review, WORDS, value=4)
    precedent = steps.publish(aigul, review, WORDS)
    dana.open(precedent)
    dana.sees(WORDS.held)
    dana.open(case, status=404)
    yerlan.open(item, status=404)
    # Locking and signing out are buttons of the menu, which opens without a script too.
    dana.open("/")
    dana.page.locator("header summary").click()
    dana.press("Sign out", dana.page.locator("header"))
    dana.open(precedent)
    assert dana.path == "/sign-in"
