"""Recordings made for the tests: espeak-ng speaks, the wave module writes, ffmpeg turns them into anything."""

import _ctypes
import ctypes
import subprocess
import wave
from functools import cache
from pathlib import Path
from typing import Any

import espeakng_loader

from transcriptions import configuration

RATE = 22_050  # Hz, espeak-ng's own
SYNCHRONOUS_RETRIEVAL = 2
UTF8 = 1
SPEED = 1  # espeak_RATE, in words a minute

_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


@cache
def speak(text: str, voice: str = "en-us", words_per_minute: int = 140) -> bytes:
    """Mono s16le at RATE."""
    spoken = bytearray()

    def take(samples: Any, count: int, events: object) -> int:
        if samples and count:
            spoken.extend(ctypes.string_at(samples, count * 2))
        return 0

    callback = _Callback(take)  # kept alive as long as it may be called

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    # Loaded anew each time: it keeps a state, by which a sentence sounds otherwise after another one.
    library.espeak_Initialize(SYNCHRONOUS_RETRIEVAL, 500, espeakng_loader.get_data_path().encode(), 0)
    library.espeak_SetSynthCallback(callback)
    library.espeak_SetVoiceByName(voice.encode())
    library.espeak_SetParameter(SPEED, words_per_minute, 0)
    encoded = text.encode() + b"\0"
    library.espeak_Synth(encoded, len(encoded), 0, 0, 0, UTF8, None, None)
    library.espeak_Synchronize()
    library.espeak_Terminate()
    _ctypes.dlclose(library._handle)
    return bytes(spoken)


def silence(seconds: float) -> bytes:
    return bytes(int(seconds * RATE) * 2)


def write_wav(path: Path, pcm: bytes) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(pcm)
    return path


def convert(source: Path, target: Path, *arguments: str) -> Path:
    """ffmpeg, by the ending of the target's name."""
    return make(target, "-i", str(source), *arguments)


def make(target: Path, *arguments: str) -> Path:
    """The same, of any inputs."""
    command = [configuration.ffmpeg().ffmpeg, "-nostdin", "-v", "error", "-y", *arguments, str(target)]
    subprocess.run(command, check=True)
    return target
