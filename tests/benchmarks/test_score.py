"""Errors are counted as they are heard, not as they are written."""

from pathlib import Path

import pytest

from benchmarks.score import compare, score
from benchmarks.values import Recording, Score


def test_it_counts_what_was_substituted_deleted_and_inserted() -> None:
    found = compare("The cat sat quietly on the old mat.", "The dog sat quietly on old mat today", "en")
    assert found == Score(substitutions=1, deletions=1, insertions=1, count=8)
    assert found.rate == pytest.approx(3 / 8)


@pytest.mark.parametrize(
    ("language", "said", "heard"),
    [
        ("en", "Mr. Smith's favourite colour is grey.", "mister smith's favorite color is gray"),
        ("en", "It cost twenty-three dollars.", "It cost $23."),
        ("pt", "Tenho vinte e três gatos e mil cães!", "tenho 23 gatos e 1.000 cães"),
        ("es", "Tiene treinta y dos años.", "Tiene 32 años"),
        ("fr", "J'ai vingt-trois ans.", "j'ai 23 ans"),
        ("de", "Es sind dreiundzwanzig Leute.", "Es sind 23 Leute"),
        ("it", "Buongiorno, signora.", "buongiorno signora"),
        ("zh", "你好，世界。", "你好 世界"),
    ],
)
def test_what_sounds_the_same_is_the_same(language: str, said: str, heard: str) -> None:
    assert compare(said, heard, language).rate == 0


def test_where_words_are_not_written_apart_characters_count() -> None:
    assert compare("你好，世界。", "你好世", "zh") == Score(substitutions=0, deletions=1, insertions=0, count=4)


def test_nothing_heard_is_everything_deleted() -> None:
    assert compare("good morning", "", "en") == Score(substitutions=0, deletions=2, insertions=0, count=2)


def test_a_set_is_scored_as_a_whole_each_in_its_language() -> None:
    clips = [
        Recording("a", Path("a"), "en", 1.0, "hello world"),
        Recording("b", Path("b"), "pt", 1.0, "dois cães"),
        Recording("c", Path("c"), "en", 1.0, None),
    ]
    assert score(clips, ["hello word", "2 cães", "whatever"]) == Score(1, 0, 0, 4)


def test_without_a_reference_there_is_no_score() -> None:
    assert score([Recording("silence", Path("a"), "en", 1.0, "")], ["Thank you."]) is None
