"""An export is a bag that a stranger can check: with the bagit library, with our verify.py, with nothing of ours at hand."""

import bagit
import pytest

from tests.evidence.bags import ask, run, unpacked
from tests.evidence.sending import JPEG


@pytest.fixture
def dana(people, sender):
    return sender(people.dana)


@pytest.fixture
def bag(dana, item, stored, tmp_path):
    stored(JPEG, "photo.jpg")
    stored(b"%PDF-1.4 a paper\n", "Заключение врача.pdf")
    return unpacked(ask(dana, f"/evidence/{item.id}/export"), tmp_path / "out")


def test_the_bag_is_valid_to_the_library_that_archives_use(bag):
    found = bagit.Bag(str(bag))
    assert found.validate()
    assert found.info["External-Identifier"] == "IN-2026-0001, exhibit 1"
    assert found.info["Source-Organization"] == "Network of the tests"
    assert set(found.algorithms) == {"sha256"}


def test_it_holds_the_originals_as_they_were_received(bag):
    folder = bag / "data/originals/IN-2026-0001/001"
    assert (folder / "photo.jpg").read_bytes() == JPEG
    assert (folder / "Заключение врача.pdf").read_bytes() == b"%PDF-1.4 a paper\n"


@pytest.mark.parametrize(
    ("language", "said"), [("en", "VERDICT: GOOD"), ("ru", "ВЫВОД: ВЕРНО"), ("kk", "ҚОРЫТЫНДЫ: ДҰРЫС")]
)
def test_its_own_verifier_says_good_with_python_alone(bag, language, said):
    told = run(bag / "verify.py", "--lang", language)
    assert told.returncode == 0, told.stdout + told.stderr
    assert said in told.stdout
    assert told.stderr == ""
