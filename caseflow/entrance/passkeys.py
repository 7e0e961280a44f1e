"""Passkeys and security keys as a second factor: what the browser is asked, and whether its answer holds (WebAuthn).

The name a passkey is bound to and the address its answers come from are those of CASEFLOW_URL. An address of numbers
has no name, so there are no passkeys on it.
"""

from __future__ import annotations

import ipaddress
import json
import logging
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from caseflow.kernel.settings import current

log = logging.getLogger(__name__)

CHALLENGE_BYTES = 32
LONGEST_ANSWER = 16 * 1024
_MINUTE = 60_000  # milliseconds


@dataclass(frozen=True)
class Place:
    """Where passkeys of this installation hold: the name they are bound to, and the one origin of their answers."""

    name: str
    origin: str


@dataclass(frozen=True)
class Passkey:
    """What is kept, sealed, of a passkey: its owner's name for it, its id, its public key (COSE), how it is reached."""

    name: str
    credential: bytes
    public: bytes
    transports: tuple[str, ...] = ()

    def to_bytes(self) -> bytes:
        """Return it as JSON."""
        record = {
            "name": self.name,
            "id": _text(self.credential),
            "public": _text(self.public),
            "transports": list(self.transports),
        }
        return json.dumps(record, ensure_ascii=False, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Passkey:
        """Read what `to_bytes` wrote."""
        record = json.loads(content)
        return cls(record["name"], _bytes(record["id"]), _bytes(record["public"]), tuple(record["transports"]))


def place() -> Place | None:
    """Return where passkeys hold; None when CASEFLOW_URL is an address of numbers, which WebAuthn does not allow."""
    address = urlsplit(current().url)
    host = address.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return Place(host, f"{address.scheme}://{address.netloc.rpartition('@')[2]}")
    return None


def to_register(where: Place, challenge: bytes, *, member_id: str, email: str, name: str, known: list[Passkey]) -> str:
    """Return what the browser is asked for a new passkey, as JSON; those in `known` are not offered once more."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = generate_registration_options(
        rp_id=where.name,
        rp_name="caseflow",
        user_name=email,
        user_display_name=name,
        user_id=member_id.encode(),
        challenge=challenge,
        timeout=5 * _MINUTE,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one.credential) for one in known],
    )
    return str(options_to_json(options))


def to_sign(where: Place, challenge: bytes, *, known: list[Passkey]) -> str:
    """Return what the browser is asked to sign with one of the passkeys in `known`, as JSON."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorTransport,
        PublicKeyCredentialDescriptor,
        UserVerificationRequirement,
    )

    ways = {way.value for way in AuthenticatorTransport}
    options = generate_authentication_options(
        rp_id=where.name,
        challenge=challenge,
        timeout=5 * _MINUTE,
        allow_credentials=[
            PublicKeyCredentialDescriptor(
                id=one.credential,
                transports=[AuthenticatorTransport(way) for way in one.transports if way in ways] or None,
            )
            for one in known
        ],
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return str(options_to_json(options))


def registered(answer: str, *, where: Place, challenge: bytes, name: str) -> tuple[Passkey, int] | None:
    """Return the new passkey and its signature count if the browser's answer holds, else None."""
    from webauthn import verify_registration_response

    said = _parsed(answer)
    if said is None:
        return None
    try:
        found = verify_registration_response(
            credential=said, expected_challenge=challenge, expected_rp_id=where.name, expected_origin=where.origin
        )
        transports = said.get("response", {}).get("transports") or []
        ways = tuple(way for way in transports if isinstance(way, str) and len(way) < 20)[:8]
    except Exception as refusal:  # noqa: BLE001 -- whatever a stranger's bytes do to the parsers is a refusal
        log.info("a passkey was not registered: %s", type(refusal).__name__)
        return None
    return Passkey(name, found.credential_id, found.credential_public_key, ways), found.sign_count


def signed_by(answer: str) -> bytes | None:
    """Return the id of the passkey that an answer says it is from; nothing is checked yet."""
    said = _parsed(answer)
    try:
        return _bytes(said["id"]) if said else None
    except (KeyError, ValueError, TypeError, AttributeError):
        return None


def signed(answer: str, *, where: Place, challenge: bytes, passkey: Passkey, count: int) -> int | None:
    """Return the new signature count if the answer is this passkey's to this challenge, else None.

    A count that does not grow is a copy of the key or of the answer; a passkey that keeps no count always says 0.
    """
    from webauthn import verify_authentication_response

    said = _parsed(answer)
    if said is None:
        return None
    try:
        found = verify_authentication_response(
            credential=said,
            expected_challenge=challenge,
            expected_rp_id=where.name,
            expected_origin=where.origin,
            credential_public_key=passkey.public,
            credential_current_sign_count=count,
        )
    except Exception as refusal:  # noqa: BLE001 -- whatever a stranger's bytes do to the parsers is a refusal
        log.info("a passkey was refused: %s", type(refusal).__name__)
        return None
    return int(found.new_sign_count) if found.credential_id == passkey.credential else None


def _parsed(answer: str) -> dict[str, Any] | None:
    if len(answer) > LONGEST_ANSWER:
        return None
    try:
        said = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
