"""What a second factor is checked against, sealed with its owner's own keys: the seed of an app, a passkey's public key.

It can be read only where her passphrase has been proven, because only then are her keys open.
"""

from __future__ import annotations

from caseflow.vault.errors import WrongKey
from caseflow.vault.fields import fields, open_box, seal_box
from caseflow.vault.keys import MemberKeys

FACTOR_VERSION = 1
FACTOR_LABEL = "caseflow/v1/second-factor"
PURPOSE = "second-factor"


def seal_factor(keys: MemberKeys, content: bytes, *, instance: str, member: str, place: str) -> bytes:
    """Return the content sealed for one place of one member (29 bytes longer); `place` is the factor's id."""
    return seal_box(keys.box(PURPOSE), FACTOR_VERSION, content, fields(FACTOR_LABEL, instance, member, place))


def open_factor(keys: MemberKeys, sealed: bytes, *, instance: str, member: str, place: str) -> bytes:
    """Return the content. Raises WrongKey if keys or place do not fit, Damaged if malformed."""
    content = open_box(keys.box(PURPOSE), FACTOR_VERSION, sealed, fields(FACTOR_LABEL, instance, member, place))
    if content is None:
        raise WrongKey("This second factor was sealed with other keys or for another place.")
    return content
