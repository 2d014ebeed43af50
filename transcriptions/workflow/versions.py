"""Which version of a model is in use, told by the workers that have it: another version gives another text.

The web need not have the models; it asks the row.
"""

from contextlib import suppress
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from transcriptions import configuration
from transcriptions.engine import model_store
from transcriptions.models import ModelVersion


def known(name: str) -> str:
    """ "" where no worker has told yet and the model is not on this machine either."""
    told = _told(name)
    if not told:
        with suppress(model_store.ModelError):
            tell(name, configuration.model_key(name).folder)
    return told or _told(name)


def models() -> list[str]:
    """The names of those that can be had here: this installation's own first, then what is in this machine's model
    folder, then what workers have told of."""
    told = ModelVersion.objects.order_by("name").values_list("name", flat=True)
    return list(dict.fromkeys([configuration.model_name(), *model_store.installed(settings.WHISPER_MODEL_DIR), *told]))


def tell(name: str, folder: Path) -> None:
    """Cheap from the second time on: only a changed file is read again."""
    version = _version(folder, (folder / "model.bin").stat().st_mtime_ns)
    if _told(name) != version:
        ModelVersion.objects.update_or_create(name=name, defaults={"version": version, "seen_at": timezone.now()})


def _told(name: str) -> str:
    return ModelVersion.objects.filter(name=name).values_list("version", flat=True).first() or ""


@cache
def _version(folder: Path, changed_ns: int) -> str:
    return model_store.version(folder)
