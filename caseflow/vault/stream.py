"""Files, sealed and opened: the public face of the age reader and writer.

`seal` and `unseal` handle whole age v1 files; `SealingWriter`, `PayloadReader` and `unseal_payload` keep header and
payload apart. Everything is a stream with bounded memory. Source: C2SP age v1.
"""

from __future__ import annotations

from collections.abc import Sequence

from caseflow.vault import header as headers
from caseflow.vault.header import AnyIdentity, AnyRecipient, Source
from caseflow.vault.payload import Sink, plain_size, sealed_size, write_all
from caseflow.vault.reading import PayloadReader, SeekableSource, unseal_payload
from caseflow.vault.writing import SealingWriter

__all__ = [
    "AnyIdentity",
    "AnyRecipient",
    "PayloadReader",
    "SealingWriter",
    "SeekableSource",
    "Sink",
    "Source",
    "plain_size",
    "seal",
    "sealed_size",
    "unseal",
    "unseal_payload",
]


def seal(src: Source, dst: Sink, recipients: Sequence[AnyRecipient]) -> None:
    """Write everything `src` gives to `dst` as an age file that each recipient can open.

    Raises ValueError without recipients, Damaged for a text that is no recipient.
    """
    writer = SealingWriter(dst, recipients, hash_plain=False, hash_sealed=False)
    write_all(dst, memoryview(writer.header))
    writer.copy_from(src)
    writer.close()


def unseal(src: Source, dst: Sink, identities: Sequence[AnyIdentity]) -> None:
    """Write the plaintext of the age file `src` to `dst`.

    Raises WrongKey if no identity fits (nothing is written then), Damaged if the file is not what was sealed; part
    of the plaintext may have been written then and must be thrown away.
    """
    header, prefix = headers.read(src)
    unseal_payload(src, dst, headers.open(header, identities), prefix=prefix)
