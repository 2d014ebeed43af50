"""A clock that is turned by hand, in place of the one the site asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest import mock

from django.utils import timezone


class Clock:
    def __init__(self) -> None:
        self.now = self.began = timezone.now()

    def turn(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @property
    def seconds(self) -> float:
        return (self.now - self.began).total_seconds()

    @contextmanager
    def shown(self) -> Iterator[None]:
        def now() -> datetime:
            return self.now

        with mock.patch.object(timezone, "now", now):
            yield
