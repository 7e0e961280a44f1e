"""What the tests of stores prove on a service that is imitated, proven on a real one: Ceph's object gateway."""

import hashlib
import os
import time

import pytest

from caseflow.evidence import jobs
from tests.evidence import test_stores as imitated
from tests.evidence.sending import MIB
from tests.fixtures.buckets import Service
from tests.fixtures.ceph import Ceph

pytestmark = [pytest.mark.prove, pytest.mark.timeout(600)]

app, client, down = imitated.app, imitated.client, imitated.down

test_a_payload_comes_back = imitated.test_a_payload_goes_up_as_it_is_sealed_and_comes_back_as_it_was_sent
test_a_seek = imitated.test_a_seek_is_one_ranged_question_for_the_chunks_that_hold_it
test_an_exchange = imitated.test_an_object_that_is_exchanged_while_it_is_known_is_handed_out_by_no_byte
test_what_breaks_off = imitated.test_what_breaks_off_leaves_no_object_and_no_parts
test_a_lost_answer = imitated.test_a_lost_answer_to_the_last_question_does_not_lose_the_object
test_a_broken_stream = imitated.test_a_stream_that_breaks_is_asked_for_again_from_there
test_the_sweep = imitated.test_the_sweep_takes_objects_and_parts_without_a_row_and_nothing_that_is_not_ours
test_by_parts = imitated.test_a_file_that_came_by_parts_becomes_one_object_once_the_store_answers
test_no_bucket = imitated.test_a_bucket_that_is_not_there_is_no_lost_payload
test_moving = imitated.test_payloads_move_to_another_store_verified_over_breaks_and_are_removed_only_when_asked
test_trying = imitated.test_the_store_can_be_tried_and_moved_into


@pytest.fixture
def service(ceph: Ceph, _clients_are_made_once: None) -> Service:
    """Return a bucket of this test."""
    return Service(ceph.endpoint)


def test_a_wrong_secret_is_a_store_that_refuses_and_no_lost_payload(service):
    from caseflow.evidence import stores
    from caseflow.evidence.stores.bucket import Bucket
    from caseflow.kernel.buckets import bucket_address

    refused = Bucket(bucket_address(service.url.replace("secret", "another")))
    for ask in (refused.size_of, refused.sha256_of, refused.reading):
        with pytest.raises(stores.StoreDown):
            ask("0" * 32)


def test_a_large_file_takes_little_memory_and_is_read_in_the_middle_at_once(client, stored, service):
    import resource

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    store = service.store()
    digest, piece = hashlib.sha256(), os.urandom(MIB)
    with store.writing("0" * 32) as out:
        for number in range(512):
            part = number.to_bytes(8, "big") + piece[8:]
            digest.update(part)
            out.write(memoryview(part))
    assert store.sha256_of("0" * 32) == digest.hexdigest()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024, "KiB"
    times = []
    for number in range(20):
        start = time.perf_counter()
        with store.reading("0" * 32, (number * MIB, (number + 1) * MIB)) as payload:
            payload.seek(number * MIB)
            assert payload.read(8) == number.to_bytes(8, "big")
        times.append(time.perf_counter() - start)
    assert sorted(times)[10] < 0.05
    stored(b"beside it")
    assert jobs.check(most=5, everything=True) == (1, 0)
