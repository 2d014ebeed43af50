"""Rows: the truth of the product. Nothing happens in save() or in signals; the workflow writes, everybody reads.

Media and Transcript belong to nobody: they are stored once, however many people upload the same file. A person's
own entry is the Transcription.
"""

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from transcriptions.engine.probe import track_of
from transcriptions.engine.values import AudioTrack


class Media(models.Model):
    """A file's bytes, by their sha256. `storage_key` is empty while nobody's history needs the bytes, and while they
    still arrive."""

    sha256 = models.CharField(max_length=64, unique=True, help_text=_("while they arrive, what their upload is called"))
    size_bytes = models.PositiveBigIntegerField()
    container = models.CharField(max_length=100)
    duration_seconds = models.FloatField(null=True, help_text=_("as the header says; empty where it does not"))
    bit_rate = models.PositiveBigIntegerField(null=True, blank=True, help_text=_("bits a second, of all together"))
    video_codec = models.CharField(max_length=50, blank=True, help_text=_("empty where there are no pictures"))
    audio_tracks = models.JSONField(default=list)
    storage_key = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("media file")
        verbose_name_plural = _("media files")

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def tracks(self) -> list[AudioTrack]:
        return [AudioTrack(**track) for track in self.audio_tracks]


class Leased(models.Model):
    """Work that one worker holds for a while. `lease_owner` is new for every claim, so it also fences off the last."""

    attempts = models.PositiveSmallIntegerField(default=0)
    lease_owner = models.CharField(max_length=120, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Transcript(Leased):
    """One recognition of one media file with one set of options: the work, and when it is done the result cache.

    The lease is that of preparing it. `revision` grows with every visible change, in commit order: whoever has seen
    revision 7 asks for what is newer.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        PREPARING = "preparing", _("preparing")
        RECOGNISING = "recognising", _("recognising")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    LIVE: ClassVar = (State.QUEUED, State.PREPARING, State.RECOGNISING)
    OVER: ClassVar = (State.DONE, State.FAILED, State.CANCELLED)

    media = models.ForeignKey(Media, on_delete=models.CASCADE, related_name="transcripts")
    fingerprint = models.CharField(max_length=64, help_text=_("sha256 over the options"))
    reuse_key = models.CharField(max_length=100, help_text=_("the fingerprint, or something unique when reuse is off"))
    options = models.JSONField()
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    error_code = models.CharField(max_length=40, blank=True)
    error_detail = models.TextField(blank=True, help_text=_("for the operator"))
    language = models.CharField(max_length=8, blank=True)
    language_probability = models.FloatField(null=True, blank=True)
    duration_seconds = models.FloatField(null=True, blank=True, help_text=_("as decoded"))
    sound = models.JSONField(
        default=dict,
        blank=True,
        help_text=_("once decoded: seconds, levels in dB, share that is clipped or silent, times of errors"),
    )
    prepared_seconds = models.FloatField(default=0.0)
    recognised_seconds = models.FloatField(default=0.0)
    revision = models.PositiveBigIntegerField(default=0)
    anew_revision = models.PositiveBigIntegerField(
        default=0, help_text=_("the text began anew then: what was seen of it before is another one")
    )
    timings = models.JSONField(default=dict, blank=True, help_text=_("seconds of each phase"))
    figures = models.JSONField(default=dict, blank=True, help_text=_("windows, and those decoded again by reason"))
    forecast_seconds = models.FloatField(
        null=True, blank=True, help_text=_("until it is done, said when it was brought; empty once tried again")
    )
    forecast_error = models.FloatField(
        null=True, blank=True, help_text=_("how much too long (or, below 0, too short) that was, of the real time")
    )
    sound_key = models.CharField(
        max_length=64, blank=True, db_index=True, help_text=_("the same for the same sound in another file")
    )
    size_bytes = models.PositiveBigIntegerField(default=0, help_text=_("of its segments"))
    hits = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    first_segment_at = models.DateTimeField(null=True, blank=True)
    prepared_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField()

    class Meta:
        verbose_name = _("transcript")
        verbose_name_plural = _("transcripts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["media", "reuse_key"], name="one_transcript_for_the_same_work"),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "created_at"])]

    def __str__(self) -> str:
        return f"{self.media_id}/{self.fingerprint[:8]} {self.state}"

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE

    @property
    def track(self) -> AudioTrack:
        """The one that is transcribed."""
        return track_of(self.media.tracks, self.options.get("track"))


class Shard(Leased):
    """A stretch of a transcript's sound between two silences: the unit of work, of resumption and of fairness."""

    class State(models.TextChoices):
        OFFERED = "offered", _("offered")
        DONE = "done", _("done")

    transcript = models.ForeignKey(Transcript, on_delete=models.CASCADE, related_name="shards")
    index = models.PositiveIntegerField()
    start_seconds = models.FloatField()
    end_seconds = models.FloatField()
    speech = models.JSONField(help_text=_("[start, end] of each part somebody speaks in, in seconds of the recording"))
    storage_key = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=State, default=State.OFFERED)
    reached_seconds = models.FloatField(null=True, blank=True, help_text=_("heard so far, in the recording"))
    busy_seconds = models.FloatField(default=0.0, help_text=_("spent recognising it"))
    figures = models.JSONField(default=dict, blank=True, help_text=_("windows, and those decoded again by reason"))

    class Meta:
        verbose_name = _("shard")
        verbose_name_plural = _("shards")
        constraints: ClassVar = [models.UniqueConstraint(fields=["transcript", "index"], name="one_shard_an_index")]
        indexes: ClassVar = [
            models.Index(fields=["transcript"], condition=models.Q(state="offered"), name="offered_shards")
        ]

    def __str__(self) -> str:
        return f"{self.transcript_id}/{self.index}"


