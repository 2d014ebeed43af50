"""Who is told by other programs, and what was told."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from transcriptions.admin.rows import ReadOnly
from transcriptions.models import Delivery, Webhook
from transcriptions.workflow import hooks


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
