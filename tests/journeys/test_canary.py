"""What people type and send is found nowhere on the server but where it was published: not in one file, not in a log.

Their browsers run no scripts: pages, links and forms are enough for the whole story.
"""

from __future__ import annotations

import base64
import io
import secrets
import wave
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from tests.fixtures.servers import LiveServer
from tests.journeys import steps
from tests.journeys.conftest import People
from tests.journeys.steps import Words, days_ago

PUBLISHED = ("published", "asked", "held", "significance")


def canary(what: str) -> str:
    """Return a string that stands nowhere else in the world; its letters survive every form field."""
    return f"canary{what}{secrets.token_hex(9)}"


def forms_of(text: str) -> Iterator[bytes]:
    """Yield the bytes as which `text` might lie in a file: UTF-8, both UTF-16, hex, and base64 at each of its three offsets."""
    plain = text.encode()
    yield from (plain, plain.upper(), text.encode("utf-16-le"), text.encode("utf-16-be"), plain.hex().encode())
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for offset in range(3):
            # What depends on the neighbours is cut away: the first and the last four letters.
            yield encode(b"x" * offset + plain)[4:-4]


def everything(server: LiveServer) -> dict[str, bytes]:
    """Return every file that the installation owns, names included, and what the server said."""
    places = [*server.instance.rglob("*"), *server.instance.parent.glob("caseflow.db*"), server.log]
    return {str(path): path.read_bytes() + b"\n" + str(path).encode() for path in places if path.is_file()}


def hits(server: LiveServer, secrets_: dict[str, str]) -> list[str]:
    files = everything(server)
    assert any(path.endswith("caseflow.db") for path in files)
    return [
        f"{what} in {path} as {form[:24]!r}"
        for what, text in secrets_.items()
        for form in forms_of(text)
        for path, content in files.items()
        if form in content
    ]


def picture(path: Path, inside: str) -> Path:
    """Write a photograph that carries `inside` as its comment."""
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", inside)
    Image.new("RGB", (64, 48), (120, 90, 60)).save(path, "PNG", pnginfo=said)
    return path


def sound(path: Path, inside: str) -> Path:
    """Write a recording whose samples are `inside`, many times."""
    out = io.BytesIO()
    with wave.open(out, "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(8000)
        recording.writeframes((inside * 2).encode() * 4000)
    path.write_bytes(out.getvalue())
    return path


def test_the_search_finds_what_is_there() -> None:
    text = canary("control")
    for offset in range(7):
        around = b"?" * offset + text.encode() + b"!" * offset
        assert any(form in base64.b64encode(around) for form in forms_of(text))
    assert any(form in f"so {text} it is".encode("utf-16-le") for form in forms_of(text))


@pytest.mark.timeout(400)
def test_the_story_needs_no_scripts_and_no_word_of_a_safe_is_found_on_the_server(
    live_server: LiveServer, meet: Callable[..., People], tmp_path: Path
) -> None:
    aigul, dana, _timur, leila, yerlan = meet(java_script_enabled=False)
    typed = {one.name: canary(one.name) for one in fields(Words)}
    words = Words(**typed)
    sent = {"name of a file": canary("filename"), "in a picture": canary("picture"), "in a sound": canary("sound")}
    known = {**typed, **sent, **{f"passphrase of {one.name}": one.passphrase for one in (aigul, dana, leila, yerlan)}}

    known["recovery code of Aigul"] = steps.found(live_server, aigul)
    steps.sign_in(aigul)
    for guest, role in ((dana, "documenter"), (leila, "lawyer"), (yerlan, "lawyer")):
        known[f"recovery code of {guest.name}"] = steps.bring_in(live_server, aigul, guest, role)
    incident = steps.log_incident(dana, words)
    name = sent["name of a file"]
    files = [
        picture(tmp_path / f"{name}.png", sent["in a picture"]),
        sound(tmp_path / f"{name}.wav", sent["in a sound"]),
    ]
    item = steps.add_evidence(dana, incident, files, words, scripts=False)
    steps.submit(dana, incident)
    steps.ask(aigul, words)
    steps.answer(dana, words)
    steps.verify(aigul, incident, words)
    case = steps.open_case(aigul, incident, words)
    steps.assign(aigul, case, leila)
    steps.open_proceeding(leila, words)
    steps.work_in_case(leila, case, words)
    steps.hear(leila, case, words)
    steps.decide(leila, case, "conviction", words.holding, on=days_ago(5))
    last_day, _why = steps.confirm_deadline(leila, case, "Appeal")
    steps.order_measure(leila, case, words)
    live_server.flask("deadlines", "remind", "--on", str(last_day))
    steps.appeal(leila, case)
    steps.decide(leila, case, "annulled_new_act", words.appeal, on=days_ago(0))
    review = steps.propose(leila, case, words)
    steps.ask_for_score(aigul, review, yerlan)
    steps.score(yerlan, review, words, value=3)
    steps.score(aigul, review, words, value=4)

    # Looking, searching, taking copies and failing leave traces too; none of them holds a word.
    steps.search(aigul, words.title)
    aigul.open(f"/incidents/{words.person}", status=404)
    leila.open(f"/precedents/?q={words.proposed}")
    known["exported key"] = _takes_copies_and_the_key(aigul, item, tmp_path / "copy")
    assert hits(live_server, known) == []

    # Publishing is the one act that lays text open: exactly that text, and nothing beside it.
    precedent = steps.publish(aigul, review, words)
    files_now = b"".join(everything(live_server).values())
    for what in PUBLISHED:
        assert typed[what].encode() in files_now, what
    assert hits(live_server, {what: text for what, text in known.items() if what not in PUBLISHED}) == []
    dana.open(case, status=404)
    yerlan.open(item, status=404)
    _reads_and_signs_out(dana, precedent, words)
    live_server.stop()
    assert hits(live_server, {what: text for what, text in known.items() if what not in PUBLISHED}) == []


def _takes_copies_and_the_key(coordinator: steps.Person, item: str, to: Path) -> str:
    coordinator.open(item)
    for link in ("Take a copy", "Sealed copy (age)"):
        with coordinator.page.expect_download() as coming:
            coordinator.main.get_by_role("link", name=link).first.click()
        coming.value.save_as(to)
    coordinator.open(item)
    coordinator.follow("Export the key of this safe")
    coordinator.send("Show the key", {"passphrase": coordinator.passphrase})
    return coordinator.main.locator(".code-words").inner_text().strip()


def _reads_and_signs_out(reader: steps.Person, precedent: str, words: Words) -> None:
    """Locking and signing out are buttons of the menu, which opens without a script too."""
    reader.open(precedent)
    reader.sees(words.held)
    reader.open("/")
    reader.page.locator("header summary").click()
    reader.press("Sign out", reader.page.locator("header"))
    reader.open(precedent)
    assert reader.path == "/sign-in"
