"""Who may keep a thread of the server waiting: nobody for long, and strangers only a few at a time.

A request that arrives byte by byte holds a thread until it is whole. Behind a proxy that collects requests none does; this
is for the rest of the way, and for an installation without one. Whoever is signed in may take her time: her line may be
poor, and her file large.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress

from flask import Flask, request
from flask_login import current_user

MOST, SECONDS = 8, 20.0


class Patience:
    """The lines on which a request has begun and is not whole yet. Beyond `most` of them the one that began first is cut."""

    def __init__(self, *, most: int = MOST, seconds: float = SECONDS) -> None:
        self._most, self._seconds = most, seconds
        self._since: dict[socket.socket, float] = {}  # in the order in which they began
        self._lock = threading.Lock()

    def begin(self, line: socket.socket) -> None:
        """Wait for a request on `line`; if too many are waited for, give up the one that is waited for longest."""
        with self._lock:
            self._since[line] = time.monotonic()
            late = [next(iter(self._since))] if len(self._since) > self._most else []
            self._cut(late)

    def end(self, line: socket.socket | None) -> None:
        """Take `line` for one that may take its time: its request is whole, or from somebody who is signed in."""
        with self._lock:
            self._since.pop(line, None)  # type: ignore[arg-type]

    def tidy(self) -> None:
        """Cut every line that has been waited for too long."""
        with self._lock:
            until = time.monotonic() - self._seconds
            self._cut([line for line, since in self._since.items() if since < until])

    def _cut(self, lines: list[socket.socket]) -> None:
        for line in lines:
            del self._since[line]
            with suppress(OSError):  # who went away herself
                line.shutdown(socket.SHUT_RDWR)


here = Patience()


def keep_tidy() -> None:
    """Look after the lines of this process from now on, in a thread of its own."""

    def look() -> None:
        while True:
            time.sleep(1)
            here.tidy()

    threading.Thread(target=look, name="patience", daemon=True).start()


def init(app: Flask) -> None:
    """Give whoever is signed in her time, before anything reads what she sends."""

    @app.before_request
    def _who_is_known() -> None:
        if request.method not in {"GET", "HEAD"} and current_user.is_authenticated:
            here.end(request.environ.get("gunicorn.socket"))
