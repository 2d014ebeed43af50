"""PostgreSQL, its tables, Redis, the storage."""

import os
import socket

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from transcriptions import configuration, storage
from transcriptions.health.values import Finding, bad, good

SAMPLE = b"Is anybody there?"


def database() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            (version,) = cursor.fetchone()
    except Error as error:
        return bad(
            format_lazy(_("PostgreSQL does not answer: {error}"), error=_line(error)),
            _("Start PostgreSQL, or see whether DATABASE_URL leads to it. Nothing works without it."),
        )
    return good(format_lazy("PostgreSQL {version}", version=version))


def migrations() -> Finding:
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error as error:
        return bad(_line(error), _("See what is said of the database."))
    if plan:
        first = f"{plan[0][0].app_label}.{plan[0][0].name}"
        said = format_lazy(_("{count} migrations are missing, from {first} on."), count=len(plan), first=first)
        return bad(said, _("Run `manage.py migrate`."))
    return good(_("Every table is as this version wants it."))


def redis() -> Finding:
    try:
        server = configuration.redis().info("server")
    except RedisError as error:
        return bad(
            format_lazy(_("Redis does not answer: {error}"), error=_line(error)),
            _("Start Redis or Valkey, or see whether REDIS_URL leads to it. No work is lost meanwhile."),
        )
    version = server.get("valkey_version") or server["redis_version"]
    return good(format_lazy("{name} {version}", name=server.get("server_name", "redis"), version=version))


def stored() -> Finding:
    """Writes a few bytes, reads them, and removes them."""
    key = f"health/{socket.gethostname()}-{os.getpid()}"
    try:
        storage.write(key, SAMPLE)
        read = storage.read(key, 0, len(SAMPLE))
        storage.delete(key)
    except (storage.Unavailable, OSError) as error:
        return bad(
            format_lazy(_("The storage cannot be written: {error}"), error=_line(error)),
            _("See whether STORAGE_URL is right, the folder is mounted and may be written, and the disk has room."),
        )
    if read != SAMPLE:
        return bad(_("The storage gives back other bytes than it was given."), _("Stop the site and look at its disk."))
    return good(_("A byte written was read again."))


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
