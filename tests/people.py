"""Who has an account in tests."""

from functools import cache

from django.contrib.auth.hashers import get_hasher, make_password

from accounts.models import User

PASSWORD = "correct horse battery"


def person(email: str) -> User:
    """Their password is PASSWORD, hashed once in each way: each time takes half a second of a processor."""
    user = User.objects.create_user(email=email, password=None)
    user.password = _hashed(get_hasher().algorithm)
    user.save()
    return user


@cache
def _hashed(algorithm: str) -> str:
    return make_password(PASSWORD, hasher=algorithm)
