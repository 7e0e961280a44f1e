"""How a higher room is asked to head its files anew, and how it answers, without this room knowing about files."""

from __future__ import annotations

from dataclasses import dataclass

from caseflow.keys.keyring import MemberKeyring


@dataclass
class Heading:
    """A request: whose keyring opens and at most how many files; the answer: how many were done."""

    ring: MemberKeyring
    most: int
    done: int = 0


@dataclass
class Stale:
    """Asks how many files still wait for the header of their safe's present epoch; of one member's safes or of all."""

    member_id: str | None = None
    files: int = 0
