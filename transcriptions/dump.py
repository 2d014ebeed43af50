"""The database as one file, by PostgreSQL's own programs, in pg_dump's custom format. Does not know what is in it.

pg_dump sees one moment of the database, whatever is written meanwhile; pg_restore does all of it or nothing.
"""

import os
import shutil
import subprocess
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient

SAID = 300  # characters of what a program complained of


class DumpError(Exception):
    """A sentence about why the database cannot be written to a file, or read from one."""


def write(file: Path) -> None:
    # Whoever restores it may be another user, who may not comment on extensions.
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--no-comments", f"--file={file}")


def read(file: Path) -> None:
    """Into an empty database."""
    words = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
    _run("pg_restore", *words, f"--dbname={connection.settings_dict['NAME']}", str(file))


def is_empty() -> bool:
    return not connection.introspection.table_names()


def _run(program: str, *words: str) -> None:
    found = shutil.which(program, path=f"{settings.POSTGRES_PROGRAMS}{os.pathsep}{os.environ.get('PATH', '')}")
    if not found:
        raise DumpError(f"There is no {program} here. Install PostgreSQL's client, or see --files.")
    ended = subprocess.run([found, *words], env=_environment(), capture_output=True, text=True, check=False)
    if ended.returncode:
        raise DumpError(f"{program} failed: {' '.join(ended.stderr.split())[-SAID:]}")


def _environment() -> dict[str, str]:
    """Where the database is, for libpq: the password is in no command line."""
    given = connection.settings_dict
    _, certificates = DatabaseClient.settings_to_cmd_args_env(given, [])
    where = {"PGHOST": given["HOST"], "PGPORT": given["PORT"], "PGUSER": given["USER"], "PGDATABASE": given["NAME"]}
    return {**os.environ, **(certificates or {}), **{name: str(value) for name, value in where.items() if value}}
