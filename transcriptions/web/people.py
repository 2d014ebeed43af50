"""What people are called before somebody who reads with them. Addresses are for the owner and whom the owner named."""

from django.utils.translation import gettext as _

from accounts.models import User
from transcriptions.web.access import Reader


def name(user: User, reader: Reader) -> str:
    if named := user.get_full_name():
        return named
    if reader.sees_names or user == reader.user:
        return user.email
    return _("The owner") if user.pk == reader.entry.user_id else _("Somebody with an account")
