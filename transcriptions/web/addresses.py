"""How somebody asks for another e-mail address."""

from typing import Any

from allauth.account.forms import AddEmailForm
from allauth.account.models import EmailAddress
from django.db import transaction
from django.http import HttpRequest


class AddressForm(AddEmailForm):  # type: ignore[misc]
    def save(self, request: HttpRequest) -> Any:
        """allauth takes what is not confirmed for an earlier wish, and removes it. Where no mail is sent, that can be
        the address in use, and the account would be left with none: meanwhile it counts as confirmed.
        """
        with transaction.atomic():
            rows = EmailAddress.objects.filter(user=self.user, email__iexact=self.user.email, verified=False)
            own = list(rows.order_by("pk").values_list("pk", flat=True))
            EmailAddress.objects.filter(pk__in=own).update(verified=True)
            wanted = super().save(request)
            EmailAddress.objects.filter(pk__in=own).update(verified=False)
        return wanted
