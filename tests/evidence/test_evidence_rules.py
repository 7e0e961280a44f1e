"""Names, kinds and ranges, without a file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.evidence import rules

NAMES = [
    ("photo.jpg", "photo.jpg"),
    ("../../etc/passwd", "passwd"),
    ("C:\\Users\\dana\\снимок.jpg", "снимок.jpg"),
    ("/var/tmp/", "file"),
    ("..", "file"),
    ("", "file"),
    (None, "file"),
    (".htaccess", "htaccess"),
    ("a\r\nSet-Cookie: x=1.jpg", "aSet-Cookie: x=1.jpg"),
    ("a\x00b\x1f.pdf", "ab.pdf"),
    ("photo\u202egpj.exe", "photogpj.exe"),
    ("a\u2066b\u200bc\ufeff.txt", "abc.txt"),
    ("one\u2028two\u2029.txt", "onetwo.txt"),
    ("и\u0306.txt", "й.txt"),
    ("а" * 300, "а" * 200),
    ("а" * 300 + ".jpeg", "а" * 195 + ".jpeg"),
    ("a." + "b" * 300, "a." + "b" * 198),
    ("Қазақша ән — №1 (қосымша).mp3", "Қазақша ән — №1 (қосымша).mp3"),
]


@pytest.mark.parametrize(("given", "kept"), NAMES)
def test_a_name_is_cleaned_of_paths_and_marks_and_kept_otherwise(given, kept):
    assert rules.clean_name(given) == kept


@given(st.text(max_size=400))
def test_no_name_leaves_its_folder_or_breaks_a_line(name):
    kept = rules.clean_name(name)
    assert 0 < len(kept) <= rules.LONGEST_NAME
    assert not set("/\\\r\n\0") & set(kept)
    assert kept not in {".", ".."}
    assert rules.clean_name(kept)


FITS = [
    ("photo.jpg", "image/jpeg", True),
    ("photo.jpg", "application/x-dosexec", False),
    ("photo.jpg", "text/html", False),
    ("photo.jpg", "text/plain", False),
    ("scan.pdf", "application/zip", False),
    ("note.txt", "text/plain", True),
    ("table.csv", "text/plain", True),
    ("page.html", "text/plain", True),
    ("drawing.svg", "text/plain", True),
    ("clip.mov", "video/mp4", True),
    ("voice.wav", "audio/x-wav", True),
    ("archive.zip", "application/zip", True),
    ("no ending", "application/x-dosexec", True),
    ("unheard.of-ending", "image/png", True),
    ("run.exe", "application/pdf", False),
]


@pytest.mark.parametrize(("name", "kind", "agree"), FITS)
def test_a_name_that_promises_another_kind_is_told(name, kind, agree):
    assert rules.fits(name, kind) is agree


@pytest.mark.parametrize(
    "kind", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "text/plain", "application/javascript"]
)
def test_nothing_that_can_hold_a_script_is_shown_by_the_browser(kind):
    assert not rules.may_be_shown(kind)


@pytest.mark.parametrize(
    ("kind", "family"),
    [("image/png", "image"), ("application/pdf", "pdf"), ("text/csv", "text"), ("application/zip", "other")],
)
def test_kinds_have_families(kind, family):
    assert rules.kind_of(kind) == family


RANGES = [
    (None, None),
    ("bytes=0-", (0, 100)),
    ("bytes=0-0", (0, 1)),
    ("bytes=10-19", (10, 20)),
    ("bytes=90-500", (90, 100)),
    ("bytes=-10", (90, 100)),
    ("bytes=-500", (0, 100)),
    ("bytes=0-1,5-6", None),
    ("bytes=", None),
    ("bytes=-", None),
    ("bytes=9-3", None),
    ("lines=1-2", None),
    ("bytes=a-b", None),
]


@pytest.mark.parametrize(("header", "span"), RANGES)
def test_a_range_is_read_as_the_protocol_says(header, span):
    assert rules.byte_range(header, 100) == span


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=500-600", "bytes=-0", "bytes=" + "9" * 5000 + "-"])
def test_a_range_outside_the_file_is_refused(header):
    with pytest.raises(ValueError):
        rules.byte_range(header, 100)
