"""Files to take away: right times, nothing in a text can break out of its cue, and other programs read them."""

import csv
import html
import io
import json
import subprocess
from collections.abc import Sequence
from dataclasses import fields
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pysubs2
import pytest
import srt
import webvtt
from jsonschema import Draft202012Validator

from tests.engine.test_cues import CITY, HISTORY, say
from transcriptions import configuration
from transcriptions.engine.cues import captions
from transcriptions.engine.formats import FORMATS
from transcriptions.engine.shape import USUAL, Flow, Shape
from transcriptions.engine.subtitles import ASS_HEAD
from transcriptions.engine.values import Heading, Segment, Word

SCHEMA = Path(__file__).parents[2] / "docs/transcript.schema.json"
HEADING = Heading("pt", 3723.5, "base")
SEGMENTS = [
    Segment(0.0, 1.5, "Olá,\nmundo <i>ção</i> & --> 日本 🎉"),
    Segment(3661.0404, 3723.4996, "second", words=(Word(3661.1, 3661.9, " second", 0.9),)),
]


def write(name: str, shape: Shape = USUAL, segments: Sequence[Segment] = SEGMENTS, heading: Heading = HEADING) -> str:
    return b"".join(FORMATS[name].write(heading, iter(segments), shape)).decode()


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
    written = write(name, segments=[segment], heading=Heading("en"))
    assert "\nThen the night porter of the hotel\nlocked the heavy door.\n\n" in written
    assert written.endswith("\nNobody came back.\n\n")


def test_json() -> None:
    read = json.loads(write("json"))
    assert (read["language"], read["duration"], read["model"]) == ("pt", 3723.5, "base")
    assert [segment["text"] for segment in read["segments"]] == [segment.text for segment in SEGMENTS]
    assert "words" not in read["segments"][0]
    assert read["segments"][1]["words"] == [{"start": 3661.1, "end": 3661.9, "text": " second", "probability": 0.9}]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("txt", ""),
        ("srt", ""),
        ("vtt", "WEBVTT\n\n"),
        ("lrc", ""),
        ("csv", "\ufeffstart,end,speaker,text\r\n"),
        ("tsv", "start\tend\tspeaker\ttext\r\n"),
        ("ass", ASS_HEAD),
    ],
)
def test_an_empty_transcript_is_a_valid_file(name: str, expected: str) -> None:
    assert write(name, segments=[], heading=Heading()) == expected


def test_other_programs_find_nothing_in_an_empty_one() -> None:
    assert read_by_pysubs2(write("ass", segments=[]), "ass") == []
    assert read_by_pysubs2(write("ttml", segments=[]), "ttml") == []
    rows = list(csv.reader(io.StringIO(write("tsv", segments=[])), csv.excel_tab))
    assert rows == [["start", "end", "speaker", "text"]]


@pytest.mark.parametrize("text", ["Yes", "会", "🎉"])
def test_one_word_of_ttml_is_read_back(text: str) -> None:
    assert read_by_pysubs2(write("ttml", segments=[Segment(1.0, 2.0, text)]), "ttml") == [(1000, 2000, text)]


@pytest.mark.parametrize("segments", [SEGMENTS, [], [Segment(0.0, 1.0, "Yes")]])
@pytest.mark.parametrize("heading", [HEADING, Heading()])
def test_json_is_as_its_schema_says(segments: list[Segment], heading: Heading) -> None:
    schema = json.loads(SCHEMA.read_text())
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(write("json", segments=segments, heading=heading)))


def test_the_schema_knows_every_field_and_no_other() -> None:
    schema = json.loads(SCHEMA.read_text())
    assert set(schema["properties"]) == set(json.loads(write("json")))
    assert set(schema["$defs"]["segment"]["properties"]) == {field.name for field in fields(Segment)}
    assert set(schema["$defs"]["word"]["properties"]) == {field.name for field in fields(Word)}


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
    written = write("srt", segments=RECORDINGS[language], heading=Heading(language))
    expected = [(start, end, text.replace("-->", "→")) for start, end, text in laid_out(language)]
    assert expected
    assert read_by_srt(written) == expected
    assert read_by_pysubs2(written, "srt") == expected


@pytest.mark.parametrize("language", RECORDINGS)
def test_vtt_is_read_back_by_other_programs(language: str) -> None:
    written = write("vtt", segments=RECORDINGS[language], heading=Heading(language))
    assert unescaped(read_by_webvtt(written)) == laid_out(language)
    assert unescaped(read_by_pysubs2(written, "vtt")) == laid_out(language)


@pytest.mark.parametrize("language", RECORDINGS)
def test_ass_is_read_back_by_another_program(language: str) -> None:
    read = pysubs2.SSAFile.from_string(write("ass", segments=RECORDINGS[language], heading=Heading(language)))
    expected = [(round(start, -1), round(end, -1), text) for start, end, text in laid_out(language)]
    assert [(cue.start, cue.end, cue.plaintext) for cue in read] == expected


@pytest.mark.parametrize("language", RECORDINGS)
def test_ttml_is_read_back_by_another_program(language: str) -> None:
    written = write("ttml", segments=RECORDINGS[language], heading=Heading(language))
    assert read_by_pysubs2(written, "ttml") == laid_out(language)


