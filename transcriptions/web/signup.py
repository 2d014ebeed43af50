"""What allauth and its pages ask the site about accounts: whether somebody may sign up is a setting that changes while
it runs, and without a mail server no page says that a mail was sent."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest

from transcriptions.configuration import current


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(current.SIGNUP_OPEN)


def ways_in(request: HttpRequest) -> dict[str, bool]:
    """A context processor."""
    return {"sends_mail": bool(settings.EMAIL_URL), "signup_open": bool(current.SIGNUP_OPEN)}
