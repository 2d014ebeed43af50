"""Recordings and their texts, whoever brought them."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from transcriptions.admin.rows import Kept, ReadOnly, Text
from transcriptions.models import Lexeme, Media, Passage, Segment, Shard, Transcript
from transcriptions.remarks import remarks
from transcriptions.workflow import cache, order, state


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
