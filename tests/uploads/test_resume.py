"""Resumable uploads: what the protocol promises, event by event."""

import asyncio
import base64
import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings as django_settings
from django.utils import timezone
from pytest_django import Settings

from accounts import tokens
from accounts.models import User
from tests.uploads import asgi, tus
from tests.uploads.tus import BODY, PATH, Sender
from transcriptions import incoming, storage
from transcriptions.models import Media, Transcription, Upload
from transcriptions.workflow import arrive, clean

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sound(spoken: Path) -> bytes:
    return spoken.read_bytes()


@pytest.fixture
def sender(alice: User) -> Sender:
    return Sender(alice)


def files() -> list[Path]:
    return [path for folder in ("UPLOAD_DIR", "TEMP_DIR") for path in Path(getattr(django_settings, folder)).rglob("*")]


def test_what_it_can_do_is_told_to_anybody(alice: User) -> None:
    answer = Sender(alice, token="wrong").ask("OPTIONS", PATH)
    assert answer.status == 204
    assert "checksum" in answer.headers["tus-extension"].split(",")
    assert answer.headers["tus-max-size"] == str(django_settings.MAX_UPLOAD_BYTES)


@pytest.mark.usefixtures("multilingual")
def test_a_file_in_three_parts_becomes_an_entry(sender: Sender, sound: bytes) -> None:
    path = sender.create(len(sound), "Reunião 会议 🎙.wav", language="pt", lastModified="1700000000000")
    for start in range(0, len(sound), len(sound) // 3 + 1):
        part = sound[start : start + len(sound) // 3 + 1]
        answer = sender.patch(path, start, part)
        assert (answer.status, answer.headers["upload-offset"]) == (204, str(start + len(part)))
    entry = Transcription.objects.get()
    assert answer.headers["transcription-location"] == f"/t/{entry.pk}/"
    assert (entry.title, entry.transcript.options["language"]) == ("Reunião 会议 🎙", "pt")
    media = Media.objects.get()
    assert media.sha256 == hashlib.sha256(sound).hexdigest()
    assert storage.path(media.storage_key).read_bytes() == sound
    assert files() == []
    assert sender.offset(path) == len(sound)
    assert sender.ask("HEAD", path).headers["upload-metadata"].startswith("filename UmV1bm")
    assert sender.patch(path, len(sound), b"").headers["transcription-location"] == f"/t/{entry.pk}/"


@pytest.mark.parametrize("at", [1, 4096, 70_001])
def test_a_cut_line_keeps_every_byte_and_it_goes_on_behind_them(sender: Sender, sound: bytes, at: int) -> None:
    path = sender.create(len(sound))
    assert sender.patch(path, 0, sound[:at], cut=True).status == 0
    assert sender.offset(path) == at
    assert sender.patch(path, at, sound[at:]).status == 204
    assert Media.objects.get().sha256 == hashlib.sha256(sound).hexdigest()


def test_another_process_goes_on_where_one_was_killed(sender: Sender, sound: bytes) -> None:
    path = sender.create(len(sound))
    sender.patch(path, 0, sound[:50_000])
    incoming._hashes.clear()
    sender.patch(path, 50_000, sound[50_000:])
    assert Media.objects.get().sha256 == hashlib.sha256(sound).hexdigest()


def test_of_six_who_race_one_wins(sender: Sender, sound: bytes) -> None:
    path = sender.create(len(sound))

    async def race() -> list[int]:
        headers = {"content_type": BODY, "upload_offset": "0"}
        events = [{"type": "http.request", "body": sound[:80_000], "more_body": False}]
        answers = await asyncio.gather(*(sender.sent("PATCH", path, events, **headers) for _ in range(6)))
        return sorted(answer.status for answer in answers)

    assert sender.cookies
    assert async_to_sync(race)() == [204, 409, 409, 409, 409, 409]
    assert sender.offset(path) == 80_000


def test_who_holds_it_keeps_others_out(sender: Sender, sound: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transcriptions.uploads.resume.BUSY_SECONDS", 0.1)
    path = sender.create(len(sound))
    with incoming.writer(Upload.objects.get().pk):
        assert sender.patch(path, 0, sound).status == 423
        assert sender.ask("DELETE", path).status == 423


def test_more_than_was_said_is_refused_and_nothing_is_lost(sender: Sender, sound: bytes) -> None:
    path = sender.create(len(sound))
    sender.patch(path, 0, sound[:1000])
    assert sender.patch(path, 1000, sound, content_length=str(len(sound))).status == 413
    assert sender.offset(path) == 1000
    assert sender.patch(path, 1000, sound[1000:] + b"more").status == 413
    assert sender.offset(path) == len(sound)
    assert sender.patch(path, 2, b"x").status == 409


def test_more_for_one_that_is_complete_is_refused(sender: Sender, sound: bytes) -> None:
    path = sender.create(len(sound))
    sender.patch(path, 0, sound)
    assert sender.patch(path, len(sound), b"more").status == 413
    assert sender.patch(path, len(sound), b"").status == 204


def test_a_stranger_finds_nothing(sender: Sender, bob: User, sound: bytes) -> None:
    path, stranger = sender.create(len(sound)), Sender(bob)
    assert stranger.ask("HEAD", path).status == 404
    assert stranger.patch(path, 0, sound).status == 404
    assert stranger.ask("DELETE", path).status == 404
    assert sender.offset(path) == 0
    assert Sender(bob, token="ts_wrong").ask("HEAD", path).status == 401


def test_who_does_not_want_it_any_more_deletes_it(sender: Sender, sound: bytes) -> None:
    path = sender.create(len(sound))
    sender.patch(path, 0, sound[:5000])
    assert sender.ask("DELETE", path).status == 204
    assert sender.ask("HEAD", path).status == 404
    assert files() == []


def test_what_nobody_goes_on_with_expires(sender: Sender, sound: bytes) -> None:
    path = sender.create(len(sound))
    sender.patch(path, 0, sound[:5000])
    clean.clean_up(now=timezone.now() + timedelta(hours=django_settings.UPLOAD_EXPIRES_HOURS - 1))
    assert sender.offset(path) == 5000
    clean.clean_up(now=timezone.now() + timedelta(hours=django_settings.UPLOAD_EXPIRES_HOURS + 1))
    assert sender.ask("HEAD", path).status == 404
    assert files() == []


def test_one_that_is_being_written_does_not_expire(sender: Sender, sound: bytes) -> None:
    path = sender.create(len(sound))
    later = timezone.now() + timedelta(days=30)
    with incoming.writer(Upload.objects.get().pk):
        assert not arrive.end(Upload.objects.get(), later)
    assert sender.offset(path) == 0


def test_what_could_be_read_is_kept_while_the_storage_is_away(
    sender: Sender, sound: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*arguments: object) -> None:
        raise storage.Unavailable("storage_away", "gone")

    path = sender.create(len(sound))
    sender.patch(path, 0, sound[:-1000])
    assert arrive.begin(Upload.objects.get(), timezone.now())
    later = timezone.now() + timedelta(days=30)
    with monkeypatch.context() as patch:
        patch.setattr(storage, "adopt", away)
        assert not arrive.end(Upload.objects.get(), later)
    assert sender.offset(path) == len(sound) - 1000
    assert arrive.end(Upload.objects.get(), later)
    assert Media.objects.get().size_bytes == len(sound) - 1000


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_part_counts_when_its_checksum_is_right(sender: Sender, sound: bytes, algorithm: str) -> None:
    def told(part: bytes) -> str:
        return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, part).digest()).decode()}"

    path, first, rest = sender.create(len(sound)), sound[:20_000], sound[20_000:]
    assert sender.patch(path, 0, first, upload_checksum=told(first)).status == 204
    assert sender.patch(path, 20_000, rest, upload_checksum=told(first)).status == 460
    assert sender.offset(path) == 20_000
    sender.patch(path, 20_000, rest[:9], cut=True, upload_checksum=told(rest))
    assert sender.offset(path) == 20_000
    assert sender.patch(path, 20_000, rest, upload_checksum=told(rest)).status == 204
    assert Media.objects.get().sha256 == hashlib.sha256(sound).hexdigest()
    assert sender.patch(path, 0, b"", upload_checksum="crc32 AAAA").status in {400, 409}


