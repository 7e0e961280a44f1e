"""Time-stamps of checkpoints by an authority outside (RFC 3161): the note existed at that moment, whoever runs the server.

What is stamped is the SHA-256 of the whole note, so that `openssl ts -verify -data NOTE -in ANSWER` checks it.
"""

from __future__ import annotations

import ssl
from datetime import datetime
from http.client import HTTPException
from urllib.error import URLError
from urllib.request import Request, urlopen

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)
from sqlalchemy import select

from caseflow.kernel.db import db
from caseflow.kernel.jobs import later
from caseflow.kernel.settings import current
from caseflow.ledger.models import Checkpoint, TimeStamp

JOB = "ledger.stamp"
SECONDS = 20
MOST_BYTES = 256 * 1024


class NoStamp(Exception):
    """The authority could not be asked, or its answer does not hold."""


def promise(size: int, *, turn: str = "") -> None:
    """Promise a time-stamp of the checkpoint of `size` rows, if an authority is configured; once for each `turn`."""
    if current().tsa_url:
        later(JOB, key=f"{JOB}#{size}{turn}", size=size)


def stamp_of(size: int) -> TimeStamp | None:
    """Return the time-stamp of the checkpoint of `size` rows."""
    return db.session.get(TimeStamp, size)


def ask(note: str) -> bytes:
    """Return the authority's answer (DER) about `note`, verified. Raises `NoStamp`; waits 20 seconds at most."""
    settings, data = current(), note.encode()
    wanted = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    request = Request(settings.tsa_url, data=wanted.as_bytes(), headers=headers, method="POST")  # noqa: S310 -- the settings allow http(s) only
    try:
        with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 -- the settings allow http(s) only
            body = answer.read(MOST_BYTES + 1)
    except (URLError, HTTPException, OSError) as fault:
        raise NoStamp(f"the authority cannot be reached: {fault}") from None
    if len(body) > MOST_BYTES:
        raise NoStamp("the authority's answer is too long")
    _verified(body, data, nonce=wanted.nonce)
    return bytes(body)


def keep(size: int, answer: bytes, *, at: datetime) -> None:
    """Store a verified answer beside its checkpoint, in the present transaction; a second one changes nothing."""
    if stamp_of(size) is None:
        read = decode_timestamp_response(answer)
        stamped_at = read.tst_info.gen_time
        db.session.add(TimeStamp(size=size, answer=answer, authority=_authority(read), stamped_at=stamped_at, at=at))


def check_all() -> tuple[int, list[tuple[int, str]]]:
    """Verify every stored time-stamp; return how many there are and, for those that do not hold, size and reason."""
    query = select(TimeStamp, Checkpoint.note).join(Checkpoint, Checkpoint.size == TimeStamp.size)
    number, bad = 0, []
    for stamp, note in db.session.execute(query.order_by(TimeStamp.size)):
        number += 1
        try:
            read = _verified(stamp.answer, note.encode())
        except NoStamp as fault:
            bad.append((stamp.size, f"its time-stamp does not hold: {fault}"))
            continue
        if read.tst_info.gen_time != stamp.stamped_at:
            bad.append((stamp.size, "its time-stamp says another time"))
    return number, bad


def _verified(answer: bytes, data: bytes, *, nonce: int | None = None) -> TimeStampResponse:
    try:
        read = decode_timestamp_response(answer)
        builder = VerifierBuilder(roots=_roots(), nonce=nonce)
        builder.build().verify_message(read, data)
    except (VerificationError, ValueError) as fault:
        raise NoStamp(str(fault)) from None
    return read


def _roots() -> list[x509.Certificate]:
    chosen = current().tsa_ca_file
    if chosen is not None:
        return x509.load_pem_x509_certificates(chosen.read_bytes())
    known = ssl.create_default_context().get_ca_certs(binary_form=True)
    return [x509.load_der_x509_certificate(each) for each in known]


def _authority(read: TimeStampResponse) -> str:
    """Return the name in the certificate that signed."""
    signer = next(iter(read.signed_data.signer_infos))
    for each in read.signed_data.certificates:
        found = x509.load_der_x509_certificate(each)
        if (found.issuer, found.serial_number) == (signer.issuer, signer.serial_number):
            return found.subject.rfc4514_string()[:200]
    return ""
