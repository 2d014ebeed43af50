"""What may be forgotten does not wait for the disk; what comes after it does."""

import pytest
from django.db import connection

from accounts.models import User
from transcriptions.forgettable import forgettable

pytestmark = pytest.mark.django_db(transaction=True)


def waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        return bool(cursor.fetchone()[0] == "on")


def test_it_is_written_without_waiting_and_the_next_write_waits_again(alice: User) -> None:
    with forgettable():
        User.objects.filter(pk=alice.pk).update(keep_media="sound")
        assert not waits()
    alice.refresh_from_db()
    assert (alice.keep_media, waits()) == ("sound", True)
