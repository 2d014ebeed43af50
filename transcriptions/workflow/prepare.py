"""A file becomes shards: decoded once, cut at silences, each offered as soon as it is cut."""

import hashlib
import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Exists, F
from django.utils import timezone

from transcriptions import configuration, queue, storage
from transcriptions.configuration import current
from transcriptions.engine import speech
from transcriptions.engine.errors import EngineError
from transcriptions.engine.ffmpeg import Sound
from transcriptions.engine.gain import Raiser
from transcriptions.engine.loudness import Meter
from transcriptions.engine.options import Options
from transcriptions.engine.peaks import peaks
from transcriptions.engine.values import BYTES_PER_SECOND, AudioTrack
from transcriptions.engine.values import Shard as CutShard
from transcriptions.models import Media, Shard, Transcript, Upload
from transcriptions.workflow import finish, follow, state, twins
from transcriptions.workflow.aside import Aside
from transcriptions.workflow.lease import Lease, LeaseLost, carry_out, claim

logger = logging.getLogger(__name__)

MOST_ERRORS = 100  # whose places are kept
UNPREPARED = (Transcript.State.QUEUED, Transcript.State.PREPARING)


class TooLong(EngineError):  # noqa: N818 - a verdict
    """The sound goes on longer than the header said and than is allowed."""


class RecordingGone(EngineError):  # noqa: N818 - a verdict
    """Its bytes are not kept any more."""


def prepare_next(stopping: Callable[[], bool], aside: Aside | None = None, *, before: Transcript | None = None) -> bool:
    """Prepare the transcript whose turn it is; False when there is none, or no room for its sound.

    aside: who follows files that still arrive; without, it is done here. before: only what has a higher priority, and
    is complete.
    """
    if not storage.has_room():
        logger.warning("Preparing waits: %s bytes are free, fewer than MIN_FREE_BYTES.", storage.free_bytes())
        return False
    not_now = follow.arriving() if aside and not aside.has_room() else follow.not_yet()
    waiting = Transcript.objects.filter(~Exists(not_now), state__in=UNPREPARED, prepared_at=None)
    if before:
        waiting = waiting.filter(~Exists(follow.arriving()), priority__lt=before.priority)
    lease = claim(waiting.order_by("priority", "turn", "created_at", "pk"), timezone.now())
    if lease is None:
        return False
    prepare = partial(
        carry_out, lease, partial(_prepare, lease, stopping), partial(_fail, lease), exhausted="preparing_failed"
    )
    if aside and follow.upload_of(lease.work):
        aside.do(prepare)
    else:
        prepare()
    return True


def _fail(lease: Lease[Transcript], code: str, detail: str) -> None:
    with transaction.atomic():
        transcript = lease.hold()
        state.stop(transcript.pk, Transcript.State.FAILED, timezone.now(), code=code, detail=detail)


def _prepare(lease: Lease[Transcript], stopping: Callable[[], bool]) -> None:
    transcript, started = lease.work, timezone.now()
    with transaction.atomic():
        first = lease.hold().started_at or started
        state.change(transcript.pk, state=Transcript.State.PREPARING, started_at=first)
    upload = follow.upload_of(transcript)
    try:
        if upload:
            _follow(lease, upload, started, stopping)
        else:
            _prepare_whole(lease, started, stopping)
    except follow.WrongGuess as guess:
        logger.warning("%s begins anew: %s.", transcript, guess)
        with transaction.atomic():
            lease.hold()
            if upload:
                follow.wait_until_complete(upload)
            state.begin_anew(transcript.pk)
        _give_back(lease)


def _prepare_whole(lease: Lease[Transcript], started: datetime, stopping: Callable[[], bool]) -> None:
    transcript = lease.work
    if not storage.exists(transcript.media.storage_key):
        raise RecordingGone("recording_gone")
    with storage.local(transcript.media.storage_key) as path:
        if _finish_by_twin(lease, path, transcript.track):
            return
        allowed = current.MAX_DURATION_HOURS * 3600
        sound = configuration.ffmpeg().pcm(path, transcript.track.index, allowed_seconds=allowed)
        _complete(lease, _cut(lease, sound, started, partial(_makes_way, transcript, stopping)))


def _makes_way(transcript: Transcript, stopping: Callable[[], bool]) -> bool:
    """Between two shards: what goes before it is prepared first. Says whether the worker is to end."""
    while not stopping() and prepare_next(stopping, before=transcript):
        pass
    return stopping()


def _follow(lease: Lease[Transcript], upload: Upload, started: datetime, stopping: Callable[[], bool]) -> None:
    try:
        learned = _cut(lease, follow.Followed(lease, upload, stopping), started, stopping)
        if learned is None or not _is_known_by_now(lease):
            _complete(lease, learned)
    except follow.Interrupted:
        _give_back(lease)
    except follow.Stalled:
        follow.wait_until_it_goes_on(upload)
        lease.give_back()
    except follow.Elsewhere:
        lease.put_off(timezone.now())


def _is_known_by_now(lease: Lease[Transcript]) -> bool:
    """Now that the file is complete its sound can be compared."""
    media = Media.objects.filter(transcripts=lease.work).first()
    if media is None:
        raise LeaseLost
    with storage.local(media.storage_key) as path:
        return _finish_by_twin(lease, path, lease.work.track)


def _give_back(lease: Lease[Transcript]) -> None:
    lease.give_back()
    queue.wake("media")


