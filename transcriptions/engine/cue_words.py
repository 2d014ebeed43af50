"""The words that cues are laid out from, and how wide they are. Does not choose where a cue or a line ends.

A recogniser's word may be anything: empty, several words, longer than a line, earlier than the one before. What comes
out of `laid_out` is not: no white space but one leading space where the text has one, no wider than a line, starts
that never go back, the same text as went in.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from transcriptions.engine.values import Segment, Word

SPACELESS = (  # scripts that write words without a space between them: first and last code point
    ("\u0e00", "\u0eff"),  # Thai, Lao
    ("\u1000", "\u109f"),  # Burmese
    ("\u1780", "\u17ff"),  # Khmer
    ("\u3000", "\u30ff"),  # CJK punctuation, hiragana, katakana
    ("\u3400", "\u9fff"),  # Han
    ("\uf900", "\ufaff"),
    ("\uff00", "\uff9f"),  # full- and half-width forms
    ("\U00020000", "\U0003ffff"),  # Han beyond the first plane
)
WORD_COLUMNS = 8  # wider than this, a "word" of a spaceless script is a phrase, and may be broken
STRETCHED = 7.0  # seconds over which the text of a longer segment without word times is thought to be said, unless
SLOWEST = 4.0  # it has so many columns that this many a second need more: the rest of the segment is silence
JOINERS = "\u200d\u1039\u17d2"  # zero-width joiner, Burmese virama, Khmer coeng: what follows is written with it


def columns(text: str) -> int:
    """Width on a screen: a full-width character takes two columns, a combining mark or format character none."""
    return len(text) if text.isascii() else sum(map(_columns_of, text))


def spaceless(char: str) -> bool:
    return any(first <= char <= last for first, last in SPACELESS)


def words_of(segments: Iterable[Segment]) -> Iterator[Word]:
    """The words of segments in order: the recogniser's, or where it gave none, the text's, with times shared out.

    Words that do not say what the text says are not used: somebody has edited the text.
    """
    before = ""
    for segment in segments:
        words = segment.words if say(segment.words, segment.text) else tuple(shared_out(segment))
        if not segment.text.strip() or not words:
            continue
        yield replace(words[0], text=space_between(before, words[0].text) + words[0].text.lstrip())
        yield from words[1:]
        before = words[-1].text.rstrip() or before


def shared_out(segment: Segment) -> Iterator[Word]:
    """A segment's text as words (as characters where the script has no spaces), its time shared out by their width."""
    seconds = max(0.0, segment.end - segment.start)
    seconds = min(seconds, max(STRETCHED, columns(segment.text) / SLOWEST))
    yield from in_turn(Word(segment.start, segment.start + seconds, segment.text, 0.0), pieces(segment.text))


def pieces(text: str) -> list[str]:
    """Its words, or characters where the script has no spaces; each but the first with the space before it."""
    return [
        (" " if number and not start else "") + part
        for number, run in enumerate(text.split())
        for start, part in enumerate(_clusters(run) if _has_spaceless(run) else [run])
    ]


def in_turn(word: Word, parts: list[str]) -> Iterator[Word]:
    """The parts of one word said one after the other, each as long as it is wide."""
    widths = [max(1, columns(part.strip())) for part in parts]
    second = (word.end - word.start) / max(1, sum(widths))
    said, start = 0, word.start
    for part, width in zip(parts, widths, strict=True):
        said += width
        end = word.end if said == sum(widths) else word.start + said * second
        yield Word(start, end, part, word.probability)
        start = end


def laid_out(words: Iterable[Word], line: int) -> Iterator[Word]:
    """The same text in words that can be laid out on lines of so many columns; see the module."""
    latest, space = 0.0, ""
    for word in words:
        if word.text[:1].isspace():
            space = " "
        parts = list(_parts(word.text, line))
        if parts:
            start = max(word.start, latest)
            whole = replace(word, start=start, end=max(start, word.end))
            for part in in_turn(whole, [space + parts[0], *parts[1:]]):
                yield part
                latest = part.start
            space = ""
        if word.text[-1:].isspace():
            space = " "


def space_between(before: str, after: str) -> str:
    """Between two segments, unless a script without spaces has punctuation there, which needs none."""
    needs_none = spaceless(before[-1:]) and unicodedata.category(before[-1])[0] == "P" and spaceless(after.strip()[:1])
    return "" if needs_none or not before else " "


def inseparable(before: str, char: str) -> bool:
    """Whether a reader sees `char` as one with what stands before it: a mark, a joined emoji, the half of a flag."""
    if unicodedata.category(char)[0] == "M" or char in JOINERS or (before and before[-1] in JOINERS):
        return True
    return "\U0001f3fb" <= char <= "\U0001f3ff" or (_half_flag(char) and len(before) == 1 and _half_flag(before))


def _parts(text: str, line: int) -> Iterator[str]:
    for number, run in enumerate(text.split()):
        for at, part in enumerate(_fitting(run, line)):
            yield (" " if number and not at else "") + part


def _fitting(run: str, line: int) -> list[str]:
    """`run` whole, or in parts no wider than a line."""
    width = columns(run)
    if width > min(WORD_COLUMNS, line) and _has_spaceless(run):
        return _clusters(run)
    return [run] if width <= line else _filled(_clusters(run), line)


def _filled(clusters: list[str], line: int) -> list[str]:
    lines: list[list[str]] = [[]]
    left = line
    for cluster in clusters:
        width = columns(cluster)
        if width > left and lines[-1]:
            lines.append([])
            left = line
        lines[-1].append(cluster)
        left -= width
    return ["".join(each) for each in lines]


def _clusters(text: str) -> list[str]:
    """What a reader sees as characters, so that none is taken apart."""
    starts: list[int] = []
    for at, char in enumerate(text):
        if not starts or not inseparable(text[max(starts[-1], at - 2) : at], char):
            starts.append(at)
    return [text[start:end] for start, end in pairwise([*starts, len(text)])]


def say(words: Iterable[Word], text: str) -> bool:
    """Whether the words are those of the text."""
    return "".join("".join(word.text for word in words).split()) == "".join(text.split())


def _has_spaceless(text: str) -> bool:
    return not text.isascii() and any(map(spaceless, text))


def _half_flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _columns_of(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
