"""The mark that a browser keeps when somebody has signed in with it, so that strangers' tries do not count against her there.

It opens nothing and says nothing of whose it is: a random number, a day, and a MAC that fits one member with her present
passphrase. All it does is that tries from this browser are counted by themselves.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_bytes

from flask import Request, Response

from caseflow.kernel.instance import instance
from caseflow.kernel.settings import current
from caseflow.keys.models import Identity
from caseflow.vault.fields import fields

LASTS = timedelta(days=180)
_MOST = 4  # members who share a computer
_NONCE, _DAY, _MAC = 16, 4, 32


@dataclass(frozen=True)
class _Mark:
    nonce: bytes
    day: int  # of Unix time, on which it was given
    mac: bytes

    def __str__(self) -> str:
        raw = self.nonce + self.day.to_bytes(_DAY) + self.mac
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def cookie_name() -> str:
    """Return the cookie's name; over https the prefix makes browsers refuse weaker copies of it."""
    return "__Host-caseflow-browser" if current().secure else "caseflow-browser"


def kept_by(request: Request) -> str:
    """Return the marks that a browser sends along; '' for none."""
    return request.cookies.get(cookie_name(), "")


def known(marks: str, identity: Identity | None, *, at: datetime) -> str | None:
    """Return the number under which this browser's tries with an account are counted; None when the account's are.

    An unknown account is looked at like any other.
    """
    found = _fitting(_read(marks), identity, at)
    return found.nonce.hex() if found else None


def give_mark(answer: Response, marks: str, identity: Identity, *, at: datetime) -> None:
    """Let the browser keep a mark of this member beside those of others who use it."""
    before = _read(marks)
    mine = _fitting(before, identity, at)
    nonce, day = mine.nonce if mine else token_bytes(_NONCE), _day(at)
    fresh = _Mark(nonce, day, _mac(identity, nonce, day))
    others = [mark for mark in before if mark is not mine]
    value = ".".join(str(mark) for mark in [fresh, *others][:_MOST])
    answer.set_cookie(
        cookie_name(), value, max_age=LASTS, path="/", secure=current().secure, httponly=True, samesite="Strict"
    )


def _read(marks: str) -> list[_Mark]:
    found = []
    for word in marks.split(".")[:_MOST]:
        try:
            raw = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            continue
        if len(raw) == _NONCE + _DAY + _MAC:
            found.append(_Mark(raw[:_NONCE], int.from_bytes(raw[_NONCE:-_MAC]), raw[-_MAC:]))
    return found


def _fitting(marks: list[_Mark], identity: Identity | None, at: datetime) -> _Mark | None:
    fitting = [mark for mark in marks if hmac.compare_digest(_mac(identity, mark.nonce, mark.day), mark.mac)]
    return next((mark for mark in fitting if identity and 0 <= _day(at) - mark.day <= LASTS.days), None)


def _mac(identity: Identity | None, nonce: bytes, day: int) -> bytes:
    # With the verifier: a new passphrase takes the mark from every browser but the one in which it was chosen.
    member, verifier = (identity.member_id, identity.verifier) if identity else ("", b"")
    words = fields("caseflow/v1/browser", instance(), member, verifier, nonce, day)
    return hmac.digest(current().pepper(), words, hashlib.sha256)


def _day(at: datetime) -> int:
    return int(at.timestamp()) // 86400
