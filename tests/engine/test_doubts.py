"""Doubts: what batched decoding loses or makes up is noticed, and what is right is not."""

from dataclasses import replace

import pytest

from tests.engine.test_segments import said
from transcriptions.engine.decoding import Hypothesis
from transcriptions.engine.doubts import doubts
from transcriptions.engine.values import Doubt, Span, Word
from transcriptions.engine.windows import Window

WINDOW = Window(50.0, 60.0, (Span(50.4, 54.0), Span(54.4, 59.6)))
SENTENCE = "The committee met on Monday to discuss the new library and nobody had read the plans before it began today"


def heard(words: tuple[Word, ...], logprob: float = -0.25, no_speech: float = 0.05) -> Hypothesis:
    return Hypothesis(tuple(range(int(len(words) * 1.3))), words, logprob, no_speech)


def wrong(words: tuple[Word, ...], **figures: float) -> set[Doubt]:
    return set(doubts(WINDOW, heard(words, **figures)))


def test_a_good_window_is_not_doubted() -> None:
    assert wrong(said(SENTENCE, 0.47, 0.4)) == set()


def test_an_early_stop_is_noticed() -> None:
    words = said(SENTENCE, 0.47, 0.4)
    assert wrong(words[:15]) == {Doubt.UNCOVERED}


def test_an_early_stop_is_noticed_where_the_last_word_was_stretched_over_it() -> None:
    words = said(SENTENCE, 0.47, 0.4)
    stretched = Word(words[14].start, 9.6, words[14].text, 0.4)
    assert wrong((*words[:14], stretched)) == {Doubt.UNCOVERED}


def test_words_left_out_in_the_middle_are_noticed() -> None:
    words = said(SENTENCE, 0.47, 0.4)
    assert wrong((*words[:6], *words[10:])) == {Doubt.UNCOVERED}


def test_a_silence_needs_no_words() -> None:
    quiet = Window(50.0, 60.0, (Span(50.4, 53.0), Span(57.0, 59.6)))
    words = (*said("The committee met on Monday", 0.5, 0.5), *said("to discuss the library", 0.6, 7.1))
    assert doubts(quiet, heard(words)) == frozenset()


def test_nothing_written_where_somebody_speaks_is_noticed() -> None:
    assert wrong(()) == {Doubt.UNCOVERED}


@pytest.mark.parametrize("phrase", ["yes", "thank you", "and then he said that it was so"])
def test_a_loop_is_noticed(phrase: str) -> None:
    count = 20 // len(phrase.split())
    looped = said(" ".join([phrase] * max(count, 5)), 0.4, 0.4)
    assert Doubt.REPEATS in wrong(looped)


def test_a_loop_without_spaces_is_noticed() -> None:
    assert Doubt.REPEATS in wrong(said("1-2-3-4-4-4-4-4-4-4-4-4-4-4", 4.0, 3.0))
    assert Doubt.REPEATS not in wrong(said("hahaha we laughed at 4-4-2", 0.45, 0.4))


def test_people_repeat_themselves_a_little() -> None:
    spoken = "no no no no I really really mean it when I say that it is very very late now and we go"
    assert wrong(said(spoken, 0.45, 0.4)) == set()


def test_an_improbable_text_is_noticed() -> None:
    assert wrong(said(SENTENCE, 0.47, 0.4), logprob=-1.1) == {Doubt.IMPROBABLE}


def test_text_over_noise_is_noticed() -> None:
    words = said(SENTENCE, 0.47, 0.4)
    assert wrong(words, logprob=-0.7, no_speech=0.8) == {Doubt.NO_SPEECH}
    assert wrong(words, logprob=-0.2, no_speech=0.8) == set()  # sure of its words, whatever the token says


def test_more_than_anybody_can_say_is_noticed() -> None:
    many = tuple(Word(0.4 + index * 0.07, 0.47 + index * 0.07, f" w{index}", 0.9) for index in range(130))
    assert Doubt.TOO_MANY in wrong(many)


def test_a_text_that_breaks_off_is_noticed() -> None:
    words = said(SENTENCE, 0.47, 0.4)
    whole = Hypothesis(tuple(range(20)), words, -0.2, 0.0)
    assert doubts(WINDOW, whole) == set()
    assert doubts(WINDOW, replace(whole, broken_off=True)) == {Doubt.BROKEN_OFF}
