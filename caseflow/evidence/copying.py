"""Making a copy to share: drawn by a child behind walls and sealed in memory, before the act that keeps it."""

from __future__ import annotations

import io
import json
from base64 import b64decode
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from caseflow.access import evidence as policy
from caseflow.access.actor import Actor, demand
from caseflow.evidence import examining, intake, rules, told
from caseflow.evidence.examiner import running
from caseflow.evidence.models import File
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
) -> intake.Received:
    """Make a copy of `file`, sealed and ready for `operations.keep_copy`; `kind`: cleaned | redacted. No transaction waits.

    `boxes` are as `rules.boxes` gives them. The file itself stays as it is. Raises `RuleBroken` when it cannot be copied
    or nothing would be blackened, at `boxes` or `words`, and what `examining.plaintext` raises.
    """
    demand(policy.may_copy(by, file), about=name_of(file))
    media_type, name = by.ring.text(file, "media_type"), by.ring.text(file, "name")
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
    return intake.receive(io.BytesIO(content), name=named, safe_id=file.safe_id, by=by)


def type_version(file: File, *, kind: str, language: str, made_by: str, body: str, by: Actor) -> intake.Received:
    """Seal a typed translation or transcript of `file` (`kind`) as a text that says its language and who made it."""
    demand(policy.may_copy(by, file), about=name_of(file))
    head = [f"{label}: {value}" for label, value in (("Language", language), ("Made by", made_by)) if value]
    content = "\n".join([*head, "", body.replace("\r\n", "\n"), ""]).encode()
    named = f"{PurePath(by.ring.text(file, 'name')).stem}-{kind}-{language}.txt"
    return intake.receive(io.BytesIO(content), name=named, safe_id=file.safe_id, by=by)


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
