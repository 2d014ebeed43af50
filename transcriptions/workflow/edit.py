"""What a person does to lines of a text: its words, its ends, its times, who speaks, that it was checked.

Every function says which line by its key, and by its version what its person has seen of it; and raises Conflict where
that is another by now. What it writes is one change, which can be undone.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import accumulate, takewhile

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Coalesce

from accounts.models import User
from transcriptions.engine import cue_words
from transcriptions.engine.realign import realign, within
from transcriptions.engine.values import Word
from transcriptions.models import Change, SegmentEdit, Shard, Transcription
from transcriptions.workflow import lines, pen
from transcriptions.workflow.intake import Refused
from transcriptions.workflow.lines import Line

Kind = Change.Kind
LONGEST_NAME = SegmentEdit._meta.get_field("speaker").max_length


def change_text(*, entry: Transcription, user: User, key: str, version: int, text: str, now: datetime) -> None:
    """What is said in a line. Empty: nothing; the line stays and no file has it. Raises Conflict, Refused."""
    text = typed(text)
    with pen.writing(entry, user, Kind.TEXT, now) as writing:
        group, at = writing.group(key, version)
        if text != group[at].text:
            writing.put(group, _with(group, at, with_text(group[at], text, user)))


def split(
    *,
    entry: Transcription,
    user: User,
    key: str,
    version: int,
    now: datetime,
    at: int | None = None,
    seconds: float | None = None,
) -> None:
    """A line in two: before a character of its text, or at a time. Raises Conflict, Refused."""
    with pen.writing(entry, user, Kind.SPLIT, now) as writing:
        group, place = writing.group(key, version)
        line = group[place]
        words = line.words if cue_words.say(line.words, line.text) else ()
        if at is None:
            at, when = _character_at(line, words, seconds or 0.0), seconds or 0.0
        else:
            when = _time_of(line, words, at)
        first, second = line.text[:at].strip(), line.text[at:].strip()
        if not (first and second):
            raise Refused("nothing_to_split")
        when = round(min(max(when, line.start), line.end), 3)
        number = _words_before(words, at)
        added = f"c{writing.change().pk}"
        halves = [
            replace(line, text=first, end=when, words=realign(words[:number], first, line.start, when)),
            replace(line, key=added, text=second, start=when, words=realign(words[number:], second, when, line.end)),
        ]
        writing.put(group, _over(group, [*group[:place], *halves, *group[place + 1 :]]))


def join(*, entry: Transcription, user: User, key: str, version: int, now: datetime) -> None:
    """A line and the next as one. Raises Conflict, Refused."""
    with pen.writing(entry, user, Kind.JOIN, now) as writing:
        group, at = writing.group(key, version)
        _, following = lines.neighbours(entry, group[at])
        if following is None:
            raise Refused("nothing_to_join")
        more, place = writing.group(following.key)
        both = [*group, *(line for line in more if line not in group)]
        _ask_nothing_between(entry, both, group[at], more[place])
        joined = [_joined(line, more[place]) if line.key == key else line for line in both if line.key != following.key]
        writing.put(both, _over(both, joined))


def change_times(
    *, entry: Transcription, user: User, key: str, version: int, start: float, end: float, now: datetime
) -> None:
    """When a line begins and ends; not while its neighbours speak. Raises Conflict, Refused."""
    start, end = round(start, 3), round(end, 3)
    with pen.writing(entry, user, Kind.TIMES, now) as writing:
        group, at = writing.group(key, version)
        line = group[at]
        before, after = lines.neighbours(entry, line)
        earliest = min(before.end, line.start) if before else 0.0
        latest = max(after.start, line.end) if after else max(line.end, _length(entry))
        if not earliest <= start < end <= latest:
            raise Refused("over_neighbours")
        if (start, end) != (line.start, line.end):
            words = tuple(within(line.words, start, end))
            writing.put(group, _with(group, at, replace(line, start=start, end=end, words=words)))


def set_speaker(
    *,
    entry: Transcription,
    user: User,
    key: str,
    speaker: str,
    now: datetime,
    until: str | None = None,
    onward: bool = False,
) -> None:
    """Who speaks in a line, in all from one to another, or onward: from one until somebody else speaks. An empty name
    is nobody's. Raises Conflict, Refused."""
    speaker = _name(speaker)
    with pen.writing(entry, user, Kind.SPEAKER, now) as writing:
        group, at = writing.group(key)
        if onward:
            _speak_onward(writing, group[at], speaker)
            return
        if until in {None, key}:
            writing.put(group, _with(group, at, replace(group[at], speaker=speaker)))
            return
        last, last_at = writing.group(str(until))
        ends = {key, str(until)}
        for page in lines.pages(entry, since=min(group[at].start, last[last_at].start)):
            writing.put_each(
                page, [replace(line, speaker=speaker) if hit else line for line, hit in _up_to(ends, page)]
            )
            if not ends:
                return


def rename_speaker(*, entry: Transcription, user: User, speaker: str, name: str, now: datetime) -> None:
    """In all lines of theirs. With the name of another, the two become one. Raises Conflict, Refused."""
    name = _name(name)
    if not name:
        raise Refused("no_name")
    with pen.writing(entry, user, Kind.RENAME, now) as writing:
        theirs = lines.holding(entry).filter(speaker=_name(speaker)).exclude(speaker__in=["", name])
        numbers = list(theirs.order_by("pk").values_list("pk", flat=True))
        for first in range(0, len(numbers), lines.CHUNK):
            some = lines.corrected(SegmentEdit.objects.filter(pk__in=numbers[first : first + lines.CHUNK]))
            writing.put(some, [replace(line, speaker=name) for line in some])


