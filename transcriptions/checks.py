"""System checks: what is missing on this machine is a sentence before it is a failed job."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from transcriptions import configuration
from transcriptions.engine import model_store


@register()
def check_programs(**kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"There is no {name} on this machine.",
            hint="Run `make install`, or install ffmpeg.",
            id="transcriptions.E001",
        )
        for name in ("ffmpeg", "ffprobe")
        if not configuration.program(name)
    ]


@register()
def check_model(**kwargs: Any) -> list[CheckMessage]:
    name = configuration.model_name()
    if model_store.find(name, settings.WHISPER_MODEL_DIR):
        return []
    hint = f"Run `manage.py fetch_model {name}`, or set WHISPER_MODEL or WHISPER_MODEL_DIR."
    return [Error(f"The model {name} is not in {settings.WHISPER_MODEL_DIR}.", hint=hint, id="transcriptions.E002")]
