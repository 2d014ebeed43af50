"""A transcription as OpenAI's events, while it is made: what is said in order, then the whole text."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from functools import partial

from django.db.models import Min, Q

from transcriptions.api import documents
from transcriptions.api.bring import looks
from transcriptions.api.pieces import in_pieces
from transcriptions.api.values import ApiError, openai_error
from transcriptions.models import Segment, Shard, Transcription
from transcriptions.threads import in_thread

CONTENT_TYPE = "text/event-stream"
KEEP_OPEN = b": still here\n\n"


@dataclass
class _Said:
    """How far the stream has come: a place in time, because shards may be made anew while it goes on."""

    until: float = -1.0
    last: int = 0
    text: str = ""


async def events(entry: Transcription) -> AsyncIterator[bytes]:
    """An error, once the stream has begun, is an event too."""
    said = _Said()
    try:
        async for entry in looks(entry):  # noqa: B020, PLR1704 - as it is now
            deltas = await in_thread(partial(_deltas, entry.transcript_id, said))
            for delta in deltas:
                yield _event({"type": "transcript.text.delta", "delta": delta})
            if not deltas:
                yield KEEP_OPEN
    except ApiError as error:
        yield _event(openai_error(error))
        return
    yield b"data: "
    async for piece in in_pieces(partial(documents.done, entry)):
        yield piece
    yield b"\n\n"


def _deltas(transcript_id: int, said: _Said) -> list[str]:
    """What is new and will have nothing before it: shards are recognised in any order."""
    return list(documents.joined(_new(transcript_id, said), said.text))


def _new(transcript_id: int, said: _Said) -> Iterator[str]:
    newer = Q(start_seconds__gt=said.until) | Q(start_seconds=said.until, pk__gt=said.last)
    rows = Segment.objects.filter(newer, transcript=transcript_id).order_by("start_seconds", "pk")
    offered = Shard.objects.filter(transcript=transcript_id, state=Shard.State.OFFERED)
    first: int | None = offered.aggregate(first=Min("index"))["first"]
    if first is not None:
        rows = rows.filter(shard__index__lte=first)
    for row in rows:
        _go_on(said, row)
        yield row.text


def _go_on(said: _Said, row: Segment) -> None:
    said.until, said.last, said.text = row.start_seconds, row.pk, row.text


def _event(content: dict[str, object]) -> bytes:
    return f"data: {json.dumps(content, ensure_ascii=False)}\n\n".encode()
