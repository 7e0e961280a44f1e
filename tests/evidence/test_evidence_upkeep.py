"""Sealed copies open with age and nothing else; what is stored is checked; what belongs to nothing is removed."""

import os
import shutil
import subprocess
from datetime import timedelta

import pyrage
import pytest

from caseflow.evidence import jobs, operations, store
from caseflow.kernel.clock import now
from caseflow.kernel.db import transaction
from caseflow.kernel.settings import current
from tests.evidence.sending import JPEG, MIB

CONTENT = JPEG + bytes(range(256)) * 9000


@pytest.fixture
def exported(people, incident):
    """Return `exported(safe_id)`: the key of a safe as a coordinator takes it away."""
    from caseflow.kernel.db import db
    from caseflow.keys.models import Safe

    def export(safe_id):
        with transaction():
            return operations.export_key(db.session.get_one(Safe, safe_id), by=people.aigul, at=now())

    return export


@pytest.fixture
def sealed_copy(people, sender, stored):
    """Return a file of the incident as it is handed out sealed."""
    return sender(people.marat).client.get(f"/evidence/files/{stored(CONTENT, 'scan.pdf').id}/sealed")


@pytest.fixture
def foreign_key(people, exported):
    from caseflow.cases import operations as cases

    with transaction():
        case = cases.open_case(title="Another matter", by=people.aigul, at=now())
    return exported(case.safe_id)


def test_a_sealed_copy_is_an_age_file_under_its_name(sealed_copy):
    assert sealed_copy.data.startswith(b"age-encryption.org/v1\n")
    assert sealed_copy.headers["Content-Length"] == str(len(sealed_copy.data))
    assert "scan.pdf.age" in sealed_copy.headers["Content-Disposition"]
    assert CONTENT[:100] not in sealed_copy.data


def test_the_exported_key_opens_it_in_another_program_and_no_other_key_does(
    sealed_copy, incident, exported, foreign_key
):
    key = pyrage.x25519.Identity.from_str(exported(incident.safe_id))
    assert pyrage.decrypt(sealed_copy.data, [key]) == CONTENT
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed_copy.data, [pyrage.x25519.Identity.from_str(foreign_key)])


@pytest.mark.skipif(shutil.which("age") is None, reason="the age command is not on this machine; pyrage stands for it")
def test_the_age_command_opens_it_with_the_exported_key_and_with_no_other(
    sealed_copy, incident, exported, foreign_key, tmp_path
):
    copy = tmp_path / "scan.pdf.age"
    copy.write_bytes(sealed_copy.data)
    results = []
    for number, key in enumerate((exported(incident.safe_id), foreign_key)):
        path = tmp_path / f"{number}.txt"
        path.write_text(key + "\n")
        command = ["age", "-d", "-i", str(path), str(copy)]
        results.append(subprocess.run(command, capture_output=True, check=False))
    assert (results[0].returncode, results[0].stdout) == (0, CONTENT)
    assert results[1].returncode != 0
    assert not results[1].stdout


def test_the_command_writes_the_same_sealed_copy(app, stored, tmp_path):
    file = stored(CONTENT, "scan.pdf")
    out = tmp_path / "copy.age"
    done = app.test_cli_runner().invoke(args=["evidence", "sealed-copy", file.id, "--out", str(out)])
    assert done.exit_code == 0
    assert out.read_bytes() == file.header + store.path_of(file.payload).read_bytes()


def test_the_command_says_what_it_cannot_find(app, stored, tmp_path):
    file = stored()
    store.path_of(file.payload).unlink()
    out = tmp_path / "copy.age"
    for file_id, words in (("unknown", "no such file"), (file.id, "not in the store")):
        done = app.test_cli_runner().invoke(args=["evidence", "sealed-copy", file_id, "--out", str(out)])
        assert done.exit_code == 1
        assert words in done.output
        assert not out.exists()


# -- fixity


def _verify(app):
    return app.test_cli_runner().invoke(args=["evidence", "verify"])


def test_whole_files_are_checked_and_nothing_is_told_of_them(app, stored, seen):
    stored(), stored(b"another")
    done = _verify(app)
    assert (done.exit_code, done.output) == (0, "2 sealed files were checked; 0 are missing or changed.\n")
    assert [file.intact for file in seen.files()] == [True, True]
    assert all(file.checked_at for file in seen.files())
    assert not seen.events("evidence.verify") + seen.events("evidence.verify", "failed")


def _flip_one_bit(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


SPOILED = {
    "gone": lambda path: path.unlink(),
    "changed": _flip_one_bit,
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"x"),
    "empty": lambda path: path.write_bytes(b""),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
}


