"""A stretch of a recording through the engine once more: its sound from what is kept, its speech, its windows. What is
asked for, and what becomes of it, is rehear's.

A worker that dies leaves it to be heard from its beginning: it is short.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from transcriptions import configuration, queue, storage
from transcriptions.engine import speech, values
from transcriptions.engine.ffmpeg import DecodeError
from transcriptions.engine.gain import Raiser
from transcriptions.engine.languages import WINDOW_SECONDS, detect
from transcriptions.engine.model_pool import ModelPool
from transcriptions.engine.options import Options
from transcriptions.engine.pipeline import Pcm
from transcriptions.engine.recognise import Heard, recognise
from transcriptions.engine.windows import windows
from transcriptions.models import Rehearing
from transcriptions.workflow import lease as leases
from transcriptions.workflow import versions
from transcriptions.workflow.lease import Lease
from transcriptions.workflow.prepare import RecordingGone

DECODING_SECONDS = 120  # at most, of finding the place in the file and of decoding the stretch
RANK = 0.0  # among what the model is asked at the same time: somebody waits


def carry_out(lease: Lease[Rehearing], pool: ModelPool, stopping: Callable[[], bool]) -> None:
    leases.carry_out(
        lease, partial(_hear, lease, pool, stopping), partial(_fail, lease), exhausted="recognition_failed"
    )


def _fail(lease: Lease[Rehearing], code: str, detail: str) -> None:
    _write(lease, state=Rehearing.State.FAILED, error_code=code, error_detail=detail[:4000])


def _hear(lease: Lease[Rehearing], pool: ModelPool, stopping: Callable[[], bool]) -> None:
    work, found = lease.work, list[values.Segment]()
    for heard in _segments(work, pool):
        if stopping():
            lease.give_back()
            queue.wake("speech")
            return
        found += heard.segments
        _write(lease, heard_seconds=heard.reached - work.start_seconds)
    whole = [segment for segment in found if segment.text.strip()]
    rows = [_row(segment, work) for segment in whole]
    _write(lease, state=Rehearing.State.DONE, segments=rows, heard_seconds=work.end_seconds - work.start_seconds)


def _segments(work: Rehearing, pool: ModelPool) -> Iterator[Heard]:
    options = Options(**work.options)
    shards = _shards(work, options)
    key = configuration.model_key(options.model)
    versions.tell(options.model, key.folder)
    with pool.use(key) as batcher:
        if not batcher.model.is_multilingual:
            options = replace(options, language="en")
        code = options.language
        for shard in shards:
            if not shard.speech:
                continue
            within = values.Span(shard.start, shard.end)
            if not code:
                places = ((Pcm(shard), window) for window in windows(shard.speech, WINDOW_SECONDS, within))
                code = detect(batcher, places).code
            for some in recognise(batcher, Pcm(shard), shard.speech, options, within=within, language=code, rank=RANK):
                yield from some


def _shards(work: Rehearing, options: Options) -> list[values.Shard]:
    """Some minutes at most are in memory. Raises EngineError."""
    media, track = work.transcript.media, work.transcript.track
    begin = max(work.start_seconds, track.offset_seconds)
    if not storage.exists(media.storage_key):
        raise RecordingGone("recording_gone")
    with storage.local(media.storage_key) as path:
        seconds = min(work.end_seconds - begin, float(settings.MAX_REHEAR_SECONDS))
        pcm = configuration.ffmpeg().spot(path, begin, seconds, track.index, within=DECODING_SECONDS)
    if not pcm:
        raise DecodeError("unreadable", f"no sound at {begin} s")
    return list(speech.cut(Raiser().raised(iter([pcm])), speech.Cutting.of(options), begin))


def _row(segment: values.Segment, work: Rehearing) -> list[Any]:
    """Within the stretch, so that it is over nobody else's line."""
    start, end = (min(max(at, work.start_seconds), work.end_seconds) for at in (segment.start, segment.end))
    words = [[word.start, word.end, word.text, word.probability] for word in segment.words]
    return [start, end, segment.text, words]


def _write(lease: Lease[Rehearing], **fields: Any) -> None:
    """Raises LeaseLost."""
    if "state" in fields:
        fields |= {"lease_owner": "", "lease_expires_at": None, "finished_at": timezone.now()}
    with transaction.atomic():
        row = lease.hold()
        for name, value in fields.items():
            setattr(row, name, value)
        row.save(update_fields=list(fields))
