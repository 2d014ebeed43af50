"""What the operator sees. Rows of the machinery can be looked at and deleted, not edited: the workflow writes them."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin import UserAdmin
from accounts.models import User
from transcriptions.adjustable import FIELDS
from transcriptions.configuration import current
from transcriptions.models import (
    CacheDay,
    Change,
    Comment,
    Deletion,
    Delivery,
    Lexeme,
    Media,
    ModelVersion,
    ModelWish,
    Passage,
    Rehearing,
    Rendition,
    Routine,
    Segment,
    SegmentEdit,
    Setting,
    Shard,
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
from transcriptions.remarks import remarks
from transcriptions.sentences import sentence
from transcriptions.workflow import arrive, cache, files, history, hooks, intake, order, quota, state, versions, wishes


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic while it runs
    """Actions say in the log who did what; Django itself logs only what its forms do.

    private: fields that say what people's recordings are, for staff who may read them.
    """

    private: tuple[str, ...] = ()

    list_per_page = 50
    show_full_result_count = False

    def log_change_of_each(self, request: HttpRequest, rows: Iterable[Model], message: str) -> None:
        for row in rows:
            self.log_change(request, row, message)

    def say_done(self, request: HttpRequest, rows: Collection[Model], message: str) -> None:
        self.log_change_of_each(request, rows, message)
        said = ngettext("Done with %(count)d of them.", "Done with %(count)d of them.", len(rows))
        self.message_user(request, said % {"count": len(rows)})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_list_display(self, request: HttpRequest) -> Any:
        return _without(self.private, super().get_list_display(request))

    def get_search_fields(self, request: HttpRequest) -> Any:
        return _without(self.private, super().get_search_fields(request))

    def get_exclude(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return (*(super().get_exclude(request, obj) or ()), *(() if _may_read() else self.private))


def _may_read() -> bool:
    return bool(settings.STAFF_CAN_READ_TRANSCRIPTS)


def _without(private: Collection[str], fields: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(field for field in fields if _may_read() or field not in private)


class Text(ReadOnly):
    """What people said and wrote: staff see that it is there by its figures elsewhere, unless they may read."""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return _may_read() and super().has_view_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return _may_read() and super().has_delete_permission(request, obj)


class Owner(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic while it runs
    """What is people's goes with its own, also by staff who may not look at it."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        found, counts, _, protected = super().get_deleted_objects(objs, request)
        return found, counts, set(), protected


admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(Owner, UserAdmin):
    """Deleting an account here is what its person would do: with all that nobody else has."""

    def get_list_display(self, request: HttpRequest) -> Any:
        address, *others = super().get_list_display(request)
        return (address, "stored", "recorded", "arriving", *others)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return quota.with_use(super().get_queryset(request))

    @admin.display(description=_("recordings kept"), ordering="kept_bytes")
    def stored(self, person: Any) -> str:
        return _of(filesizeformat(person.kept_bytes), current.MAX_BYTES_PER_USER, filesizeformat)

    @admin.display(description=_("hours of recordings"), ordering="recorded_seconds")
    def recorded(self, person: Any) -> str:
        return _of(f"{person.recorded_seconds / 3600:.1f}", current.MAX_HOURS_PER_USER)

    @admin.display(description=_("files on their way"), ordering="arriving_uploads")
    def arriving(self, person: Any) -> str:
        return _of(str(person.arriving_uploads), current.MAX_UPLOADS_PER_USER)

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        history.delete_account(user=obj, now=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for person in queryset:
            self.delete_model(request, person)


def _of(used: str, limit: float, shown: Callable[[float], str] = str) -> str:
    return _("%(used)s of %(limit)s") % {"used": used, "limit": shown(limit)} if limit else used


class Kept(ReadOnly):
    """Its rows go with what they belong to."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def _invalidate(
    model_admin: ReadOnly, request: HttpRequest, chosen: QuerySet[Any], transcripts: QuerySet[Transcript]
) -> None:
    model_admin.log_change_of_each(request, chosen, "not used again")
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
        _invalidate(self, request, queryset, Transcript.objects.filter(media__in=queryset))


@admin.register(Transcript)
class TranscriptAdmin(Kept):
    list_display = (
        "id", "media", "asked_by", "state", "priority", "language", "duration_seconds", "recognised_seconds",
        "forecast_seconds", "forecast_error", "hits", "error_code", "told", "created_at", "finished_at", "last_used_at",
    )  # fmt: skip
    list_filter = ("state", "priority", "language", "error_code", "created_at")
    actions = ("invalidate", "cancel", "begin_again", "put_first", "put_as_usual", "put_last")
    list_select_related = ("media", "asked_by")
    search_fields = ("=id", "media__sha256__startswith", "fingerprint__startswith", "error_detail")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)

    @admin.action(description=_("Do not use these results again"))
    def invalidate(self, request: HttpRequest, queryset: QuerySet[Transcript]) -> None:
        _invalidate(self, request, queryset, queryset)

    @admin.action(description=_("Cancel"))
    def cancel(self, request: HttpRequest, queryset: QuerySet[Transcript]) -> None:
        now = timezone.now()
        stopped = [row for row in queryset if state.stop(row.pk, Transcript.State.CANCELLED, now)]
        self.say_done(request, stopped, "cancelled")

    @admin.action(description=_("Begin again what failed or was cancelled"))
    def begin_again(self, request: HttpRequest, queryset: QuerySet[Transcript]) -> None:
        over = queryset.filter(state__in=[Transcript.State.FAILED, Transcript.State.CANCELLED])
        with transaction.atomic():
            begun = list(over.select_for_update(of=("self",)).order_by("media_id", "pk"))
            for row in begun:
                state.restart(row, timezone.now())
        self.say_done(request, begun, "begun again")

    @admin.action(description=_("Before all others"))
    def put_first(self, request: HttpRequest, queryset: QuerySet[Transcript]) -> None:
        self._prioritise(request, queryset, Transcript.Priority.FIRST)

    @admin.action(description=_("As usual"))
    def put_as_usual(self, request: HttpRequest, queryset: QuerySet[Transcript]) -> None:
        self._prioritise(request, queryset, Transcript.Priority.NORMAL)

    @admin.action(description=_("After all others"))
    def put_last(self, request: HttpRequest, queryset: QuerySet[Transcript]) -> None:
        self._prioritise(request, queryset, Transcript.Priority.BULK)

    def _prioritise(self, request: HttpRequest, queryset: QuerySet[Transcript], priority: Transcript.Priority) -> None:
        chosen = list(queryset)
        count = order.prioritise(queryset, priority)
        self.log_change_of_each(request, chosen, f"priority: {priority.name.lower()}")
        said = ngettext("%(count)d of them is under way.", "%(count)d of them are under way.", count)
        self.message_user(request, said % {"count": count})

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
class SegmentAdmin(Text, Kept):
    list_display = ("id", "transcript_id", "start_seconds", "end_seconds", "text", "avg_logprob", "no_speech_prob")
    list_filter = ("transcript__language",)
    search_fields = ("=transcript__id",)  # people's words are not searched by operators
    ordering = ("-id",)


@admin.register(Passage)
class PassageAdmin(Text, Kept):
    list_display = ("id", "transcript_id", "transcription_id", "shard_id", "first_position", "start_seconds")
    list_filter = ("transcript__language",)
    search_fields = ("=transcript__id",)
    exclude = ("vector",)
    ordering = ("-id",)


@admin.register(Lexeme)
class LexemeAdmin(Text, Kept):
    list_display = ("text",)
    search_fields = ("=text",)
    ordering = ("text",)


@admin.register(Change)
class ChangeAdmin(Text, ReadOnly):
    list_display = ("id", "transcription_id", "user", "kind", "is_undone", "made_at")
    list_filter = ("kind", "is_undone", "made_at")
    list_select_related = ("user",)
    search_fields = ("=transcription__id",)
    ordering = ("-id",)


@admin.register(SegmentEdit)
class SegmentEditAdmin(Text, ReadOnly):
    list_display = ("id", "transcription_id", "made_by", "ended_by", "start_seconds", "end_seconds", "text")
    list_filter = ("made_by__kind",)
    list_select_related = ("made_by", "ended_by")
    search_fields = ("=transcription__id",)  # people's words are not searched by operators
    ordering = ("-id",)


@admin.register(Share)
class ShareAdmin(ReadOnly):
    """Deleting one here takes it away from whoever has it."""

    list_display = ("id", "transcription_id", "user", "level", "views", "created_at", "expires_at", "revoked_at")
    list_filter = ("level", "created_at", "revoked_at")
    list_select_related = ("user",)
    search_fields = ("=transcription__id", "user__email")
    exclude = ("digest", "password")
    ordering = ("-id",)


@admin.register(Comment)
class CommentAdmin(Text, ReadOnly):
    list_display = ("id", "transcription_id", "user", "name", "seconds", "is_resolved", "created_at")
    list_filter = ("is_resolved", "created_at")
    list_select_related = ("user",)
    search_fields = ("=transcription__id", "user__email")  # people's words are not searched by operators
    ordering = ("-id",)


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

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Transcription]) -> None:
        for entry in queryset:
            self.delete_model(request, entry)


@admin.register(Upload)
class UploadAdmin(ReadOnly):
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

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Upload]) -> None:
        for upload in queryset:
            self.delete_model(request, upload)


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


@admin.register(Rehearing)
class RehearingAdmin(Text, Kept):
    list_display = (
        "id", "transcription_id", "user", "state", "error_code", "attempts", "start_seconds", "end_seconds",
        "heard_seconds", "created_at", "finished_at", "expires_at",
    )  # fmt: skip
    list_filter = ("state", "error_code", "created_at")
    list_select_related = ("user",)
    search_fields = ("=id", "=transcription__id", "error_detail")
    ordering = ("-id",)


@admin.register(Webhook)
class WebhookAdmin(ReadOnly):
    """Without the secret. Deleting one is what its person would do."""

    list_display = ("user", "url", "with_text", "created_at")
    list_filter = ("with_text", "created_at")
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
        sent = [delivery for delivery in queryset if hooks.send_again(delivery=delivery)]
        self.log_change_of_each(request, sent, "sent once more")
        count = len(sent)
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


class ModelForm(ActionForm):
    """The model that an action is about."""

    model = forms.ChoiceField(required=False, label=_("Model:"))

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        every = [("", _("the one that is set; to unload, all"))]
        self.fields["model"].choices = [*every, *((name, name) for name in versions.models())]  # type: ignore[attr-defined]


@admin.register(WorkerProcess)
class WorkerProcessAdmin(ReadOnly):
    """What each holds. Its models are loaded and unloaded by itself, as it is told."""

    list_display = (
        "name", "kind", "host", "pid", "build", "models_held", "memory", "model_loads", "model_uses", "jobs_done",
        "started_at", "beat_at",
    )  # fmt: skip
    list_filter = ("kind", "host")
    search_fields = ("name", "host", "=pid")
    ordering = ("kind", "name")
    action_form = ModelForm
    actions = ("load", "unload")

    @admin.display(description=_("memory"))
    def memory(self, worker: WorkerProcess) -> str:
        return filesizeformat(worker.figures.get("resident_bytes", 0))

    @admin.action(description=_("Load a model, before somebody waits for it"))
    def load(self, request: HttpRequest, queryset: QuerySet[WorkerProcess]) -> None:
        self._ask(request, queryset, ModelWish.Kind.LOAD)

    @admin.action(description=_("Unload models, once nobody uses them"))
    def unload(self, request: HttpRequest, queryset: QuerySet[WorkerProcess]) -> None:
        self._ask(request, queryset, ModelWish.Kind.UNLOAD)

    def _ask(self, request: HttpRequest, queryset: QuerySet[WorkerProcess], kind: ModelWish.Kind) -> None:
        model = request.POST.get("model", "")
        asked = wishes.ask(workers=queryset, kind=kind, model=model, now=timezone.now())
        self.log_change_of_each(request, asked, f"{kind}: {model}".rstrip(": "))
        said = ngettext("%(count)d worker is told.", "%(count)d workers are told.", len(asked))
        self.message_user(request, said % {"count": len(asked)})


@admin.register(ModelWish)
class ModelWishAdmin(ReadOnly):
    """Deleting one that is not done yet takes it back."""

    list_display = ("id", "kind", "model", "worker", "asked_at", "attempts", "done_at", "error")
    list_filter = ("kind", "host", "asked_at", "done_at")
    search_fields = ("model", "worker")
    ordering = ("-id",)


@admin.register(LogEntry)
class LogEntryAdmin(Kept):
    """What staff did here: nobody changes it."""

    list_display = ("action_time", "user", "action_flag", "content_type", "object_repr", "said")
    list_filter = ("action_time", "action_flag", "content_type", ("user", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("user", "content_type")
    search_fields = ("object_repr", "=object_id", "change_message", "user__email")
    date_hierarchy = "action_time"
    ordering = ("-action_time", "-pk")

    @admin.display(description=_("what was changed"))
    def said(self, entry: LogEntry) -> str:
        return entry.get_change_message()


@admin.register(Routine)
class RoutineAdmin(Kept):
    list_display = ("name", "finished_at", "took_seconds", "host")
    list_filter = ("host", "finished_at")
    ordering = ("name",)


class SettingForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic while it runs
    name = forms.ChoiceField(choices=[(name, name) for name in FIELDS])
    value = forms.CharField(required=False, help_text=_("nothing is a value, too; to have the default, delete the row"))

    class Meta:
        model = Setting
        fields = ("name", "value")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "name" in cleaned:
            try:
                cleaned["value"] = FIELDS[cleaned["name"]].clean(cleaned.get("value"))
            except ValidationError as error:
                self.add_error("value", error)
        return cleaned


@admin.register(Setting)
class SettingAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic while it runs
    """What is set here holds in every process within seconds; its history says who changed what."""

    form = SettingForm
    list_display = ("name", "value", "default")
    list_filter = ("name",)
    search_fields = ("name",)
    ordering = ("name",)

    @admin.display(description=_("in the environment"))
    def default(self, setting: Setting) -> str:
        return repr(getattr(settings, setting.name, None))

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        before = repr(getattr(settings, form.instance.name)) if add else repr(form.initial.get("value"))
        return [{"changed": {"fields": [f"{form.instance.name}: {before} → {form.instance.value!r}"]}}]

    def save_model(self, request: HttpRequest, obj: Setting, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        current.look_again()

    def delete_model(self, request: HttpRequest, obj: Setting) -> None:
        super().delete_model(request, obj)
        current.look_again()


@admin.register(Sum)
class SumAdmin(Kept):
    list_display = ("name", "labels", "value")
    list_filter = ("name",)
    search_fields = ("name",)
    ordering = ("name", "labels")
