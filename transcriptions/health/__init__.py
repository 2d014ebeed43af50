"""How the site is, as far as this host can tell: each check with a limit of time, all of them at once, kept for a few
seconds. Repairs nothing; what is missing before anything can start is told by transcriptions.checks.
"""

import threading
import time
from dataclasses import dataclass, field

from django.db import connection
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from transcriptions.health import host, services, work
from transcriptions.health.values import Check, Finding, State, bad

__all__ = ["CHECKS", "NEEDED", "Finding", "State", "look", "worst"]

LIMIT_SECONDS = 4.0
KEPT_SECONDS = 5.0
CHECKS: dict[str, Check] = {
    "database": services.database,
    "migrations": services.migrations,
    "redis": services.redis,
    "storage": services.stored,
    "disk": host.disk,
    "memory": host.memory,
    "gpu": host.gpu,
    "ffmpeg": host.ffmpeg,
    "encoders": host.encoders,
    "model": host.model,
    "workers": work.workers,
    "queue": work.queue,
    "clean_up": work.clean_up,
}
NEEDED = ("database", "migrations")  # to serve pages; all else is waited for, or refused in a sentence


@dataclass
class _Asked:
    """A check that many ask: it runs once at a time, however long it takes, and what it found counts for a while."""

    done: threading.Event = field(default_factory=threading.Event)
    found: Finding | None = None
    begun_at: float = 0.0
    ended_at: float | None = None


_asked: dict[tuple[str, Check], _Asked] = {}
_changing = threading.Lock()


def look(*names: str) -> dict[str, Finding]:
    """What the named checks, or all of them, find. Takes no longer than LIMIT_SECONDS."""
    asked = {name: _ask(name) for name in names or CHECKS}
    until = time.monotonic() + LIMIT_SECONDS
    return {name: _answer(one, until) for name, one in asked.items()}


def worst(found: dict[str, Finding]) -> State:
    states = {finding.state for finding in found.values()}
    return next((state for state in (State.BAD, State.WARNING) if state in states), State.GOOD)


def _ask(name: str) -> _Asked:
    key = name, CHECKS[name]
    with _changing:
        last = _asked.get(key)
        if last and (last.ended_at is None or time.monotonic() - last.ended_at < KEPT_SECONDS):
            return last
        asked = _asked[key] = _Asked(begun_at=time.monotonic())
    # No pool: its threads are waited for when the process ends, and one may hang for ever.
    threading.Thread(target=_run, args=(CHECKS[name], asked), name=f"health-{name}", daemon=True).start()
    return asked


def _run(check: Check, asked: _Asked) -> None:
    try:
        asked.found = check()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what was found
        said = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
        asked.found = bad(said, _("Nobody has foreseen this; the log may say more."))
    finally:
        asked.ended_at = time.monotonic()
        asked.done.set()
        connection.close()


def _answer(asked: _Asked, until: float) -> Finding:
    if asked.done.wait(max(until - time.monotonic(), 0.0)) and asked.found:
        return asked.found
    seconds = f"{time.monotonic() - asked.begun_at:.0f}"
    return bad(
        format_lazy(_("No answer for {seconds} seconds."), seconds=seconds),
        _("It hangs: see whether its disk, network or server does."),
    )
