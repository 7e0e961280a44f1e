"""From a documented violation to a precedent that the whole network reads, in a real browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pyrage
import pytest
from playwright.sync_api import expect

from tests.fixtures.servers import LiveServer
from tests.journeys import steps
from tests.journeys.conftest import People
from tests.journeys.steps import Person, Words, days_ago

WORDS = Words()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("mebibytes", [16, pytest.param(300, marks=pytest.mark.prove)])
def test_from_a_documented_violation_to_a_reviewed_precedent(
    live_server: LiveServer,
    meet: Callable[..., People],
    exhibits: list[Path],
    film: Callable[[int], Path],
    tmp_path: Path,
    mebibytes: int,
) -> None:
    aigul, dana, timur, leila, yerlan = meet()

    # A network is founded by a command; everybody else comes in by a letter and a voice that reads eight words.
    assert len(steps.found(live_server, aigul)) > 20
    steps.sign_in(aigul)
    for guest, role in ((dana, "documenter"), (timur, "documenter"), (leila, "lawyer"), (yerlan, "lawyer")):
        assert len(steps.bring_in(live_server, aigul, guest, role)) > 20

    # Dana documents; Timur, another documenter, sees nothing of it.
    incident = steps.log_incident(dana, WORDS)
    for exhibit in exhibits:
        item = steps.add_evidence(dana, incident, [exhibit], WORDS)
    video = film(mebibytes)
    item = steps.add_evidence(dana, incident, [video], WORDS)
    dana.sees("video/mp4")
    steps.submit(dana, incident)
    dana.open("/incidents/")
    dana.sees(WORDS.title)
    timur.open("/incidents/")
    timur.misses(WORDS.title)
    timur.open("/")
    timur.sees("Nothing documented yet")

    # Aigul reads, asks, verifies, opens the case and gives it to Leila.
    assert steps.ask(aigul, WORDS) == incident
    _hears_without_words(live_server, dana, "question")
    steps.answer(dana, WORDS)
    steps.verify(aigul, incident, WORDS)
    case = steps.open_case(aigul, incident, WORDS)
    steps.assign(aigul, case, leila)

    # Leila takes it to court.
    assert steps.open_proceeding(leila, WORDS) == case
    steps.work_in_case(leila, case, WORDS)
    steps.hear(leila, case, WORDS)
    steps.decide(leila, case, "conviction", WORDS.holding, on=days_ago(5))
    last_day, why = steps.confirm_deadline(leila, case, "Appeal")
    assert last_day > days_ago(0)
    assert len(why.split()) > 8, why
    assert re.search(r"\bart(icle|\.)", why), why
    _warns(live_server, leila, last_day - timedelta(days=7))
    steps.appeal(leila, case)
    steps.decide(leila, case, "annulled_new_act", WORDS.appeal, on=days_ago(0))
    leila.sees("Appeal")

    # Two people who are not counsel score it, and it is published; everybody reads it.
    review = steps.propose(leila, case, WORDS)
    leila.misses("Keep my score")
    steps.ask_for_score(aigul, review, yerlan)
    steps.score(yerlan, review, WORDS, value=3)
    aigul.open(review)
    aigul.sees("Two different people must score a decision before it is published.")
    steps.score(aigul, review, WORDS, value=4)
    precedent = steps.publish(aigul, review, WORDS)
    for reader in (dana, timur, leila, yerlan, aigul):
        reader.open("/precedents/")
        assert reader.follow(WORDS.published) == precedent
        reader.sees(WORDS.held)

    _nobody_else_gets_in(aigul, {timur: (incident, item, case, review), dana: (case, review), yerlan: (incident, case)})
    _only_the_key_opens(live_server, aigul, item, video, tmp_path)
    assert "The ledger is whole" in live_server.flask("ledger", "verify")
    assert "All is well" in live_server.flask("keys", "check")
    assert "0 are missing or changed" in live_server.flask("evidence", "verify")


def _hears_without_words(server: LiveServer, person: Person, about: str) -> None:
    """A letter says that something waits, and nothing of what it is."""
    told = steps.letters(server, person.address, at_least=2)[-1]
    assert about in " ".join(told)
    for secret in (WORDS.title, WORDS.person, WORDS.question, WORDS.case):
        assert secret not in " ".join(told)


def _warns(server: LiveServer, lawyer: Person, day: object) -> None:
    """The reminder goes out on its day, once, with a reference and without a name or a title."""
    before = len(steps.letters(server, lawyer.address))
    assert server.flask("deadlines", "remind", "--on", str(day)).startswith("1 letters")
    assert server.flask("deadlines", "remind", "--on", str(day)).startswith("0 letters")
    _subject, text = steps.letters(server, lawyer.address, at_least=before + 1)[-1]
    assert re.search(r"CF-\d{4}-\d{4}", text), text
    for secret in (WORDS.case, WORDS.title, WORDS.person, WORDS.pseudonym, WORDS.judge, WORDS.number, WORDS.party):
        assert secret not in text


def _nobody_else_gets_in(coordinator: Person, strangers: dict[Person, tuple[str, ...]]) -> None:
    """What one may not see answers like what does not exist, and the ledger keeps who asked."""
    for stranger, addresses in strangers.items():
        stranger.open("/incidents/0000000000000000", status=404)
        nothing = stranger.main.inner_text()
        for address in addresses:
            stranger.open(address, status=404)
            assert stranger.main.inner_text() == nothing
        stranger.open("/ledger", status=403)
    coordinator.open("/ledger?result=refused")
    rows = coordinator.main.locator("tbody tr")
    for stranger, addresses in strangers.items():
        assert rows.filter(has_text=stranger.name).filter(has_text="refused").count() >= len(addresses) + 2
        for address in addresses:
            subject = address.rsplit("/", 1)[1]
            expect(rows.filter(has_text=stranger.name).filter(has_text=subject).first).to_be_visible()


def _only_the_key_opens(server: LiveServer, coordinator: Person, item: str, plain: Path, folder: Path) -> None:
    """What lies on the disk is ciphertext; with the exported key the age program reads it, with another it does not."""
    piece = plain.read_bytes()[:200_000]
    for stored in (server.instance / "store").rglob("*"):
        if stored.is_file():
            content = stored.read_bytes()
            assert b"ftyp" not in content[:1000]
            assert piece[1000:1064] not in content

    coordinator.open(item)
    with coordinator.page.expect_download() as coming:
        coordinator.main.get_by_role("link", name="Sealed copy (age)").click()
    sealed = folder / "yard.mp4.age"
    coming.value.save_as(sealed)
    file_id = coordinator.main.get_by_role("link", name="Sealed copy (age)").get_attribute("href") or ""
    by_command = folder / "by-command.age"
    server.flask("evidence", "sealed-copy", file_id.split("/")[3], "--out", str(by_command))
    assert by_command.read_bytes() == sealed.read_bytes()
    assert sealed.read_bytes().startswith(b"age-encryption.org/v1\n")

    coordinator.follow("Export the key of this safe")
    coordinator.send("Show the key", {"passphrase": coordinator.passphrase})
    key = coordinator.main.locator(".code-words").inner_text().strip()
    assert pyrage.decrypt(sealed.read_bytes(), [pyrage.x25519.Identity.from_str(key)]) == plain.read_bytes()
    stranger = pyrage.x25519.Identity.generate()
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed.read_bytes(), [stranger])
    age = shutil.which("age")
    if age is None:
        return
    opened = {}
    for name, secret in (("right", key), ("wrong", str(stranger))):
        (folder / f"{name}.txt").write_text(secret + "\n")
        command = [age, "-d", "-i", folder / f"{name}.txt", "-o", folder / f"{name}.mp4", sealed]
        opened[name] = subprocess.run(command, capture_output=True, check=False).returncode
    assert opened == {"right": 0, "wrong": 1}
    assert (folder / "right.mp4").read_bytes() == plain.read_bytes()
