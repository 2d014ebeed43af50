"""Which device and number format to recognise on. Imports CUDA's world only where there is an NVIDIA driver."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from transcriptions.engine.cores import usable_cores

FLOAT16_BYTES = 4 * 1024**3  # large-v3-turbo with its batches in float16; below it, int8_float16
NVIDIA_DRIVER = Path("/proc/driver/nvidia/version")
MOST_WINDOWS = {"cpu": 16, "cuda": 32}  # a batch; on a CPU more costs memory and saves little
CPU_BYTES, CPU_SHARE = 384 * 1024**2, 0.25  # for all batches on a CPU; what a window takes of the model's file's size
MOST_SLOTS = 4  # batches at the same time on a CPU
UNKNOWN_WINDOWS = 8  # on a GPU that does not say how much memory is free
WINDOW_BYTES, WINDOW_SHARE = 96 * 1024**2, 0.08  # what a window takes, and how that grows with the model's file


@dataclass(frozen=True)
class Device:
    """As CTranslate2 names them: "cpu" or "cuda", and "int8", "float16", "int8_float16", ...; `index` counts GPUs."""

    name: str
    compute_type: str
    index: int = 0

    def __str__(self) -> str:
        return f"{self.name}{f':{self.index}' if self.index else ''}, {self.compute_type}"


@dataclass(frozen=True)
class DeviceFacts:
    cuda_devices: int = 0
    free_bytes: int = 0


def facts(index: int = 0) -> DeviceFacts:
    """Of this machine, and of its GPU of that number. On one without an NVIDIA driver nothing is imported."""
    if not NVIDIA_DRIVER.exists():
        return DeviceFacts()
    import ctranslate2  # noqa: PLC0415 - heavy, and pointless without a driver

    devices = ctranslate2.get_cuda_device_count()
    return DeviceFacts(cuda_devices=devices, free_bytes=_free_bytes(index) if index < devices else 0)


def _free_bytes(index: int) -> int:
    try:
        import torch  # noqa: PLC0415 - the gpu extra
    except ImportError:
        return 0
    return int(torch.cuda.mem_get_info(index)[0])


def choose(device: str, compute_type: str, index: int = 0, gather: Callable[[int], DeviceFacts] = facts) -> Device:
    """Fill in "auto": the GPU if there is one; int8 on a CPU, on a GPU float16 where it has the room."""
    known = gather(index) if "auto" in {device, compute_type} and device != "cpu" else DeviceFacts()
    if device == "auto":
        device = "cuda" if known.cuda_devices else "cpu"
    if compute_type == "auto":
        roomy = known.free_bytes >= FLOAT16_BYTES
        compute_type = "int8" if device == "cpu" else "float16" if roomy else "int8_float16"
    return Device(device, compute_type, 0 if device == "cpu" else index)


def slots(device: Device, cores: int | None = None) -> int:
    """Batches decoded at the same time. On a CPU, threads that share a batch wait for each other at every step: a core
    a batch costs a sixth less CPU and a third less time."""
    return min(MOST_SLOTS, cores or usable_cores()) if device.name == "cpu" else 1


def windows_a_batch(device: Device, model_bytes: int, gather: Callable[[int], DeviceFacts] = facts) -> int:
    """How many windows a batch may have, asked once the model is loaded. An estimate: see batching for a wrong one.

    model_bytes: the size of the model's file.
    """
    most = MOST_WINDOWS[device.name]
    if device.name == "cpu":
        return max(1, min(most, int(CPU_BYTES / (CPU_SHARE * model_bytes)) // slots(device)))
    free = gather(device.index).free_bytes
    room = int(free / (WINDOW_BYTES + WINDOW_SHARE * model_bytes))
    return max(1, min(most, room)) if free else UNKNOWN_WINDOWS


def default_model(device: Device) -> str:
    return "base" if device.name == "cpu" else "large-v3-turbo"
