"""Texts to be corrected, and how they read now."""

from typing import Any

from accounts.models import User
from tests.web import rows
from transcriptions.models import Segment, Transcription
from transcriptions.workflow import lines
from transcriptions.workflow.lines import Line


def text(user: User, *texts: str, **fields: Any) -> Transcription:
    """An entry with words: of each segment's two seconds every word has its share, and is heard with 0.9."""
    entry = rows.entry(user, *texts, **fields)
    for segment in Segment.objects.filter(transcript=entry.transcript):
        time_words(segment)
    return entry


def time_words(segment: Segment) -> None:
    found = segment.text.split()
    share = (segment.end_seconds - segment.start_seconds) / len(found)
    begins = [segment.start_seconds + share * at for at in range(len(found) + 1)]
    segment.words = [[round(begins[at], 3), round(begins[at + 1], 3), f" {word}", 0.9] for at, word in enumerate(found)]
    segment.save()


def now(entry: Transcription) -> list[Line]:
    return lines.page(entry).lines


def said(entry: Transcription) -> list[str]:
    return [line.text for line in now(entry)]


def at(entry: Transcription, place: int) -> dict[str, Any]:
    """Which line, and what is seen of it."""
    line = now(entry)[place]
    return {"entry": entry, "user": entry.user, "key": line.key, "version": line.version}
