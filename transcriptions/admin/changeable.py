"""Settings that change while it runs."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from transcriptions.adjustable import FIELDS
from transcriptions.configuration import current
from transcriptions.models import Setting


class SettingForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic while it runs
    name = forms.ChoiceField(choices=[(name, name) for name in FIELDS])
    value = forms.CharField(required=False, help_text=_("nothing is a value, too; to have the default, delete the row"))

    class Meta:
        model = Setting
        fields = ("name", "value")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "name" in cleaned:
            try:
                cleaned["value"] = FIELDS[cleaned["name"]].clean(cleaned.get("value"))
            except ValidationError as error:
                self.add_error("value", error)
        return cleaned


@admin.register(Setting)
class SettingAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic while it runs
    """What is set here holds in every process within seconds; its history says who changed what."""

    form = SettingForm
    list_display = ("name", "value", "default")
    list_filter = ("name",)
    search_fields = ("name",)
    ordering = ("name",)

    @admin.display(description=_("in the environment"))
    def default(self, setting: Setting) -> str:
        return repr(getattr(settings, setting.name, None))

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        before = repr(getattr(settings, form.instance.name)) if add else repr(form.initial.get("value"))
        return [{"changed": {"fields": [f"{form.instance.name}: {before} → {form.instance.value!r}"]}}]

    def save_model(self, request: HttpRequest, obj: Setting, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        current.look_again()

    def delete_model(self, request: HttpRequest, obj: Setting) -> None:
        super().delete_model(request, obj)
        current.look_again()
