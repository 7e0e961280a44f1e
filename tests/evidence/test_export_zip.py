"""The ZIP of an export has the length it announces, opens everywhere, and takes names that any system can write."""

import io
import shutil
import subprocess
import unicodedata
import zipfile
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.evidence.export import verify, zipped
from caseflow.evidence.export.masking import Mask
from caseflow.evidence.export.names import MOST, Taken, safe
from caseflow.evidence.export.zipped import Changed, Entry, of_bytes

AT = datetime(2026, 3, 6, 10, 20, 30, tzinfo=UTC)
names = st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=40), max_size=6)


def written(entries):
    return b"".join(zipped.stream(entries, at=AT))


@given(st.lists(st.binary(max_size=2000), max_size=12))
def test_the_length_is_known_before_and_what_comes_out_is_what_went_in(contents):
    entries = [of_bytes(f"bag/қ{number}.bin", data) for number, data in enumerate(contents)]
    packed = written(entries)
    assert len(packed) == zipped.length(entries)
    with zipfile.ZipFile(io.BytesIO(packed)) as found:
        assert found.testzip() is None
        assert [found.read(name) for name in found.namelist()] == contents
        assert all(one.date_time == (2026, 3, 6, 10, 20, 30) for one in found.infolist())


def test_other_programs_open_it(tmp_path):
    (tmp_path / "bag.zip").write_bytes(written([of_bytes("bag/Заключение.txt", b"words"), of_bytes("bag/empty", b"")]))
    unzip = shutil.which("unzip")
    assert unzip, "unzip is needed: apt-get install unzip"
    told = subprocess.run([unzip, "-t", str(tmp_path / "bag.zip")], capture_output=True, check=False)
    assert told.returncode == 0, told.stdout


@pytest.mark.parametrize("size", [2**32 - 2, 2**32 - 1, 2**32, 2**32 + 5])
def test_four_gigabytes_and_more_get_wide_fields_and_the_length_still_fits(size):
    # The bytes are not made: a directory that points to the right places is what 4 GiB may break.
    entries = [Entry("a/large", size, 0, lambda: ()), of_bytes("a/after", b"words")]
    head, tail = zipped._local(entries[0], AT), zipped._local(entries[1], AT) + b"words"
    place = len(head) + size
    directory = zipped._central(entries[0], 0, AT) + zipped._central(entries[1], place, AT)
    ends = zipped._ends(2, len(directory), place + len(tail))
    assert zipped.length(entries) == place + len(tail) + len(directory) + len(ends)
    assert (b"PK\x06\x06" in ends) == (place + len(tail) >= 2**32 - 1)
    assert (len(zipped._wide(entries[0], None)) > 0) == (size >= 2**32 - 1)


@pytest.mark.prove
@pytest.mark.timeout(900)
def test_more_than_four_gigabytes_are_read_by_python_and_unzip(tmp_path):
    piece = bytes(16 * 1024 * 1024)
    count, crc = 257, 0
    for _number in range(count):
        crc = zlib.crc32(piece, crc)
    entries = [
        Entry("a/large", count * len(piece), crc, lambda: (piece for _number in range(count))),
        of_bytes("a/after", b"words"),
    ]
    target = tmp_path / "large.zip"
    with target.open("wb") as file:
        for part in zipped.stream(entries, at=AT):
            file.write(part) if part is not piece else file.seek(len(piece), 1)
    assert target.stat().st_size == zipped.length(entries)
    with zipfile.ZipFile(target) as found:
        assert found.read("a/after") == b"words"
        assert found.getinfo("a/large").file_size == count * len(piece)
    told = subprocess.run([shutil.which("unzip") or "unzip", "-tq", str(target)], capture_output=True, check=False)
    assert told.returncode == 0, told.stdout


def test_many_files_get_the_wide_end():
    entries = [of_bytes(f"a/{number}", b"") for number in range(65_536)]
    packed = written(entries)
    assert len(packed) == zipped.length(entries)
    with zipfile.ZipFile(io.BytesIO(packed)) as found:
        assert len(found.namelist()) == 65_536