def _finish_by_twin(lease: Lease[Transcript], path: Path, track: AudioTrack) -> bool:
    return twins.finish_by_twin(lease, _sound_key(path, track))


def _sound_key(path: Path, track: AudioTrack) -> str:
    """The same for the same sound with the same times; "" where it cannot be told."""
    ffmpeg = configuration.ffmpeg()
    packets, setup = ffmpeg.packets(path, track.index), ffmpeg.setup(path, track.index)
    same = f"{packets} {setup} {track.codec} {track.sample_rate} {track.channels} {track.offset_seconds:.1f}"
    return hashlib.sha256(same.encode()).hexdigest() if packets else ""


def _cut(
    lease: Lease[Transcript], sound: Sound | follow.Followed, started: datetime, stopping: Callable[[], bool]
) -> dict[str, Any] | None:
    """Offer its shards until its end. What was learned of it; None when another is to go on."""
    transcript = lease.work
    known = dict(transcript.shards.values_list("index", "digest"))  # a worker before us came so far
    end = voiced = 0.0
    cut = 0
    options = Options(**transcript.options)
    track = transcript.track
    meter, raiser = Meter(), Raiser()
    raised = raiser.raised(_within_limit(_metered(sound, meter)))
    for shard in speech.cut(raised, speech.Cutting.of(options), track.offset_seconds):
        end = shard.end
        voiced += sum(span.seconds for span in shard.speech)
        digest = hashlib.sha256(shard.pcm).hexdigest()
        if known.get(shard.index, "") not in {"", digest}:
            raise follow.WrongGuess(f"another sound in shard {shard.index}")
        _offer(lease, shard, digest, is_new=shard.index not in known)
        cut += 1
        if stopping():
            return None
    if max(known, default=-1) >= cut:
        raise follow.WrongGuess(f"{cut} shards are fewer than before")
    return {
        "duration_seconds": end,
        "sound": {
            **_levels(meter, raiser),
            "seconds": round(end, 3),
            "silent_share": round(1 - voiced / end, 3) if end else 1.0,
            "errors": [round(track.offset_seconds + seconds, 1) for seconds in sound.errors[:MOST_ERRORS]],
        },
        "timings": {**transcript.timings, "prepare_seconds": round((timezone.now() - started).total_seconds(), 3)},
    }


def _metered(chunks: Iterator[bytes], meter: Meter) -> Iterator[bytes]:
    for chunk in chunks:
        meter.take(chunk)
        yield chunk


def _levels(meter: Meter, raiser: Raiser) -> dict[str, float]:
    return {
        "loudness_db": round(meter.loudness_db, 1),
        "peak_db": round(meter.peak_db, 1),
        "clipped_share": round(meter.clipped_share, 6),
        "raised_db": round(raiser.gain_db, 1),
    }


def _within_limit(chunks: Iterator[bytes]) -> Iterator[bytes]:
    limit = current.MAX_DURATION_HOURS * 3600 * BYTES_PER_SECOND
    heard = 0
    for chunk in chunks:
        heard += len(chunk)
        if heard > limit:
            raise TooLong("too_long", hours=f"{current.MAX_DURATION_HOURS:g}")
        yield chunk


def _offer(lease: Lease[Transcript], shard: CutShard, digest: str, *, is_new: bool) -> None:
    """Write the shard's sound, then its row. A shard known from before may have lost its sound: written again."""
    transcript = lease.work
    key = storage.shard_key(transcript.pk, shard.index) if shard.speech else ""
    undone = Shard.objects.filter(transcript=transcript, index=shard.index, state=Shard.State.OFFERED)
    waveform = peaks(shard.pcm, shard.start)
    if key and (is_new or undone.exists()):
        storage.write(key, shard.pcm)
    with transaction.atomic():
        transcript = lease.hold()  # its place in the order may have changed
        progress = {"prepared_seconds": shard.end, "attempts": 1}  # it moves: only attempts without a shard count
        if is_new:
            Shard.objects.create(
                transcript=transcript,
                index=shard.index,
                start_seconds=shard.start,
                end_seconds=shard.end,
                speech=[[span.start, span.end] for span in shard.speech],
                storage_key=key,
                digest=digest,
                peaks=waveform,
                priority=transcript.priority,
                turn=transcript.turn + shard.start,
                offered_at=timezone.now(),
                state=Shard.State.OFFERED if shard.speech else Shard.State.DONE,
            )
        spoken = [[span.start, span.end] for span in shard.speech]
        undone.update(storage_key=key, start_seconds=shard.start, end_seconds=shard.end, speech=spoken, peaks=waveform)
        if not state.change(
            transcript.pk, **progress, recognised_seconds=F("recognised_seconds") + (_silent(shard) if is_new else 0.0)
        ):
            raise LeaseLost
        if shard.speech:
            queue.wake("speech")


def _silent(shard: CutShard) -> float:
    """Seconds with nothing to recognise, those before the sound begins among them."""
    before = 0.0 if shard.index else shard.start
    return before if shard.speech else before + shard.end - shard.start


def _complete(lease: Lease[Transcript], learned: dict[str, Any] | None) -> None:
    """It is prepared, with what was learned; without, it is to be gone on with."""
    if learned is None:
        _give_back(lease)
        return
    with transaction.atomic():
        transcript = lease.hold()
        fields = {"state": Transcript.State.RECOGNISING, "lease_owner": "", "lease_expires_at": None}
        state.change(transcript.pk, **fields, prepared_at=timezone.now(), **learned)
    finish.finish_if_complete(transcript.pk, timezone.now())
