"""Workers, and what they are told."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from transcriptions.admin.rows import ReadOnly
from transcriptions.models import ModelWish, WorkerProcess
from transcriptions.workflow import versions, wishes


def _models() -> list[tuple[str, Any]]:
    return [("", _("the one that is set; to unload, all")), *((name, name) for name in versions.models())]


class ModelForm(ActionForm):
    """The model that an action is about."""

    model = forms.ChoiceField(required=False, label=_("Model:"), choices=_models)


@admin.register(WorkerProcess)
class WorkerProcessAdmin(ReadOnly):
    """What each holds. Its models are loaded and unloaded by itself, as it is told."""

    list_display = (
        "name", "kind", "host", "pid", "build", "models_held", "memory", "model_loads", "model_uses", "jobs_done",
        "started_at", "beat_at",
    )  # fmt: skip
    list_filter = ("kind", "host")
    search_fields = ("name", "host", "=pid")
    ordering = ("kind", "name")
    action_form = ModelForm
    actions = ("load", "unload")

    @admin.display(description=_("memory"))
    def memory(self, worker: WorkerProcess) -> str:
        return filesizeformat(worker.figures.get("resident_bytes", 0))

    @admin.action(description=_("Load a model, before somebody waits for it"))
    def load(self, request: HttpRequest, queryset: QuerySet[WorkerProcess]) -> None:
        self._ask(request, queryset, ModelWish.Kind.LOAD)

    @admin.action(description=_("Unload models, once nobody uses them"))
    def unload(self, request: HttpRequest, queryset: QuerySet[WorkerProcess]) -> None:
        self._ask(request, queryset, ModelWish.Kind.UNLOAD)

    def _ask(self, request: HttpRequest, queryset: QuerySet[WorkerProcess], kind: ModelWish.Kind) -> None:
        model = request.POST.get("model", "")
        asked = wishes.ask(workers=queryset, kind=kind, model=model, now=timezone.now())
        self.log_change_of_each(request, asked, f"{kind}: {model}".rstrip(": "))
        said = ngettext("%(count)d worker is told.", "%(count)d workers are told.", len(asked))
        self.message_user(request, said % {"count": len(asked)})


@admin.register(ModelWish)
class ModelWishAdmin(ReadOnly):
    """Deleting one that is not done yet takes it back."""

    list_display = ("id", "kind", "model", "worker", "asked_at", "attempts", "done_at", "error")
    list_filter = ("kind", "host", "asked_at", "done_at")
    search_fields = ("model", "worker")
    ordering = ("-id",)
