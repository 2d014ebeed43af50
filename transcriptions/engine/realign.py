"""The words of a text that somebody has changed: what is still there keeps its time, what is new lies between.

Does not listen to the sound: a word that replaces others gets their time, one that is put between two gets the time
between them, which may be none.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from transcriptions.engine.cue_words import in_turn, pieces
from transcriptions.engine.values import Word

TYPED = 1.0  # the probability of what a person has written
MOST_PAIRS = 1_000_000  # compared at the most; beyond that the middle of a text counts as new


def realign(words: Sequence[Word], text: str, start: float, end: float) -> tuple[Word, ...]:
    """Words that say `text`, whose times lie between start and end and never go back; none where there were none."""
    if not words:
        return ()
    known = [part for word in words for part in in_turn(word, pieces(word.text))]
    return tuple(within(_aligned(known, pieces(text), start, end), start, end))


def within(words: Iterable[Word], start: float, end: float) -> Iterator[Word]:
    """The same words, none of them before the start, after the end or before the one that precedes it."""
    reached = start
    for word in words:
        begins = min(max(word.start, reached), end)
        reached = min(max(word.end, begins), end)
        yield replace(word, start=round(begins, 3), end=round(reached, 3))


def _aligned(known: Sequence[Word], texts: Sequence[str], start: float, end: float) -> Iterator[Word]:
    for tag, first, last, new_first, new_last in _differences([_plain(word.text) for word in known], texts):
        new = texts[new_first:new_last]
        if tag == "equal" or len(new) == last - first:  # or each in the place of another
            yield from map(_kept, known[first:last], new)
        elif new:
            before = known[first - 1].end if first else start
            after = known[last].start if last < len(known) else end
            begins, ends = (known[first].start, known[last - 1].end) if first < last else (before, after)
            yield from in_turn(Word(begins, max(begins, ends), "", TYPED), list(new))


def _kept(word: Word, text: str) -> Word:
    same = word.text.strip() == text.strip()
    return replace(word, text=text, probability=word.probability if same else TYPED)


def _differences(known: Sequence[str], texts: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """As difflib gives them. What two texts begin and end with alike is found without comparing all with all."""
    new = [_plain(text) for text in texts]
    shorter = min(len(known), len(new))
    head = next((at for at in range(shorter) if known[at] != new[at]), shorter)
    tail = next((at for at in range(shorter - head) if known[-1 - at] != new[-1 - at]), shorter - head)
    old_end, new_end = len(known) - tail, len(new) - tail
    yield "equal", 0, head, 0, head
    if (old_end - head) * (new_end - head) > MOST_PAIRS:
        yield "replace", head, old_end, head, new_end
    else:
        found = SequenceMatcher(None, known[head:old_end], new[head:new_end], autojunk=False).get_opcodes()
        for tag, first, last, new_first, new_last in found:
            yield tag, head + first, head + last, head + new_first, head + new_last
    yield "equal", old_end, len(known), new_end, len(new)


def _plain(text: str) -> str:
    """What stays the same when a word is written large or gets a comma."""
    return "".join(char for char in text.casefold() if char.isalnum()) or text.strip()
