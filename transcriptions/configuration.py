"""The settings, as the values the engine and the workflow take. Raises nothing until somebody asks.

`current` has those that an operator may change while the site runs, see transcriptions.adjustable: the row of one where
there is one, else what the environment says. Every process looks again after AGAIN_SECONDS, so none is restarted.
"""

import asyncio
import logging
import shutil
import sys
import threading
import time
from functools import cache
from pathlib import Path
from typing import Any

import django_rq
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from redis import Redis

from transcriptions.engine import hardware, model_store
from transcriptions.engine.device import Device, choose, default_model
from transcriptions.engine.encoders import Encoder
from transcriptions.engine.ffmpeg import FFmpeg
from transcriptions.engine.model_pool import ModelKey
from transcriptions.engine.options import Options
from transcriptions.models import Setting

logger = logging.getLogger(__name__)

AGAIN_SECONDS = 3.0


class _Current:
    """Settings by name. A database that is away changes nothing: what was read last holds."""

    def __init__(self) -> None:
        self._set: dict[str, Any] = {}
        self._read_at = float("-inf")
        self._reading = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        return self.set_here().get(name, getattr(settings, name))

    def set_here(self) -> dict[str, Any]:
        """What is set in place of the environment's."""
        if time.monotonic() - self._read_at > AGAIN_SECONDS and self._reading.acquire(blocking=False):
            if _in_event_loop():  # where the database is not to be asked: those who ask next have it
                threading.Thread(target=self._read_aside, name="settings").start()
            else:
                self._read()
        return self._set

    def look_again(self) -> None:
        self._read_at = float("-inf")

    def _read(self) -> None:
        try:
            with transaction.atomic():  # of its own: no other's ends with it where the table is not there yet
                self._set = dict(Setting.objects.values_list("name", "value"))
        except DatabaseError as error:
            logger.debug("The settings could not be read (%s); those of before hold.", error)
        finally:
            self._read_at = time.monotonic()
            self._reading.release()

    def _read_aside(self) -> None:
        try:
            self._read()
        finally:
            connection.close()


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


current = _Current()


def program(name: str) -> str | None:
    """A program's path: the machine's, or the one installed beside this Python."""
    return shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))


def ffmpeg() -> FFmpeg:
    return FFmpeg(program("ffmpeg") or "ffmpeg", program("ffprobe") or "ffprobe")


def encoders() -> tuple[Encoder, ...]:
    """What pictures are made with: hardware that works here, if it is wanted, then software."""
    return found_hardware().encoders()


def found_hardware(*, again: bool = False) -> hardware.Findings:
    """What ffmpeg can encode with on this host, found once or `again`; with ENABLE_FFMPEG_HW_ACCEL off, in software
    alone. Raises OSError without an ffmpeg."""
    memory = Path(settings.DATA_DIR, "hardware.json")
    if again:
        hardware.forget(memory)
        _found.cache_clear()
    return _found(ffmpeg().ffmpeg, memory if settings.ENABLE_FFMPEG_HW_ACCEL else None)


def draws_subtitles() -> bool:
    """Whether the ffmpeg of this host draws text into pictures: not every one is built for that."""
    try:
        return found_hardware().burns
    except OSError:
        return False


@cache
def _found(program: str, memory: Path | None) -> hardware.Findings:
    return hardware.find(program, memory) if memory else hardware.look(program, ())


@cache
def device() -> Device:
    return choose(settings.WHISPER_DEVICE, settings.WHISPER_COMPUTE_TYPE, settings.WHISPER_DEVICE_INDEX)


def model_name() -> str:
    return str(current.WHISPER_MODEL or default_model(device()))


@cache
def redis() -> Redis:
    """One connection pool a process, for what does not block."""
    connection: Redis = django_rq.get_connection("media")
    return connection


def options(**chosen: Any) -> Options:
    """The installation's options, and what the person chose of them. Raises ValueError for what is not known."""
    return Options(**{"model": model_name(), "preset": current.WHISPER_PRESET, **chosen})


def model_key(name: str) -> ModelKey:
    """Where the model is and how to load it. Raises ModelError when it is not in the model folder."""
    folder = model_store.find(name, settings.WHISPER_MODEL_DIR)
    if not folder:
        raise model_store.ModelError("model_unavailable", f"not in {settings.WHISPER_MODEL_DIR}", model=name)
    return ModelKey(folder, device())
