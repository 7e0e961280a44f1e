"""A browser's form with files, read as it arrives: fields first, then each file as a stream.

Werkzeug's usual form parser writes parts above 500 KB to a temporary file in plaintext. This one feeds the same
library's decoder from the socket in large pieces and keeps nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from werkzeug.exceptions import BadRequest
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

PIECE = 1024 * 1024
MOST_FIELDS = 100
FIELD_BYTES = 64 * 1024


class Source(Protocol):
    """The body of a request."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes; b'' at the end."""


@dataclass
class SentFile:
    """One file of the form, to be read before the next part is asked for."""

    name: str
    filename: str
    parts: FormParts

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes of this file; b'' at its end. Raises `EOFError` when the line broke."""
        return self.parts.read_file(size)


class FormParts:
    """Walks through a `multipart/form-data` body once."""

    def __init__(self, source: Source, boundary: str) -> None:
        if not boundary:
            raise BadRequest
        self._source = source
        self._decoder = MultipartDecoder(boundary.encode("ascii", "replace"), FIELD_BYTES * 64)
        self._held = bytearray()
        self._in_file = False
        self._ended = False
        self.fields: dict[str, str] = {}

    def files(self) -> Iterator[SentFile]:
        """Yield each file in turn; fields that come before it are in `fields` by then. Unread files are skipped."""
        count = 0
        while True:
            while self._in_file:
                self.read_file(PIECE)
            event = self._next()
            if isinstance(event, Epilogue):
                return
            if isinstance(event, Field):
                count += 1
                if count > MOST_FIELDS:
                    raise BadRequest
                self.fields[event.name or ""] = self._value()
            elif isinstance(event, File):
                self._in_file, self._ended = True, False
                self._held.clear()
                yield SentFile(event.name or "", event.filename or "", self)

    def read_file(self, size: int) -> bytes:
        """Return up to `size` bytes of the file at hand."""
        while len(self._held) < size and not self._ended:
            event = self._next()
            if not isinstance(event, Data):
                raise EOFError  # noqa: TRY004 -- what came is no wrong type but the end of a broken body
            self._held += event.data
            self._ended = not event.more_data
        piece = bytes(memoryview(self._held)[:size])
        del self._held[: len(piece)]
        if not piece:
            self._in_file = False
        return piece

    def _value(self) -> str:
        value = bytearray()
        while True:
            event = self._next()
            if not isinstance(event, Data):
                raise BadRequest
            value += event.data
            if len(value) > FIELD_BYTES:
                raise BadRequest
            if not event.more_data:
                return value.decode("utf-8", "replace")

    def _next(self) -> Event:
        """Return the decoder's next event; raise `EOFError` when the body ends before its last boundary."""
        while True:
            try:
                event = self._decoder.next_event()
            except ValueError:
                raise EOFError from None
            if not isinstance(event, NeedData):
                return event
            self._decoder.receive_data(self._source.read(PIECE) or None)
