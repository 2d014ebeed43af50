"""What a person may choose about what is kept: as much as the site keeps, or less."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import KeepMedia, User
from transcriptions.workflow.keep import FROM_LEAST


class KeepForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic while it runs
    class Meta:
        model = User
        fields = ("keep_media", "keep_media_days")
        help_texts: ClassVar = {"keep_media_days": gettext_lazy("From the upload on. Empty: as long as the site does.")}

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        site = KeepMedia(settings.KEEP_MEDIA)
        allowed = FROM_LEAST[: FROM_LEAST.index(site) + 1]
        as_the_site = _("as the site does: %(what)s") % {"what": site.label}
        choices = [("", as_the_site), *((kind.value, kind.label) for kind in reversed(allowed))]
        self.fields["keep_media"] = forms.ChoiceField(
            label=self.fields["keep_media"].label, choices=choices, required=False
        )
        days = self.fields["keep_media_days"]
        days.widget.attrs["min"] = 1
        if settings.KEEP_MEDIA_DAYS:
            days.widget.attrs["max"] = settings.KEEP_MEDIA_DAYS

    def clean_keep_media_days(self) -> int | None:
        days: int | None = self.cleaned_data["keep_media_days"]
        most = settings.KEEP_MEDIA_DAYS
        if days and most and days > most:
            raise forms.ValidationError(_("Recordings are kept for at most %(days)s days here.") % {"days": most})
        return days or None
