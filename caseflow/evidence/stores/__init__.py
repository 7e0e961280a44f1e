"""Stores of sealed payloads: a folder, or a bucket of an S3-compatible service. `contract` says what each can do."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from caseflow.evidence.stores.contract import DOWN, FULL, Payload, Store, StoreDown, StoreFull
from caseflow.evidence.stores.folder import Folder
from caseflow.kernel.buckets import bucket_address

__all__ = ["DOWN", "FULL", "Folder", "Payload", "Store", "StoreDown", "StoreFull", "at"]


def at(url: str, folder: Path, *, largest: int = 0) -> Store:
    """Return the store at an address: `s3://…`, `file:///…`, or nothing for `folder`; `largest` is a payload in MiB.

    Raises `WrongAddress`.
    """
    if not url:
        return Folder(folder)
    if url.startswith("file:"):
        return Folder(Path(unquote(urlsplit(url).path)))
    from caseflow.evidence.stores.bucket import Bucket  # boto3 takes a third of a second, and few need it

    return Bucket(bucket_address(url), largest=largest)