@pytest.mark.parametrize("how", SPOILED)
def test_a_payload_that_is_not_what_was_received_is_found_and_noted(app, people, sender, item, stored, seen, how):
    whole, spoiled = stored(), stored(b"another")
    SPOILED[how](store.path_of(spoiled.payload))
    done = _verify(app)
    assert done.exit_code == 1
    assert "1 are missing or changed" in done.output
    assert {file.id: file.intact for file in seen.files()} == {whole.id: True, spoiled.id: False}
    (event,) = seen.events("evidence.verify", "failed")
    assert (event.subject, event.public, event.role) == (f"evidence_files:{spoiled.id}", {"intact": False}, "system")
    assert "missing or was changed" in sender(people.dana).client.get(f"/evidence/{item.id}").text


def test_a_payload_that_came_back_from_the_backup_is_noted_as_well(app, stored, seen):
    path = store.path_of(stored().payload)
    path.rename(path.with_name("aside"))
    assert _verify(app).exit_code == 1
    path.with_name("aside").rename(path)
    assert _verify(app).exit_code == 0
    assert [event.public for event in seen.events("evidence.verify")] == [{"intact": True}]
    assert [file.intact for file in seen.files()] == [True]


def test_the_hourly_job_takes_what_was_longest_unchecked_and_lets_a_month_pass(people, stored, seen):
    from caseflow.kernel import clock

    first, second = stored(), stored(b"another")
    assert jobs.check(most=1) == (1, 0)
    checked = [file.id for file in seen.files() if file.checked_at]
    assert len(checked) == 1
    assert jobs.check(most=200) == (1, 0)
    assert jobs.check(most=200) == (0, 0)
    with clock.at(now() + timedelta(days=31)):
        assert jobs.check(most=200) == (2, 0)
    assert {first.id, second.id} >= set(checked)


def test_nobody_waits_while_a_payload_is_read(monkeypatch, stored):
    from caseflow.evidence.operations import checking
    from caseflow.kernel.db import in_transaction

    stored()
    seen_inside = []
    real = store.sha256_of
    monkeypatch.setattr(checking.store, "sha256_of", lambda name: (seen_inside.append(in_transaction()), real(name))[1])
    jobs.check(most=1)
    assert seen_inside == [False]


# -- sweeping


def _age(path, **ago):
    moment = (now() - timedelta(**ago)).timestamp()
    os.utime(path, (moment, moment))


def test_only_old_payloads_without_a_row_and_old_parts_are_swept(app, stored, receive, seen):
    kept = stored()
    lost, fresh = receive(), receive()
    for name in (kept.payload, lost.payload):
        _age(store.path_of(name), days=2)
    part = store.path_of(lost.payload).with_name("0123456789abcdef0123456789abcdef.part")
    moved = current().store / "01" / "23" / part.name
    moved.parent.mkdir(parents=True, exist_ok=True)
    moved.write_bytes(b"half")
    _age(moved, days=2)
    young = moved.with_name("0123ffffffffffffffffffffffffffff.part")
    young.write_bytes(b"half")
    done = app.test_cli_runner().invoke(args=["evidence", "sweep"])
    assert done.output == "2 unreferenced payloads were removed.\n"
    assert {path.name for path in seen.payloads()} == {kept.payload, fresh.payload, young.name}
    (event,) = seen.events("evidence.sweep")
    assert event.public == {"removed": 2}
    assert jobs.sweep() == 0
    assert len(seen.events("evidence.sweep")) == 1


def test_a_payload_that_gets_its_row_at_the_last_moment_is_not_swept(people, item, receive, seen):
    received = receive()
    _age(store.path_of(received.payload), days=2)
    names = operations.unreferenced()
    assert names == [received.payload]
    with transaction():
        operations.add_file(item, received, by=people.dana, at=now())
    with transaction():
        assert operations.sweep(names, at=now()) == 0
    assert [path.name for path in seen.payloads()] == [received.payload]


def test_a_store_that_does_not_exist_yet_has_nothing_to_sweep(people):
    assert jobs.sweep() == 0


def test_a_large_store_is_compared_in_few_questions(people, seen):
    folder = current().store / "00" / "00"
    folder.mkdir(parents=True)
    for number in range(1200):
        path = folder / f"0000{number:028x}"
        path.touch()
        _age(path, days=2)
    assert jobs.sweep() == 1200
    assert not seen.payloads()


def test_memory_stays_flat_however_long_the_file_is(people, incident):
    import tracemalloc

    from caseflow.evidence import intake

    class Endless:
        def __init__(self, size):
            self.left = size

        def read(self, size):
            size = min(size, self.left)
            self.left -= size
            return b"x" * size

    peaks = []
    for size in (8 * MIB, 96 * MIB):
        tracemalloc.start()
        received = intake.receive(Endless(size), name="a", safe_id=incident.safe_id, by=people.dana)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert received.size == size
        intake.forget(received)
    assert peaks[1] < peaks[0] + 4 * MIB
    assert peaks[1] < 24 * MIB
