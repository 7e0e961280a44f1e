"""Photographs the main pages: three languages, light and dark, desk and phone, into `instance/shots/`.

Builds the demo network in a temporary folder, serves it on a free port, signs in as each role and takes full-page
pictures, so that whoever changes a page looks at it. `make shots`; `ONLY=desk make shots` for pages whose name has it.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from caseflow.demo.cast import PEOPLE

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "instance" / "shots"
LANGUAGES = ("en", "ru", "kk")
THEMES = ("light", "dark")
WIDTHS = {"desk": 1280, "phone": 360}
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
CHROMIUM += ["--disable-component-update", "--disable-sync"]
# page name -> who, path, and patterns of the links to follow from there, one after the other
PAGES: dict[str, tuple[str, ...]] = {
    "sign-in": ("", "/sign-in"),
    "desk-documenter": ("dana", "/"),
    "desk-lawyer": ("leila", "/"),
    "desk-coordinator": ("aigul", "/"),
    "case": ("leila", "/cases/", r"/cases/[0-9a-z]{16}$"),
    "cases": ("aigul", "/cases/"),
    "incidents": ("aigul", "/incidents/"),
    "incident": ("aigul", "/incidents/", r"/incidents/[0-9a-z]{16}$"),
    "incident-form": ("dana", "/incidents/new"),
    "incident-quick": ("dana", "/incidents/quick"),
    "incident-list": ("dana", "/incidents/import"),
    "incident-export": ("dana", "/incidents/export"),
    "dates": ("leila", "/deadlines/"),
    "precedents": ("dana", "/precedents/"),
    "precedent": ("dana", "/precedents/?origin=own", r"/precedents/[0-9a-z]{16}$"),
    "members": ("aigul", "/members"),
    "member": ("aigul", "/members", r"/members/[0-9a-z]{16}$"),
    "leave": ("aigul", "/members", r"/members/[0-9a-z]{16}$", r"/end$"),
    "account": ("dana", "/account"),
    "second-factor": ("dana", "/account/second-factor"),
    "app": ("dana", "/account/second-factor/app"),
    "export": ("leila", "/cases/", r"/cases/[0-9a-z]{16}$", r"/export"),
    "ledger": ("aigul", "/ledger"),
    "patterns": ("aigul", "/patterns/"),
    "cluster": ("aigul", "/patterns/", r"/patterns/cluster"),
    "rights": ("dana", "/rights"),
}


@contextmanager
def demo_server() -> Iterator[str]:
    """Serve a fresh demo network on a free port of this machine and yield its address."""
    with tempfile.TemporaryDirectory(prefix="caseflow-shots-") as folder:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        env = {**os.environ, "CASEFLOW_INSTANCE": folder, "CASEFLOW_URL": url, "PORT": str(port)}
        env["CASEFLOW_WORKER"] = "none"
        env["CASEFLOW_SECOND_FACTOR"] = ""
        python = [sys.executable, "-m"]
        for command in (["db", "upgrade"], ["demo", "build"]):
            subprocess.run([*python, "flask", "--app", "wsgi", *command], cwd=ROOT, env=env, check=True)
        server = subprocess.Popen(
            [*python, "gunicorn", "--config", "caseflow/gunicorn_conf.py", "wsgi:app"],
            cwd=ROOT,
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait(url)
            yield url
        finally:
            server.terminate()
            server.wait(timeout=20)


def chromium() -> str | None:
    """Return the path of the system's Chromium; None leaves the choice to Playwright."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def _wait(url: str) -> None:
    for _try in range(100):
        try:
            urllib.request.urlopen(f"{url}/health", timeout=2)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("the server did not start")


def sign_in(page: Page, url: str, who: str) -> None:
    """Sign in as one of the people of the demo network, by the key of her name."""
    person = next(person for person in PEOPLE if person.key == who)
    page.goto(f"{url}/sign-in")
    page.fill("input[name=email]", person.email)
    page.fill("input[name=passphrase]", person.passphrase)
    page.click("main button[type=submit], form.form button[type=submit]")
    page.wait_for_url(re.compile(re.escape(url) + "/$"))


def _photograph(browser: Browser, url: str, who: str, names: list[str]) -> int:
    taken = 0
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    if who:
        sign_in(page, url, who)
    for name in names:
        _who, path, *patterns = PAGES[name]
        for pattern in patterns:
            page.goto(url + path)
            links = page.eval_on_selector_all("main a[href]", "found => found.map(a => a.getAttribute('href'))")
            path = next((link for link in links if re.search(pattern, link)), path)
        for language in LANGUAGES:
            for theme in THEMES:
                cookies = [{"name": "language", "value": language}, {"name": "theme", "value": theme}]
                context.add_cookies([{**cookie, "url": url} for cookie in cookies])  # type: ignore[typeddict-item]
                for width_name, width in WIDTHS.items():
                    page.set_viewport_size({"width": width, "height": 900})
                    page.goto(url + path)
                    page.screenshot(path=str(OUT / f"{name}-{language}-{theme}-{width_name}.png"), full_page=True)
                    taken += 1
    context.close()
    return taken


def main() -> None:
    """Take all pictures and say where they are."""
    only = os.environ.get("ONLY", "")
    OUT.mkdir(parents=True, exist_ok=True)
    by_person: dict[str, list[str]] = {}
    for name, (who, *_path) in PAGES.items():
        if only in name:
            by_person.setdefault(who, []).append(name)
    with demo_server() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM)
        taken = sum(_photograph(browser, url, who, names) for who, names in by_person.items())
        browser.close()
    print(f"{taken} pictures are in {OUT.relative_to(ROOT)}/")


if __name__ == "__main__":
    main()
