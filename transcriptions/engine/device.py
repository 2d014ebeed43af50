"""Which device and number format to recognise on. Imports CUDA's world only where there is an NVIDIA driver."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

FLOAT16_BYTES = 4 * 1024**3  # large-v3-turbo with its batches in float16; below it, int8_float16
NVIDIA_DRIVER = Path("/proc/driver/nvidia/version")


@dataclass(frozen=True)
class Device:
    """As CTranslate2 names them: "cpu" or "cuda", and "int8", "float16", "int8_float16", ..."""

    name: str
    compute_type: str


@dataclass(frozen=True)
class DeviceFacts:
    cuda_devices: int = 0
    free_bytes: int = 0


def facts() -> DeviceFacts:
    """Of this machine. On one without an NVIDIA driver nothing is imported."""
    if not NVIDIA_DRIVER.exists():
        return DeviceFacts()
    import ctranslate2  # noqa: PLC0415 - heavy, and pointless without a driver

    devices = ctranslate2.get_cuda_device_count()
    return DeviceFacts(cuda_devices=devices, free_bytes=_free_bytes() if devices else 0)


def _free_bytes() -> int:
    try:
        import torch  # noqa: PLC0415 - the gpu extra
    except ImportError:
        return 0
    return int(torch.cuda.mem_get_info()[0])


def choose(device: str, compute_type: str, gather: Callable[[], DeviceFacts] = facts) -> Device:
    """Fill in "auto": the GPU if there is one; int8 on a CPU, on a GPU float16 where it has the room."""
    known = gather() if "auto" in {device, compute_type} and device != "cpu" else DeviceFacts()
    if device == "auto":
        device = "cuda" if known.cuda_devices else "cpu"
    if compute_type == "auto":
        roomy = known.free_bytes >= FLOAT16_BYTES
        compute_type = "int8" if device == "cpu" else "float16" if roomy else "int8_float16"
    return Device(device, compute_type)


def default_model(device: Device) -> str:
    return "base" if device.name == "cpu" else "large-v3-turbo"
