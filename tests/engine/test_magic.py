"""The first bytes: what is certainly no recording is known by them, and no recording is taken for something else."""

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests import speech
from transcriptions.engine.magic import HEAD_BYTES, NoRecording, refuse_by_head, what_else


def archive(kind: str) -> bytes:
    whole = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(whole, "w") as file:
            file.writestr("a.wav", b"RIFF")
    else:
        with tarfile.open(fileobj=whole, mode="w") as file:
            file.addfile(tarfile.TarInfo("a.wav"))
    return whole.getvalue()


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (b"#EXTM3U\n#EXTINF:10,\n/etc/passwd\n", "playlist"),
        (b"\xef\xbb\xbf#EXTM3U\r\nhttp://127.0.0.1/a.ts\r\n", "playlist"),
        (b"ffconcat version 1.0\nfile '/etc/passwd'\n", "playlist"),
        (b"[playlist]\nFile1=http://127.0.0.1/\n", "playlist"),
        (b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=audio 9 RTP/AVP 0\r\n", "playlist"),
        (b'<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"/>', "playlist"),
        ("#EXTM3U\nhttp://127.0.0.1/\n".encode("utf-16"), "playlist"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "picture"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(100), "picture"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "picture"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(100), "picture"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(100), "picture"),
        (b"%PDF-1.7\n" + bytes(100), "document"),
        (b"Dear Sir or Madam,\n", "document"),
        (b"Prezada senhora,\n" + "não é áudio\n".encode() * 1000, "document"),
        (b"#!/bin/sh\nrm -rf /\n", "program"),
        (b"\x7fELF" + bytes(100), "program"),
        (b"MZ" + bytes(58) + b"\x40\x00\x00\x00" + b"PE\x00\x00" + bytes(100), "program"),
        # Named, for they hold the time when they were made: two processes would call them otherwise.
        pytest.param(gzip.compress(b"x"), "archive", id="gzip"),
        pytest.param(archive("zip"), "archive", id="zip"),
        pytest.param(archive("tar"), "archive", id="tar"),
    ],
)
def test_it_is_named(head: bytes, code: str) -> None:
    assert what_else(head[:HEAD_BYTES]) == code
    with pytest.raises(NoRecording) as caught:
        refuse_by_head(head[:HEAD_BYTES])
    assert caught.value.code == code


@pytest.mark.parametrize("head", [b"", b"\x00" * HEAD_BYTES, b"#!AMR\n\x3c\x91\x17\x16\xbe\x66", b"MZ\xff\xfb\x90\x00"])
def test_what_is_not_certain_is_left_to_the_next_look(head: bytes) -> None:
    assert what_else(head) == ""
    refuse_by_head(head)


@pytest.mark.parametrize(
    "ending", ["wav", "mp3", "m4a", "ogg", "flac", "webm", "mkv", "ts", "aac", "aiff", "avi", "wma"]
)
def test_recordings_pass(ending: str, spoken: Path, tmp_path: Path) -> None:
    file = speech.convert(spoken, tmp_path / f"spoken.{ending}")
    assert what_else(file.read_bytes()[:HEAD_BYTES]) == ""
