"""A file is handed out only when it is the one that was received: that it opens is not enough, for anybody can seal."""

import pytest
from sqlalchemy import select, update

from caseflow.cases import operations as cases
from caseflow.cases.models import Case, Counsel
from caseflow.evidence import belonging, jobs, operations, store
from caseflow.evidence.models import File
from caseflow.incidents.models import Incident
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.keys import operations as keys
from caseflow.keys.models import Safe, SafeEpoch
from caseflow.ledger.models import Event
from caseflow.network.models import Member
from caseflow.vault.commitment import commit
from caseflow.vault.writing import SealingWriter
from tests.evidence.bags import PHRASE, ask, unpacked
from tests.evidence.conftest import UNSCOPED
from tests.evidence.sending import JPEG

FORGED = b"\xff\xd8\xff\xe0" + b"forged photograph " * 9000
WORDS = "This is not the file that was received here"
WAYS = {
    "a copy": ("", None),
    "a look": ("?inline=1", None),
    "a part": ("", "bytes=70000-70009"),
    "sealed": ("/sealed", None),
}
# What the row says of its payload; whoever exchanges files changes all of it.
COLUMNS = ("header", "epoch", "payload", "payload_size", "payload_sha256", "size", "key_check_sealed")


@pytest.fixture
def dana(people, sender):
    return sender(people.dana).client


def _write(file_id, **values):
    """Change a row as somebody does who writes into the database and has no key."""
    with transaction():
        db.session.execute(update(File).where(File.id == file_id).values(**values), execution_options=UNSCOPED)
    db.session.expire_all()


def _forge(file, *, content=FORGED, **more):
    """Put another age file in the place of a file: its recipient is public, so anybody can make one."""
    epochs = select(SafeEpoch.recipient).where(SafeEpoch.safe_id == file.safe_id, SafeEpoch.epoch == file.epoch)
    with store.writing() as (out, name):
        writer = SealingWriter(out, [db.session.scalar(epochs)])
        writer.write(content)
        writer.close()
    values = {"header": writer.header, "payload": name, "payload_size": writer.sealed_size, "size": writer.plain_size}
    _write(file.id, payload_sha256=writer.sha256_sealed, **values, **more)


def _exchange(one, other):
    """Put each of two rows' payloads into the other row."""
    first, second = ({column: getattr(file, column) for column in COLUMNS} for file in (one, other))
    _write(other.id, payload="0" * 32)
    _write(one.id, **second)
    _write(other.id, **first)


def _take(client, file, way):
    path, wanted = WAYS[way]
    return client.get(f"/evidence/files/{file.id}{path}", headers={"Range": wanted} if wanted else {})


def _refused(client, answer, item, words=WORDS):
    """Check that nothing was handed out, and that the page says why."""
    assert answer.status_code == 303, answer.data[:200]
    assert FORGED[:100] not in answer.data
    assert words in client.get(f"/evidence/{item.id}").text


def _as_before(file_id):
    """Make a row look as rows did before they kept a check of their key."""
    _write(file_id, key_check_sealed=None)


@pytest.mark.parametrize("before", [False, True], ids=["with a check", "from before"])
@pytest.mark.parametrize("way", WAYS)
def test_a_forged_file_leaves_by_no_way(dana, item, stored, seen, way, before):
    file = stored(JPEG + bytes(100_000), "photo.jpg")
    _forge(file, **({"key_check_sealed": None} if before else {}))

    _refused(dana, _take(dana, file, way), item)

    verb = "evidence.view" if way == "a look" else "evidence.download"
    assert [event.public["intact"] for event in seen.events(verb, "failed")] == [False]
    assert seen.events(verb) == []
    assert [one.intact for one in seen.files()] == [False]


@pytest.mark.parametrize("before", [False, True], ids=["with a check", "from before"])
@pytest.mark.parametrize("packing", ["readable", "sealed"])
def test_a_forged_file_is_told_and_left_out_of_an_export(people, sender, item, stored, tmp_path, packing, before):
    file = stored(JPEG, "photo.jpg")
    _forge(file, **({"key_check_sealed": None} if before else {}))
    given = {"passphrase": PHRASE} if packing == "sealed" else {}

    answer = ask(sender(people.dana), f"/evidence/{item.id}/export", packing=packing, **given)

    bag = unpacked(answer, tmp_path / "out")
    assert [path.name for path in (bag / "data/originals").rglob("*") if path.is_file()] == ["photo.jpg.DAMAGED.txt"]


