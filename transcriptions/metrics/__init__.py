"""What Prometheus is told: what processes count (counted), summed up in rows (sums), and what rows say (rows)."""

from transcriptions.metrics.counted import (
    api_requests,
    claims,
    deliveries,
    ended,
    first_words,
    heard_seconds,
    last_words,
    readers,
    real_time,
    stages,
    uploads,
    windows,
    windows_again,
)
from transcriptions.metrics.models import watch
from transcriptions.metrics.sums import add

__all__ = [
    "add",
    "api_requests",
    "claims",
    "deliveries",
    "ended",
    "first_words",
    "heard_seconds",
    "last_words",
    "readers",
    "real_time",
    "stages",
    "uploads",
    "watch",
    "windows",
    "windows_again",
]
