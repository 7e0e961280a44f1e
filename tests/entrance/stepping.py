"""An authenticator app and a passkey made of Python, and how a member of the tests sets them up."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from secrets import token_bytes
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from flask.testing import FlaskClient
from pyotp import TOTP
from werkzeug.test import TestResponse

from caseflow.kernel.clock import now
from tests.cast import PASSPHRASE
from tests.pages import hidden, send

SETUP = "/account/second-factor/app"
SECOND = "/sign-in/second"


def code_of(secret: str, steps: int = 0) -> str:
    """Return what the app shows now, or `steps` half minutes from now."""
    return str(TOTP(secret).at(int(now().timestamp()) + 30 * steps))


def set_up_app(client: FlaskClient) -> tuple[str, list[str]]:
    """Set up an app as its owner does; return its secret, as it stands beside the square, and the backup codes."""
    page = client.get(SETUP)
    secret = re.search(r"data-secret>([A-Z2-7]{32})<", page.text)
    assert secret, page.text
    typed = {"code": code_of(secret[1]), "passphrase": PASSPHRASE}
    done = send_with(client, SETUP, page, offer=hidden_id(page, "offer"), **typed)
    assert done.status_code in {200, 303}, done.text
    return secret[1], re.findall(r"data-backup-code>([^<]+)<", done.text)


def first_step(client: FlaskClient, email: str = "dana@example.org", **more: Any) -> TestResponse:
    """Give address and passphrase."""
    return send(client, "/sign-in", email=email, passphrase=PASSPHRASE, **more)


def second_step(client: FlaskClient, code: str, **more: Any) -> TestResponse:
    """Give a code at the second step."""
    return send(client, SECOND, code=code, **more)


def send_with(client: FlaskClient, path: str, page: TestResponse, **fields: Any) -> TestResponse:
    """Send `fields` with the token of a page that was fetched already."""
    found = re.search(r'name="csrf_token"[^>]*?value="([^"]+)"', page.text)
    assert found
    return client.post(path, data={"csrf_token": found[1], **fields})


def hidden_id(page: TestResponse, name: str) -> str:
    """Return the value of the hidden input with the id `name`."""
    found = re.search(rf'<input id="{name}" name="{name}" type="hidden" value="([^"]*)"', page.text)
    assert found, f"no {name} in the page: {hidden(page, name)}"
    return found[1]


def options_of(page: TestResponse) -> dict[str, Any]:
    """Return what a page asks of a passkey."""
    found = re.search(r'data-options="([^"]*)"', page.text)
    assert found, "the page asks nothing of a passkey"
    options: dict[str, Any] = json.loads(html.unescape(found[1]))
    return options


def b64(content: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


class Authenticator:
    """A passkey in software. Each method takes what a forger would change."""

    def __init__(self, host: str = "localhost", origin: str = "http://localhost") -> None:
        self.key, self.id, self.host, self.origin, self.count = (
            ec.generate_private_key(ec.SECP256R1()),
            token_bytes(32),
            host,
            origin,
            0,
        )

    def _client_data(self, kind: str, challenge: str, origin: str | None) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin or self.origin}).encode()

    def _data(self, flags: int, host: str | None, count: int) -> bytes:
        return hashlib.sha256((host or self.host).encode()).digest() + bytes([flags]) + count.to_bytes(4, "big")

    def create(
        self, options: dict[str, Any], *, origin: str | None = None, host: str | None = None, flags: int = 0x45
    ) -> str:
        """Return the answer to a registration."""
        point = self.key.public_key().public_numbers()
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})
        data = self._data(flags, host, self.count) + bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        client = self._client_data("webauthn.create", options["challenge"], origin)
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._said(
            {"clientDataJSON": b64(client), "attestationObject": b64(attested), "transports": ["internal"]}
        )

    def get(
        self,
        options: dict[str, Any],
        *,
        origin: str | None = None,
        host: str | None = None,
        flags: int = 0x05,
        count: int | None = None,
        kind: str = "webauthn.get",
        signer: ec.EllipticCurvePrivateKey | None = None,
    ) -> str:
        """Return the answer to a question."""
        self.count = self.count + 1 if count is None else count
        data = self._data(flags, host, self.count)
        client = self._client_data(kind, options["challenge"], origin)
        signature = (signer or self.key).sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._said({"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature)})

    def _said(self, response: dict[str, Any]) -> str:
        return json.dumps({"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": response})