def test_what_was_not_verified_before_a_kill_does_not_count(sender: Sender, sound: bytes) -> None:
    path = sender.create(len(sound))
    sender.patch(path, 0, sound[:7000])
    upload = Upload.objects.get()
    with incoming.path(upload.pk).open("ab") as file:
        file.write(b"never verified")
    incoming._unverified(upload.pk).write_text("7000")
    assert sender.offset(path) == 7000
    sender.patch(path, 7000, sound[7000:])
    assert Media.objects.get().sha256 == hashlib.sha256(sound).hexdigest()


def test_the_length_may_be_said_at_the_end(sender: Sender, sound: bytes) -> None:
    path = sender.create(None)
    assert sender.patch(path, 0, sound).status == 204
    assert sender.ask("HEAD", path).headers["upload-defer-length"] == "1"
    answer = sender.patch(path, len(sound), b"", upload_length=str(len(sound)))
    assert answer.headers["transcription-location"] == f"/t/{Transcription.objects.get().pk}/"


def test_a_small_file_may_come_with_its_creation(sender: Sender, sound: bytes) -> None:
    answer = sender.send("POST", PATH, asgi.whole(sound), upload_length=str(len(sound)), content_type=BODY)
    assert (answer.status, answer.headers["upload-offset"]) == (201, str(len(sound)))
    assert answer.headers["transcription-location"] == f"/t/{Transcription.objects.get().pk}/"


