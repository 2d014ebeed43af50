"""SIGKILL for a part of this process: whatever it was about to do it does not do, and nobody tidies up after it.

A real kill ends a process; here an exception takes its place, and what a dead process cannot do is switched off until
it has passed. What it held in files and leases then bears the name of a process that is gone.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

from django.conf import settings

from transcriptions import incoming, processes, storage, temporary
from transcriptions.models import Rendition, Shard, Transcript
from transcriptions.workflow import files, state

PLACES: tuple[tuple[Any, str], ...] = (
    (storage, "adopt"),
    (storage, "write"),
    (storage, "delete"),
    (storage, "delete_folder"),
    (incoming, "create"),
    (incoming, "remove"),
    (incoming.Writer, "write"),
    (incoming.Writer, "_cut_unverified"),
    (temporary, "make"),
    (temporary, "remove"),
    (files, "forget_bytes_nobody_has"),
    (files, "keep_instead"),
    (files, "forget"),
    (state, "change"),
    (state, "restart"),
    (state, "stop"),
)
MOST_STEPS = 4


class Killed(BaseException):
    """As little an error as SIGKILL is."""


class Executioner:
    """Kills at a random one of PLACES, before or after it, or in the middle of a file."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._steps_left: int | None = None
        self._dead = False
        self.kills = 0

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """While this block runs, `may_die` can kill."""
        with _patched([(module, name, self._deadly(getattr(module, name))) for module, name in PLACES]):
            yield

    def may_die(self, do: Callable[[], object]) -> bool:
        """Do it, or die on the way; whether it came to its end."""
        self._steps_left = self._random.randrange(MOST_STEPS)
        try:
            do()
        except Killed:
            self.kills += 1
            return False
        finally:
            self._steps_left, self._dead = None, False
            self._bury()
        return True

    def _deadly(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def called(*arguments: Any, **options: Any) -> Any:
            if self._dead:
                return None  # somebody's `finally`, which a dead process does not come to
            if self._steps_left is None:
                return function(*arguments, **options)
            self._steps_left -= 1
            if self._steps_left >= 0:
                return function(*arguments, **options)
            if self._random.random() < 0.5:
                function(*arguments, **options)
            elif half := HALVES.get(function):
                half(function, *arguments)
            self._dead = True
            raise Killed

        return called

    def _bury(self) -> None:
        """What this process holds is from now on that of one that is gone: of this host, or of one that is silent.
        What it had in its memory is gone."""
        incoming._hashes.clear()
        host, number, start = processes.identity().rsplit(":", 2)
        gone = f"{host}:{number}:{int(start) - 1 - self.kills}"
        own = Path(settings.TEMP_DIR, processes.identity())
        with suppress(FileNotFoundError):
            own.rename(own.with_name(gone))
        holder = gone if self._random.random() < 0.7 else f"elsewhere:{number}:{start}"
        for model in (Shard, Transcript, Rendition):
            for row in model._default_manager.filter(lease_owner__startswith=processes.identity()):
                model._default_manager.filter(pk=row.pk).update(
                    lease_owner=row.lease_owner.replace(processes.identity(), holder)
                )


@contextmanager
def _patched(places: list[tuple[Any, str, Callable[..., Any]]]) -> Iterator[None]:
    if not places:
        yield
        return
    (module, name, function), *rest = places
    with mock.patch.object(module, name, function), _patched(rest):
        yield


def _half_a_file(write: Callable[..., Any], key: str, content: bytes) -> None:
    target = storage.path(key)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.with_suffix(".1.new").write_bytes(content[: len(content) // 2])


def _half_a_piece(write: Callable[..., Any], writer: incoming.Writer, piece: bytes) -> None:
    write(writer, piece[: len(piece) // 2])


HALVES: dict[Any, Callable[..., None]] = {storage.write: _half_a_file, incoming.Writer.write: _half_a_piece}
