"""All that a person has here, put together into one zip to take away: the account, every transcript, every recording
that is kept. Written to the disk as it is read; of each file in it only its name stays in memory.

What was half made when its worker was killed or told to end is made anew.
"""

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from accounts.about import about
from accounts.models import User
from transcriptions import locks, names, queue, storage, temporary
from transcriptions.configuration import current
from transcriptions.models import Media, Takeout, Transcript, Transcription
from transcriptions.workflow import files
from transcriptions.workflow.export import export
from transcriptions.workflow.lease import Lease, LeaseLost, carry_out, claim

logger = logging.getLogger(__name__)

FORMATS = ("txt", "srt", "json")
LONGEST_BYTES = 80  # of a name in the zip; some systems allow 260 characters for the whole path
STEP_SECONDS = 1.0  # between two looks at what else there is to do

Step = Callable[[int], None]


class Stopped(Exception):  # noqa: N818 - a request, not an error
    """The process is asked to end."""


def of(user: User) -> Takeout | None:
    return Takeout.objects.filter(user=user).first()


def ask(*, user: User, now: datetime) -> None:
    """Have it made, unless it is on its way. One that was made before goes."""
    with transaction.atomic():
        if not User.objects.select_for_update().filter(pk=user.pk).exists():
            return  # deleted in another tab
        files.forget(Takeout.objects.filter(user=user).exclude(state=Takeout.State.WAITING))
        _, is_new = Takeout.objects.get_or_create(user=user, defaults={"created_at": now})
        if is_new:
            queue.wake(queue.PICTURES)


def remove(*, user: User) -> None:
    """Before its time, or before it is made."""
    with transaction.atomic():
        files.forget(Takeout.objects.filter(user=user))


def waiting() -> QuerySet[Takeout]:
    return Takeout.objects.filter(state=Takeout.State.WAITING)


def make_next(stopping: Callable[[], bool], meanwhile: Callable[[], None]) -> bool:
    """Make what has waited longest; False when there is nothing.

    meanwhile: called about every second, and may take its time.
    """
    lease = claim(waiting().select_related("user").order_by("created_at", "pk"), timezone.now())
    if lease is None:
        return False
    do = partial(_make, lease, stopping, meanwhile)
    carry_out(lease, do, partial(_fail, lease), exhausted="takeout_failed")
    return True


def _fail(lease: Lease[Takeout], code: str, detail: str) -> None:
    _end(lease, state=Takeout.State.FAILED, error_code=code, error_detail=detail[:4000])


def _make(lease: Lease[Takeout], stopping: Callable[[], bool], meanwhile: Callable[[], None]) -> None:
    user, key = lease.work.user, storage.takeout_key(lease.work.pk)
    all_bytes = _size(user)
    storage.ask_for_room(all_bytes)
    try:
        with temporary.folder("takeout") as folder, storage.told_when_full():
            made = folder / "made.zip"
            _write(user, made, _progress(lease, all_bytes, stopping, meanwhile))
            size = made.stat().st_size
            with transaction.atomic():
                locks.hold(key)
                lease.hold()
                storage.adopt(made, key)
                _end(lease, state=Takeout.State.DONE, storage_key=key, size_bytes=size)
    except Stopped:
        lease.give_back()
        queue.wake(queue.PICTURES)


def _size(user: User) -> int:
    """In bytes, of what goes into it; nearly."""
    transcripts = Transcript.objects.filter(transcriptions__user=user)
    recordings = _recordings(user).aggregate(size=Sum("size_bytes", default=0))["size"]
    return int(recordings + transcripts.aggregate(size=Sum("size_bytes", default=0))["size"])


def _recordings(user: User) -> QuerySet[Media]:
    kept = Media.objects.exclude(storage_key="")
    return kept.filter(pk__in=user.transcriptions.values("transcript__media"))


