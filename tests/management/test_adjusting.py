"""Settings that an operator changes while the site runs: in the admin, checked, logged, without a restart."""

import asyncio
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django import forms
from django.conf import settings as of_the_environment
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from tests.conftest import Accept
from transcriptions import configuration
from transcriptions.adjustable import FIELDS
from transcriptions.configuration import current
from transcriptions.models import Setting, Transcript

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.adjusted]

ADD = "admin:transcriptions_setting_add"


@pytest.fixture
def staff(bob: User) -> Client:
    User.objects.filter(pk=bob.pk).update(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(bob)
    return client


def test_every_one_has_a_default_that_may_be_set() -> None:
    for name, field in FIELDS.items():
        default = getattr(of_the_environment, name)
        if name != "WHISPER_MODEL":
            assert field.clean(default) == default, name


@pytest.mark.parametrize(
    ("name", "given", "is_set"),
    [("BULK_FROM", "0", 0), ("BANNER", "", ""), ("SIGNUP_OPEN", "true", True), ("CACHE_TTL_HOURS", "1.5", 1.5)],
)
def test_what_is_set_holds_at_once_also_nothing(staff: Client, name: str, given: str, is_set: object) -> None:
    assert staff.post(reverse(ADD), {"name": name, "value": given}).status_code == 302
    assert getattr(current, name) == is_set
    assert type(getattr(current, name)) is type(is_set)
    row = Setting.objects.get()
    assert staff.post(reverse("admin:transcriptions_setting_delete", args=[row.pk]), {"post": "yes"}).status_code == 302
    assert getattr(current, name) == getattr(of_the_environment, name)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("MAX_UPLOAD_BYTES", "0"), ("MAX_UPLOAD_BYTES", "4 GB"), ("KEEP_MEDIA", "some"), ("SIGNUP_OPEN", ""),
        ("WHISPER_MODEL", "no-such-model"), ("WHISPER_PRESET", ""), ("SECRET_KEY", "x"), ("BANNER", "x" * 501),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(staff: Client, name: str, given: str) -> None:
    answer = staff.post(reverse(ADD), {"name": name, "value": given})
    assert answer.status_code == 200
    form: forms.Form = answer.context["adminform"].form
    assert form.errors
    assert not Setting.objects.exists()


def test_who_changed_what_is_kept(staff: Client, bob: User) -> None:
    staff.post(reverse(ADD), {"name": "BULK_FROM", "value": "5"})
    row = Setting.objects.get()
    staff.post(reverse("admin:transcriptions_setting_change", args=[row.pk]), {"name": "BULK_FROM", "value": "6"})
    said = [(entry.user, entry.get_change_message()) for entry in LogEntry.objects.order_by("pk")]
    assert said == [(bob, "Changed BULK_FROM: 20 → 5."), (bob, "Changed BULK_FROM: 5 → 6.")]


def test_others_see_it_after_some_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration, "AGAIN_SECONDS", 0.2)
    assert current.BULK_FROM == 20
    Setting.objects.create(name="BULK_FROM", value=3)
    assert current.BULK_FROM == 20
    time.sleep(0.3)
    assert current.BULK_FROM == 3


def test_an_event_loop_does_not_wait_for_it() -> None:
    Setting.objects.create(name="BULK_FROM", value=3)

    async def asked() -> int:
        until = time.monotonic() + 10
        while current.BULK_FROM != 3 and time.monotonic() < until:
            await asyncio.sleep(0.05)
        return int(current.BULK_FROM)

    assert asyncio.run(asked()) == 3


def test_a_database_that_is_away_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    Setting.objects.create(name="BULK_FROM", value=3)
    assert current.BULK_FROM == 3
    current.look_again()
    monkeypatch.setattr(Setting._meta, "db_table", "no_such_table")
    assert current.BULK_FROM == 3


def test_a_banner_stands_above_every_page(client: Client) -> None:
    Setting.objects.create(name="BANNER", value="Closed on <Monday>.")
    assert "Closed on &lt;Monday&gt;." in client.get(reverse("account_login")).content.decode()


def test_sign_up_opens_and_closes(client: Client, settings: Settings) -> None:
    settings.SIGNUP_OPEN = False
    closed = client.get(reverse("account_signup")).content
    Setting.objects.create(name="SIGNUP_OPEN", value=True)
    current.look_again()
    assert b"password1" in client.get(reverse("account_signup")).content
    assert b"password1" not in closed


def test_a_model_is_changed_in_the_middle_of_work(
    alice: User, staff: Client, accept: Accept, spoken: Path, long_spoken: Path, tmp_path: Path,
    work: Callable[[], None],
) -> None:  # fmt: skip
    before = configuration.model_name()
    other = shutil.copytree(configuration.model_key(before).folder, tmp_path / "other")
    old = accept(alice, long_spoken).transcript
    assert staff.post(reverse(ADD), {"name": "WHISPER_MODEL", "value": str(other)}).status_code == 302
    new = accept(alice, spoken).transcript
    work()
    for row, model in ((old, before), (new, str(other))):
        row.refresh_from_db()
        assert (row.state, row.options["model"]) == (Transcript.State.DONE, model)
