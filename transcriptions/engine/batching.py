"""The queue in front of a model: what many threads ask at the same time is decoded together.

What the asking threads do meanwhile, features of their next windows for one, overlaps with the recognition.
"""

import logging
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from transcriptions.engine.decoding import Hypothesis, Model, Request

logger = logging.getLogger(__name__)

RANK_A_SECOND = 60.0  # what waiting for a second is worth: an hour's recording catches up with a clip in a minute


@dataclass(eq=False)
class _Ticket:
    """A request on its way."""

    request: Request
    rank: float
    asked_at: float = field(default_factory=time.monotonic)
    answer: Hypothesis | None = None
    failure: Exception | None = None

    def urgency(self, now: float) -> float:
        """Lower goes first: a long recording after short ones, but not after all the short ones that ever come."""
        return self.rank - RANK_A_SECOND * (now - self.asked_at)

    @property
    def is_done(self) -> bool:
        return self.answer is not None or self.failure is not None


@dataclass(frozen=True)
class BatchFigures:
    """How full the batches have been since the start."""

    batches: int
    windows: int
    at_most: int


class Batcher:
    """A model and its queue. Thread-safe.

    at_most: windows a batch, fewer once the device has run out of memory. slots: batches that are decoded at the same
    time, each by a thread of the batcher's.
    """

    def __init__(self, model: Model, at_most: int, slots: int = 1) -> None:
        self.model = model
        self._at_most, self._slots = at_most, slots
        self._turn = threading.Condition()
        self._waiting: list[_Ticket] = []
        self._serving = self._busy = 0
        self._threads = ThreadPoolExecutor(slots, thread_name_prefix="batch")
        self._batches = self._windows = 0

    @property
    def windows_at_once(self) -> int:
        """How many windows are decoded at the same time when there are enough."""
        return self._at_most * self._slots

    def figures(self) -> BatchFigures:
        with self._turn:
            return BatchFigures(self._batches, self._windows, self._at_most)

    def decode(self, requests: Sequence[Request], rank: float = 0.0) -> list[Hypothesis]:
        """Blocks until all are decoded, together with what others ask meanwhile. Raises what the model raised.

        rank: seconds of the recording; lower goes first.
        """
        tickets = [_Ticket(request, rank) for request in requests]
        with self._turn:
            self._waiting += tickets
            # No more turns than slots: whoever asks for a language waits behind all that are taken.
            for _ in range(min(len(tickets), self._slots - self._serving)):
                self._serving += 1
                self._threads.submit(self._serve)
            self._turn.wait_for(lambda: all(ticket.is_done for ticket in tickets))
        return [_answer(ticket) for ticket in tickets]

    def languages(self, features: NDArray[np.float32]) -> dict[str, float]:
        """The probability of each language in one window."""
        (said,) = self._threads.submit(self.model.languages, [features]).result()
        return said

    def _serve(self) -> None:
        """Decode a batch, and take another turn while somebody waits, behind whatever else waits for a thread."""
        batch = self._begin()
        if batch:
            try:
                self._decode(batch)
            finally:
                self._end(batch)

    def _begin(self) -> list[_Ticket]:
        with self._turn:
            self._busy += 1
            batch = self._next_batch() if self._waiting else []
            self._busy -= not batch
            self._serving -= not batch
            self._waiting = [ticket for ticket in self._waiting if ticket not in batch]
            return batch

    def _end(self, batch: list[_Ticket]) -> None:
        """Those without an answer wait again: there was no room for all of them at once."""
        with self._turn:
            self._busy -= 1
            self._waiting += [ticket for ticket in batch if not ticket.is_done]
            if self._waiting:
                self._threads.submit(self._serve)
            else:
                self._serving -= 1
            self._turn.notify_all()

    def _next_batch(self) -> list[_Ticket]:
        """The most urgent request, and the most urgent of its kind. Few are shared with the slots that are free."""
        now = time.monotonic()
        by_urgency = sorted(self._waiting, key=lambda ticket: ticket.urgency(now))
        alike = [ticket for ticket in by_urgency if ticket.request.kind == by_urgency[0].request.kind]
        free = self._slots - self._busy + 1
        return alike[: min(self._at_most, -(-len(alike) // free))]

    def _decode(self, batch: list[_Ticket]) -> None:
        try:
            answers = self.model.decode([ticket.request for ticket in batch])
        except Exception as error:  # noqa: BLE001 - it is raised where it was asked for
            if len(batch) == 1:
                batch[0].failure = error
            elif _is_out_of_memory(error):
                self._at_most = min(self._at_most, len(batch) // 2)
                logger.warning("No memory for %d windows at once: at most %d from now on.", len(batch), self._at_most)
            else:
                for ticket in batch:  # one window's fault is not the others'
                    self._decode([ticket])
        else:
            self._batches, self._windows = self._batches + 1, self._windows + len(batch)
            for ticket, answer in zip(batch, answers, strict=True):
                ticket.answer = answer


def _is_out_of_memory(error: Exception) -> bool:
    """CTranslate2 says so in a RuntimeError of CUDA's or, on a CPU, as std::bad_alloc, a MemoryError."""
    return isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and "out of memory" in str(error).lower())


def _answer(ticket: _Ticket) -> Hypothesis:
    if ticket.failure:
        raise ticket.failure
    assert ticket.answer is not None  # noqa: S101 - decode has waited for it
    return ticket.answer
