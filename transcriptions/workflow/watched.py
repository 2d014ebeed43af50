"""Files of a watched folder: each is taken in once, a refused one told once, and its transcripts are written beside it.

A file's row and its entry in the history come with one commit, so no kill has a file taken in twice.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from django.db import transaction

from accounts.models import User
from transcriptions import inbox, temporary
from transcriptions.configuration import current
from transcriptions.inbox import Found
from transcriptions.models import Transcript, Transcription, WatchedFile
from transcriptions.workflow.export import export
from transcriptions.workflow.intake import PASSING, ReceivedFile, Refused, accept_upload, limits


def remembered(*, user: User, found: Found) -> WatchedFile | None:
    """Its row, if it is still the same file."""
    stamp = {"size_bytes": found.size_bytes, "modified_ns": found.modified_ns}
    return WatchedFile.objects.filter(user=user, path=str(found.path), **stamp).first()


def take(
    *, user: User, found: Found, chosen: Mapping[str, str], stopping: Callable[[], bool], now: datetime
) -> Transcription:
    """Its new entry. Raises Refused, remembered unless it is of those in PASSING, and what inbox.copy raises."""
    try:
        return _take(user, found, chosen, stopping, now)
    except Refused as refused:
        if refused.code not in PASSING:
            _remember(user, found, now, error_code=refused.code)
        raise


def _take(
    user: User, found: Found, chosen: Mapping[str, str], stopping: Callable[[], bool], now: datetime
) -> Transcription:
    if found.size_bytes > current.MAX_UPLOAD_BYTES:
        raise Refused("too_large", **limits("too_large"))
    with temporary.folder("watched") as folder:
        copy = folder / "copy"
        sha256 = inbox.copy(found, copy, stopping)
        upload = ReceivedFile(name=found.path.name, path=copy, size_bytes=found.size_bytes, sha256=sha256)
        with transaction.atomic():
            entry = accept_upload(user=user, upload=upload, chosen=chosen, now=now)
            _remember(user, found, now, transcription=entry)
            return entry


def _remember(
    user: User, found: Found, now: datetime, *, transcription: Transcription | None = None, error_code: str = ""
) -> None:
    values = {
        "size_bytes": found.size_bytes,
        "modified_ns": found.modified_ns,
        "transcription": transcription,
        "error_code": error_code,
        "kept_at": str(found.path),
        "seen_at": now,
        "written_at": None,
    }
    WatchedFile.objects.update_or_create(user=user, path=str(found.path), defaults=values)


def put_away(*, row: WatchedFile, found: Found, root: Path, folder: Path) -> Path:
    """Move a file that was taken in; where it is now. Raises OSError, with the file where it was or complete there."""
    row.kept_at = str(inbox.place_in(folder, found, root))
    row.save(update_fields=["kept_at"])  # first: transcripts find the file whenever the move is cut off
    inbox.move(found, Path(row.kept_at))
    return Path(row.kept_at)


def over(*, user: User, root: Path) -> Iterator[WatchedFile]:
    """Those below a folder whose work is over and whose transcripts are not written, where the file is still there."""
    rows = WatchedFile.objects.filter(
        user=user,
        path__startswith=f"{root}/",
        written_at=None,
        transcription__deleted_at=None,
        transcription__transcript__state__in=[Transcript.State.DONE, Transcript.State.FAILED],
    )
    for row in rows.select_related("transcription__transcript").order_by("pk"):
        if Path(row.kept_at).exists():
            yield row


def write_transcripts(*, row: WatchedFile, format_names: Sequence[str], now: datetime) -> list[Path]:
    """Beside the file of a transcript that is done, with its whole name before their ending. Raises OSError."""
    places = []
    if row.transcription:
        for name in format_names:
            place = Path(f"{row.kept_at}.{name}")
            inbox.write(place, export(entry=row.transcription, format_name=name))
            places.append(place)
    row.written_at = now
    row.save(update_fields=["written_at"])
    return places
