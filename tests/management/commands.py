"""`manage.py` in a process of its own, as people and cron start it."""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.db import connection

MANAGE = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py")]
NOWHERE = {"DATABASE_URL": "postgres://nobody@127.0.0.1:9/none", "REDIS_URL": "redis://127.0.0.1:9"}
SECONDS = 60


def environment(**changes: str | None) -> dict[str, str]:
    """The tests' environment, changed; None takes a variable away."""
    merged = {"WHISPER_MODEL_DIR": str(settings.WHISPER_MODEL_DIR), **NOWHERE, **changes}
    return {name: value for name, value in {**os.environ, **merged}.items() if value is not None}


def manage(*words: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MANAGE, *words],
        env=environment(**changes),
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
        cwd="/",
    )


def services_here() -> dict[str, str]:
    """The addresses of the database the tests write to, and of their Redis."""
    here = connection.settings_dict
    return {
        "DATABASE_URL": f"postgres://{here['USER']}@/{here['HOST']}/{here['NAME']}",
        "REDIS_URL": settings.REDIS_URL,
    }


def assert_one_sentence(result: subprocess.CompletedProcess[str], words: str) -> None:
    """It failed as an operator wants it: status 1, a sentence, no traceback."""
    said = result.stderr.strip()
    assert words in said
    assert "Traceback" not in said
    assert len(said.splitlines()) == 1, said
    assert result.returncode == 1
    assert result.stdout == ""
