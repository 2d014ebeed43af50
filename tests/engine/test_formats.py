"""Files to take away: right times, nothing in a text can break out of its cue, and other programs read them."""

import html
import json
from datetime import timedelta

import pysubs2
import pytest
import srt
import webvtt

from tests.engine.test_cues import CITY, HISTORY, say
from transcriptions.engine.cues import captions
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
        "1\n00:00:00,000 --> 00:00:01,750\nOlá, mundo <i>ção</i> & → 日本 🎉\n\n"
        "2\n01:01:01,100 --> 01:01:02,100\nsecond\n\n"
    )


def test_vtt() -> None:
    assert write("vtt") == (
        "WEBVTT\nLanguage: pt\n\n"
        "00:00:00.000 --> 00:00:01.750\nOlá, mundo &lt;i&gt;ção&lt;/i&gt; &amp; --&gt; 日本 🎉\n\n"
        "01:01:01.100 --> 01:01:02.100\nsecond\n\n"
    )


@pytest.mark.parametrize("name", ["srt", "vtt"])
def test_subtitles_have_lines_and_cues_of_their_own(name: str) -> None:
    words = tuple(say("Then the night porter of the hotel locked the heavy door. Nobody came back."))
    segment = Segment(0.0, 6.0, "".join(word.text for word in words).strip(), words=words)
    written = "".join(FORMATS[name].write(Heading("en"), [segment]))
    assert "\nThen the night porter of the hotel\nlocked the heavy door.\n\n" in written
    assert written.endswith("\nNobody came back.\n\n")


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


# What a subtitle file has to carry, as (start, end, text) in milliseconds: read back by programs that are not ours.
Read = list[tuple[int, int, str]]
RECORDINGS = {
    "en": [Segment(3661.0404, 3690.0, HISTORY, words=tuple(say(HISTORY, start=3661.0404)))],
    "pt": [Segment(0.0, 24.0, CITY), Segment(24.0, 25.5, "Fim & <b>ponto</b> &amp; 1 < 2 --> 3.")],
    "zh": [Segment(0.0, 8.0, "它开始于一九五六年的达特茅斯会议，当时有很多科学家参加了这个会议。")],
    "ar": [Segment(1.5, 6.0, "صباح الخير جميعا، اليوم سنتحدث عن تاريخ الذكاء الاصطناعي.")],
    "": [Segment(0.0, 1.0, "2024"), Segment(3.0, 4.0, "1\n\n00:00:09,000 --> x"), Segment(9, 10, "ok")],
}


def laid_out(language: str) -> Read:
    found = captions(RECORDINGS[language], language)
    return [(round(cue.start * 1000), round(cue.end * 1000), "\n".join(cue.lines)) for cue in found]


def read_by_srt(text: str) -> Read:
    millisecond = timedelta(milliseconds=1)
    return [(cue.start // millisecond, cue.end // millisecond, cue.content) for cue in srt.parse(text)]


def read_by_pysubs2(text: str, name: str) -> Read:
    cues = pysubs2.SSAFile.from_string(text, format_=name, keep_html_tags=True)
    return [(cue.start, cue.end, cue.text.replace("\\N", "\n")) for cue in cues]


def read_by_webvtt(text: str) -> Read:
    cues = webvtt.from_string(text, strict=True).captions
    return [(cue.start_time.in_milliseconds(), cue.end_time.in_milliseconds(), cue.text) for cue in cues]


def unescaped(read: Read) -> Read:
    """Both readers of VTT leave its character references as they are; a browser does not."""
    return [(start, end, html.unescape(text)) for start, end, text in read]


@pytest.mark.parametrize("language", RECORDINGS)
def test_srt_is_read_back_by_other_programs(language: str) -> None:
    written = "".join(FORMATS["srt"].write(Heading(language), RECORDINGS[language]))
    expected = [(start, end, text.replace("-->", "→")) for start, end, text in laid_out(language)]
    assert expected
    assert read_by_srt(written) == expected
    assert read_by_pysubs2(written, "srt") == expected


@pytest.mark.parametrize("language", RECORDINGS)
def test_vtt_is_read_back_by_other_programs(language: str) -> None:
    written = "".join(FORMATS["vtt"].write(Heading(language), RECORDINGS[language]))
    assert unescaped(read_by_webvtt(written)) == laid_out(language)
    assert unescaped(read_by_pysubs2(written, "vtt")) == laid_out(language)
