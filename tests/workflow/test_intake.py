"""A file arrives: an entry for its person, new work only when it is new, a sentence when it cannot be."""

from collections.abc import Callable
from pathlib import Path

import django_rq
import pytest
from pytest_django import Settings

from accounts.models import User
from tests.conftest import Accept
from transcriptions import storage
from transcriptions.models import Media, Transcript, Transcription
from transcriptions.workflow.intake import Refused

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_new_file_becomes_work(alice: User, accept: Accept, spoken: Path) -> None:
    entry = accept(alice, spoken, name="Reunião de 3ª feira.wav")
    assert (entry.title, entry.file_name) == ("Reunião de 3ª feira", "Reunião de 3ª feira.wav")
    assert entry.transcript.state == Transcript.State.QUEUED
    assert storage.path(entry.transcript.media.storage_key).read_bytes() == spoken.read_bytes()
    assert entry.transcript.media.duration_seconds == pytest.approx(5, abs=2)
    assert django_rq.get_queue("media").count == 1


def test_the_same_file_again_joins_the_running_work(alice: User, bob: User, accept: Accept, spoken: Path) -> None:
    first, second = accept(alice, spoken), accept(bob, spoken)
    assert first.transcript == second.transcript
    assert Media.objects.count() == Transcript.objects.count() == 1
    assert django_rq.get_queue("media").count == 1
    second.transcript.refresh_from_db()
    assert second.transcript.hits == 1


def test_the_same_file_after_the_end_is_done_at_once(
    alice: User, bob: User, accept: Accept, spoken: Path, work: Callable[[], None]
) -> None:
    accept(alice, spoken)
    work()
    entry = accept(bob, spoken, name="mine.wav")
    assert entry.transcript.state == Transcript.State.DONE
    assert django_rq.get_queue("media").count == 1  # the first one's, which these workers did not take


@pytest.mark.parametrize("chosen", [{"language": "pt"}, {"task": "translate"}, {"language": "en", "task": "translate"}])
def test_a_model_of_english_alone_is_asked_for_nothing_else(
    alice: User, accept: Accept, spoken: Path, chosen: dict[str, str]
) -> None:
    with pytest.raises(Refused) as refused:
        accept(alice, spoken, **chosen)
    assert refused.value.code == "english_only"
    assert not Media.objects.exists()
    for name in ("", "en"):
        assert accept(alice, spoken, language=name).transcript.options["model"] == "tiny.en"


@pytest.mark.usefixtures("multilingual")
def test_another_language_is_other_work(alice: User, accept: Accept, spoken: Path) -> None:
    assert accept(alice, spoken).transcript != accept(alice, spoken, language="pt").transcript
    assert Media.objects.count() == 1


def test_without_the_cache_everything_is_new_work(
    alice: User, accept: Accept, spoken: Path, settings: Settings
) -> None:
    settings.ENABLE_TRANSCRIPTION_CACHE = False
    assert accept(alice, spoken).transcript != accept(alice, spoken).transcript


def test_failed_work_is_begun_again(alice: User, bob: User, accept: Accept, spoken: Path) -> None:
    entry = accept(alice, spoken)
    Transcript.objects.update(state=Transcript.State.FAILED, error_code="recognition_failed")
    again = accept(bob, spoken)
    assert again.transcript == entry.transcript
    assert (again.transcript.state, again.transcript.error_code) != (Transcript.State.FAILED, "")
    again.transcript.refresh_from_db()
    assert (again.transcript.state, again.transcript.error_code) == (Transcript.State.QUEUED, "")


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "empty_file"), (b"Dear Sir or Madam,\n" * 50, "document"), (b"\0" * 5000, "not_media")]
)
def test_it_refuses_what_is_no_recording(
    alice: User, accept: Accept, tmp_path: Path, content: bytes, code: str
) -> None:
    file = tmp_path / "letter.mp3"
    file.write_bytes(content)
    with pytest.raises(Refused) as caught:
        accept(alice, file)
    assert caught.value.code == code
    assert not Media.objects.exists()
    assert not Transcription.objects.exists()


def test_it_refuses_what_is_too_long(alice: User, accept: Accept, spoken: Path, settings: Settings) -> None:
    settings.MAX_DURATION_HOURS = 1 / 3600
    with pytest.raises(Refused) as caught:
        accept(alice, spoken)
    assert caught.value.code == "too_long"


@pytest.mark.parametrize(
    "chosen", [{"language": "klingon"}, {"preset": "best"}, {"task": "sing"}, {"hotwords": "x" * 1001}]
)
def test_it_refuses_what_cannot_be_chosen(alice: User, accept: Accept, spoken: Path, chosen: dict[str, str]) -> None:
    with pytest.raises(Refused) as caught:
        accept(alice, spoken, **chosen)
    assert caught.value.code == "unknown_option"


@pytest.mark.usefixtures("multilingual")
def test_what_is_chosen_makes_another_transcript_and_nothing_chosen_the_usual_one(
    alice: User, accept: Accept, spoken: Path, settings: Settings
) -> None:
    usual = accept(alice, spoken).transcript
    assert usual.options["preset"] == "balanced"
    assert accept(alice, spoken, language="", preset="", hotwords="  ").transcript == usual
    chosen = {"preset": "fast", "task": "translate", "hotwords": "Scriberr", "language": "en"}
    other = accept(alice, spoken, **chosen).transcript
    assert other != usual
    assert {name: other.options[name] for name in chosen} == chosen
    settings.WHISPER_PRESET = "accurate"
    assert accept(alice, spoken).transcript.options["preset"] == "accurate"


@pytest.mark.parametrize(
    ("given", "title"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\a\\b.mp3", "b"),
        ("a\x00b\r\n.mp3", "ab"),
        ("", "?"),
        ("x" * 400, "x" * 200),
    ],
)
def test_a_name_is_only_a_name(alice: User, accept: Accept, spoken: Path, given: str, title: str) -> None:
    assert accept(alice, spoken, name=given).title == title
