"""An entry's text as its person has it: lines, which are the segments that no correction stands over, and corrections.

Reads only. A page, an export, the events and the search all read here; what was recognised, without corrections, too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, F, FloatField, IntegerField, Q, QuerySet, Subquery, Value
from django.db.models import OuterRef as Outer
from django.db.models.expressions import Combinable
from django.db.models.fields import BigIntegerField, DateTimeField
from django.db.models.functions import Cast, Coalesce

from transcriptions.engine.values import Word
from transcriptions.models import Change, Segment, SegmentEdit, Transcription

NOWHERE = Value(-1.0)  # before the first second
CHUNK = 500  # rows read at once
NEAR = 50  # lines looked at to find the one before; more do not start at the same time
MOST_CHANGED = 500  # lines; where more have changed, the whole text is read anew

# Of each line, in the order of Line's fields.
SEGMENT = {
    "line": Cast("pk", CharField()),
    "version": Value(0, BigIntegerField()),
    "begins": F("start_seconds"),
    "first": F("start_seconds"),
    "last": F("start_seconds"),
    "shard_": F("shard_id"),
    "place": F("position"),
    "ends": F("end_seconds"),
    "said": F("text"),
    "timed": F("words"),
    "who": Value("", CharField()),
    "seen_by": Value(None, IntegerField()),
    "seen_at": Value(None, DateTimeField()),
    "logprob": F("avg_logprob"),
    "no_speech": F("no_speech_prob"),
    "ratio": F("compression_ratio"),
    "heat": F("temperature"),
}
EDIT = {
    **SEGMENT,
    "line": F("key"),
    "version": F("pk"),
    "first": F("from_seconds"),
    "last": F("to_seconds"),
    "shard_": Value(0, BigIntegerField()),
    "place": F("part"),
    "who": F("speaker"),
    "seen_by": F("checked_by_id"),
    "seen_at": F("checked_at"),
    **dict.fromkeys(("logprob", "no_speech", "ratio", "heat"), Value(None, FloatField())),
}
ORDER = ("begins", "first", "shard_", "place")


@dataclass(frozen=True)
class Line:
    """version: the number of the correction's row, 0 for what was recognised. from_seconds, to_seconds: of the first
    and the last segment under it, where they start. figures: what Segment has of the recognition, in its order; of a
    correction there are none."""

    key: str
    version: int
    start: float
    from_seconds: float
    to_seconds: float
    shard: int
    part: int
    end: float
    text: str
    words: tuple[Word, ...]
    speaker: str = ""
    checked_by: int | None = None
    checked_at: datetime | None = None
    figures: tuple[float, ...] = ()


@dataclass(frozen=True)
class Page:
    """following: the start of the first line after it; None at the end."""

    lines: list[Line]
    following: float | None


@dataclass(frozen=True)
class Changed:
    """What differs between two changes. lines: as they are now. gone: keys of those that are no more. None, both, where
    it is too much to be told."""

    change: int
    lines: list[Line] | None
    gone: list[str] | None


def holding(entry: Transcription) -> QuerySet[SegmentEdit]:
    """The corrections that stand in the text now."""
    return SegmentEdit.objects.filter(transcription=entry, transcript=entry.transcript_id, ended_by=None)


def uncorrected(entry: Transcription) -> QuerySet[Segment]:
    """The segments that no correction stands over. The nearest range that begins before one is the only candidate."""
    nearest = holding(entry).filter(from_seconds__lte=Outer("start_seconds")).order_by("-from_seconds")
    segments = Segment.objects.filter(transcript=entry.transcript_id)
    covered_to = Coalesce(Subquery(nearest.values("to_seconds")[:1]), NOWHERE)
    return segments.alias(covered_to=covered_to).filter(covered_to__lt=F("start_seconds"))


def every(entry: Transcription, *, original: bool = False) -> Iterator[Line]:
    """All lines in order, a few at a time, as they are when it begins. original: as they were recognised."""
    segments = Segment.objects.filter(transcript=entry.transcript_id) if original else uncorrected(entry)
    rows = _rows(segments, holding(entry).none() if original else holding(entry))
    yield from map(_line, rows.iterator(CHUNK))


def page(entry: Transcription, *, since: float = 0.0, most: int = CHUNK) -> Page:
    """The lines that start then or later. Those that start at the same time are on the same page."""
    later = Q(start_seconds__gte=since)
    lines = _first(entry, later, most + 1)
    if len(lines) <= most:
        return Page(lines, None)
    following = lines[-1].start
    whole = [line for line in lines if line.start < following]
    return Page(whole, following) if whole else page(entry, since=since, most=2 * most)


def pages(entry: Transcription, *, since: float = 0.0) -> Iterator[list[Line]]:
    """All pages from there. Lines may be changed while they are walked, as long as they keep their starts."""
    found: float | None = since
    while found is not None:
        shown = page(entry, since=found)
        yield shown.lines
        found = shown.following


def over(entry: Transcription, from_seconds: float, to_seconds: float) -> list[Line]:
    """The first lines that stand over a range of what was recognised."""
    inside = Q(start_seconds__range=(from_seconds, to_seconds))
    meeting = Q(from_seconds__lte=to_seconds, to_seconds__gte=from_seconds)
    return list(map(_line, _rows(uncorrected(entry).filter(inside), holding(entry).filter(meeting))[:CHUNK]))


def neighbours(entry: Transcription, line: Line) -> tuple[Line | None, Line | None]:
    """The lines before and after one."""
    nearest = (rows.filter(start_seconds__lte=line.start).order_by("-start_seconds")[:NEAR] for rows in _both(entry))
    before = _rows(*nearest)
    lines = list(map(_line, before)) + _first(entry, Q(start_seconds__gt=line.start), 2)
    at = next(at for at, found in enumerate(lines) if found.key == line.key)
    return lines[at - 1] if at else None, lines[at + 1] if at + 1 < len(lines) else None


def find(entry: Transcription, key: str) -> Line | None:
    """The line of a key, as it stands now."""
    edits = holding(entry).filter(key=key)
    number = int(key) if re.fullmatch(r"[0-9]{1,18}", key) else 0
    return next(map(_line, _rows(uncorrected(entry).filter(pk=number), edits)), None)


def first_where(entry: Transcription, condition: Combinable, *, after: float) -> Line | None:
    """The first line that ends later, that nobody has checked, and whose row fulfils it."""
    segments, edits = uncorrected(entry), holding(entry).filter(checked_at=None)
    some = (
        rows.filter(end_seconds__gt=after).filter(condition).order_by("start_seconds")[:1] for rows in (segments, edits)
    )
    return next(map(_line, _rows(*some)[:1]), None)


def where(entry: Transcription, condition: Q, most: int | None = None) -> list[Line]:
    """The lines whose rows fulfil it."""
    return list(map(_line, _rows(*(rows.filter(condition) for rows in _both(entry)))[:most]))


def heard_since(entry: Transcription, revision: int, first: int, most: int) -> list[Line]:
    """What was recognised since that revision of the transcript and nobody has corrected: so many, from there on."""
    newer = uncorrected(entry).filter(revision__gt=revision)
    return list(map(_line, _rows(newer, holding(entry).none())[first : first + most]))


def latest(entry: Transcription) -> int:
    """The number of the entry's last change; 0 before the first."""
    return Change.objects.filter(transcription=entry).order_by("-pk").values_list("pk", flat=True).first() or 0


