"""One payload on its way into a bucket: equal parts, two of them on the line while the next is being filled."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Protocol

from caseflow.evidence.stores.contract import StoreDown, StoreFull

MOST_PARTS = 10_000
AHEAD = 2  # parts under way beside the one that is being filled: 24 MiB for each file that comes in


class Asked(Protocol):
    """The bucket."""

    part: int

    def key(self, name: str) -> str:
        """Return the object's key."""

    def ask(self, act: str, **given: Any) -> Any:
        """Ask the service."""

    def size_of(self, name: str) -> int | None:
        """Return the bytes of an object."""


class Upload:
    """One payload on its way: parts go up beside the one that is being filled."""

    def __init__(self, bucket: Asked, name: str) -> None:
        self._bucket, self._key = bucket, bucket.key(name)
        self._name = name
        self._filled = self.size = 0
        self._buffer = bytearray(bucket.part)
        self._id = ""
        self._done: list[dict[str, Any]] = []
        self._under_way: deque[tuple[Future[dict[str, Any]], bytearray]] = deque()
        self._pool: ThreadPoolExecutor | None = None

    def write(self, data: memoryview, /) -> int:
        """Take the bytes. Raises `StoreDown`, `StoreFull`, at the latest with the part after the one that failed."""
        taken = 0
        while taken < len(data):
            size = min(len(data) - taken, len(self._buffer) - self._filled)
            self._buffer[self._filled : self._filled + size] = data[taken : taken + size]
            self._filled += size
            taken += size
            if self._filled == len(self._buffer):
                self._send()
        self.size += taken
        return taken

    def finish(self) -> None:
        """Wait until everything is confirmed and let the object appear."""
        if not self._id:
            body = bytes(self._buffer[: self._filled])
            self._bucket.ask("put_object", Key=self._key, Body=body, ContentMD5=_md5(body))
            return
        if self._filled:
            self._send()
        while self._under_way:
            self._done.append(self._under_way.popleft()[0].result())
        self._end_pool()
        try:
            self._bucket.ask(
                "complete_multipart_upload", Key=self._key, UploadId=self._id, MultipartUpload={"Parts": self._done}
            )
        except (StoreDown, FileNotFoundError):
            # The answer may have been lost: then asking again finds no such upload, and the object is there.
            if self._bucket.size_of(self._name) != self.size:
                raise StoreDown from None

    def give_up(self) -> None:
        """Leave nothing behind, as far as the service still answers; a sweep does the rest."""
        for future, _buffer in self._under_way:
            future.cancel()
        self._end_pool()
        if self._id:
            with suppress(StoreDown, FileNotFoundError):
                self._bucket.ask("abort_multipart_upload", Key=self._key, UploadId=self._id)

    def _send(self) -> None:
        if self._pool is None:
            with_id = self._bucket.ask("create_multipart_upload", Key=self._key)
            self._id = str(with_id["UploadId"])
            self._pool = ThreadPoolExecutor(AHEAD, thread_name_prefix="store")
        number = len(self._done) + len(self._under_way) + 1
        if number > MOST_PARTS:
            raise StoreFull
        self._under_way.append((self._pool.submit(self._part, number, self._buffer, self._filled), self._buffer))
        self._filled = 0
        if len(self._under_way) > AHEAD:
            done, self._buffer = self._under_way.popleft()
            self._done.append(done.result())
        else:
            self._buffer = bytearray(self._bucket.part)

    def _part(self, number: int, buffer: bytearray, size: int) -> dict[str, Any]:
        body = buffer if size == len(buffer) else bytes(buffer[:size])
        given = {"Key": self._key, "UploadId": self._id, "PartNumber": number, "ContentMD5": _md5(body)}
        try:
            answer = self._bucket.ask("upload_part", Body=body, **given)
        except FileNotFoundError:  # somebody has thrown the whole upload away
            raise StoreDown from None
        return {"PartNumber": number, "ETag": answer["ETag"]}

    def _end_pool(self) -> None:
        if self._pool is not None:
            self._pool.shutdown()


def _md5(body: bytes | bytearray) -> str:
    return b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
