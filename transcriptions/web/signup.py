"""What allauth asks the site about accounts: whether somebody may sign up is a setting that changes while it runs."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from transcriptions.configuration import current


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(current.SIGNUP_OPEN)
