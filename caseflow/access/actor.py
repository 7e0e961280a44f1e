"""The person on whose behalf something is seen or done."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from caseflow.kernel.errors import NotPermitted
from caseflow.kernel.words import N_

Objection = str | None  # why something may not be done, in words a person reads; None when it may


class Role(StrEnum):
    """What a member does in the network."""

    DOCUMENTER = "documenter"
    LAWYER = "lawyer"
    COORDINATOR = "coordinator"


ROLE_NAMES = {
    Role.DOCUMENTER: N_("Documenter"),
    Role.LAWYER: N_("Lawyer"),
    Role.COORDINATOR: N_("Coordinator"),
}


class Keyring(Protocol):
    """What an unlocked member can open; `keys.keyring` holds the real one."""

    @property
    def public(self) -> bytes:
        """Return the public half of the member's keys (64 bytes)."""

    def text(self, row: Any, field_name: str) -> str:
        """Return the sealed text `field_name` of `row` ('' when nothing is stored)."""

    def seal(self, row: Any, **values: str | None) -> None:
        """Seal each value into the column `<name>_sealed` of `row` with the text key of its safe's present epoch."""

    def prepare(self, rows: Any) -> None:
        """Fetch the grants for all safes of `rows` in one query."""

    def take(self, found: Any) -> None:
        """Open grants of this member that a query has brought along with its rows."""

    def sign(self, message: bytes, *, purpose: str) -> bytes:
        """Return the member's Ed25519 signature (64 bytes) over `message` for `purpose`."""

    def seal_note(self, safe_id: str, note: bytes, *, row: str) -> bytes:
        """Seal a ledger opening for `safe_id`."""

    def remember(self) -> None:
        """Store what makes the next opening quick; call it inside a transaction."""

    @property
    def has_news(self) -> bool:
        """Tell whether `remember` has something to store."""

    def open_note(self, safe_id: str, sealed: bytes, *, row: str) -> bytes:
        """Open a ledger opening of `safe_id`."""


@dataclass(frozen=True)
class Actor:
    """A member who acts now. `keys` is there only while her session is unlocked; `session` names that of her browser."""

    member_id: str
    name: str
    role: Role
    confirmed: bool = True
    organisation_id: str | None = None
    language: str = "en"
    timezone: str = "Asia/Almaty"
    keys: Keyring | None = field(default=None, repr=False, compare=False)
    session: str | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse a role that is only a word: rights are asked with `is`, and a word would quietly have none."""
        if not isinstance(self.role, Role):
            raise TypeError(f"{self.role!r} is not a Role")

    @property
    def is_coordinator(self) -> bool:
        """Tell whether the actor coordinates the network."""
        return self.role is Role.COORDINATOR

    @property
    def is_lawyer(self) -> bool:
        """Tell whether the actor takes cases through courts."""
        return self.role is Role.LAWYER

    @property
    def is_documenter(self) -> bool:
        """Tell whether the actor logs violations."""
        return self.role is Role.DOCUMENTER

    @property
    def ring(self) -> Keyring:
        """Return the keyring; raise `RuntimeError` where a job or command acts without one."""
        if self.keys is None:
            raise RuntimeError("this act opens or seals something, so it needs an unlocked member")
        return self.keys


def demand(objection: Objection, *, about: str | None = None) -> None:
    """Raise `NotPermitted` with the objection, if there is one: how every operation asks before it acts."""
    if objection is not None:
        raise NotPermitted(objection, about=about)


NOT_CONFIRMED = N_(
    "Your key has not been confirmed yet. A coordinator compares its eight words with you and confirms it."
)


def unready(actor: Actor) -> Objection:
    """Return why `actor` cannot act at all yet, or None: her key must be confirmed before anything is sealed to it."""
    return None if actor.confirmed else NOT_CONFIRMED
