"""Locks in the database that belong to no row: PostgreSQL's advisory locks, by name."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def alone(name: str) -> Iterator[bool]:
    """Says whether nobody else is in a block of this name; waits for nobody. Ends with the connection, too."""
    mine = _ask("pg_try_advisory_lock", name)
    try:
        yield mine
    finally:
        if mine:
            _ask("pg_advisory_unlock", name)


def hold(name: str) -> None:
    """Wait until nobody else holds this name, and hold it until the transaction ends. Before any lock of a row."""
    _ask("pg_advisory_xact_lock", name)


def _ask(function: str, name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [name])
        (answer,) = cursor.fetchone()
    return bool(answer)
