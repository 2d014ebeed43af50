"""Text before the upload has ended: the same as that of the complete file, or none."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from tests import speech
from tests.conftest import Accept
from tests.workflow.test_prepare import go_on
from transcriptions import incoming
from transcriptions.engine.model_pool import ModelPool
from transcriptions.models import Media, Segment, Transcript, Transcription, Upload
from transcriptions.workflow import arrive, follow, history
from transcriptions.workflow.intake import Refused
from transcriptions.workflow.prepare import prepare_next
from transcriptions.workflow.process import process_next

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS = 20


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "LOOK_SECONDS", 0.05)


class Sending:
    """A file on its way."""

    def __init__(self, user: User, file: Path, **chosen: str) -> None:
        self.content, self.sent = file.read_bytes(), 0
        self.upload = arrive.expect(
            user=user,
            name=file.name,
            size_bytes=len(self.content),
            last_modified=None,
            chosen=chosen,
            now=timezone.now(),
        )

    def send(self, share: float) -> None:
        """Up to so much of it."""
        upto = int(len(self.content) * share)
        with incoming.writer(self.upload.pk) as writer:
            writer.write(self.content[self.sent : upto])
        self.sent = upto

    def begin(self) -> bool:
        return arrive.begin(self.upload, timezone.now())

    def end(self) -> Transcription:
        self.send(1)
        with incoming.writer(self.upload.pk) as writer:
            return arrive.complete(self.upload, writer, timezone.now())


def begun(user: User, file: Path, share: float) -> Sending:
    """So much of it is there, and is being transcribed."""
    sending = Sending(user, file)
    sending.send(share)
    assert sending.begin()
    return sending


@contextmanager
def followed() -> Iterator[threading.Event]:
    """A media worker beside; the event stops it."""
    stopping = threading.Event()

    def run() -> None:
        prepare_next(stopping.is_set)
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield stopping
    finally:
        thread.join(SECONDS)
        assert not thread.is_alive()


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)


def shards(entry: Transcription) -> list[tuple[float, float, object]]:
    rows = entry.transcript.shards.order_by("index")
    return list(rows.values_list("start_seconds", "end_seconds", "speech"))


@pytest.mark.parametrize("name", ["a.mp3", "a.mp4"])
def test_a_file_is_cut_while_it_arrives_as_if_it_were_complete(
    alice: User, bob: User, accept: Accept, long_spoken: Path, tmp_path: Path, name: str
) -> None:
    front = ["-movflags", "faststart"] if name.endswith("mp4") else []
    file = speech.convert(long_spoken, tmp_path / name, *front)
    sending = Sending(alice, file)
    sending.send(0.2)
    assert sending.begin()
    with followed():
        sending.send(0.7)
        until(lambda: Transcript.objects.get().prepared_seconds > 10)
        assert Transcript.objects.get().state == Transcript.State.PREPARING
        entry = sending.end()
    entry.refresh_from_db()
    assert entry.transcript.prepared_at
    assert entry.transcript.media.storage_key
    other = accept(bob, speech.convert(long_spoken, tmp_path / f"again-{name}", *front), language="en")
    Media.objects.exclude(pk=entry.transcript.media_id).update(created_at=timezone.now())
    assert prepare_next(go_on)
    assert shards(entry) == shards(other)


def test_its_text_comes_before_its_end(alice: User, long_spoken: Path, pool: ModelPool) -> None:
    sending = begun(alice, long_spoken, 0.6)
    with followed():
        until(lambda: process_next(pool, go_on))
        texts = Segment.objects.order_by("start_seconds").values_list("text", flat=True)
        assert "committee" in texts[0]
        sending.end()
    while process_next(pool, go_on):
        pass
    assert Transcript.objects.get().state == Transcript.State.DONE


def test_what_cannot_be_read_from_its_front_waits(alice: User, long_spoken: Path, tmp_path: Path) -> None:
    sending = Sending(alice, speech.convert(long_spoken, tmp_path / "a.m4a"))
    sending.send(0.9)
    assert not sending.begin()
    assert not prepare_next(go_on)
    sending.end()
    assert prepare_next(go_on)


def test_a_wrong_guess_begins_anew_with_the_complete_file(
    alice: User, bob: User, accept: Accept, long_spoken: Path, spoken: Path, tmp_path: Path, pool: ModelPool
) -> None:
    """What came first is overwritten behind our back, as if it had been read wrongly."""
    sending = begun(alice, long_spoken, 0.6)
    with followed():
        until(lambda: process_next(pool, go_on))
        original = sending.content
        louder = bytearray(original)
        louder[1001:5001:2] = bytes(index % 30 for index in range(2000))
        with incoming.path(sending.upload.pk).open("r+b") as file:
            file.write(louder[:100_000])
        incoming._hashes.clear()
        entry = sending.end()
    transcript = Transcript.objects.get()
    assert transcript.anew_revision == transcript.revision
    assert (transcript.shards.count(), transcript.segments.count(), transcript.prepared_seconds) == (0, 0, 0)
    while prepare_next(go_on) or process_next(pool, go_on):
        pass
    entry.refresh_from_db()
    assert entry.transcript.state == Transcript.State.DONE
    assert entry.transcript.prepared_seconds == pytest.approx(entry.transcript.duration_seconds)


def test_bytes_that_somebody_has_brought_before_are_joined(
    alice: User, bob: User, accept: Accept, long_spoken: Path, work: Callable[[], None]
) -> None:
    known = accept(bob, long_spoken)
    work()
    sending = begun(alice, long_spoken, 0.5)
    with followed():
        until(lambda: Transcript.objects.exclude(pk=known.transcript_id).get().prepared_seconds > 0)
        entry = sending.end()
    assert (entry.transcript_id, entry.user) == (known.transcript_id, alice)
    assert (Media.objects.count(), Transcript.objects.count()) == (1, 1)


def test_bytes_known_for_other_options_keep_what_has_been_made(
    alice: User, bob: User, accept: Accept, long_spoken: Path, work: Callable[[], None]
) -> None:
    known = accept(bob, long_spoken, language="en")
    work()
    sending = begun(alice, long_spoken, 0.5)
    with followed():
        until(lambda: Transcript.objects.exclude(pk=known.transcript_id).get().prepared_seconds > 0)
        entry = sending.end()
    entry.refresh_from_db()
    assert entry.transcript_id != known.transcript_id
    assert entry.transcript.media_id == known.transcript.media_id
    assert entry.transcript.prepared_at


def test_a_worker_that_ends_leaves_it_to_the_next(alice: User, long_spoken: Path) -> None:
    sending = begun(alice, long_spoken, 0.6)
    with followed() as stopping:
        until(lambda: Transcript.objects.get().prepared_seconds > 0)
        stopping.set()
    assert Transcript.objects.get().lease_owner == ""
    with followed():
        sending.end()
    assert Transcript.objects.get().prepared_at


def test_what_has_come_of_one_that_nobody_goes_on_with_is_all_of_it(
    alice: User, long_spoken: Path, work: Callable[[], None]
) -> None:
    sending = begun(alice, long_spoken, 0.6)
    Upload.objects.update(expires_at=timezone.now())
    assert arrive.end(Upload.objects.get(), timezone.now())
    work()
    transcript = Transcript.objects.get()
    assert transcript.state == Transcript.State.DONE
    assert transcript.media.size_bytes == sending.sent
    assert Upload.objects.get().completed_at
    assert not incoming.path(sending.upload.pk).exists()


def test_an_entry_deleted_on_the_way_ends_its_upload(alice: User, long_spoken: Path) -> None:
    sending = begun(alice, long_spoken, 0.6)
    with followed():
        until(lambda: Transcript.objects.get().prepared_seconds > 0)
        history.delete(entry=Transcription.objects.get(), now=timezone.now())
    with pytest.raises(FileNotFoundError):
        sending.end()
    assert not Upload.objects.exists()
    assert not Media.objects.exists()


def test_text_of_one_that_is_refused_at_its_end_stays(
    alice: User, long_spoken: Path, pool: ModelPool, settings: Settings
) -> None:
    sending = begun(alice, long_spoken, 0.6)
    with followed():
        until(lambda: process_next(pool, go_on))
        settings.MAX_DURATION_HOURS = 0.001
        with pytest.raises(Refused):
            sending.end()
    transcript = Transcript.objects.get()
    assert (transcript.state, transcript.error_code) == (Transcript.State.FAILED, "too_long")
    assert transcript.segments.exists()


def test_what_was_heard_by_a_worker_that_ended_is_compared_too(
    alice: User, long_spoken: Path, pool: ModelPool, work: Callable[[], None]
) -> None:
    sending = begun(alice, long_spoken, 0.6)
    with followed() as stopping:
        until(lambda: process_next(pool, go_on))
        stopping.set()
    with incoming.path(sending.upload.pk).open("r+b") as file:
        file.seek(100)
        file.write(bytes(200_000))
    incoming._hashes.clear()
    sending.end()
    work()
    transcript = Transcript.objects.get()
    assert transcript.state == Transcript.State.DONE
    assert transcript.anew_revision
    assert "committee" not in " ".join(transcript.segments.values_list("text", flat=True))


def test_one_that_stalls_is_followed_again_when_more_comes(
    alice: User, long_spoken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "STALL_SECONDS", 0.3)
    sending = begun(alice, long_spoken, 0.6)
    with followed():
        until(lambda: Upload.objects.get().stalls)
    assert not prepare_next(go_on)
    sending.upload.refresh_from_db()
    arrive.prolong(sending.upload, timezone.now())
    with followed():
        sending.end()
    assert Transcript.objects.get().prepared_at
