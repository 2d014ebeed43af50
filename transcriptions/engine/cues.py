"""Subtitles: words laid out as cues of one or two lines, and when each is shown. Does not write a file format.

The numbers are those of the Netflix timed text style guides and the BBC subtitle guidelines. Where cues and lines end
is a choice among all ways to break the words between two long pauses: the one that costs least by the table below. A
long stretch without a pause is chosen over a window of it, so that a transcript of any length costs the same memory.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain, pairwise

from transcriptions.engine.cue_breaks import PAUSE, Break, breaks
from transcriptions.engine.cue_words import columns, laid_out, words_of
from transcriptions.engine.values import Segment, Word


@dataclass(frozen=True)
class Cue:
    """One or two lines of text, shown from `start` to `end`: seconds of the recording, to the millisecond."""

    start: float
    end: float
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """What a screen and a reader take. Times in seconds; a column is half a full-width character."""

    line: int = 42  # columns
    lines: int = 2  # one or two
    words: int | None = None  # in a cue at most; None for as many as there is room for
    reading: float = 20.0  # columns a second
    shortest: float = 1.0  # even if the next cue is late for it, where words come too fast
    longest: float = 7.0
    gap: float = 0.08  # two frames of 25 a second, so that one sees that the text changes
    held: float = 0.5  # a shorter silence would flicker: the cue stays until the next
    pause: float = 1.5  # a longer silence always ends a cue

    @property
    def columns(self) -> int:
        """Of a whole cue."""
        return self.lines * self.line


LAYOUTS = {  # full-width characters a line: 16, Japanese 13; a second: Chinese 9, Korean 12, Japanese 7 (of captions)
    "zh": Layout(line=32, reading=18.0),
    "yue": Layout(line=32, reading=18.0),
    "ko": Layout(line=32, reading=24.0),
    "ja": Layout(line=26, reading=14.0),
    "th": Layout(line=35),  # vowels above and below and tone marks are not counted
}

# What each shortcoming costs. The unit is free; 40, a break between any two words, is what the others are set against.
BREAK = {
    Break.SENTENCE: 0.0,
    Break.CLAUSE: 12.0,
    Break.CONJUNCTION: 22.0,
    Break.PREPOSITION: 28.0,
    Break.PLAIN: 40.0,
    Break.CLOSE: 65.0,
    Break.BOUND: 180.0,  # dearer than one cue more and three breaks elsewhere
    Break.WORD: 400.0,  # only where a word is longer than a line
    Break.NEVER: 500.0,
}
IN_A_LINE = 0.5  # of BREAK: the reader sees the other line at the same time
CUE = 15.0  # each cue: the eye jumps; keeps a sentence in as few as it needs
RUN_ON = 25.0  # a sentence that ends inside a cue: dearer than a cue of its own; twice where others are cut for it
SILENCE = 40.0  # a second of it inside a cue: shows what is not said yet
BRIEF = 150.0  # a second less than the shortest: the cue stays, and the next one is late
HASTE = 40.0  # a second that reading needs and the speech does not leave
ORPHAN = 30.0  # a word alone on a line, or cut off from its sentence by a break
FRAGMENT = 25.0  # a part of a sentence that fills less than half a line, in proportion
UNBALANCED = 20.0  # one line empty, the other full; in proportion

FASTEST_COLUMNS, FASTEST_WORDS = 40.0, 8.0  # a second, of hurried speech

WINDOW, UNSURE = 16, 4  # full cues of words chosen over at once, and the last of them that are chosen again with more


def captions(segments: Iterable[Segment], language: str = "", layout: Layout | None = None) -> Iterator[Cue]:
    """The cues of a transcript: of its segments' words, or of their text where they have none."""
    return cues(words_of(segments), language, layout)


def cues(words: Iterable[Word], language: str = "", layout: Layout | None = None) -> Iterator[Cue]:
    """Words in the order they are said, each with its leading space if its script has them, as cues.

    language: as Whisper names it, or "" where it is not known. All text is shown, once and in order. A cue starts with
    its first word, or later only where the cue before it would be shorter than the shortest.
    """
    layout = layout or LAYOUTS.get(language, Layout())
    return _shown(_texts(laid_out(words, layout.line), language, layout), layout)


def chosen(language: str, line: int | None, lines: int | None, words: int | None) -> Layout:
    """The layout of a language with what somebody wants of it. Small cues are also short and close to each other, so
    that they keep up with the speech."""
    usual = LAYOUTS.get(language, Layout())
    layout = replace(usual, line=line or usual.line, lines=lines or usual.lines, words=words)
    room = min(1.0, layout.columns / FASTEST_COLUMNS, (words or math.inf) / FASTEST_WORDS)
    return replace(layout, shortest=usual.shortest * room, gap=usual.gap * room)


@dataclass(frozen=True)
class _Text:
    """The words of one cue; those from number `second` on stand on its second line, if there is one."""

    words: Sequence[Word]
    second: int

    @property
    def lines(self) -> tuple[str, ...]:
        halves = (self.words[: self.second], self.words[self.second :])
        return tuple("".join(word.text for word in half).strip() for half in halves if half)


def _texts(words: Iterable[Word], language: str, layout: Layout) -> Iterator[_Text]:
    window: list[Word] = []
    width = 0
    for word in words:
        if window and word.start - window[-1].end > layout.pause:
            yield from _Choice(window, language, layout).cheapest()
            window, width = [], 0
        window.append(word)
        width += _width(word)
        if width > WINDOW * layout.columns:
            chosen = _Choice(window, language, layout).cheapest()
            yield from chosen[:-UNSURE]
            window = [word for text in chosen[-UNSURE:] for word in text.words]
            width = sum(map(_width, window))
    if window:
        yield from _Choice(window, language, layout).cheapest()


