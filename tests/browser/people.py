"""Who sits before the browser."""

from django.conf import settings
from playwright.sync_api import Page

from accounts.models import User
from tests.people import person
from tests.web.conftest import signed_in


def sign_in(tab: Page, site: str, email: str = "carla@example.org") -> User:
    """Somebody who has an account already, and no need of the forms for that."""
    user = person(email)
    session = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
    tab.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site}])
    tab.goto(f"{site}/")
    return user
