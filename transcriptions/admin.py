"""What the operator sees. Rows of the machinery can be looked at and deleted, not edited: the workflow writes them."""

from django.contrib import admin
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin import UserAdmin
from accounts.models import User
from transcriptions.models import (
    CacheDay,
    Change,
    Deletion,
    Delivery,
    Media,
    ModelVersion,
    Rendition,
    Routine,
    Segment,
    SegmentEdit,
    Shard,
    Speed,
    Sum,
    Transcript,
    Transcription,
    Upload,
    WatchedFile,
    Webhook,
    WorkerProcess,
)
from transcriptions.remarks import remarks
from transcriptions.workflow import arrive, cache, files, history, hooks


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic while it runs
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(UserAdmin):
    """Deleting an account here is what its person would do: with all that nobody else has."""

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        history.delete_account(user=obj, now=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for person in queryset:
            self.delete_model(request, person)


class Kept(ReadOnly):
    """Its rows go with what they belong to."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def _say_invalidated(model_admin: ReadOnly, request: HttpRequest, transcripts: QuerySet[Transcript]) -> None:
    count = cache.invalidate(transcripts)
    said = ngettext("%(count)d result is not used again.", "%(count)d results are not used again.", count)
    model_admin.message_user(request, said % {"count": count})


@admin.register(Media)
class MediaAdmin(Kept):
    list_display = (
        "__str__", "container", "duration_seconds", "size_bytes", "video_codec", "storage_key", "created_at",
    )  # fmt: skip
    list_filter = ("created_at", "container")
    search_fields = ("sha256__startswith",)
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    actions = ("invalidate",)

    @admin.action(description=_("Do not use the results of these files again"))
    def invalidate(self, request: HttpRequest, queryset: QuerySet[Media]) -> None:
        _say_invalidated(self, request, Transcript.objects.filter(media__in=queryset))


@admin.register(Transcript)
class TranscriptAdmin(Kept):
    list_display = (
        "id", "media", "state", "language", "duration_seconds", "recognised_seconds", "forecast_seconds",
        "forecast_error", "hits", "error_code", "told", "created_at", "finished_at", "last_used_at",
    )  # fmt: skip
    list_filter = ("state", "language", "error_code", "created_at")
    actions = ("invalidate",)
    list_select_related = ("media",)
    search_fields = ("=id", "media__sha256__startswith", "fingerprint__startswith", "error_detail")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)

    @admin.action(description=_("Do not use these results again"))
    def invalidate(self, request: HttpRequest, queryset: QuerySet[Transcript]) -> None:
        _say_invalidated(self, request, queryset)

    @admin.display(description=_("told its people"))
    def told(self, transcript: Transcript) -> str:
        return ", ".join(remark.code for remark in remarks(transcript))


@admin.register(Shard)
class ShardAdmin(Kept):
    list_display = (
        "id", "transcript", "index", "start_seconds", "end_seconds", "state", "attempts", "lease_owner",
        "lease_expires_at", "busy_seconds",
    )  # fmt: skip
    list_filter = ("state", "attempts", "transcript__state")
    list_select_related = ("transcript",)
    search_fields = ("=transcript__id", "lease_owner")
    ordering = ("-id",)


@admin.register(Segment)
class SegmentAdmin(Kept):
    list_display = ("id", "transcript_id", "start_seconds", "end_seconds", "__str__", "avg_logprob", "no_speech_prob")
    list_filter = ("transcript__language",)
    search_fields = ("=transcript__id",)  # people's words are not searched by operators
    ordering = ("-id",)


@admin.register(Change)
class ChangeAdmin(ReadOnly):
    list_display = ("id", "transcription_id", "user", "kind", "is_undone", "made_at")
    list_filter = ("kind", "is_undone", "made_at")
    list_select_related = ("user",)
    search_fields = ("=transcription__id",)
    ordering = ("-id",)


@admin.register(SegmentEdit)
class SegmentEditAdmin(ReadOnly):
    list_display = ("id", "transcription_id", "made_by", "ended_by", "start_seconds", "end_seconds", "__str__")
    list_filter = ("made_by__kind",)
    list_select_related = ("made_by", "ended_by")
    search_fields = ("=transcription__id",)  # people's words are not searched by operators
    ordering = ("-id",)


@admin.register(Transcription)
class TranscriptionAdmin(ReadOnly):
    """Deleting an entry here is what its person would do: bytes that nobody else has go with it."""

    list_display = ("title", "user", "transcript", "created_at", "cancelled_at")
    list_filter = ("transcript__state", "created_at", "cancelled_at")
    list_select_related = ("user", "transcript")
    search_fields = ("=id", "title", "file_name", "user__email")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)

    def delete_model(self, request: HttpRequest, obj: Transcription) -> None:
        history.delete(entry=obj, now=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Transcription]) -> None:
        for entry in queryset:
            self.delete_model(request, entry)


@admin.register(Upload)
class UploadAdmin(ReadOnly):
    """Deleting one here is what its sender would do."""

    list_display = (
        "id", "user", "size_bytes", "error_code", "transcription", "address", "waits", "created_at", "expires_at",
        "completed_at",
    )  # fmt: skip
    list_filter = ("error_code", "waits", "created_at", "completed_at")
    list_select_related = ("user", "transcription")
    search_fields = ("=id", "user__email")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)

    def delete_model(self, request: HttpRequest, obj: Upload) -> None:
        arrive.give_up(obj, timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Upload]) -> None:
        for upload in queryset:
            self.delete_model(request, upload)


@admin.register(WatchedFile)
class WatchedFileAdmin(ReadOnly):
    """Deleting a row has the file taken in anew, where it is still there."""

    list_display = ("path", "user", "size_bytes", "error_code", "transcription", "kept_at", "seen_at", "written_at")
    list_filter = ("error_code", "seen_at", "written_at")
    list_select_related = ("user", "transcription")
    search_fields = ("path", "user__email")
    date_hierarchy = "seen_at"
    ordering = ("-seen_at", "-pk")


@admin.register(Rendition)
class RenditionAdmin(ReadOnly):
    """Deleting one frees its bytes; whoever wants it asks for it again."""

    list_display = (
        "id", "kind", "media", "state", "error_code", "attempts", "made_seconds", "encoder", "size_bytes", "created_at",
        "finished_at", "expires_at",
    )  # fmt: skip
    list_filter = ("kind", "state", "error_code", "encoder", "created_at")
    list_select_related = ("media",)
    search_fields = ("=id", "media__sha256__startswith", "=transcription__id", "error_detail")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)

    def delete_model(self, request: HttpRequest, obj: Rendition) -> None:
        self.delete_queryset(request, Rendition.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Rendition]) -> None:
        with transaction.atomic():
            files.forget(queryset)


@admin.register(Webhook)
class WebhookAdmin(ReadOnly):
    """Without the secret. Deleting one is what its person would do."""

    list_display = ("user", "url", "with_text", "created_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "url")
    exclude = ("secret",)
    ordering = ("-created_at", "-pk")


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly):
    list_display = (
        "id", "user", "event", "url", "state", "attempts", "response_code", "error", "created_at", "tried_at",
        "finished_at",
    )  # fmt: skip
    list_filter = ("state", "event", "response_code", "created_at")
    list_select_related = ("user",)
    search_fields = ("=id", "user__email", "url", "=transcription__id")
    exclude = ("content",)  # titles are their people's
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-pk")
    actions = ("send_again",)

    @admin.action(description=_("Send them once more"))
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        count = sum(hooks.send_again(delivery=delivery) for delivery in queryset)
        said = ngettext("%(count)d delivery is sent once more.", "%(count)d deliveries are sent once more.", count)
        self.message_user(request, said % {"count": count})


@admin.register(CacheDay)
class CacheDayAdmin(Kept):
    list_display = ("day", "missed", "attached", "hit", "same_sound", "evicted", "invalidated", "saved_seconds")
    list_filter = ("day",)
    date_hierarchy = "day"
    ordering = ("-day",)


@admin.register(ModelVersion)
class ModelVersionAdmin(Kept):
    list_display = ("name", "version", "seen_at")
    list_filter = ("seen_at",)
    search_fields = ("name",)
    ordering = ("name",)


@admin.register(Deletion)
class DeletionAdmin(Kept):
    list_display = ("what", "recordings", "size_bytes", "deleted_at")
    list_filter = ("what", "deleted_at")
    date_hierarchy = "deleted_at"
    ordering = ("-deleted_at", "-pk")


@admin.register(Speed)
class SpeedAdmin(ReadOnly):
    """Deleting a row forgets it: the next recording begins anew."""

    list_display = (
        "model", "device", "preset", "seconds_a_second", "fixed_seconds", "spread", "recordings", "measured_at",
    )  # fmt: skip
    list_filter = ("device", "preset")
    search_fields = ("model",)
    ordering = ("model", "device", "preset")


@admin.register(WorkerProcess)
class WorkerProcessAdmin(ReadOnly):
    list_display = (
        "name", "kind", "host", "pid", "build", "models_held", "model_loads", "model_uses", "jobs_done", "started_at",
        "beat_at",
    )  # fmt: skip
    list_filter = ("kind", "host")
    search_fields = ("name", "host", "=pid")
    ordering = ("kind", "name")


@admin.register(Routine)
class RoutineAdmin(Kept):
    list_display = ("name", "finished_at", "took_seconds", "host")
    ordering = ("name",)


@admin.register(Sum)
class SumAdmin(Kept):
    list_display = ("name", "labels", "value")
    search_fields = ("name",)
    ordering = ("name", "labels")
