"""At a real browser: an app, a passkey in Chromium's own virtual authenticator, and text that survives the lock screen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from pyotp import TOTP

from tests.fixtures.browsers import NewPage
from tests.fixtures.servers import LiveServer

PHRASE = "seven quiet rivers under snow"
EMAIL = "aigul@example.org"


@pytest.fixture
def server(make_live_server, sqlite_url) -> LiveServer:
    """Return a running server that is opened by the name localhost, with one coordinator."""
    server = make_live_server(sqlite_url, second_factor="coordinator")
    server.url = server.url.replace("127.0.0.1", "localhost")
    server.environment["CASEFLOW_URL"] = server.url
    answers = ("Network of the tests", "Bureau of the tests", "Aigul Sarsen", EMAIL, PHRASE, PHRASE)
    server.flask("network", "found", typed="\n".join(answers) + "\n")
    return server.start()


def _first_step(page: Page, server: LiveServer, path: str = "/") -> None:
    page.goto(server.url + path)
    page.fill("[name=email]", EMAIL)
    page.fill("[name=passphrase]", PHRASE)
    page.get_by_role("button", name="Sign in", exact=True).click()


def _authenticator(page: Page) -> tuple[object, str]:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return session, made["authenticatorId"]


def test_a_coordinator_is_led_to_a_passkey_and_signs_in_with_it(server: LiveServer, page: Page) -> None:
    devtools, key = _authenticator(page)
    _first_step(page, server, "/members")
    expect(page.get_by_role("heading", level=1, name="Second factor")).to_be_visible()
    page.goto(server.url + "/members")
    expect(page.get_by_role("heading", level=1, name="Second factor")).to_be_visible()
    page.get_by_role("link", name="Add a passkey").click()
    page.fill("[name=name]", "this computer")
    page.get_by_role("button", name="Register it").click()
    expect(page.locator("[data-backup-code]")).to_have_count(10)
    page.get_by_role("link", name="I have kept the codes").click()
    expect(page.get_by_role("heading", level=1, name="Members")).to_be_visible()
    stored = devtools.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]
    assert [one["rpId"] for one in stored] == ["localhost"]

    page.goto(server.url + "/account")
    page.context.clear_cookies()
    _first_step(page, server, "/account")
    expect(page.get_by_role("heading", level=1, name="The second step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1, name="Aigul Sarsen")).to_be_visible()
    assert devtools.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"][0]["signCount"] > 1


def test_a_passkey_that_is_not_there_says_so_and_a_backup_code_still_opens(server: LiveServer, page: Page) -> None:
    devtools, key = _authenticator(page)
    _first_step(page, server)
    page.get_by_role("link", name="Add a passkey").click()
    page.fill("[name=name]", "lost key")
    page.get_by_role("button", name="Register it").click()
    code = page.locator("[data-backup-code]").first.inner_text()
    page.get_by_role("link", name="I have kept the codes").click()
    page.goto(server.url + "/account")
    page.context.clear_cookies()
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    devtools.send("WebAuthn.clearCredentials", {"authenticatorId": key})
    _first_step(page, server)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator("[data-passkey-failed]")).to_be_visible(timeout=15_000)
    page.fill("[name=code]", code)
    page.get_by_role("button", name="Go on").click()
    expect(page).to_have_url(server.url + "/")


def test_the_app_is_set_up_and_used_without_javascript(server: LiveServer, plain_page: Page) -> None:
    page = plain_page
    _first_step(page, server)
    page.get_by_role("link", name="Set up an authenticator app").click()
    square = page.locator(".qr svg")
    expect(square).to_be_visible()
    assert square.bounding_box()["width"] > 150
    app = TOTP(page.locator("[data-secret]").inner_text())
    page.fill("[name=code]", app.now())
    page.get_by_role("button", name="Set up").click()
    codes = page.locator("[data-backup-code]").all_inner_texts()
    page.get_by_role("link", name="I have kept the codes").click()
    expect(page).to_have_url(server.url + "/")
    page.goto(server.url + "/account")
    page.context.clear_cookies()
    _first_step(page, server, "/account")
    page.fill("[name=code]", codes[0])
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1, name="Aigul Sarsen")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_what_was_typed_in_a_page_that_locked_is_there_after_unlocking(
    make_live_server, sqlite_url, new_page: NewPage, scripts: bool
) -> None:
    server = make_live_server(sqlite_url)
    answers = ("Network of the tests", "Bureau of the tests", "Aigul Sarsen", EMAIL, PHRASE, PHRASE)
    server.flask("network", "found", typed="\n".join(answers) + "\n")
    server.start()
    page = new_page(java_script_enabled=scripts)
    _first_step(page, server, "/members/organisations/new")
    other = page.context.new_page()
    page.fill("[name=name]", "Bureau “East” & partners")
    other.goto(server.url + "/account")  # the same session locks while the page with the text stays open
    token = other.locator("form[action='/lock'] [name=csrf_token]").first.get_attribute("value")
    locked = page.context.request.post(server.url + "/lock", form={"csrf_token": token}, max_redirects=0)
    assert locked.status == 303
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_role("heading", level=1, name="The screen is locked")).to_be_visible()
    assert "Bureau “East” & partners" not in page.locator("main").inner_text(), "it travels hidden, not shown"
    page.fill("[name=passphrase]", PHRASE)
    page.get_by_role("button", name="Unlock").click()
    if not scripts:
        page.get_by_role("button", name="Send it now").click()
    expect(page.get_by_text("Bureau “East” & partners").first).to_be_visible()
    assert re.search(r"/members$", page.url)
    kept = "JSON.stringify([Object.keys(localStorage), Object.keys(sessionStorage)])"
    if scripts:
        assert page.evaluate(kept) == "[[],[]]", "nothing typed lies in the browser's storage"


def test_a_page_that_nobody_looks_at_hides_what_it_shows(make_live_server, sqlite_url, new_page: NewPage) -> None:
    server = make_live_server(sqlite_url)
    answers = ("Network of the tests", "Bureau of the tests", "Aigul Sarsen", EMAIL, PHRASE, PHRASE)
    server.flask("network", "found", typed="\n".join(answers) + "\n")
    server.start()
    page = new_page()
    page.clock.install()
    _first_step(page, server, "/members/organisations/new")
    other = page.context.new_page()
    shown, locked = page.get_by_label("Name"), page.get_by_role("heading", name="The screen is locked")

    page.clock.fast_forward("15:05")  # the browser's time only: the session is open, as if she were in another window
    expect(shown).to_be_visible()
    shown.fill("Bureau “East”")
    other.goto(server.url + "/account")
    token = other.locator("form[action='/lock'] [name=csrf_token]").first.get_attribute("value")
    page.context.request.post(server.url + "/lock", form={"csrf_token": token}, max_redirects=0)
    page.clock.fast_forward("15:05")
    expect(locked).to_be_visible()
    assert "Bureau" not in page.content()
    expect(page.get_by_text("What you typed is still here.")).to_be_visible()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Unlock").click()
    opened.value.fill("[name=passphrase]", PHRASE)
    opened.value.get_by_role("button", name="Unlock").click()
    expect(opened.value.get_by_role("heading", level=1)).not_to_have_text("The screen is locked")
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(shown).to_have_value("Bureau “East”")

    token = opened.value.locator("form[action='/sign-out'] [name=csrf_token]").first.get_attribute("value")
    page.context.request.post(server.url + "/sign-out", form={"csrf_token": token}, max_redirects=0)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    assert "Bureau" not in page.content(), "a page out of the history is hidden before anybody is asked"
    expect(locked).to_be_visible()
