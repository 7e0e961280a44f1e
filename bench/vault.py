"""Measures the vault: a file of 1 GiB sealed, opened and read in the middle, against the age command; sealed titles.

`python -m bench.vault`. Both sides do the same work: file to file in one folder, read from the page cache, without
waiting for the disk. They take turns, and before each turn what was left to the kernel is written out. Under a hash
there is a floor that no program passes: one SHA-256 is one chain of steps on one core. Its time is told beside.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.upload import MIB, SIZE, _write_random
from caseflow.vault import header, stream
from caseflow.vault.grants import GrantContext, SafeSecrets, SealedGrant, open_grant, quick_open, quick_wrap, wrap
from caseflow.vault.identity import Identity
from caseflow.vault.keys import MemberKeys
from caseflow.vault.payload import write_all
from caseflow.vault.texts import TextPlace, open_text, seal_text

ROUNDS = 7
PLACES = 40
TITLES = 50
Row = dict[str, Any]


def run(*, size: int = SIZE, rounds: int = ROUNDS) -> list[Row]:
    """Return one row for each promise: name, ours, reference, ratio, limit, unit; files are deleted afterwards."""
    with tempfile.TemporaryDirectory(prefix="caseflow-bench-") as name:
        before = _resident()  # before the source is made, whose buffers could be lent to what is measured
        files = _Files(Path(name), size)
        times: dict[str, list[float]] = {}
        _forget_peak()
        for _ in range(rounds):
            for key, act in files.acts().items():
                os.sync()
                started = time.perf_counter()
                act()
                times.setdefault(key, []).append(time.perf_counter() - started)
                files.tidy()
        growth = (_resident(peak=True) - before) / MIB
        place = files.read_at_random()
    middle = {key: statistics.median(values) for key, values in times.items()}
    best = {key: min(values) for key, values in times.items()}
    gib = f"{size / 1024**3:g} GiB"

    def against(what: str, ours: str, tool: str, limit: float | None) -> list[Row]:
        row = {"name": f"{what} {gib}, against {tool}", "unit": "s", "limit": limit}
        low = {"name": f"the same, best of {rounds}", "unit": "s", "limit": None}
        return [
            {**row, "ours": middle[ours], "reference": middle[tool], "ratio": middle[ours] / middle[tool]},
            {**low, "ours": best[ours], "reference": best[tool], "ratio": best[ours] / best[tool]},
        ]

    quick, slow = _titles()
    return [
        *against("seal and hash", "seal", "age -r", 0.9),
        *against("seal and hash twice", "seal twice hashed", "age -r", None),
        *against("only read and hash", "hash", "age -r", None),
        *against("unseal", "unseal", "age -d", 0.45),
        _alone("memory that sealing and unsealing grow by", growth, 60.0, "MiB"),
        _alone(f"open and read 1 MiB in the middle of {gib}", place * 1000, 5.0, "ms"),
        {
            "name": f"the same, against age -d of {gib}", "unit": "ms", "limit": 0.01,
            "ours": place * 1000, "reference": middle["age -d"] * 1000, "ratio": place / middle["age -d"],
        },
        _alone(f"{TITLES} sealed titles of as many safes, with their grants", quick * 1000, 5.0, "ms"),
        _alone("the same when every grant is opened for the first time", slow * 1000, None, "ms"),
    ]  # fmt: skip


def _alone(name: str, value: float, limit: float | None, unit: str) -> Row:
    return {"name": name, "ours": value, "reference": None, "ratio": value, "limit": limit, "unit": unit}


class _Files:
    """A source, its sealed form, and what is made of them in each turn."""

    def __init__(self, folder: Path, size: int) -> None:
        self._identity = Identity.generate()
        self._age = shutil.which("age")
        if self._age is None:
            raise RuntimeError("the bench of the vault needs the age command: apt install age")
        self._source, self._sealed, self._key = folder / "source", folder / "sealed.age", folder / "key"
        self._theirs, self._ours = folder / "theirs", folder / "ours"
        _write_random(self._source, size)
        self._key.write_text(f"{self._identity}\n")
        self._run("-r", self._identity.recipient, "-o", str(self._sealed), str(self._source))

    def acts(self) -> dict[str, Callable[[], None]]:
        """Return what is measured, in the order of the turns."""
        return {
            "age -r": lambda: self._run("-r", self._identity.recipient, "-o", str(self._theirs), str(self._source)),
            "seal": lambda: self._seal(twice=False),
            "seal twice hashed": lambda: self._seal(twice=True),
            "hash": self._hash,
            "age -d": lambda: self._run("-d", "-i", str(self._key), "-o", str(self._theirs), str(self._sealed)),
            "unseal": self._unseal,
        }

    def tidy(self) -> None:
        self._theirs.unlink(missing_ok=True)
        self._ours.unlink(missing_ok=True)

    def read_at_random(self) -> float:
        """Return the median seconds from the sealed file's name to 1 MiB of its plaintext, at random places."""
        took = []
        for _ in range(PLACES):
            started = time.perf_counter()
            with self._sealed.open("rb", buffering=0) as sealed:
                head, _begun = header.read(sealed)
                reader = stream.PayloadReader(sealed, header.open(head, [self._identity]), start=len(head))
                reader.seek(random.randrange(reader.size - MIB))
                read = len(reader.read(MIB))
            took.append(time.perf_counter() - started)
            if read != MIB:
                raise RuntimeError("the sealed file is shorter than it was")
        return statistics.median(took)

    def _run(self, *arguments: str) -> None:
        subprocess.run([str(self._age), *arguments], check=True, stdin=subprocess.DEVNULL)

    def _seal(self, *, twice: bool) -> None:
        with self._source.open("rb", buffering=0) as plain, self._ours.open("wb", buffering=0) as out:
            writer = stream.SealingWriter(out, [self._identity.recipient], hash_sealed=twice)
            write_all(out, memoryview(writer.header))
            writer.copy_from(plain)
            writer.close()

    def _unseal(self) -> None:
        with self._sealed.open("rb", buffering=0) as sealed, self._ours.open("wb", buffering=0) as out:
            stream.unseal(sealed, out, [self._identity])

    def _hash(self) -> None:
        room = bytearray(MIB)
        digest = hashlib.sha256()
        with self._source.open("rb", buffering=0) as plain, memoryview(room) as view:
            while size := plain.readinto(room):
                digest.update(view[:size])


