"""How gunicorn serves caseflow: threads that wait for slow lines, logs that name nobody.

`gunicorn --config caseflow/gunicorn_conf.py wsgi:app`. Anything may be overridden on gunicorn's command line or in
GUNICORN_CMD_ARGS, such as `--bind` where a container needs it.
"""

import gc
import os
import re
from typing import Any

from gunicorn.glogging import Logger
from gunicorn.http.body import Body, LengthReader
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import ThreadWorker

from caseflow.web import patience

_LONGEST_ID = 24


class QuietLogger(Logger):
    """An access log without addresses, names, queries, referrers, and without what a link keeps secret."""

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> dict[str, Any]:
        """Return gunicorn's own values, with path parts longer than a public id (tokens, typed words) left out."""
        atoms: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        path = "/".join("…" if len(part) > _LONGEST_ID else part for part in str(atoms["U"] or "-").split("/"))
        # A path may hold anything once its %-signs are read, a line break too: the log shows plain letters.
        atoms["U"] = re.sub(r"[^A-Za-z0-9_/.…-]+", "?", path)
        return atoms

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Say a warning, but of a request that is none not who sent it and what stood in it."""
        if msg.startswith("Invalid request from"):
            msg, args = "A request was refused that is none.", ()
        super().warning(msg, *args, **kwargs)


class StraightBody(Body):
    """A body of announced length that can go from the socket right into the buffer it is wanted in.

    gunicorn's own `read` copies every byte about four times on its way, which is a fifth of the time of an upload.
    """

    def read(self, size: int | None = None) -> bytes:
        """Return some of the body as gunicorn's own does."""
        data: bytes = super().read(size)
        self._look()
        return data

    def readline(self, size: int | None = None) -> bytes:
        """Return a line of the body as gunicorn's own does."""
        data: bytes = super().readline(size)
        self._look()
        return data

    def _look(self) -> None:
        if not self.reader.length:
            patience.here.end(self.reader.unreader.sock)

    def readinto(self, room: bytearray | memoryview) -> int:
        """Fill some of `room`; return how many bytes, 0 at the end or when the line broke."""
        room = memoryview(room)  # a part of a bytearray would be a copy
        unreader = self.reader.unreader
        held = self.buf.tell() or len(unreader.buf.getbuffer())
        if held or not self.reader.length:
            piece = self.read(min(held, len(room)))
            room[: len(piece)] = piece
            return len(piece)
        try:
            size: int = unreader.sock.recv_into(room[: self.reader.length])
        except OSError:
            self.failed = True
            raise
        self.reader.length -= size
        self._look()
        return size


class Worker(ThreadWorker):
    """Threads that wait for nobody longer than is good for the others."""

    def handle(self, conn: Any) -> Any:
        """Answer one request of a line."""
        patience.here.begin(conn.sock)
        try:
            return super().handle(conn)
        finally:
            patience.here.end(conn.sock)


def pre_request(_worker: Any, request: Any) -> None:
    """Let large bodies be read without copies; gunicorn calls this for every request, when its head is here."""
    body = request.body
    if isinstance(body.reader, LengthReader) and not body.reader.length:
        patience.here.end(body.reader.unreader.sock)
    if type(body) is Body and type(body.reader) is LengthReader and type(body.reader.unreader) is SocketUnreader:
        request.body = StraightBody(body.reader)


bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("CASEFLOW_WORKERS", "1"))
worker_class = Worker
threads = 16
# A gthread worker answers for its own life, not for each request: an upload over a poor line may take hours.
timeout = 120
graceful_timeout = 60
keepalive = 15
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108, PTH112 -- heartbeats need no disk
control_socket_disable = True

limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190
# Only a reverse proxy on this machine may say who the visitor is and whether the line was encrypted.
forwarded_allow_ips = "127.0.0.1,::1"

accesslog = "-"
errorlog = "-"
logger_class = QuietLogger
access_log_format = "%(t)s %(m)s %(U)s %(s)s %(B)s bytes %(M)s ms"


def post_worker_init(_worker: Any) -> None:
    """Keep what was loaded at the start out of every later garbage collection: it never becomes garbage."""
    patience.keep_tidy()
    gc.collect()
    gc.freeze()
