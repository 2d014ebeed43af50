"""Knowing when a window went wrong: what its text, its words' times and the model's own figures say.

Pure. Does not decode again: see recognise.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from transcriptions.engine.decoding import Hypothesis
from transcriptions.engine.values import Doubt, Span, Word
from transcriptions.engine.windows import Window

COMPRESSION_AT_MOST = 2.4  # Whisper's own threshold
SAME_PHRASE_AT_MOST, SAME_WORD_AT_MOST = 3, 7  # times in a row that it may come
PHRASE = 8  # words, the longest phrase looked for
STAMMER = re.compile(r"([^\s.]{2,10}?)\1{7}")  # 4-4-4-4-4-4-4-4
LOGPROB_AT_LEAST = -0.8
NO_SPEECH_AT_MOST = 0.6  # Whisper's own threshold
SURE_LOGPROB = -0.5  # a text as probable as this was heard, whatever the no-speech token says
LETTERS_PER_SECOND_AT_MOST = 35.0  # of voiced sound; fast English has 25
TOKENS_PER_SECOND_AT_LEAST = 1.2
JUDGED_SECONDS = 2.0  # of voiced sound, below which counting tokens says nothing
UNCOVERED_AT_MOST = 1.0  # seconds of voiced sound on end without a word; half of that is common
WORD_SECONDS = 1.0  # what one word can cover: alignment stretches the word before a gap over all of it


def doubts(window: Window, hypothesis: Hypothesis) -> frozenset[Doubt]:
    """What is wrong with it; nothing, for most."""
    found = {
        Doubt.REPEATS: hypothesis.compression_ratio > COMPRESSION_AT_MOST or _repeats(hypothesis.words),
        Doubt.IMPROBABLE: bool(hypothesis.words) and hypothesis.avg_logprob < LOGPROB_AT_LEAST,
        Doubt.UNCOVERED: _too_few(window, hypothesis) or _uncovered(window, hypothesis.words),
        Doubt.TOO_MANY: _too_many(window, hypothesis),
        Doubt.BROKEN_OFF: hypothesis.broken_off,
        Doubt.NO_SPEECH: _is_silence(hypothesis),
    }
    return frozenset(doubt for doubt, holds in found.items() if holds)


def is_made_up(hypothesis: Hypothesis) -> bool:
    """Text that is better left out: a loop, or words over noise or music."""
    looped = hypothesis.compression_ratio > COMPRESSION_AT_MOST
    return looped or (_is_silence(hypothesis) and hypothesis.avg_logprob < LOGPROB_AT_LEAST)


def _is_silence(hypothesis: Hypothesis) -> bool:
    return (
        bool(hypothesis.words)
        and hypothesis.no_speech_prob > NO_SPEECH_AT_MOST
        and hypothesis.avg_logprob < SURE_LOGPROB
    )


def _repeats(words: Sequence[Word]) -> bool:
    """Whether a phrase of up to PHRASE words comes too often in a row; a single word may come more often, and what is
    written without spaces counts by its letters."""
    if STAMMER.search("".join(word.text for word in words)):
        return True
    said = [word.text.strip().casefold() for word in words]
    for length in range(1, PHRASE + 1):
        same = 1
        for start in range(length, len(said) - length + 1, 1):
            same = same + 1 if said[start : start + length] == said[start - length : start] else 1
            if same > (SAME_PHRASE_AT_MOST if length > 1 else SAME_WORD_AT_MOST) * length:
                return True
    return False


def _too_few(window: Window, hypothesis: Hypothesis) -> bool:
    voiced = window.voiced_seconds
    return voiced >= JUDGED_SECONDS and len(hypothesis.tokens) < voiced * TOKENS_PER_SECOND_AT_LEAST


def _too_many(window: Window, hypothesis: Hypothesis) -> bool:
    voiced = max(window.voiced_seconds, JUDGED_SECONDS)
    return len(hypothesis.text) > voiced * LETTERS_PER_SECOND_AT_MOST


def _uncovered(window: Window, words: Sequence[Word]) -> bool:
    covered = [Span(word.start, min(word.end, word.start + WORD_SECONDS)) for word in words]
    edges = [Span(0.0, 0.0), *covered, Span(window.seconds, window.seconds)]
    gaps = [Span(before.end, after.start) for before, after in pairwise(edges)]
    return any(_voiced_between(window, gap) > UNCOVERED_AT_MOST for gap in gaps)


def _voiced_between(window: Window, gap: Span) -> float:
    start, end = window.start + gap.start, window.start + gap.end
    return sum(max(0.0, min(run.end, end) - max(run.start, start)) for run in window.voiced)
