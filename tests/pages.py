"""How tests send forms: as a browser does, with the token that the page carries."""

import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_TOKEN = re.compile(r'name="csrf_token"[^>]*?value="([^"]+)"')


def token(client: FlaskClient, path: str = "/sign-in") -> str:
    """Return the token that the page at `path` (or the one it leads to) gives to its forms."""
    found = _TOKEN.search(client.get(path, follow_redirects=True).text)
    assert found, f"{path} has no form"
    return found[1]


def send(client: FlaskClient, path: str, page: str | None = None, **fields: object) -> TestResponse:
    """Send `fields` to `path` with the token of `page` (by default the same page); do not follow what it answers."""
    return client.post(path, data={"csrf_token": token(client, page or path), **fields})


def hidden(answer: TestResponse, name: str) -> list[str]:
    """Return the values of all hidden inputs called `name`, as they stand in the page."""
    return re.findall(rf'name="{name}" value="([^"]*)"', answer.text)
