"""An export is the same whatever database it is made from."""

import pytest

from tests.evidence.bags import ask, run, unpacked
from tests.evidence.sending import JPEG


@pytest.fixture
def app(app_on_each):
    return app_on_each


def test_an_export_is_proven_from_either_database(people, sender, item, stored, tmp_path):
    stored(JPEG, "photo.jpg")
    bag = unpacked(ask(sender(people.dana), f"/evidence/{item.id}/export"), tmp_path / "out")
    assert run(bag / "verify.py").returncode == 0
