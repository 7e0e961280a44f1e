"""The parent's side: the plaintext in memory, one child for each look, its time and its answer under control."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, Protocol

CHILD = Path(__file__).with_name("child.py")
LARGEST = 128 * 1024 * 1024  # bytes of a file that is looked into: its plaintext lies in memory meanwhile
ANSWER = 6 * 1024 * 1024
LONG_ANSWER = 64 * 1024 * 1024  # a list or a copy is as long as itself, and each letter of a list may be escaped
LONG_ANSWERS = ("table", "clean", "redact")
SECONDS = {"ocr": 90, "sound": 60, "table": 40, "clean": 60, "redact": 120}
PIECE = 1024 * 1024
_BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-")


class Source(Protocol):
    """Anything that gives bytes until it gives none."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes; b'' at the end."""


@contextmanager
def in_memory(source: Source) -> Iterator[int]:
    """Yield a handle to the bytes of `source`, which lie in memory only and can no longer be changed."""
    handle = os.memfd_create("evidence", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        while piece := source.read(PIECE):
            view = memoryview(piece)
            while view:
                view = view[os.write(handle, view) :]
        # A first look must not change what the second one sees.
        seals = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
        fcntl.fcntl(handle, fcntl.F_ADD_SEALS, seals)
        yield handle
    finally:
        os.close(handle)


@cache
def tools() -> dict[str, str]:
    """Return the programs of this machine that looks can use, by name."""
    found = {name: shutil.which(name) for name in ("ffmpeg", "tesseract")}
    return {name: str(Path(path).resolve()) for name, path in found.items() if path}


def look(
    part: str, handle: int, media_type: str, *, seconds: int | None = None, options: dict[str, str] | None = None
) -> dict[str, Any]:
    """Take one look in a process of its own and return its answer, checked; `stopped` in it says why there is none.

    `options` are what somebody has chosen about how it is read. Never raises for what is in the file: "time", "memory"
    and "crash" are answers too.
    """
    return checked(_asked(part, handle, media_type, seconds or SECONDS.get(part, 20), options or {}))


def _asked(part: str, handle: int, media_type: str, wait: int, options: dict[str, str]) -> dict[str, Any]:
    known = tools()
    readable = sorted({str(Path(path).parent) for path in known.values()})
    asked = {
        "part": part, "handle": handle, "media_type": media_type, "tools": known, "readable": readable, "seconds": wait,
        "options": options,
    }  # fmt: skip
    child = subprocess.Popen(  # noqa: S603 -- our own child, with our own arguments
        [sys.executable, "-I", "-B", "-X", "utf8", str(CHILD), json.dumps(asked)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # what libraries complain of could quote the file
        cwd="/",
        env={},
        pass_fds=(handle,),
        start_new_session=True,
    )
    assert child.stdout is not None
    try:
        said, over = _read(
            child.stdout.fileno(), time.monotonic() + wait, LONG_ANSWER if part in LONG_ANSWERS else ANSWER
        )
    finally:
        _end(child)
        child.stdout.close()
    if over:
        return {"stopped": over}
    try:
        answer = json.loads(said)
    except (ValueError, RecursionError):
        late = child.returncode in (-signal.SIGXCPU, -signal.SIGKILL)
        return {"stopped": "time" if late else "crash"}
    return answer if isinstance(answer, dict) else {"stopped": "crash"}


def _read(handle: int, until: float, most: int) -> tuple[bytes, str]:
    said = bytearray()
    with selectors.DefaultSelector() as waiting:
        waiting.register(handle, selectors.EVENT_READ)
        while (left := until - time.monotonic()) > 0:
            if waiting.select(left):
                piece = os.read(handle, PIECE)
                if not piece:
                    return bytes(said), ""
                said += piece
                if len(said) > most:
                    return b"", "crash"
    return b"", "time"


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the child with everything it started, also when it has ended by itself: what it started may go on."""
    with suppress(subprocess.TimeoutExpired):
        child.wait(0.5)
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


# -- the answer of somebody who may have been taken over by the file


def checked(answer: dict[str, Any]) -> dict[str, Any]:
    """Return of an answer only what has the form it must have, cleaned for being shown; "crash" when it has not."""
    try:
        return _checked(answer)
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
        return {"stopped": "crash"}


def _checked(answer: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {"walls": [str(wall)[:20] for wall in answer.get("walls", [])][:5]}
    if "stopped" in answer:
        return kept | {"stopped": plain(answer["stopped"], 20)}
    return kept | {name: clean(answer[name]) for name, clean in _SHAPES.items() if name in answer}


def _picture(one: dict[str, Any]) -> dict[str, Any]:
    jpeg = base64.b64decode(one["jpeg"], validate=True)
    if not jpeg.startswith(b"\xff\xd8\xff"):
        raise ValueError("no JPEG")
    return {"jpeg": one["jpeg"], "width": int(one["width"]), "height": int(one["height"])}


def _copy(content: Any) -> str:
    if not base64.b64decode(content, validate=True).startswith(_BEGINNINGS):
        raise ValueError("no copy of a kind that is made here")
    return str(content)


def plain(text: Any, most: int, *, lines: bool = False) -> str:
    """Return a stranger's words without what acts on a screen: controls, direction marks, halves of characters."""
    if not isinstance(text, str):
        raise TypeError("no text")
    kept = (
        c
        for c in unicodedata.normalize("NFC", text[: most * 2])
        if unicodedata.category(c)[0] != "C" or (lines and c in "\n\t")
    )
    return "".join(kept)[:most]


def _cell(text: Any) -> str:
    if not isinstance(text, str):
        raise TypeError("no text")
    if text.isprintable() and len(text) <= 20_000:  # nearly always, and a hundred times as quick
        return unicodedata.normalize("NFC", text)
    return plain(text, 20_000, lines=True)


def _row(found: Any) -> list[Any]:
    number, cells = found
    return [_number(number), [_cell(cell) for cell in cells[:200]]]


def _number(value: Any) -> int:
    return min(abs(int(value)), 2**53)


_SHAPES: dict[str, Callable[[Any], Any]] = {
    "pictures": lambda found: [_picture(one) for one in found[:5]],
    "pages": _number,
    "count": _number,
    "total": _number,
    "seconds": lambda found: min(abs(float(found)), 1e7),
    "levels": lambda found: [min(max(int(level), 0), 100) for level in found[:1000]],
    "text": lambda found: plain(found, 400_000, lines=True),
    "cut": bool,
    "facts": lambda found: [[plain(code, 20), plain(value, 300)] for code, value in found[:40]],
    "entries": lambda found: [[plain(name, 200), _number(size)] for name, size in found[:300]],
    "alarms": lambda found: [plain(alarm, 20) for alarm in found[:10]],
    "languages": lambda found: [plain(one, 10) for one in found[:5]],
    "copy": _copy,
    "ending": lambda found: plain(found, 5),
    "found": _number,
    "form": lambda found: plain(found, 10),
    "encoding": lambda found: plain(found, 20),
    "delimiter": lambda found: plain(found, 20),
    "sheet": lambda found: plain(found, 100),
    "sheets": lambda found: [plain(one, 100) for one in found[:50]],
    "merged": _number,
    "rows": lambda found: [_row(one) for one in found[:10_001]],
    "faults": lambda found: [[_number(one[0]), _number(one[1]), plain(one[2], 20)] for one in found[:200_000]],
}
"""What an answer may hold, and how each is made harmless."""
