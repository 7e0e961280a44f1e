"""A stream becomes a sealed payload or leaves nothing behind."""

import hashlib
import io
import random
import stat

import pyrage
import pytest
from werkzeug.exceptions import ClientDisconnected

from caseflow.cases import operations as cases
from caseflow.evidence import intake, operations, store
from caseflow.evidence.models import File
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.kernel.errors import NotFound, NotPermitted, RuleBroken
from caseflow.kernel.settings import current
from caseflow.keys.models import Safe
from caseflow.vault import header as age_header
from caseflow.vault.errors import WrongKey
from tests.evidence.sending import JPEG, MIB, Broken

SIZES = [1, 2, 65535, 65536, 65537, MIB, MIB + 1, 3 * MIB]


def noise(size, seed=1):
    return random.Random(seed).randbytes(size)


@pytest.mark.parametrize("size", SIZES)
def test_what_comes_in_is_what_the_safe_opens(people, incident, receive, size):
    content = noise(size)
    received = receive(content, "noise.bin")
    assert (received.size, received.sha256) == (size, hashlib.sha256(content).hexdigest())
    payload = store.path_of(received.payload).read_bytes()
    assert (len(payload), hashlib.sha256(payload).hexdigest()) == (received.payload_size, received.payload_sha256)
    identity = str(people.dana.ring.file_identity(incident.safe_id, received.epoch))
    opened = pyrage.decrypt(received.header + payload, [pyrage.x25519.Identity.from_str(identity)])
    assert opened == content


def test_an_empty_file_is_refused_in_words_and_leaves_nothing(receive, seen):
    with pytest.raises(RuleBroken, match="empty") as refusal:
        receive(b"")
    assert refusal.value.field == "files"
    assert not seen.payloads()


@pytest.mark.parametrize("over", [1, 64 * 1024, 3 * MIB])
def test_a_file_over_the_limit_is_refused_and_leaves_nothing(receive, seen, over):
    with pytest.raises(RuleBroken, match="larger") as refusal:
        receive(noise(MIB + over), limit=MIB)
    assert refusal.value.field == "files"
    assert not seen.payloads()


def test_a_file_of_just_the_limit_is_taken(receive):
    assert receive(noise(MIB), limit=MIB).size == MIB


@pytest.mark.parametrize("came", [0, 1, 100_000, 2 * MIB])
@pytest.mark.parametrize("error", [OSError(), EOFError(), ClientDisconnected(), ConnectionResetError()])
def test_a_line_that_breaks_leaves_nothing_and_is_told_in_words(people, incident, seen, came, error):
    with pytest.raises(RuleBroken, match="line broke"):
        intake.receive(Broken(noise(came), error), name="a", safe_id=incident.safe_id, by=people.dana)
    assert not seen.payloads()


def test_a_fault_of_the_program_leaves_nothing_either(people, incident, seen):
    with pytest.raises(ZeroDivisionError):
        intake.receive(Broken(noise(MIB), ZeroDivisionError()), name="a", safe_id=incident.safe_id, by=people.dana)
    assert not seen.payloads()


def test_a_slow_line_that_gives_a_few_bytes_at_a_time_tells_the_kind_too(people, incident):
    class Slow(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, 3))

    received = intake.receive(Slow(JPEG), name="a.jpg", safe_id=incident.safe_id, by=people.dana)
    assert (received.media_type, received.size) == ("image/jpeg", len(JPEG))


def test_the_kind_is_told_by_the_content_and_never_by_the_name(receive):
    assert receive(JPEG, "report.pdf").media_type == "image/jpeg"
    assert receive(b"<!doctype html><script>x</script>", "photo.jpg").media_type == "text/html"


def test_nobody_but_the_operator_can_list_or_read_the_store(receive):
    path = store.path_of(receive().payload)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for folder in (path.parent, path.parent.parent, current().store):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_items_of_a_safe_are_numbered_in_the_order_they_came(people, incident, item, seen):
    with transaction():
        second = operations.add_item(incident, title="Second", by=people.aigul, at=now())
    case = _case(people)
    with transaction():
        other = operations.add_item(case, title="First of a case", by=people.aigul, at=now())
    assert (item.exhibit, second.exhibit, other.exhibit) == (1, 2, 1)


