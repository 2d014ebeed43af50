"""What people made of an entry's text: changes, and the lines that stand in the place of what was recognised.

Rows are only added. A line that is changed is ended by the change and another stands in its place, so what a change
did, who did it and how to take it back are read from the same rows.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from transcriptions.models.entry import Transcription
from transcriptions.models.leased import Leased
from transcriptions.models.transcript import Transcript


class Change(models.Model):
    """One thing that somebody did to a text. The changes of an entry are numbered in the order of their commits."""

    class Kind(models.TextChoices):
        TEXT = "text", _("text")
        SPLIT = "split", _("split")
        JOIN = "join", _("joined")
        TIMES = "times", _("times")
        SPEAKER = "speaker", _("speaker")
        RENAME = "rename", _("speaker renamed")
        CHECK = "check", _("checked")
        REPLACE = "replace", _("replaced")
        REVERT = "revert", _("back to the original")
        REHEARD = "reheard", _("recognised again")
        UNDO = "undo", _("undone")
        REDO = "redo", _("done again")

    STEPS_BACK: ClassVar = (Kind.UNDO, Kind.REDO)

    transcription = models.ForeignKey(Transcription, on_delete=models.CASCADE, related_name="changes")
    transcript = models.ForeignKey(Transcript, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    of = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="steps", help_text=_("what is undone")
    )
    is_undone = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("change of a text")
        verbose_name_plural = _("changes of texts")
        indexes: ClassVar = [models.Index(fields=["transcription", "-id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class SegmentEdit(models.Model):
    """A line as somebody made it, over a range of what was recognised. It holds until another change ends it.

    The range goes from the start of the first to the start of the last segment under it, both of them in it: by their
    times, so it stays right when the segments are made anew. Lines that hold have the same range or ranges that do not
    meet. `key` stays the same from version to version: it is the number of the segment, or of the change that split it
    off.
    """

    transcription = models.ForeignKey(Transcription, on_delete=models.CASCADE, related_name="edits")
    transcript = models.ForeignKey(Transcript, on_delete=models.CASCADE, related_name="edits")
    made_by = models.ForeignKey(Change, on_delete=models.CASCADE, related_name="made")
    ended_by = models.ForeignKey(Change, on_delete=models.CASCADE, null=True, blank=True, related_name="ended")
    again_of = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="+", help_text=_("the same, put back")
    )
    key = models.CharField(max_length=24)
    from_seconds = models.FloatField()
    to_seconds = models.FloatField()
    part = models.PositiveIntegerField(help_text=_("its place among the lines over the same range"))
    start_seconds = models.FloatField()
    end_seconds = models.FloatField()
    text = models.TextField(blank=True)
    words = models.JSONField(default=list, help_text=_("[start, end, text, probability] each"))
    speaker = models.CharField(max_length=80, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["transcription", "transcript", "from_seconds", "part"],
                condition=models.Q(ended_by=None),
                name="one_line_a_place",
            ),
            models.UniqueConstraint(
                fields=["transcription", "transcript", "key"], condition=models.Q(ended_by=None), name="one_line_a_key"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["transcription", "transcript", "start_seconds"],
                condition=models.Q(ended_by=None),
                name="lines_that_hold",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Rehearing(Leased):
    """A stretch of an entry recognised once more, with other options, to be compared: work for the speech workers, then
    what came of it. Its person takes it, or leaves it; else it goes after a while."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    transcription = models.ForeignKey(Transcription, on_delete=models.CASCADE, related_name="rehearings")
    transcript = models.ForeignKey(Transcript, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    from_seconds = models.FloatField(help_text=_("where the first segment under it starts"))
    to_seconds = models.FloatField(help_text=_("where the last segment under it starts"))
    start_seconds = models.FloatField(help_text=_("of the sound"))
    end_seconds = models.FloatField()
    options = models.JSONField()
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    error_code = models.CharField(max_length=40, blank=True)
    error_detail = models.TextField(blank=True, help_text=_("for the operator"))
    heard_seconds = models.FloatField(default=0.0, help_text=_("of the stretch, while it is recognised"))
    segments = models.JSONField(default=list, blank=True, help_text=_("[start, end, text, words] each"))
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("stretch recognised again")
        verbose_name_plural = _("stretches recognised again")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["transcription", "user"], name="one_rehearing_a_person"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["created_at"], condition=models.Q(state="waiting"), name="waiting_rehearings")
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"
