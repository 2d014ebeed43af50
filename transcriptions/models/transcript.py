"""A recording and what was said in it. They belong to nobody: they are stored once, however many people upload the
same file."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from transcriptions.engine.probe import track_of
from transcriptions.engine.values import AudioTrack
from transcriptions.models.leased import Leased


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

    class Priority(models.IntegerChoices):
        FIRST = 0, _("before all others")
        SHORT = 1, _("short")
        NORMAL = 2, _("usual")
        BULK = 3, _("after all others")

    LIVE: ClassVar = (State.QUEUED, State.PREPARING, State.RECOGNISING)
    OVER: ClassVar = (State.DONE, State.FAILED, State.CANCELLED)

    media = models.ForeignKey(Media, on_delete=models.CASCADE, related_name="transcripts")
    fingerprint = models.CharField(max_length=64, help_text=_("sha256 over the options"))
    reuse_key = models.CharField(max_length=100, help_text=_("the fingerprint, or something unique when reuse is off"))
    options = models.JSONField()
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("whose turn it takes; it belongs to nobody"),
    )
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NORMAL, db_default=2)
    turn = models.FloatField(
        default=0.0, db_default=0.0, help_text=_("the lower one of a priority goes first, see turns")
    )
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
    origin = models.JSONField(default=dict, blank=True, help_text=_("the request that asked for it, and its trace"))
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
        indexes: ClassVar = [
            models.Index(fields=["state", "created_at"]),
            models.Index(fields=["language"], name="transcripts_by_language"),
        ]

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
    digest = models.CharField(max_length=64, blank=True, help_text=_("sha256 of its sound"))
    peaks = models.BinaryField(default=b"", help_text=_("its waveform, a byte for each tenth of a second"))
    state = models.CharField(max_length=8, choices=State, default=State.OFFERED)
    priority = models.PositiveSmallIntegerField(
        choices=Transcript.Priority,
        default=Transcript.Priority.NORMAL,
        db_default=2,  # rows of a worker that is older than this
        help_text=_("of its transcript"),
    )
    turn = models.FloatField(default=0.0, db_default=0.0, help_text=_("of its transcript, and where it starts"))
    offered_at = models.DateTimeField(null=True, blank=True)
    reached_seconds = models.FloatField(null=True, blank=True, help_text=_("heard so far, in the recording"))
    busy_seconds = models.FloatField(default=0.0, help_text=_("spent recognising it"))
    figures = models.JSONField(default=dict, blank=True, help_text=_("windows, and those decoded again by reason"))

    class Meta:
        verbose_name = _("shard")
        verbose_name_plural = _("shards")
        constraints: ClassVar = [models.UniqueConstraint(fields=["transcript", "index"], name="one_shard_an_index")]
        indexes: ClassVar = [
            models.Index(fields=["transcript"], condition=models.Q(state="offered"), name="offered_shards"),
            models.Index(
                fields=["priority", "turn", "id"],
                condition=models.Q(state="offered") & ~models.Q(storage_key=""),
                name="shards_by_turn",
            ),
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
        return f"{self.shard_id}/{self.position}"  # stands in the admin's log for ever, whoever may read texts then


class Passage(models.Model):
    """About a minute of a shard, to be searched: the lexemes of its segments, and of the one behind it, so that words
    are found that go on there. One with an entry is that entry's own, and stands for it in the place of the other."""

    transcript = models.ForeignKey(Transcript, on_delete=models.CASCADE, related_name="passages", db_index=False)
    transcription = models.ForeignKey(
        "Transcription",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="passages",
        db_index=False,
        help_text=_("whose corrections are in it; empty: what was recognised"),
    )
    shard = models.ForeignKey(Shard, on_delete=models.CASCADE, related_name="passages")
    first_position = models.PositiveIntegerField()
    last_position = models.PositiveIntegerField()
    start_seconds = models.FloatField()
    end_seconds = models.FloatField(
        null=True, blank=True, help_text=_("of an entry's own: where the next one begins, infinity for the last")
    )
    vector = SearchVectorField()

    class Meta:
        verbose_name = _("passage")
        verbose_name_plural = _("passages")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["transcription", "shard", "first_position"],
                condition=~models.Q(transcription=None),
                name="one_own_passage_a_place",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["transcript", "start_seconds"], name="passages_in_order"),
            GinIndex(fields=["vector"], name="passages_by_lexeme", gin_pending_list_limit=256),
        ]

    def __str__(self) -> str:
        return f"{self.shard_id}/{self.first_position}"


class Lexeme(models.Model):
    """A word as it stands in vectors, to find the one that was meant where somebody misspells it."""

    text = models.CharField(max_length=40, primary_key=True)

    class Meta:
        verbose_name = _("lexeme")
        verbose_name_plural = _("lexemes")
        indexes: ClassVar = [GinIndex(fields=["text"], opclasses=["gin_trgm_ops"], name="lexemes_by_trigram")]

    def __str__(self) -> str:
        return self.text
