"""Cutting at silences: nothing lost, nothing twice, never in mid-word where a pause is near."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from transcriptions import configuration
from transcriptions.engine.speech import Cutting, VoiceActivity, bytes_of, cut, samples, voiced_runs
from transcriptions.engine.values import BYTES_PER_SECOND, Span

SHORT = Cutting(targets=(6.0, 12.0))


def pieces(pcm: bytes, size: int) -> Iterator[bytes]:
    return (pcm[start : start + size] for start in range(0, len(pcm), size))


@pytest.fixture(scope="module")
def pcm(long_spoken: Path) -> bytes:
    return b"".join(configuration.ffmpeg().pcm(long_spoken))


def test_every_sample_is_in_exactly_one_shard(pcm: bytes) -> None:
    shards = list(cut(pieces(pcm, 32_000), SHORT))
    assert len(shards) > 2
    assert b"".join(shard.pcm for shard in shards) == pcm
    assert [shard.index for shard in shards] == list(range(len(shards)))
    for before, after in itertools.pairwise(shards):
        assert before.end == pytest.approx(after.start)
    assert shards[-1].end == pytest.approx(len(pcm) / BYTES_PER_SECOND)


@pytest.mark.parametrize("size", [1_000, 7_777, 32_000, 1_000_000])
def test_the_cuts_do_not_depend_on_how_the_sound_arrives(pcm: bytes, size: int) -> None:
    expected = [(shard.start, shard.end, shard.speech) for shard in cut(pieces(pcm, 32_000), SHORT)]
    assert [(shard.start, shard.end, shard.speech) for shard in cut(pieces(pcm, size), SHORT)] == expected


def test_it_cuts_in_silence(pcm: bytes) -> None:
    for shard in list(cut(pieces(pcm, 32_000), SHORT))[:-1]:
        edge = samples(shard.pcm[-3200:])  # the last tenth of a second
        assert float(np.abs(edge).max()) < 0.02


def test_endless_speech_is_cut_all_the_same(pcm: bytes) -> None:
    without_pauses = Cutting(targets=(6.0,), pause=60.0)
    shards = list(cut(pieces(pcm, 32_000), without_pauses))
    assert max(shard.end - shard.start for shard in shards) <= 6.0 * 1.5 + 1.1
    assert b"".join(shard.pcm for shard in shards) == pcm


def test_speech_is_found_and_silence_is_not(pcm: bytes) -> None:
    quiet = bytes(10 * BYTES_PER_SECOND)
    (shard,) = cut(pieces(quiet + pcm[: 5 * BYTES_PER_SECOND] + quiet, 32_000), Cutting(targets=(60.0,)))
    assert 9.0 < shard.speech[0].start < 10.5
    assert 13.0 < shard.speech[-1].end < 16.0
    (silent,) = cut([quiet])
    assert silent.speech == ()


def test_white_noise_is_no_speech() -> None:
    noise = (np.random.default_rng(1).normal(0, 3000, 10 * 16_000)).astype("<i2").tobytes()
    assert all(shard.speech == () for shard in cut(pieces(noise, 32_000)))


def test_no_sound_gives_no_shard() -> None:
    assert list(cut([])) == []
    assert list(cut([b"\0"])) == []


def test_a_stream_hears_the_same_as_the_whole(pcm: bytes) -> None:
    sound = samples(pcm[: len(pcm) // 1024 * 1024])
    whole = VoiceActivity().probabilities(sound)
    stream = VoiceActivity()
    parts = [stream.probabilities(sound[start : start + 512 * 10]) for start in range(0, len(sound), 512 * 10)]
    assert np.concatenate(parts) == pytest.approx(whole, abs=1e-4)


def frames(voiced: float, quiet: float = 0.0) -> list[float]:
    """Probabilities: so many seconds of speech, then of silence."""
    return [0.9] * round(voiced / 0.032) + [0.0] * round(quiet / 0.032)


def test_runs_are_told_apart_by_pauses_and_blips_are_none() -> None:
    assert len(voiced_runs(frames(1.0, 0.064) + frames(1.0), Cutting())) == 1
    assert len(voiced_runs(frames(1.0, 0.5) + frames(1.0), Cutting())) == 2
    assert voiced_runs([0.9] * 2 + [0.0] * 50, Cutting()) == []


def test_a_run_without_a_pause_is_cut_where_it_is_least_voiced() -> None:
    probabilities = frames(20.0)
    probabilities[200] = 0.4  # at 6.4 s: not silence, but less
    runs = voiced_runs(probabilities, Cutting())
    assert (runs[0].start, round(runs[0].end, 3)) == (0.0, 6.4)
    assert [before.end for before in runs[:-1]] == pytest.approx([after.start for after in runs[1:]])
    assert max(run.seconds for run in runs) <= 8.0
    assert runs[-1].end == pytest.approx(len(probabilities) * 0.032)


def test_a_stretch_of_a_shard_is_found_in_its_bytes() -> None:
    assert bytes_of(Span(60.5, 61.0), 60.0) == (16_000, 32_000)
    assert bytes_of(Span(59.0, 60.5), 60.0) == (0, 16_000)
