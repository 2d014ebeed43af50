"""Segments: sentences, in the recording's time, with nothing lost between them."""

from itertools import pairwise

from transcriptions.engine.decoding import Hypothesis
from transcriptions.engine.segments import LONGEST, segments
from transcriptions.engine.values import Segment, Span, Word
from transcriptions.engine.windows import Window


def said(text: str, seconds: float = 0.4, start: float = 0.0) -> tuple[Word, ...]:
    """Words of equal length, one after another."""
    words = text.split(" ")
    return tuple(
        Word(start + index * seconds, start + (index + 1) * seconds, f" {word}", 0.9)
        for index, word in enumerate(words)
    )


def made(*words: Word, window: Window | None = None) -> list[Segment]:
    window = window or Window(100.0, 130.0, (Span(100.0, 130.0),))
    return list(segments(window, Hypothesis((1,), words, -0.2, 0.1)))


def test_sentences_are_segments_in_the_time_of_the_recording() -> None:
    first, second = made(*said("Good morning to you all. Please bring the report."))
    assert (first.text, second.text) == ("Good morning to you all.", "Please bring the report.")
    assert (first.start, first.end, second.start) == (100.0, 102.0, 102.0)
    assert [word.text for word in first.words] == [" Good", " morning", " to", " you", " all."]


def test_a_short_sentence_joins_the_next() -> None:
    (only,) = made(*said("No. That is not what we meant"))
    assert only.text == "No. That is not what we meant"


def test_a_pause_ends_a_segment() -> None:
    first, second = made(*said("and then"), *said("after a while", start=5.0))
    assert (first.text, second.text) == ("and then", "after a while")


def test_endless_sentences_end_all_the_same() -> None:
    found = made(*said(" ".join(["word"] * 60)))
    assert max(segment.end - segment.start for segment in found) <= LONGEST + 0.5
    assert " ".join(segment.text for segment in found) == " ".join(["word"] * 60)


def test_languages_without_spaces_stay_without() -> None:
    words = tuple(
        Word(index * 0.3, index * 0.3 + 0.3, sign, 0.9) for index, sign in enumerate("今天天气很好。我们走吧")
    )
    assert [segment.text for segment in made(*words)] == ["今天天气很好。", "我们走吧"]


def test_times_ascend_and_stay_inside_the_window() -> None:
    window = Window(10.0, 12.0, (Span(10.2, 11.8),))
    words = (Word(0.5, 0.4, " a", 1.0), Word(0.3, 1.0, " b", 1.0), Word(1.0, 7.0, " c", 1.0))
    (only,) = made(*words, window=window)
    for before, after in pairwise(only.words):
        assert before.start <= before.end <= after.start
    assert (only.start, only.end) == (10.5, 12.0)


def test_no_words_are_no_segment() -> None:
    assert made() == []
    assert made(Word(0.0, 1.0, " ", 0.5)) == []
