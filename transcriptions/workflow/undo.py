"""Taking changes back and making them again: one's own, the last first. What was done stays in the list of changes.

To undo is a change, too: the lines that the other one made are ended, and those that it ended stand there again.
"""

from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import CharField, Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce

from accounts.models import User
from transcriptions.models import Change, Segment, SegmentEdit, Transcription
from transcriptions.workflow import lines, pen
from transcriptions.workflow.pen import Conflict, Pen

FIRST = Coalesce("again_of", "pk")


def undo(*, entry: Transcription, user: User, now: datetime) -> Change | None:
    """The change that was taken back, or None. Raises Conflict where something else was done there since."""
    with pen.writing(entry, user, Change.Kind.UNDO, now) as writing:
        return _step(writing, _done(entry, user).last())


def redo(*, entry: Transcription, user: User, now: datetime) -> Change | None:
    """The change that was made again, or None: after another change there is nothing to make again. Raises Conflict."""
    with pen.writing(entry, user, Change.Kind.REDO, now) as writing:
        return _step(writing, _undone(entry, user).first())


def can(entry: Transcription, user: User) -> tuple[bool, bool]:
    """Whether there is something of theirs to undo, and something to make again."""
    return _done(entry, user).exists(), _undone(entry, user).exists()


def history(entry: Transcription, *, before: int | None = None) -> QuerySet[Any]:
    """What was done to the text, the last first; with how many lines came of it and, of the first line, when it starts,
    what it said before and after, and who speaks it now. before: only what was done before that change."""
    changes = Change.objects.filter(transcription=entry, transcript=entry.transcript_id)
    made = SegmentEdit.objects.filter(made_by=OuterRef("pk")).order_by("start_seconds", "pk")
    ended = SegmentEdit.objects.filter(ended_by=OuterRef("pk")).order_by("start_seconds", "pk")
    said = Segment.objects.annotate(name=Cast("pk", CharField())).filter(transcript=entry.transcript_id)
    original = Subquery(said.filter(start_seconds=OuterRef("place"), name=OuterRef("first")).values("text")[:1])
    count = made.order_by().values("made_by").annotate(count=Count("pk")).values("count")
    return (
        (changes if before is None else changes.filter(pk__lt=before))
        .annotate(
            lines=Coalesce(Subquery(count), 0),
            at=Coalesce(Subquery(made.values("start_seconds")[:1]), Subquery(ended.values("start_seconds")[:1])),
            first=Coalesce(Subquery(made.values("key")[:1]), Subquery(ended.values("key")[:1])),
            place=Coalesce(Subquery(made.values("from_seconds")[:1]), Subquery(ended.values("from_seconds")[:1])),
        )
        .annotate(
            before=Coalesce(Subquery(ended.filter(key=OuterRef("first")).values("text")[:1]), original),
            after=Coalesce(Subquery(made.filter(key=OuterRef("first")).values("text")[:1]), original),
            speaker=Subquery(made.values("speaker")[:1]),
        )
        .select_related("user")
        .order_by("-pk")
    )


def _own(entry: Transcription, user: User) -> QuerySet[Change]:
    own = Change.objects.filter(transcription=entry, transcript=entry.transcript_id, user=user)
    return own.exclude(kind__in=Change.STEPS_BACK).order_by("pk")


def _done(entry: Transcription, user: User) -> QuerySet[Change]:
    return _own(entry, user).filter(is_undone=False)


def _undone(entry: Transcription, user: User) -> QuerySet[Change]:
    """Those after the last that still holds, in the order in which they were made."""
    last = _done(entry, user).aggregate(last=Max("pk", default=0))["last"]
    return _own(entry, user).filter(is_undone=True, pk__gt=last)


def _step(writing: Pen, change: Change | None) -> Change | None:
    """Turn round what was last done about a change: itself, or that it was undone or made again."""
    if change is None:
        return None
    last = Change.objects.filter(Q(pk=change.pk) | Q(of=change)).latest("pk")
    standing = _standing(writing.entry, last)
    _ask_untouched(writing.entry, last, standing)
    step = writing.change(of=change)
    standing.update(ended_by=step)
    again = last.ended.order_by("pk").iterator(lines.CHUNK)
    while some := list(islice(again, lines.CHUNK)):
        SegmentEdit.objects.bulk_create(_again(row, step) for row in some)
    Change.objects.filter(pk=change.pk).update(is_undone=~F("is_undone"))
    return change


def _standing(entry: Transcription, last: Change) -> QuerySet[SegmentEdit]:
    """Of the lines that a change has made those that hold: themselves, or the same put back since."""
    made = last.made.annotate(first=FIRST).values("first")
    return lines.holding(entry).filter(Q(pk__in=made) | Q(again_of__in=made))


def _ask_untouched(entry: Transcription, last: Change, standing: QuerySet[SegmentEdit]) -> None:
    """Raises Conflict where the lines are not those that it has left, or others stand where lines are to stand again.

    Lines that are older than the change stood beside those that it ended, and may stand beside them again.
    """
    at_its_place = Q(from_seconds=OuterRef("from_seconds"), to_seconds=OuterRef("to_seconds")) & ~Q(
        part=OuterRef("part")
    )
    newer = (
        lines.holding(entry)
        .exclude(pk__in=standing.values("pk"))
        .filter(made_by__gt=last, from_seconds__lte=OuterRef("to_seconds"), to_seconds__gte=OuterRef("from_seconds"))
    )
    in_the_way = last.ended.filter(Exists(newer.exclude(at_its_place)))
    same = standing.annotate(first=FIRST).values("first")
    lost = last.made.alias(first=FIRST).exclude(first__in=same)
    touched = lost.order_by("pk").first() or in_the_way.order_by("pk").first()
    if touched:
        raise Conflict(lines.over(entry, touched.from_seconds, touched.to_seconds))


def _again(row: SegmentEdit, step: Change) -> SegmentEdit:
    row.again_of_id = row.again_of_id or row.pk
    row.pk, row.made_by, row.ended_by = None, step, None
    row._state.adding = True
    return row
