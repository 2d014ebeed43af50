"""What the house knows of itself."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


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
    build = models.CharField(max_length=10, blank=True, help_text=_("which code it runs"))
    figures = models.JSONField(
        default=dict, blank=True, help_text=_("its memory, the room on its disks, its GPUs, in bytes")
    )

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


class ModelWish(models.Model):
    """What an operator wants a worker to do with its models, and what came of it; see workflow.wishes."""

    class Kind(models.TextChoices):
        LOAD = "load", _("load")
        UNLOAD = "unload", _("unload")

    kind = models.CharField(max_length=6, choices=Kind)
    model = models.TextField(blank=True, help_text=_("empty: the one that is set, or to unload, all"))
    worker = models.CharField(
        max_length=120, help_text=_("its name; what one that is gone has left, the next of its host takes")
    )
    host = models.CharField(max_length=100)
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True, help_text=_("why it could not be done"))

    class Meta:
        verbose_name = _("wish about a model")
        verbose_name_plural = _("wishes about models")

    def __str__(self) -> str:
        return f"{self.kind} {self.model} {self.worker}"


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


class Routine(models.Model):
    """Something that is done now and then, and when it last was."""

    class Name(models.TextChoices):
        CLEAN_UP = "clean_up", _("clean-up")

    name = models.CharField(max_length=20, choices=Name, unique=True)
    finished_at = models.DateTimeField()
    took_seconds = models.FloatField()
    host = models.CharField(max_length=100)

    class Meta:
        verbose_name = _("routine")
        verbose_name_plural = _("routines")

    def __str__(self) -> str:
        return self.name


class Setting(models.Model):
    """What an operator has set while the site runs, in place of what the environment says. Without a row that holds."""

    name = models.CharField(max_length=60, unique=True)
    value = models.JSONField()

    class Meta:
        verbose_name = _("setting")
        verbose_name_plural = _("settings")

    def __str__(self) -> str:
        return f"{self.name} = {self.value!r}"


class Speed(models.Model):
    """How long recordings take with one model, device and preset: a moving figure, and how good the forecasts were.

    `sums` are what transcriptions.pace keeps of the recordings measured; the two numbers follow from them. `errors`
    counts forecasts by their error, as forecasts.ERRORS has it, each count without those before it.
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


class Sum(models.Model):
    """What every process has counted of something, added up; see metrics.sums."""

    name = models.CharField(max_length=80)
    labels = models.CharField(max_length=300, help_text=_("as JSON"))
    value = models.FloatField()

    class Meta:
        verbose_name = _("sum")
        verbose_name_plural = _("sums")
        constraints: ClassVar = [models.UniqueConstraint(fields=["name", "labels"], name="one_sum_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.name} {self.labels}"


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
