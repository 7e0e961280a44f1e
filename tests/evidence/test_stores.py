"""Payloads in a bucket: whole or not at all, read by small questions, moved and verified, and never lost for a broken line."""

import errno
import hashlib
import logging
import random
import socket
from datetime import timedelta

import pytest

from caseflow.evidence import jobs, moving, operations, store, stores
from caseflow.evidence.stores import bucket as buckets
from caseflow.evidence.stores import folder as folders
from caseflow.kernel import clock
from caseflow.kernel.buckets import WrongAddress, bucket_address
from caseflow.kernel.clock import now
from caseflow.kernel.settings import Settings, WrongSetting, current
from tests.evidence.sending import JPEG, MIB
from tests.evidence.tussing import Tus
from tests.fixtures.buckets import KEY, SECRET

CONTENT = random.Random(11).randbytes(9 * MIB + 4321)


@pytest.fixture
def app(make_app, sqlite_url, service):
    """Return an application whose payloads lie in a bucket."""
    return make_app(sqlite_url, store_url=service.url)


@pytest.fixture
def client(sender, people):
    return sender(people.dana).client


@pytest.fixture
def down(monkeypatch):
    """Return what takes the service away: the store asks where nobody listens, and does not try for long."""
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]

    def take(app):
        monkeypatch.setattr(buckets, "TRIES", 1)
        url = f"s3://{KEY}:{SECRET.replace('/', '%2F')}@127.0.0.1:{port}/evidence?tls=no"
        app.extensions["caseflow_store"] = stores.at(url, current().store)

    return take


def _seals(content, name, store_):
    with store_.writing(name) as out, memoryview(content) as view:
        out.write(view)


# -- one object, whole or not at all


def test_a_payload_goes_up_as_it_is_sealed_and_comes_back_as_it_was_sent(app, client, stored, seen, service, asked):
    small, large = stored(JPEG), stored(CONTENT, "film.mp4")
    assert [one.act for one in asked if "upload" in one.act] == [
        "create_multipart_upload", "upload_part", "upload_part", "complete_multipart_upload",
    ]  # fmt: skip
    assert sorted(service.keys()) == sorted(f"sealed/{file.payload}" for file in (small, large))
    assert hashlib.sha256(service.body(large.payload)).hexdigest() == large.payload_sha256
    assert not seen.payloads(), "nothing lies on the server's disk"
    for file, content in ((small, JPEG), (large, CONTENT)):
        assert client.get(f"/evidence/files/{file.id}").data == content
        assert client.get(f"/evidence/files/{file.id}/sealed").data == file.header + service.body(file.payload)
    assert jobs.check(most=10, everything=True) == (2, 0)
    service.put(small.payload, service.body(large.payload))
    service.client.delete_object(Bucket=service.bucket, Key=f"sealed/{large.payload}")
    assert jobs.check(most=10, everything=True) == (2, 2)
    for file in (small, large):
        assert client.get(f"/evidence/files/{file.id}").status_code == 303, "back to the item, which says why"


def test_a_seek_is_one_ranged_question_for_the_chunks_that_hold_it(app, client, stored, asked):
    file = stored(CONTENT, "film.mp4")

    def ranges(start, length):
        del asked[:]
        answer = client.get(f"/evidence/files/{file.id}", headers={"Range": f"bytes={start}-{start + length - 1}"})
        assert answer.data == CONTENT[start : start + length]
        assert {one.act for one in asked} <= {"get_object"}
        return [one.Range for one in asked]

    first = ranges(5 * MIB + 17, MIB)
    assert len(first) == 3, "the end and the nonce are asked for once"
    (again,) = ranges(3 * MIB + 17, MIB)
    start, end = map(int, again.removeprefix("bytes=").split("-"))
    assert MIB < end - start < MIB + 3 * 66_000
    assert ranges(len(CONTENT) - 100, 100) == []
    assert len(ranges(0, len(CONTENT))) == 1


