"""How a person keeps order in their history: titles, tags, notes, favourites, the archive."""

from collections.abc import Iterable

from django.db.models import F, Func, QuerySet, Value

from accounts.models import User
from transcriptions.models import Transcription
from transcriptions.workflow import passages
from transcriptions.workflow.intake import printable

LONGEST_TITLE, LONGEST_TAG, LONGEST_NOTES, MOST_TAGS = 200, 50, 5000, 20


def describe(*, entry: Transcription, title: str, tags: str, notes: str) -> None:
    """tags: with commas between them. An entry without a title keeps the one it has."""
    entry.title = printable(title)[:LONGEST_TITLE] or entry.title
    entry.tags = tags_of(tags)
    entry.notes = notes.replace("\0", "").strip()[:LONGEST_NOTES]
    entry.save(update_fields=["title", "tags", "notes"])
    passages.learn_entry(entry.pk)


def tags_of(text: str) -> list[str]:
    """Each once, whatever the case."""
    cleaned = (" ".join(printable(part).split())[:LONGEST_TAG] for part in text.split(","))
    return list({tag.casefold(): tag for tag in cleaned if tag}.values())[:MOST_TAGS]


def tag(*, entries: QuerySet[Transcription], tags: str) -> None:
    for name in tags_of(tags):
        without = entries.exclude(tags__contains=[name]).filter(tags__len__lt=MOST_TAGS)
        changed = list(without.values_list("pk", flat=True))
        without.update(tags=Func(F("tags"), Value(name), function="array_append"))
        for key in changed[:1]:
            passages.learn_entry(key)


def untag(*, entries: QuerySet[Transcription], tags: str) -> None:
    for name in tags_of(tags):
        entries.update(tags=Func(F("tags"), Value(name), function="array_remove"))


def tags_used(user: User) -> list[str]:
    """In the order of the alphabet."""
    tagged = user.transcriptions.exclude(tags=[])
    found: Iterable[str] = tagged.values_list(Func(F("tags"), function="unnest"), flat=True).order_by().distinct()
    return sorted(found, key=str.casefold)
