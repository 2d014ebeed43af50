"""What a person may choose about a download."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from transcriptions.engine import shape

FLOWS = {
    "lines": gettext_lazy("one line for each sentence"),
    "paragraphs": gettext_lazy("paragraphs"),
    "plain": gettext_lazy("all in one line (only txt)"),
}


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
        label=gettext_lazy("Delay in seconds (negative: earlier)"),
        min_value=shape.OFFSET_SECONDS[0],
        max_value=shape.OFFSET_SECONDS[1],
        required=False,
    )
    flow = forms.ChoiceField(
        label=gettext_lazy("Text of txt, docx and pdf"),
        choices=[("", gettext_lazy("as the format has it")), *FLOWS.items()],
        required=False,
    )
    times = forms.ChoiceField(
        label=gettext_lazy("Times in txt, docx and pdf"),
        choices=[("", gettext_lazy("without")), ("1", gettext_lazy("with"))],
        required=False,
    )

    speakers = forms.ChoiceField(
        label=gettext_lazy("Names of the speakers"),
        choices=[("1", gettext_lazy("with, where somebody gave them")), ("0", gettext_lazy("without"))],
        required=False,
    )
    original = forms.ChoiceField(
        label=gettext_lazy("Text"),
        choices=[("", gettext_lazy("as corrected")), ("1", gettext_lazy("as recognised"))],
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
            speakers=chosen["speakers"] != "0",
        )

    def sentence(self) -> str:
        """What is wrong with the first that is."""
        name, errors = next(iter(self.errors.items()))
        return f"{self.fields[name].label}: {errors[0]}"
