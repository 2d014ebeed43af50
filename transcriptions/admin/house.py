"""The machinery's notes about itself."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.utils.translation import gettext_lazy as _

from transcriptions.admin.rows import Kept, ReadOnly
from transcriptions.models import CacheDay, Deletion, ModelVersion, Routine, Speed, Sum


@admin.register(CacheDay)
class CacheDayAdmin(Kept):
    list_display = ("day", "missed", "attached", "hit", "same_sound", "evicted", "invalidated", "saved_seconds")
    list_filter = ("day",)
    date_hierarchy = "day"
    ordering = ("-day",)


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


@admin.register(Routine)
class RoutineAdmin(Kept):
    list_display = ("name", "finished_at", "took_seconds", "host")
    list_filter = ("host", "finished_at")
    ordering = ("name",)


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


@admin.register(Sum)
class SumAdmin(Kept):
    list_display = ("name", "labels", "value")
    list_filter = ("name",)
    search_fields = ("name",)
    ordering = ("name", "labels")


@admin.register(ModelVersion)
class ModelVersionAdmin(Kept):
    list_display = ("name", "version", "seen_at")
    list_filter = ("seen_at",)
    search_fields = ("name",)
    ordering = ("name",)
