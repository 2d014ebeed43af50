"""The Range header, as RFC 9110 has it."""

import pytest

from transcriptions.web import ranges
from transcriptions.web.ranges import Part

SIZE = 1000


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-0", Part(0, 1)),
        ("bytes=0-499", Part(0, 500)),
        ("bytes=500-", Part(500, 1000)),
        ("bytes=999-", Part(999, 1000)),
        ("bytes=0-5000", Part(0, 1000)),
        ("bytes=-100", Part(900, 1000)),
        ("bytes=-5000", Part(0, 1000)),
        ("Bytes=0-1", Part(0, 2)),
        ("bytes= 0 - 1", Part(0, 2)),
    ],
)
def test_a_single_range_is_understood(header: str, expected: Part) -> None:
    assert ranges.part(header, SIZE) == expected


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=5-2",
        "seconds=0-1",
        "bytes=0-1,5-6",
        "bytes=--1",
        "bytes=٣-٤",
    ],
)
def test_what_cannot_be_understood_asks_for_the_whole(header: str) -> None:
    assert ranges.part(header, SIZE) is None


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=1000-2000", "bytes=-0", "bytes=999999999999999999-"])
def test_what_begins_after_the_end_cannot_be_satisfied(header: str) -> None:
    with pytest.raises(ranges.Unsatisfiable):
        ranges.part(header, SIZE)


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=0-0", "bytes=-1"])
def test_an_empty_file_has_no_ranges(header: str) -> None:
    with pytest.raises(ranges.Unsatisfiable):
        ranges.part(header, 0)
