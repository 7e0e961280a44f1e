"""The walls around a process that opens a stranger's file. It knows nothing of the rest of the house.

What each wall is worth stands in docs/threat-model.md. A wall that the kernel does not offer is missing from what
`raise_walls` returns; it is never claimed.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
import sys
from pathlib import Path

MEMORY = 1024 * 1024 * 1024
_NEWUSER, _NEWNET, _NEWIPC = 0x10000000, 0x40000000, 0x08000000
_NO_NEW_PRIVILEGES, _DIE_WITH_PARENT = 38, 1
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_EXECUTE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 2, 1 << 3
_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1}
_RIGHTS_SINCE_5 = (1 << 16) - 1
_SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/fonts", "/dev/null", "/dev/urandom")


def raise_walls(*, seconds: int, readable: list[str]) -> list[str]:
    """Limit this process for good and return the names of the walls that stand.

    `seconds` of processor time; `readable` are the only folders, beside Python's own and the system's programs, from
    which it can still open a file. Call it before the first thread starts.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(what, (most, most))
    walls = ["limits"]
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if libc.unshare(_NEWUSER | _NEWNET | _NEWIPC) == 0:
        walls.append("network")
    if _close_files(libc, readable):
        walls.append("files")
    return walls


def _close_files(libc: ctypes.CDLL, readable: list[str]) -> bool:
    """Let this process open nothing any more but programs and libraries (Landlock, Linux 5.13); tell whether it holds."""
    version = libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    handled = ctypes.create_string_buffer(struct.pack("=Q", _RIGHTS.get(version, _RIGHTS_SINCE_5)))
    rules = libc.syscall(_LANDLOCK_CREATE, handled, ctypes.c_size_t(8), 0)
    if rules < 0:
        return False
    python = {sys.prefix, sys.base_prefix, *(path for path in sys.path if Path(path).name == "site-packages")}
    for path in {*python, *_SYSTEM, *readable}:
        try:
            handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        rights = _EXECUTE | _READ_FILE | (_READ_FOLDER if Path(path).is_dir() else 0)
        beneath = ctypes.create_string_buffer(struct.pack("=Qi", rights, handle))
        libc.syscall(_LANDLOCK_ADD, rules, 1, beneath, 0)
        os.close(handle)
    held: bool = libc.syscall(_LANDLOCK_RESTRICT, rules, 0) == 0
    os.close(rules)
    return held