class _Choice:
    """Among all ways to break some words into cues and lines: the shortest path, a cue being an edge between breaks."""

    def __init__(self, words: Sequence[Word], language: str, layout: Layout) -> None:
        self.words, self.layout = words, layout
        kinds = [*breaks(words, language), Break.SENTENCE]
        self.breaks = _break_costs(kinds)
        self.ends_sentence = [kind is Break.SENTENCE for kind in kinds]
        self.sentences = [0, *accumulate(self.ends_sentence)]
        self.ends = list(accumulate(map(_width, words)))  # columns up to and with each word
        self.starts = [end - columns(word.text.strip()) for end, word in zip(self.ends, words, strict=True)]
        pauses = [max(0.0, after.start - before.end) for before, after in pairwise(words)]
        self.silence = [0.0, *accumulate(pause if pause >= PAUSE else 0.0 for pause in pauses)]

    def cheapest(self) -> list[_Text]:
        count = len(self.words)
        costs, came_from = [0.0] + [math.inf] * count, [(0, 0)] * (count + 1)
        for start in range(count):
            for end in range(start + 1, count + 1):
                if end > start + 1 and not self._may_hold(start, end):
                    break
                cost = costs[start] + CUE + self.breaks[end - 1]
                if cost < costs[end] and (cost := cost + self._cost(start, end)) < costs[end]:  # the dear parts last
                    second, line_cost = self._line_break(start, end)
                    if cost + line_cost < costs[end]:
                        costs[end], came_from[end] = cost + line_cost, (start, second)
        return self._path(came_from)

    def _path(self, came_from: Sequence[tuple[int, int]]) -> list[_Text]:
        texts: list[_Text] = []
        end = len(self.words)
        while end:
            start, second = came_from[end]
            texts.append(_Text(self.words[start:end], second - start))
            end = start
        return texts[::-1]

    def _may_hold(self, start: int, end: int) -> bool:
        seconds = self.words[end - 1].end - self.words[start].start
        if self._columns(start, end) > self.layout.columns or seconds > self.layout.longest:
            return False
        return self.layout.words is None or end - start <= self.layout.words

    def _columns(self, start: int, end: int) -> int:
        return self.ends[end - 1] - self.starts[start]

    def _cost(self, start: int, end: int) -> float:
        """What words[start:end] cost in one cue, but for its end and its line break."""
        width, run_on = self._columns(start, end), self.sentences[end - 1] - self.sentences[start]
        cost = self._hurry(start, end, width) + SILENCE * (self.silence[end - 1] - self.silence[start])
        if self.ends_sentence[end - 1] and (not start or self.ends_sentence[start - 1]):
            return cost + RUN_ON * run_on
        return cost + 2 * RUN_ON * run_on + FRAGMENT * max(0.0, 1 - 2 * width / self.layout.line)

    def _line_break(self, start: int, end: int) -> tuple[int, float]:
        """Where the second line starts, at the end if all fits on one, and its cost: infinite if two cannot hold it."""
        line, left, right = self.layout.line, self.starts[start], self.ends[end - 1]
        if right - left <= line:
            return end, 0.0
        best, cheapest = end, math.inf
        first, last = bisect_left(self.starts, right - line, start + 1), bisect_right(self.ends, left + line)
        for second in range(first, last + 1):
            top, bottom = self._columns(start, second), self._columns(second, end)
            cost = IN_A_LINE * self.breaks[second - 1] + UNBALANCED * abs(top - bottom) / line
            cost += ORPHAN * (second == start + 1 or second == end - 1)
            if cost < cheapest:  # of equal ones the first: the longer line stands below and hides less of the picture
                best, cheapest = second, cost
        return best, cheapest

    def _hurry(self, start: int, end: int, width: int) -> float:
        layout, words = self.layout, self.words
        until = words[end].start - layout.gap if end < len(words) else words[-1].end + layout.pause
        seconds = until - words[start].start
        return BRIEF * max(0.0, layout.shortest - seconds) + HASTE * max(0.0, width / layout.reading - seconds)


def _break_costs(kinds: Sequence[Break]) -> list[float]:
    """What a cue costs that ends after each word; nothing after the last, where there is no choice."""
    costs = [BREAK[kind] for kind in kinds]
    for at, kind in enumerate(kinds[:-1]):
        if kind is not Break.SENTENCE and Break.SENTENCE in (kinds[at - 1] if at else kind, kinds[at + 1]):
            costs[at] += ORPHAN
    return costs


def _width(word: Word) -> int:
    return max(1, columns(word.text))


def _shown(texts: Iterable[_Text], layout: Layout) -> Iterator[Cue]:
    """When each text is shown: while it is said, and on into the silence for as long as reading it takes."""
    ended = -layout.gap
    for text, following in pairwise(chain(texts, [None])):
        if text is None:
            return
        start = round(max(text.words[0].start, ended + layout.gap), 3)
        limit = round(following.words[0].start, 3) - layout.gap if following else math.inf
        ended = round(_end(text, start, limit, layout), 3)
        yield Cue(start, ended, text.lines)


def _end(text: _Text, start: float, limit: float, layout: Layout) -> float:
    reading = max(layout.shortest, sum(map(columns, text.lines)) / layout.reading)
    wanted = max(start + reading, *(word.end for word in text.words))
    if limit - wanted < layout.held - layout.gap:
        wanted = limit
    return max(min(wanted, start + layout.longest), start + layout.shortest)
