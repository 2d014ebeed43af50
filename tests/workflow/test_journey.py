"""From the intake to the end, with the real engine: what is promised about kills, revisions and results."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from tests import speech
from tests.conftest import Accept
from transcriptions import configuration, storage
from transcriptions.engine.model_pool import ModelPool
from transcriptions.engine.model_store import ModelError
from transcriptions.models import Segment, Shard, Transcript
from transcriptions.workflow import clean, history, lease, lines, process, recognition, retain, state
from transcriptions.workflow.prepare import prepare_next
from transcriptions.workflow.process import process_next, process_offered

pytestmark = pytest.mark.django_db(transaction=True)


def go_on() -> bool:
    return False


def stop() -> bool:
    return True


def text(transcript: Transcript) -> str:
    return " ".join(segment.text for segment in lines.every(transcript.transcriptions.earliest("pk"))).lower()


def test_a_recording_becomes_a_transcript(
    alice: User, accept: Accept, long_spoken: Path, work: Callable[[], None]
) -> None:
    transcript = accept(alice, long_spoken).transcript
    work()
    transcript.refresh_from_db()
    assert transcript.state == Transcript.State.DONE
    assert transcript.language == "en"
    assert transcript.duration_seconds == pytest.approx(transcript.media.duration_seconds, abs=0.1)
    assert transcript.recognised_seconds == pytest.approx(transcript.duration_seconds)
    assert transcript.shards.count() >= 2
    assert "library" in text(transcript)
    assert "september" in text(transcript)
    measured = {"prepare_seconds", "recognise_seconds", "waiting_seconds", "first_segment_seconds", "total_seconds"}
    assert measured == set(transcript.timings)
    assert not storage.path(storage.shard_folder(transcript.pk)).exists()


def test_silence_is_done_without_a_word(alice: User, accept: Accept, silent: Path, pool: ModelPool) -> None:
    transcript = accept(alice, silent).transcript
    assert prepare_next(go_on)
    assert not process_next(pool, go_on)
    transcript.refresh_from_db()
    assert transcript.state == Transcript.State.DONE
    assert not transcript.segments.exists()


def test_shards_are_offered_before_preparing_ends(
    alice: User, accept: Accept, long_spoken: Path, pool: ModelPool
) -> None:
    transcript = accept(alice, long_spoken).transcript
    prepare_next(stop)  # gives back after the first shard
    assert transcript.shards.count() == 1
    assert process_next(pool, go_on)
    transcript.refresh_from_db()
    assert transcript.segments.exists()
    assert transcript.state == Transcript.State.PREPARING


def test_preparing_goes_on_where_another_left_it(
    alice: User, accept: Accept, long_spoken: Path, work: Callable[[], None]
) -> None:
    transcript = accept(alice, long_spoken).transcript
    prepare_next(stop)
    (first,) = transcript.shards.all()
    work()
    spans = list(transcript.shards.order_by("index").values_list("start_seconds", "end_seconds"))
    assert transcript.shards.get(index=0) == first
    assert [end for _, end in spans[:-1]] == pytest.approx([start for start, _ in spans[1:]])
    transcript.refresh_from_db()
    assert transcript.state == Transcript.State.DONE


def test_a_stopped_worker_gives_its_shard_back_at_the_next_window(
    alice: User, accept: Accept, long_spoken: Path, pool: ModelPool, work: Callable[[], None]
) -> None:
    transcript = accept(alice, long_spoken).transcript
    prepare_next(go_on)
    process_next(pool, stop)
    kept = list(transcript.segments.order_by("position"))
    shard = transcript.shards.get(index=0)
    assert (shard.state, shard.lease_owner, shard.attempts) == (Shard.State.OFFERED, "", 0)
    assert shard.reached_seconds
    assert shard.reached_seconds >= kept[-1].end_seconds
    work()
    positions = list(transcript.segments.order_by("pk").values_list("shard__index", "position"))
    assert len(positions) == len(set(positions))
    assert text(transcript).count("committee") == text(transcript).count("september") == 1


def test_a_late_writer_cannot_write(
    alice: User, accept: Accept, long_spoken: Path, pool: ModelPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first worker falls silent, another takes the shard over, then the first one wakes up."""
    transcript = accept(alice, long_spoken).transcript
    prepare_next(go_on)
    save = recognition._save

    def taken_over(held: lease.Lease[Shard], *arguments: Any) -> None:
        monkeypatch.setattr(recognition, "_save", save)
        Shard.objects.filter(pk=held.work.pk).update(lease_expires_at=timezone.now() - timedelta(seconds=1))
        other = lease.claim(Shard.objects.filter(pk=held.work.pk), timezone.now())
        assert other
        save(held, *arguments)

    monkeypatch.setattr(recognition, "_save", taken_over)
    assert process_next(pool, go_on)
    assert not Segment.objects.exists()
    transcript.refresh_from_db()
    assert transcript.recognised_seconds == 0


