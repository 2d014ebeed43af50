"""What people show to others."""

from django.contrib import admin

from transcriptions.admin.rows import ReadOnly, Text
from transcriptions.models import Comment, Share


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
