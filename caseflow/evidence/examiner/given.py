"""What a look is given, and how it declines."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from typing import BinaryIO


class Refused(Exception):
    """The look was not taken; `code` says why, see `rules.WHY_NOT`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Given:
    """An open handle to the file's bytes in memory, its kind by content, the programs of this machine, and what is chosen."""

    handle: int
    media_type: str
    tools: dict[str, str]
    options: dict[str, str] = field(default_factory=dict)

    def open(self) -> BinaryIO:
        """Return the bytes as a seekable file from its beginning."""
        os.lseek(self.handle, 0, os.SEEK_SET)
        return os.fdopen(self.handle, "rb", closefd=False)

    def run(self, tool: str, *arguments: str, feed: bytes = b"", most: int = 4 * 1024 * 1024) -> bytes:
        """Run a program of this machine behind the same walls and return what it printed, `most` bytes of it.

        Raises `Refused` when this machine has no such program or it fails.
        """
        if tool not in self.tools:
            raise Refused(f"no_{tool}")
        got: subprocess.CompletedProcess[bytes] = subprocess.run(  # noqa: S603 -- a fixed program with our own arguments
            [self.tools[tool], *arguments],
            input=feed,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(self.handle,),
            env={"OMP_THREAD_LIMIT": "1"},
            check=False,
        )
        if got.returncode:
            raise Refused("damaged")
        return bytes(got.stdout[:most])
