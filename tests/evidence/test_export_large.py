"""An export of any size takes bounded memory, and nothing of it touches the disk in the clear."""

import hashlib
import os
import tempfile
import zlib
from pathlib import Path

import psutil
import pytest

from caseflow.evidence import intake, operations
from caseflow.kernel.clock import now
from caseflow.kernel.db import transaction
from caseflow.kernel.settings import current
from tests.evidence.bags import ask, token
from tests.evidence.sending import MIB

CANARY = b"the witness said that the river was red"


class Endless:
    """A stream of `size` bytes that nobody has to hold."""

    def __init__(self, size):
        self._left = size
        self._piece = os.urandom(MIB)
        self.digest = hashlib.sha256()

    def read(self, size):
        """Return the next bytes."""
        piece = self._piece[: min(size, self._left)]
        self._left -= len(piece)
        self.digest.update(piece)
        return piece


@pytest.mark.prove
@pytest.mark.timeout(600)
@pytest.mark.parametrize("packing", ["readable", "sealed"])
def test_four_hundred_megabytes_leave_in_less_than_sixty_of_memory(app, people, incident, item, sender, packing):
    size = 400 * MIB
    stream = Endless(size)
    received = intake.receive(stream, name="film.mp4", safe_id=incident.safe_id, by=people.dana)
    with transaction():
        operations.add_file(item, received, by=people.dana, at=now())
    dana = sender(people.dana)
    ask(dana, f"/evidence/{item.id}/export", purpose="nonsense")  # everything is imported before it is measured
    path = f"/evidence/{item.id}/export"
    fields = {"purpose": "inside", "packing": packing, "csrf_token": token(dana.client, path)}
    process = psutil.Process()
    before = most = process.memory_info().rss
    sent = crc = 0
    answer = dana.client.post(path, data=fields, buffered=False)
    for piece in answer.response:
        sent += len(piece)
        crc = zlib.crc32(piece, crc)
        most = max(most, process.memory_info().rss)
    answer.close()
    assert sent == int(answer.headers["Content-Length"]) > size
    assert most - before < 60 * MIB, f"{(most - before) / MIB:.0f} MiB"


def test_nothing_of_an_export_is_on_the_disk_in_the_clear(dana, item, stored, tmp_path, monkeypatch):
    stored(CANARY * 2000, "words.txt")
    elsewhere = tmp_path / "temporary"
    elsewhere.mkdir()
    monkeypatch.setenv("TMPDIR", str(elsewhere))
    monkeypatch.setattr(tempfile, "tempdir", None)
    answer = ask(dana, f"/evidence/{item.id}/export")
    assert CANARY in answer.data
    assert list(elsewhere.iterdir()) == []
    for path in current().store.rglob("*"):
        assert not path.is_file() or CANARY not in path.read_bytes()
    assert not [path for path in Path(current().instance).rglob("*") if path.is_file() and CANARY in path.read_bytes()]


@pytest.fixture
def dana(people, sender):
    return sender(people.dana)
