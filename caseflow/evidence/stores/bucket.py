"""A store that is a bucket of an S3-compatible service: one object for each payload, there whole or not at all.

Long payloads go up in equal parts (some services demand that) while they are still being sealed; the object appears
when the last one is confirmed. Every part carries its MD5, so that the service refuses what a line has spoilt. Nothing
here is asked of a service that the oldest of them does not offer: no conditions, no newer checksums.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session
from urllib3.exceptions import HTTPError

from caseflow.evidence.stores.contract import StoreDown, StoreFull
from caseflow.evidence.stores.ranged import Ranged, Remembered
from caseflow.evidence.stores.sending import MOST_PARTS, Upload
from caseflow.kernel.buckets import BucketAddress

log = logging.getLogger(__name__)

MIB = 1024 * 1024
PART = 8 * MIB
CONNECT, ANSWER, TRIES = 4, 20, 3  # seconds, seconds, and how often something is asked before it counts as down
_FULL = frozenset({"QuotaExceeded", "XMinioStorageFull", "InsufficientStorage", "EntityTooLarge", "StorageFull", "507"})
_GONE = frozenset({"NoSuchKey", "404", "NotFound"})

# What boto3 writes at its finest level are whole requests; nobody needs them in a log of this product.
for _noisy in ("boto3", "botocore", "urllib3", "s3transfer"):
    logging.getLogger(_noisy).setLevel(logging.WARNING)


class Bucket:
    """Payloads as objects under a prefix of a bucket."""

    kind = "s3"

    def __init__(self, address: BucketAddress, *, largest: int = 0) -> None:
        """Take payloads of up to `largest` MiB, or of 78 GiB at least."""
        self.address = address
        self.part = max(PART, (largest // (MOST_PARTS - 100) + 1) * MIB)
        self._made: Any = None
        self._lock = Lock()
        self._ends = Remembered()

    def __str__(self) -> str:
        """Return the address without its secrets."""
        return str(self.address)

    def key(self, name: str) -> str:
        """Return the object's key."""
        return f"{self.address.prefix}{name}"

    @contextmanager
    def writing(self, name: str) -> Iterator[Upload]:
        """Yield what a payload is written to. A crash leaves an unfinished upload, which is no object."""
        upload = Upload(self, name)
        try:
            yield upload
            upload.finish()
        except BaseException:
            upload.give_up()
            raise

    def adopt(self, draft: Path, name: str, sha256: str) -> None:
        """Send the draft. What an attempt before left unfinished is forgotten first; what is there already stays."""
        size = draft.stat().st_size
        if self.size_of(name) == size and self.sha256_of(name) == sha256:
            return
        self._abort(name)
        digest = hashlib.sha256()
        with draft.open("rb") as source, self.writing(name) as out:
            while piece := source.read(MIB):
                digest.update(piece)
                with memoryview(piece) as view:
                    out.write(view)
            if digest.hexdigest() != sha256:
                log.error("a draft on the disk is not what was written to it; it was not stored")
                raise StoreDown

    def reading(self, name: str, span: tuple[int, int] | None = None) -> Ranged:
        """Open the payload: its end and its first bytes are at hand then, the rest is asked for as it is read."""
        return Ranged(self, name, self._ends, span)

    def size_of(self, name: str) -> int | None:
        """Return the bytes of the payload, or None when it is gone."""
        try:
            return int(self.ask("head_object", Key=self.key(name))["ContentLength"])
        except FileNotFoundError:
            # To this question no service says whether the object is missing, or the whole bucket.
            self.ask("list_objects_v2", MaxKeys=1, Prefix=self.key(name))
            return None

    def sha256_of(self, name: str) -> str | None:
        """Return the hex sum of the payload, or None when it is gone."""
        digest = hashlib.sha256()
        self._ends.drop(name)
        try:
            with self.reading(name) as payload:
                while piece := payload.read(MIB):
                    digest.update(piece)
        except OSError:
            return None
        return digest.hexdigest()

    def remove(self, name: str) -> int:
        """Remove the object and what was left unfinished of it."""
        there = self.size_of(name) is not None
        if there:
            self.ask("delete_object", Key=self.key(name))
        self._ends.drop(name)
        return there + self._abort(name)

    def lying(self, before: datetime) -> Iterator[str]:
        """Yield the names of objects and of unfinished uploads whose last part came before then."""
        for page in self._pages("list_objects_v2"):
            for one in page.get("Contents", ()):
                name = one["Key"].removeprefix(self.address.prefix)
                if one["LastModified"] < before and _is_name(name):
                    yield name
        for name, upload_id, begun in self._unfinished():
            if begun < before and self._last_part(name, upload_id, begun) < before:
                yield name

    def get(self, name: str, start: int | None, end: int) -> tuple[Any, int, str]:
        """Ask for the bytes from `start` to `end`, or for the last `end` ones; return the stream, the size, the tag.

        Raises `FileNotFoundError`, `StoreDown`.
        """
        wanted = f"bytes=-{end}" if start is None else f"bytes={start}-{end - 1}"
        answer = self.ask("get_object", Key=self.key(name), Range=wanted)
        said = str(answer.get("ContentRange") or "").rpartition("/")[2]
        size = int(said) if said.isdigit() else int(answer["ContentLength"])
        return answer["Body"], size, str(answer.get("ETag"))

    def ask(self, act: str, **given: Any) -> Any:
        """Ask the service. Raises `FileNotFoundError` for an object that is not there, `StoreDown`, `StoreFull`."""
        with in_words():
            return getattr(self._client(), act)(Bucket=self.address.bucket, **given)

    def _pages(self, act: str) -> Iterator[Any]:
        with in_words():
            pages = self._client().get_paginator(act)
            yield from pages.paginate(Bucket=self.address.bucket, Prefix=self.address.prefix)

    def _unfinished(self, name: str | None = None) -> Iterator[tuple[str, str, datetime]]:
        for page in self._pages("list_multipart_uploads"):
            for one in page.get("Uploads", ()):
                found = one["Key"].removeprefix(self.address.prefix)
                if _is_name(found) and name in (None, found):
                    yield found, one["UploadId"], one["Initiated"]

    def _last_part(self, name: str, upload_id: str, begun: datetime) -> datetime:
        """Return when the last part came: what is slow is not yet given up."""
        try:
            with in_words():
                pages = self._client().get_paginator("list_parts")
                pages = pages.paginate(Bucket=self.address.bucket, Key=self.key(name), UploadId=upload_id)
                times = [part["LastModified"] for page in pages for part in page.get("Parts", ())]
        except FileNotFoundError:  # it was finished or given up meanwhile
            return begun
        return max(times, default=begun)

    def _abort(self, name: str) -> int:
        unfinished = [upload_id for _name, upload_id, _begun in self._unfinished(name)]
        for upload_id in unfinished:
            with suppress(FileNotFoundError):
                self.ask("abort_multipart_upload", Key=self.key(name), UploadId=upload_id)
        return len(unfinished)

    def _client(self) -> Any:
        with self._lock:
            if self._made is None:
                self._made = _client(self.address)
            return self._made


