"""Adding files by parts, which go on after a broken line: the tus protocol 1.0 (creation, checksum, expiration, termination).

A program reads these answers, and shows their words to a person: so they are plain text with a status that says what to do.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import io
from base64 import b64decode
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import ClientDisconnected
from werkzeug.http import http_date

from caseflow.access import evidence as policy
from caseflow.access.actor import Actor, demand
from caseflow.evidence import drafts, operations, parts, store, stores
from caseflow.evidence.intake import TOO_LARGE
from caseflow.evidence.models import File, Item, Upload
from caseflow.evidence.routes import bp
from caseflow.evidence.routes.adding import body, check_token
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, find
from caseflow.kernel.errors import NotPermitted, RuleBroken
from caseflow.kernel.settings import current
from caseflow.kernel.words import N_
from caseflow.ledger.operations import name_of
from caseflow.web.gate import current_actor, signed_in, streams
from caseflow.web.pages import refuse, transaction

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,checksum,expiration"
PART = "application/offset+octet-stream"
# The protocol demands sha1. It finds what a line has spoilt; what a file is, its SHA-256 says.
SUMS = {"sha256": hashlib.sha256, "sha1": hashlib.sha1}
MOST_CHECKED = 16 * 1024 * 1024  # a part with a sum is held in memory until the sum is right
PATIENCE = 10.0  # seconds for which a line may be silent: what came is kept, and the next one may go on
_LONGEST_METADATA = 16 * 1024

NOT_TUS = N_("This address speaks version 1.0.0 of the tus protocol.")
NOT_UNDERSTOOD = N_("The headers of this request were not understood.")
NO_PART = N_("A part is sent as application/offset+octet-stream.")
OTHER_PLACE = N_("The file goes on elsewhere: ask how much of it has come.")
TOO_MUCH = N_("More bytes came than the file was said to have.")
LARGE_PART = N_("A part with a checksum may have 16 MiB.")
WRONG_SUM = N_("This part was changed on its way: its checksum is another. Send it again.")
OTHER_SUM = N_("Checksums are taken as sha256 or sha1.")
TOO_LATE = N_("Nobody went on with this file in time, so it was forgotten. Send it anew.")

_STATUS: tuple[tuple[type[RuleBroken], int], ...] = (
    (drafts.Busy, 423),
    (drafts.Full, 507),
    (stores.StoreFull, 507),
    (stores.StoreDown, 503),
    (drafts.Another, 409),
    (drafts.Lost, 410),
)
_METHODS = {
    "evidence.uploads": ["POST", "OPTIONS"],
    "evidence.upload": ["HEAD", "PATCH", "DELETE", "OPTIONS"],
}


class Answered(Exception):
    """Answer so and do nothing more."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


def _tus(view: Callable[..., Response]) -> Callable[..., Response]:
    """Let a view speak the protocol: its version, and refusals as a status with words."""

    @wraps(view)
    def speaking(**given: str) -> Response:
        if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != VERSION:
            answer = _said(412, NOT_TUS)
            answer.headers["Tus-Version"] = VERSION
            return answer
        try:
            answer = view(**given)
        except Answered as told:
            answer = _said(told.status, told.message)
        except RuleBroken as broken:
            if not isinstance(broken, drafts.Busy | drafts.Lost | stores.StoreDown):  # programs ask again and again
                refuse("refused", broken.about, broken.told)
            too_large = 413 if broken.message == TOO_LARGE else 422
            answer = _said(
                next((code for kind, code in _STATUS if isinstance(broken, kind)), too_large), broken.message
            )
        except NotPermitted as denied:
            refuse("denied", denied.about, denied.told)
            answer = _said(403, denied.message)
        answer.headers["Tus-Resumable"] = VERSION
        return answer

    return speaking


@bp.route("/<item_id>/uploads", methods=["POST", "OPTIONS"], provide_automatic_options=False)
@streams
@signed_in
@_tus
def uploads(item_id: str) -> Response:
    """Begin a file of an item; its first part may come along."""
    if request.method == "OPTIONS":
        return _offered()
    actor = current_actor()
    check_token(request.headers.get("X-CSRFToken"))
    item = find(Item, item_id, policy.visible_to(actor))
    request.form = MultiDict()  # type: ignore[assignment]  # the once-key is looked for there, and this body is no form
    if "Upload-Defer-Length" in request.headers:
        raise Answered(400, NOT_UNDERSTOOD)
    size, told = _number("Upload-Length"), _metadata()
    with transaction():
        wanted = select(File).where(File.id == told.get("parent", ""), policy.visible_files(actor))
        upload = operations.begin_upload(
            item,
            name=told.get("filename"),
            size=size,
            kind=told.get("kind") or "original",
            parent=db.session.scalar(wanted) if told.get("parent") else None,
            by=actor,
            at=now(),
        )
    answer = _stands(upload, 201)
    if request.mimetype == PART:
        answer = _take(upload.id, 0, actor, 201)
    answer.headers["Location"] = url_for("evidence.upload", upload_id=upload.id)
    return answer


@bp.route("/uploads/<upload_id>", methods=["HEAD", "PATCH", "DELETE", "OPTIONS"], provide_automatic_options=False)
@streams
@signed_in
@_tus
def upload(upload_id: str) -> Response:
    """Say how much of a file has come, go on with it, or give it up."""
    if request.method == "OPTIONS":
        return _offered()
    actor = current_actor()
    if request.method != "HEAD":
        check_token(request.headers.get("X-CSRFToken"))
    found = _found(upload_id, actor)
    if request.method == "HEAD":
        return _stands(found, 200)
    demand(policy.may_go_on(actor, found), about=name_of(found))
    if request.method == "DELETE":
        return _give_up(found, actor)
    if request.mimetype != PART:
        raise Answered(415, NO_PART)
    return _take(upload_id, _number("Upload-Offset"), actor, 204)