def test_an_object_that_is_exchanged_while_it_is_known_is_handed_out_by_no_byte(app, client, stored, service, seen):
    file = stored(CONTENT, "film.mp4")
    asks = {"headers": {"Range": f"bytes={MIB}-{2 * MIB}"}}
    assert client.get(f"/evidence/files/{file.id}", **asks).status_code == 206
    content = service.body(file.payload)
    service.put(file.payload, content[:-1] + bytes([content[-1] ^ 1]))
    assert client.get(f"/evidence/files/{file.id}", **asks).status_code == 303
    assert [row.intact for row in seen.files()] == [False]


def test_what_breaks_off_leaves_no_object_and_no_parts(service):
    with pytest.raises(EOFError), service.store().writing("0" * 32) as out, memoryview(CONTENT) as view:
        out.write(view)
        assert service.unfinished() == [f"sealed/{'0' * 32}"]
        raise EOFError
    assert (service.keys(), service.unfinished()) == ([], [])


def test_a_lost_answer_to_the_last_question_does_not_lose_the_object(service, monkeypatch):
    kept = service.store()
    real = kept.ask

    def ask(act, **given):
        answer = real(act, **given)
        if act == "complete_multipart_upload":
            raise FileNotFoundError("NoSuchUpload")  # what a service says to who asks again
        return answer

    monkeypatch.setattr(kept, "ask", ask)
    _seals(CONTENT, "0" * 32, kept)
    assert service.body("0" * 32) == CONTENT


def test_a_stream_that_breaks_is_asked_for_again_from_there(service, monkeypatch):
    kept = service.store()
    _seals(CONTENT, "0" * 32, kept)
    real, asked = kept.get, []

    class Short:
        def __init__(self, body, most):
            self.body, self.most, self.close = body, most, body.close

        def read(self, size):
            if not self.most:
                raise ConnectionResetError
            piece = self.body.read(min(size, self.most))
            self.most -= len(piece)
            return piece

    def get(name, start, end):
        body, size, tag = real(name, start, end)
        asked.append(start)
        return (Short(body, 4 * MIB) if start is not None else body), size, tag

    monkeypatch.setattr(kept, "get", get)
    assert kept.sha256_of("0" * 32) == hashlib.sha256(CONTENT).hexdigest()
    assert asked == [None, 0, 4 * MIB, 8 * MIB]


def test_the_sweep_takes_objects_and_parts_without_a_row_and_nothing_that_is_not_ours(app, stored, receive, service):
    kept, lost = stored(), receive()
    service.client.put_object(Bucket=service.bucket, Key="sealed/notes.txt", Body=b"somebody else's")
    begun = {"Bucket": service.bucket, "Key": f"sealed/{'0' * 32}"}
    upload = service.client.create_multipart_upload(**begun)["UploadId"]
    service.client.upload_part(**begun, UploadId=upload, PartNumber=1, Body=b"half")
    assert operations.unreferenced() == []
    with clock.at(now() + timedelta(days=2)):
        said = app.test_cli_runner().invoke(args=["evidence", "verify"]).output
        assert "2 things older than a day lie in the store and belong to no row" in said
        assert jobs.sweep() == 2
    assert sorted(service.keys()) == sorted([f"sealed/{kept.payload}", "sealed/notes.txt"])
    assert lost.payload not in str(service.keys())
    assert service.unfinished() == []


# -- by parts


def test_a_file_that_came_by_parts_becomes_one_object_once_the_store_answers(
    app, people, item, client, sender, seen, service, down, monkeypatch
):
    dana = Tus(sender(people.dana), item.id)
    where = dana.begin(len(CONTENT)).headers["Location"]
    assert dana.part(where, 0, CONTENT[: 5 * MIB]).status_code == 204
    assert service.keys() == [], "what is not whole waits on the disk"
    with monkeypatch.context() as patch:
        patch.setattr(app, "extensions", dict(app.extensions))
        down(app)
        answer = dana.part(where, 5 * MIB, CONTENT[5 * MIB :])
        assert (answer.status_code, "does not answer" in answer.text) == (503, True)
        assert dana.stands(where) == 5 * MIB
    answer = dana.part(where, 5 * MIB, CONTENT[5 * MIB :])
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(len(CONTENT)))
    (file,) = seen.files()
    assert service.keys() == [f"sealed/{file.payload}"]
    assert hashlib.sha256(service.body(file.payload)).hexdigest() == file.payload_sha256
    assert client.get(f"/evidence/files/{file.id}").data == CONTENT
    assert not seen.payloads(), "the draft is gone"


