"""The pages of an account in a browser: what is shown once is copied, the second factor is asked for, and a thumb hits
what it aims at."""

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from django.urls import reverse
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser import axe
from tests.browser.people import sign_in
from tests.people import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE: ViewportSize = {"width": 390, "height": 844}
A_THUMB = 44
PAGES = [
    "account",
    "account_email",
    "defaults",
    "tokens",
    "webhook",
    "your_data",
    "mfa_index",
    "mfa_view_recovery_codes",
]
SMALL = f"""() => [...document.querySelectorAll("main a, main button, main summary")]
    .filter((one) => one.getClientRects().length && one.getBoundingClientRect().height < {A_THUMB})
    .map((one) => one.outerHTML)"""


def confirm(tab: Page) -> None:
    tab.fill("input[name=password]", PASSWORD)
    tab.click("main button[type=submit]")


def test_a_new_token_is_copied(tab: Page, site: str) -> None:
    sign_in(tab, site)
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.goto(f"{site}/account/tokens/")
    tab.fill("input[name=name]", "Bazarr")
    tab.click("main form button[type=submit]")
    confirm(tab)
    expect(tab.locator("#made")).to_be_focused()
    tab.get_by_role("button", name="Copy").click()
    expect(tab.get_by_role("button", name="Copied")).to_be_visible()
    copied = tab.evaluate("navigator.clipboard.readText()")
    assert copied == tab.input_value("#made")
    assert copied.startswith("ts_")


def test_everything_is_large_enough_for_a_thumb(tab: Page, site: str) -> None:
    user = sign_in(tab, site)
    auth.TOTP.activate(user, auth.generate_totp_secret())
    RecoveryCodes.activate(user)
    tab.set_viewport_size(PHONE)
    tab.goto(f"{site}{reverse('account_reauthenticate')}")
    confirm(tab)
    problems = []
    for name in PAGES:
        tab.goto(f"{site}{reverse(name)}")
        problems += [f"{name}: {small}" for small in tab.evaluate(SMALL)]
        problems += [f"{name}: {found}" for found in axe.found(tab)]
    assert problems == [], "\n".join(problems)


def test_the_page_about_the_api_fits_a_phone_when_all_of_it_is_open(tab: Page, site: str) -> None:
    tab.set_viewport_size(PHONE)
    tab.goto(f"{site}{reverse('rest:docs')}")
    tab.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert tab.evaluate(SMALL) == []
