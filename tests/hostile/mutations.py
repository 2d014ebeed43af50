"""Damage to a file's bytes: chosen by a random.Random, told in words. Pure.

Knows no format, only where headers tend to have their numbers: beside names of four letters, and in the first bytes.
"""

import re
from collections.abc import Callable, Mapping
from random import Random

MOST = 4  # mutations of one file
LONGEST_PART = 4096  # bytes that are dropped, repeated or taken from another file at a time
HEAD = 256
BYTES = (0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF)
# Lengths, counts and rates that are nothing, negative, at an edge or more than there is memory.
NUMBERS = (0, 1, 2, 7, 0xFF, 0xFFFF, 0x10000, 0x00FFFFFF, 0x40000000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
WIDTHS = (1, 2, 3, 4, 8)
NAMES = (
    b"RIFF", b"WAVE", b"fmt ", b"data", b"fact", b"LIST", b"avih", b"strh", b"strf", b"movi", b"idx1",
    b"ftyp", b"moov", b"mvhd", b"trak", b"tkhd", b"mdhd", b"hdlr", b"stsd", b"mp4a", b"esds", b"stts", b"stsc", b"stsz",
    b"stco", b"elst", b"moof", b"tfhd", b"trun", b"mdat",
    b"ID3", b"TIT2", b"Xing", b"Info", b"LAME", b"OggS", b"OpusHead", b"OpusTags", b"fLaC", b"\x7fFLAC",
    b"FORM", b"COMM", b"SSND", b"caff", b"desc", b"pakt", b".snd", b"wvpk", b"#!AMR", b"riff",
    b"\x1a\x45\xdf\xa3", b"\x15\x49\xa9\x66", b"\x16\x54\xae\x6b", b"\x1f\x43\xb6\x75", b"\x1c\x53\xbb\x6b",  # EBML
    b"\xa1\xdc\xab\x8c", b"\x91\x07\xdc\xb7", b"\x40\x9e\x69\xf8", b"\x36\x26\xb2\x75",  # ASF's GUIDs
    b"\x47\x40\x00", b"\x47\x41\x00", b"\x47\x50\x00", b"\xff\xf1", b"\xff\xfb",  # packets of MPEG-TS, AAC, MP3
)  # fmt: skip

Mutated = tuple[bytes, str]
Mutation = Callable[[bytes, Mapping[str, bytes], Random], Mutated]


def mutate(name: str, seeds: Mapping[str, bytes], rng: Random) -> tuple[bytes, tuple[str, ...]]:
    """One to MOST mutations of a seed, and what they were. The same rng on the same seeds gives the same bytes."""
    content, told = seeds[name], []
    for mutation in rng.choices(list(WEIGHTS), weights=list(WEIGHTS.values()), k=rng.randint(1, MOST)):
        if content:
            content, words = mutation(content, seeds, rng)
            told.append(words)
    return content, tuple(told)


def _flip_bits(content: bytes, seeds: Mapping[str, bytes], rng: Random) -> Mutated:
    damaged = bytearray(content)
    places = [rng.randrange(len(content)) for _ in range(rng.choice((1, 1, 8, 64)))]
    for place in places:
        damaged[place] ^= 1 << rng.randrange(8)
    return bytes(damaged), f"a bit each of {len(places)} bytes, first {places[0]}"


def _overwrite(content: bytes, seeds: Mapping[str, bytes], rng: Random) -> Mutated:
    start, size = rng.randrange(len(content)), rng.choice((1, 1, 4, 16, 256))
    value = rng.choice(BYTES)
    filled = bytes([value]) * min(size, len(content) - start)
    return _put(content, start, filled), f"{len(filled)} bytes {value:#04x} at {start}"


def _change_head(content: bytes, seeds: Mapping[str, bytes], rng: Random) -> Mutated:
    return _put_number(content, rng.randrange(min(HEAD, len(content))), rng)


def _change_field(content: bytes, seeds: Mapping[str, bytes], rng: Random) -> Mutated:
    """A number shortly before or after a name that is in the file."""
    names = [name for name in NAMES if name in content]
    if not names:
        return _change_head(content, seeds, rng)
    name = rng.choice(names)
    starts = [found.start() for found in re.finditer(re.escape(name), content)]
    start = rng.choice(starts) + rng.choice((-8, -4, *range(len(name), len(name) + 40)))
    return _put_number(content, max(0, min(start, len(content) - 1)), rng)


def _put_number(content: bytes, start: int, rng: Random) -> Mutated:
    width, order = rng.choice(WIDTHS), rng.choice(("big", "little"))
    number = rng.choice((*NUMBERS, len(content), len(content) * 2, len(content) + 1)) & (1 << 8 * width) - 1
    written = number.to_bytes(width, "big" if order == "big" else "little")
    return _put(content, start, written), f"{width} bytes at {start} are {number:#x}, {order} end first"


def _truncate(content: bytes, seeds: Mapping[str, bytes], rng: Random) -> Mutated:
    size = rng.choice((rng.randrange(len(content)), rng.randrange(min(HEAD, len(content)))))
    return content[:size], f"cut to {size} bytes"


def _drop_head(content: bytes, seeds: Mapping[str, bytes], rng: Random) -> Mutated:
    size = rng.randrange(1, min(LONGEST_PART, len(content)) + 1)
    return content[size:], f"without the first {size} bytes"


def _drop_middle(content: bytes, seeds: Mapping[str, bytes], rng: Random) -> Mutated:
    start, end = _part(content, rng)
    return content[:start] + content[end:], f"without the bytes {start} to {end}"


def _repeat(content: bytes, seeds: Mapping[str, bytes], rng: Random) -> Mutated:
    start, end = _part(content, rng)
    times = rng.choice((1, 1, 2, 16))
    return content[:end] + content[start:end] * times + content[end:], f"bytes {start} to {end} {times} times more"


def _splice(content: bytes, seeds: Mapping[str, bytes], rng: Random) -> Mutated:
    """From some byte on it is another file, perhaps of another format."""
    name = rng.choice(list(seeds))
    end, start = rng.randrange(len(content)), rng.randrange(len(seeds[name]))
    return content[:end] + seeds[name][start:], f"from {end} on {name} from {start} on"


def _insert(content: bytes, seeds: Mapping[str, bytes], rng: Random) -> Mutated:
    name = rng.choice(list(seeds))
    place = rng.randrange(len(content))
    start, end = _part(seeds[name], rng)
    return content[:place] + seeds[name][start:end] + content[place:], f"{name} from {start} to {end} put in at {place}"


def _part(content: bytes, rng: Random) -> tuple[int, int]:
    start = rng.randrange(len(content))
    return start, min(len(content), start + rng.randrange(1, LONGEST_PART))


def _put(content: bytes, start: int, written: bytes) -> bytes:
    """Overwrites; never makes the file longer."""
    return (content[:start] + written + content[start + len(written) :])[: len(content)]


WEIGHTS: dict[Mutation, int] = {
    _flip_bits: 3,
    _overwrite: 3,
    _change_head: 4,
    _change_field: 8,
    _truncate: 2,
    _drop_head: 1,
    _drop_middle: 2,
    _repeat: 2,
    _splice: 2,
    _insert: 1,
}
