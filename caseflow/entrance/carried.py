"""What was being sent when the screen locked: sealed to its member, for whoever stands before it can read its source.

It travels in the page and is stored nowhere. Where it goes is sealed with it: or who stands there could send it elsewhere.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from caseflow.kernel.instance import instance
from caseflow.vault.carried import open_carried, seal_carried
from caseflow.vault.errors import VaultError
from caseflow.vault.keys import MemberKeys, MemberPublic

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Carried:
    """Names and values of a form, and the address of ours that they were on the way to."""

    onward: str
    typed: list[tuple[str, str]] = field(repr=False)


def seal_typed(typed: Pairs, onward: str, *, member: str, public: bytes) -> str:
    """Return both in base64 for the member with these public keys (64 bytes); '' when nothing was typed."""
    if not typed:
        return ""
    content = json.dumps([onward, list(typed)], ensure_ascii=False).encode()
    sealed = seal_carried(MemberPublic.from_bytes(public), content, instance=instance(), member=member)
    return base64.b64encode(sealed).decode()


def open_typed(text: str, keys: MemberKeys, *, member: str) -> Carried | None:
    """Return what `seal_typed` sealed to this member; None where it is somebody else's or was changed."""
    try:
        sealed = base64.b64decode(text, validate=True)
        onward, typed = json.loads(open_carried(keys, sealed, instance=instance(), member=member))
        return Carried(str(onward), [(str(name), str(value)) for name, value in typed])
    except (VaultError, ValueError, TypeError, RecursionError):
        return None
