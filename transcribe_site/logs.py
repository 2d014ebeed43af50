"""What a line of the log looks like, RQ's and uvicorn's too: JSON for programs, or text for people.

People's names of files, their texts and tokens are in no line above DEBUG; a path can hold a token, so its pattern is
written instead.
"""

import logging
import sys
from typing import Any

import structlog
from django.urls import Resolver404, resolve

TEXT, JSON = "text", "json"
NOWHERE = "unknown"

_shared: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure(form: str, level: str) -> dict[str, Any]:
    """Django's LOGGING. form: TEXT or JSON; "" is TEXT where somebody looks on."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.captureWarnings(True)
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": _shared,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(form)],
    }
    quiet = {"handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "filters": {"routes": {"()": Routes}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["routes"]}},
        "loggers": {
            **{name: {"level": "WARNING"} for name in ("faster_whisper", "fontTools", "fpdf")},
            # Their own handlers, made before this, would write lines of their own kind.
            **dict.fromkeys(("django", "django.server", "uvicorn", "uvicorn.access", "uvicorn.error", "rq"), quiet),
            "django.request": {"level": "ERROR"},  # what is refused has its line already
        },
        "root": {"handlers": ["stderr"], "level": level},
    }


def route(path: str) -> str:
    """An address without what is particular in it."""
    try:
        return str(resolve(path).route) or "/"
    except Resolver404:
        return NOWHERE


class Routes(logging.Filter):
    """Django names the path of a request that failed."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.request") and isinstance(record.args, tuple):
            record.args = tuple(route(str(value)) if str(value).startswith("/") else value for value in record.args)
        return True


def _rendering(form: str) -> list[Any]:
    if form == TEXT or (not form and sys.stderr.isatty()):
        return [
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
        ]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
