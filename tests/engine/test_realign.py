"""Words through a change of their text: what stays keeps its time, and no time goes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcriptions.engine.realign import realign, within
from transcriptions.engine.values import Word

WORDS = [
    Word(1.0, 1.5, " The", 0.9),
    Word(1.5, 2.0, " quick", 0.4),
    Word(2.0, 3.0, " fox", 0.8),
    Word(3.5, 4.0, " ran.", 0.7),
]


def times(text: str) -> list[tuple[str, float, float]]:
    return [(word.text.strip(), word.start, word.end) for word in realign(WORDS, text, 1.0, 4.0)]


def test_the_same_text_has_the_same_words() -> None:
    found = realign(WORDS, "The quick fox ran.", 1.0, 4.0)
    assert [(word.start, word.end, word.probability) for word in found] == [
        (word.start, word.end, word.probability) for word in WORDS
    ]
    assert "".join(word.text for word in found) == "The quick fox ran."


def test_a_word_that_replaces_another_has_its_time() -> None:
    assert times("The slow fox ran.")[1] == ("slow", 1.5, 2.0)


def test_what_a_person_has_written_is_sure() -> None:
    found = realign(WORDS, "The Quick cat ran.", 1.0, 4.0)
    assert [word.probability for word in found] == [0.9, 1.0, 1.0, 0.7]


def test_a_word_between_two_lies_between_them() -> None:
    assert times("The quick fox always ran.")[3] == ("always", 3.0, 3.5)


def test_what_is_taken_out_leaves_its_time_empty() -> None:
    assert times("The fox ran.") == [("The", 1.0, 1.5), ("fox", 2.0, 3.0), ("ran.", 3.5, 4.0)]


def test_several_words_in_the_place_of_one_share_its_time() -> None:
    assert [found[1:] for found in times("The qu ck fox ran.")[1:3]] == [(1.5, 1.75), (1.75, 2.0)]


def test_scripts_without_spaces_keep_their_times_too() -> None:
    words = [Word(0.0, 1.0, "今日", 0.9), Word(1.0, 2.0, "は晴れ", 0.9)]
    found = realign(words, "今日は雨", 0.0, 2.0)
    assert [(word.text, word.start) for word in found][:3] == [("今", 0.0), ("日", 0.5), ("は", 1.0)]


def test_where_there_were_no_words_there_are_none() -> None:
    assert realign([], "Something.", 0.0, 1.0) == ()


def test_a_long_line_of_the_same_characters_takes_no_time() -> None:
    words = [Word(0.0, 60.0, "的" * 5000, 0.9)]
    assert len(realign(words, "是" + "的" * 4000 + "是" * 900, 0.0, 60.0)) == 4901


@pytest.mark.parametrize("moved", [(0.0, 9.0), (1.7, 2.5), (5.0, 6.0)])
def test_words_stay_within_a_line_that_is_moved(moved: tuple[float, float]) -> None:
    found = list(within(WORDS, *moved))
    assert all(moved[0] <= word.start <= word.end <= moved[1] for word in found)


@given(st.text(alphabet="ab ,今日", max_size=40), st.lists(st.sampled_from([" a", " b,", "今日", " ab"]), max_size=8))
def test_times_never_go_back_whatever_is_written(text: str, before: list[str]) -> None:
    words = [Word(float(at), at + 0.5, word, 0.5) for at, word in enumerate(before)]
    found = realign(words, text, 0.0, float(len(before)))
    borders = [border for word in found for border in (word.start, word.end)]
    assert borders == sorted(borders)
    if before:
        assert "".join(word.text for word in found) == " ".join(text.split())
