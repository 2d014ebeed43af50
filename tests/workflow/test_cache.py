"""The result cache: what may go goes in order, what stands in a history never does, and the figures add up."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from transcriptions import configuration, tally
from transcriptions.models import Media, Transcript, Transcription
from transcriptions.workflow import cache

pytestmark = pytest.mark.django_db(transaction=True)

COUNT, ENTRIES = 200, 20
BYTES = 1000


@pytest.fixture
def finished(alice: User) -> tuple[datetime, list[Transcript]]:
    """Finished ones, the first used an hour ago, the last two hundred; every tenth stands in a history."""
    now = timezone.now()
    media = [
        Media(sha256=f"{number:064x}", size_bytes=1, container="wav", created_at=now, audio_tracks=[])
        for number in range(COUNT)
    ]
    Media.objects.bulk_create(media)
    rows = [transcript(each, now, hours) for hours, each in enumerate(media, start=1)]
    Transcript.objects.bulk_create(rows)
    Transcription.objects.bulk_create(
        Transcription(user=alice, transcript=row, title="Talk", file_name="talk.wav", created_at=now)
        for row in rows[:: COUNT // ENTRIES]
    )
    return now, rows


def transcript(media: Media, now: datetime, hours: int, **fields: Any) -> Transcript:
    options = configuration.options()
    its = {
        "media": media,
        "fingerprint": options.fingerprint(),
        "reuse_key": options.fingerprint(),
        "options": asdict(options),
        "state": Transcript.State.DONE,
        "size_bytes": BYTES,
        "created_at": now,
        "last_used_at": now - timedelta(hours=hours),
    }
    return Transcript(**{**its, **fields})


def hours_left(now: datetime) -> Iterator[int]:
    free = Transcript.objects.filter(transcriptions=None).order_by("-last_used_at")
    for used_at in free.values_list("last_used_at", flat=True):
        yield round((now - used_at).total_seconds() / 3600)


def test_what_is_past_its_time_goes(finished: tuple[datetime, list[Transcript]], settings: Settings) -> None:
    now, _ = finished
    settings.CACHE_TTL_HOURS, settings.CACHE_MAX_SIZE, settings.CACHE_MAX_BYTES = 100.5, 10_000, 10**9
    assert cache.evict(now) == 90
    assert max(hours_left(now)) == 100
    assert Transcription.objects.count() == ENTRIES
    assert (tally.total().evicted, cache.contents().transcripts) == (90, 110)


def test_the_least_recently_used_go_beyond_the_number(
    finished: tuple[datetime, list[Transcript]], settings: Settings
) -> None:
    now, _ = finished
    settings.CACHE_TTL_HOURS, settings.CACHE_MAX_SIZE, settings.CACHE_MAX_BYTES = 10_000, 90, 10**9
    assert cache.evict(now) == 90
    assert max(hours_left(now)) == 100
    assert cache.evict(now) == 0
    assert Transcription.objects.filter(transcript__state=Transcript.State.DONE).count() == ENTRIES


def test_the_least_recently_used_go_beyond_the_size(
    finished: tuple[datetime, list[Transcript]], settings: Settings
) -> None:
    now, _ = finished
    settings.CACHE_TTL_HOURS, settings.CACHE_MAX_SIZE, settings.CACHE_MAX_BYTES = 10_000, 10_000, 45 * BYTES + 1
    assert cache.evict(now) == 135
    assert max(hours_left(now)) == 50
    found = cache.contents()
    assert (found.evictable, found.evictable_bytes) == (45, 45 * BYTES)
    assert (found.transcripts, found.size_bytes) == (65, 65 * BYTES)


def test_what_came_to_nothing_goes_first(alice: User, settings: Settings) -> None:
    now = timezone.now()
    media = Media.objects.create(sha256="0" * 64, size_bytes=1, container="wav", created_at=now, audio_tracks=[])
    transcript(media, now, 0, state=Transcript.State.FAILED).save()
    assert cache.evict(now) == 1


def test_what_is_invalid_is_not_used_again_and_histories_keep_it(
    finished: tuple[datetime, list[Transcript]], alice: User
) -> None:
    _, rows = finished
    assert cache.invalidate(Transcript.objects.filter(pk__in=[row.pk for row in rows[:20]])) == 20
    assert Transcript.objects.count() == COUNT - 18
    kept = Transcript.objects.get(pk=rows[0].pk)
    assert kept.transcriptions.get().user == alice
    assert kept.reuse_key != kept.fingerprint
    assert tally.total().invalidated == 20


def test_a_purge_leaves_the_histories(finished: tuple[datetime, list[Transcript]]) -> None:
    assert cache.purge() == COUNT - ENTRIES
    assert Transcript.objects.count() == Transcription.objects.count() == ENTRIES


def test_all_figures_have_names(finished: tuple[datetime, list[Transcript]]) -> None:
    stats = cache.stats()
    assert (stats["transcripts"], stats["evictable"], stats["hit_rate"]) == (COUNT, COUNT - ENTRIES, 0.0)