def _write(user: User, target: Path, step: Step) -> None:
    with ZipFile(target, "w") as archive:
        into = _Zip(archive, step)
        into.add_json("account.json", about(user))
        for number, entry in enumerate(_entries(user), start=1):
            _add(into, entry, f"{number:05} {_name(entry.title)}")


def _entries(user: User) -> Iterator[Transcription]:
    """From the oldest on; not those that are deleted meanwhile."""
    for entry_id in list(user.transcriptions.order_by("created_at", "pk").values_list("pk", flat=True)):
        yield from user.transcriptions.select_related("transcript__media").filter(pk=entry_id)


def _add(into: "_Zip", entry: Transcription, name: str) -> None:
    transcript = entry.transcript
    into.add_json(
        f"transcripts/{name}/entry.json",
        {
            "title": entry.title,
            "file_name": entry.file_name,
            "tags": entry.tags,
            "notes": entry.notes,
            "is_favourite": entry.is_favourite,
            "is_archived": entry.is_archived,
            "created_at": entry.created_at,
            "state": transcript.state,
            "language": transcript.language,
            "duration_seconds": transcript.duration_seconds,
            "options": transcript.options,
            "recording": into.add_recording(transcript.media, f"recordings/{name}", entry.file_name),
        },
    )
    for format_name in FORMATS:
        pieces = export(entry=entry, format_name=format_name)
        into.add(f"transcripts/{name}/{_name(entry.title)}.{format_name}", pieces)


@dataclass
class _Zip:
    """recordings: where each that is in it stands; one that has two entries is in it once."""

    archive: ZipFile
    step: Step
    recordings: dict[int, str] = field(default_factory=dict)

    def add_json(self, name: str, content: dict[str, Any]) -> None:
        self.add(name, [json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2).encode()])

    def add_recording(self, media: Media, name: str, file_name: str) -> str:
        """Its name in the zip; "" where it is not kept, or has just been removed."""
        if media.pk in self.recordings:
            return self.recordings[media.pk]
        if not storage.exists(media.storage_key):
            return ""
        ending = Path(media.storage_key).suffix or Path(names.FORBIDDEN.sub("-", file_name)).suffix
        pieces = storage.pieces(media.storage_key, 0, storage.size(media.storage_key))
        self.add(f"{name}{ending}", pieces, ZIP_STORED)  # sound is packed already
        self.recordings[media.pk] = f"{name}{ending}"
        return self.recordings[media.pk]

    def add(self, name: str, pieces: Iterable[bytes], packing: int = ZIP_DEFLATED) -> None:
        info = ZipInfo(name, date_time=timezone.localtime().timetuple()[:6])
        info.compress_type = packing
        with self.archive.open(info, "w", force_zip64=True) as file:
            for piece in pieces:
                file.write(piece)
                self.step(len(piece))


def _name(text: str) -> str:
    return names.stem(text, LONGEST_BYTES)


def _progress(
    lease: Lease[Takeout], all_bytes: int, stopping: Callable[[], bool], meanwhile: Callable[[], None]
) -> Step:
    """Raises Stopped and LeaseLost."""
    looked, made = time.monotonic(), 0

    def step(size_bytes: int) -> None:
        nonlocal looked, made
        made += size_bytes
        if stopping():
            raise Stopped
        if time.monotonic() - looked < STEP_SECONDS:
            return
        mine = Takeout.objects.filter(pk=lease.work.pk, lease_owner=lease.owner)
        if not mine.update(made_bytes=made, all_bytes=all_bytes):
            raise LeaseLost
        meanwhile()
        looked = time.monotonic()

    return step


def _end(lease: Lease[Takeout], **fields: object) -> None:
    """Write what came of it. It is kept for a while, a failure too."""
    now = timezone.now()
    expires_at = now + timedelta(hours=current.EXPORT_KEEP_HOURS)
    with transaction.atomic():
        row = lease.hold()
        ended = {"lease_owner": "", "lease_expires_at": None, "finished_at": now, "expires_at": expires_at}
        Takeout.objects.filter(pk=row.pk).update(**ended, **fields)
