"""Rows as the workers leave them, made by hand: a page needs no engine to be tested."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from transcriptions import configuration, storage
from transcriptions.engine.values import AudioTrack
from transcriptions.models import Media, Segment, Shard, Transcript, Transcription
from transcriptions.workflow import state


def entry(
    user: User,
    *texts: str,
    title: str = "Talk",
    state: Transcript.State = Transcript.State.DONE,
    **fields: Any,
) -> Transcription:
    """An entry whose recording nobody else has, one segment a text, two seconds each."""
    now, content = timezone.now(), os.urandom(8)
    sha256 = hashlib.sha256(content).hexdigest()
    storage.write(storage.media_key(sha256), content)
    media = Media.objects.create(
        sha256=sha256,
        size_bytes=len(content),
        storage_key=storage.media_key(sha256),
        container="wav",
        duration_seconds=60.0,
        audio_tracks=[asdict(AudioTrack(0, "pcm_s16le", 16_000, 1))],
        created_at=now,
    )
    options = configuration.options()
    transcript = Transcript.objects.create(
        **{
            "media": media,
            "fingerprint": options.fingerprint(),
            "reuse_key": options.fingerprint(),
            "options": asdict(options),
            "state": state,
            "language": "en",
            "created_at": now,
            "last_used_at": now,
            **fields,
        }
    )
    Shard.objects.create(
        transcript=transcript, index=0, start_seconds=0, end_seconds=60, speech=[[0, 60]], state=Shard.State.DONE
    )
    for text in texts:
        say(transcript, text)
    return Transcription.objects.create(
        user=user, transcript=transcript, title=title, file_name=f"{title}.wav"[:255], created_at=now
    )


def under_way(user: User, text: str) -> Transcription:
    """Prepared, and from its first moment in somebody's hands, with its sound, or the site's workers would take it."""
    until_later = {"lease_owner": "elsewhere", "lease_expires_at": timezone.now() + timedelta(hours=1)}
    with transaction.atomic():
        live = entry(user, text, state=Transcript.State.RECOGNISING, prepared_at=timezone.now())
        live.transcript.shards.update(state=Shard.State.OFFERED, storage_key="elsewhere", **until_later)
    return live


def entries(user: User, titles: Sequence[str]) -> list[Transcription]:
    return [entry(user, title=title) for title in titles]


def say(transcript: Transcript, text: str) -> Segment:
    """One segment more, as `process` saves it: with the transcript's next revision, announced."""
    position = transcript.segments.count()
    with transaction.atomic():
        changed = {"recognised_seconds": 2.0 * position + 2, "first_segment_at": timezone.now()}
        revision = state.change(transcript.pk, **changed)
        if not revision:  # a finished one, made so from the start
            revision = transcript.revision = position + 1
            Transcript.objects.filter(pk=transcript.pk).update(revision=revision, **changed)
        return Segment.objects.create(
            transcript=transcript,
            shard=transcript.shards.get(),
            position=position,
            start_seconds=2.0 * position,
            end_seconds=2.0 * position + 2,
            text=text,
            avg_logprob=-0.1,
            no_speech_prob=0.0,
            compression_ratio=1.0,
            temperature=0.0,
            revision=revision,
        )


def finish(transcript: Transcript) -> None:
    state.change(transcript.pk, state=Transcript.State.DONE, finished_at=timezone.now(), duration_seconds=60.0)