@pytest.mark.parametrize("name", ["srt", "vtt", "ass", "lrc"])
@pytest.mark.parametrize("text", ["Olá, ção & a > b", "{\\an8}braces", "日本の会議", "صباح الخير", "Party 🎉", "Yes"])
def test_ffmpeg_shows_the_same_text(name: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / f"a.{name}"
    file.write_text(write(name, segments=[Segment(0.0, 2.0, text), Segment(4.0, 6.0, "-->")]))
    made = subprocess.run(
        [configuration.ffmpeg().ffmpeg, "-v", "error", "-i", file, "-f", "ass", "-"], check=True, capture_output=True
    )
    read = [cue.text for cue in pysubs2.SSAFile.from_string(made.stdout.decode())]
    shown = text if name == "srt" else text.replace("{\\", "\\{{}\\\u2060")  # srt has no way to write it
    assert [line for line in read if line] == [shown, "→" if name == "srt" else "-->"]


@pytest.mark.parametrize("name", ["vtt", "ass", "lrc"])
def test_ffmpeg_shows_a_tag_that_was_said(name: str, tmp_path: Path) -> None:
    """In srt it is a command to most players, as everybody writes it; there is no way to say that it is none."""
    file = tmp_path / f"a.{name}"
    file.write_text(write(name, segments=[Segment(0.0, 2.0, "<i>so</i> & <b>")]))
    command = [configuration.ffmpeg().ffmpeg, "-v", "error", "-i", str(file), "-f", "ass", "-"]
    made = subprocess.run(command, check=True, capture_output=True)
    assert [cue.text for cue in pysubs2.SSAFile.from_string(made.stdout.decode()) if cue.text] == ["<i>so</i> & <b>"]


@pytest.mark.parametrize("text", ["<i>&amp; ]]>", "a\x0bb \x01\ufffe c"])
def test_nothing_in_a_text_breaks_xml(text: str) -> None:
    read = ElementTree.fromstring(write("ttml", segments=[Segment(0.0, 2.0, text)]))  # noqa: S314 - our own
    (cue,) = read.iter("{http://www.w3.org/ns/ttml}p")
    assert cue.text == (text if text.isprintable() else "a b  c")


def test_lrc_says_when_nothing_is_said() -> None:
    segments = [Segment(1.0, 3.0, "One two."), Segment(3.2, 5.0, "[00:09.00] x"), Segment(6000.0, 6001.5, "End")]
    assert write("lrc", segments=segments, heading=Heading(title="A [b]")).splitlines() == [
        "[ti:A [b)]",
        "[00:01.00]One two.",
        "[00:03.20]［00:09.00] x",
        "[00:05.00]",
        "[100:00.00]End",
        "[100:01.50]",
    ]


# --- Tables ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "dialect"), [("csv", csv.excel), ("tsv", csv.excel_tab)])
def test_tables_are_read_back(name: str, dialect: type[csv.Dialect]) -> None:
    texts = ['He said "no", then;\tleft', "Olá & 日本 🎉 صباح", "-->", "=1+1", "+1", "@a", "＝1", "-2", "a=b", "1", ""]
    written = write(name, segments=[Segment(at, at + 1.25, text) for at, text in enumerate(texts)])
    assert written.startswith("\ufeff") == (name == "csv")
    head, *rows = csv.reader(io.StringIO(written.removeprefix("\ufeff"), newline=""), dialect)
    assert head == ["start", "end", "speaker", "text"]
    assert [row[:2] for row in rows[:2]] == [["0.000", "1.250"], ["1.000", "2.250"]]
    shown = [" ".join(text.split()) for text in texts]
    assert [row[3] for row in rows] == [f"'{text}" if text[:1] in set("=+-@＝") - {""} else text for text in shown]
    assert written.count("\r\n") == len(texts) + 1


# --- Shapes ----------------------------------------------------------------------------------------------------------
SPOKEN = [
    Segment(0.0, 2.0, "Good  morning."),
    Segment(2.5, 4.0, "Is it late?"),
    Segment(6.1, 8.0, "After a pause."),
    Segment(3661.0, 3663.0, "你好。"),
    Segment(3663.0, 3664.0, "再见。"),
]


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (Shape(times=True), "[00:00:00] Good morning.\n[00:00:02] Is it late?\n[00:00:06] After a pause.\n"),
        (Shape(flow="paragraphs"), "Good morning. Is it late?\n\nAfter a pause.\n\n"),
        (Shape(flow="paragraphs", times=True), "[00:00:00] Good morning. Is it late?\n\n[00:00:06] After a pause.\n\n"),
        (Shape(flow="plain", times=True), "Good morning. Is it late? After a pause."),
    ],
)
def test_txt_as_somebody_wants_it(shape: Shape, expected: str) -> None:
    assert write("txt", shape, SPOKEN).startswith(expected)
    assert "你好。再见。" in write("txt", Shape(flow="plain"), SPOKEN)