def mark_checked(*, entry: Transcription, user: User, key: str, version: int, checked: bool, now: datetime) -> None:
    """That somebody has compared a line with the sound, or has not. Raises Conflict."""
    with pen.writing(entry, user, Kind.CHECK, now) as writing:
        group, at = writing.group(key, version)
        if checked != (group[at].checked_at is not None):
            marked = replace(group[at], checked_by=user.pk if checked else None, checked_at=now if checked else None)
            writing.put(group, _with(group, at, marked))


def revert(*, entry: Transcription, user: User, key: str, version: int, now: datetime) -> None:
    """Back to what was recognised, for a line and those over the same range of it. Raises Conflict."""
    with pen.writing(entry, user, Kind.REVERT, now) as writing:
        group, _ = writing.group(key, version)
        writing.put([line for line in group if line.version], [])


def typed(text: str) -> str:
    """One line without what can be neither seen nor stored. Raises Refused."""
    shown = "".join(" " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char for char in text)
    shown = shown.encode(errors="ignore").decode().strip()  # halves of a character come from broken senders
    if len(shown) > settings.MAX_LINE_CHARACTERS:
        raise Refused("line_too_long", characters=settings.MAX_LINE_CHARACTERS)
    return shown


def with_text(line: Line, text: str, user: User) -> Line:
    """Its words keep their times. What somebody else has checked is unchecked with that."""
    stays = line.checked_by == user.pk
    return replace(
        line,
        text=text,
        words=realign(line.words, text, line.start, line.end),
        checked_by=line.checked_by if stays else None,
        checked_at=line.checked_at if stays else None,
    )


def _name(text: str) -> str:
    name = " ".join(typed(text).split())
    if len(name) > (LONGEST_NAME or 0):
        raise Refused("name_too_long", characters=LONGEST_NAME)
    return name


def _speak_onward(writing: pen.Pen, first: Line, speaker: str) -> None:
    for page in lines.pages(writing.entry, since=first.start):
        begin = next((at for at, line in enumerate(page) if line.key == first.key), 0)
        same = list(takewhile(lambda line: line.speaker == first.speaker, page[begin:]))
        end = begin + len(same)
        writing.put_each(page, [*page[:begin], *(replace(line, speaker=speaker) for line in same), *page[end:]])
        if end < len(page):
            return


def _with(group: list[Line], at: int, line: Line) -> list[Line]:
    return [*group[:at], line, *group[at + 1 :]]


def _over(old: list[Line], new: list[Line]) -> list[Line]:
    """The new lines over all of the old ones' range, numbered."""
    first, last = min(line.from_seconds for line in old), max(line.to_seconds for line in old)
    return [replace(line, from_seconds=first, to_seconds=last, shard=0, part=part) for part, line in enumerate(new)]


def _up_to(ends: set[str], page: list[Line]) -> Iterator[tuple[Line, bool]]:
    """Whether each line lies between the two ends, which are taken out as they are met."""
    for line in page:
        yield line, line.key in ends or len(ends) == 1
        ends.discard(line.key)


def _joined(line: Line, following: Line) -> Line:
    space = cue_words.space_between(line.text, following.text) if following.text else ""
    said = [cue_words.say(each.words, each.text) for each in (line, following)]
    second = following.words
    if second and space:
        second = (replace(second[0], text=space + second[0].text.lstrip()), *second[1:])
    checked = line if line.checked_at and following.checked_at else None
    return replace(
        line,
        end=max(line.end, following.end),
        text=f"{line.text}{space}{following.text}",
        words=(*line.words, *second) if all(said) else (),
        speaker=line.speaker or following.speaker,
        checked_by=checked.checked_by if checked else None,
        checked_at=checked.checked_at if checked else None,
    )


def _ask_nothing_between(entry: Transcription, both: list[Line], line: Line, following: Line) -> None:
    """A correction over a range hides all of it: nothing else may stand there, nor still come."""
    span = _over(both, both)[0]
    if {found.key for found in lines.over(entry, span.from_seconds, span.to_seconds)} != {each.key for each in both}:
        raise Refused("not_adjacent")
    unheard = Shard.objects.filter(transcript=entry.transcript_id, state=Shard.State.OFFERED)
    heard_to = Coalesce(F("reached_seconds"), F("start_seconds"))
    between = unheard.alias(heard_to=heard_to).filter(heard_to__lt=following.start, end_seconds__gt=line.end)
    if between.exists():
        raise Refused("not_heard_yet")


def _words_before(words: tuple[Word, ...], at: int) -> int:
    """How many words are wholly before a character of the text."""
    return sum(end <= at for end in _ends(words))


def _ends(words: tuple[Word, ...]) -> Iterator[int]:
    """Where in the text each word ends: the text is that of the words without the space before the first."""
    texts = [word.text for word in words]
    if texts:
        texts[0] = texts[0].lstrip()
    return accumulate(map(len, texts))


def _time_of(line: Line, words: tuple[Word, ...], at: int) -> float:
    number = _words_before(words, at)
    if number < len(words):
        return words[number].start
    return line.start + (line.end - line.start) * at / max(1, len(line.text))


def _character_at(line: Line, words: tuple[Word, ...], seconds: float) -> int:
    number = sum(word.start < seconds for word in words)
    if words:
        return [0, *_ends(words)][number]
    share = (seconds - line.start) / max(line.end - line.start, 0.001)
    return _word_start(line.text, round(len(line.text) * min(max(share, 0.0), 1.0)))


def _word_start(text: str, at: int) -> int:
    """The next place that no word is across."""
    space = text.find(" ", at)
    return len(text) if space < 0 else space


def _length(entry: Transcription) -> float:
    return entry.transcript.duration_seconds or entry.transcript.media.duration_seconds or 0.0
