"""Subtitle files: srt, vtt, lrc, ass, ttml. Laid out by `cues`; nothing in a text can break out of its cue."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, pairwise
from xml.sax.saxutils import escape, quoteattr

from transcriptions.engine.cues import Cue, captions, chosen
from transcriptions.engine.shape import Shape
from transcriptions.engine.values import Heading, Segment

CLEARED = 0.5  # seconds of silence after which lrc, which has no ends, shows nothing
TIME_IN_TEXT = re.compile(r"\[(?=[\d\-])")  # lrc would take it for another time of the line
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# The size and look that ffmpeg gives to subtitles without any.
ASS_HEAD = """[Script Info]
ScriptType: v4.00+
PlayResX: 384
PlayResY: 288
ScaledBorderAndShadow: yes

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


def srt(heading: Heading, segments: Iterable[Segment], shape: Shape) -> Iterator[str]:
    """SubRip. `-->` in a text would end its cue's times anew in some readers, so it is written as an arrow."""
    for number, cue in enumerate(_cues(heading, segments, shape), start=1):
        text = "\n".join(cue.lines).replace("-->", "→")
        yield f"{number}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{text}\n\n"


def vtt(heading: Heading, segments: Iterable[Segment], shape: Shape) -> Iterator[str]:
    """WebVTT (W3C): & and < are escaped, and > so that `-->` cannot stand in a text."""
    yield f"WEBVTT\nLanguage: {heading.language}\n\n" if heading.language else "WEBVTT\n\n"
    for cue in _cues(heading, segments, shape):
        text = escape("\n".join(cue.lines))
        yield f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n{text}\n\n"


def lrc(heading: Heading, segments: Iterable[Segment], shape: Shape) -> Iterator[str]:
    """Lyrics: one line a cue. A time without text ends what is shown."""
    if heading.title:
        yield f"[ti:{heading.title.replace(']', ')')}]\n"
    for cue, following in pairwise(chain(_cues(heading, segments, shape), [None])):
        if cue is None:
            return
        yield f"[{_lyrics_clock(cue.start)}]{TIME_IN_TEXT.sub('［', ' '.join(cue.lines))}\n"
        if following is None or following.start - cue.end > CLEARED:
            yield f"[{_lyrics_clock(cue.end)}]\n"


def ass(heading: Heading, segments: Iterable[Segment], shape: Shape) -> Iterator[str]:
    """Advanced SubStation Alpha. What stands in braces would be a command, and so would a letter after a backslash;
    both are written as ffmpeg writes them."""
    yield ASS_HEAD
    for cue in _cues(heading, segments, shape):
        lines = (line.replace("\\", "\\\u2060").replace("{", "\\{{}") for line in cue.lines)
        text = "\\N".join(lines)
        yield f"Dialogue: 0,{_ass_clock(cue.start)},{_ass_clock(cue.end)},Default,,0,0,0,,{text}\n"


def ttml(heading: Heading, segments: Iterable[Segment], shape: Shape) -> Iterator[str]:
    """Timed Text Markup Language 1 (W3C)."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<tt xmlns="http://www.w3.org/ns/ttml" xml:lang={quoteattr(heading.language)}>\n<body><div>\n'
    for cue in _cues(heading, segments, shape):
        text = "<br/>".join(escape(NO_XML.sub("", line)) for line in cue.lines)
        yield f'<p begin="{_clock(cue.start, ".")}" end="{_clock(cue.end, ".")}">{text}</p>\n'
    yield "</div></body>\n</tt>\n"


def _cues(heading: Heading, segments: Iterable[Segment], shape: Shape) -> Iterator[Cue]:
    layout = chosen(heading.language, shape.line, shape.lines, shape.words)
    return captions(segments, heading.language, layout)


def _clock(seconds: float, point: str) -> str:
    milliseconds = round(max(0.0, seconds) * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}{point}{rest % 1000:03}"


def _lyrics_clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds * 100), 6000)
    return f"{minutes:02}:{rest // 100:02}.{rest % 100:02}"


def _ass_clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds * 100), 6000)
    return f"{minutes // 60}:{minutes % 60:02}:{rest // 100:02}.{rest % 100:02}"