def test_a_paragraph_ends_with_a_sentence_once_it_is_long_and_at_last_anywhere() -> None:
    sentences = [Segment(at, at + 1.0, "x" * 98 + ".") for at in range(14)]
    assert [len(text) for text in write("txt", Shape(flow="paragraphs"), sentences).split()] == [99] * 14
    paragraphs = write("txt", Shape(flow="paragraphs"), sentences).strip().split("\n\n")
    assert [len(text) for text in paragraphs] == [699, 699]
    endless = [Segment(at, at + 1.0, "x" * 99) for at in range(16)]
    assert [len(text) for text in write("txt", Shape(flow="paragraphs"), endless).strip().split("\n\n")] == [1599]


@pytest.mark.parametrize("name", FORMATS)
def test_times_can_be_shifted(name: str) -> None:
    if name in {"json", "csv", "srt", "vtt", "ttml"}:
        later = write(name, Shape(offset=1.5), [SPOKEN[0]])
        assert {"json": '"start": 1.5', "csv": "1.500,3.500", "srt": "00:00:01,500 --> 00:00:03,500"}.get(
            name, "00:00:01.500"
        ) in later
    kept = b"".join(FORMATS[name].write(HEADING, SPOKEN, Shape(offset=-3.0)))
    without = b"".join(FORMATS[name].write(HEADING, SPOKEN[1:], Shape(offset=-3.0)))
    assert name in {"docx", "pdf"} or kept == without
    assert b"Good" not in kept


DIALOGUE = [
    Segment(0.0, 1.0, "Good morning.", (Word(0.0, 0.5, " Good", 0.9), Word(0.5, 1.0, " morning.", 0.9)), speaker="Ann"),
    Segment(1.0, 2.0, "All of you.", speaker="Ann"),
    Segment(2.0, 3.0, "Hello.", speaker="=Bob"),
    Segment(3.0, 4.0, "Hm."),
]


@pytest.mark.parametrize(
    ("name", "flow", "expected"),
    [
        ("txt", "lines", "Ann: Good morning.\nAll of you.\n=Bob: Hello.\nHm.\n"),
        ("txt", "paragraphs", "Ann: Good morning. All of you.\n\n=Bob: Hello.\n\nHm.\n\n"),
        ("tsv", None, "start\tend\tspeaker\ttext\r\n0.000\t1.000\tAnn\tGood morning.\r\n"),
        ("csv", None, "\ufeffstart,end,speaker,text\r\n0.000,1.000,Ann,Good morning.\r\n"),
    ],
)
def test_who_speaks_is_said_where_it_is_wanted(name: str, flow: Flow | None, expected: str) -> None:
    written = write(name, Shape(flow=flow), DIALOGUE)
    assert written.startswith(expected)
    assert "Ann" not in write(name, Shape(flow=flow, speakers=False), DIALOGUE)


@pytest.mark.parametrize("name", ["srt", "vtt", "ass", "ttml", "lrc"])
def test_a_name_stands_once_before_what_is_said_in_subtitles(name: str) -> None:
    written = write(name, Shape(), DIALOGUE)
    assert written.count("Ann: Good") == written.count("Ann") == 1
    assert written.count("=Bob: Hello.") == 1


def test_a_name_is_no_formula_in_a_table() -> None:
    assert "\t'=Bob\tHello." in write("tsv", Shape(), DIALOGUE)


def test_nothing_starts_before_the_beginning() -> None:
    words = (Word(1.0, 2.0, " cut", 0.9), Word(3.0, 4.0, " here", 0.9))
    read = json.loads(write("json", Shape(offset=-2.5), [Segment(1.0, 4.0, "cut here", words)]))["segments"][0]
    assert (read["start"], read["end"]) == (0.0, 1.5)
    assert [(word["start"], word["end"]) for word in read["words"]] == [(0.0, 0.0), (0.5, 1.5)]


@pytest.mark.parametrize(("line", "lines"), [(20, 1), (20, 2), (42, 1), (60, 2)])
def test_lines_are_as_long_and_as_many_as_somebody_wants(line: int, lines: int) -> None:
    written = write("srt", Shape(line=line, lines=lines), RECORDINGS["en"], Heading("en"))
    cues = [cue.content.splitlines() for cue in srt.parse(written)]
    assert max(map(len, cues)) == lines
    assert line * 0.6 < max(len(text) for cue in cues for text in cue) <= line
    assert " ".join(" ".join(cue) for cue in cues) == HISTORY


@pytest.mark.parametrize("most", [1, 3, 8])
def test_words_are_as_few_as_somebody_wants_and_keep_up_with_the_speech(most: int) -> None:
    cues = list(srt.parse(write("srt", Shape(words=most), RECORDINGS["en"], Heading("en"))))
    assert max(len(cue.content.split()) for cue in cues) == most
    assert " ".join(" ".join(cue.content.split()) for cue in cues) == HISTORY
    assert all(before.end <= after.start for before, after in pairwise(cues))
    words = RECORDINGS["en"][0].words
    assert cues[-1].end.total_seconds() < words[-1].end + 1.5
    assert cues[-1].start.total_seconds() <= words[-1].start + 0.1
