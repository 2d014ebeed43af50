"""What downloads are called: recognisable, and possible on every system."""

import pytest

from transcriptions.names import LONGEST_BYTES, file_name, file_names


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Reunião 会議 🎉", "Reunião 会議 🎉.srt"),
        ('a/b\\c:d*e?f"g<h>i|j', "a-b-c-d-e-f-g-h-i-j.srt"),
        ("one\r\ntwo\x7f", "one--two-.srt"),
        (" . talk . ", "talk.srt"),
        ("..", "_.srt"),
        ("", "_.srt"),
        ("con", "_con.srt"),
        ("Lpt1.notes", "_Lpt1.notes.srt"),
        ("Contract", "Contract.srt"),
        ("talk\u202etrs.exe", "talktrs.exe.srt"),
        ("صباح الخير", "صباح الخير.srt"),
    ],
)
def test_every_system_can_have_it(title: str, expected: str) -> None:
    assert file_name(title, "srt") == expected


@pytest.mark.parametrize("title", ["x" * 300, "é" * 300, "会" * 300, "🎉" * 300])
def test_a_long_one_is_cut_between_characters(title: str) -> None:
    name = file_name(title, "srt")
    assert LONGEST_BYTES - 4 < len(name.removesuffix(".srt").encode()) <= LONGEST_BYTES
    assert set(name.removesuffix(".srt")) == {title[0]}


def test_no_name_comes_twice() -> None:
    titles = ["Talk", "talk", "Talk (2)", "Talk", "x" * 300, "x" * 300]
    names = list(file_names(titles, "txt"))
    assert names[:4] == ["Talk.txt", "talk (2).txt", "Talk (2) (2).txt", "Talk (3).txt"]
    assert len({name.casefold() for name in names}) == len(titles)
