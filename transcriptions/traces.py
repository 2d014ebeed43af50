"""Spans of a trace, where OTEL_EXPORTER_OTLP_ENDPOINT says where they go; else none, and nothing is imported."""

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class Exporter(Protocol):
    """What is behind it when traces are on: transcriptions.exporting."""

    def within(self, parent: str) -> "Open": ...

    def span(self, name: str, values: Mapping[str, str | int]) -> "Open": ...

    def past(self, name: str, parent: str, since: datetime, until: datetime) -> None: ...

    def current(self) -> str: ...

    def end(self) -> None: ...


class Open(Protocol):
    def __enter__(self) -> object: ...

    def __exit__(self, *exception: object) -> bool | None: ...


_exporter: Exporter | None = None


def begin(process: str) -> None:
    """Once a process, at its start. process: web, media or speech."""
    global _exporter  # noqa: PLW0603 - one a process
    if settings.OTEL_EXPORTER_OTLP_ENDPOINT and _exporter is None:
        make = import_string("transcriptions.exporting.OpenTelemetry")
        _exporter = make(process, settings.OTEL_EXPORTER_OTLP_ENDPOINT, settings.TRACES_SHARE)


def within(parent: str) -> "Open":
    """What is in the block is part of a span of another process, as `current` gave it; "" changes nothing."""
    return _exporter.within(parent) if _exporter and parent else nullcontext()


def span(name: str, values: Mapping[str, str | int]) -> "Open":
    """The block is a span, in that which is around it."""
    return _exporter.span(name, values) if _exporter else nullcontext()


def past(name: str, parent: str, since: datetime, until: datetime) -> None:
    """A span that is over: a wait."""
    if _exporter and parent:
        _exporter.past(name, parent, since, until)


def current() -> str:
    """The span around, as W3C's traceparent; "" where there is none."""
    return _exporter.current() if _exporter else ""


def end() -> None:
    """Sends what is not sent yet, for some seconds at most. uvicorn ends by the signal it was sent, so nothing of the
    exporter's own would do it."""
    if _exporter:
        _exporter.end()
