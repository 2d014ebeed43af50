"""Whose work goes next: short recordings first, then fair between people, then as the operator wants it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import Exists
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from tests.conftest import Accept
from tests.web import rows
from transcriptions import turns
from transcriptions.models import Shard, Transcript, Upload
from transcriptions.turns import Place, Priority
from transcriptions.workflow import follow, history, lease, order, process, state
from transcriptions.workflow.prepare import prepare_next

pytestmark = pytest.mark.django_db(transaction=True)

State = Transcript.State
STEP = 200.0  # seconds of a shard


def brought(user: User, length: float, **fields: object) -> Transcript:
    """A recording as the intake would place it, cut into shards."""
    place = turns.place(user.pk, length)
    known = {"state": State.RECOGNISING, "duration_seconds": length, "asked_by": user}
    known |= {"priority": place.priority, "turn": place.turn, **fields}
    transcript = rows.entry(user, **known).transcript  # type: ignore[arg-type]
    transcript.shards.all().delete()
    for index in range(max(1, round(length / STEP))):
        start = index * STEP
        Shard.objects.create(
            transcript=transcript, index=index, start_seconds=start, end_seconds=start + STEP, storage_key="a",
            speech=[[start, start + 1]], priority=transcript.priority, turn=transcript.turn + start,
        )  # fmt: skip
    return transcript


def claimed() -> Shard:
    held = process._claim()
    assert held
    return held.work


def done(shard: Shard) -> None:
    Shard.objects.filter(pk=shard.pk).update(state=Shard.State.DONE, lease_owner="", lease_expires_at=None)
    transcript = shard.transcript
    transcript.refresh_from_db()
    transcript.recognised_seconds += STEP
    if not transcript.shards.filter(state=Shard.State.OFFERED).exists():
        transcript.state = State.DONE
    transcript.save()


def people(times: int) -> str:
    """Whose shards the next ones are."""
    said = ""
    for _ in range(times):
        shard = claimed()
        said += (shard.transcript.asked_by or User()).email[0]
        done(shard)
    return said


# --- Fair between people ----------------------------------------------------------------------------------------------
def test_the_first_of_another_starts_next_after_a_hundred_of_one(alice: User, bob: User, settings: Settings) -> None:
    settings.BULK_FROM = 0
    for _ in range(100):
        brought(alice, STEP)
    assert people(7) == "aaaaaaa"
    running = claimed()
    brought(bob, STEP)
    assert claimed().transcript.asked_by == bob
    done(running)
    assert people(3) == "aaa"


def test_two_people_with_much_take_turns(alice: User, bob: User) -> None:
    brought(alice, 10 * STEP)
    assert people(3) == "aaa"
    brought(bob, 10 * STEP)
    assert people(8) in {"abababab", "babababa"}


def test_who_has_waited_with_nothing_saves_nothing_up(alice: User, bob: User) -> None:
    brought(alice, 20 * STEP)
    people(15)
    brought(bob, 3 * STEP)
    brought(bob, 3 * STEP)
    assert sorted(people(6)) == ["a", "a", "a", "b", "b", "b"]


def test_a_short_one_goes_before(alice: User, bob: User) -> None:
    brought(alice, 50 * STEP)
    people(1)
    clip = brought(bob, 10.0)
    assert claimed().transcript == clip


def test_what_comes_after_many_of_one_person_goes_after_all_others(alice: User, bob: User, settings: Settings) -> None:
    settings.BULK_FROM = 2
    many = [brought(alice, STEP) for _ in range(4)]
    assert [row.priority for row in many] == [Priority.NORMAL] * 2 + [Priority.BULK] * 2
    brought(bob, 3 * STEP)
    assert sorted(people(5)) == ["a", "a", "b", "b", "b"]
    assert people(2) == "aa"


def test_it_does_not_wait_for_ever(alice: User, settings: Settings) -> None:
    settings.BULK_FROM = 1
    now = timezone.now()
    brought(alice, STEP)
    late = brought(alice, STEP)
    order.spare_the_patient(now + timedelta(hours=order.BULK_HOURS - 1))
    late.refresh_from_db()
    assert late.priority == Priority.BULK
    order.spare_the_patient(now + timedelta(hours=order.BULK_HOURS + 1))
    late.refresh_from_db()
    assert (late.priority, late.turn) == (Priority.NORMAL, STEP)
    assert late.shards.get().priority == Priority.NORMAL


def test_who_joins_work_brings_it_forward(
    alice: User, bob: User, accept: Accept, spoken: Path, long_spoken: Path
) -> None:
    accept(alice, long_spoken)
    last = accept(alice, spoken).transcript
    assert (last.asked_by, last.turn > 0) == (alice, True)
    assert accept(bob, spoken).transcript == last
    last.refresh_from_db()
    assert (last.asked_by, last.turn) == (bob, 0.0)


def test_what_is_begun_again_goes_where_the_work_stands(alice: User, accept: Accept, spoken: Path) -> None:
    entry = accept(alice, spoken)
    Transcript.objects.update(turn=1e6)
    history.cancel(entry=entry, now=timezone.now())
    history.retry(entry=entry, now=timezone.now())
    entry.transcript.refresh_from_db()
    assert turns.of(entry.transcript) == Place(Priority.SHORT, 0.0)


def test_shards_are_cut_with_their_turns(alice: User, accept: Accept, spoken: Path, long_spoken: Path) -> None:
    accept(alice, spoken)
    second = accept(alice, long_spoken).transcript
    for _ in range(2):
        prepare_next(lambda: False)
    for shard in second.shards.all():
        assert shard.turn == pytest.approx(second.turn + shard.start_seconds)
    assert second.turn > 4


# --- The operator -----------------------------------------------------------------------------------------------------
def test_the_operator_puts_one_first(alice: User, bob: User) -> None:
    brought(alice, 5 * STEP)
    brought(alice, 10.0)
    urgent = brought(bob, 5 * STEP)
    assert order.prioritise(Transcript.objects.filter(pk=urgent.pk), Priority.FIRST) == 1
    assert people(5) == "bbbbb"


def test_what_is_over_has_no_place(alice: User) -> None:
    brought(alice, STEP, state=State.DONE)
    assert order.prioritise(Transcript.objects.all(), Priority.FIRST) == 0


# --- As many at a time as one person may have -------------------------------------------------------------------------
def test_one_person_has_no_more_than_the_limit(alice: User, bob: User, settings: Settings) -> None:
    settings.MAX_SHARDS_PER_USER = 2
    brought(alice, 5 * STEP)
    first = claimed()
    claimed()
    assert process._claim() is None
    brought(bob, STEP)
    assert claimed().transcript.asked_by == bob
    done(first)
    assert claimed().transcript.asked_by == alice


def test_a_dead_workers_shards_do_not_count(alice: User, settings: Settings) -> None:
    settings.MAX_SHARDS_PER_USER = 1
    brought(alice, 2 * STEP)
    claimed()
    Shard.objects.exclude(lease_owner="").update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    assert claimed().attempts == 2


def test_one_person_does_not_hold_all_hands(alice: User, bob: User, settings: Settings) -> None:
    settings.MAX_FOLLOWED_UPLOADS_PER_USER = 1
    now = timezone.now()
    for user in (alice, alice, bob):
        entry = rows.entry(user, state=State.QUEUED)
        Upload.objects.create(user=user, transcription=entry, created_at=now, expires_at=now)
    waiting = Transcript.objects.filter(~Exists(follow.not_yet()), state=State.QUEUED).order_by("pk")

    def free() -> list[str]:
        return [row.transcriptions.get().user.email[0] for row in waiting.all()]

    assert free() == ["a", "a", "b"]
    assert lease.claim(waiting, now)
    assert free() == ["b"]


# --- Cutting makes way ------------------------------------------------------------------------------------------------
def test_a_clip_is_prepared_between_two_shards_of_a_long_one(
    alice: User, bob: User, accept: Accept, spoken: Path, long_spoken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = accept(alice, long_spoken).transcript
    Transcript.objects.update(priority=Priority.NORMAL)
    clips: list[Transcript] = []

    def bring_one() -> bool:
        if not clips and long.shards.exists():
            clips.append(accept(bob, spoken).transcript)
        return False

    assert prepare_next(bring_one)
    first, *rest = Shard.objects.order_by("pk").values_list("transcript", flat=True)
    assert first == long.pk
    assert rest.index(clips[0].pk) == 0
    assert set(Transcript.objects.values_list("state", flat=True)) == {State.RECOGNISING}


# --- By the index -----------------------------------------------------------------------------------------------------
def test_a_claim_reads_the_index_in_its_order(alice: User, work: Callable[[], None]) -> None:
    transcript = brought(alice, STEP)
    Shard.objects.bulk_create(
        Shard(
            transcript=transcript, index=index, start_seconds=0.0, end_seconds=1.0, speech=[], storage_key="a",
            turn=float(index % 97), state=Shard.State.DONE if index % 2 else Shard.State.OFFERED,
        )
        for index in range(1, 6000)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE transcriptions_shard")
    offered = state.offered().filter(lease.free_at(timezone.now())).order_by("priority", "turn", "pk")[:1]
    plan = offered.explain()
    assert "shards_by_turn" in plan
    assert "Seq Scan on transcriptions_shard" not in plan
