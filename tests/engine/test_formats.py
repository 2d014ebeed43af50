"""Files to take away: right times, nothing in a text can break out of its cue."""

import json

import pytest

from transcriptions.engine.formats import FORMATS, Heading
from transcriptions.engine.values import Segment, Word

HEADING = Heading("pt", 3723.5, "base")
SEGMENTS = [
    Segment(0.0, 1.5, "Olá,\nmundo <i>ção</i> & --> 日本 🎉"),
    Segment(3661.0404, 3723.4996, "second", words=(Word(3661.1, 3661.9, " second", 0.9),)),
]


def write(name: str) -> str:
    return "".join(FORMATS[name].write(HEADING, iter(SEGMENTS)))


def test_txt() -> None:
    assert write("txt") == "Olá, mundo <i>ção</i> & --> 日本 🎉\nsecond\n"


def test_srt() -> None:
    assert write("srt") == (
        "1\n00:00:00,000 --> 00:00:01,500\nOlá, mundo <i>ção</i> & → 日本 🎉\n\n"
        "2\n01:01:01,040 --> 01:02:03,500\nsecond\n\n"
    )


def test_vtt() -> None:
    assert write("vtt") == (
        "WEBVTT\nLanguage: pt\n\n"
        "00:00:00.000 --> 00:00:01.500\nOlá, mundo &lt;i&gt;ção&lt;/i&gt; &amp; --&gt; 日本 🎉\n\n"
        "01:01:01.040 --> 01:02:03.500\nsecond\n\n"
    )


def test_json() -> None:
    read = json.loads(write("json"))
    assert (read["language"], read["duration"], read["model"]) == ("pt", 3723.5, "base")
    assert [segment["text"] for segment in read["segments"]] == [segment.text for segment in SEGMENTS]
    assert "words" not in read["segments"][0]
    assert read["segments"][1]["words"] == [{"start": 3661.1, "end": 3661.9, "text": " second", "probability": 0.9}]


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_transcript_is_a_valid_file(name: str) -> None:
    written = "".join(FORMATS[name].write(Heading(), []))
    assert written == {"txt": "", "srt": "", "vtt": "WEBVTT\n\n"}.get(name, written)
    if name == "json":
        assert json.loads(written)["segments"] == []
