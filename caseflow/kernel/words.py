"""Words that are written in one place and translated where they are shown."""

from __future__ import annotations


def N_(text: str) -> str:  # noqa: N802 -- the customary name, which the extraction of messages looks for
    """Mark `text` for translation and return it as it is."""
    return text
