"""The operator's pages: every model, its search and its filters; nothing for people who are not staff."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from tests.conftest import Accept
from tests.web import rows
from transcriptions import storage
from transcriptions.models import (
    Change,
    Comment,
    Deletion,
    Delivery,
    Level,
    Lexeme,
    Media,
    ModelWish,
    Rehearing,
    Rendition,
    Routine,
    Segment,
    SegmentEdit,
    Setting,
    Share,
    Speed,
    Sum,
    Takeout,
    Transcript,
    Transcription,
    Upload,
    WatchedFile,
    Webhook,
    WorkerProcess,
)
from transcriptions.workflow import comments, quota, sharing
from transcriptions.workflow.edit import change_text

pytestmark = pytest.mark.django_db(transaction=True)

MODELS: list[type[Model]] = [*apps.get_app_config("transcriptions").get_models(), User]


def page(model: type[Model], kind: str = "changelist", *arguments: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=arguments)


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    settings.STAFF_CAN_READ_TRANSCRIPTS = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def staff(bob: User) -> Client:
    User.objects.filter(pk=bob.pk).update(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(bob)
    return client


@pytest.fixture
def everything(alice: User, accept: Accept, spoken: Path, work: Callable[[], None]) -> Transcription:
    """A row of every model."""
    entry = accept(alice, spoken)
    work()
    now = timezone.now()
    Deletion.objects.create(what=Deletion.What.RECORDING, recordings=1, size_bytes=1, deleted_at=now)
    Upload.objects.create(user=alice, created_at=now, expires_at=now)
    WatchedFile.objects.create(user=alice, path="/a.wav", size_bytes=1, modified_ns=1, transcription=entry, seen_at=now)
    Rendition.objects.create(media=entry.transcript.media, kind=Rendition.Kind.PROXY, created_at=now)
    line = entry.transcript.segments.order_by("pk")[0]
    change_text(entry=entry, user=alice, key=str(line.pk), version=0, text="Corrected.", now=now)
    Takeout.objects.create(user=alice, created_at=now)
    sharing.make_link(entry=entry, level=Level.READ, now=now)
    comments.say(entry=entry, user=alice, name="", guest="", seconds=0.0, text="A secret remark.", now=now)
    Webhook.objects.create(user=alice, url="https://example.org/told", secret="whsec_secret", created_at=now)
    told = {"url": "https://example.org/told", "event": "failed", "content": {"title": "Secret title"}}
    Delivery.objects.create(user=alice, state=Delivery.State.FAILED, created_at=now, **told)
    WorkerProcess.objects.create(name="speech-a-1", kind="speech", host="a", pid=1, started_at=now, beat_at=now)
    Routine.objects.create(name=Routine.Name.CLEAN_UP, finished_at=now, took_seconds=1.0, host="a")
    Sum.objects.create(name="a_total", labels="{}", value=1.0)
    Setting.objects.create(name="BULK_FROM", value=7)
    Lexeme.objects.get_or_create(text="morning")
    its: dict[str, Any] = {"transcription": entry, "transcript": entry.transcript, "user": alice, "options": {}}
    seconds = dict.fromkeys(("from_seconds", "to_seconds", "start_seconds", "end_seconds"), 0.0)
    Rehearing.objects.create(**its, **seconds, segments=[[0, 1, "A secret word.", []]], created_at=now, expires_at=now)
    ModelWish.objects.create(kind=ModelWish.Kind.LOAD, worker="speech-a-1", host="a", asked_at=now)
    return entry


def test_every_model_has_its_page() -> None:
    assert [model for model in MODELS if not admin.site.is_registered(model)] == []


def test_every_page_shows_searches_and_filters(staff: Client, everything: Transcription) -> None:
    for model in MODELS:
        assert model._default_manager.exists()
        options: ModelAdmin[Any] = admin.site.get_model_admin(model)
        shown = staff.get(page(model))
        assert shown.status_code == 200, model
        assert shown.context["cl"].result_count >= 1, model
        for asked in ("q=1", "q=abc%27%22", "q=%C3%A9", f"q={everything.pk}", "o=1.-2", "p=0", "all="):
            assert staff.get(f"{page(model)}?{asked}").status_code == 200, (model, asked)
        assert options.list_filter or model is Lexeme  # of a word there is nothing to filter by
        for specification in shown.context["cl"].filter_specs:
            _, *chosen = specification.choices(shown.context["cl"])  # the first is "all", which was shown
            for choice in {str(each): each for each in (chosen[0], chosen[-1])}.values() if chosen else ():
                assert staff.get(page(model) + choice["query_string"]).status_code == 200, (model, choice)
        row = model._default_manager.first()
        assert row
        assert staff.get(page(model, "change", row.pk)).status_code == 200, model


def test_the_search_finds(staff: Client, everything: Transcription) -> None:
    for name, field in (
        ("Media", "sha256"),
        ("Transcript", "fingerprint"),
        ("WorkerProcess", "name"),
    ):
        model = apps.get_model("transcriptions", name)
        row = model._default_manager.get()
        answer = staff.get(page(model), {"q": getattr(row, field)[:12]})
        assert list(answer.context["cl"].queryset) == [row]
        assert list(staff.get(page(model), {"q": "no such thing"}).context["cl"].queryset) == []


def test_the_workflows_rows_are_only_looked_at(staff: Client, everything: Transcription) -> None:
    for model in MODELS[:-1]:
        if model is Setting:
            continue  # the operator's own
        row = model._default_manager.first()
        assert row
        assert staff.get(page(model, "add")).status_code == 403, model
        assert staff.post(page(model, "change", row.pk), {}).status_code == 403, model
        deletable = {
            *(Change, Comment, Delivery, ModelWish, Rendition, SegmentEdit, Share, Speed, Takeout),
            *(Transcription, Upload, WatchedFile, Webhook, WorkerProcess),
        }
        expected = 200 if model in deletable else 403
        assert staff.get(page(model, "delete", row.pk)).status_code == expected, model


def test_an_entry_deleted_here_takes_its_bytes_with_it(
    staff: Client, everything: Transcription, settings: Settings
) -> None:
    settings.STAFF_CAN_READ_TRANSCRIPTS = False
    file = storage.path(everything.transcript.media.storage_key)
    assert file.exists()
    assert staff.post(page(Transcription, "delete", everything.pk), {"post": "yes"}).status_code == 302
    assert not Transcription.objects.exists()
    assert not file.exists()


def test_the_order_is_changed_here_and_who_did_it_is_kept(staff: Client, alice: User, bob: User) -> None:
    transcript = rows.entry(alice, state=Transcript.State.QUEUED).transcript
    for action, priority in (("put_first", 0), ("put_last", 3), ("put_as_usual", 2)):
        chosen = {"action": action, "_selected_action": [transcript.pk]}
        assert staff.post(page(Transcript), chosen).status_code == 302
        transcript.refresh_from_db()
        assert transcript.priority == priority
    said = LogEntry.objects.order_by("pk").values_list("user", "change_message", flat=False)
    assert list(said) == [(bob.pk, f"priority: {name}") for name in ("first", "bulk", "normal")]


def test_staff_do_not_read_what_is_peoples(
    staff: Client, alice: User, everything: Transcription, settings: Settings
) -> None:
    settings.STAFF_CAN_READ_TRANSCRIPTS = False
    Transcription.objects.update(
        title="Secret title", file_name="secret file", notes="secret note", tags=["secret tag"]
    )
    Upload.objects.update(file_name="secret file", address="https://secret.example.org", transcription=everything)
    WatchedFile.objects.update(path="/secret.wav", kept_at="/secret folder")
    said = everything.transcript.segments.order_by("pk")[0].text
    for model in MODELS:
        row = model._default_manager.first()
        assert row
        for address in (page(model), page(model, "change", row.pk), page(model, "delete", row.pk)):
            answer = staff.get(address)
            assert answer.status_code in {200, 403}, address
            text = answer.content.decode()
            assert not [word for word in ("ecret", "Corrected.", said) if word in text], address
    assert staff.get(page(Transcript)).status_code == 200
    assert list(staff.get(page(WatchedFile), {"q": "secret"}).context["cl"].queryset) == []
    assert {staff.get(page(model)).status_code for model in (Segment, SegmentEdit, Change, Lexeme)} == {403}


def test_what_the_log_keeps_of_deleted_rows_is_no_text(staff: Client, everything: Transcription) -> None:
    """Who may read today may not tomorrow."""
    WatchedFile.objects.update(path="/secret.wav")
    for model in (WatchedFile, SegmentEdit, Comment, Upload):
        row = model._default_manager.order_by("pk")[0]
        assert staff.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 302, model
    kept = " ".join(LogEntry.objects.values_list("object_repr", flat=True))
    assert LogEntry.objects.count() == 4
    assert not [word for word in ("secret", "Corrected", "remark") if word in kept]


ACTIONS = {
    (Media, "invalidate"): "not used again",
    (Transcript, "invalidate"): "not used again",
    (Transcription, "transcribe_again"): "transcribed again",
    (Transcript, "cancel"): "cancelled",
    (Transcript, "begin_again"): "begun again",
    (Transcript, "put_first"): "priority: first",
    (Transcript, "put_as_usual"): "priority: normal",
    (Transcript, "put_last"): "priority: bulk",
    (WorkerProcess, "load"): "load: tiny.en",
    (WorkerProcess, "unload"): "unload: tiny.en",
    (Delivery, "send_again"): "sent once more",
}


def test_every_action_says_in_the_log_who_did_it(staff: Client, bob: User, everything: Transcription) -> None:
    ours = [options for model, options in admin.site._registry.items() if model in MODELS]
    assert {(options.model, name) for options in ours for name in options.actions or ()} == set(ACTIONS)
    for (model, action), said in ACTIONS.items():
        rows_of = list(model._default_manager.values_list("pk", flat=True))
        chosen = {"action": action, "_selected_action": rows_of, "model": "tiny.en"}
        assert staff.post(page(model), chosen).status_code == 302, action
        newest = LogEntry.objects.order_by("-pk")[0]
        assert (newest.user, newest.change_message) == (bob, said), action


def test_the_log_is_read_and_never_changed(staff: Client, alice: User) -> None:
    transcript = rows.entry(alice, state=Transcript.State.QUEUED).transcript
    staff.post(page(Transcript), {"action": "cancel", "_selected_action": [transcript.pk]})
    entry = LogEntry.objects.get()
    shown = staff.get(page(LogEntry), {"q": "cancelled"})
    assert list(shown.context["cl"].queryset) == [entry]
    assert "cancelled" in shown.content.decode()
    for specification in shown.context["cl"].filter_specs:
        for choice in specification.choices(shown.context["cl"]):
            assert staff.get(page(LogEntry) + choice["query_string"]).status_code == 200
    assert staff.get(page(LogEntry, "change", entry.pk)).status_code == 200
    assert staff.post(page(LogEntry, "change", entry.pk), {}).status_code == 403
    assert staff.get(page(LogEntry, "delete", entry.pk)).status_code == 403
    assert staff.get(page(LogEntry, "add")).status_code == 403


def test_people_are_shown_with_what_they_use(staff: Client, alice: User, settings: Settings) -> None:
    settings.MAX_HOURS_PER_USER = 10.0
    rows.entry(alice)
    rows.entry(alice)
    Upload.objects.create(user=alice, size_bytes=2048, created_at=timezone.now(), expires_at=timezone.now())
    used = quota.use(alice)
    assert (used.size_bytes, used.seconds, used.uploads) == (16 + 2048, 120.0, 1)
    shown = staff.get(page(User))
    (row,) = (person for person in shown.context["cl"].result_list if person == alice)
    assert (row.kept_bytes, row.recorded_seconds, row.arriving_uploads) == (16, 120.0, 1)
    text = shown.content.decode()
    for said in ("16\N{NO-BREAK SPACE}bytes", "0.0 of 10.0", "1 of 100"):
        assert said in text, said
    with CaptureQueriesContext(connection) as few:
        staff.get(page(User))
    for number in range(5):
        rows.entry(User.objects.create(email=f"{number}@example.org"))
    with CaptureQueriesContext(connection) as many:
        staff.get(page(User))
    assert len(many) == len(few)
    assert staff.get(page(User), {"o": "-2"}).status_code == 200


def test_work_is_stopped_and_begun_again_here(staff: Client, alice: User) -> None:
    transcript = rows.entry(alice, state=Transcript.State.RECOGNISING).transcript
    for action, state in (("cancel", "cancelled"), ("begin_again", "queued"), ("begin_again", "queued")):
        chosen = {"action": action, "_selected_action": [transcript.pk]}
        assert staff.post(page(Transcript), chosen).status_code == 302
        transcript.refresh_from_db()
        assert transcript.state == state
    said = LogEntry.objects.order_by("pk").values_list("change_message", flat=True)
    assert list(said) == ["cancelled", "begun again"]


def test_who_is_not_staff_sees_none_of_it(alice: User, client: Client) -> None:
    client.force_login(alice)
    for model in MODELS:
        assert client.get(page(model)).status_code == 302, model


def test_the_queues_are_for_staff(staff: Client, alice: User, client: Client) -> None:
    addresses = [f"/admin/queues/{rest}" for rest in ("", "queues/0/", "workers/0/", "stats.json", "metrics")]
    person = Client()
    person.force_login(alice)
    for address in addresses:
        for outsider in (client, person):
            assert outsider.get(address).status_code in {302, 401, 403, 404}, address
    for address in addresses[:3]:
        assert staff.get(address).status_code == 200, address
    assert "speech" in staff.get(addresses[0]).content.decode()


def test_an_account_with_a_history_can_be_deleted(
    staff: Client, alice: User, everything: Transcription, settings: Settings
) -> None:
    settings.STAFF_CAN_READ_TRANSCRIPTS = False
    assert staff.get(page(User, "delete", alice.pk)).status_code == 200
    assert staff.post(page(User, "delete", alice.pk), {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=alice.pk).exists()
    assert not any(model._default_manager.exists() for model in (Transcription, Transcript, Media))
    assert not storage.path(everything.transcript.media.storage_key).exists()
    assert Deletion.objects.filter(what=Deletion.What.ACCOUNT, recordings=1).exists()


def test_several_accounts_can_be_deleted_at_once(
    staff: Client, alice: User, everything: Transcription, settings: Settings
) -> None:
    settings.STAFF_CAN_READ_TRANSCRIPTS = False
    chosen = {"action": "delete_selected", "_selected_action": [alice.pk], "post": "yes"}
    assert staff.post(page(User), chosen).status_code == 302
    assert not Transcript.objects.exists()
    assert Deletion.objects.filter(what=Deletion.What.ACCOUNT).exists()
