"""What people have, what is on its way to them and what is made for them."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from transcriptions.admin.rows import OneByOne, Owner, ReadOnly
from transcriptions.models import Rendition, Takeout, Transcription, Upload, WatchedFile
from transcriptions.sentences import sentence
from transcriptions.workflow import arrive, files, history, intake


@admin.register(Transcription)
class TranscriptionAdmin(Owner, ReadOnly):
    """Deleting an entry here is what its person would do: bytes that nobody else has go with it."""

    list_display = ("id", "user", "transcript", "created_at", "cancelled_at", "deleted_at")
    private = ("title", "file_name", "tags", "notes", "sort_title", "words")
    list_filter = ("transcript__state", "created_at", "cancelled_at")
    list_select_related = ("user", "transcript")
    search_fields = ("=id", "user__email")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    actions = ("transcribe_again",)

    @admin.action(description=_("Transcribe again, with the model that is set now"))
    def transcribe_again(self, request: HttpRequest, queryset: QuerySet[Transcription]) -> None:
        begun = [entry for entry in queryset if self._begin(request, entry)]
        self.say_done(request, begun, "transcribed again")

    def _begin(self, request: HttpRequest, entry: Transcription) -> bool:
        if entry.transcript.is_live:
            return False
        chosen = {"language": entry.transcript.options.get("language", "")}
        try:
            intake.accept_again(entry=entry, chosen=chosen, now=timezone.now())
        except intake.Refused as refusal:
            self.message_user(request, f"{entry}: {sentence(refusal.code, **refusal.values)}", messages.ERROR)
            return False
        return True

    def delete_model(self, request: HttpRequest, obj: Transcription) -> None:
        history.delete(entry=obj, now=timezone.now())


@admin.register(Upload)
class UploadAdmin(OneByOne, ReadOnly):
    """Deleting one here is what its sender would do."""

    list_display = (
        "id", "user", "size_bytes", "error_code", "transcription", "waits", "created_at", "expires_at", "completed_at",
    )  # fmt: skip
    private = ("file_name", "address", "chosen")
    list_filter = ("error_code", "waits", "created_at", "completed_at")
    list_select_related = ("user", "transcription")
    search_fields = ("=id", "user__email")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)

    def delete_model(self, request: HttpRequest, obj: Upload) -> None:
        arrive.give_up(obj, timezone.now())


@admin.register(WatchedFile)
class WatchedFileAdmin(ReadOnly):
    """Deleting a row has the file taken in anew, where it is still there."""

    list_display = (
        "id", "path", "user", "size_bytes", "error_code", "transcription", "kept_at", "seen_at", "written_at",
    )  # fmt: skip
    private = ("path", "kept_at")
    list_filter = ("error_code", "seen_at", "written_at")
    list_select_related = ("user", "transcription")
    search_fields = ("path", "user__email")
    date_hierarchy = "seen_at"
    ordering = ("-seen_at", "-pk")


class Made(ReadOnly):
    """Deleting one frees its bytes; whoever wants it asks for it again."""

    date_hierarchy = "created_at"
    ordering = ("-created_at",)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self.delete_queryset(request, type(obj)._default_manager.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with transaction.atomic():
            files.forget(queryset)


@admin.register(Takeout)
class TakeoutAdmin(Made):
    list_display = (
        "id", "user", "state", "error_code", "attempts", "made_bytes", "all_bytes", "size_bytes", "created_at",
        "finished_at", "expires_at",
    )  # fmt: skip
    list_filter = ("state", "created_at")
    list_select_related = ("user",)
    search_fields = ("=id", "user__email", "error_detail")


@admin.register(Rendition)
class RenditionAdmin(Made):
    list_display = (
        "id", "kind", "media", "state", "error_code", "attempts", "made_seconds", "encoder", "size_bytes", "created_at",
        "finished_at", "expires_at",
    )  # fmt: skip
    list_filter = ("kind", "state", "error_code", "encoder", "created_at")
    list_select_related = ("media",)
    search_fields = ("=id", "media__sha256__startswith", "=transcription__id", "error_detail")
