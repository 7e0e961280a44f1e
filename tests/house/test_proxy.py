"""What operator.md tells an operator to put in front of caseflow writes down no secret and no typed word."""

import http.client
import re
import shutil
import socket
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.fixtures.guards import ROOT

PAGE = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
TOKEN = "VerySecretTokenVerySecretTokenVerySecretTok"


def _blocks():
    """Return the two blocks of the sample: what stands beside the server block, and what stands in it."""
    found = re.findall(r"```\n(# (?:Beside|In) the server block\..*?)```", PAGE, re.DOTALL)
    assert len(found) == 2
    return found


def test_every_address_with_a_secret_in_it_is_hidden_in_the_proxys_log(app):
    hidden = set(re.findall(r"~\^(/\S+/)\s", _blocks()[0]))
    secret = {str(rule).partition("<")[0] for rule in app.url_map.iter_rules() if "token" in rule.arguments}
    assert secret == hidden


class _Behind(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_given: object) -> None:
        pass


@pytest.fixture
def behind():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Behind)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def port():
    """Return a port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not on this machine; the sample is read above")
def test_nginx_with_the_sample_writes_down_neither_tokens_nor_queries_nor_addresses(tmp_path, behind, port):
    beside, inside = (block.replace("/var/log/nginx", str(tmp_path)) for block in _blocks())
    inside = inside.replace("127.0.0.1:8000", f"127.0.0.1:{behind}")
    places = " ".join(
        f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (tmp_path / "nginx.conf").write_text(
        f"daemon off; pid {tmp_path}/pid; error_log {tmp_path}/start.log; events {{}}\n"
        f"http {{ {places}\n{beside}\nserver {{ listen 127.0.0.1:{port};\n{inside}\n}} }}\n"
    )
    command = ["nginx", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "start.log")]
    running = subprocess.Popen(command)
    try:
        _ask(port, "/health")
        for path in (f"/join/{TOKEN}", f"/reopen/{TOKEN}?again={TOKEN}", f"/precedents/?q={TOKEN}", f"//join/{TOKEN}"):
            _ask(port, path)
    finally:
        running.terminate()
        running.wait(10)
    written = (tmp_path / "caseflow.log").read_text()
    assert " GET /reopen/... 200 " in written
    assert " GET /precedents/ 200 " in written
    for secret in (TOKEN, "127.0.0.1"):
        assert secret not in written + (tmp_path / "caseflow-errors.log").read_text()


def _ask(port, path):
    for _time in range(100):
        try:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            line.request("GET", path)
            assert line.getresponse().status == 200
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
        finally:
            line.close()
    raise AssertionError("nginx did not start")
