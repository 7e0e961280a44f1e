"""How the body of a request comes from the socket, whatever the packets are and whoever reads."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from gunicorn.config import Config
from gunicorn.http.body import LengthReader
from gunicorn.http.unreader import SocketUnreader
from hypothesis import given
from hypothesis import strategies as st

from caseflow.gunicorn_conf import QuietLogger, StraightBody


def _sent(sock: socket.socket, packets: list[bytes], pause: float = 0.0) -> None:
    with sock, suppress(OSError):  # the other end may have read enough
        for packet in packets:
            sock.sendall(packet)
            time.sleep(pause)


@pytest.fixture
def body_of() -> Iterator[Callable[..., StraightBody]]:
    """Yield `body_of(held, *packets, length)`: `held` came with the head of the request, the packets come later."""
    lines: list[tuple[socket.socket, threading.Thread]] = []

    def make(held: bytes, *packets: bytes, length: int | None = None, pause: float = 0.0) -> StraightBody:
        ours, theirs = socket.socketpair()
        sender = threading.Thread(target=_sent, args=(theirs, list(packets), pause))
        lines.append((ours, sender))
        sender.start()
        unreader = SocketUnreader(ours)
        unreader.unread(held)
        return StraightBody(LengthReader(unreader, len(held) + sum(map(len, packets)) if length is None else length))

    yield make
    for ours, sender in lines:
        ours.close()
        sender.join(10)


@pytest.mark.parametrize("room", [bytearray, lambda size: memoryview(bytearray(size))], ids=["bytearray", "memoryview"])
def test_every_byte_reaches_the_room_it_was_asked_into(body_of, room):
    content = os.urandom(300_000)
    body = body_of(content[:700], content[700:100_000], content[100_000:], pause=0.01)
    taken = b""
    while True:
        place = room(65_536)
        size = body.readinto(place)
        if not size:
            break
        taken += bytes(place)[:size]
    assert taken == content


def test_reading_and_reading_into_may_take_turns(body_of):
    @given(st.lists(st.tuples(st.booleans(), st.integers(1, 5000)), max_size=30), st.integers(0, 3000))
    def turns(asked: list[tuple[bool, int]], held: int) -> None:
        content = os.urandom(20_000)
        body = body_of(content[:held], content[held:9_000], content[9_000:])
        taken = b""
        for into, size in asked:
            if into:
                taken += _into(body, bytearray(size))
            else:
                taken += body.read(size)
        assert taken == content[: len(taken)]
        assert taken + body.read() == content

    turns()


def _into(body: StraightBody, place: bytearray) -> bytes:
    size = body.readinto(place)
    return bytes(place[:size])


def test_what_follows_the_body_on_the_line_is_left_there(body_of):
    body = body_of(b"", b"the body", b"GET /next HTTP/1.1", length=8)
    place = bytearray(100)
    size = body.readinto(place)
    while size < 8:
        size += body.readinto(memoryview(place)[size:])
    assert bytes(place[:8]) == b"the body"
    assert body.readinto(place) == 0


def test_a_line_that_ends_early_ends_the_body(body_of):
    body = body_of(b"", b"half", length=100)
    place = bytearray(100)
    assert body.readinto(place) == 4
    assert body.readinto(place) == 0


def test_a_line_that_fails_is_not_used_again(body_of):
    body = body_of(b"", length=100)
    body.reader.unreader.sock.close()
    with pytest.raises(OSError):
        body.readinto(bytearray(10))
    assert body.failed


def test_the_log_does_not_quote_what_is_no_request(capfd):
    log = QuietLogger(Config())
    log.warning("Invalid request from ip=203.0.113.9: Invalid HTTP request line: 'GET /join/TOKEN'")
    log.warning("Something else about %s", "a worker")
    written = capfd.readouterr().err
    assert "A request was refused that is none." in written
    assert "Something else about a worker" in written
    assert "203.0.113.9" not in written
    assert "TOKEN" not in written
