"""Lines recognised once more: by a speech worker, from what is kept; compared, taken as one change, or left."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from tests.workflow import edited
from tests.workflow.edited import now, said
from transcriptions import storage
from transcriptions.engine.model_pool import ModelPool
from transcriptions.models import Change, Rehearing, Transcript, Transcription
from transcriptions.workflow import clean, edit, process, rehear, rehearing, undo
from transcriptions.workflow.intake import Refused
from transcriptions.workflow.lease import claim

pytestmark = pytest.mark.django_db(transaction=True)

TEXTS = ("Good mourning.", "How are you?", "Fine thanks.")


def go_on() -> bool:
    return False


def ask(entry: Transcription, start: float = 0.0, end: float = 4.0, **chosen: str) -> Rehearing:
    rehear.ask(entry=entry, user=entry.user, start=start, end=end, chosen=chosen, now=timezone.now())
    found = rehear.of(entry, entry.user)
    assert found
    return found


def heard(entry: Transcription, *texts: str) -> Rehearing:
    """As the worker leaves it."""
    found = ask(entry)
    found.segments = [
        [2.0 * at, 2.0 * at + 2, text, [[2.0 * at, 2.0 * at + 2, f" {text}", 0.8]]] for at, text in enumerate(texts)
    ]
    found.state = Rehearing.State.DONE
    found.save()
    return found


def take(entry: Transcription, found: Rehearing) -> None:
    seen = rehear.compare(entry, found).seen
    rehear.take(entry=entry, user=entry.user, seen=seen, now=timezone.now())


def test_it_is_compared_word_by_word_and_taken_as_one_change(alice: User) -> None:
    entry = edited.text(alice, *TEXTS)
    found = heard(entry, "Good morning.", "How are you?")
    pieces = rehear.compare(entry, found).pieces
    assert pieces == [("same", "Good"), ("gone", "mourning."), ("new", "morning."), ("same", "How are you?")]
    take(entry, found)
    assert said(entry) == ["Good morning.", "How are you?", "Fine thanks."]
    assert [word.text for word in now(entry)[0].words] == [" Good morning."]
    assert Change.objects.get().kind == Change.Kind.REHEARD
    assert rehear.of(entry, alice) is None
    undo.undo(entry=entry, user=alice, now=timezone.now())
    assert said(entry) == list(TEXTS)
    undo.redo(entry=entry, user=alice, now=timezone.now())
    assert said(entry)[0] == "Good morning."


def test_fewer_lines_or_none_take_the_place_of_all(alice: User) -> None:
    entry = edited.text(alice, *TEXTS)
    take(entry, heard(entry, "Good morning, how are you?"))
    assert said(entry) == ["Good morning, how are you?", "Fine thanks."]
    take(entry, heard(entry))
    assert said(entry) == ["", "Fine thanks."]


def test_who_spoke_still_speaks(alice: User) -> None:
    entry = edited.text(alice, *TEXTS)
    for line, name in zip(now(entry), ("Ann", "Bob"), strict=False):
        edit.set_speaker(entry=entry, user=alice, key=line.key, speaker=name, now=timezone.now())
    take(entry, heard(entry, "Good morning.", "How are you?"))
    assert [line.speaker for line in now(entry)] == ["Ann", "Bob", ""]


def test_what_was_changed_since_it_was_compared_is_not_lost(alice: User) -> None:
    entry = edited.text(alice, *TEXTS)
    found = heard(entry, "Good morning.")
    seen = rehear.compare(entry, found).seen
    edit.change_text(**edited.at(entry, 1), text="How is she?", now=timezone.now())
    with pytest.raises(Refused) as refused:
        rehear.take(entry=entry, user=alice, seen=seen, now=timezone.now())
    assert refused.value.code == "compared_is_old"
    assert said(entry)[1] == "How is she?"


def test_joined_lines_are_taken_whole(alice: User) -> None:
    entry = edited.text(alice, *TEXTS)
    edit.join(**edited.at(entry, 0), now=timezone.now())
    found = ask(entry, 0.0, 1.0)
    assert (found.start_seconds, found.end_seconds, found.to_seconds) == (0.0, 4.0, 2.0)


def test_it_refuses_in_a_sentence(alice: User, settings: Settings) -> None:
    entry = edited.text(alice, *TEXTS)

    def code(**given: Any) -> str:
        with pytest.raises(Refused) as refused:
            ask(entry, **given)
        return refused.value.code

    assert code(start=50.0, end=60.0) == "nothing_to_rehear"
    assert code(preset="no such") == "unknown_option"
    settings.MAX_REHEAR_SECONDS = 3
    assert code() == "rehear_too_long"
    Transcript.objects.update(state=Transcript.State.RECOGNISING)
    entry.transcript.refresh_from_db()
    assert code() == "not_heard_yet"
    storage.delete(entry.transcript.media.storage_key)
    assert code() == "recording_gone"


def test_the_clean_up_removes_it_after_a_while(alice: User) -> None:
    found = heard(edited.text(alice, *TEXTS), "Good morning.")
    clean.clean_up(now=timezone.now())
    assert Rehearing.objects.exists()
    clean.clean_up(now=found.expires_at + timedelta(seconds=1))
    assert not Rehearing.objects.exists()


@pytest.fixture
def spoken_entry(alice: User, spoken: Path) -> Transcription:
    """Ten seconds or so of real speech over a text that says nothing of the kind."""
    entry = edited.text(alice, "Nothing of", "the kind.", "Silence.")
    media = entry.transcript.media
    storage.write(media.storage_key, spoken.read_bytes())
    return entry


def test_a_speech_worker_hears_it(spoken_entry: Transcription, pool: ModelPool) -> None:
    found = ask(spoken_entry, 0.0, 6.0, language="en", preset="fast")
    process.process_offered(pool, go_on)
    found.refresh_from_db()
    assert found.state == Rehearing.State.DONE, found.error_detail
    assert found.segments
    assert all(0 <= start <= end <= 6.0 for start, end, _, _ in found.segments)
    take(spoken_entry, found)
    assert now(spoken_entry)[0].words


def test_what_a_dead_worker_held_is_heard_by_the_next(spoken_entry: Transcription, pool: ModelPool) -> None:
    found = ask(spoken_entry, preset="fast", language="en")
    lost = claim(rehear.waiting(), timezone.now())
    assert lost
    Rehearing.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    process.process_offered(pool, go_on)
    found.refresh_from_db()
    assert (found.state, found.attempts) == (Rehearing.State.DONE, 2)
    rehearing.carry_out(lost, pool, go_on)  # the late one writes nothing
    assert Rehearing.objects.get().finished_at == found.finished_at


def test_a_recording_that_cannot_be_read_fails_in_a_sentence(alice: User, pool: ModelPool) -> None:
    entry = edited.text(alice, *TEXTS)
    found = ask(entry, preset="fast", language="en")
    storage.delete(entry.transcript.media.storage_key)
    process.process_offered(pool, go_on)
    found.refresh_from_db()
    assert (found.state, found.error_code) == (Rehearing.State.FAILED, "recording_gone")


def test_what_has_no_sound_there_fails_too(alice: User, pool: ModelPool) -> None:
    found = ask(edited.text(alice, *TEXTS), preset="fast", language="en")
    process.process_offered(pool, go_on)
    found.refresh_from_db()
    assert (found.state, found.error_code) == (Rehearing.State.FAILED, "unreadable")
