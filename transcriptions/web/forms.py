"""What a person may choose on their own pages."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, cast

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import ApiToken, KeepMedia, User
from transcriptions.configuration import current
from transcriptions.engine.options import LONGEST_TEXT
from transcriptions.web import contexts
from transcriptions.workflow.keep import FROM_LEAST


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic while it runs
    class Meta:
        model = User
        fields = ("name", "language")
        help_texts: ClassVar = {"name": gettext_lazy("Shown to others where you share or comment.")}

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        named = [(code, get_language_info(code)["name_local"].capitalize()) for code, _name in settings.LANGUAGES]
        self.fields["language"] = forms.ChoiceField(
            label=_("Language of these pages"), choices=[("", _("as the browser says")), *named], required=False
        )


class DefaultsForm(forms.Form):
    """What a recording is transcribed with where nothing else is chosen."""

    language = forms.ChoiceField(label=gettext_lazy("Spoken language"), required=False)
    preset = forms.ChoiceField(label=gettext_lazy("Quality"), required=False)
    hotwords = forms.CharField(
        label=gettext_lazy("Names and terms"),
        help_text=gettext_lazy("That often come in your recordings, separated by commas."),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    task = forms.BooleanField(label=gettext_lazy("Translate into English"), required=False)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        presets = dict(contexts.presets())
        as_the_site = _("as the site does: %(what)s") % {"what": presets[current.WHISPER_PRESET]}
        cast(forms.ChoiceField, self.fields["language"]).choices = [("", _("Detect it")), *contexts.languages()]
        cast(forms.ChoiceField, self.fields["preset"]).choices = [("", as_the_site), *presets.items()]

    @property
    def chosen(self) -> dict[str, str]:
        """Of engine.options.Options by name; without what is not chosen."""
        cleaned = {**self.cleaned_data, "task": "translate" if self.cleaned_data["task"] else ""}
        cleaned["hotwords"] = " ".join(cleaned["hotwords"].split())
        return {name: value for name, value in cleaned.items() if value}


class TokenForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=ApiToken._meta.get_field("name").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scope = forms.ChoiceField(
        label=gettext_lazy("What it may do"), choices=ApiToken.Scope.choices, initial=ApiToken.Scope.WRITE
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("How long it is valid"),
        choices={
            "30": gettext_lazy("30 days"),
            "90": gettext_lazy("90 days"),
            "365": gettext_lazy("a year"),
            "": gettext_lazy("until it is revoked"),
        },
        coerce=int,
        empty_value=None,
        initial="90",
        required=False,
    )

    def chosen(self, now: datetime) -> dict[str, Any]:
        """What `accounts.tokens.create` takes."""
        days = self.cleaned_data["days"]
        return {
            "name": self.cleaned_data["name"],
            "scope": ApiToken.Scope(self.cleaned_data["scope"]),
            "expires_at": now + timedelta(days=days) if days else None,
        }


class KeepForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic while it runs
    class Meta:
        model = User
        fields = ("keep_media", "keep_media_days")
        help_texts: ClassVar = {"keep_media_days": gettext_lazy("From the upload on. Empty: as long as the site does.")}

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        site = KeepMedia(current.KEEP_MEDIA)
        allowed = FROM_LEAST[: FROM_LEAST.index(site) + 1]
        as_the_site = _("as the site does: %(what)s") % {"what": site.label}
        choices = [("", as_the_site), *((kind.value, kind.label) for kind in reversed(allowed))]
        self.fields["keep_media"] = forms.ChoiceField(
            label=self.fields["keep_media"].label, choices=choices, required=False
        )
        days = self.fields["keep_media_days"]
        days.widget.attrs["min"] = 1
        if current.KEEP_MEDIA_DAYS:
            days.widget.attrs["max"] = current.KEEP_MEDIA_DAYS

    def clean_keep_media_days(self) -> int | None:
        days: int | None = self.cleaned_data["keep_media_days"]
        most = current.KEEP_MEDIA_DAYS
        if days and most and days > most:
            raise forms.ValidationError(_("Recordings are kept for at most %(days)s days here.") % {"days": most})
        return days or None
