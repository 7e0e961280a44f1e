"""Measures an upload of 1 GiB that is sealed and hashed, against `age -r` on the same file: `python -m bench.upload`.

Both write their sealed file into the same folder, the way `age -r KEY -o FILE.age FILE` is used; caseflow also hashes
it twice, waits for the disk and writes its rows. They take turns, so that a busy moment hits them alike.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.serving import Server, found_network, served

SIZE = 1024**3
ROUNDS = 5
MIB = 1024 * 1024
PART = 8 * MIB  # as our own page sends them
BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gWA"


def run(*, size: int = SIZE, rounds: int = ROUNDS) -> list[dict[str, Any]]:
    """Return one row for each promise: name, ours, reference, ratio, limit, unit; files are deleted afterwards."""
    with tempfile.TemporaryDirectory(prefix="caseflow-bench-") as name:
        folder = Path(name)
        source = folder / "source.bin"
        write_random(source, size)
        instance = folder / "instance"
        instance.mkdir()
        cookie, safe_id, item_id = found_network(instance)
        seal, tool = _reference(source)
        with served(instance, cookie) as server:
            server.tokens(f"/evidence/new/{safe_id}")  # the page has been drawn once, as before every upload
            server.forget_peak()
            before = server.resident()
            times: dict[str, list[float]] = {"age": [], "nowhere": [], "form": [], "raw": [], "tus": [], "parts": []}
            acts: dict[str, Callable[[], None]] = {
                "age": lambda: seal(folder / "reference.age"),
                "form": lambda: _send_form(server, safe_id, source),
                "nowhere": lambda: seal(Path(os.devnull)),
                "raw": lambda: send_raw(server, item_id, source),
                "tus": lambda: _send_tus(server, item_id, source, size),
                "parts": lambda: _send_tus(server, item_id, source, PART),
            }
            for _ in range(rounds):
                for key, act in acts.items():
                    os.sync()  # what one has left to the kernel is not paid by the next
                    started = time.perf_counter()
                    act()
                    times[key].append(time.perf_counter() - started)
                    _tidy(instance, folder)
            growth = server.resident(peak=True) - before
    middle = {key: statistics.median(values) for key, values in times.items()}
    gib = f"{size / 1024**3:g} GiB"
    return [
        _row(f"{gib} through a form, against {tool}", middle["form"], middle["age"], 3.0),
        _row(f"{gib} as a raw body, against {tool}", middle["raw"], middle["age"], 2.0),
        _row(f"{gib} by tus in one go, against {tool}", middle["tus"], middle["age"], 2.0),
        _row(f"{gib} by tus in parts of 8 MiB, against {tool}", middle["parts"], middle["age"], None),
        _row(f"{gib} through a form, against {tool} that writes nowhere", middle["form"], middle["nowhere"], None),
        _row(f"{gib} as a raw body, against {tool} that writes nowhere", middle["raw"], middle["nowhere"], None),
        {
            "name": "memory that the server grows by meanwhile",
            "ours": growth / MIB,
            "reference": None,
            "ratio": growth / MIB,
            "limit": 120.0,
            "unit": "MiB",
        },
    ]


def _row(name: str, ours: float, reference: float, limit: float | None) -> dict[str, Any]:
    return {
        "name": name, "ours": ours, "reference": reference, "ratio": ours / reference, "limit": limit, "unit": "s",
    }  # fmt: skip


def write_random(path: Path, size: int) -> None:
    """Write a file that no compression makes smaller."""
    with path.open("wb") as out:
        left = size
        while left:
            out.write(os.urandom(min(left, 8 * MIB)))
            left -= min(left, 8 * MIB)


def _reference(source: Path) -> tuple[Callable[[Path], None], str]:
    """Return how the reference seals `source` to a path, and its name; pyrage where the age command is missing."""
    import pyrage

    recipient = str(pyrage.x25519.Identity.generate().to_public())
    age = shutil.which("age")
    if age:
        return lambda out: _run(age, "-r", recipient, "-o", str(out), str(source)), "age -r"

    def seal(out: Path) -> None:
        with source.open("rb") as plain, out.open("wb") as sealed:
            pyrage.encrypt_io(plain, sealed, [pyrage.x25519.Recipient.from_str(recipient)])

    return seal, "pyrage, as there is no age command"


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def _send_form(server: Server, safe_id: str, source: Path) -> None:
    path = f"/evidence/new/{safe_id}"
    token, once, cookies = server.tokens(path)
    fields = {"csrf_token": token, "once": once, "title": "A large file", "copy_or_original": "original"}
    head = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    head += (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="video.bin"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    headers = {"Cookie": cookies, "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    _send(server, "POST", path, headers, head.encode(), source, f"\r\n--{BOUNDARY}--\r\n".encode(), 303)


def send_raw(server: Server, item_id: str, source: Path) -> None:
    """Send a file as the whole body of one request."""
    path = f"/evidence/{item_id}/files"
    token, _once, cookies = server.tokens(path)
    headers = {"Cookie": cookies, "Content-Type": "application/octet-stream", "X-CSRFToken": token}
    _send(server, "PUT", f"{path}?name=video.bin", headers, b"", source, b"", 201)


def _send_tus(server: Server, item_id: str, source: Path, part: int) -> None:
    """Send as tus-js-client does: one file over one connection, `part` bytes in each request."""
    path, size = f"/evidence/{item_id}/uploads", source.stat().st_size
    token, _once, cookies = server.tokens(f"/evidence/{item_id}/files")
    headers = {"Cookie": cookies, "X-CSRFToken": token, "Tus-Resumable": "1.0.0"}
    connection = server.connect()
    named = {"Upload-Length": str(size), "Upload-Metadata": "filename dmlkZW8uYmlu", "Content-Length": "0"}
    connection.request("POST", path, headers=headers | named)
    answer = connection.getresponse()
    answer.read()
    place = answer.headers["Location"] or ""
    with source.open("rb") as body:
        for offset in range(0, size, part):
            count = min(part, size - offset)
            connection.putrequest("PATCH", place)
            told = {"Upload-Offset": str(offset), "Content-Length": str(count)}
            for name, value in (headers | told | {"Content-Type": "application/offset+octet-stream"}).items():
                connection.putheader(name, value)
            connection.endheaders()
            connection.sock.sendfile(body, offset, count)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 204:
                raise RuntimeError(f"PATCH {place} answered {answer.status}")
    connection.close()


def _send(
    server: Server, method: str, path: str, headers: dict[str, str], head: bytes, source: Path, tail: bytes, status: int
) -> None:
    connection = server.connect()
    connection.putrequest(method, path)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.putheader("Content-Length", str(len(head) + source.stat().st_size + len(tail)))
    connection.endheaders(head or None)
    with source.open("rb") as body:
        connection.sock.sendfile(body)  # as little of the two cores as possible goes to the one who sends
    if tail:
        connection.send(tail)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != status:
        raise RuntimeError(f"{method} {path} answered {answer.status}")


def _tidy(instance: Path, folder: Path) -> None:
    for path in [*(instance / "store").rglob("*"), folder / "reference.age"]:
        if path.is_file():
            path.unlink()


if __name__ == "__main__":
    for row in run():
        print(row)
