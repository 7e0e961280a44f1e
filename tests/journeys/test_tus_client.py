"""A public client of the tus protocol sends a file to us: it breaks off, the server is killed, and it goes on."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Request, Route, expect

from tests.fixtures.guards import ROOT
from tests.fixtures.servers import LiveServer
from tests.journeys.conftest import People
from tests.journeys.steps import Words
from tests.journeys.test_broken_line import MIB, telephone

CLIENT = ROOT / ".venv/tus-js-client/package/dist/tus.min.js"
WORDS = Words()
SEND = """
([endpoint, token, size]) => new Promise((done) => {
  const file = document.querySelector("#sent").files[0];
  const upload = new tus.Upload(file, {
    endpoint, chunkSize: size, retryDelays: null, headers: { "X-CSRFToken": token },
    metadata: { filename: file.name, filetype: file.type },
    onError: (error) => done(`${error.originalResponse ? error.originalResponse.getStatus() : "no answer"}`),
    onSuccess: () => done("sent"),
  });
  upload.findPreviousUploads().then((found) => {
    if (found.length) upload.resumeFromPreviousUpload(found[0]);
    upload.start();
  });
})
"""


@pytest.mark.timeout(240)
@pytest.mark.skipif(not CLIENT.exists(), reason="`make test` fetches tus-js-client")
def test_tus_js_client_goes_on_with_a_file_after_a_broken_line_and_a_killed_server(
    live_server: LiveServer, meet: Callable[..., People], tmp_path: Path
) -> None:
    dana, incident = telephone(live_server, meet)
    page = dana.page
    dana.open(f"{incident}/evidence")
    dana.follow("Add evidence")
    dana.send("Add it", {"title": WORDS.exhibit, "files": _written(tmp_path / "note.txt", b"a note")})
    expect(page.locator("h1")).to_have_text(WORDS.exhibit)
    item, token = dana.path, page.locator("input[name=csrf_token]").first.input_value()

    content = os.urandom(11 * MIB)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<input type=file id=sent>')")
    page.set_input_files("#sent", _written(tmp_path / "from afar.bin", content))
    page.evaluate(CLIENT.read_text(encoding="utf-8"))
    offsets: list[int] = []

    def noted(request: Request) -> None:
        if request.method == "PATCH":
            offsets.append(int(request.headers["upload-offset"]) // MIB)

    def break_at_the_second(route: Route) -> None:
        if route.request.method == "PATCH" and route.request.headers["upload-offset"] != "0":
            route.abort()
        else:
            route.continue_()

    page.on("request", noted)
    page.route("**/evidence/uploads/*", break_at_the_second)
    arguments = [f"{item}/uploads", token, 4 * MIB]
    assert page.evaluate(SEND, arguments) == "no answer"
    page.unroute("**/evidence/uploads/*")
    live_server.kill()
    live_server.start()
    assert page.evaluate(SEND, arguments) == "sent"
    assert offsets == [0, 4, 4, 8]
    dana.open(item)
    dana.sees("from afar.bin")
    dana.sees(hashlib.sha256(content).hexdigest())


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