def _found(upload_id: str, actor: Actor) -> Upload:
    found: Upload = find(Upload, upload_id, policy.visible_uploads(actor))
    if found.expires_at <= now():
        raise Answered(410, TOO_LATE)
    return found


def _take(upload_id: str, offset: int, actor: Actor, status: int) -> Response:
    try:
        _write(upload_id, offset, actor)
    except drafts.Lost:
        db.session.rollback()
        if _found(upload_id, actor).file_id is None:
            raise
        # It is whole and its draft is gone: the answer to the last part did not arrive, or somebody was faster.
    db.session.rollback()
    return _stands(_found(upload_id, actor), status)


def _write(upload_id: str, offset: int, actor: Actor) -> None:
    """Take one part; the row is looked up once more when nobody else can write any longer."""
    payload = _found(upload_id, actor).payload
    with drafts.held(payload) as draft:
        db.session.rollback()
        found = _found(upload_id, actor)
        if offset != found.received:
            raise Answered(409, OTHER_PLACE)
        if (request.content_length or 0) > found.size - offset:
            raise Answered(413, TOO_MUCH)
        actor.ring.prepare([found])
        coming = parts.opened(found, actor)
        db.session.rollback()  # a part takes as long as the line is slow: no transaction waits for it

        def keep(received: int, rest: str) -> None:
            with transaction():
                operations.keep_part(_found(upload_id, actor), received=received, rest=rest, by=actor, at=now())

        whole = parts.take(coming, _part(), draft, keep=keep)
        if whole is not None:
            try:
                with transaction():
                    operations.finish_upload(_found(upload_id, actor), whole, by=actor, at=now())
            finally:
                parts.forget(upload_id)
            store.drop_draft(payload)


def _give_up(found: Upload, actor: Actor) -> Response:
    payload, upload_id, whole = found.payload, found.id, found.file_id is not None
    if not whole:
        with drafts.held(payload), transaction():
            operations.give_up_upload(_found(upload_id, actor), by=actor, at=now())
    else:
        with transaction():
            operations.give_up_upload(_found(upload_id, actor), by=actor, at=now())
    if not whole:
        store.remove(payload)  # also what was whole and was refused
    else:
        store.drop_draft(payload)
    parts.forget(upload_id)
    return Response(status=204)


def _part() -> Any:
    """Return the body, checked first if a sum came with it. A line that is silent for long is taken for broken."""
    line = request.environ.get("gunicorn.socket")
    if line is not None:
        line.settimeout(PATIENCE)  # until the request ends: then the server says how it waits for the next one
    return _checked(request.headers["Upload-Checksum"]) if "Upload-Checksum" in request.headers else body()


def _checked(said: str) -> io.BytesIO:
    """Return the part, read whole: what has another sum must not be sealed."""
    name, _space, encoded = said.partition(" ")
    if name not in SUMS:
        raise Answered(400, OTHER_SUM)
    if (request.content_length or 0) > MOST_CHECKED:
        raise Answered(413, LARGE_PART)
    source, held = body(), bytearray()
    try:
        while piece := source.read(1024 * 1024):
            held += piece
            if len(held) > MOST_CHECKED:
                raise Answered(413, LARGE_PART)
        wanted = b64decode(encoded, validate=True)
    except binascii.Error:
        raise Answered(400, NOT_UNDERSTOOD) from None
    except (OSError, EOFError, ClientDisconnected):
        held.clear()
        wanted = b""
    if not hmac.compare_digest(SUMS[name](held).digest(), wanted):
        raise Answered(460, WRONG_SUM)
    return io.BytesIO(held)


def _stands(upload: Upload, status: int) -> Response:
    answer = Response(status=status)
    headers = answer.headers
    headers["Upload-Offset"] = str(upload.received)
    headers["Upload-Length"] = str(upload.size)
    headers["Upload-Expires"] = http_date(upload.expires_at)
    if upload.file_id is not None:
        actor = current_actor()
        file = db.session.scalars(select(File).where(File.id == upload.file_id, policy.visible_files(actor))).one()
        headers["Caseflow-File"] = file.id
        headers["Caseflow-SHA-256"] = actor.ring.text(file, "sha256")
    return answer


def _offered() -> Response:
    answer = Response(status=204)
    answer.headers["Tus-Version"] = VERSION
    answer.headers["Tus-Extension"] = EXTENSIONS
    answer.headers["Tus-Checksum-Algorithm"] = ",".join(SUMS)
    answer.headers["Tus-Max-Size"] = str(current().max_upload_mb * 1024 * 1024)
    answer.headers["Allow"] = ", ".join(_METHODS[request.endpoint or ""])
    return answer


def _number(header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Answered(400, NOT_UNDERSTOOD)
    return int(text)


def _metadata() -> dict[str, str]:
    """Return what the header says of the file: pairs of a name and a text in base64."""
    said = request.headers.get("Upload-Metadata", "")
    if len(said) > _LONGEST_METADATA:
        raise Answered(400, NOT_UNDERSTOOD)
    told: dict[str, str] = {}
    try:
        for pair in filter(None, (part.strip() for part in said.split(","))):
            name, _space, encoded = pair.partition(" ")
            told[name] = b64decode(encoded.strip(), validate=True).decode("utf-8", "replace")
    except binascii.Error:
        raise Answered(400, NOT_UNDERSTOOD) from None
    return told


def _said(status: int, message: str) -> Response:
    return Response(_(message) + "\n", status=status, content_type="text/plain; charset=utf-8")
