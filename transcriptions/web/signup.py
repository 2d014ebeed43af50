"""Whether somebody may sign up is a setting that changes while the site runs."""

from django.http import HttpRequest

from accounts import adapter
from transcriptions.configuration import current


class AccountAdapter(adapter.AccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(current.SIGNUP_OPEN)
