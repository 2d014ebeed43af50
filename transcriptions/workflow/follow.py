"""The sound of a file that still arrives, as far as it has come.

Headers lie, and some files cannot be understood from their front. So what was heard on the way is compared with the
sound of the complete file, and the last of it comes from there: the text is that of the complete file, or is made anew.
"""

import hashlib
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from django.db.models import Count, OuterRef, Q, QuerySet
from django.utils import timezone

from transcriptions import configuration, incoming, storage
from transcriptions.configuration import current
from transcriptions.engine.errors import EngineError
from transcriptions.engine.ffmpeg import Sound
from transcriptions.engine.room import Feed
from transcriptions.engine.values import BYTES_PER_SECOND, AudioTrack
from transcriptions.models import Transcript, Upload
from transcriptions.workflow.lease import Lease, LeaseLost

LOOK_SECONDS = 0.5  # between two looks at the upload's row
STALL_SECONDS = 60.0  # without one byte more
PIECE_BYTES = 64 * 1024
HELD_BACK_BYTES = BYTES_PER_SECOND // 2  # a file's end may say what of its sound is padding
OFFSET_SECONDS = 0.01  # two tracks that begin so near together begin together


class WrongGuess(Exception):  # noqa: N818 - a verdict
    """What was heard on the way is not the sound of the file: it has to be complete before it can be read."""


class Stalled(Exception):  # noqa: N818 - a verdict
    """Nothing more has come for a while: its thread is for others."""


class Elsewhere(Exception):  # noqa: N818 - a verdict
    """It arrives at another host, or has just been given its place."""


class Interrupted(Exception):  # noqa: N818 - a request
    """The process is asked to end."""


def arriving() -> QuerySet[Upload]:
    """The uploads that an outer query's transcripts are made of, while they arrive."""
    return Upload.objects.filter(transcription__transcript=OuterRef("pk"), completed_at=None, error_code="")


def not_yet() -> QuerySet[Upload]:
    """Those of them that nobody is to follow now: each person has some of the hands there are."""
    return arriving().filter(Q(waits=True) | Q(stalls=True) | Q(user__in=_followed_enough()))


def _followed_enough() -> QuerySet[Any, Any]:
    held = Upload.objects.filter(completed_at=None, transcription__transcript__lease_expires_at__gt=timezone.now())
    by_person = held.exclude(transcription__transcript__lease_owner="").order_by().values("user")
    most = current.MAX_FOLLOWED_UPLOADS_PER_USER
    return by_person.annotate(held=Count("pk")).filter(held__gte=most).values("user")


def upload_of(transcript: Transcript) -> Upload | None:
    """The one it is made of, while it arrives."""
    return Upload.objects.filter(transcription__transcript=transcript, completed_at=None, error_code="").first()


def wait_until_complete(upload: Upload) -> None:
    """Nobody is to follow it any more."""
    Upload.objects.filter(pk=upload.pk).update(waits=True)


def wait_until_it_goes_on(upload: Upload) -> None:
    """Nobody is to follow it until more has come."""
    Upload.objects.filter(pk=upload.pk).update(stalls=True)