def test_a_program_shows_its_token(alice: User, sound: bytes) -> None:
    token = tokens.create(user=alice, name="script", now=timezone.now())
    program = Sender(alice, token=token)
    program.patch(program.create(len(sound)), 0, sound)
    assert Transcription.objects.get().user == alice
    alice.api_tokens.update(expires_at=timezone.now())
    assert program.ask("POST", PATH, upload_length="5").status == 401
    assert Sender(alice, token="").ask("POST", PATH, upload_length="5").status == 201


def test_the_password_of_a_proxy_is_not_ours(sender: Sender) -> None:
    assert sender.ask("POST", PATH, upload_length="5", authorization="Basic YWxpY2U6cHJveHk=").status == 201


@pytest.mark.parametrize(
    ("status", "method", "headers"),
    [
        (412, "POST", {"tus_resumable": "0.2.2", "upload_length": "5"}),
        (400, "POST", {}),
        (400, "POST", {"upload_length": "-5"}),
        (400, "POST", {"upload_length": "5", "upload_defer_length": "1"}),
        (400, "POST", {"upload_length": "5", "upload_metadata": "filename ???"}),
        (422, "POST", {"upload_length": "0"}),
        (413, "POST", {"upload_length": str(10**14)}),
        (405, "PATCH", {}),
        (405, "GET", {}),
    ],
)
def test_what_is_not_the_protocol_is_told(sender: Sender, status: int, method: str, headers: dict[str, str]) -> None:
    assert sender.ask(method, PATH, **headers).status == status
    assert not Upload.objects.exists()


def test_what_is_certainly_no_recording_is_refused_while_it_arrives(sender: Sender) -> None:
    path = sender.create(10**8, "a.mp3")
    answer = sender.patch(path, 0, b"PK\x03\x04" + bytes(100_000), accept_language="pt-br", content_length="100000000")
    assert (answer.status, answer.json["code"]) == (422, "archive")
    assert "compactado" in answer.json["detail"]
    assert sender.patch(path, 100_004, b"x").json["code"] == "archive"
    assert files() == []


def test_a_file_that_is_refused_when_it_is_complete_leaves_nothing(sender: Sender) -> None:
    path = sender.create(3000)
    answer = sender.patch(path, 0, bytes(3000))
    assert (answer.status, answer.json["code"]) == (422, "not_media")
    assert sender.ask("HEAD", path).status == 410
    assert (files(), Media.objects.count()) == ([], 0)


def test_a_full_disk_is_told_and_what_is_there_stays(
    sender: Sender, sound: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sender.create(len(sound))
    sender.patch(path, 0, sound[:500])
    monkeypatch.setattr("transcriptions.storage.disk.free_bytes", lambda: 0)
    assert sender.patch(path, 500, sound[500:]).status == 507
    assert sender.ask("POST", PATH, upload_length="9").status == 507
    monkeypatch.undo()
    assert sender.offset(path) == 500


@pytest.mark.parametrize(
    ("setting", "value", "code", "status"),
    [
        ("MAX_UPLOADS_PER_USER", 1, "too_many_uploads", 429),
        ("MAX_BYTES_PER_USER", 1_000_000, "quota_bytes", 413),
        ("MAX_HOURS_PER_USER", 0.001, "quota_hours", 403),
    ],
)
def test_one_person_may_have_so_much(
    sender: Sender, sound: bytes, settings: Settings, setting: str, value: float, code: str, status: int
) -> None:
    sender.patch(sender.create(len(sound)), 0, sound)
    sender.create(700_000)
    setattr(settings, setting, value)
    answer = sender.ask("POST", PATH, upload_length="900000")
    assert (answer.status, answer.json["code"]) == (status, code)


def test_the_last_byte_before_a_kill_is_enough(sender: Sender, sound: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    path = sender.create(len(sound))
    with monkeypatch.context() as patch:
        patch.setattr(arrive, "complete", lambda *arguments: None)
        sender.patch(path, 0, sound)
    assert not Transcription.objects.exists()
    arrive.take_in_what_is_complete(timezone.now())
    assert sender.ask("HEAD", path).headers["transcription-location"] == f"/t/{Transcription.objects.get().pk}/"
    assert files() == []


def test_storage_that_is_away_is_waited_for(sender: Sender, sound: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*arguments: object) -> None:
        raise storage.Unavailable("storage_away", "gone")

    path = sender.create(len(sound))
    with monkeypatch.context() as patch:
        patch.setattr(storage, "adopt", away)
        assert sender.patch(path, 0, sound).status == 503
    assert sender.offset(path) == len(sound)
    arrive.take_in_what_is_complete(timezone.now())
    assert Transcription.objects.count() == 1


def test_a_known_file_is_joined(sender: Sender, bob: User, sound: bytes, work: Callable[[], None]) -> None:
    sender.patch(sender.create(len(sound)), 0, sound)
    work()
    other = Sender(bob)
    other.patch(other.create(len(sound)), 0, sound)
    assert len(set(Transcription.objects.values_list("transcript", flat=True))) == 1


def test_its_metadata_may_be_empty(sender: Sender) -> None:
    assert sender.ask("POST", PATH, upload_length="5").status == 201
    assert tus.metadata() == ""
