"""A multipart form, taken apart while it arrives: the same form however the network cuts it."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.uploads import forms
from transcriptions.uploads.form import FIELD_BYTES, FIELD_OVERHEAD_BYTES, Form, FormError

# Content that looks like the end of its part, but is not.
TRICKY = b"\r\n--" + forms.BOUNDARY.encode()[:-1] + b"\r\n\r\n--\r\n--" + forms.BOUNDARY.encode()[:4] + b"\r"


def read(body: Iterable[bytes], folder: Path, *, max_files: int = 10) -> Form:
    form = Form(forms.BOUNDARY, folder, max_files=max_files)
    try:
        for piece in body:
            form.write(piece)
    except BaseException:
        form.abandon()
        raise
    form.close()
    return form


def refused(body: Iterable[bytes], folder: Path, **options: Any) -> str:
    with pytest.raises(FormError) as caught:
        read(body, folder, **options)
    return caught.value.code


def test_fields_and_files_come_out(tmp_path: Path) -> None:
    content = os.urandom(300_000)
    body = forms.body([("language", None, b"pt"), ("files", "a.mp3", content), ("files", "b.wav", TRICKY)])
    form = read(forms.pieces(body, 1000), tmp_path)
    assert form.fields == [("language", "pt")]
    assert [(file.name, file.path.read_bytes()) for file in form.files] == [("a.mp3", content), ("b.wav", TRICKY)]
    assert [file.size_bytes for file in form.files] == [300_000, len(TRICKY)]
    assert [file.sha256 for file in form.files] == [hashlib.sha256(each).hexdigest() for each in (content, TRICKY)]
    assert {file.path.parent for file in form.files} == {tmp_path}


def test_it_does_not_matter_where_the_network_cuts(tmp_path: Path) -> None:
    body = forms.body([("language", None, "ção".encode()), ("files", "ü.mp3", TRICKY)])
    for cut in range(len(body) + 1):
        form = read((body[:cut], body[cut:]), tmp_path)
        assert form.fields == [("language", "ção")]
        assert [(file.name, file.path.read_bytes()) for file in form.files] == [("ü.mp3", TRICKY)]


def test_it_comes_byte_by_byte(tmp_path: Path) -> None:
    form = read(forms.pieces(forms.body([("files", "a.mp3", TRICKY)]), 1), tmp_path)
    assert [file.path.read_bytes() for file in form.files] == [TRICKY]


PIECES_OF_CONTENT = st.sampled_from([b"\r", b"\n", b"-", b"--", forms.BOUNDARY.encode()[:9], TRICKY]) | st.binary()
CONTENT = st.lists(PIECES_OF_CONTENT, max_size=12).map(b"".join).filter(lambda c: forms.BOUNDARY.encode() not in c)


@settings(max_examples=100, deadline=None, database=None)
@given(contents=st.lists(CONTENT, min_size=1, max_size=4), size=st.integers(1, 64))
def test_whatever_is_in_a_file_comes_out(contents: list[bytes], size: int) -> None:
    body = forms.body([("files", f"{number}.bin", content) for number, content in enumerate(contents)])
    with tempfile.TemporaryDirectory() as folder:
        form = read(forms.pieces(body, size), Path(folder))
        assert [file.path.read_bytes() for file in form.files] == contents
        assert [file.sha256 for file in form.files] == [hashlib.sha256(content).hexdigest() for content in contents]


@settings(max_examples=200, deadline=None, database=None)
@given(rubbish=st.binary(max_size=300), size=st.integers(1, 64))
def test_rubbish_is_refused_or_taken_but_never_crashes(rubbish: bytes, size: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for body in (rubbish, b"--" + forms.BOUNDARY.encode() + b"\r\n" + rubbish):
            assert refused(forms.pieces(body, size), Path(folder)) == "broken_upload"


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("Reunião nº 3 — 会議.mp3", "Reunião nº 3 — 会議.mp3"),
        ('say "hello".mp3', "say %22hello%22.mp3"),
        ("two words; filename=x.mp3", "two words; filename=x.mp3"),
        ("../../etc/passwd", "../../etc/passwd"),  # whoever uses it cleans it; no path is made of it
    ],
)
def test_the_senders_name_is_kept_but_never_used_as_a_path(tmp_path: Path, sent: str, name: str) -> None:
    (file,) = read([forms.body([("files", sent, b"x")])], tmp_path).files
    assert file.name == name
    assert file.path.parent == tmp_path
    assert [each.name for each in tmp_path.iterdir()] == ["0"]


def test_an_escaped_quote_belongs_to_the_name(tmp_path: Path) -> None:
    """As curl and older browsers write it."""
    body = forms.body([("files", "a.mp3", b"x")]).replace(b'filename="a.mp3"', rb'filename="a \"b\" c.mp3"')
    assert [file.name for file in read([body], tmp_path).files] == ['a "b" c.mp3']


def test_bytes_that_are_no_utf_8_are_a_name_too(tmp_path: Path) -> None:
    body = forms.body([("files", "a.mp3", b"x")]).replace(b"a.mp3", b"a\xff.mp3")
    assert [file.name for file in read([body], tmp_path).files] == ["a�.mp3"]


def test_where_no_file_was_chosen_there_is_none(tmp_path: Path) -> None:
    form = read([forms.body([("files", "", b""), ("language", None, b"")])], tmp_path)
    assert (form.files, form.fields) == ([], [("language", "")])


def test_an_empty_file_is_a_file(tmp_path: Path) -> None:
    (file,) = read([forms.body([("files", "a.mp3", b"")])], tmp_path).files
    assert (file.name, file.size_bytes, file.sha256) == ("a.mp3", 0, hashlib.sha256().hexdigest())


def test_a_form_without_its_last_boundary_is_broken(tmp_path: Path) -> None:
    body = forms.body([("language", None, b"pt"), ("files", "a.mp3", b"x" * 100)])
    for end in range(len(body) - len("--\r\n")):
        assert refused([body[:end]], tmp_path) == "broken_upload"


@pytest.mark.parametrize("boundary", ["x" * 257, "ÿ€"])
def test_a_boundary_nobody_may_choose_is_broken(tmp_path: Path, boundary: str) -> None:
    with pytest.raises(FormError) as caught:
        Form(boundary, tmp_path, max_files=1)
    assert caught.value.code == "broken_upload"


def test_too_many_files_are_refused_before_the_one_too_many_is_written(tmp_path: Path) -> None:
    parts: list[forms.Part] = [("files", f"{number}.mp3", b"x") for number in range(4)]
    assert len(read([forms.body(parts[:3])], tmp_path, max_files=3).files) == 3
    assert refused([forms.body(parts)], tmp_path, max_files=3) == "too_many_files"
    assert len(list(tmp_path.iterdir())) == 3


def test_fields_are_small(tmp_path: Path) -> None:
    assert read([forms.body([("a", None, b"x" * (FIELD_BYTES - FIELD_OVERHEAD_BYTES - 1))])], tmp_path).fields
    assert (
        refused([forms.body([("a", None, b"x" * (FIELD_BYTES - FIELD_OVERHEAD_BYTES))])], tmp_path) == "broken_upload"
    )
    halves: list[forms.Part] = [(name, None, b"x" * (FIELD_BYTES // 2 + 1)) for name in "ab"]
    assert refused([forms.body(halves)], tmp_path) == "broken_upload"


def test_countless_empty_fields_are_not_small(tmp_path: Path) -> None:
    parts: list[forms.Part] = [(f"field{number}", None, b"") for number in range(FIELD_BYTES)]
    assert refused(forms.pieces(forms.body(parts), 65_536), tmp_path) == "broken_upload"


def test_a_header_is_small(tmp_path: Path) -> None:
    assert refused([forms.body([("files", "x" * 10_000, b"x")])], tmp_path) == "broken_upload"


@pytest.mark.parametrize(
    ("content", "size"),
    [(b"x", 1000), (b"x" * 100_000, 100_000), (b"x" * 100_000, 1000)],
    ids=["noticed at the end", "noticed at once", "noticed when the buffer is full"],
)
def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, size: int) -> None:
    """/dev/full is a real full disk: it takes nothing."""
    opened = Path.open
    monkeypatch.setattr(Path, "open", lambda path, *arguments: opened(Path("/dev/full"), *arguments))
    body = forms.pieces(forms.body([("files", "a.mp3", content)]), size)
    assert refused(body, tmp_path) == "no_space"


def test_any_other_trouble_with_the_disk_is_not_hidden(tmp_path: Path) -> None:
    form = Form(forms.BOUNDARY, tmp_path / "gone", max_files=1)
    with pytest.raises(FileNotFoundError):
        form.write(forms.body([("files", "a.mp3", b"x")]))
