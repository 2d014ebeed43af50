"""To whom an entry is open besides its owner, and what its readers say about moments of it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from transcriptions.models.entry import Transcription


class Level(models.IntegerChoices):
    """Each contains those before it."""

    READ = 1, _("read")
    COMMENT = 2, _("read and comment")
    EDIT = 3, _("read, comment and correct")


class Share(models.Model):
    """An entry opened to an account, or to whoever has a link. Of the link only the hash is known here: it is shown
    once, when made.
    """

    transcription = models.ForeignKey(Transcription, on_delete=models.CASCADE, related_name="shares")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="shares",
        help_text=_("empty: by a link"),
    )
    digest = models.CharField(
        max_length=64, unique=True, null=True, blank=True, help_text=_("sha256 of the link's token")
    )
    level = models.PositiveSmallIntegerField(choices=Level, default=Level.READ)
    can_download = models.BooleanField(default=False)
    password = models.CharField(max_length=128, blank=True, help_text=_("its hash; empty: none is asked for"))
    views = models.PositiveIntegerField(default=0, help_text=_("how often the link was opened"))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("share")
        verbose_name_plural = _("shares")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["transcription", "user"], condition=models.Q(revoked_at=None), name="one_share_an_account"
            ),
            models.CheckConstraint(
                condition=models.Q(user=None, digest__isnull=False) | models.Q(user__isnull=False, digest=None),
                name="to_an_account_or_by_a_link",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transcription_id} {self.get_level_display()}"


class Comment(models.Model):
    """What somebody says about a moment of a recording.

    user: None for a guest, who has typed `name`; `guest` is what their session calls them.
    """

    transcription = models.ForeignKey(Transcription, on_delete=models.CASCADE, related_name="comments")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="comments"
    )
    name = models.CharField(max_length=80, blank=True)
    guest = models.CharField(max_length=32, blank=True)
    seconds = models.FloatField()
    text = models.TextField()
    is_resolved = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        indexes: ClassVar = [models.Index(fields=["transcription", "seconds", "id"], name="comments_in_order")]

    def __str__(self) -> str:
        return str(self.pk)
