"""The parent's side of joining: one child, its time, its size and its answer under control."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_

CHILD = Path(__file__).with_name("child.py")
SECONDS, MOST, MOST_PAGES = 240, 256 * 1024 * 1024, 5000
PIECE = 1024 * 1024
BROKEN = N_("The papers could not be joined. Leave out the last one that was added and try again.")

Ticked = Callable[[], None]


def count(papers: Sequence[tuple[int, str]], *, ticked: Ticked) -> list[int | None]:
    """Return how many pages each paper (handle, media type) has; None for one that cannot be bound."""
    asked = {"do": "count", "papers": [{"handle": handle, "media_type": kind} for handle, kind in papers]}
    said = _run(asked, [handle for handle, _kind in papers], ticked=ticked)
    try:
        pages = json.loads(said)["pages"]
        found = [None if one is None else int(one) for one in pages]
    except (ValueError, KeyError, TypeError):
        raise RuleBroken(BROKEN) from None
    if len(found) != len(papers) or any(one is not None and not 0 < one <= MOST_PAGES for one in found):
        raise RuleBroken(BROKEN)
    return found


def join(asked: dict[str, Any], handles: Collection[int], *, ticked: Ticked) -> bytes:
    """Return the joined PDF; `asked` is what `child.py` reads. It is sealed as it is and never opened on this side."""
    said = _run({"do": "join", **asked}, handles, ticked=ticked)
    if not said.startswith(b"%PDF-"):
        raise RuleBroken(BROKEN)
    return said


def _run(asked: dict[str, Any], handles: Collection[int], *, ticked: Ticked) -> bytes:
    reading, writing = os.pipe()
    child = subprocess.Popen(  # noqa: S603 -- our own child, with our own arguments
        [
            sys.executable,
            "-I",
            "-B",
            "-X",
            "utf8",
            str(CHILD),
            json.dumps({**asked, "progress": writing, "seconds": SECONDS}),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # what libraries complain of could quote the papers
        cwd="/",
        env={},
        pass_fds=(*handles, writing),
        start_new_session=True,
    )
    os.close(writing)
    assert child.stdout is not None
    try:
        return _read(child.stdout.fileno(), reading, ticked)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        child.stdout.close()
        os.close(reading)


def _read(said_at: int, progress: int, ticked: Ticked) -> bytes:
    said, until = bytearray(), time.monotonic() + SECONDS
    with selectors.DefaultSelector() as waiting:
        waiting.register(said_at, selectors.EVENT_READ)
        waiting.register(progress, selectors.EVENT_READ)
        while (left := until - time.monotonic()) > 0:
            for key, _events in waiting.select(left):
                piece = os.read(key.fd, PIECE)
                if key.fd == progress:
                    for _tick in piece:
                        ticked()
                    if not piece:
                        waiting.unregister(progress)
                elif piece:
                    said += piece
                    if len(said) > MOST:
                        raise RuleBroken(BROKEN)
                else:
                    return bytes(said)
    raise RuleBroken(BROKEN)
