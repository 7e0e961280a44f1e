"""The walk-through of docs/export.md, done: with the age command, a paper and an export the originals are read."""

import re
import shutil
import subprocess

import pytest
from sqlalchemy import select, update

from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.keys import operations as keys
from caseflow.keys.models import Approval, Identity, OrganisationKey
from caseflow.network import operations as network
from caseflow.vault.identity import Identity as FileIdentity
from caseflow.vault.organisation import fingerprint_of
from caseflow.vault.recovery import RecoveryCode
from tests.evidence.bags import PHRASE, ask, run, unpacked
from tests.evidence.sending import JPEG

FILE = "data/originals/IN-2026-0001/001/photo.jpg.age"


@pytest.fixture
def age():
    found = shutil.which("age")
    assert found, "the age command is needed: apt-get install age"

    def open_with(key, file):
        return subprocess.run([found, "-d", "-i", str(key), str(file)], capture_output=True, check=False, timeout=60)

    return open_with


@pytest.fixture
def code(people):
    """Return the recovery code on Dana's paper, as it is shown when she joins or makes a new one."""
    with transaction():
        identity = db.session.get_one(Identity, people.dana.member_id)
        return keys.renew_code(identity, keys=people.dana.ring.keys, by=people.dana, at=now())


@pytest.fixture
def sealed(people, sender, item, stored, tmp_path):
    """Return a sealed export of one photograph, asked for as the page offers it."""

    def export(**fields):
        stored(JPEG, "photo.jpg")
        return unpacked(
            ask(sender(people.dana), f"/evidence/{item.id}/export", packing="sealed", **fields), tmp_path / "out"
        )

    return export


def test_a_recovery_code_on_paper_and_the_age_command_read_the_originals(code, sealed, age, tmp_path):
    bag = sealed()
    assert run(bag / "verify.py").returncode == 0
    told = run(bag / "recover.py", input=f"{code}\n")
    assert told.returncode == 0, told.stderr
    (tmp_path / "key.txt").write_text(told.stdout)
    opened = age(tmp_path / "key.txt", bag / FILE)
    assert opened.returncode == 0, opened.stderr
    assert opened.stdout == JPEG


def test_the_code_may_be_typed_as_people_type(code, sealed, age, tmp_path):
    bag = sealed()
    typed = str(code).lower().replace("-", " ").replace("0", "o").replace("a", "а")
    assert run(bag / "recover.py", input=typed).stdout == f"{code.age_identity}\n"


def test_a_code_that_is_wrong_is_said_to_be(sealed, code):
    bag = sealed()
    for typed in (
        "",
        "nonsense",
        str(code)[:-1],
        f"{code}A",
        f"{'1' if str(code)[0] == '0' else '0'}{str(code)[1:]}",
        "\udcff",
    ):
        told = run(bag / "recover.py", input=typed, errors="surrogateescape")
        assert told.returncode == 1
        assert told.stdout == ""
        assert "Traceback" not in told.stderr


def test_another_code_opens_nothing(sealed, age, tmp_path):
    bag = sealed()
    told = run(bag / "recover.py", input=str(RecoveryCode.generate()))
    (tmp_path / "key.txt").write_text(told.stdout)
    assert age(tmp_path / "key.txt", bag / FILE).returncode != 0


def test_a_new_code_opens_new_exports_and_the_old_one_opens_only_old_ones(people, code, sealed, age, tmp_path):
    with transaction():
        identity = db.session.get_one(Identity, people.dana.member_id)
        newer = keys.renew_code(identity, keys=people.dana.ring.keys, by=people.dana, at=now())
    bag = sealed()
    for typed, opens in ((newer, True), (code, False)):
        (tmp_path / "key.txt").write_text(run(bag / "recover.py", input=str(typed)).stdout)
        assert (age(tmp_path / "key.txt", bag / FILE).returncode == 0) == opens


def test_the_code_that_is_shown_when_somebody_joins_is_the_one_that_opens(people, sealed):
    identity = db.session.get_one(Identity, people.dana.member_id)
    assert re.fullmatch("age1[0-9a-z]{58}", identity.recovery_recipient)


def test_whoever_was_given_the_key_opens_it(sealed, age, tmp_path):
    friend = FileIdentity.generate()
    bag = sealed(recipients=f"{friend.recipient}\n")
    (tmp_path / "key.txt").write_text(f"{friend}\n")
    assert age(tmp_path / "key.txt", bag / FILE).stdout == JPEG


def test_a_passphrase_opens_the_key_of_the_export_and_that_the_files(sealed, tmp_path):
    import pyrage

    bag = sealed(passphrase=PHRASE)
    key = pyrage.passphrase.decrypt((bag / "key.age").read_bytes(), PHRASE).decode().strip()
    opened = pyrage.decrypt((bag / FILE).read_bytes(), [pyrage.x25519.Identity.from_str(key)])
    assert opened == JPEG


def test_recover_py_makes_the_same_key_as_the_vault():
    from caseflow.evidence.export import recover

    for _number in range(200):
        code = RecoveryCode.generate()
        made = recover.bech32("age-secret-key-", recover.derive(recover.read_code(str(code)))).upper()
        assert made == str(code.age_identity)


def test_keys_that_somebody_wrote_into_the_database_open_nothing(people, sealed, age, tmp_path):
    slipped, paper = FileIdentity.generate(), FileIdentity.generate()
    with transaction():
        db.session.add(OrganisationKey(public=slipped.public, shares=3, threshold=2, made_by_id=people.aigul.member_id,
                                       made_at=now(), active_at=now()))  # fmt: skip
        db.session.execute(update(Identity).values(recovery_recipient=paper.recipient))
    bag = sealed(passphrase="four grey horses on ice")
    for key in (slipped, paper):
        (tmp_path / "key.txt").write_text(f"{key}\n")
        assert age(tmp_path / "key.txt", bag / FILE).returncode != 0


def test_the_organisations_recovery_key_opens_it_too(people, sealed, age, tmp_path):
    offline = FileIdentity.generate()
    with transaction():
        keys.offer_organisation_key(offline.public, shares=3, threshold=2, by=people.aigul, at=now())
    with transaction():
        asked = db.session.scalars(select(Approval).where(Approval.verdict.is_(None))).one()
        network.approve(asked, words=fingerprint_of(offline.public), by=people.marat, at=now())
    bag = sealed()
    (tmp_path / "key.txt").write_text(f"{offline}\n")
    assert age(tmp_path / "key.txt", bag / FILE).stdout == JPEG
