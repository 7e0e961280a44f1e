"""Looking into a file while somebody who holds its safe is here: her key is lent to nobody, and no plaintext is stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Semaphore
from typing import Any

from caseflow.access import evidence as policy
from caseflow.access.actor import Actor
from caseflow.evidence import operations, rules
from caseflow.evidence.belonging import open_payload, recognise
from caseflow.evidence.examiner import running, scanning
from caseflow.evidence.models import File
from caseflow.kernel.clock import now
from caseflow.kernel.db import find, transaction
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.settings import current
from caseflow.kernel.words import N_
from caseflow.vault.errors import VaultError

BUSY = N_("Other files are being looked into just now. Ask again in a minute.")
_ONE_AT_A_TIME = Semaphore(1)
_PATIENCE = 30


def examine(file: File, *, by: Actor) -> None:
    """Look into a file and keep what was found. Call it outside any transaction; it takes seconds.

    Raises `RuleBroken` when others are being looked into, `NotWhole` when the file is not what was received.
    """
    file_id, media_type, size = file.id, by.ring.text(file, "media_type"), file.size
    looks = rules.looks(media_type)
    text: dict[str, Any] | None = None
    pictures: list[dict[str, Any]] = []
    if size > running.LARGEST:
        summary: dict[str, Any] = {
            "looks": {part: {"stopped": "large"} for part in looks},
            "scan": {"stopped": "large"},
        }
    else:
        with plaintext(file, by=by) as handle:
            answers = dict(_answers(looks, handle, media_type))
            scan = scanning.scan(handle, current().clamd) if current().clamd else {"stopped": "no_clamd"}
        text, pictures = _set_apart(answers)
        summary = {"looks": answers, "scan": scan}
    with transaction():
        again = find(File, file_id, policy.visible_files(by))
        operations.keep_findings(again, summary=summary, text=text, pictures=pictures, by=by, at=now())


def now_possible() -> set[str]:
    """Return the codes of what was missing at some earlier look and is there now."""
    there = {f"no_{tool}" for tool in running.tools()}
    return there | ({"no_clamd"} if current().clamd else set())


@contextmanager
def plaintext(file: File, *, how: str = "examine", goes_on: bool = False, by: Actor) -> Iterator[int]:
    """Yield a handle to the plaintext in memory, once the ledger says that it was opened; one file at a time.

    `how` and `goes_on` as `operations.hand_out` takes them.
    """
    if not _ONE_AT_A_TIME.acquire(timeout=_PATIENCE):
        raise RuleBroken(BUSY)
    try:
        known = recognise(file, by=by)
        payload = open_payload(file)
        try:
            with transaction():
                source = operations.hand_out(
                    file, how=how, payload=payload, goes_on=goes_on, recognised=known, by=by, at=now()
                )
        except BaseException:
            payload.close()
            raise
        with source, running.in_memory(_Whole(source)) as handle:
            yield handle
    finally:
        _ONE_AT_A_TIME.release()


class _Whole:
    """A source that says in words when it turns out not to be what was received."""

    def __init__(self, source: running.Source) -> None:
        self._source = source

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes."""
        try:
            return self._source.read(size)
        except (VaultError, OSError):
            raise operations.NotWhole(operations.CHANGED) from None


def _answers(looks: tuple[str, ...], handle: int, media_type: str) -> Iterator[tuple[str, dict[str, Any]]]:
    has_text = False
    for part in looks:
        if part == "ocr" and has_text:
            continue  # letters are read from pictures only where the document itself holds no text
        answer = running.look(part, handle, media_type)
        has_text = has_text or bool(answer.get("text", "").strip())
        yield part, answer


def _set_apart(answers: dict[str, dict[str, Any]]) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """Take the heavy things out of the answers: what a page of the item does not show at once."""
    text: dict[str, Any] | None = None
    pictures: list[dict[str, Any]] = []
    for part, answer in answers.items():
        pictures += answer.pop("pictures", [])
        said = answer.pop("text", None)
        if said is not None:
            answer["characters"] = len(said.strip())
            if said.strip():
                text = {"text": said, "cut": answer["cut"], "how": part}
    return text, pictures
