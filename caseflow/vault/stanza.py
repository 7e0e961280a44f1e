"""One stanza of an age header as text and back; the strict base64 that age demands.

Source: C2SP age v1, "Header" (ABNF) and "Conventions" (canonical, unpadded base64).
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from caseflow.vault.errors import Damaged

FILE_KEY_LENGTH = 16
COLUMNS = 64
MALFORMED = "The header of the sealed file is malformed."


@dataclass(frozen=True, slots=True)
class Stanza:
    """`-> kind argument…` and a body of bytes."""

    kind: str
    arguments: tuple[str, ...]
    body: bytes

    def encoded(self) -> bytes:
        """Return the stanza's lines, the last one shorter than 64 columns (empty when it must be)."""
        text = encode64(self.body)
        lines = [" ".join(("->", self.kind, *self.arguments))]
        lines += [text[i : i + COLUMNS] for i in range(0, len(text) + 1, COLUMNS)]
        return "".join(line + "\n" for line in lines).encode("ascii")


def encode64(data: bytes) -> str:
    """Return canonical base64 without padding."""
    return base64.b64encode(data).rstrip(b"=").decode("ascii")


def decode64(text: str) -> bytes:
    """Return the bytes of canonical, unpadded base64. Raises Damaged for any other spelling of them."""
    try:
        data = binascii.a2b_base64(text + "=" * (-len(text) % 4), strict_mode=True)
    except (ValueError, binascii.Error):
        raise Damaged(MALFORMED) from None
    if encode64(data) != text:
        raise Damaged(MALFORMED)
    return data
