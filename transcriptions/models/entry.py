"""What a person has: entries of the history, and what arrives for them or is made of them."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from transcriptions.models.leased import Leased
from transcriptions.models.transcript import Media, Transcript


class Present(models.Manager["Transcription"]):
    """Without what was thrown away: to its person and to whoever reads for them it is gone at once."""

    def get_queryset(self) -> models.QuerySet["Transcription"]:
        return super().get_queryset().filter(deleted_at=None)


class Transcription(models.Model):
    """A person's history entry: their name for a recording, over a transcript that others may share.

    `objects`, and so `user.transcriptions`, leaves out what was thrown away; `all_there_are` is for who must not remove
    what may still be taken back. The last two fields are the database's own, made of the others.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="transcriptions")
    transcript = models.ForeignKey(Transcript, on_delete=models.PROTECT, related_name="transcriptions")
    title = models.CharField(max_length=200)
    file_name = models.CharField(max_length=255)
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    by_program = models.BooleanField(default=False, help_text=_("brought by a program, over the API"))
    request_key = models.CharField(
        max_length=64, blank=True, help_text=_("sha256 of the key under which its program asks again")
    )
    callback = models.JSONField(default=dict, blank=True, help_text=_("where its program wants to be told of it"))
    deleted_at = models.DateTimeField(
        null=True, blank=True, help_text=_("thrown away; it can be taken back for a while, then it is removed for good")
    )
    is_favourite = models.BooleanField(default=False)
    is_archived = models.BooleanField(default=False)
    tags = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    notes = models.TextField(blank=True)
    sort_title = models.GeneratedField(
        expression=models.Func("title", function="transcribe_sorting"), output_field=models.TextField(), db_persist=True
    )
    words = models.GeneratedField(
        expression=models.Func("title", "notes", "tags", function="transcribe_words"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = Present()
    all_there_are = models.Manager["Transcription"]()

    class Meta:
        verbose_name = _("transcription")
        verbose_name_plural = _("transcriptions")
        indexes: ClassVar = [
            models.Index(fields=["user", "-created_at", "-id"], name="history_by_time"),
            models.Index(fields=["user", "sort_title", "id"], name="history_by_title"),
            models.Index(fields=["user", "-deleted_at"], condition=~models.Q(deleted_at=None), name="thrown_away"),
            models.Index(fields=["user"], condition=~models.Q(tags=[]), name="tagged"),
            GinIndex(fields=["words"], name="entries_by_lexeme"),
        ]

    def __str__(self) -> str:
        return str(self.pk)  # stands in pages and logs of the admin, where titles are not read


class Upload(Leased):
    """A file on its way in. How much of it is there says the file itself, see transcriptions.incoming.

    address: where a media worker, which holds the lease, fetches it from; empty where its sender brings it.

    transcription: of what is there, from the moment it can be read. Once the file is complete it has been given its
    place in the storage, and the row only answers a sender who has missed that.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploads")
    transcription = models.OneToOneField(
        Transcription, on_delete=models.CASCADE, null=True, blank=True, related_name="upload"
    )
    address = models.TextField(blank=True)
    file_name = models.CharField(max_length=255)
    size_bytes = models.PositiveBigIntegerField(null=True, blank=True, help_text=_("empty until its sender knows"))
    last_modified = models.PositiveBigIntegerField(
        null=True, blank=True, help_text=_("of the sender's file, in milliseconds since 1970")
    )
    metadata = models.TextField(blank=True, help_text=_("as its sender gave it"))
    chosen = models.JSONField(default=dict, blank=True, help_text=_("options, as their person chose them"))
    origin = models.JSONField(default=dict, blank=True, help_text=_("the request that began it, and its trace"))
    request_key = models.CharField(
        max_length=64, blank=True, help_text=_("sha256 of the key under which its program asks again")
    )
    callback = models.JSONField(default=dict, blank=True, help_text=_("where its program wants to be told of it"))
    error_code = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    waits = models.BooleanField(default=False, help_text=_("it cannot be read before it is complete"))
    stalls = models.BooleanField(default=False, help_text=_("nothing more came of it for a while"))

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        indexes: ClassVar = [models.Index(fields=["user", "created_at"])]

    def __str__(self) -> str:
        return str(self.pk)


class Takeout(Leased):
    """All that a person has here, as one zip to take away: work for the media workers, then what came of it.

    `storage_key` is new for every row.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="takeout")
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    error_code = models.CharField(max_length=40, blank=True)
    error_detail = models.TextField(blank=True, help_text=_("for the operator"))
    made_bytes = models.PositiveBigIntegerField(default=0, help_text=_("of what goes into it, while it is being made"))
    all_bytes = models.PositiveBigIntegerField(default=0)
    storage_key = models.CharField(max_length=200, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("takeout")
        verbose_name_plural = _("takeouts")

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class WatchedFile(models.Model):
    """What became of a file in a watched folder. The row of a path is that of the file it had last."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="watched_files")
    path = models.TextField()
    size_bytes = models.PositiveBigIntegerField()
    modified_ns = models.BigIntegerField(help_text=_("nanoseconds since 1970"))
    transcription = models.ForeignKey(
        Transcription, on_delete=models.SET_NULL, null=True, blank=True, help_text=_("empty once it is deleted")
    )
    error_code = models.CharField(max_length=40, blank=True, help_text=_("why it was refused"))
    kept_at = models.TextField(blank=True, help_text=_("where the file is, or is just being moved"))
    seen_at = models.DateTimeField()
    written_at = models.DateTimeField(null=True, blank=True, help_text=_("when its transcripts were written beside it"))

    class Meta:
        verbose_name = _("watched file")
        verbose_name_plural = _("watched files")
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "path"], name="one_row_for_a_watched_path")]

    def __str__(self) -> str:
        return str(self.pk)


class Rendition(Leased):
    """A file made of a recording, to be looked at: work for the media workers, then what came of it.

    A proxy belongs to nobody, as its media does; a recording with subtitles, in the picture or to turn on and off, and
    a long document are those of one person's entry and are kept for a while. `storage_key` is new for every row, so no
    two of them ever share a file.
    """

    class Kind(models.TextChoices):
        PROXY = "proxy", _("form that browsers play")
        SUBTITLED = "subtitled", _("video with subtitles in the picture")
        INSIDE = "inside", _("recording with subtitles to turn on and off")
        DOCUMENT = "document", _("text as a document")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    media = models.ForeignKey(Media, on_delete=models.CASCADE, related_name="renditions")
    transcription = models.ForeignKey(
        Transcription, on_delete=models.CASCADE, null=True, blank=True, related_name="renditions"
    )
    kind = models.CharField(max_length=9, choices=Kind)
    form = models.JSONField(
        default=dict, blank=True, help_text=_("of a document: its format, and the shape somebody wants it in")
    )
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    error_code = models.CharField(max_length=40, blank=True)
    error_detail = models.TextField(blank=True, help_text=_("for the operator"))
    made_seconds = models.FloatField(default=0.0, help_text=_("of the recording, while it is being made"))
    encoder = models.CharField(max_length=50, blank=True, help_text=_("of the picture; empty for sound alone"))
    storage_key = models.CharField(max_length=200, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True, help_text=_("empty: with its recording"))

    class Meta:
        verbose_name = _("rendition")
        verbose_name_plural = _("renditions")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["media", "kind", "transcription", "form"], nulls_distinct=False, name="one_rendition_of_a_form"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["created_at"], condition=models.Q(state="waiting"), name="waiting_renditions")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} {self.state}"
