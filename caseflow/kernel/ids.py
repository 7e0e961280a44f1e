"""Opaque public ids: they tell neither order nor number of what they name."""

from __future__ import annotations

import secrets

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford base32 in lower case: no i, l, o, u to misread
LENGTH = 16


def new_id() -> str:
    """Return 16 characters holding 80 random bits."""
    number = secrets.randbits(5 * LENGTH)
    return "".join(_ALPHABET[(number >> (5 * place)) & 31] for place in range(LENGTH))


def if_id(text: str) -> str:
    """Return `text` if it has the shape of an id, else a mark: what somebody typed into an address is kept nowhere."""
    return text if len(text) == LENGTH and set(text) <= set(_ALPHABET) else "?"
