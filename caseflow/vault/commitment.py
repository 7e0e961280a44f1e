"""Which file key is a row's own: a word that only the key and the row together give.

Anybody can seal a file to a safe, because its recipient is public. So a row keeps, sealed to itself, what the true file
key says of it; a header that brings another key is not believed, however well it opens. Heading a file anew keeps its
key and so its word.
"""

from __future__ import annotations

import hmac

from caseflow.vault.fields import derive_key, exactly, fields
from caseflow.vault.stanza import FILE_KEY_LENGTH

LABEL = "caseflow/v1/file"


def commit(file_key: bytes, *facts: str | bytes | int) -> str:
    """Return HMAC-SHA256 (hex) of `facts` under a key that is derived from the file key (16 bytes)."""
    key = derive_key(exactly(file_key, FILE_KEY_LENGTH, "a file key"), LABEL.encode())
    return hmac.digest(key, fields(LABEL, *facts), "sha256").hex()
