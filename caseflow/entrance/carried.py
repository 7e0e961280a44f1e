"""What was being sent when the screen locked: sealed to its member, for whoever stands before a locked screen reads its source.

It travels in the page and is stored nowhere. A text of another member, or one that was cut, opens as nothing.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Sequence

from caseflow.vault.errors import VaultError
from caseflow.vault.keys import MemberKeys, MemberPublic
from caseflow.vault.stream import seal, unseal

Pairs = Sequence[tuple[str, str]]


def seal_typed(typed: Pairs, public: bytes) -> str:
    """Return names and values (an age file in base64) for the member with these public keys (64 bytes); '' for none."""
    if not typed:
        return ""
    sealed = io.BytesIO()
    seal(io.BytesIO(json.dumps(list(typed)).encode()), sealed, [MemberPublic.from_bytes(public).recipient])
    return base64.b64encode(sealed.getvalue()).decode()


def open_typed(text: str, keys: MemberKeys) -> list[tuple[str, str]] | None:
    """Return what `seal_typed` sealed to this member; None where it is somebody else's or was changed."""
    opened = io.BytesIO()
    try:
        unseal(io.BytesIO(base64.b64decode(text, validate=True)), opened, [keys.age_identity])
        return [(str(name), str(value)) for name, value in json.loads(opened.getvalue())]
    except (VaultError, ValueError, TypeError):
        return None
