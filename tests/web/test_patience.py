"""Unfinished requests of strangers keep nobody out; whoever is signed in may take her time."""

import socket
import time
import urllib.request
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from caseflow.web.patience import MOST, Patience

BEGUN = {
    "a head": b"GET /health HTTP/1.1\r\nHos",
    "nothing at all": b"",
    "a body": b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 2000\r\n\r\ncsrf_token=",
    "a body in pieces": b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n5\r\ncsrf_\r\n",
}


def test_twenty_unfinished_requests_of_a_stranger_leave_threads_for_others(live_server):
    address = (str(urlsplit(live_server.url).hostname), urlsplit(live_server.url).port)
    for begun in BEGUN.values():
        lines = []
        try:
            for _number in range(20):
                lines.append(socket.create_connection(address))
                lines[-1].sendall(begun)
            for _number in range(3):
                with urllib.request.urlopen(f"{live_server.url}/health", timeout=15) as answer:
                    assert answer.status == 200
        finally:
            for line in lines:
                line.close()


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        ours.settimeout(5)
        yield ours, theirs


def test_a_line_is_cut_after_its_time_and_not_before(pair):
    patience = Patience(seconds=0.2)
    patience.begin(pair[0])
    patience.tidy()
    pair[1].sendall(b"x")
    assert pair[0].recv(1) == b"x"
    time.sleep(0.25)
    patience.tidy()
    assert pair[0].recv(1) == b""


def test_who_is_known_or_was_heard_out_is_not_cut(pair):
    patience = Patience(most=1, seconds=0)
    patience.begin(pair[0])
    patience.end(pair[0])
    patience.tidy()
    others = [socket.socketpair() for _number in range(3)]
    for ours, _theirs in others:
        patience.begin(ours)
    pair[1].sendall(b"x")
    assert pair[0].recv(1) == b"x"
    assert [theirs.recv(1) for _ours, theirs in others[:2]] == [b"", b""], "the oldest give way"
    for line in (line for lines in others for line in lines):
        line.close()


def test_more_lines_than_there_are_places_take_no_more_than_their_places():
    patience = Patience(most=MOST)
    lines = [socket.socketpair() for _number in range(MOST + 3)]
    for ours, _theirs in lines:
        patience.begin(ours)
    for _ours, theirs in lines:
        theirs.setblocking(False)
    cut = []
    for number, (_ours, theirs) in enumerate(lines):
        try:
            cut += [number] if theirs.recv(1) == b"" else []
        except BlockingIOError:
            continue
    assert cut == [0, 1, 2]
    for line in (line for each in lines for line in each):
        line.close()
