"""A day on which everything goes wrong that goes wrong at a desk: each time there is a clear answer, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from caseflow.kernel.clock import today
from tests.fixtures.servers import LiveServer
from tests.journeys import steps
from tests.journeys.conftest import People
from tests.journeys.steps import ZONE, Person, Words

WORDS = Words()
NARRATIVE = "A long text that nobody wants to type twice."


@pytest.fixture
def live_server(make_live_server: Callable[..., LiveServer], sqlite_url: str) -> LiveServer:
    """Return a running server that takes files of at most 2 MiB."""
    return make_live_server(sqlite_url, max_upload_mb="2").start()


def refused(person: Person, button: str, words: str) -> None:
    """Press a button and demand that the page names the mistake."""
    with person.page.expect_navigation() as coming:
        person.main.get_by_role("button", name=button, exact=True).first.click()
    assert coming.value.status == 422
    expect(person.page.locator("[data-error-summary]")).to_contain_text(words)


def payloads(server: LiveServer) -> list[Path]:
    return [path for path in (server.instance / "store").rglob("*") if path.is_file()]


def in_list(person: Person, title: str) -> int:
    person.open("/incidents/")
    return person.main.get_by_role("link", name=title, exact=True).count()


@pytest.fixture
def dana(live_server: LiveServer, meet: Callable[..., People]) -> Callable[..., Person]:
    """Return `dana(**context options)`: a documenter who has come in."""

    def come(**options: object) -> Person:
        aigul, dana, *_others = meet(**options)
        steps.found(live_server, aigul)
        steps.sign_in(aigul)
        steps.bring_in(live_server, aigul, dana, "documenter")
        return dana

    return come


def edit_in_two_windows(dana: Person, incident: str) -> None:
    """What she keeps in one window is not overwritten by the other, which shows both texts and can go on."""
    dana.open(f"{incident}/what")
    other = Person(dana.page.context.new_page(), dana.url)
    other.open(f"{incident}/what")
    other.send("Save and go on", {"title": WORDS.title, "narrative": "Kept in the second window."})
    dana.fill({"narrative": "Typed in the first window."})
    refused(dana, "Save and go on", "after you opened it")
    dana.sees("Kept in the second window.")
    expect(dana.main.locator('[name="narrative"]')).to_have_value("Typed in the first window.")
    dana.send("Save and go on", {"narrative": "Both, written together."})
    dana.open(incident)
    dana.sees("Both, written together.")
    other.page.close()


def send_wrong_files(dana: Person, server: LiveServer, incident: str, folder: Path) -> None:
    """No file, an empty one, one over the limit: named beside the field, what was typed stays, nothing is stored."""
    empty, large = folder / "empty.jpg", folder / "large.bin"
    empty.touch()
    large.write_bytes(b"\x07" * (2 * 1024 * 1024 + 1))
    good = folder / "good.txt"
    good.write_text("a plain paper")
    dana.open(f"{incident}/evidence")
    dana.follow("Add evidence")
    dana.fill({"title": WORDS.exhibit, "details": WORDS.details})
    for files, words in (
        ([], "Choose at least one file."),
        ([empty], "This file is empty."),
        ([good, empty], "This file is empty."),
        ([large], "larger than this installation takes"),
    ):
        dana.fill({"files": files})
        refused(dana, "Add it", words)
        expect(dana.main.locator('[name="title"]')).to_have_value(WORDS.exhibit)
        expect(dana.main.locator('[name="details"]')).to_have_value(WORDS.details)
        assert payloads(server) == []
    dana.main.locator('[name="files"]').set_input_files(
        {"name": "..\\..\\etc\u202e\u0007pass/photo.txt", "mimeType": "text/plain", "buffer": b"in order"}
    )
    dana.press("Add it")
    dana.sees("photo.txt")
    dana.misses("\u202e")
    dana.misses("etc")
    assert len(payloads(server)) == 1


@pytest.mark.timeout(400)
def test_mistakes_at_a_desk_without_scripts(
    live_server: LiveServer, dana: Callable[..., Person], tmp_path: Path
) -> None:
    dana_ = dana(java_script_enabled=False)

    # A missing title is named, and the long text is still there.
    dana_.open("/incidents/new")
    dana_.fill({"narrative": NARRATIVE, "language": "en"})
    dana_.main.locator("form").evaluate("form => { form.noValidate = true }")  # an old browser checks nothing itself
    refused(dana_, "Save and go on", "Give it a title")
    expect(dana_.main.locator('[name="narrative"]')).to_have_value(NARRATIVE)
    dana_.send("Save and go on", {"title": WORDS.title})
    incident = dana_.path.removesuffix("/where")

    assert in_list(dana_, WORDS.title) == 1

    # A day that has not come, and one that never comes.
    dana_.open(f"{incident}/where")
    dana_.fill({"learned_on": (today(ZONE) + timedelta(days=2)).isoformat(), "place": WORDS.place})
    refused(dana_, "Save and go on", "When did it reach you?")
    expect(dana_.main.locator('[name="place"]')).to_have_value(WORDS.place)
    dana_.fill({"learned_on": "", "began_on-day": "31", "began_on-month": "2", "began_on-year": "2026"})
    refused(dana_, "Save and go on", "There is no such day.")

    edit_in_two_windows(dana_, incident)
    send_wrong_files(dana_, live_server, incident, tmp_path)
    for nowhere in ("/incidents/0000000000000000", "/cases/0000000000000000", "/evidence/x", "/nothing/here"):
        dana_.open(nowhere, status=404)


@pytest.mark.timeout(400)
def test_an_impatient_hand_and_a_broken_line(
    live_server: LiveServer, dana: Callable[..., Person], tmp_path: Path
) -> None:
    dana_ = dana()
    dana_.open("/incidents/new")
    dana_.fill({"title": WORDS.title, "narrative": NARRATIVE, "language": "en"})
    with dana_.page.expect_navigation():
        dana_.main.get_by_role("button", name="Save and go on").dblclick()
    expect(dana_.page.locator("h1")).to_have_text("Where and when")
    incident = dana_.path.removesuffix("/where")
    assert in_list(dana_, WORDS.title) == 1

    # The line breaks while a file is sent: the page says so, keeps everything, and the next try is the first that counts.
    photo = tmp_path / "photo.bin"
    photo.write_bytes(b"\x01" * 1_500_000)
    dana_.open(f"{incident}/evidence")
    dana_.follow("Add evidence")
    dana_.fill({"title": WORDS.exhibit, "files": photo})
    dana_.page.context.set_offline(True)
    dana_.main.get_by_role("button", name="Add it").click()
    told = dana_.main.locator("[data-upload-number]")
    failed = dana_.main.locator("form[data-upload]").get_attribute("data-upload-failed")
    assert failed
    expect(told).to_have_text(failed)
    expect(dana_.main.locator('[name="title"]')).to_have_value(WORDS.exhibit)
    assert payloads(live_server) == []
    dana_.page.context.set_offline(False)
    dana_.main.get_by_role("button", name="Add it").click()
    expect(dana_.page.locator("h1")).to_have_text(WORDS.exhibit)
    dana_.open(f"{incident}/evidence")
    assert dana_.main.get_by_role("link", name=WORDS.exhibit).count() == 1
    assert len(payloads(live_server)) == 1
