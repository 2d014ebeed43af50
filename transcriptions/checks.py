"""System checks: what is missing on this machine is a sentence before it is a failed job."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

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


_MISSING_EXTENSIONS = """
SELECT name FROM unnest(ARRAY['pg_trgm', 'unaccent']) AS wanted (name)
WHERE NOT EXISTS (SELECT 1 FROM pg_extension WHERE extname = name)
    AND NOT EXISTS (
        SELECT 1 FROM pg_available_extension_versions AS version
        WHERE version.name = wanted.name AND (
            trusted AND has_database_privilege(current_database(), 'CREATE')
            OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
        )
    )
ORDER BY name
"""


@register(Tags.database)
def check_extensions(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """What search takes: there, or such as this user may create. Asked by `migrate` before it changes anything."""
    missing = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute(_MISSING_EXTENSIONS)
            missing += [name for (name,) in cursor.fetchall()]
    return [
        Error(
            f"PostgreSQL's extension {name} is not in the database, and its user may not create it.",
            hint=f"Let a superuser run `CREATE EXTENSION {name};` in this database.",
            id="transcriptions.E003",
        )
        for name in missing
    ]
