"""This host: room on its disks, memory, GPUs, ffmpeg and what it encodes with, the model's files."""

import struct
from pathlib import Path

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from transcriptions import configuration, machine, storage
from transcriptions.engine import model_store
from transcriptions.health.values import Finding, bad, good, warning

NEARLY = 2  # times MIN_FREE_BYTES: the disk is nearly full
LITTLE_MEMORY = 0.05  # of it
MODEL_KIND = b"WhisperSpec"  # CTranslate2 writes it behind its version and the length of the name


def disk() -> Finding:
    free = storage.free_bytes()
    said = format_lazy(_("{free} are free."), free=filesizeformat(free))
    todo = _(
        "Make room: `manage.py cleanup_temp`, KEEP_MEDIA, a larger disk. Below MIN_FREE_BYTES nothing is taken in."
    )
    if not storage.has_room():
        return bad(said, todo)
    return warning(said, todo) if free < NEARLY * settings.MIN_FREE_BYTES else good(said)


def memory() -> Finding:
    try:
        found = machine.memory()
    except machine.Unknown:
        return good(_("This system does not tell."))
    free, total = filesizeformat(found.free_bytes), filesizeformat(found.total_bytes)
    said = format_lazy(_("{free} of {total} can be had."), free=free, total=total)
    if found.free_bytes < LITTLE_MEMORY * found.total_bytes:
        return warning(said, _("Take a smaller model, fewer workers on this host, or more memory."))
    return good(said)


def gpu() -> Finding:
    """One that should be there and is not is bad; a host without one is well."""
    found = machine.gpus()
    if found:
        each = ((one.name, filesizeformat(one.used_bytes), filesizeformat(one.total_bytes)) for one in found)
        return good(", ".join(f"{name} ({used} / {total})" for name, used, total in each))
    if settings.WHISPER_DEVICE == "cuda":
        return warning(
            _("There is no GPU on this host, and WHISPER_DEVICE is cuda."),
            _("Where speech workers run here, install NVIDIA's driver, or set WHISPER_DEVICE=auto."),
        )
    return good(_("None; recognition uses the processor."))


def ffmpeg() -> Finding:
    missing = [name for name in ("ffmpeg", "ffprobe") if not configuration.program(name)]
    if missing:
        said = format_lazy(_("There is no {names} on this host."), names=", ".join(missing))
        return bad(said, _("Run `make install`, or install ffmpeg. No file can be taken in without it."))
    walls = configuration.ffmpeg().without_network
    apart = _("without a way to the network") if walls else _("this host does not let it be kept off the network")
    return good(format_lazy("{program}, {apart}", program=configuration.program("ffmpeg"), apart=apart))


def encoders() -> Finding:
    try:
        found = configuration.found_hardware()
    except OSError:
        return warning(_("Without an ffmpeg nothing is encoded."), _("See what is said of ffmpeg."))
    usable = ", ".join(encoder.name for encoder in found.encoders())
    if not usable:
        return warning(
            format_lazy(_("ffmpeg {version} encodes no h264."), version=found.version),
            _("Install an ffmpeg that was built with libx264. Until then no videos are made; transcripts are."),
        )
    return good(format_lazy("ffmpeg {version}: {usable}", version=found.version, usable=usable))


def model() -> Finding:
    name = configuration.model_name()
    folder = model_store.find(name, settings.WHISPER_MODEL_DIR)
    if not folder:
        return bad(
            format_lazy(_("The model {name} is not whole in {folder}."), name=name, folder=settings.WHISPER_MODEL_DIR),
            format_lazy(_("Run `manage.py fetch_model {name}`, or set WHISPER_MODEL or WHISPER_MODEL_DIR."), name=name),
        )
    if not _is_whisper(folder / "model.bin"):
        return bad(
            format_lazy(_("{folder}/model.bin is no Whisper model for CTranslate2."), folder=folder),
            _("Remove the folder and fetch the model again."),
        )
    return good(format_lazy("{name} ({folder})", name=name, folder=folder))


def _is_whisper(file: Path) -> bool:
    with file.open("rb") as opened:
        start = opened.read(struct.calcsize("<IH") + len(MODEL_KIND))
    return start.endswith(MODEL_KIND)
