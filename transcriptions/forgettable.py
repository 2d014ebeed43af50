"""Writes that nobody misses: seen by all at once, and on the disk with the next write that somebody would miss, or
within a second. A PostgreSQL that is killed before that has forgotten them.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def forgettable() -> Iterator[None]:
    """What the block writes, in a transaction of its own. For what is soon written again: that somebody is alive."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")
        yield
