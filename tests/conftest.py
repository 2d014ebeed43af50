"""Fixed people, real services, real speech: alice owns what is tested, bob does not."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import django_rq
import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import TransactionTestCase
from django.utils import timezone, translation
from pytest_django import DjangoDbBlocker, Settings

from accounts.models import User
from tests import emptying, speech
from tests.environment import not_run
from tests.people import person
from tests.site import running
from transcriptions import configuration
from transcriptions.engine import model_store
from transcriptions.engine.batching import Batcher
from transcriptions.engine.model_pool import ModelPool
from transcriptions.models import Transcription
from transcriptions.workflow.intake import ReceivedFile, accept_upload
from transcriptions.workflow.prepare import prepare_next
from transcriptions.workflow.process import process_next

SENTENCE = "Good morning. Please bring the report and the budget for next year."


@pytest.fixture(scope="session", autouse=True)
def _small_model() -> Path:
    """The real tiny.en, where the settings look for models."""
    return model_store.fetch("tiny.en", Path(settings.WHISPER_MODEL_DIR), lambda sentence: None)


@pytest.fixture
def multilingual(_small_model: Path, settings: Settings) -> Iterator[str]:
    """The same model by a name that does not say that it knows only English: for what is chosen, not for the text."""
    link = _small_model.with_name("tiny")
    link.symlink_to(_small_model)
    settings.WHISPER_MODEL = link.name
    yield link.name
    link.unlink()


@pytest.fixture(scope="session", autouse=True)
def _emptied_in_our_way() -> Iterator[None]:
    with mock.patch.object(TransactionTestCase, "_fixture_teardown", emptying.empty):
        yield


@pytest.fixture(autouse=True)
def _clean_folders_and_queues(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    django_rq.get_connection("media").flushdb()
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("django_db_setup")
        with django_db_blocker.unblock():
            cache.clear()  # its table is no model's, so no test rolls it back
    yield
    translation.deactivate()  # a page in another language leaves it behind in its thread
    for folder in (settings.STORAGE_DIR, settings.TEMP_DIR, settings.UPLOAD_DIR):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def _settings_of_the_environment(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Most tests have no database, or say how often it is asked; those marked `adjusted` read what is set in it."""
    if not request.node.get_closest_marker("adjusted"):
        monkeypatch.setattr(configuration.current, "_set", {})
        monkeypatch.setattr(configuration.current, "_read_at", float("inf"))
    else:
        monkeypatch.setattr(configuration.current, "_read_at", float("-inf"))


@pytest.fixture(scope="session")
def pool() -> ModelPool:
    return ModelPool()


@pytest.fixture(scope="session")
def batcher(pool: ModelPool) -> Iterator[Batcher]:
    """The small model, with its queue."""
    with pool.use(configuration.model_key("tiny.en")) as loaded:
        yield loaded


@pytest.fixture
def alice(db: None) -> User:
    return person("alice@example.org")


@pytest.fixture
def bob(db: None) -> User:
    return person("bob@example.org")


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recordings")


@pytest.fixture(scope="session")
def spoken(recordings: Path) -> Path:
    """About five seconds of speech."""
    return speech.write_wav(recordings / "spoken.wav", speech.speak(SENTENCE))


@pytest.fixture(scope="session")
def long_spoken(recordings: Path) -> Path:
    """Forty-odd seconds of speech with pauses: at least two shards, at least three segments."""
    sentences = [
        "The committee met on Monday to discuss the new library.",
        "Nobody had read the plans before the meeting began.",
        "The architect explained the drawings with great patience.",
        "Several people asked about the cost of the roof.",
        "It was agreed to visit the building in the spring.",
        "The treasurer promised to send the figures by Friday.",
        "At the end everybody drank coffee in the garden.",
        "The next meeting will take place in September.",
    ]
    pcm = b"".join(speech.speak(sentence) + speech.silence(1.5) for sentence in sentences)
    return speech.write_wav(recordings / "long.wav", pcm)


@pytest.fixture(scope="session")
def silent(recordings: Path) -> Path:
    return speech.write_wav(recordings / "silent.wav", speech.silence(8))


Accept = Callable[..., Transcription]


@pytest.fixture
def accept(tmp_path: Path) -> Accept:
    """Bring a file to the intake as the upload door does: a copy in a temporary place, with its hash."""

    def bring(user: User, file: Path, *, name: str | None = None, **chosen: str) -> Transcription:
        copy = Path(shutil.copy(file, tmp_path / f"upload-{os.urandom(4).hex()}"))
        digest = hashlib.sha256(copy.read_bytes()).hexdigest()
        upload = ReceivedFile(
            name=file.name if name is None else name, path=copy, size_bytes=copy.stat().st_size, sha256=digest
        )
        return accept_upload(user=user, upload=upload, chosen=chosen, now=timezone.now())

    return bring


@pytest.fixture
def work(pool: ModelPool) -> Callable[[], None]:
    """Do all the work there is, as the workers would."""

    def do() -> None:
        while prepare_next(lambda: False) or process_next(pool, lambda: False):
            pass

    return do


@pytest.fixture(scope="session")
def recorded() -> dict[str, dict[str, Any]]:
    """Recorded speech by id, each with `file`, its path; not part of the project."""
    folder = Path(os.environ.get("SPEECH_DATA_DIR") or Path(settings.BASE_DIR).parent / "shared" / "data") / "speech"
    manifest = folder / "manifest.jsonl"
    if not manifest.exists():
        not_run("there is no recorded speech; SPEECH_DATA_DIR names its folder")
    entries = [json.loads(line) for line in manifest.read_text().splitlines()]
    return {entry["id"]: {**entry, "file": folder / entry["path"]} for entry in entries if "path" in entry}


@pytest.fixture(scope="module")
def surroundings() -> dict[str, str]:
    """What a module's site is set to."""
    return {}


@pytest.fixture(scope="module")
def site(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    surroundings: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """Its address. It serves a module's tests, each of which finds it empty; everything is stopped afterwards."""
    with django_db_blocker.unblock(), running(surroundings, tmp_path_factory.mktemp("site") / "log") as address:
        yield address
