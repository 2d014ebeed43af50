"""Database work beside the event loop."""

from collections.abc import Callable
from typing import TypeVar

from asgiref.sync import sync_to_async
from django.db import connection

Result = TypeVar("Result")


async def in_thread(work: Callable[[], Result]) -> Result:
    """Run database work beside the event loop and give its connection back at once."""

    def run() -> Result:
        try:
            return work()
        finally:
            connection.close()

    return await sync_to_async(run, thread_sensitive=False)()