def test_a_draft_that_the_disk_has_spoilt_is_not_stored(tmp_path, service):
    draft = tmp_path / "draft"
    draft.write_bytes(b"other bytes")
    with pytest.raises(stores.StoreDown):
        service.store().adopt(draft, "0" * 32, hashlib.sha256(b"bytes").hexdigest())
    assert service.keys() == []


# -- when it is down, refuses, or is full


def test_a_store_that_is_down_is_told_in_words_and_counts_as_no_damage(app, people, item, sender, stored, seen, down):
    file, dana = stored(), sender(people.dana)
    down(app)
    for path in ("", "/sealed"):
        answer = dana.client.get(f"/evidence/files/{file.id}{path}")
        assert answer.status_code == 503
        assert "The place where files are kept does not answer" in answer.text
    answer = dana.send(f"/evidence/{item.id}/files", ("b.jpg", JPEG))
    assert answer.status_code == 422
    assert "The place where files are kept does not answer" in answer.text
    done = app.test_cli_runner().invoke(args=["evidence", "verify"])
    assert (done.exit_code, "does not answer" in done.output) == (1, True)
    jobs.check_some()
    assert len(seen.files()) == 1
    assert [row.intact for row in seen.files()] == [None]
    assert not seen.events("evidence.verify", "failed") + seen.events("evidence.download")


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [("QuotaExceeded", 403, "StoreFull"), ("AccessDenied", 403, "StoreDown"), ("NoSuchBucket", 404, "StoreDown")],
)
def test_what_the_service_refuses_is_told_by_its_kind_and_its_code_is_in_the_log(code, status, kind, caplog):
    from botocore.exceptions import ClientError

    said = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    with pytest.raises(stores.StoreDown) as refused, buckets.in_words():
        raise ClientError(said, "PutObject")
    assert type(refused.value).__name__ == kind
    assert code in caplog.text


def test_a_bucket_that_is_not_there_is_no_lost_payload(service):
    service.client.delete_bucket(Bucket=service.bucket)
    for ask in (service.store().size_of, service.store().sha256_of, service.store().reading):
        with pytest.raises(stores.StoreDown):
            ask("0" * 32)


