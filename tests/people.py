"""Who has an account in tests."""

from functools import cache

from django.contrib.auth.hashers import make_password

from accounts.models import User

PASSWORD = "correct horse battery"


def person(email: str) -> User:
    """Their password is PASSWORD, hashed once: each time takes half a second of a processor."""
    user = User.objects.create_user(email=email, password=None)
    user.password = _hashed()
    user.save()
    return user


@cache
def _hashed() -> str:
    return make_password(PASSWORD)
