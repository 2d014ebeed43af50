"""Several at once, their pieces in order; what goes wrong is raised where it stands."""

import threading
import time
from collections.abc import Iterator

import pytest

from transcriptions.engine.ahead import in_order


def letters(word: str) -> Iterator[str]:
    """The shorter the word, the longer it takes."""
    for letter in word:
        time.sleep(0.02 / len(word))
        yield letter


def test_pieces_come_in_the_order_of_the_items() -> None:
    words = ["a", "bcd", "", "efghij", "k"]
    assert "".join(in_order(words, letters, 3)) == "abcdefghijk"


def test_as_many_as_asked_are_worked_on_at_once() -> None:
    together = threading.Barrier(3)

    def work(item: int) -> Iterator[int]:
        together.wait(5)
        yield item

    assert list(in_order(range(6), work, 3)) == list(range(6))


def test_the_first_piece_does_not_wait_for_the_items_after_it() -> None:
    may_go_on = threading.Event()

    def items() -> Iterator[int]:
        yield 0
        may_go_on.wait(5)
        yield 1

    pieces = in_order(items(), lambda item: [item], 2)
    assert next(pieces) == 0
    may_go_on.set()
    assert list(pieces) == [1]


def test_what_the_work_raises_comes_after_what_was_given_before_it() -> None:
    def work(item: int) -> Iterator[int]:
        yield item
        if item == 1:
            raise RuntimeError("broken")

    given: list[int] = []
    with pytest.raises(RuntimeError, match="broken"):
        given.extend(in_order([0, 1, 2], work, 2))
    assert given == [0, 1]


def test_what_the_items_raise_comes_after_the_pieces_of_those_before_it() -> None:
    def items() -> Iterator[str]:
        yield "abc"
        raise OSError("the file breaks off")

    given: list[str] = []
    with pytest.raises(OSError, match="breaks off"):
        given.extend(in_order(items(), letters, 2))
    assert given == ["a", "b", "c"]


def test_closed_early_it_takes_no_more_items_and_leaves_no_thread() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for item in range(1000):
            taken.append(item)
            yield item

    def work(item: int) -> Iterator[int]:
        time.sleep(0.01)
        yield item

    pieces = in_order(items(), work, 2)
    next(pieces)
    pieces.close()
    assert len(taken) < 20
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ahead")]