class Followed(Iterator[bytes]):
    """16 kHz mono s16le of an upload, to be read once. Raises WrongGuess, Stalled, Elsewhere, Interrupted, LeaseLost,
    and EngineError as FFmpeg.pcm does.

    `errors` are the complete file's: about when, in seconds, something could not be decoded.
    """

    def __init__(self, lease: Lease[Transcript], upload: Upload, stopping: Callable[[], bool]) -> None:
        self.errors: list[float] = []
        self._lease, self._transcript, self._upload, self._stopping = lease, lease.work, upload, stopping
        self._chunks = self._sound()

    def __next__(self) -> bytes:
        return next(self._chunks)

    def _sound(self) -> Iterator[bytes]:
        heard, size = hashlib.sha256(), 0
        with _opened(self._upload.pk) as file:
            growing = _Growing(self._lease, self._upload.pk, file, self._stopping)
            for chunk in self._on_the_way(growing):
                heard.update(chunk)
                size += len(chunk)
                yield chunk
            growing.wait()
        yield from self._rest(heard.digest(), size)

    def _on_the_way(self, growing: "_Growing") -> Iterator[bytes]:
        held = b""
        try:
            for chunk in _pcm(growing.more, self._transcript.track):
                held += chunk
                ready, held = held[:-HELD_BACK_BYTES], held[-HELD_BACK_BYTES:]
                if ready:
                    yield ready
        except EngineError as error:
            raise WrongGuess(error.detail) from error

    def _rest(self, heard: bytes, size: int) -> Iterator[bytes]:
        """What of the complete file's sound comes after what was heard, if it begins with that."""
        track = self._transcript.track
        whole = Transcript.objects.select_related("media").filter(pk=self._transcript.pk).first()
        if whole is None:
            raise LeaseLost
        if not _is_same(track, whole.track):
            raise WrongGuess(f"{whole.track} instead of {track}")
        with storage.local(whole.media.storage_key) as path:
            sound = _pcm(path, whole.track)
            yield _after(sound, heard, size)
            yield from sound
            self.errors = sound.errors


def _after(sound: Iterator[bytes], heard: bytes, size: int) -> bytes:
    """The rest of the chunk in which a sound has given what was heard. Raises WrongGuess."""
    beginning, left, chunk = hashlib.sha256(), size, b""
    while left and (chunk := next(sound, b"")):
        beginning.update(chunk[:left])
        if left < len(chunk):
            chunk, left = chunk[left:], 0
        else:
            left -= len(chunk)
            chunk = b""
    if left or beginning.digest() != heard:
        raise WrongGuess("another sound")
    return chunk


class _Growing:
    """The bytes of an upload from its front, as they come."""

    def __init__(
        self, lease: Lease[Transcript], upload_id: uuid.UUID, file: BinaryIO, stopping: Callable[[], bool]
    ) -> None:
        self._lease, self._upload_id, self._file, self._stopping = lease, upload_id, file, stopping
        self._is_complete = False
        self._looked_at = 0.0
        self._grown_at = time.monotonic()

    def more(self) -> bytes | None:
        """As engine.room.Feed has it."""
        is_complete = self._is_complete  # before the look at what is there: there may be more by now
        left = self._there() - self._file.tell()
        if left > 0:
            self._grown_at = time.monotonic()
            return self._file.read(min(left, PIECE_BYTES))
        if is_complete:
            return b""
        self._look()
        return None

    def wait(self) -> None:
        """Until it is complete."""
        while not self._is_complete:
            time.sleep(LOOK_SECONDS)
            self._look()

    def _look(self) -> None:
        if self._stopping():
            raise Interrupted
        if time.monotonic() - self._looked_at >= LOOK_SECONDS:
            found = Upload.objects.filter(pk=self._upload_id, error_code="").values_list("completed_at", flat=True)
            if not (found and self._lease.is_ours()):
                raise LeaseLost
            self._looked_at, self._is_complete = time.monotonic(), found[0] is not None
        if not self._is_complete and time.monotonic() - self._grown_at > STALL_SECONDS:
            raise Stalled

    def _there(self) -> int:
        with suppress(FileNotFoundError):  # then it has been given its place
            return incoming.size(self._upload_id)
        return os.fstat(self._file.fileno()).st_size


def _opened(upload_id: uuid.UUID) -> BinaryIO:
    try:
        return incoming.path(upload_id).open("rb", buffering=0)
    except FileNotFoundError:
        raise Elsewhere from None


def _pcm(source: Path | Feed, track: AudioTrack) -> Sound:
    return configuration.ffmpeg().pcm(source, track.index, allowed_seconds=current.MAX_DURATION_HOURS * 3600)


def _is_same(one: AudioTrack, other: AudioTrack) -> bool:
    kinds = [(track.index, track.codec, track.sample_rate, track.channels) for track in (one, other)]
    return kinds[0] == kinds[1] and abs(one.offset_seconds - other.offset_seconds) <= OFFSET_SECONDS
