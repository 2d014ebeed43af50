"""The h264 encoders that are known, and how frames are brought to each. Does not know which of them work: see hardware.

Every picture is encoded as 4:2:0 with 8 bits, which is what browsers play.
"""

from dataclasses import dataclass
from typing import Any

import ffmpeg as graph

VAAPI_DEVICE = "/dev/dri/renderD128"
# What drivers and their libraries are found by; nothing else of the environment reaches ffmpeg.
DRIVER_VARIABLES = (
    "LD_LIBRARY_PATH",
    "LIBVA_DRIVER_NAME",
    "LIBVA_DRIVERS_PATH",
    "CUDA_VISIBLE_DEVICES",
    "NVIDIA_VISIBLE_DEVICES",
    "ONEVPL_SEARCH_PATH",
)


@dataclass(frozen=True)
class Encoder:
    """name: ffmpeg's. title: people's. options: of the output. pixels: the frames it takes. device: they are uploaded
    to it first; empty where the encoder takes them from memory."""

    name: str
    title: str
    options: tuple[tuple[str, str], ...]
    pixels: str = "yuv420p"
    device: str = ""
    hardware: bool = True


# In the order of preference. The numbers ask each for about the quality of libx264 at crf 23; none has been compared.
HARDWARE = (
    Encoder("h264_nvenc", "CUDA (NVENC)", (("preset", "p4"), ("rc", "vbr"), ("cq", "25"), ("b:v", "0"))),
    Encoder("h264_videotoolbox", "VideoToolbox", (("b:v", "4M"),)),
    Encoder("h264_qsv", "QSV", (("global_quality", "25"),), pixels="nv12"),
    Encoder("h264_vaapi", "VAAPI", (("rc_mode", "CQP"), ("qp", "25")), pixels="nv12", device=VAAPI_DEVICE),
    Encoder("h264_amf", "AMF", (("rc", "cqp"), ("qp_i", "23"), ("qp_p", "25")), pixels="nv12"),
)
SOFTWARE = (
    Encoder("libx264", "x264", (("preset", "veryfast"), ("crf", "23")), hardware=False),
    Encoder("libopenh264", "OpenH264", (("b:v", "3M"),), hardware=False),
)


def brought(picture: Any, encoder: Encoder) -> Any:
    """The stream of frames, as the encoder takes them."""
    picture = picture.filter("format", encoder.pixels)
    return picture.filter("hwupload") if encoder.device else picture


def output_options(encoder: Encoder) -> dict[str, str]:
    return {"c:v": encoder.name, **dict(encoder.options)}


def command(program: str, output: Any, encoder: Encoder | None = None) -> list[str]:
    """ffmpeg's arguments: silent but for errors, nothing from standard input."""
    arguments = ["-nostdin", "-loglevel", "error"]
    if encoder and encoder.device:
        arguments += ["-vaapi_device", encoder.device]
    compiled: list[str] = graph.compile(output.global_args(*arguments), cmd=program, overwrite_output=True)
    return compiled
