"""What an act may answer instead of happening."""

from __future__ import annotations

from collections.abc import Mapping


class Refusal(Exception):
    """Base of the answers that a person should read; `told` is what the ledger keeps of it."""

    def __init__(self, message: str, *, about: str | None = None, told: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.about = about
        self.told = told or message


class RuleBroken(Refusal):
    """A rule of the field forbids this; `field` names the form field it lands at, `both` a conflicting pair.

    `told` is what the ledger keeps of a message with something filled in: the sentence of ours without it.
    """

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        about: str | None = None,
        both: Mapping[str, str] | None = None,
        told: str | None = None,
    ) -> None:
        super().__init__(message, about=about, told=told)
        self.field = field
        self.both = dict(both or {})


class NotPermitted(Refusal):
    """The actor may see this but may not do it; the message says why."""


class NotFound(Refusal):
    """It does not exist, or the actor may not know that it does: one answer for both."""

    def __init__(self, message: str = "", *, about: str | None = None) -> None:
        super().__init__(message, about=about)
