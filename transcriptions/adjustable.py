"""Which settings an operator may change while the site runs, and what may stand in each.

The environment gives their defaults. What cannot change under running processes, addresses and secrets and folders, is
not here.
"""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from transcriptions.engine import model_store
from transcriptions.engine.options import PRESETS


class Switch(forms.TypedChoiceField):
    """Yes or no, said: a box without a tick would be a value nobody has given."""

    def __init__(self) -> None:
        choices = [("true", _("yes")), ("false", _("no"))]
        super().__init__(choices=choices, coerce=lambda said: said in {"true", True})

    def clean(self, value: object) -> object:
        return super().clean(str(value).lower())


def _whole(least: int = 0, most: int = 2**53) -> forms.Field:
    return forms.IntegerField(min_value=least, max_value=most)


def _number(least: float = 0.0) -> forms.Field:
    return forms.FloatField(min_value=least, max_value=1e6)


def _one_of(*values: str) -> forms.Field:
    return forms.ChoiceField(choices=[(value, value) for value in values])


def _is_there(name: str) -> None:
    if name and not model_store.find(name, settings.WHISPER_MODEL_DIR):
        raise ValidationError(_("This model is not here. Run `manage.py fetch_model` first, on every machine."))


FIELDS: dict[str, forms.Field] = {
    "WHISPER_MODEL": forms.CharField(required=False, validators=[_is_there]),
    "WHISPER_PRESET": _one_of(*PRESETS),
    "MODEL_CACHE_TIMEOUT_MINUTES": _number(),
    "MAX_UPLOAD_BYTES": _whole(1),
    "MAX_DURATION_HOURS": _number(0.001),
    "MAX_FILES_PER_UPLOAD": _whole(1),
    "MAX_UPLOADS_PER_USER": _whole(),
    "MAX_BYTES_PER_USER": _whole(),
    "MAX_HOURS_PER_USER": _number(),
    "MAX_SHARDS_PER_USER": _whole(),
    "MAX_FOLLOWED_UPLOADS": _whole(),
    "MAX_FOLLOWED_UPLOADS_PER_USER": _whole(),
    "BULK_FROM": _whole(),
    "API_REQUESTS_PER_TOKEN": _whole(),
    "API_REQUESTS_PER_ADDRESS": _whole(),
    "ENABLE_TRANSCRIPTION_CACHE": Switch(),
    "CACHE_SCOPE": _one_of("everyone", "user"),
    "CACHE_MAX_SIZE": _whole(),
    "CACHE_MAX_BYTES": _whole(),
    "CACHE_TTL_HOURS": _number(),
    "KEEP_MEDIA": _one_of("original", "sound", "nothing"),
    "KEEP_MEDIA_DAYS": _whole(most=36_500),
    "EXPORT_KEEP_HOURS": _number(),
    "SIGNUP_OPEN": Switch(),
    "ALLOW_LINKS": Switch(),
    "ALLOW_SHARE_LINKS": Switch(),
    "BANNER": forms.CharField(required=False, max_length=500),
}