@pytest.mark.parametrize("before", [False, True], ids=["with a check", "from before"])
def test_two_files_of_one_safe_cannot_be_exchanged(dana, item, stored, before):
    forced, free = stored(b"the confession was forced", "a.txt"), stored(b"the confession was free", "b.txt")
    _exchange(forced, free)
    if before:
        _as_before(forced.id)
        _as_before(free.id)

    for file in (forced, free):
        _refused(dana, _take(dana, file, "a copy"), item)


def test_the_sum_of_an_exchanged_payload_does_not_help(dana, item, stored):
    """The row keeps its own sum and its header, but another payload lies in the store."""
    file = stored(JPEG, "photo.jpg")
    _forge(file, key_check_sealed=None)
    sums = [
        one.public["payload_sha256"]
        for one in db.session.scalars(select(Event).where(Event.verb == "evidence.add_file"))
    ]
    _write(file.id, payload_sha256=sums[0])

    _refused(dana, _take(dana, file, "a copy"), item)


@pytest.mark.parametrize(
    "change", [{"kind": "redacted"}, {"item_id": "another"}, {"size": 5}], ids=["its kind", "its item", "its size"]
)
def test_a_row_that_says_something_else_of_its_file_hands_nothing_out(people, incident, dana, item, stored, change):
    """What was made to be shared leaves without consent: so an original must not be called that."""
    file = stored(JPEG, "photo.jpg")
    if "item_id" in change:
        with transaction():
            other = operations.add_item(incident, title="Another", by=people.dana, at=now())
        change = {"item_id": other.id}
    _write(file.id, **change)

    _refused(dana, _take(dana, file, "a copy"), other if "item_id" in change else item)


@pytest.mark.parametrize("epoch", [0, 7])
def test_an_epoch_that_never_was_is_damage_and_no_fault(dana, item, stored, epoch):
    file = stored(JPEG, "photo.jpg")
    _write(file.id, epoch=epoch)

    _refused(dana, _take(dana, file, "a copy"), item, words="The sealed file was changed or cut")


@pytest.mark.parametrize("way", WAYS)
def test_a_file_from_before_is_read_whole_once_and_keeps_the_check_from_then_on(dana, stored, seen, monkeypatch, way):
    content = JPEG + bytes(100_000)
    file = stored(content, "photo.jpg")
    _as_before(file.id)
    real, read = belonging.unseal_payload, []
    monkeypatch.setattr(belonging, "unseal_payload", lambda *given: (read.append(1), real(*given)))

    answers = [_take(dana, file, way) for _time in range(3)]

    assert len(read) == 1
    assert {answer.status_code for answer in answers} == {206 if way == "a part" else 200}
    if way != "sealed":
        assert answers[2].data == (content[70000:70010] if way == "a part" else content)
    assert all(one.key_check_sealed for one in seen.files())
    _forge(file)
    assert _take(dana, file, way).status_code == 303


@pytest.mark.parametrize("forge", [_forge, lambda file: _write(file.id, kind="redacted")], ids=["forged", "renamed"])
def test_the_regular_check_finds_what_the_ledger_did_not_note(stored, seen, forge):
    file = stored(JPEG, "photo.jpg")
    assert jobs.check(most=10, everything=True) == (1, 0)

    forge(file)

    assert jobs.check(most=10, everything=True) == (1, 1)
    assert len(seen.events("evidence.verify", "failed")) == 1


def test_a_row_that_the_ledger_never_noted_is_not_whole(people, stored):
    """A row that somebody inserted: it is no file that was ever received."""
    file = stored(JPEG, "photo.jpg")
    with transaction():
        facts = {column.name: getattr(file, column.name) for column in File.__table__.columns}
        again = facts | {"id": "abcdefghjkmnpqrs", "payload": "1" * 32}
        db.session.execute(File.__table__.insert().values(**again))

    assert jobs.check(most=10, everything=True) == (2, 1)


