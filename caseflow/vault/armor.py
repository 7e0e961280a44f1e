"""age's ASCII armor: a sealed file as text that survives paper, mail and a paste. For keys and small files.

Strict as the specification asks: canonical base64 in lines of 64 columns, one pair of markers, nothing else inside;
only white space may stand before and after. Source: C2SP age v1, "ASCII armor".
"""

from __future__ import annotations

import base64
import binascii

from caseflow.vault.errors import Damaged

BEGIN = "-----BEGIN AGE ENCRYPTED FILE-----"
END = "-----END AGE ENCRYPTED FILE-----"
COLUMNS = 64
MAX_TEXT = 16 * 1024 * 1024
MALFORMED = "The armored text is malformed."


def encode(data: bytes) -> str:
    """Return a whole age file as armored text, with a line break at the end."""
    text = base64.b64encode(data).decode("ascii")
    lines = [text[i : i + COLUMNS] for i in range(0, len(text), COLUMNS)]
    return "\n".join([BEGIN, *lines, END, ""])


def decode(text: str | bytes) -> bytes:
    """Return the age file in armored text (line ends LF or CRLF). Raises Damaged for anything not strictly armor."""
    if len(text) > MAX_TEXT:
        raise Damaged("The armored text is too long.")
    try:
        plain = text.decode("ascii") if isinstance(text, bytes) else text
    except UnicodeDecodeError:
        raise Damaged(MALFORMED) from None
    lines = plain.strip(" \t\r\n").replace("\r\n", "\n").split("\n")
    body = lines[1:-1]
    if len(lines) < 3 or lines[0] != BEGIN or lines[-1] != END:
        raise Damaged(MALFORMED)
    if any(len(line) != COLUMNS for line in body[:-1]) or not 0 < len(body[-1]) <= COLUMNS:
        raise Damaged(MALFORMED)
    joined = "".join(body)
    try:
        data = binascii.a2b_base64(joined, strict_mode=True)
    except (ValueError, binascii.Error):
        raise Damaged(MALFORMED) from None
    if base64.b64encode(data).decode("ascii") != joined:
        raise Damaged(MALFORMED)
    return data
