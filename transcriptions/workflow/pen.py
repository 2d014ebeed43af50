"""Writing lines: one change at a time in an entry, whole or not at all, over what its person has seen.

Knows nothing of what is changed in a line, nor why.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from django.db import connection, transaction

from accounts.models import User
from transcriptions import progress
from transcriptions.models import Change, Segment, SegmentEdit, Transcription
from transcriptions.workflow import lines, passages
from transcriptions.workflow.lines import Line


class Conflict(Exception):  # noqa: N818 - nobody's fault
    """Somebody else was faster. `lines` are what stands there now."""

    def __init__(self, found: Sequence[Line] = ()) -> None:
        super().__init__(len(found))
        self.lines = found


class Pen:
    """A change that is being written. Without anything written there is no change."""

    def __init__(self, entry: Transcription, user: User, kind: Change.Kind, now: datetime) -> None:
        self.entry, self.user, self.now = entry, user, now
        self._kind, self._change = kind, None

    _change: Change | None

    @property
    def written(self) -> Change | None:
        return self._change

    def change(self, of: Change | None = None) -> Change:
        """The row of this change, made when it is first asked for."""
        if self._change is None:
            self._change = Change.objects.create(
                transcription=self.entry,
                transcript_id=self.entry.transcript_id,
                user=self.user,
                kind=self._kind,
                of=of,
                made_at=self.now,
            )
            progress.announce(self.entry.transcript_id)
        return self._change

    def group(self, key: str, version: int | None = None) -> tuple[list[Line], int]:
        """The lines over the same range as this one, and its place among them. version: that its person has seen.

        Raises Conflict where it is another by now, or none.
        """
        mine = lines.holding(self.entry).filter(key=key).first()
        if mine is not None:
            found = lines.corrected(lines.holding(self.entry).filter(from_seconds=mine.from_seconds))
        else:
            found = self._original(key)
        at = next(at for at, line in enumerate(found) if line.key == key)
        if version not in {None, found[at].version}:
            raise Conflict([found[at]])
        return found, at

    def put(self, old: Sequence[Line], new: Sequence[Line]) -> None:
        """End the old ones and have the new ones stand in their place. What is the same in both stays."""
        if list(old) == list(new):
            return
        before = {line.version: line for line in old}
        stays = {line.version for line in new if line.version and before.get(line.version) == line}
        ended = [line.version for line in old if line.version and line.version not in stays]
        made = [line for line in new if line.version not in stays]
        if not (ended or made):
            return
        change = self.change()
        SegmentEdit.objects.filter(pk__in=ended, ended_by=None).update(ended_by=change)
        SegmentEdit.objects.bulk_create(self._row(line, change) for line in made)

    def put_each(self, old: Sequence[Line], new: Sequence[Line]) -> None:
        """The same for lines in order of which some have changed, each at its place, those of one start all there."""
        touched = {line.from_seconds for line, now in zip(old, new, strict=True) if line != now and not line.version}
        before, after = [], []
        for line, now in zip(old, _numbered(new), strict=True):
            if now.from_seconds in touched and not now.version:
                after.append(now)
            elif line != now and line.version:
                before.append(line)
                after.append(now)
        self.put(before, after)

    def _original(self, key: str) -> list[Line]:
        segments = Segment.objects.filter(transcript=self.entry.transcript_id)
        number = int(key) if re.fullmatch(r"[0-9]{1,18}", key) else 0
        segment = segments.filter(pk=number).first()
        if segment is None:
            last = SegmentEdit.objects.filter(transcription=self.entry, key=key).order_by("-pk").first()
            raise Conflict(lines.over(self.entry, last.from_seconds, last.to_seconds) if last else [])
        start = segment.start_seconds
        if not lines.uncorrected(self.entry).filter(pk=segment.pk).exists():
            raise Conflict(lines.over(self.entry, start, start))
        alike = segments.filter(start_seconds=start).order_by("shard_id", "position")
        return [lines.line_of(each, part) for part, each in enumerate(alike)]

    def _row(self, line: Line, change: Change) -> SegmentEdit:
        return SegmentEdit(
            transcription=self.entry,
            transcript_id=self.entry.transcript_id,
            made_by=change,
            key=line.key,
            from_seconds=line.from_seconds,
            to_seconds=line.to_seconds,
            part=line.part,
            start_seconds=line.start,
            end_seconds=line.end,
            text=line.text,
            words=[[word.start, word.end, word.text, word.probability] for word in line.words],
            speaker=line.speaker,
            checked_by_id=line.checked_by,
            checked_at=line.checked_at,
        )


@contextmanager
def writing(entry: Transcription, user: User, kind: Change.Kind, now: datetime) -> Iterator[Pen]:
    """Whoever else writes in this entry waits. Raises Conflict where its text has become another one, or is gone."""
    with transaction.atomic():
        _hold(entry)
        pen = Pen(entry, user, kind, now)
        yield pen
        if pen.written:
            passages.index_change(pen.written)


def _hold(entry: Transcription) -> None:
    """The transcript before the entry, as everywhere: shared, so that recognition goes on; it just may not go."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM transcriptions_transcript WHERE id = %s FOR KEY SHARE", [entry.transcript_id])
    its = Transcription.objects.filter(pk=entry.pk, transcript=entry.transcript_id)
    if not its.select_for_update(no_key=True).exists():
        raise Conflict


def _numbered(some: Sequence[Line]) -> Iterator[Line]:
    """What was recognised with its place among those of the same start."""
    part, before = 0, None
    for line in some:
        if line.version:
            yield line
            continue
        part = part + 1 if line.from_seconds == before else 0
        before = line.from_seconds
        yield replace(line, part=part)
