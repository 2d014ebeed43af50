"""What a person may choose about what is kept, as much as the site keeps or less; and about a download."""

from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import KeepMedia, User
from transcriptions.configuration import current
from transcriptions.engine import shape
from transcriptions.workflow.keep import FROM_LEAST


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


class ShapeForm(forms.Form):
    """The query of a download. What is empty is as the language or the format has it."""

    line = forms.IntegerField(
        label=gettext_lazy("Characters in a line of subtitles"),
        min_value=shape.LINE[0],
        max_value=shape.LINE[1],
        required=False,
    )
    lines = forms.IntegerField(
        label=gettext_lazy("Lines of subtitles at once"),
        min_value=shape.LINES[0],
        max_value=shape.LINES[1],
        required=False,
    )
    words = forms.IntegerField(
        label=gettext_lazy("Words of subtitles at once, at most"),
        min_value=shape.WORDS[0],
        max_value=shape.WORDS[1],
        required=False,
    )
    offset = forms.FloatField(
        label=gettext_lazy("Seconds later, or earlier with a minus"),
        min_value=shape.OFFSET_SECONDS[0],
        max_value=shape.OFFSET_SECONDS[1],
        required=False,
    )
    flow = forms.ChoiceField(
        label=gettext_lazy("Text of txt, docx and pdf"),
        choices=[
            ("", gettext_lazy("as usual")),
            ("lines", gettext_lazy("one line for each sentence")),
            ("paragraphs", gettext_lazy("paragraphs")),
            ("plain", gettext_lazy("all in one, txt alone")),
        ],
        required=False,
    )
    times = forms.ChoiceField(
        label=gettext_lazy("Times in txt, docx and pdf"),
        choices=[("", gettext_lazy("without")), ("1", gettext_lazy("with"))],
        required=False,
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="shape-%s", label_suffix="")

    def shape(self) -> shape.Shape:
        chosen = self.cleaned_data
        return shape.Shape(
            line=chosen["line"],
            lines=chosen["lines"],
            words=chosen["words"],
            offset=chosen["offset"] or 0.0,
            times=bool(chosen["times"]),
            flow=chosen["flow"] or None,
        )

    def sentence(self) -> str:
        """What is wrong with the first that is."""
        name, errors = next(iter(self.errors.items()))
        return f"{self.fields[name].label}: {errors[0]}"
