"""What can go wrong with something sealed, said in a sentence."""

from __future__ import annotations


class VaultError(Exception):
    """The vault refuses; the message is a sentence a person can read and never contains a secret."""


class WrongKey(VaultError):
    """What was offered (identity, passphrase, recovery code, cookie) does not open this."""


class Damaged(VaultError):
    """The bytes are not what was sealed: malformed, altered, cut, extended, or moved to another place."""