def test_a_number_of_an_item_that_was_refused_is_given_again(people, incident, item, seen):
    with pytest.raises(RuleBroken), transaction():
        operations.add_item(incident, title="Refused", by=people.dana, at=now())
        raise RuleBroken("something else was wrong")
    with transaction():
        assert operations.add_item(incident, title="Next", by=people.dana, at=now()).exhibit == 2


@pytest.mark.parametrize(
    ("given", "field"), [({"title": "  "}, "title"), ({"title": "x", "copy_or_original": "both"}, "copy_or_original")]
)
def test_an_item_without_a_name_or_of_no_kind_is_refused_at_its_field(people, incident, seen, given, field):
    with pytest.raises(RuleBroken) as refusal, transaction():
        operations.add_item(incident, **given, by=people.dana, at=now())
    assert refusal.value.field == field
    assert not seen.items()


def test_a_file_that_was_sealed_for_another_safe_is_refused(people, item, receive, seen):
    elsewhere = receive(safe_id=_case(people).safe_id, by=people.aigul)
    with pytest.raises(RuleBroken, match="another matter"), transaction():
        operations.add_file(item, elsewhere, by=people.aigul, at=now())
    assert not seen.files()


def test_a_file_whose_payload_is_gone_or_cut_gets_no_row(people, item, receive, seen):
    for spoil in (lambda path: path.unlink(), lambda path: path.write_bytes(b"short")):
        received = receive()
        spoil(store.path_of(received.payload))
        with pytest.raises(RuleBroken, match="send it again"), transaction():
            operations.add_file(item, received, by=people.dana, at=now())
    assert not seen.files()


def test_a_version_says_what_it_was_made_from(people, incident, item, receive, stored):
    parent = stored()
    for kind, made_from in (("redacted", None), ("original", parent), ("painted", parent)):
        with pytest.raises(RuleBroken), transaction():
            operations.add_file(item, receive(), kind=kind, parent=made_from, by=people.dana, at=now())
    with transaction():
        other = operations.add_item(incident, title="Another", by=people.dana, at=now())
    with pytest.raises(RuleBroken, match="made from"), transaction():
        operations.add_file(other, receive(), kind="redacted", parent=parent, by=people.dana, at=now())
    with transaction():
        version = operations.add_file(item, receive(), kind="redacted", parent=parent, by=people.dana, at=now())
    assert version.parent_id == parent.id


def test_what_is_discarded_is_what_has_no_row(people, item, receive, seen):
    kept, lost = receive(), receive()
    with transaction():
        operations.add_file(item, kept, by=people.dana, at=now())
    operations.discard([kept, lost])
    assert [path.name for path in seen.payloads()] == [kept.payload]


def test_who_holds_no_key_can_neither_receive_nor_enter(people, incident, receive):
    with pytest.raises(LookupError):
        receive(by=people.timur)
    with pytest.raises(NotFound), transaction():
        operations.add_item(incident, title="x", by=people.timur, at=now())


def test_nothing_is_added_to_a_closed_matter(people):
    case = _case(people)
    with transaction():
        cases.close(case, outcome="withdrawn", reason="Settled.", by=people.aigul, at=now())
    with pytest.raises(NotPermitted), transaction():
        operations.add_item(case, title="x", by=people.aigul, at=now())


def test_an_item_of_a_closed_matter_takes_versions_and_no_originals(people, receive, seen):
    case = _case(people)
    with transaction():
        item = operations.add_item(case, title="x", by=people.aigul, at=now())
    sealed = {"safe_id": case.safe_id, "by": people.aigul}
    with transaction():
        original = operations.add_file(item, receive(**sealed), by=people.aigul, at=now())
    with transaction():
        cases.close(case, outcome="withdrawn", reason="Settled.", by=people.aigul, at=now())
    with pytest.raises(NotPermitted, match="closed"), transaction():
        operations.add_file(item, receive(**sealed), by=people.aigul, at=now())
    with transaction():
        operations.add_file(item, receive(**sealed), kind="redacted", parent=original, by=people.aigul, at=now())
    assert sorted(file.kind for file in seen.files()) == ["original", "redacted"]


# -- keys that change while a file comes in


def _case(people, counsel=()):
    with transaction():
        case = cases.open_case(title="The case", by=people.aigul, at=now())
    for member in counsel:
        with transaction():
            cases.assign_counsel(case, member=_member(member), role="co_counsel", by=people.aigul, at=now())
    return case


