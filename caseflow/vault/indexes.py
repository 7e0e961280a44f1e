"""A piece of what makes a member's own search quick, sealed with her own keys: the words of what she may read."""

from __future__ import annotations

from caseflow.vault.errors import WrongKey
from caseflow.vault.fields import fields, open_box, seal_box
from caseflow.vault.keys import MemberKeys

INDEX_VERSION = 1
INDEX_LABEL = "caseflow/v1/search-index"
PURPOSE = "search-index"


def seal_index(keys: MemberKeys, content: bytes, *, instance: str, member: str, place: str) -> bytes:
    """Return the content sealed for one place of one member (29 bytes longer); `place` is the row's id."""
    return seal_box(keys.box(PURPOSE), INDEX_VERSION, content, fields(INDEX_LABEL, instance, member, place))


def open_index(keys: MemberKeys, sealed: bytes, *, instance: str, member: str, place: str) -> bytes:
    """Return the content. Raises WrongKey if keys or place do not fit, Damaged if malformed."""
    content = open_box(keys.box(PURPOSE), INDEX_VERSION, sealed, fields(INDEX_LABEL, instance, member, place))
    if content is None:
        raise WrongKey("This piece of an index was sealed with other keys or for another place.")
    return content