def test_a_full_disk_is_told_as_that_and_leaves_nothing(tmp_path, monkeypatch):
    def write(handle, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(folders.os, "write", write)
    with pytest.raises(stores.StoreFull):
        _seals(JPEG, "0" * 32, folders.Folder(tmp_path))
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


# -- moving


def _run(app, *args):
    return app.test_cli_runner().invoke(args=["evidence", *args])


def test_payloads_move_to_another_store_verified_over_breaks_and_are_removed_only_when_asked(
    app, people, stored, seen, service, monkeypatch, tmp_path
):
    files = [stored(bytes([n]) * 1000, f"{n}.bin") for n in range(3)]
    target = tmp_path / "elsewhere"
    there, url = stores.Folder(target), f"file://{target}"
    real = moving._copy
    monkeypatch.setattr(
        moving, "_copy", lambda old, new, one: real(old, new, one) if new.size_of(files[0].payload) is None else down()
    )

    def down():
        raise stores.StoreDown

    broke = _run(app, "move", "--to", url)
    assert (broke.exit_code, "run this again" in broke.output) == (1, True)
    assert there.sha256_of(files[0].payload) == files[0].payload_sha256
    monkeypatch.setattr(moving, "_copy", real)
    there.path_of(files[0].payload).write_bytes(b"spoilt")
    service.put(files[2].payload, b"spoilt")
    done = _run(app, "move", "--to", url)
    assert (done.exit_code, f"not copied: {files[2].id}" in done.output) == (1, True)
    assert [there.sha256_of(file.payload) for file in files] == [*(f.payload_sha256 for f in files[:2]), None]
    (event,) = seen.events("evidence.move_payloads", "failed")
    assert event.public == {"to": "folder", "copied": 2, "damaged": 1}
    assert len(service.keys()) == 3, "nothing is taken from the store that is in use"
    assert "That is the store that is in use" in _run(app, "move", "--to", service.url).output

    app.extensions["caseflow_store"] = there  # the setting is changed and the service started anew
    there.path_of(files[0].payload).write_bytes(b"spoilt later")
    done = _run(app, "forget-old", "--of", service.url, "--yes")
    assert (done.exit_code, "1 sealed files were removed" in done.output) == (1, True)
    assert sorted(service.keys()) == sorted(f"sealed/{f.payload}" for f in (files[0], files[2])), (
        "what is not whole stays"
    )
    (event,) = seen.events("evidence.forget_store")
    assert event.public == {"of": "s3", "removed": 1}


def test_the_store_can_be_tried_and_moved_into(app, people, stored, service, tmp_path):
    assert "writing, reading and removing work" in _run(app, "store").output
    assert service.keys() == []
    file = stored()
    app.extensions["caseflow_store"] = stores.Folder(tmp_path / "old")
    with store.here().writing(file.payload) as out:
        out.write(memoryview(service.body(file.payload)))
    service.client.delete_object(Bucket=service.bucket, Key=f"sealed/{file.payload}")
    done = _run(app, "move", "--to", service.url)
    assert (done.exit_code, "1 of 1 sealed files are whole" in done.output) == (0, True)
    assert SECRET not in done.output
    assert service.store().sha256_of(file.payload) == file.payload_sha256


# -- the setting


@pytest.mark.parametrize(
    "url",
    [
        "s3://host", "s3:///bucket", "s3://k:s@host:port/b", "s3://k@host/b", "s3://:s@host/b", "s3://k:s@host/b?tsl=no",
        "s3://k:s@host/b?tls=maybe", "s3://k:s@host/b?style=x", "s3://k:s@host/b?ca=/none", "s3://k:s@host/b?profile=x",
        "https://k:s@host/b", "file://host/folder", "file:///", "folder",
    ],
)  # fmt: skip
def test_an_address_that_cannot_work_is_refused_without_saying_its_secret(url):
    secret = url.replace("k:s@", "k:hunter2@")
    with pytest.raises(WrongSetting, match="CASEFLOW_STORE_URL") as wrong:
        Settings.from_environment({"CASEFLOW_STORE_URL": secret})
    assert "hunter2" not in str(wrong.value)


def test_an_address_says_everything_that_the_service_needs(tmp_path):
    found = bucket_address("s3://k%2F:s%2Bs@s3.example.org:9000/bucket/a/b?region=eu-1&tls=no&style=virtual")
    assert (found.key, found.secret, found.endpoint) == ("k/", "s+s", "http://s3.example.org:9000")
    assert (found.bucket, found.prefix, found.region, found.style) == ("bucket", "a/b/", "eu-1", "virtual")
    with pytest.raises(WrongAddress):
        bucket_address("s3://host/bucket?credentials=/none")
    path = tmp_path / "credentials"
    path.write_text("[default]\naws_access_key_id = from-a-file\naws_secret_access_key = x\n")
    client = buckets._client(bucket_address(f"s3://host/bucket?credentials={path}"))
    assert client._request_signer._credentials.access_key == "from-a-file"


def test_secrets_stand_in_no_log_and_no_words(service, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    kept, settings = service.store(), Settings(instance=tmp_path, store_url=service.url)
    _seals(JPEG, "0" * 32, kept)
    assert kept.remove("0" * 32) == 1
    service.client.delete_bucket(Bucket=service.bucket)
    with pytest.raises(stores.StoreDown):
        kept.size_of("0" * 32)
    words = caplog.text + repr(settings) + str(kept) + repr(kept) + repr(bucket_address(service.url))
    assert "NoSuchBucket" in words
    assert SECRET not in words
    assert service.url not in words
