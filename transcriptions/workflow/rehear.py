"""A stretch of a text recognised once more with other options, beside what stands there: asked for, compared, taken or
left. Recognises nothing: see rehearing.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from transcriptions import queue, storage
from transcriptions.engine.options import Options
from transcriptions.engine.values import Word
from transcriptions.models import Change, Rehearing, Transcript, Transcription
from transcriptions.workflow import lines, pen
from transcriptions.workflow.intake import Refused, options_of, task_of
from transcriptions.workflow.lines import Line

State = Rehearing.State
Piece = tuple[str, str]  # "same", "gone" or "new"; and the words


@dataclass(frozen=True)
class Compared:
    """seen: what stands there now, by its versions, to be said when it is taken."""

    pieces: list[Piece]
    seen: str


def of(entry: Transcription, user: User) -> Rehearing | None:
    """The one that this person has asked for of this text."""
    return Rehearing.objects.filter(transcription=entry, transcript=entry.transcript_id, user=user).first()


def waiting() -> QuerySet[Rehearing]:
    return Rehearing.objects.filter(state=State.WAITING)


def ask(
    *, entry: Transcription, user: User, start: float, end: float, chosen: Mapping[str, str], now: datetime
) -> None:
    """In the place of what this person asked for before. Lines that begin between the two times are meant, whole.

    Raises Refused where nothing is kept to be heard, while the text is still being made, and for what is too long.
    """
    media = entry.transcript.media
    if not (media.storage_key and storage.exists(media.storage_key)):
        raise Refused("recording_gone")
    if entry.transcript.state != Transcript.State.DONE:
        raise Refused("not_heard_yet")
    some = _whole(entry, [line for line in lines.page(entry, since=start).lines if line.start < end])
    if not some:
        raise Refused("nothing_to_rehear")
    begins, ends = min(line.start for line in some), max(line.end for line in some)
    if ends - begins > settings.MAX_REHEAR_SECONDS:
        raise Refused("rehear_too_long", seconds=settings.MAX_REHEAR_SECONDS)
    before = Options(**entry.transcript.options)
    wanted = {name: value for name, value in chosen.items() if value}
    options = options_of({"task": task_of(before), **wanted}, track=before.track)
    with transaction.atomic():
        Rehearing.objects.filter(transcription=entry, user=user).delete()
        Rehearing.objects.create(
            transcription=entry,
            transcript_id=entry.transcript_id,
            user=user,
            from_seconds=min(line.from_seconds for line in some),
            to_seconds=max(line.to_seconds for line in some),
            start_seconds=begins,
            end_seconds=ends,
            options=asdict(options),
            created_at=now,
            expires_at=now + timedelta(hours=settings.REHEAR_KEEP_HOURS),
        )
        queue.wake("speech")


def compare(entry: Transcription, heard: Rehearing) -> Compared:
    """What is there now beside what was heard, word by word."""
    there = _over(entry, heard)
    now, new = ([word for text in texts for word in text.split()] for texts in (_texts(there), _heard(heard)))
    pieces: list[Piece] = []
    for kind, first, last, begin, end in SequenceMatcher(None, now, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(("same", " ".join(now[first:last])))
            continue
        differing = (("gone", " ".join(now[first:last])), ("new", " ".join(new[begin:end])))
        pieces += [(name, text) for name, text in differing if text]
    return Compared(pieces, _seen(there))


def take(*, entry: Transcription, user: User, seen: str, now: datetime) -> None:
    """It stands in the place of the lines that it was compared with, as one change. Raises Refused."""
    with pen.writing(entry, user, Change.Kind.REHEARD, now) as writing:
        heard = Rehearing.objects.select_for_update().filter(transcription=entry, user=user, state=State.DONE).first()
        if heard is None or heard.transcript_id != entry.transcript_id:
            raise Refused("nothing_to_take")
        there = _over(entry, heard)
        if seen != _seen(there):
            raise Refused("compared_is_old")
        writing.put(there, _lines(heard, there, writing.change().pk))
        heard.delete()


def leave(*, entry: Transcription, user: User, now: datetime) -> None:
    Rehearing.objects.filter(transcription=entry, user=user).delete()


def _whole(entry: Transcription, some: list[Line]) -> list[Line]:
    """With what stands over the same ranges of what was recognised."""
    if not some:
        return []
    found = lines.over(entry, min(line.from_seconds for line in some), max(line.to_seconds for line in some))
    return found if len(found) == len(some) else _whole(entry, found)


def _over(entry: Transcription, heard: Rehearing) -> list[Line]:
    return lines.over(entry, heard.from_seconds, heard.to_seconds)


def _seen(there: list[Line]) -> str:
    return " ".join(f"{line.key}:{line.version}" for line in there)


def _texts(there: list[Line]) -> list[str]:
    return [line.text for line in there]


def _heard(heard: Rehearing) -> list[str]:
    return [text for _, _, text, _ in heard.segments]


def _lines(heard: Rehearing, there: list[Line], change: int) -> list[Line]:
    """Over all of the range; nobody's have no text. Who speaks is who did for the longest of that time."""
    found = heard.segments or [(heard.start_seconds, heard.end_seconds, "", [])]
    pattern = there[0]
    return [
        replace(
            pattern,
            key=f"c{change}-{part}",
            version=0,
            start=start,
            end=end,
            from_seconds=heard.from_seconds,
            to_seconds=heard.to_seconds,
            part=part,
            text=text,
            words=tuple(Word(*word) for word in words),
            speaker=max(there, key=lambda line: min(line.end, end) - max(line.start, start)).speaker,
            checked_by=None,
            checked_at=None,
        )
        for part, (start, end, text, words) in enumerate(found)
    ]
