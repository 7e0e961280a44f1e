"""A small client of the tus protocol, written after its text: it sends what it is told and reads what it is answered."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from typing import Any

from werkzeug.test import TestResponse

from tests.evidence.sending import Sender

PART = "application/offset+octet-stream"


def metadata(**told: str) -> str:
    """Return what the header `Upload-Metadata` says."""
    return ",".join(f"{name} {b64encode(text.encode()).decode()}" for name, text in told.items())


def sum_of(part: bytes, kind: str = "sha256") -> str:
    """Return what the header `Upload-Checksum` says of a part."""
    return f"{kind} {b64encode(hashlib.new(kind, part).digest()).decode()}"


class Tus:
    """Somebody signed in who sends a file of an item by parts."""

    def __init__(self, sender: Sender, item_id: str) -> None:
        self.client = sender.client
        self.place = f"/evidence/{item_id}/uploads"
        self._head = {"Tus-Resumable": "1.0.0", "X-CSRFToken": sender.form(f"/evidence/{item_id}/files")["csrf_token"]}

    def ask(self, method: str, path: str, data: Any = b"", **headers: str) -> TestResponse:
        """Send one request; an underscore in a header's name is a dash."""
        named = {name.replace("_", "-"): value for name, value in headers.items() if value}
        return self.client.open(path, method=method, data=data, headers={**self._head, **named})

    def begin(self, size: int, name: str = "film.mp4", **told: str) -> TestResponse:
        """Begin a file; `Location` of the answer says where it goes on."""
        return self.ask("POST", self.place, Upload_Length=str(size), Upload_Metadata=metadata(filename=name, **told))

    def part(self, where: str, offset: int, part: bytes, **headers: str) -> TestResponse:
        """Send a part of it."""
        return self.ask("PATCH", where, part, Upload_Offset=str(offset), Content_Type=PART, **headers)

    def stands(self, where: str) -> int:
        """Return how much of it has come."""
        answer = self.ask("HEAD", where)
        assert answer.status_code == 200, answer.status
        return int(answer.headers["Upload-Offset"])
