"""Lines of a page: none too wide, nothing lost, in time that grows with the text."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from transcriptions.engine.cue_words import inseparable
from transcriptions.engine.wrapping import wrapped

TEXT = st.text(st.sampled_from("ab é\u0301 会議。「」เก่ اب 🇧🇷👍🏽-.\t"), max_size=200)


@example("á่่🏽", 1)
@given(TEXT, st.integers(1, 12))
def test_nothing_is_lost_and_no_line_is_wider_than_one_character_or_the_page(text: str, line: int) -> None:
    lines = list(wrapped(text, line, len))
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(len(each) <= line or is_one_character(each) for each in lines)


def is_one_character(text: str) -> bool:
    """As a reader sees it: a flag, a hand and its colour, a letter and all its marks."""
    return all(inseparable(text[max(0, at - 2) : at], text[at]) for at in range(1, len(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [""]),
        ("one two three", ["one two", "three"]),
        ("incomprehensible", ["incompre", "hensible"]),
        ("  a   b ", ["a b"]),
        ("会議は九時に始。まる", ["会議は九時に", "始。まる"]),  # 7 columns: the full stop takes its character along
        ("会議は九時は「始まる」", ["会議は九時は", "「始まる」"]),  # nor does an opening mark end a line
        ("ok 会議は九時", ["ok 会議は九", "時"]),
    ],
)
def test_it_breaks_where_the_script_does(text: str, expected: list[str]) -> None:
    assert list(wrapped(text, 7 if "会" in text else 8, len)) == expected


def test_it_takes_twice_as_long_for_twice_as_much() -> None:
    def seconds(text: str) -> float:
        began = time.process_time()
        assert len(list(wrapped(text, 60, len))) > 100
        return time.process_time() - began

    for unit in ("word ", "会議", "w"):
        assert seconds(unit * 80_000) < 8 * max(seconds(unit * 20_000), 0.01)
