"""Measures a jump within a video: 1 MiB from anywhere in 1 GiB, asked by HTTP Range as a player asks: `python -m bench.seek`.

The file was sealed as it came in; each answer is opened chunk by chunk, checked, and noted where the ledger notes it. What is
measured is the whole answer over one connection that stays open, of a signed-in member; its bytes are compared with the source.
"""

from __future__ import annotations

import random
import re
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.serving import Server, found_network, served
from bench.upload import MIB, SIZE, send_raw, write_random

LIMIT = 15.0
JUMPS = 200
Row = dict[str, Any]


def run(*, size: int = SIZE, jumps: int = JUMPS) -> list[Row]:
    """Return the rows: milliseconds of a jump, its median with a limit and its 95th percentile without."""
    with tempfile.TemporaryDirectory(prefix="caseflow-bench-") as name:
        folder = Path(name)
        source = folder / "source.bin"
        write_random(source, size)
        instance = folder / "instance"
        instance.mkdir()
        cookie, _safe_id, item_id = found_network(instance)
        with served(instance, cookie) as server:
            send_raw(server, item_id, source)
            times = _jumps(server, item_id, source, jumps)
    what = f"1 MiB from anywhere in {size / 1024**3:g} GiB over HTTP"
    return [
        _row(f"{what}, median", times[len(times) // 2], LIMIT),
        _row(f"{what}, 95th percentile", times[len(times) * 95 // 100], None),
    ]


def _row(name: str, milliseconds: float, limit: float | None) -> Row:
    return {"name": name, "ours": milliseconds, "reference": None, "ratio": milliseconds, "limit": limit, "unit": "ms"}


def _jumps(server: Server, item_id: str, source: Path, number: int) -> Sequence[float]:
    """Return the milliseconds of each jump, sorted; the first ones warm the server and are not among them."""
    connection, headers = server.connect(), {"Cookie": server.cookie}
    connection.request("GET", f"/evidence/{item_id}", headers=headers)
    found = re.search(rb"/evidence/files/(\w+)", connection.getresponse().read())
    if found is None:
        raise RuntimeError("the item has no file")
    size, luck, times = source.stat().st_size, random.Random(7), []
    path = f"/evidence/files/{found[1].decode()}?inline=1"
    with source.open("rb") as plain:
        for jump in range(-10, number):
            start = luck.randrange(size - MIB)
            started = time.perf_counter()
            connection.request("GET", path, headers=headers | {"Range": f"bytes={start}-{start + MIB - 1}"})
            answer = connection.getresponse()
            body = answer.read()
            if jump >= 0:
                times.append((time.perf_counter() - started) * 1000)
            plain.seek(start)
            if answer.status != 206 or body != plain.read(MIB):
                raise RuntimeError(f"{path} answered {answer.status} and other bytes than were asked for")
    connection.close()
    return sorted(times)


if __name__ == "__main__":
    for one in run():
        print(f"{one['name']}: {one['ours']:.1f} ms")
