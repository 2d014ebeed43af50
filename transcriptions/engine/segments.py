"""From the words of a window to segments a person can read: sentences, where there are any.

Times leave the window here and become the recording's.
"""

from collections.abc import Iterator, Sequence

from transcriptions.engine.decoding import Hypothesis
from transcriptions.engine.values import Segment, Word
from transcriptions.engine.windows import Window

SENTENCE_ENDS = ".?!。？！…۔।"
CLOSING = "\"'”’)]}»」』"
PAUSE = 1.2  # seconds of silence that end a segment without a full stop
SHORTEST, LONGEST = 1.0, 15.0  # seconds: a shorter sentence joins the next, a longer one ends at the next word


def segments(window: Window, hypothesis: Hypothesis) -> Iterator[Segment]:
    """The window's text, in order, in the recording's time."""
    for words in _sentences(placed(window, hypothesis.words)):
        text = "".join(word.text for word in words).strip()
        if text:
            yield Segment(
                start=words[0].start,
                end=words[-1].end,
                text=text,
                words=tuple(words),
                avg_logprob=round(hypothesis.avg_logprob, 4),
                no_speech_prob=round(hypothesis.no_speech_prob, 4),
                compression_ratio=round(hypothesis.compression_ratio, 3),
                temperature=hypothesis.temperature,
            )


def placed(window: Window, words: Sequence[Word]) -> list[Word]:
    """Words in the recording's time, ascending, inside the window."""
    found, reached = [], window.start
    for word in words:
        start = min(max(window.start + word.start, reached), window.end)
        reached = min(max(window.start + word.end, start), window.end)
        found.append(Word(round(start, 3), round(reached, 3), word.text, round(word.probability, 4)))
    return found


def _sentences(words: list[Word]) -> Iterator[list[Word]]:
    begun: list[Word] = []
    for index, word in enumerate(words):
        begun.append(word)
        following = words[index + 1] if index + 1 < len(words) else None
        if following is None or _ends(begun, following):
            yield begun
            begun = []


def _ends(begun: list[Word], following: Word) -> bool:
    seconds = begun[-1].end - begun[0].start
    if following.start - begun[-1].end >= PAUSE or seconds >= LONGEST:
        return True
    return begun[-1].text.rstrip(CLOSING).endswith(tuple(SENTENCE_ENDS)) and seconds >= SHORTEST
