"""Corrections."""

from django.contrib import admin

from transcriptions.admin.rows import Kept, ReadOnly, Text
from transcriptions.models import Change, Rehearing, SegmentEdit


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
