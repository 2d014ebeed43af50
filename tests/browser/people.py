"""Who sits before the browser."""

from django.conf import settings
from playwright.sync_api import Page

from accounts.models import User
from tests.conftest import PASSWORD
from tests.web.conftest import signed_in


def sign_in(tab: Page, site: str, email: str = "carla@example.org") -> User:
    """Somebody who has an account already, and no need of the forms for that."""
    user = User.objects.create_user(email=email, password=PASSWORD)
    session = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
    tab.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site}])
    tab.goto(f"{site}/")
    return user
