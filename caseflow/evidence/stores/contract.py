"""What any store of sealed payloads can do, and how it says that it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.vault.payload import Sink
from caseflow.vault.reading import SeekableSource

DOWN = N_(
    "The place where files are kept does not answer. Nothing was lost and nothing is half-done: try again in a few "
    "minutes. If it stays so, tell the operator."
)
FULL = N_(
    "There is no room left where files are kept. Tell the operator. What came by parts before is kept; anything else is "
    "to be sent again when there is room."
)


class StoreDown(RuleBroken):
    """The store does not answer, or refuses us: nothing is known about what lies there, and nothing was changed."""

    def __init__(self, message: str = DOWN) -> None:
        super().__init__(message, field="files")


class StoreFull(StoreDown):
    """The store takes nothing more."""

    def __init__(self) -> None:
        super().__init__(FULL)


class Payload(SeekableSource, Protocol):
    """A sealed payload that is being read."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes; b'' at the end."""

    def readable(self) -> bool:
        """Return True."""

    def readinto(self, buffer: bytearray, /) -> int | None:
        """Fill as much of the buffer as there is at hand; 0 at the end."""

    def close(self) -> None:
        """Let it go."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None, /
    ) -> None: ...


class Store(Protocol):
    """Payloads under random names (hex), written once, never changed: each is there whole or not at all.

    Everything raises `StoreDown` where the store does not answer, which says nothing about the payload.
    """

    kind: str

    def writing(self, name: str) -> AbstractContextManager[Sink]:
        """Yield what a payload is written to; it appears under `name`, durably, when the block ends well.

        A block that fails leaves nothing behind; what a crash leaves is found by `left_behind`. Raises `StoreFull`.
        """

    def adopt(self, draft: Path, name: str, sha256: str) -> None:
        """Let the finished file `draft` appear under `name`, durably; the draft stays. May be repeated."""

    def reading(self, name: str, span: tuple[int, int] | None = None) -> Payload:
        """Open a payload; `span` are the bytes that will be read, when not all. Raises `FileNotFoundError`."""

    def size_of(self, name: str) -> int | None:
        """Return the bytes of a payload, or None when it is gone."""

    def sha256_of(self, name: str) -> str | None:
        """Return the hex sum of a payload, or None when it is gone or is not given back."""

    def remove(self, name: str) -> int:
        """Remove a payload and what was left unfinished of it; return how many things that were."""

    def lying(self, before: datetime) -> Iterator[str]:
        """Yield the name of every payload, and of every one that was not finished, last written before then."""

    def __str__(self) -> str:
        """Return where it is, without secrets."""
