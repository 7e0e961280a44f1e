"""A film from a telephone over a poor line: it breaks, the server is killed, the page is left; nothing is sent twice."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Request, Route, expect

from tests.fixtures.servers import LiveServer
from tests.journeys import steps
from tests.journeys.conftest import People
from tests.journeys.steps import Person, Words

WORDS = Words()
MIB = 1024 * 1024


def telephone(live_server: LiveServer, meet: Callable[..., People]) -> tuple[Person, str]:
    """Return Dana at her telephone, and the address of an incident that she has begun."""
    aigul, dana, *_others = meet(has_touch=True, is_mobile=True)
    steps.found(live_server, aigul)
    steps.sign_in(aigul)
    steps.bring_in(live_server, aigul, dana, "documenter")
    dana.page.set_viewport_size({"width": 360, "height": 740})
    dana.open("/incidents/new")
    dana.send("Save and go on", {"title": WORDS.title, "narrative": WORDS.narrative, "language": "en"})
    return dana, dana.path.removesuffix("/where")


@pytest.mark.timeout(400)
def test_a_film_goes_on_after_everything_that_stops_it(
    live_server: LiveServer, meet: Callable[..., People], tmp_path: Path
) -> None:
    dana, incident = telephone(live_server, meet)
    page = dana.page
    film, content = tmp_path / "film.mp4", os.urandom(30 * MIB)
    film.write_bytes(content)
    offsets: list[int] = []

    def noted(request: Request) -> None:
        if request.method == "PATCH":
            offsets.append(int(request.headers["upload-offset"]) // MIB)

    def trouble(route: Route) -> None:
        """Break the line at the second part, kill the server at the third, let nothing through from the fourth on."""
        at = int(route.request.headers.get("upload-offset", "-1")) // MIB
        tried = offsets.count(at)
        if route.request.method != "PATCH" or at < 8 or (at < 24 and tried > 1):
            route.continue_()
            return
        if at == 16:
            live_server.kill()
            live_server.start()
        route.abort()

    page.on("request", noted)
    page.on("dialog", lambda dialog: dialog.accept())
    page.route("**/evidence/uploads/*", trouble)
    dana.open(f"{incident}/evidence")
    dana.follow("Add evidence")
    expect(dana.main.get_by_label("Take a photograph or a film")).to_be_visible()
    dana.fill({"title": WORDS.exhibit, "files": film})
    dana.main.get_by_role("button", name="Add it", exact=True).click()
    state = dana.main.locator("[data-parts-state]")
    expect(state).to_contain_text("The line broke. What came is kept", timeout=30_000)
    page.wait_for_function("() => document.querySelector('[data-parts-box] progress').value >= 80", timeout=60_000)
    expect(state).to_contain_text("The line broke. What came is kept", timeout=30_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    dana.main.get_by_role("button", name="Pause", exact=True).click()
    expect(state).to_have_text("Paused. What came is kept for a week.")
    assert sorted(set(offsets)) == [0, 8, 16, 24]
    assert (offsets.count(0), offsets.count(8), offsets.count(16)) == (1, 2, 2)

    # The page is left; where she comes back it says what was begun, and the same file goes on there.
    page.unroute("**/evidence/uploads/*")
    page.reload()
    dana.sees("Begun and not whole")
    dana.sees("film.mp4")
    offsets.clear()
    dana.fill({"files": film})
    dana.main.get_by_role("button", name="Add it", exact=True).click()
    expect(page.locator("h1")).to_have_text(WORDS.exhibit, timeout=60_000)
    assert offsets == [24]
    dana.sees(hashlib.sha256(content).hexdigest())
    assert len([path for path in (live_server.instance / "store").rglob("*") if path.is_file()]) == 1
