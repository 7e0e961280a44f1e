"""Every page that anybody gets is a whole page; the main ones are read by axe and looked at on a narrow phone."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.fixtures.browsers import NewPage
from tests.fixtures.servers import LiveServer
from tests.house.test_routes import ANSWERS, address
from tests.house.world import ROLES, World

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
NAMED_OTHERWISE = {"hidden", "submit", "button", "image", "reset"}
NO_PAGES = {
    "GET static", "GET web.health", "GET entrance.screen", "GET evidence.download", "GET evidence.sealed",
    "GET evidence.picture", "GET evidence.page", "GET incidents.import_template", "GET incidents.import_verdicts",
    "GET deadlines.feed", "GET deadlines.one_as_file",
}  # fmt: skip
PAGES = [row for row in ANSWERS if row.startswith("GET") and row not in NO_PAGES]
BAD = {"moderate", "serious", "critical"}

MAIN = [
    ("nobody", "GET entrance.sign_in"),
    *((role, "GET desk.home") for role in ROLES),
    ("documenter", "GET incidents.show"),
    ("documenter", "GET incidents.log"),
    ("documenter", "GET incidents.note"),
    ("documenter", "GET incidents.import_list"),
    ("documenter", "GET incidents.import_run"),
    ("documenter", "GET incidents.export_list"),
    ("documenter", "GET incidents.where"),
    ("documenter", "GET incidents.people"),
    ("documenter", "GET incidents.add_person"),
    ("documenter", "GET incidents.consent"),
    ("documenter", "GET incidents.evidence"),
    ("documenter", "GET evidence.add"),
    ("lawyer", "GET cases.index"),
    ("lawyer", "GET cases.show"),
    ("lawyer", "GET proceedings.record_decision"),
    ("lawyer", "GET precedents.index"),
    ("lawyer", "GET precedents.show"),
    ("coordinator", "GET precedents.score"),
    ("coordinator", "GET network.members"),
    ("coordinator", "GET ledger.index"),
    ("coordinator", "GET reports.index"),
]


@dataclass
class Read(HTMLParser):
    """What the checks need to know of a page."""

    nonce: str
    faults: list[str] = field(default_factory=list)
    ids: Counter[str] = field(default_factory=Counter)
    headings: int = 0
    title: str = ""
    language: str = ""
    _open: list[str] = field(default_factory=list)
    _labelled: set[str] = field(default_factory=set)
    _controls: list[tuple[str, str]] = field(default_factory=list)
    _form: tuple[str, bool] | None = None

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._open.append(tag)
        if "id" in given:
            self.ids[given["id"]] += 1
        self.headings += tag == "h1"
        self.language = given.get("lang", "") if tag == "html" else self.language
        self._check(tag, given)
        if tag == "form":
            self._form = (given.get("action", ""), given.get("method", "get").lower() != "post")
        elif tag == "input" and given.get("name", "").endswith("csrf_token") and given.get("value") and self._form:
            self._form = (self._form[0], True)
        if tag == "label":
            self._labelled.add(given.get("for", ""))
        if tag in {"select", "textarea"} or (tag == "input" and given.get("type", "text") not in NAMED_OTHERWISE):
            named = "label" in self._open or given.get("aria-label") or given.get("aria-labelledby")
            if not named:
                self._controls.append((given.get("id", ""), given.get("name", "")))

    def _check(self, tag: str, given: dict[str, str]) -> None:
        if tag == "script" and (given.get("nonce") != self.nonce or not given.get("src")):
            self.faults.append(f"a script without the nonce, or written into the page: {given}")
        if tag == "style" or "style" in given:
            self.faults.append(f"style inside the page: <{tag}>")
        self.faults.extend(f"a handler inside the page: {name}" for name in given if name.startswith("on"))
        if tag == "img" and "alt" not in given:
            self.faults.append(f"a picture without words: {given.get('src')}")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._form is not None:
            if not self._form[1]:
                self.faults.append(f"a form without token: {self._form[0]}")
            self._form = None
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> closes what is not open, line {self.getpos()[0]}")

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "title" and "svg" not in self._open:
            self.title += data

    def all_faults(self) -> list[str]:
        unnamed = [name for key, name in self._controls if key not in self._labelled or not key]
        return [
            *self.faults,
            *(f"the id {key} stands {number} times" for key, number in self.ids.items() if number > 1),
            *(f"the control {name} has no label" for name in unnamed),
            *([f"{self.headings} headings of the first rank"] if self.headings != 1 else []),
            *(["no title"] if not self.title.strip() else []),
            *(["no language"] if self.language not in {"en", "ru", "kk"} else []),
            *([f"not closed: {self._open}"] if self._open else []),
        ]


@pytest.mark.parametrize("row", PAGES)
def test_every_page_is_a_whole_page(world: World, row: str) -> None:
    world.app.config["WTF_CSRF_ENABLED"] = True
    out, own, *_foreign = (part.split() for part in ANSWERS[row].split("|"))
    for who, status in zip(("nobody", *ROLES), (*out, *own), strict=True):
        if status == "303":
            continue
        answer = world.send(who, "GET", address(world, row, world.own))
        nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
        assert nonce, "the answer allows no script of ours"
        read = Read(nonce[1])
        read.feed(answer.text)
        assert read.all_faults() == [], f"{row} as {who}"


@pytest.fixture(scope="module")
def server(_world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    database = tmp_path_factory.mktemp("served") / "caseflow.db"
    shutil.copyfile(_world.pristine, database)
    settings = _world.app.extensions["caseflow_settings"]
    served = LiveServer(settings.instance, database_url=f"sqlite:///{database}", worker="none")
    yield served.start()
    served.close()


def opened(page: Page, server: LiveServer, world: World, who: str, row: str) -> None:
    """Open a page of the world as one of its people."""
    page.context.clear_cookies()
    if who in world.cookies:
        page.context.add_cookies([{"name": world.cookie_name, "value": world.cookies[who], "url": server.url}])
    answer = page.goto(server.url + address(world, row, world.own))
    assert answer is not None
    assert answer.status == 200, f"{row} as {who}"


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing_on_the_main_pages(world: World, server: LiveServer, new_page: NewPage, colours: str) -> None:
    page = new_page(color_scheme=colours, viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    found = []
    for who, row in MAIN:
        opened(page, server, world, who, row)
        for violation in Axe().run(page).response["violations"]:
            if violation["impact"] in BAD:
                places = "; ".join(str(node["target"]) for node in violation["nodes"][:3])
                found.append(f"{row} as {who}: {violation['id']} ({violation['impact']}) {places}")
    assert found == []


def test_no_page_scrolls_sideways_on_a_phone_of_320_pixels(world: World, server: LiveServer, new_page: NewPage) -> None:
    page = new_page(viewport={"width": 320, "height": 640})
    wide = []
    seen = [*MAIN, *(("coordinator", row) for row in PAGES if ANSWERS[row].split("|")[1].split()[2] == "200")]
    for who, row in dict.fromkeys(seen):
        opened(page, server, world, who, row)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 320:
            wide.append(f"{row} as {who}: {width}")
    assert wide == []
