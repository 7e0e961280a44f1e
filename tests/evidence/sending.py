"""How tests of evidence send files: as a browser encodes its forms, byte for byte."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from caseflow.access.actor import Actor
from tests.cast import signed_in_client
from tests.pages import hidden

BOUNDARY = "----WebKitFormBoundaryAbC123xyz"
MIB = 1024 * 1024
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000") + bytes(range(256)) * 4


def encoded(
    fields: Iterable[tuple[str, str]], files: Iterable[tuple[str, str, bytes]], boundary: str = BOUNDARY
) -> bytes:
    """Return a `multipart/form-data` body: fields (name, value), then files (field name, file name, content)."""
    out = io.BytesIO()
    for name, value in fields:
        out.write(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode())
        out.write(value.encode() + b"\r\n")
    for name, filename, content in files:
        escaped = filename.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        out.write(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{escaped}"\r\n'.encode())
        out.write(b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n")
    out.write(f"--{boundary}--\r\n".encode())
    return out.getvalue()


class Visit(FlaskClient):
    """A client whose every request stands for itself, also where a test holds the application's context open.

    Otherwise what one request notes (who is signed in, that a token was right) would still hold in the next.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send one request, read the answer whole and let go of what it held open."""
        kwargs.setdefault("buffered", True)
        with self.application.app_context():
            return super().open(*args, **kwargs)


class Sender:
    """Somebody signed in who sends evidence from a browser without JavaScript."""

    def __init__(self, app: Flask, actor: Actor) -> None:
        app.test_client_class = Visit
        self.client: FlaskClient = signed_in_client(app, actor)

    def form(self, path: str) -> dict[str, str]:
        """Open the form at `path` and return what its hidden fields hold."""
        page = self.client.get(path)
        assert page.status_code == 200, f"{path}: {page.status_code}"
        return {name: hidden(page, name)[-1] for name in ("once",)} | {"csrf_token": _token(page)}

    def post(self, path: str, body: bytes, boundary: str = BOUNDARY) -> TestResponse:
        """Send a body that is already encoded."""
        return self.client.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")

    def send(self, path: str, *files: tuple[str, bytes], **fields: str) -> TestResponse:
        """Open the form at `path`, fill it in and send it with `files` (name, content)."""
        return self.post(path, self.filled(path, *files, **fields))

    def filled(self, path: str, *files: tuple[str, bytes], **fields: str) -> bytes:
        """Open the form at `path` and return the body that filling it in would send."""
        values: dict[str, Any] = {**self.form(path), "copy_or_original": "original", **fields}
        return encoded(values.items(), [("files", name, content) for name, content in files])

    def put(self, path: str, content: bytes, **headers: str) -> TestResponse:
        """Send a raw body with the token of the form at the same place."""
        token = self.form(path.partition("?")[0])["csrf_token"]
        return self.client.put(path, data=content, headers={"X-CSRFToken": token, **headers})


def _token(page: TestResponse) -> str:
    found = re.findall(r'name="csrf_token"[^>]*?value="([^"]+)"', page.text)
    assert found
    return str(found[-1])


class Broken:
    """A stream that gives some bytes and then fails as a line does."""

    def __init__(self, content: bytes, error: Exception) -> None:
        self._content, self._error = io.BytesIO(content), error

    def read(self, size: int) -> bytes:
        """Return what is left, then fail."""
        piece = self._content.read(size)
        if not piece:
            raise self._error
        return piece
