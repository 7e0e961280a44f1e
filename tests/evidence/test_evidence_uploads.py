"""A form with files is read as it arrives, whatever the network makes of its pieces."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.formparser import parse_form_data
from werkzeug.test import EnvironBuilder

from caseflow.evidence import uploads
from caseflow.evidence.uploads import FormParts, Whole
from tests.evidence.sending import BOUNDARY, MIB, encoded


class Trickle:
    """A body that comes in pieces of a few bytes."""

    def __init__(self, body, sizes):
        self._body, self._sizes, self._turn = io.BytesIO(body), sizes, 0

    def read(self, size):
        self._turn += 1
        return self._body.read(min(size, self._sizes[self._turn % len(self._sizes)]))


def walked(body, sizes=(MIB,), boundary=BOUNDARY, piece=MIB):
    """Return the fields and files of a body, read as the room reads it."""
    parts = FormParts(Trickle(body, sizes), boundary)
    files = []
    for sent in parts.files():
        content = b""
        while data := sent.read(piece):
            content += data
        files.append((sent.name, sent.filename, content))
    return list(parts.fields.items()), files


def test_fields_are_known_before_the_file_after_them_is_read():
    body = encoded([("csrf_token", "t"), ("title", "Фото")], [("files", "a.jpg", b"x" * 10), ("files", "b.jpg", b"")])
    parts = FormParts(io.BytesIO(body), BOUNDARY)
    first = next(parts.files())
    assert parts.fields == {"csrf_token": "t", "title": "Фото"}
    assert (first.filename, first.read(4), first.read(100), first.read(100)) == ("a.jpg", b"xxxx", b"x" * 6, b"")


def test_a_file_that_nobody_reads_is_skipped():
    body = encoded([], [("files", "a", b"x" * 3 * MIB), ("files", "b", b"second")])
    assert [sent.filename for sent in FormParts(io.BytesIO(body), BOUNDARY).files()] == ["a", "b"]


def test_a_field_after_a_file_is_read_too():
    body = encoded([], [("files", "a", b"content")]).removesuffix(f"--{BOUNDARY}--\r\n".encode())
    body += encoded([("later", "1")], [])
    assert walked(body) == ([("later", "1")], [("files", "a", b"content")])


HARD = [
    b"",
    b"\r\n",
    b"\r",
    b"--",
    b"\r\n--",
    b"\r\n--" + BOUNDARY.encode()[:-1],
    b"\r\n--" + BOUNDARY.encode() + b"x",
    b"\r\n--" + BOUNDARY.encode() + b"-",
    b"\r\n--" + BOUNDARY.encode() + b" " * 70 + b"\r\n",
    b"\n--" + BOUNDARY.encode() + b"--\n",
    b"a\r\n\r\n--b\r\n",
    (b"\r\n--" + BOUNDARY.encode() + b"?") * 50,
]


@pytest.mark.parametrize("content", HARD)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 40, MIB])
def test_content_that_looks_like_a_boundary_comes_through_whole(content, size):
    body = encoded([("a", "1")], [("files", "one", content), ("files", "two", content + b"end")])
    assert walked(body, (size,))[1] == [("files", "one", content), ("files", "two", content + b"end")]


pieces = st.lists(
    st.one_of(
        st.binary(max_size=60),
        st.sampled_from([b"\r\n", b"\r", b"\n", b"--", b"\r\n--", b"\r\n--" + BOUNDARY.encode() + b"x", b"B" * 200]),
    ),
    max_size=8,
).map(b"".join)
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=30)
plain = words.filter(lambda text: not set('"\\%') & set(text))


@given(
    fields=st.dictionaries(plain.filter(bool), words, max_size=4),
    files=st.lists(st.tuples(plain.filter(bool), plain.filter(bool), pieces), max_size=4),
    sizes=st.lists(st.integers(1, 90), min_size=1, max_size=6),
    piece=st.integers(1, 200),
)
def test_what_a_browser_encodes_is_what_is_read_however_it_is_cut(fields, files, sizes, piece):
    body = encoded(fields.items(), files)
    assert walked(body, sizes, piece=piece) == (list(fields.items()), files)


@given(files=st.lists(pieces, min_size=1, max_size=3), sizes=st.lists(st.integers(1, 50), min_size=1, max_size=4))
def test_it_reads_what_the_parser_of_the_framework_reads(files, sizes):
    body = encoded([("title", "x")], [("files", f"{n}.bin", content) for n, content in enumerate(files)])
    builder = EnvironBuilder(
        method="POST", input_stream=io.BytesIO(body), content_type=f"multipart/form-data; boundary={BOUNDARY}",
        content_length=len(body),
    )  # fmt: skip
    _stream, form, uploaded = parse_form_data(builder.get_environ())
    expected = [("files", one.filename, one.read()) for one in uploaded.getlist("files")]
    for one in uploaded.getlist("files"):
        one.close()
    builder.close()
    assert walked(body, sizes) == (list(form.items()), expected)


@pytest.mark.parametrize("cut", [1, 3, 20, 40, 60, 100, 200])
def test_a_body_that_ends_too_early_is_told_from_a_whole_one(cut):
    body = encoded([("a", "1")], [("files", "one", b"x" * 100)])
    with pytest.raises(EOFError):
        walked(body[: -min(cut, len(body) - 1) - 2], (17,))


@given(st.data())
def test_no_beginning_of_a_form_is_taken_for_a_form(data):
    body = encoded([("a", "1")], [("files", "one", b"x" * 30)])
    end = len(body) - 2  # without the last line break it is a form still
    with pytest.raises((EOFError, BadRequest)):
        walked(body[: data.draw(st.integers(0, end - 1))], (data.draw(st.integers(1, 40)),))


@pytest.mark.parametrize("boundary", ["", "ж", "b" * 300])
def test_a_boundary_that_is_none_is_refused(boundary):
    with pytest.raises(BadRequest):
        FormParts(io.BytesIO(b""), boundary)


def test_a_part_without_a_name_of_its_own_is_no_form():
    body = f"--{BOUNDARY}\r\nX-Other: 1\r\n\r\nx\r\n--{BOUNDARY}--\r\n".encode()
    with pytest.raises(BadRequest):
        walked(body)


def test_a_field_that_is_longer_than_any_text_is_refused():
    with pytest.raises(RequestEntityTooLarge):
        walked(encoded([("a", "x" * (uploads.FIELD_BYTES + 1))], []))


def test_more_parts_than_any_form_has_are_refused():
    with pytest.raises(RequestEntityTooLarge):
        walked(encoded([(f"f{n}", "") for n in range(uploads.MOST_PARTS + 1)], []))


def test_a_head_without_end_is_not_kept_in_memory():
    endless = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="a"\r\nX: '.encode() + b"x" * 20 * MIB
    with pytest.raises(RequestEntityTooLarge):
        walked(endless)


def test_bytes_after_the_last_boundary_are_ignored():
    body = encoded([("a", "1")], [("files", "one", b"x")])
    assert walked(body + b"something a proxy added")[1] == [("files", "one", b"x")]


@pytest.mark.parametrize(("content", "length"), [(b"abc", 3), (b"abc", None), (b"", 0)])
def test_a_raw_body_with_all_its_bytes_is_whole(content, length):
    assert Whole(io.BytesIO(content), length).read(10) == content


def test_a_raw_body_that_lacks_a_byte_is_not_taken_for_a_whole_one():
    whole = Whole(io.BytesIO(b"abc"), 4)
    assert whole.read(10) == b"abc"
    with pytest.raises(EOFError):
        whole.read(10)