def _titles() -> tuple[float, float]:
    """Return the median seconds for a page of titles: through quick grants, and through grants opened anew."""
    keys, grantor = MemberKeys.generate(), MemberKeys.generate()
    rows = []
    for number in range(TITLES):
        secrets = SafeSecrets.generate()
        context = GrantContext("caseflow.example", f"safe-{number}", 1, "member-9", "coordinator")
        place = TextPlace("caseflow.example", "cases", "title", f"row-{number}", f"safe-{number}", 1)
        sealed = seal_text(secrets.text_key, "Дело о пытках в колонии № 5", place=place)
        grant = wrap(secrets, to=keys.public, context=context, grantor=grantor)
        rows.append((quick_wrap(secrets, keys, context), grant, context, sealed, place))

    def page(opened: Callable[[MemberKeys, bytes, SealedGrant, GrantContext], SafeSecrets]) -> float:
        took = []
        for _ in range(30):
            fresh = MemberKeys.from_seed(keys.seed)  # a new request derives its keys anew
            started = time.perf_counter()
            for quick, grant, context, sealed, place in rows:
                open_text(opened(fresh, quick, grant, context).text_key, sealed, place=place)
            took.append(time.perf_counter() - started)
        return statistics.median(took)

    return (
        page(lambda fresh, quick, _grant, context: quick_open(quick, fresh, context)),
        page(
            lambda fresh, _quick, grant, context: open_grant(
                grant, keys=fresh, context=context, grantor_public=grantor.public
            )
        ),
    )


def _resident(*, peak: bool = False) -> int:
    """Return the bytes this process has in memory, or had at most since `_forget_peak`."""
    name = "VmHWM:" if peak else "VmRSS:"
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


if __name__ == "__main__":
    for row in run():
        print(row)
