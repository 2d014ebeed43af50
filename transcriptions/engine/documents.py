"""Transcripts as docx and pdf, made by a child in a locked room: see typesetter, which alone loads what makes them."""

import json
import signal
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Self

from transcriptions.engine.errors import EngineError
from transcriptions.engine.room import Limits, Room
from transcriptions.engine.shape import Shape
from transcriptions.engine.values import Heading, Segment

KINDS = ("docx", "pdf")
COMMAND = [sys.executable, "-m", "transcriptions.engine.typesetter"]
ROOT = Path(__file__).parents[2]  # where that module is found from
CPU_SECONDS = 300  # for one document; 100,000 words take about ten, and many more in Arabic or Chinese
MOST_CPU_SECONDS = 24 * 3600  # for all that one child makes
STALL_SECONDS = 120.0  # without taking a segment that waits for it
SIZE_BYTES = 8  # of what stands before a document: how long it is
PIECE_BYTES = 65_536
SAID_BYTES = 2000


class DocumentError(EngineError):
    """It could not be made: "too_slow" or "not_made"; `detail` is what the child said."""


def made(
    kind: str, heading: Heading, segments: Iterable[Segment], shape: Shape, press: "Press | None" = None
) -> Iterator[bytes]:
    """Pieces of a document; the first comes when all of it is made. Raises DocumentError."""
    if press:
        yield from press.make(kind, heading, segments, shape)
        return
    with Press() as own:
        yield from own.make(kind, heading, segments, shape)


class Press:
    """Makes documents, one at a time, in one child: begun for the first of them, and anew after one that failed."""

    def __init__(self) -> None:
        self._child: Room | None = None
        self._lines: Iterator[bytes] = iter(())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._child:
            self._child.__exit__(*exception)
            self._child = None

    def make(self, kind: str, heading: Heading, segments: Iterable[Segment], shape: Shape) -> Iterator[bytes]:
        """As `made`."""
        complete = False
        try:
            self._lines = _lines(kind, heading, segments, shape)
            yield from self._pieces(self._child or self._begin())
            complete = True
        finally:
            if not complete:  # what is left of it would be taken for the next one
                self.__exit__()

    def _begin(self) -> Room:
        limits = Limits(MOST_CPU_SECONDS, STALL_SECONDS)
        self._child = Room(COMMAND, limits, self._feed, folder=ROOT).__enter__()
        return self._child

    def _feed(self) -> bytes | None:
        return next(self._lines, None)

    def _pieces(self, child: Room) -> Iterator[bytes]:
        try:
            size = child.read(SIZE_BYTES)
            if len(size) < SIZE_BYTES:
                raise _failed(child)
            left = int.from_bytes(size)
            while left:
                piece = child.read(min(left, PIECE_BYTES))
                if not piece:
                    raise _failed(child)
                left -= len(piece)
                yield piece
        except TimeoutError as error:
            raise DocumentError("too_slow", str(error)) from None


def _failed(child: Room) -> DocumentError:
    """Raises TimeoutError."""
    status = child.wait()
    code = "too_slow" if status == -signal.SIGXCPU else "not_made"
    return DocumentError(code, f"status {status}: {child.said(SAID_BYTES)}")


def _lines(kind: str, heading: Heading, segments: Iterable[Segment], shape: Shape) -> Iterator[bytes]:
    yield _line({"kind": kind, "heading": asdict(heading), "shape": asdict(shape)})
    for segment in segments:
        yield _line({name: getattr(segment, name) for name in ("start", "end", "text", "speaker")})
    yield _line(None)


def _line(value: object) -> bytes:
    return json.dumps(value).encode() + b"\n"
