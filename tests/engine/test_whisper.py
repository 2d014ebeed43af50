"""What the model says after the sound has ended is left out."""

from transcriptions.engine.values import Word
from transcriptions.engine.whisper import without_the_squeezed


def words(*lengths: float) -> list[Word]:
    found, start = [], 0.0
    for index, length in enumerate(lengths):
        found.append(Word(start, start + length, f" w{index}", 0.9))
        start += length
    return found


def test_words_in_the_last_instant_are_left_out() -> None:
    spoken = words(0.4, 0.3, 0.5, 0.0, 0.0, 0.02)
    assert without_the_squeezed(spoken) == spoken[:3]


def test_a_single_short_word_at_the_end_stays() -> None:
    spoken = words(0.4, 0.3, 0.02)
    assert without_the_squeezed(spoken) == spoken


def test_short_words_in_the_middle_stay() -> None:
    spoken = words(0.4, 0.02, 0.02, 0.3)
    assert without_the_squeezed(spoken) == spoken


def test_a_text_of_which_nothing_was_spoken_is_empty() -> None:
    assert without_the_squeezed(words(0.0, 0.0)) == []
