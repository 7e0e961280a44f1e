"""No test leaves this machine or touches the installation in the tree: the guards stand."""

import socket
import sqlite3

import pytest

from tests.fixtures.guards import ROOT, LeftTheMachine, TouchedTheInstallation


def test_a_test_that_writes_into_the_installation_is_stopped():
    for write in (lambda place: place.write_text("x"), lambda place: place.mkdir(), sqlite3.connect):
        with pytest.raises(TouchedTheInstallation):
            write(ROOT / "instance" / "left by a test")


def test_a_test_that_leaves_the_machine_is_stopped():
    with pytest.raises(LeftTheMachine):
        socket.create_connection(("192.0.2.1", 9), timeout=1)
    with pytest.raises(LeftTheMachine):
        socket.getaddrinfo("example.org", 80)
