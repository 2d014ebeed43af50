"""`manage.py watch_folder`: each file is taken in once, whatever happens to the process."""

import io
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.models import User
from tests.management.commands import MANAGE, assert_one_sentence, environment, manage, services_here
from transcriptions.models import Transcription, WatchedFile
from transcriptions.workflow import history

pytestmark = pytest.mark.django_db(transaction=True)

Watching = Callable[..., list[str]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path.resolve() / "root"
    made.mkdir()
    return made


@pytest.fixture
def watch(root: Path, alice: User) -> Iterator[Watching]:
    """Look once, with files that settle at once; the lines it says."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def once(*words: str) -> list[str]:
        said = io.StringIO()
        call_command("watch_folder", str(root), "--user", alice.email, "--once", "--settle", "0", *words, stdout=said)
        return said.getvalue().splitlines()

    yield once
    for number, handler in handlers.items():
        signal.signal(number, handler)


@contextmanager
def running(root: Path, user: User, *words: str) -> Iterator["subprocess.Popen[str]"]:
    command = [*MANAGE, "watch_folder", str(root), "--user", user.email, "--settle", "0", *words]
    process = subprocess.Popen(command, env=environment(**services_here()), stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def names_in(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline()


@pytest.mark.usefixtures("multilingual")
def test_a_file_is_taken_in_once_and_again_when_it_changes(
    root: Path, watch: Watching, alice: User, spoken: Path, silent: Path
) -> None:
    file = Path(shutil.copy(spoken, root / "talk.wav"))
    (said,) = watch("--language", "pt")
    entry = Transcription.objects.get()
    assert said == f"{file}: taken in, {django_settings.SITE_URL}/t/{entry.pk}/"
    assert (entry.user, entry.file_name, entry.transcript.options["language"]) == (alice, "talk.wav", "pt")
    assert watch() == []
    shutil.copy(silent, file)
    assert len(watch()) == 1
    assert Transcription.objects.count() == 2
    assert WatchedFile.objects.count() == 1


def test_what_is_deleted_from_the_history_does_not_come_back(root: Path, watch: Watching, spoken: Path) -> None:
    shutil.copy(spoken, root / "talk.wav")
    watch()
    history.delete(entry=Transcription.objects.get(), now=WatchedFile.objects.get().seen_at)
    assert watch() == []
    assert not Transcription.objects.exists()


def test_a_refused_file_is_told_once_stays_and_is_tried_again_when_it_changes(
    root: Path, watch: Watching, spoken: Path, tmp_path: Path
) -> None:
    file = root / "letter.mp3"
    file.write_bytes(b"Dear Sir or Madam,\n" * 50)
    done = str(tmp_path / "done")
    assert watch("--move", done) == [
        f"{file}: refused (document). This is a text or a document. Choose an audio or video file."
    ]
    assert watch("--move", done) == []
    assert WatchedFile.objects.get().error_code == "document"
    shutil.copy(spoken, file)
    assert len(watch()) == 1
    assert WatchedFile.objects.get().error_code == ""


def test_a_file_that_is_too_large_is_not_even_copied(
    root: Path, watch: Watching, spoken: Path, settings: Settings
) -> None:
    settings.MAX_UPLOAD_BYTES = 1000
    settings.MIN_FREE_BYTES = 2**62
    shutil.copy(spoken, root / "talk.wav")
    (said,) = watch()
    assert "refused (too_large). The file is larger than the 1000" in said


def test_where_there_is_no_room_it_waits(root: Path, watch: Watching, spoken: Path, settings: Settings) -> None:
    shutil.copy(spoken, root / "talk.wav")
    settings.MIN_FREE_BYTES, free = 2**62, settings.MIN_FREE_BYTES
    (said,) = watch()
    assert "has to wait (no_space)" in said
    assert not WatchedFile.objects.exists()
    settings.MIN_FREE_BYTES = free
    assert len(watch()) == 1


def test_originals_are_moved_and_transcripts_written_beside_them(
    root: Path, watch: Watching, spoken: Path, tmp_path: Path, work: Callable[[], None]
) -> None:
    inner = root / "monday"
    inner.mkdir()
    shutil.copy(spoken, inner / "talk.wav")
    done = tmp_path.resolve() / "done"
    options = ("--move", str(done), "--write", "txt,srt")
    assert watch(*options)[1:] == [f"{inner / 'talk.wav'}: moved to {done / 'monday/talk.wav'}"]
    assert names_in(inner) == []
    work()
    assert "written" in watch(*options)[0]
    assert names_in(done / "monday") == ["talk.wav", "talk.wav.srt", "talk.wav.txt"]
    assert "budget" in (done / "monday/talk.wav.txt").read_text()
    assert watch(*options) == []


def test_a_kill_between_taking_in_and_moving_moves_it_later(
    root: Path, watch: Watching, spoken: Path, tmp_path: Path
) -> None:
    shutil.copy(spoken, root / "talk.wav")
    watch()  # taken in, and then nothing
    assert len(watch("--move", str(tmp_path / "done"))) == 1
    assert (names_in(root), names_in(tmp_path / "done")) == ([], ["talk.wav"])
    assert Transcription.objects.count() == 1


def test_killed_twice_it_takes_each_file_once(root: Path, alice: User, spoken: Path, watch: Watching) -> None:
    for number in range(8):
        shutil.copy(spoken, root / f"{number}.wav")
    for seconds in (0.0, 0.1):
        with running(root, alice) as process:
            assert "taken in" in line(process)
            time.sleep(seconds)
            process.send_signal(signal.SIGKILL)
    watch()
    names = Transcription.objects.order_by("file_name").values_list("file_name", flat=True)
    assert list(names) == [f"{number}.wav" for number in range(8)]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_goes_on_until_it_is_told_to_end(root: Path, alice: User, spoken: Path, number: int) -> None:
    with running(root, alice) as process:
        for name in ("first.wav", "second.wav"):
            shutil.copy(spoken, root / name)
            assert f"{name}: taken in" in line(process)
        process.send_signal(number)
        assert process.wait(10) == 0
    assert not any(Path(django_settings.TEMP_DIR).rglob("copy"))


def test_two_do_not_watch_the_same_folder_for_the_same_person(
    root: Path, alice: User, spoken: Path, watch: Watching
) -> None:
    with running(root, alice) as process:
        shutil.copy(spoken, root / "talk.wav")
        line(process)
        with pytest.raises(CommandError, match="Another process watches"):
            watch()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("nowhere", "--user", "alice@example.org"), "There is no folder nowhere"),
        (("{root}", "--user", "nobody@example.org"), "There is no active account with the address nobody@example.org"),
        (("{root}", "--user", "alice@example.org", "--write", "txt,exe"), "There is no format exe"),
        (("{root}", "--user", "alice@example.org", "--move", "{root}"), "move to another one"),
        (("{root}", "--user", "alice@example.org", "--language", "klingon"), "klingon"),
        (("{root}", "--user", "alice@example.org", "--language", "pt"), "knows only English"),
    ],
)
def test_what_cannot_be_is_a_sentence(root: Path, alice: User, words: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("watch_folder", *[word.format(root=root) for word in words])


def test_without_a_database_it_ends_with_a_sentence(root: Path) -> None:
    assert_one_sentence(
        manage("watch_folder", str(root), "--user", "alice@example.org"), "The database does not answer"
    )