def _client(address: BucketAddress) -> Any:
    session = Session(profile=address.profile)
    if address.credentials is not None:
        session.set_config_variable("credentials_file", str(address.credentials))
        session.set_config_variable("config_file", str(address.credentials))
    return boto3.session.Session(botocore_session=session).client(
        "s3",
        endpoint_url=address.endpoint,
        region_name=address.region,
        aws_access_key_id=address.key,
        aws_secret_access_key=address.secret,
        verify=str(address.ca) if address.ca else None,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": address.style},
            connect_timeout=CONNECT,
            read_timeout=ANSWER,
            retries={"mode": "standard", "total_max_attempts": TRIES},
            max_pool_connections=32,
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


@contextmanager
def in_words() -> Iterator[None]:
    """Say what the service or the line to it answers in our own errors; the operator finds its code in the log."""
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        if code in _GONE or code == "NoSuchUpload":
            raise FileNotFoundError(code) from None
        log.warning("the store answered %s (%s) to %s", code or "nothing", status, error.operation_name)
        raise (StoreFull() if code in _FULL or status == 507 else StoreDown()) from None
    except (BotoCoreError, HTTPError, OSError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        log.warning("the store does not answer: %s", type(error).__name__)
        raise StoreDown from None


def _is_name(text: str) -> bool:
    """Tell names of ours from what else may lie in the bucket: that is never touched."""
    return len(text) == 32 and all(c in "0123456789abcdef" for c in text)
