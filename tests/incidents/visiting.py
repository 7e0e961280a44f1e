"""A visitor without JavaScript: opens a page, fills in its form as a browser would, sends it with its token."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from caseflow.access.actor import Actor
from tests.cast import signed_in_client


@dataclass
class Sheet:
    """One POST form of a page: where it goes and what its controls hold; a control that holds several has a list."""

    action: str
    values: dict[str, Any] = field(default_factory=dict)

    def put(self, name: str, value: str) -> None:
        if name in self.values:
            before = self.values[name]
            self.values[name] = [*(before if isinstance(before, list) else [before]), value]
        else:
            self.values[name] = value


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sheets: list[Sheet] = []
        self._sheet: Sheet | None = None
        self._text: tuple[str, list[str]] | None = None
        self._select: str | None = None
        self._first: str | None = None
        self._chosen = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name")
        if tag == "form":
            self._sheet = Sheet(given.get("action") or "") if given.get("method") == "post" else None
            if self._sheet is not None:
                self.sheets.append(self._sheet)
        if self._sheet is None:
            return
        if tag == "input" and name:
            self._input(self._sheet, name, given)
        elif tag == "textarea" and name:
            self._text = (name, [])
        elif tag == "select" and name:
            self._select, self._first, self._chosen = name, None, False
        elif tag == "option" and self._select:
            self._option(self._sheet, self._select, given)

    def _input(self, sheet: Sheet, name: str, given: dict[str, str | None]) -> None:
        kind = given.get("type", "text")
        if kind in ("radio", "checkbox"):
            if "checked" in given:
                sheet.put(name, given.get("value") or "on")
        elif kind not in ("submit", "file"):
            sheet.put(name, given.get("value") or "")

    def _option(self, sheet: Sheet, name: str, given: dict[str, str | None]) -> None:
        value = given.get("value") or ""
        self._first = value if self._first is None else self._first
        if "selected" in given:
            sheet.put(name, value)
            self._chosen = True

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text is not None and self._sheet is not None:
            self._sheet.put(self._text[0], "".join(self._text[1]).removeprefix("\r\n").removeprefix("\n"))
            self._text = None
        elif tag == "select":
            if self._select and not self._chosen and self._first is not None and self._sheet is not None:
                self._sheet.put(self._select, self._first)
            self._select = None
        elif tag == "form":
            self._sheet = None


class Visitor:
    """Somebody signed in, whose browser runs no scripts."""

    def __init__(self, app: Flask, actor: Actor) -> None:
        self.app = app
        self.client: FlaskClient = signed_in_client(app, actor)

    def get(self, path: str) -> TestResponse:
        """Open an address. A request gets a context of its own, as on a server, though the test holds one open."""
        with self.app.app_context():
            return self.client.get(path)

    def post(self, path: str, values: dict[str, Any]) -> TestResponse:
        """Send values to an address."""
        with self.app.app_context():
            return self.client.post(path, data=values)

    def open(self, path: str, status: int = 200) -> str:
        """Open a page and return its text; fail when it answers otherwise."""
        answer = self.get(path)
        assert answer.status_code == status, f"{path}: {answer.status_code}, not {status}"
        return answer.text

    def sheet(self, path: str, action: str | None = None) -> Sheet:
        """Return the form of a page: the one that goes to `action`, else the last that is the page's own."""
        return sheet_in(self.open(path), path, action)

    def send(self, sheet: Sheet, **changes: Any) -> TestResponse:
        """Send a form with some controls filled in anew; None leaves a control out."""
        values = {**sheet.values, **changes}
        filled = {name: value for name, value in values.items() if value is not None}
        return self.post(sheet.action, filled)

    def fill(self, path: str, **changes: Any) -> TestResponse:
        """Open a page, fill in its form and send it."""
        return self.send(self.sheet(path), **changes)

    def press(self, path: str, action: str, **changes: Any) -> TestResponse:
        """Open a page and press the button whose form goes to `action`."""
        return self.send(self.sheet(path, action), **changes)


def sheet_in(page: str, path: str, action: str | None = None) -> Sheet:
    """Return a form of the text of a page: the one that goes to `action`, else the one the page is about."""
    reader = _Reader()
    reader.feed(page)
    if action is not None:
        return next(sheet for sheet in reader.sheets if sheet.action == action)
    own = next(sheet for sheet in reader.sheets if not sheet.action and "once" in sheet.values)
    own.action = path
    return own
