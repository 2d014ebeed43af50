from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TranscriptionsConfig(AppConfig):
    name = "transcriptions"
    verbose_name = _("Transcriptions")

    def ready(self) -> None:
        import_module("transcriptions.checks")
