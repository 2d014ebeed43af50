"""Several items worked on at once, what they give in the order of the items. Knows nothing of sound."""

import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TypeVar

Item = TypeVar("Item")
Piece = TypeVar("Piece")


@dataclass(frozen=True)
class _End:
    """No more comes, maybe because of an error."""

    error: BaseException | None = None


def in_order(
    items: Iterable[Item], work: Callable[[Item], Iterable[Piece]], at_once: int
) -> Generator[Piece, None, None]:
    """The pieces of each item, each as soon as all before it have been given.

    `at_once` threads take the items, one of them at a time. What the items or the work raise is raised in its place.
    Closed early, it waits for the pieces that are being made.
    """
    rest, turn, closed = iter(items), threading.Lock(), threading.Event()
    begun: SimpleQueue[SimpleQueue[Piece | _End] | _End] = SimpleQueue()

    def take_turns() -> None:
        while not closed.is_set():
            pieces: SimpleQueue[Piece | _End] = SimpleQueue()
            with turn:
                try:
                    item = next(rest)
                except BaseException as error:  # noqa: BLE001 - raised in its place
                    begun.put(_End(None if isinstance(error, StopIteration) else error))
                    return
                begun.put(pieces)
            try:
                for piece in work(item):
                    pieces.put(piece)
                    if closed.is_set():
                        return
                pieces.put(_End())
            except BaseException as error:  # noqa: BLE001 - raised in its place
                pieces.put(_End(error))

    with ThreadPoolExecutor(at_once, thread_name_prefix="ahead") as threads:
        try:
            for _ in range(at_once):
                threads.submit(take_turns)
            for pieces in _given(begun):
                yield from _given(pieces)
        finally:
            closed.set()


def _given(pieces: "SimpleQueue[Piece | _End]") -> Iterator[Piece]:
    while not isinstance(piece := pieces.get(), _End):
        yield piece
    if piece.error:
        raise piece.error
