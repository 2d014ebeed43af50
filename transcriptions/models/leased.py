"""Work that is held for a while."""

from django.db import models


class Leased(models.Model):
    """Work that one worker holds for a while. `lease_owner` is new for every claim, so it also fences off the last."""

    attempts = models.PositiveSmallIntegerField(default=0)
    lease_owner = models.CharField(max_length=120, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