def test_only_one_claims_a_shard(alice: User, accept: Accept, spoken: Path) -> None:
    accept(alice, spoken)
    prepare_next(go_on)
    now = timezone.now()
    assert lease.claim(Shard.objects.all(), now)
    assert lease.claim(Shard.objects.all(), now) is None


def test_a_poisonous_shard_is_given_up(
    alice: User, accept: Accept, spoken: Path, pool: ModelPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    transcript = accept(alice, spoken).transcript
    prepare_next(go_on)

    def crash(*arguments: object, **options: object) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(recognition, "hear", crash)
    for _ in range(lease.MAX_ATTEMPTS):
        with pytest.raises(RuntimeError):
            process_next(pool, go_on)
        assert not process_next(pool, go_on)  # it rests
        Shard.objects.update(lease_expires_at=None)
    assert process_next(pool, go_on)
    assert not process_next(pool, go_on)
    transcript.refresh_from_db()
    assert (transcript.state, transcript.error_code) == (Transcript.State.FAILED, "recognition_failed")
    assert not storage.path(storage.shard_folder(transcript.pk)).exists()


def test_a_header_that_lies_about_its_length_meets_the_limit(
    alice: User, accept: Accept, long_spoken: Path, settings: Settings
) -> None:
    transcript = accept(alice, long_spoken).transcript
    settings.MAX_DURATION_HOURS = 10 / 3600
    prepare_next(go_on)
    transcript.refresh_from_db()
    assert (transcript.state, transcript.error_code) == (Transcript.State.FAILED, "too_long")


def test_revisions_grow_from_window_to_window(
    alice: User, accept: Accept, long_spoken: Path, work: Callable[[], None]
) -> None:
    transcript = accept(alice, long_spoken).transcript
    work()
    revisions = list(transcript.segments.order_by("pk").values_list("revision", flat=True))
    assert revisions == sorted(revisions)
    assert len(set(revisions)) > 1
    transcript.refresh_from_db()
    assert transcript.revision > revisions[-1]


def test_cancelling_stops_the_work_unless_somebody_else_waits(
    alice: User, bob: User, accept: Accept, spoken: Path, pool: ModelPool
) -> None:
    mine, theirs = accept(alice, spoken), accept(bob, spoken)
    history.cancel(entry=mine, now=timezone.now())
    mine.transcript.refresh_from_db()
    assert mine.transcript.is_live
    history.cancel(entry=theirs, now=timezone.now())
    mine.transcript.refresh_from_db()
    assert mine.transcript.state == Transcript.State.CANCELLED
    assert not prepare_next(go_on)


def test_cancelling_in_the_middle_keeps_what_was_said_and_a_retry_goes_on(
    alice: User, accept: Accept, long_spoken: Path, pool: ModelPool, work: Callable[[], None]
) -> None:
    entry = accept(alice, long_spoken)
    prepare_next(go_on)
    process_next(pool, stop)
    kept = set(entry.transcript.segments.values_list("pk", flat=True))
    assert kept
    history.cancel(entry=entry, now=timezone.now())
    work()
    assert entry.transcript.segments.count() == len(kept)
    history.retry(entry=entry, now=timezone.now())
    work()
    entry.transcript.refresh_from_db()
    assert entry.transcript.state == Transcript.State.DONE
    assert entry.transcript.segments.filter(pk__in=kept).count() == len(kept)
    assert text(entry.transcript).count("committee") == text(entry.transcript).count("september") == 1
    assert entry.transcript.recognised_seconds == pytest.approx(entry.transcript.duration_seconds)


def test_a_cancelled_transcript_takes_no_late_segment(
    alice: User, accept: Accept, long_spoken: Path, pool: ModelPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    transcript = accept(alice, long_spoken).transcript
    prepare_next(go_on)
    save = recognition._save

    def cancelled(held: lease.Lease[Shard], *arguments: Any) -> None:
        state.stop(transcript.pk, Transcript.State.CANCELLED, timezone.now())
        save(held, *arguments)

    monkeypatch.setattr(recognition, "_save", cancelled)
    assert process_next(pool, go_on)
    assert not Segment.objects.exists()


def test_deleting_the_last_entry_removes_the_bytes_and_keeps_the_text_for_its_time(
    alice: User, bob: User, accept: Accept, spoken: Path, work: Callable[[], None], settings: Settings
) -> None:
    mine, theirs = accept(alice, spoken), accept(bob, spoken)
    work()
    file = storage.path(storage.media_key(mine.transcript.media.sha256))
    history.delete(entry=mine, now=timezone.now())
    assert file.exists()
    history.delete(entry=theirs, now=timezone.now())
    assert not file.exists()
    assert Transcript.objects.get().segments.exists()
    settings.CACHE_TTL_HOURS = 0
    cleaned = clean.clean_up(now=timezone.now())
    assert cleaned
    assert cleaned.transcripts == 1
    assert not Transcript.objects.exists()


def test_a_cached_text_serves_a_file_that_comes_back(
    alice: User, accept: Accept, spoken: Path, work: Callable[[], None]
) -> None:
    entry = accept(alice, spoken)
    work()
    history.delete(entry=entry, now=timezone.now())
    again = accept(alice, spoken)
    assert again.transcript.state == Transcript.State.DONE
    assert storage.exists(storage.media_key(again.transcript.media.sha256))


def test_deleting_unfinished_work_leaves_nothing(alice: User, accept: Accept, spoken: Path) -> None:
    entry = accept(alice, spoken)
    prepare_next(go_on)
    history.delete(entry=entry, now=timezone.now())
    assert not Transcript.objects.exists()
    assert [path for path in storage.path("").rglob("*") if path.is_file()] == []


def test_a_retry_waits_for_its_sound(
    alice: User, accept: Accept, long_spoken: Path, pool: ModelPool, work: Callable[[], None]
) -> None:
    """A speech worker may look before the media worker has come round to preparing it again."""
    entry = accept(alice, long_spoken)
    prepare_next(go_on)
    process_next(pool, stop)
    history.cancel(entry=entry, now=timezone.now())
    history.retry(entry=entry, now=timezone.now())
    assert not process_next(pool, go_on)
    retain.sweep(timezone.now())
    work()
    entry.transcript.refresh_from_db()
    assert entry.transcript.state == Transcript.State.DONE


def test_several_recordings_are_worked_on_at_once(
    alice: User, accept: Accept, tmp_path: Path, pool: ModelPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("library", "meeting", "market", "september")
    entries = []
    for word in words:
        file = speech.write_wav(
            tmp_path / f"{word}.wav", speech.speak(f"Please come to the {word} and bring a friend.")
        )
        entries.append(accept(alice, file, language="en"))
        prepare_next(go_on)
    with pool.use(configuration.model_key("tiny.en")) as batcher:
        before = batcher.figures()
        process_offered(pool, go_on)
        after = batcher.figures()
    for entry, word in zip(entries, words, strict=True):
        entry.transcript.refresh_from_db()
        assert entry.transcript.state == Transcript.State.DONE
        assert word in text(entry.transcript)
        assert entry.transcript.figures["windows"] == 1
    assert after.batches - before.batches < len(words)


def test_a_failure_of_one_recording_is_not_the_others(
    alice: User, accept: Accept, spoken: Path, long_spoken: Path, pool: ModelPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = accept(alice, spoken).transcript, accept(alice, long_spoken).transcript
    for _ in range(2):
        prepare_next(go_on)
    save = recognition._save

    def fail(held: lease.Lease[Shard], *arguments: Any) -> None:
        if held.work.transcript_id == bad.pk:
            raise RuntimeError("no")
        save(held, *arguments)

    monkeypatch.setattr(recognition, "_save", fail)
    monkeypatch.setattr(lease, "REST_SECONDS", 3600)  # a slow machine is still at the other when it has rested
    process_offered(pool, go_on)
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.state, bad.state) == (Transcript.State.DONE, Transcript.State.RECOGNISING)
    assert set(bad.shards.values_list("attempts", flat=True)) == {1}


def test_what_came_to_nothing_before_is_tried_alone(
    alice: User, accept: Accept, spoken: Path, long_spoken: Path, pool: ModelPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be what ended the process that held it; the others are not to lose an attempt by it."""
    suspect = accept(alice, long_spoken).transcript
    others = [accept(alice, spoken).transcript, accept(alice, spoken, language="en").transcript]
    for _ in range(3):
        prepare_next(go_on)
    suspect.shards.update(attempts=1)
    at_work: set[int] = set()
    company: list[set[int]] = []
    carry_out = recognition.recognise_shard

    def watched(held: lease.Lease[Shard], *arguments: Any) -> None:
        at_work.add(held.work.pk)
        if held.work.transcript_id == suspect.pk:
            company.append(set(at_work))
        try:
            carry_out(held, *arguments)
        finally:
            at_work.discard(held.work.pk)

    monkeypatch.setattr(process, "recognise_shard", watched)
    process_offered(pool, go_on)
    assert {len(those) for those in company} == {1}
    for transcript in (suspect, *others):
        transcript.refresh_from_db()
        assert transcript.state == Transcript.State.DONE


def test_a_worker_that_is_told_to_stop_takes_nothing_new(
    alice: User, accept: Accept, spoken: Path, pool: ModelPool
) -> None:
    transcript = accept(alice, spoken).transcript
    prepare_next(go_on)
    process_offered(pool, stop)
    assert not transcript.segments.exists()
    assert transcript.shards.get().attempts == 0


def test_a_chosen_language_is_the_recordings(
    alice: User, accept: Accept, spoken: Path, work: Callable[[], None]
) -> None:
    transcript = accept(alice, spoken, language="en").transcript
    work()
    transcript.refresh_from_db()
    assert (transcript.language, transcript.language_probability) == ("en", 1.0)


@pytest.mark.parametrize("damage", [lambda file: file.unlink(), lambda file: file.write_bytes(b"short")])
def test_sound_that_is_lost_is_made_again(
    alice: User, accept: Accept, long_spoken: Path, work: Callable[[], None], damage: Callable[[Path], object]
) -> None:
    transcript = accept(alice, long_spoken).transcript
    prepare_next(go_on)
    damage(storage.path(transcript.shards.get(index=0).storage_key))
    work()
    transcript.refresh_from_db()
    assert transcript.state == Transcript.State.DONE
    assert text(transcript).count("committee") == text(transcript).count("september") == 1


def test_what_is_deleted_in_another_tab_is_no_error(alice: User, accept: Accept, spoken: Path) -> None:
    entry = accept(alice, spoken)
    for action in (history.delete, history.delete, history.cancel, history.retry):
        action(entry=entry, now=timezone.now())
    assert not Transcript.objects.exists()


def test_a_worker_that_lost_its_lease_cannot_fail_the_work(
    alice: User, accept: Accept, spoken: Path, pool: ModelPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    transcript = accept(alice, spoken).transcript
    prepare_next(go_on)

    def late(held: lease.Lease[Shard], *arguments: object) -> None:
        Shard.objects.update(lease_owner="somebody:1:else")
        raise ModelError("model_unavailable")

    monkeypatch.setattr(recognition, "_process", late)
    assert process_next(pool, go_on)
    transcript.refresh_from_db()
    assert transcript.is_live
