"""Making a copy to share: drawn by a child behind walls, sealed in memory, kept beside the file it was made from."""

from __future__ import annotations

import io
import json
from base64 import b64decode
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from caseflow.access import evidence as policy
from caseflow.access.actor import Actor, demand
from caseflow.evidence import examining, intake, operations, rules, told
from caseflow.evidence.examiner import running
from caseflow.evidence.models import File
from caseflow.kernel.clock import now
from caseflow.kernel.db import find, transaction
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.ledger.operations import name_of

OTHER_KIND = N_(
    "Copies are made of images and PDF files. Make this one with a program you trust, and add it as a version."
)
NOTHING = N_("Mark something: draw a box, or write a word.")
NOT_FOUND = N_("None of these words was found as text. Draw boxes over them.")
_LOOK = {"cleaned": "clean", "redacted": "redact"}
_NAMED = {"cleaned": "no-metadata", "redacted": "redacted"}


def make_copy(
    file: File, *, kind: str, boxes: Mapping[str, Any] | None = None, words: Sequence[str] = (), by: Actor
) -> File:
    """Make a copy of `file` and keep it as a version; `kind`: cleaned | redacted. Call it outside any transaction.

    `boxes` are as `rules.boxes` gives them. The file itself stays as it is. Raises `RuleBroken` when it cannot be copied
    or nothing would be blackened, at `boxes` or `words`, and what `examining.plaintext` raises.
    """
    demand(policy.may_copy(by, file), about=name_of(file))
    media_type, name, file_id = by.ring.text(file, "media_type"), by.ring.text(file, "name"), file.id
    if media_type not in rules.COPIED or kind not in _LOOK:
        raise RuleBroken(OTHER_KIND)
    if kind == "redacted" and not boxes and not words:
        raise RuleBroken(NOTHING, field="boxes")
    if file.size > running.LARGEST:
        raise RuleBroken(told.WHY_NOT["large"])
    options = {"boxes": json.dumps(boxes or {}), "words": json.dumps(list(words))}
    with examining.plaintext(file, by=by) as handle:
        answer = running.look(_LOOK[kind], handle, media_type, options=options)
    if "stopped" in answer or "copy" not in answer:
        stopped = answer.get("stopped", "crash")
        raise RuleBroken(
            told.WHY_NOT.get(stopped, told.WHY_NOT["crash"]), field="boxes" if stopped == "no_page" else None
        )
    if kind == "redacted" and not boxes and not answer["found"]:
        raise RuleBroken(NOT_FOUND, field="words")
    content = b64decode(answer["copy"])
    named = f"{PurePath(name).stem}-{_NAMED[kind]}.{answer['ending']}"
    received = intake.receive(io.BytesIO(content), name=named, safe_id=file.safe_id, by=by)
    return _kept(file_id, received, kind=kind, by=by)


def type_version(file: File, *, kind: str, language: str, made_by: str, body: str, by: Actor) -> File:
    """Keep a typed translation or transcript of `file` (`kind`) as a text file that says its language and who made it."""
    demand(policy.may_copy(by, file), about=name_of(file))
    stem, file_id = PurePath(by.ring.text(file, "name")).stem, file.id
    head = [f"{label}: {value}" for label, value in (("Language", language), ("Made by", made_by)) if value]
    content = "\n".join([*head, "", body.replace("\r\n", "\n"), ""]).encode()
    named = f"{stem}-{kind}-{language}.txt"
    received = intake.receive(io.BytesIO(content), name=named, safe_id=file.safe_id, by=by)
    return _kept(file_id, received, kind=kind, by=by)


def _kept(file_id: str, received: intake.Received, *, kind: str, by: Actor) -> File:
    try:
        with transaction():
            file = find(File, file_id, policy.visible_files(by))
            return operations.keep_copy(file, received, kind=kind, by=by, at=now())
    except BaseException:
        intake.forget(received)
        raise


def page_of(file: File, number: int, *, grid: bool = False, by: Actor) -> tuple[bytes, int]:
    """Return one page of `file` as JPEG, and how many it has. Raises `RuleBroken` as `make_copy` does."""
    media_type = by.ring.text(file, "media_type")
    if media_type not in rules.COPIED:
        raise RuleBroken(OTHER_KIND)
    options = {"page": str(number)} | ({"grid": "1"} if grid else {})
    with examining.plaintext(file, how="view", goes_on=True, by=by) as handle:
        answer = running.look("page", handle, media_type, options=options)
    if not answer.get("pictures"):
        raise RuleBroken(told.WHY_NOT.get(answer.get("stopped", "crash"), told.WHY_NOT["crash"]))
    return b64decode(answer["pictures"][0]["jpeg"]), answer["pages"]
