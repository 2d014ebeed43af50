"""What an owner says of a share, and a guest who opens one."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from transcriptions.models import Level


class ShareForm(forms.Form):
    """Of either kind."""

    ids = ""

    level = forms.TypedChoiceField(
        label=gettext_lazy("They may"), choices=Level.choices, coerce=lambda value: Level(int(value)), empty_value=None
    )
    until = forms.DateField(
        label=gettext_lazy("Until the end of"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Empty: until you revoke it."),
    )
    can_download = forms.BooleanField(label=gettext_lazy("They may download the text"), required=False)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{"label_suffix": "", "auto_id": f"{self.ids}-%s", **options})

    def clean_until(self) -> datetime | None:
        """The moment after that day."""
        day = self.cleaned_data["until"]
        if day is None:
            return None
        if day < timezone.localdate():
            raise forms.ValidationError(_("This day is over."))
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))

    def given(self) -> dict[str, Any]:
        """As the workflow takes it."""
        chosen = dict(self.cleaned_data)
        until = chosen.pop("until")
        return {**chosen, "expires_at": until}


class LinkForm(ShareForm):
    ids = "link"
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Empty: whoever has the link comes in. Tell it another way than the link."),
    )
    field_order = ("level", "password", "until", "can_download")

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if password:
            validate_password(password)
        return password


class AccountForm(ShareForm):
    ids = "account"
    address = forms.EmailField(label=gettext_lazy("E-mail address of their account"), max_length=254)
    field_order = ("address", "level", "until", "can_download")


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
