"""Asking clamd whether a file is known to be harmful: over its socket, from memory."""

from __future__ import annotations

import os
import socket
import struct
from typing import Any

from caseflow.evidence.examiner.running import plain

PIECE = 256 * 1024
SECONDS = 60


def scan(handle: int, address: str) -> dict[str, Any]:
    """Return {"verdict": "clean"} or {"verdict": "found", "name": …}; `stopped` where clamd gave no verdict.

    `address` is the path of clamd's socket, or host:port. The bytes are sent by INSTREAM; nothing is written to disk.
    """
    try:
        with _connected(address) as clamd:
            clamd.sendall(b"zINSTREAM\0")
            at = 0
            while piece := os.pread(handle, PIECE, at):
                clamd.sendall(struct.pack("!I", len(piece)) + piece)
                at += len(piece)
            clamd.sendall(struct.pack("!I", 0))
            said = clamd.makefile("rb").read(2000).decode("utf-8", "replace").strip("\0\n ")
    except OSError:  # it also closes the line when a file is longer than it takes
        return {"stopped": "no_answer"}
    if said == "stream: OK":
        return {"verdict": "clean"}
    if said.startswith("stream: ") and said.endswith(" FOUND"):
        return {"verdict": "found", "name": plain(said.removeprefix("stream: ").removesuffix(" FOUND"), 200)}
    return {"stopped": "no_answer"}


def _connected(address: str) -> socket.socket:
    if address.startswith("/"):
        clamd = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        clamd.settimeout(SECONDS)
        try:
            clamd.connect(address)
        except OSError:
            clamd.close()
            raise
        return clamd
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=SECONDS)
