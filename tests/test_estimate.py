"""What is said before a recording is done: from the measured pace, and from the work that goes before it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from tests.conftest import Accept
from tests.web import rows
from transcriptions import configuration, estimate, forecasts, pace, turns
from transcriptions.models import Speed, Transcript, WorkerProcess
from transcriptions.workflow import finish, history, measure
from transcriptions.workflow.prepare import prepare_next

pytestmark = pytest.mark.django_db(transaction=True)

State = Transcript.State


def measured(preset: str = "balanced", part: float = 0.1, fixed: float = 1.0, **fields: object) -> Speed:
    now = timezone.now()
    known = {"model": "tiny.en", "device": "cpu, int8", "preset": preset, "measured_at": now, "recordings": 1}
    return Speed.objects.create(**{**known, "fixed_seconds": fixed, "seconds_a_second": part, **fields})


def forecast(length: float = 100.0, preset: str = "balanced", person: User | None = None) -> float:
    place = turns.place(person.pk if person else None, length)
    said = estimate.outlook().forecast(length=length, model="tiny.en", preset=preset, place=place)
    assert 0 < said.low < said.middle < said.high
    return said.middle


def ready(user: User, length: float, took: float, now: datetime, **fields: object) -> Transcript:
    """All recognised, brought and begun `took` seconds ago; the end has not been seen yet."""
    begun = now - timedelta(seconds=took)
    known = {"state": State.RECOGNISING, "created_at": begun, "started_at": begun, "duration_seconds": length}
    known |= {"recognised_seconds": length, "forecast_seconds": took, "first_segment_at": now}
    return rows.entry(user, **{**known, **fields}).transcript  # type: ignore[arg-type]


def worker(name: str, kind: str = "speech") -> None:
    now = timezone.now()
    WorkerProcess.objects.create(name=name, kind=kind, host="a", pid=1, started_at=now, beat_at=now)


# --- The pace that is taken ------------------------------------------------------------------------------------------
def test_before_anything_is_measured_the_prior_speaks() -> None:
    assert forecast() == pytest.approx(pace.prior("tiny.en", "cpu", "balanced").seconds(100.0))


def test_what_was_measured_speaks() -> None:
    measured(part=0.1, fixed=1.0)
    assert forecast(100.0) == pytest.approx(11.0)
    assert forecast(1000.0) == pytest.approx(101.0)


def test_a_preset_without_a_figure_is_guessed_from_another() -> None:
    measured("balanced", part=0.2, fixed=0.0)
    assert forecast(preset="accurate") == pytest.approx(20.0 * 2.5)


def test_the_newest_device_speaks() -> None:
    """The web need not see the GPU of the workers."""
    measured(part=0.5, device="cpu, int8", measured_at=timezone.now() - timedelta(days=1))
    measured(part=0.01, fixed=0.0, device="cuda, float16")
    assert forecast(100.0) == pytest.approx(1.0)


# --- The work ahead --------------------------------------------------------------------------------------------------
def test_ones_own_go_before_and_others_take_turns(alice: User, bob: User) -> None:
    measured(part=0.1, fixed=0.0)
    rows.entry(alice, state=State.RECOGNISING, duration_seconds=1000.0, recognised_seconds=400.0, asked_by=alice)
    assert forecast(100.0, person=alice) == pytest.approx(60.0 + 10.0)
    assert forecast(100.0, person=bob) == pytest.approx(10.0 + 10.0)
    assert forecast(5000.0, person=bob) == pytest.approx(60.0 + 500.0)
    assert forecast(10.0, person=alice) == pytest.approx(1.0)  # short


def test_those_that_go_before_are_counted(alice: User, bob: User) -> None:
    mine = rows.entry(alice, state=State.QUEUED, duration_seconds=100.0, asked_by=alice, turn=500.0).transcript
    rows.entry(alice, state=State.RECOGNISING, duration_seconds=500.0, asked_by=alice)
    rows.entry(bob, state=State.QUEUED, duration_seconds=600.0, asked_by=bob, turn=200.0)
    rows.entry(bob, state=State.QUEUED, duration_seconds=600.0, asked_by=bob, turn=800.0)
    rows.entry(bob, state=State.QUEUED, duration_seconds=60.0, asked_by=bob, turn=900.0, priority=turns.Priority.SHORT)
    rows.entry(bob, state=State.QUEUED, duration_seconds=60.0, asked_by=bob, priority=turns.Priority.BULK)
    rows.entry(alice, state=State.DONE, duration_seconds=6.0)
    assert estimate.outlook().ahead(mine) == (3, 1)


def test_what_is_over_is_not_ahead(alice: User) -> None:
    measured(part=0.1, fixed=0.0)
    for state in Transcript.OVER:
        rows.entry(alice, state=state)
    assert forecast(100.0) == pytest.approx(10.0)


def test_workers_share_the_work(alice: User) -> None:
    measured(part=0.1, fixed=0.0)
    for name in ("one", "two"):
        worker(name)
    worker("other", kind="media")
    assert forecast(100.0) == pytest.approx(5.0)


def test_the_work_ahead_takes_its_own_pace(alice: User) -> None:
    measured("balanced", part=0.1, fixed=0.0)
    measured("accurate", part=0.3, fixed=0.0)
    ahead = rows.entry(alice, state=State.QUEUED, asked_by=alice).transcript
    ahead.options["preset"] = "accurate"
    ahead.save()
    assert forecast(100.0, person=alice) == pytest.approx(10.0 + 18.0)


def test_less_is_left_of_what_is_half_done_and_nothing_known_of_an_unknown_length(alice: User) -> None:
    measured(part=0.1, fixed=2.0)
    half = rows.entry(alice, state=State.RECOGNISING, recognised_seconds=30.0).transcript
    left = estimate.outlook().left(half)
    assert left
    assert left.middle == pytest.approx(4.0)
    half.media.duration_seconds = None
    assert estimate.outlook().left(half) is None
    assert estimate.fraction(half) is None


def test_rows_of_before_there_were_presets_are_counted(alice: User) -> None:
    old = rows.entry(alice, state=State.QUEUED).transcript
    del old.options["preset"]
    old.save()
    assert estimate.outlook().left(old)


# --- Learning ---------------------------------------------------------------------------------------------------------
def test_ten_recordings_of_mixed_length_make_it_right(alice: User) -> None:
    """Through the rows: each is forecast as it is brought, then takes what it takes."""
    random, now = Random(7), timezone.now()  # noqa: S311 - no secret

    def takes(length: float) -> float:
        return (1.5 + 0.3 * length) * random.lognormvariate(0, 0.2)

    wrong = []
    for number in range(30):
        length = 10 ** random.uniform(0.8, 3.4)
        said, took = forecast(length), takes(length)
        transcript = ready(alice, length, took, now + timedelta(seconds=took), forecast_seconds=said)
        now += timedelta(seconds=took)
        assert finish.finish_if_complete(transcript.pk, now)
        transcript.refresh_from_db()
        assert transcript.forecast_error is not None
        if number >= 10:
            wrong.append(abs(transcript.forecast_error))
    assert median(wrong) < 0.25
    assert Speed.objects.get().recordings == 30


def test_recordings_recognised_at_once_teach_what_one_teaches(alice: User) -> None:
    """Four of a minute, together on a machine that takes 6 seconds for each: 24 seconds for all of them."""
    now = timezone.now()
    measured(part=0.1, fixed=0.0)
    together = [ready(alice, 60.0, 24.0, now) for _ in range(4)]
    Speed.objects.all().delete()
    for transcript in together:
        finish.finish_if_complete(transcript.pk, now)
    learned = pace.of(Speed.objects.get(device=str(configuration.device())))
    assert learned.seconds(60.0) == pytest.approx(6.0, rel=0.01)


def test_what_others_did_before_is_not_counted(alice: User) -> None:
    now = timezone.now()
    rows.entry(
        alice,
        state=State.DONE,
        duration_seconds=600.0,
        recognised_seconds=600.0,
        started_at=now - timedelta(seconds=100),
        finished_at=now - timedelta(seconds=50),
    )
    finish.finish_if_complete(ready(alice, 60.0, 6.0, now).pk, now)
    assert pace.of(Speed.objects.get()).seconds(60.0) == pytest.approx(6.0)


def test_several_workers_time_counts_for_each(alice: User) -> None:
    now = timezone.now()
    for name in ("one", "two"):
        worker(name)
    finish.finish_if_complete(ready(alice, 60.0, 6.0, now).pk, now)
    assert pace.of(Speed.objects.get()).seconds(60.0) == pytest.approx(12.0)
    assert forecast(60.0) == pytest.approx(6.0)


@pytest.mark.parametrize("fields", [{"forecast_seconds": None}, {"first_segment_at": None}, {"started_at": None}])
def test_what_was_tried_again_or_silent_teaches_nothing(alice: User, fields: dict[str, object]) -> None:
    now = timezone.now()
    assert finish.finish_if_complete(ready(alice, 60.0, 6.0, now, **fields).pk, now)
    assert not Speed.objects.exists()


def test_finishing_twice_teaches_once(alice: User) -> None:
    now = timezone.now()
    transcript = ready(alice, 60.0, 6.0, now)
    assert finish.finish_if_complete(transcript.pk, now)
    assert not finish.finish_if_complete(transcript.pk, now)
    assert Speed.objects.get().recordings == 1


def test_of_workers_that_finish_at_once_none_is_lost(alice: User) -> None:
    now = timezone.now()
    transcripts = [ready(alice, 60.0, 6.0, now).pk for _ in range(8)]

    def end(pk: int) -> bool:
        try:
            return finish.finish_if_complete(pk, now)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(end, transcripts))
    row = Speed.objects.get()
    assert (row.recordings, sum(row.errors)) == (8, 8)


# --- From the intake to the end ---------------------------------------------------------------------------------------
def test_what_was_said_at_the_start_is_kept_and_compared(
    alice: User, accept: Accept, spoken: Path, work: Callable[[], None]
) -> None:
    transcript = accept(alice, spoken).transcript
    said = transcript.forecast_seconds
    assert said
    assert transcript.forecast_error is None
    work()
    transcript = Transcript.objects.get()
    assert transcript.forecast_seconds == said
    assert transcript.forecast_error is not None
    took = transcript.timings["total_seconds"]
    assert transcript.forecast_error == pytest.approx(said / took - 1, abs=0.01)
    row = Speed.objects.get()
    assert (row.model, row.device, row.preset) == ("tiny.en", str(configuration.device()), "balanced")
    assert row.errors == forecasts.counted([], abs(transcript.forecast_error))


def test_what_is_cancelled_and_tried_again_is_left_out(
    alice: User, accept: Accept, spoken: Path, work: Callable[[], None]
) -> None:
    entry = accept(alice, spoken)
    prepare_next(lambda: False)
    history.cancel(entry=entry, now=timezone.now())
    history.retry(entry=entry, now=timezone.now())
    work()
    entry.transcript.refresh_from_db()
    assert entry.transcript.state == State.DONE
    assert entry.transcript.forecast_error is None
    assert not Speed.objects.exists()


def test_the_error_is_that_of_the_real_time() -> None:
    now = timezone.now()
    transcript = Transcript(created_at=now - timedelta(seconds=10), forecast_seconds=20.0)
    assert measure.forecast_error(transcript, now) == 1.0
    transcript.forecast_seconds = 5.0
    assert measure.forecast_error(transcript, now) == -0.5
    transcript.forecast_seconds = None
    assert measure.forecast_error(transcript, now) is None
