"""What is told to other servers: where to, and each time that it is."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from transcriptions.models.entry import Transcription
from transcriptions.models.leased import Leased


class Webhook(models.Model):
    """Where a person wants to be told of all their recordings, and what everything told in their name is signed with.

    url: empty where they only give addresses with single requests. The secret is kept as it is, for it signs; its
    person sees it once.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="webhook")
    url = models.TextField(blank=True)
    secret = models.CharField(max_length=100)
    with_text = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.url


class Delivery(Leased):
    """One thing told to one address: work for the media workers, then what came of it. Its key is the message's.

    content: what is told, but for the text, which is read when it is sent. response_code, error: of the last attempt.
    """

    class Event(models.TextChoices):
        DONE = "transcription.done", _("done")
        FAILED = "transcription.failed", _("failed")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="deliveries")
    transcription = models.ForeignKey(
        Transcription, on_delete=models.CASCADE, null=True, blank=True, related_name="deliveries"
    )
    url = models.TextField()
    event = models.CharField(max_length=20, choices=Event)
    content = models.JSONField()
    with_text = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    response_code = models.PositiveSmallIntegerField(null=True, blank=True)
    error = models.TextField(blank=True, help_text=_("of the last attempt, where nothing was answered"))
    origin = models.JSONField(default=dict, blank=True, help_text=_("the request that asked for it, and its trace"))
    created_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes: ClassVar = [
            models.Index(fields=["created_at"], condition=models.Q(state="waiting"), name="waiting_deliveries"),
            models.Index(fields=["user", "-created_at", "-id"], name="deliveries_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.pk} {self.state}"