@pytest.mark.parametrize("sent", [b"shor", b"longer", b"other"])
def test_what_is_not_as_announced_breaks_off(sent):
    entry = Entry("a", 5, zlib.crc32(b"words"), lambda: (sent,))
    with pytest.raises(Changed):
        written([entry])


@given(names)
def test_no_two_names_meet_and_each_can_be_written_anywhere(given):
    taken = Taken()
    paths = [taken.path("data/originals/IN-1/001", name, ".age") for name in given]
    assert len({unicodedata.normalize("NFC", path).casefold() for path in paths}) == len(paths)
    for path in paths:
        last = path.rpartition("/")[2]
        assert path.count("/") == 4
        assert last.isprintable()
        assert not set(last) & set('<>:"\\|?*%~')
        assert len(safe(last).encode()) <= MOST


@given(st.lists(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Z", "S"]), max_size=200), max_size=4))
def test_the_verifier_knows_every_file_by_the_name_that_it_lies_under(given):
    taken = Taken()
    for name in [
        *given,
        *given,
        "photo.jpg",
        "photo.jpg",
        "photo-2.jpg",
        "ж" * 100 + ".pdf",
        "ж" * 100 + ".pdf",
        "x" * 150,
    ]:
        last = taken.path("data/originals/IN-1/001", name, ".age").rpartition("/")[2]
        assert verify._stands_for(last.removesuffix(".age"), name), (last, name)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("words.txt", "photo.jpg"),
        ("photo.jpg.txt", "photo.jpg"),
        ("photo", "photo.jpg"),
        ("phot.jpg", "photo.jpg"),
        ("", "photo.jpg"),
        ("photo.exe", "photo" * 40 + ".jpg"),
        ("other.jpg", "photo" * 40 + ".jpg"),
        ("photo-2-confession.jpg", "photo.jpg"),
    ],
)
def test_the_verifier_takes_no_other_name_for_a_file_s_own(given, name):
    assert not verify._stands_for(given, name)


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("CON.txt", "_CON.txt"),
        ("a%0Ab", "a_0Ab"),
        ("ends. ", "ends"),
        ("ж" * 100 + ".pdf", "ж" * 58 + ".pdf"),
        ("\u202egpj.exe", "_gpj.exe"),
        ("...", "file"),
    ],
)
def test_names_that_lead_elsewhere_are_made_plain(name, clean):
    assert safe(name) == clean


MASK = Mask({"Асқар Тестов": "P-1", "Aliya Nur": "P-2"})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Askar Testov was beaten", "P-1 was beaten"),
        ("Рентген Тестова, у Тестовым", "Рентген P-1, у P-1"),
        ("АСҚАР ТЕСТОВ", "P-1"),
        ("testov_xray.jpg", "P-1_xray.jpg"),
        ("Асқардың сөзі; Aliya said", "P-1 сөзі; P-2 said"),
        ("А\u0301сқар Те\u0301стов; Аs\u0301kar", "P-1; P-1"),
        ("Тес\u200bтов, Тес\u00adтовым, Aliya\u2060 \u200bN\U000e0020ur", "P-1, P-1, P-2"),
        ("Nurse Nurlan", "Nurse Nurlan"),
        ("Же\u0301ня и Тестер\u200b пришли", "Же\u0301ня и Тестер\u200b пришли"),
        ("nobody here", "nobody here"),
    ],
)
def test_names_are_found_under_their_spellings_and_endings(text, told):
    assert MASK.over(text) == told


def test_a_letter_that_is_written_with_a_mark_is_the_same_letter_however_it_is_stored():
    mask = Mask({"Сергей Йо\u0301лкин": "P-1", "Ерлан Кӯшӣ": "P-2"})
    for form in ("NFC", "NFD"):
        assert mask.over(unicodedata.normalize(form, "Сергей, Йолкин; Кӯшӣ, Куши")) == "P-1, P-1; P-2, P-2"
    assert mask.over("Сергеи\u0306") == "P-1"
