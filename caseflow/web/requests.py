"""A request whose parts stay in memory: nothing that is sent here lies on the disk in the clear, not even for a moment."""

from __future__ import annotations

from io import BytesIO
from typing import IO, Any

from flask import Request as FlaskRequest
from werkzeug.exceptions import RequestEntityTooLarge

MOST = 2 * 1024 * 1024


class _Bounded(BytesIO):
    """Bytes in memory, up to `MOST`: larger files come through a view that `@streams` them."""

    def write(self, data: Any, /) -> int:
        if self.tell() + len(data) > MOST:
            raise RequestEntityTooLarge
        return super().write(data)


class Request(FlaskRequest):
    """Flask's request without the temporary files that Werkzeug makes for parts above 500 KiB."""

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002 -- Werkzeug's own signature
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        return _Bounded()