def test_the_sealed_copy_of_the_command_is_what_the_ledger_noted(app, stored, tmp_path):
    file = stored(JPEG, "photo.jpg")
    _forge(file)

    told = app.test_cli_runner().invoke(args=["evidence", "sealed-copy", file.id, "--out", str(tmp_path / "x.age")])

    assert told.exit_code == 1
    assert "not the file that the ledger noted" in told.output
    assert not (tmp_path / "x.age").exists()


@pytest.fixture
def withdrawn(people, incident):
    """Return what takes Leila, who was counsel, out of the incident's safe: a new epoch, and new headers."""
    with transaction():
        row = db.session.get_one(Incident, incident.id, execution_options=UNSCOPED)
        row.state = "verified"
        case = cases.open_case(title="Case", by=people.aigul, at=now())
        cases.link_incident(case, incident=row, by=people.aigul, at=now())
        leila = db.session.get_one(Member, people.leila.member_id)
        counsel = cases.assign_counsel(case, member=leila, role="lead", by=people.aigul, at=now())
        case_id, counsel_id = case.id, counsel.id

    def withdraw():
        with transaction():
            assert db.session.get_one(Case, case_id, execution_options=UNSCOPED)
            counsel = db.session.get_one(Counsel, counsel_id, execution_options=UNSCOPED)
            cases.end_counsel(counsel, by=people.fresh(people.aigul), at=now())
        assert db.session.get_one(Safe, incident.safe_id).epoch == 2

    return withdraw


@pytest.mark.parametrize(
    "spoil",
    [_forge, lambda file: _write(file.id, header=b"no header"), lambda file: _write(file.id, epoch=0)],
    ids=["forged", "no header", "no epoch"],
)
def test_a_spoilt_file_is_not_headed_anew_and_keeps_nobody_in_the_safe(
    people, dana, item, stored, seen, withdrawn, spoil
):
    whole, spoilt = stored(b"whole", "a.txt"), stored(JPEG, "photo.jpg")
    spoil(spoilt)
    db.session.expire_all()
    before = spoilt.header

    withdrawn()

    after = {file.id: file for file in seen.files()}
    assert (after[whole.id].epoch, after[whole.id].intact) == (2, None)
    assert (after[spoilt.id].header, after[spoilt.id].intact) == (before, False)
    assert len(seen.events("evidence.verify", "failed")) == 1
    assert _take(dana, whole, "a copy").data == b"whole"
    with transaction():
        keys.settle_some(by=people.fresh(people.aigul), at=now())  # it does not wait for ever
    assert len(seen.events("evidence.verify", "failed")) == 1


def test_a_file_that_is_whole_again_is_headed_then(people, stored, seen, withdrawn):
    file = stored(JPEG, "photo.jpg")
    true = file.header
    _write(file.id, header=b"no header")
    withdrawn()

    _write(file.id, header=true)  # from the backup
    jobs.check(most=10, everything=True)
    with transaction():
        keys.settle_some(by=people.fresh(people.aigul), at=now())

    assert [(one.epoch, one.intact) for one in seen.files()] == [(2, True)]


@pytest.mark.parametrize("before", [False, True], ids=["with a check", "from before"])
def test_heading_anew_keeps_the_check(people, dana, stored, withdrawn, before):
    file = stored(JPEG, "photo.jpg")
    if before:
        _as_before(file.id)

    withdrawn()

    assert _take(dana, file, "a copy").data == JPEG


def test_the_check_says_nothing_without_key_and_row():
    """HMAC-SHA256 under HKDF(file key, "caseflow/v1/file") over the label and the facts: docs/formats.md."""
    key = bytes(range(16))
    assert commit(key, "row", 1) == "a9f1437a80864a89d40a8a7531c594cdcb9db204d777403111c82c35edbcfef8"
    assert len({commit(key, "row", 1), commit(key, "row", 2), commit(key, "row"), commit(bytes(16), "row", 1)}) == 4


def test_a_long_file_from_before_is_read_outside_any_transaction(people, stored, monkeypatch):
    file = stored(JPEG, "photo.jpg")
    _as_before(file.id)
    real = belonging.unseal_payload

    def slow(*given):
        with transaction():  # somebody else's act goes on meanwhile
            db.session.execute(update(Member).values(name=Member.name))
        return real(*given)

    monkeypatch.setattr(belonging, "unseal_payload", slow)
    row = db.session.scalar(select(File), execution_options=UNSCOPED)

    assert belonging.recognise(row, by=people.dana)
