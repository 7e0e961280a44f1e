"""What an act may answer instead of happening."""

from __future__ import annotations

from collections.abc import Mapping


class Refusal(Exception):
    """Base of the answers that a person should read."""

    def __init__(self, message: str, *, about: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.about = about


class RuleBroken(Refusal):
    """A rule of the field forbids this; `field` names the form field it lands at, `both` a conflicting pair."""

    def __init__(
        self, message: str, *, field: str | None = None, about: str | None = None, both: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message, about=about)
        self.field = field
        self.both = dict(both or {})


class NotPermitted(Refusal):
    """The actor may see this but may not do it; the message says why."""


class NotFound(Refusal):
    """It does not exist, or the actor may not know that it does: one answer for both."""

    def __init__(self, message: str = "", *, about: str | None = None) -> None:
        super().__init__(message, about=about)
