"""axe finds nothing on any page, on a wide screen and on a phone, light and dark. A new page is added to the list."""

import uuid
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize, expect

from accounts import tokens
from accounts.models import User
from tests.browser import axe
from tests.browser.people import sign_in
from tests.browser.test_journey import upload
from tests.people import PASSWORD
from transcriptions.models import Transcription
from transcriptions.workflow import takeout

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FOR_EVERYBODY = ["account_login", "account_signup", "account_reset_password", "rest:docs"]
OF_A_PERSON = [
    "history",
    "record",
    "account",
    "account_email",
    "account_reauthenticate",
    "account_change_password",
    "defaults",
    "mfa_index",
    "mfa_activate_totp",
    "sessions",
    "tokens",
    "webhook",
    "your_data",
    "search",
]
OF_AN_ENTRY = ["transcript", "sharing"]
OF_STAFF = ["styleguide", "status"]
LOOKS: list[tuple[str, ViewportSize]] = [
    ("light", {"width": 1440, "height": 900}),
    ("dark", {"width": 390, "height": 844}),
]


def look_at(tab: Page, address: str) -> list[str]:
    """Whatever keeps somebody out, in every look."""
    problems = []
    for scheme, size in LOOKS:
        tab.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its words
        tab.set_viewport_size(size)
        tab.goto(address)
        problems += [f"{tab.url}, {scheme}: {problem}" for problem in axe.found(tab)]
        if not tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
            problems.append(f"{tab.url}, {size['width']}: scrolls sideways")
    return problems


def addresses(names: list[str], *arguments: uuid.UUID) -> list[str]:
    return [reverse(name, args=arguments) for name in names]


def test_nobody_is_kept_out(tab: Page, site: str, spoken: Path) -> None:
    problems = [problem for path in addresses(FOR_EVERYBODY) for problem in look_at(tab, site + path)]
    sign_in(tab, site)
    upload(tab, spoken)
    tab.wait_for_url("**/t/**")
    expect(tab.locator(".state.done")).to_be_visible()
    user = User.objects.get()
    tokens.create(user=user, name="script", now=timezone.now())
    takeout.ask(user=user, now=timezone.now())
    tab.goto(f"{site}{reverse('account_reauthenticate')}")
    tab.fill("input[name=password]", PASSWORD)
    tab.click("main button[type=submit]")
    own = addresses(OF_A_PERSON) + addresses(OF_AN_ENTRY, Transcription.objects.get().pk)
    problems += [problem for path in own for problem in look_at(tab, site + path)]
    User.objects.update(is_staff=True)
    problems += [problem for path in addresses(OF_STAFF) for problem in look_at(tab, site + path)]
    assert problems == [], "\n".join(problems)