class Segment(models.Model):
    """What was said between two times. `position` counts from 0 within the shard; times are of the recording."""

    transcript = models.ForeignKey(Transcript, on_delete=models.CASCADE, related_name="segments")
    shard = models.ForeignKey(Shard, on_delete=models.CASCADE, related_name="segments")
    position = models.PositiveIntegerField()
    start_seconds = models.FloatField()
    end_seconds = models.FloatField()
    text = models.TextField()
    words = models.JSONField(default=list, help_text=_("[start, end, text, probability] each"))
    avg_logprob = models.FloatField()
    no_speech_prob = models.FloatField()
    compression_ratio = models.FloatField()
    temperature = models.FloatField()
    revision = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        constraints: ClassVar = [models.UniqueConstraint(fields=["shard", "position"], name="one_segment_a_position")]
        indexes: ClassVar = [
            models.Index(fields=["transcript", "start_seconds"]),
            models.Index(fields=["transcript", "revision"]),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Transcription(models.Model):
    """A person's history entry: their name for a recording, over a transcript that others may share."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="transcriptions")
    transcript = models.ForeignKey(Transcript, on_delete=models.PROTECT, related_name="transcriptions")
    title = models.CharField(max_length=200)
    file_name = models.CharField(max_length=255)
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("transcription")
        verbose_name_plural = _("transcriptions")
        indexes: ClassVar = [models.Index(fields=["user", "-created_at"])]

    def __str__(self) -> str:
        return self.title


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
    chosen = models.JSONField(default=dict, blank=True, help_text=_("options, as their person chose them"))
    error_code = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    waits = models.BooleanField(default=False, help_text=_("it cannot be read before it is complete"))

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        indexes: ClassVar = [models.Index(fields=["user", "created_at"])]

    def __str__(self) -> str:
        return str(self.pk)


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
        return self.path


class Rendition(Leased):
    """A file made of a recording, to be looked at: work for the media workers, then what came of it.

    A proxy belongs to nobody, as its media does; a recording with subtitles, in the picture or to turn on and off, is
    that of one person's entry and is kept for a while. `storage_key` is new for every row, so no two of them ever share
    a file.
    """

    class Kind(models.TextChoices):
        PROXY = "proxy", _("form that browsers play")
        SUBTITLED = "subtitled", _("video with subtitles in the picture")
        INSIDE = "inside", _("recording with subtitles to turn on and off")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    media = models.ForeignKey(Media, on_delete=models.CASCADE, related_name="renditions")
    transcription = models.ForeignKey(
        Transcription, on_delete=models.CASCADE, null=True, blank=True, related_name="renditions"
    )
    kind = models.CharField(max_length=9, choices=Kind)
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
                fields=["media", "kind", "transcription"], nulls_distinct=False, name="one_rendition_of_a_kind"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["created_at"], condition=models.Q(state="waiting"), name="waiting_renditions")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} {self.state}"


class Deletion(models.Model):
    """A receipt: that something was removed for good, and how much. Not whose it was, nor what was in it."""

    class What(models.TextChoices):
        RECORDING = "recording", _("recording")
        ACCOUNT = "account", _("account")

    what = models.CharField(max_length=9, choices=What)
    recordings = models.PositiveIntegerField(help_text=_("entries of the history"))
    size_bytes = models.PositiveBigIntegerField(help_text=_("of files that nobody else had"))
    deleted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("deletion")
        verbose_name_plural = _("deletions")

    def __str__(self) -> str:
        return f"{self.what} {self.deleted_at:%Y-%m-%d %H:%M}"


class CacheDay(models.Model):
    """What the result cache did on a day; see tally."""

    day = models.DateField(unique=True)
    missed = models.PositiveBigIntegerField(default=0)
    attached = models.PositiveBigIntegerField(default=0, help_text=_("the same work was under way"))
    hit = models.PositiveBigIntegerField(default=0)
    same_sound = models.PositiveBigIntegerField(default=0, help_text=_("of those missed, met later in another file"))
    evicted = models.PositiveBigIntegerField(default=0)
    invalidated = models.PositiveBigIntegerField(default=0)
    saved_seconds = models.FloatField(default=0.0, help_text=_("of recognition"))

    class Meta:
        verbose_name = _("day of the result cache")
        verbose_name_plural = _("days of the result cache")

    def __str__(self) -> str:
        return str(self.day)


class ModelVersion(models.Model):
    """Which version of a model the workers have."""

    name = models.TextField(unique=True)
    version = models.CharField(max_length=16)
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("model version")
        verbose_name_plural = _("model versions")

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class WorkerProcess(models.Model):
    """A live worker and what it holds; written by itself, removed when it ends or falls silent."""

    class Kind(models.TextChoices):
        MEDIA = "media", _("media")
        SPEECH = "speech", _("speech")

    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=6, choices=Kind)
    host = models.CharField(max_length=100)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    models_held = models.JSONField(default=list)
    model_loads = models.PositiveIntegerField(default=0)
    model_uses = models.PositiveIntegerField(default=0)
    jobs_done = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def all_kinds_since(cls, started_at: datetime) -> bool:
        """Whether a worker of every kind has started since then."""
        return set(cls.objects.filter(started_at__gte=started_at).values_list("kind", flat=True)) == set(
            cls.Kind.values
        )


class Speed(models.Model):
    """How long recordings take with one model, device and preset: a moving figure, and how good the forecasts were.

    `sums` are what transcriptions.pace keeps of the recordings measured; the two numbers follow from them. `errors`
    counts forecasts by their error, as metrics.ERRORS has it, each count without those before it.
    """

    model = models.TextField()
    device = models.CharField(max_length=60)
    preset = models.CharField(max_length=20)
    fixed_seconds = models.FloatField(default=0.0, help_text=_("that any recording takes"))
    seconds_a_second = models.FloatField(default=0.0, help_text=_("for each second of a recording"))
    spread = models.FloatField(default=0.0, help_text=_("variance of the logarithm of real over expected time"))
    recordings = models.PositiveIntegerField(default=0)
    sums = models.JSONField(default=list, blank=True)
    errors = models.JSONField(default=list, blank=True, help_text=_("forecasts by how wrong they were"))
    error_sum = models.FloatField(default=0.0)
    measured_at = models.DateTimeField()

    class Meta:
        verbose_name = _("speed")
        verbose_name_plural = _("speeds")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["model", "device", "preset"], name="one_speed_for_the_same_work"),
        ]

    def __str__(self) -> str:
        return f"{self.model}, {self.device}, {self.preset}"