def changed(entry: Transcription, after: int) -> Changed:
    """What has changed since that change."""
    change = latest(entry)
    newer = Q(made_by__gt=after, ended_by=None) | Q(ended_by__gt=after)
    edits = SegmentEdit.objects.filter(transcription=entry, transcript=entry.transcript_id).filter(newer)
    touched = list(edits.order_by("from_seconds", "pk").values_list("from_seconds", "to_seconds", "key")[: CHUNK + 1])
    if len(touched) > MOST_CHANGED:
        return Changed(change, None, None)
    if not touched:
        return Changed(change, [], [])
    under = _under(touched)
    lines = list(map(_line, _rows(uncorrected(entry).filter(under), holding(entry).filter(made_by__gt=after))))
    segments = Segment.objects.filter(under, transcript=entry.transcript_id).order_by("pk").values_list("pk", flat=True)
    known = {key for _, _, key in touched} | set(map(str, segments))
    return Changed(change, lines, sorted(known - {line.key for line in lines}))


def _under(touched: list[tuple[float, float, str]]) -> Q:
    """Segments that start in one of these ranges, which are in order."""
    ranges: list[tuple[float, float]] = []
    for first, last, _ in touched:
        if ranges and first <= ranges[-1][1]:
            ranges[-1] = (ranges[-1][0], max(last, ranges[-1][1]))
        else:
            ranges.append((first, last))
    under = Q(pk__in=[])
    for found in ranges:
        under |= Q(start_seconds__range=found)
    return under


def line_of(segment: Segment, part: int) -> Line:
    """What was recognised, as one of the lines that start at the same time."""
    start = segment.start_seconds
    words = tuple(Word(*word) for word in segment.words)
    place = (segment.shard_id, part)
    return Line(str(segment.pk), 0, start, start, start, *place, segment.end_seconds, segment.text, words)


def corrected(rows: QuerySet[SegmentEdit]) -> list[Line]:
    """Corrections as lines, those over the same range in order."""
    return [_line(row) for row in _shown(rows, EDIT).order_by("first", "place")]


def _first(entry: Transcription, which: Q, most: int) -> list[Line]:
    """Each kind is cut before they are put together: the database reads no more than that along its indexes."""
    some = (rows.filter(which).order_by("start_seconds")[:most] for rows in _both(entry))
    return list(map(_line, _rows(*some)[:most]))


def _both(entry: Transcription) -> tuple[QuerySet[Any], QuerySet[Any]]:
    return uncorrected(entry), holding(entry)


def _rows(segments: QuerySet[Any], edits: QuerySet[Any]) -> QuerySet[Any, Any]:
    """Both in order, by one query: what somebody changes meanwhile is neither missed nor seen twice."""
    return _shown(segments, SEGMENT).union(_shown(edits, EDIT), all=True).order_by(*ORDER)


def _shown(rows: QuerySet[Any], columns: dict[str, Any]) -> QuerySet[Any, Any]:
    shown: QuerySet[Any, Any] = rows.annotate(**columns).values_list(*columns)
    return shown


def _line(row: tuple[Any, ...]) -> Line:
    words, figures = tuple(Word(*word) for word in row[9]), row[13:]
    return Line(*(*row[:9], words, *row[10:13], () if row[1] else figures))