def _member(actor):
    from caseflow.network.models import Member

    return db.session.get_one(Member, actor.member_id)


def _withdraw(people, case, actor):
    from sqlalchemy import select

    from caseflow.cases.models import Counsel

    why = {"unscoped": "a test ends an assignment"}
    query = select(Counsel).where(Counsel.case_id == case.id, Counsel.member_id == actor.member_id)
    counsel = db.session.scalars(query, execution_options=why).one()
    with transaction():
        cases.end_counsel(counsel, by=people.aigul, at=now())
    return db.session.get_one(Safe, case.safe_id)


def test_a_file_that_came_in_while_somebody_left_is_sealed_to_those_who_stay(people, receive):
    case = _case(people, [people.leila, people.yerlan])
    with transaction():
        item = operations.add_item(case, title="Before", by=people.aigul, at=now())
    leila = people.fresh(people.leila)
    received = receive(JPEG, "photo.jpg", leila, safe_id=case.safe_id)
    gone = people.fresh(people.yerlan)
    old = gone.ring.file_identity(case.safe_id, 1)
    safe = _withdraw(people, case, people.yerlan)
    assert (received.epoch, safe.epoch) == (1, 2)
    with transaction():
        file = operations.add_file(item, received, by=leila, at=now())
    assert file.epoch == 2
    with pytest.raises(WrongKey):
        age_header.open(file.header, [old])
    # Its texts are sealed with the keys of those who stay as well, not with those he has kept.
    assert int.from_bytes(file.name_sealed[:4]) == 2
    for reader in (people.leila, people.aigul, people.marat):
        fresh = people.fresh(reader)
        assert fresh.ring.text(file, "name") == "photo.jpg"
        with transaction():
            source = operations.hand_out(file, how="view", by=fresh, at=now())
        assert source.read() == JPEG
        source.close()


def test_who_left_while_her_file_came_in_adds_nothing(people, receive, seen):
    case = _case(people, [people.leila])
    with transaction():
        item = operations.add_item(case, title="Before", by=people.aigul, at=now())
    leila = people.fresh(people.leila)
    received = receive(JPEG, "photo.jpg", leila, safe_id=case.safe_id)
    _withdraw(people, case, people.leila)
    with pytest.raises(NotFound), transaction():
        operations.add_file(item, received, by=leila, at=now())
    with pytest.raises(NotFound), transaction():
        operations.add_item(case, title="After", by=leila, at=now())
    assert not seen.files()


def test_after_a_withdrawal_the_old_key_opens_no_header_and_the_payloads_stay_as_they_were(people, receive, seen):
    case = _case(people, [people.leila, people.yerlan])
    with transaction():
        item = operations.add_item(case, title="Item", by=people.aigul, at=now())
    for n in range(3):
        received = receive(noise(MIB, n), f"{n}.bin", people.aigul, safe_id=case.safe_id)
        with transaction():
            operations.add_file(item, received, by=people.aigul, at=now())
    before = {path: path.read_bytes() for path in seen.payloads()}
    old = people.fresh(people.yerlan).ring.file_identity(case.safe_id, 1)
    headers = [file.header for file in seen.files()]
    for actor in (people.yerlan, people.leila):
        _withdraw(people, case, actor)
    assert {path: path.read_bytes() for path in seen.payloads()} == before
    files = seen.files()
    assert [file.epoch for file in files] == [3, 3, 3]
    assert not set(headers) & {file.header for file in files}
    marat = people.fresh(people.marat)
    for file in files:
        with pytest.raises(WrongKey):
            age_header.open(file.header, [old])
        with transaction():
            source = operations.hand_out(file, how="download", by=marat, at=now())
        number = int(marat.ring.text(file, "name").partition(".")[0])
        assert source.read() == noise(MIB, number)
        source.close()
    with pytest.raises(LookupError):
        people.fresh(people.leila).ring.file_identity(case.safe_id, 3)


def test_a_file_added_in_one_epoch_is_read_in_the_next_under_its_name(people, stored):
    file = db.session.get_one(File, stored().id, execution_options={"unscoped": "a test looks again"})
    assert people.fresh(people.marat).ring.text(file, "media_type") == "image/jpeg"
