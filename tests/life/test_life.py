"""Some minutes of the site's life; `LIFE_SECONDS=3600 LIFE_SEED=2` before the command makes it an hour, and another."""

import os
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from tests import speech
from tests.conftest import Accept
from tests.life.orphans import everything, orphans
from tests.life.simulate import Life
from transcriptions import storage, temporary
from transcriptions.models import Deletion
from transcriptions.workflow import history

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS = float(os.environ.get("LIFE_SECONDS") or 400)
SEED = int(os.environ.get("LIFE_SEED") or 1)
RECORDINGS = 8


@pytest.fixture(scope="session")
def files(recordings: Path, spoken: Path, long_spoken: Path, silent: Path) -> list[Path]:
    """Short and long, sound and film, some that browsers do not play, two that are refused."""
    said = speech.speak("Good morning. Please bring the report and the budget for next year.")
    own = [
        speech.write_wav(recordings / f"life{number}.wav", said + speech.silence(number / 4))
        for number in range(RECORDINGS)
    ]
    picture = ("-f", "lavfi", "-i", "testsrc2=size=160x120:rate=5:duration=5", "-c:v", "libx264")
    film = speech.convert(spoken, recordings / "life.mp4", *picture)
    old_film = speech.convert(spoken, recordings / "life.avi", *picture[:-1], "mpeg4", "-c:a", "libmp3lame")
    old = [old_film, speech.convert(spoken, recordings / "life.wma")]
    letter, empty = recordings / "letter.txt", recordings / "empty.wav"
    letter.write_bytes(b"Dear Sir or Madam, " * 50)
    empty.write_bytes(b"")
    return [
        *own,
        spoken,
        long_spoken,
        silent,
        film,
        *old,
        speech.convert(spoken, recordings / "life.mp3"),
        letter,
        empty,
    ]


@pytest.mark.usefixtures("multilingual")
def test_after_some_life_no_byte_and_no_row_is_left_without_a_reason(
    files: list[Path], settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.UPLOAD_EXPIRES_HOURS, settings.EXPORT_KEEP_HOURS = 60 / 3600, 60 / 3600
    life = Life(SEED, files)
    life.live(SECONDS)
    life.come_to_rest()
    with capsys.disabled():
        print(f"\n{SECONDS:g} s, seed {SEED}: {life.executioner.kills} kills, {dict(life.did)}, {everything()}")  # noqa: T201
    with life.clock.shown():
        assert orphans() == []
    assert life.executioner.kills >= 3
    receipts = Deletion.objects.filter(what=Deletion.What.RECORDING).count()
    assert 0 < life.did["deleted"] <= receipts <= life.did["deleted"] + life.did["delete, killed"]

    life.leave()
    assert everything() == dict.fromkeys(everything(), 0)


def test_what_it_is_there_to_find_is_found(alice: User, accept: Accept, spoken: Path) -> None:
    entry = accept(alice, spoken)
    history.cancel(entry=entry, now=timezone.now())
    assert orphans() == []
    key = entry.transcript.media.storage_key
    storage.write("media/ab/abc", b"nobody's")
    storage.delete(key)
    with temporary.folder("upload"):
        found = orphans()
    assert found[:2] == ["a file without a row: media/ab/abc", f"a row without its file: {key}"]
    assert (
        len(found) == 6
    )  # the process's temporary folder and the one in it, and what the report says of the first two
    entry.delete()
    assert {sentence.partition(":")[0] for sentence in orphans()[2:]} == {
        "reported",
        "bytes in nobody's history",
        "useless and nobody's",
    }
