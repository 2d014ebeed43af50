"""Recognition: words come out, times fit, and the windows that went wrong, only they, are decoded again."""

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests import speech
from tests.engine.test_batching import Scripted
from tests.engine.test_segments import said
from transcriptions import configuration
from transcriptions.engine import pipeline, whisper
from transcriptions.engine import speech as voice
from transcriptions.engine.batching import Batcher
from transcriptions.engine.decoding import Hypothesis, Request
from transcriptions.engine.options import PRESETS, Options, Preset
from transcriptions.engine.recognise import SHARED_PROMPT, Figures, Heard, recognise
from transcriptions.engine.values import Doubt, Segment, Span

WAV_HEADER = 44  # bytes


def transcribe(file: Path, batcher: Batcher, **options: Any) -> pipeline.Transcription:
    chosen = Options(model="tiny.en", **options)
    return pipeline.transcribe(file, ffmpeg=configuration.ffmpeg(), batcher=batcher, options=chosen)


def heard(file: Path, batcher: Batcher, **options: Any) -> list[Segment]:
    return list(transcribe(file, batcher, **options).segments)


def text(segments: Sequence[Segment]) -> str:
    return " ".join(segment.text for segment in segments).lower()


# --- With the real small model ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("preset", PRESETS)
def test_it_hears_what_was_said(spoken: Path, batcher: Batcher, preset: Preset) -> None:
    found = text(heard(spoken, batcher, preset=preset))
    for word in ("good morning", "report", "budget", "next year"):
        assert word in found


def test_times_are_of_the_recording_and_in_order(long_spoken: Path, batcher: Batcher) -> None:
    segments = heard(long_spoken, batcher)
    assert len(segments) >= 3
    assert segments[-1].start > 25
    for before, after in itertools.pairwise(segments):
        assert before.start <= before.end <= after.start + 0.05
    assert text(segments).count("september") == 1


def test_words_have_times_inside_their_segment(spoken: Path, batcher: Batcher) -> None:
    segments = heard(spoken, batcher)
    assert [word.text.strip(" ,.").lower() for word in segments[0].words][:2] == ["good", "morning"]
    for segment in segments:
        assert "".join(word.text for word in segment.words).strip() == segment.text
        for word in segment.words:
            assert segment.start <= word.start <= word.end <= segment.end
            assert 0 < word.probability <= 1


def test_words_can_be_left_out(spoken: Path, batcher: Batcher) -> None:
    assert all(segment.words == () for segment in heard(spoken, batcher, word_timestamps=False))


def test_a_text_that_needs_more_room_than_most_gets_it(
    long_spoken: Path, batcher: Batcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = text(heard(long_spoken, batcher))
    monkeypatch.setattr(whisper, "TIGHT_ROOM", (5, 0))
    found = transcribe(long_spoken, batcher)
    assert text(list(found.segments)) == expected
    assert Doubt.BROKEN_OFF not in found.figures.again


def test_a_text_that_has_no_room_is_decoded_again(
    long_spoken: Path, batcher: Batcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in ("TIGHT_ROOM", "WIDE_ROOM"):
        monkeypatch.setattr(whisper, room, (5, 0))
    found = transcribe(long_spoken, batcher)
    assert list(found.segments)
    assert found.figures.again[Doubt.BROKEN_OFF]


def tone(*frequencies: float, seconds: float = 12.0) -> bytes:
    time = np.arange(int(speech.RATE * seconds)) / speech.RATE
    sound = sum(np.sin(2 * np.pi * frequency * time) for frequency in frequencies) / len(frequencies)
    return (np.asarray(sound) * 12_000).astype("<i2").tobytes()


def tune() -> bytes:
    """Chords over a beat, half a second each."""
    chords = [(261.6, 329.6, 392.0), (293.7, 349.2, 440.0), (246.9, 293.7, 392.0), (261.6, 349.2, 440.0)]
    return b"".join(tone(*chord, seconds=0.5) for chord in chords * 6)


def noise() -> bytes:
    return np.random.default_rng(1).normal(0, 4000, speech.RATE * 12).astype("<i2").tobytes()


@pytest.mark.parametrize(
    "sound",
    [lambda: speech.silence(12), noise, lambda: tone(50, 100, 150), lambda: tone(440), tune],
    ids=["silence", "noise", "hum", "tone", "music"],
)
def test_where_nobody_speaks_there_are_no_words(sound: Callable[[], bytes], tmp_path: Path, batcher: Batcher) -> None:
    assert heard(speech.write_wav(tmp_path / "sound.wav", sound()), batcher) == []


def test_many_files_go_through_the_model_together(tmp_path: Path, batcher: Batcher) -> None:
    words = ["library", "garden", "september", "september", "meeting", "budget"]
    files = [
        speech.write_wav(tmp_path / f"{number}.wav", speech.speak(f"Please come to the {word} and bring your friends."))
        for number, word in enumerate(words)
    ]
    before = batcher.figures()
    with ThreadPoolExecutor(len(files)) as threads:
        found = list(threads.map(lambda file: text(heard(file, batcher, language="en")), files))
    assert [word in one for word, one in zip(words, found, strict=True)] == [True] * len(words)
    assert batcher.figures().batches - before.batches < len(files)


def test_whoever_shares_a_batch_is_heard_as_if_alone(long_spoken: Path, batcher: Batcher) -> None:
    samples = voice.samples(long_spoken.read_bytes()[WAV_HEADER:])
    starts = range(0, len(samples) - 6 * speech.RATE, speech.RATE)
    model = batcher.model
    requests = [
        Request(model.features(samples[start : start + (4 + index % 3) * speech.RATE]), "en", beam_size=3)
        for index, start in enumerate(starts)
    ]
    alike = [request for request in requests if request.kind == requests[0].kind]
    assert len({request.frames for request in alike}) > 1
    assert model.decode(alike) == [answer for request in alike for answer in model.decode([request])]


# --- With a model that fails on demand -------------------------------------------------------------------------------
RUNS = [Span(start + 0.2, start + 9.8) for start in range(0, 60, 10)]
GOOD = said(
    "The committee met on Monday for the new library and no one had a look at any of the plans it had so far", 0.4, 0.4
)
LOOP = said(" ".join(["thank you"] * 12), 0.4, 0.4)


class Failing(Scripted):
    """Hears the good sentence, but what `wrong` gives in the windows that begin at one of `places`, in seconds."""

    def __init__(self, places: set[float], wrong: Callable[[Request], tuple[Any, ...] | None]) -> None:
        super().__init__()
        self.places, self.wrong = places, wrong
        self.asked: list[list[tuple[float, Request]]] = []

    def features(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        frames = np.zeros((80, len(samples) // 160), np.float32)
        frames[0, 0] = samples[0]  # where the window begins
        return frames

    def tokens(self, text: str) -> tuple[int, ...]:
        return tuple(range(len(text.split())))

    def decode(self, requests: Sequence[Request]) -> list[Hypothesis]:
        places = [float(request.features[0, 0]) for request in requests]
        self.asked.append(list(zip(places, requests, strict=True)))
        return [self._answer(place, request) for place, request in zip(places, requests, strict=True)]

    def _answer(self, place: float, request: Request) -> Hypothesis:
        wrong = self.wrong(request) if round(place) in self.places else None
        words, logprob, no_speech = wrong or (GOOD, -0.2, 0.01)
        return Hypothesis(tuple(range(len(words))), words, logprob, no_speech, request.temperature)

    def again(self) -> list[tuple[int, Request]]:
        return [(round(place), request) for batch in self.asked for place, request in batch if request.whole]


def sound(span: Span) -> NDArray[np.float32]:
    """Its first sample tells where it begins."""
    samples = np.zeros(round(span.seconds * 16_000), np.float32)
    samples[0] = span.start
    return samples


def listen(model: Failing, *, rank: float = 60.0, hurry: bool = False, **options: Any) -> tuple[list[Heard], Figures]:
    figures = Figures()
    chosen = Options("base", **{"preset": "balanced", **options})
    batcher, within = Batcher(model, 8), Span(0.0, 60.0)
    found = recognise(
        batcher, sound, RUNS, chosen, within=within, language="en", rank=rank, hurry=hurry, figures=figures
    )
    return list(itertools.chain.from_iterable(found)), figures


def test_the_first_batch_is_small_and_the_next_ones_grow() -> None:
    model = Failing(set(), lambda request: None)
    found, figures = listen(model, hurry=True)
    assert [len(batch) for batch in model.asked] == [1, 4, 1]
    assert [round(one.reached) for one in found] == [10, 20, 30, 40, 50, 60]
    assert (figures.windows, dict(figures.again)) == (6, {})


def test_only_what_went_wrong_is_decoded_again_and_carefully() -> None:
    model = Failing({10, 40}, lambda request: None if request.whole else (LOOP, -0.2, 0.01))
    found, figures = listen(model)
    assert [place for place, _ in model.again()] == [10, 40]
    assert all((request.beam_size, request.prompt) == (5, ()) for _, request in model.again())
    assert {segment.text for one in found for segment in one.segments} == {found[0].segments[0].text}
    assert figures.again == {Doubt.REPEATS: 2}


def test_it_tries_with_the_text_before_then_at_other_temperatures() -> None:
    model = Failing({20}, lambda request: None if request.temperature > 0.5 else (GOOD, -1.5, 0.01))
    found, figures = listen(model)
    tried = [(bool(request.prompt), request.temperature) for _, request in model.again()]
    assert tried == [(False, 0.0), (True, 0.0), (False, 0.4), (False, 0.8)]
    assert found[2].segments[0].temperature == 0.8
    assert figures.again == {Doubt.IMPROBABLE: 1}


def test_a_chosen_temperature_is_that_of_every_window_and_the_least_of_those_decoded_again() -> None:
    model = Failing({20}, lambda request: (GOOD, -1.5, 0.01))
    listen(model, temperature=0.5)
    assert {request.temperature for batch in model.asked for _, request in batch} == {0.5, 0.8}
    assert [request.temperature for _, request in model.again()] == [0.5, 0.5, 0.8]


def test_the_best_of_bad_attempts_is_taken() -> None:
    model = Failing({20}, lambda request: (GOOD, -1.1 if request.temperature == 0.4 else -1.5, 0.01))
    found, _ = listen(model)
    assert (found[2].segments[0].avg_logprob, found[2].segments[0].temperature) == (-1.1, 0.4)


def test_a_loop_that_nothing_ends_is_not_written() -> None:
    model = Failing({20}, lambda request: (LOOP, -0.2, 0.01))
    found, _ = listen(model)
    assert found[2].segments == ()
    assert found[3].segments != ()


def test_text_that_was_made_up_over_music_is_not_written() -> None:
    model = Failing({20}, lambda request: (GOOD, -0.9, 0.9))
    found, figures = listen(model)
    assert found[2].segments == ()
    assert set(figures.again) == {Doubt.IMPROBABLE, Doubt.NO_SPEECH}


def test_a_window_that_stops_early_is_decoded_in_two_halves() -> None:
    model = Failing({0}, lambda request: None if request.frames < 700 else (GOOD[:4], -0.2, 0.01))
    runs = [Span(0.3, 5.0), Span(5.6, 9.6)]
    figures = Figures()
    options = Options("base")
    within = Span(0.0, 10.0)
    ((one,),) = recognise(Batcher(model, 4), sound, runs, options, within=within, language="en", figures=figures)
    assert figures.again == {Doubt.UNCOVERED: 1}
    assert [round(place) for place, request in model.again() if request.frames < 700] == [0, 5]
    assert one.segments[-1].end > 8


def test_an_empty_answer_is_no_better_than_a_doubtful_text() -> None:
    model = Failing({20}, lambda request: ((), 0.0, 0.01) if request.whole else (GOOD, -0.9, 0.01))
    found, _ = listen(model)
    assert found[2].segments != ()


def test_somebody_who_says_a_word_again_and_again_is_written() -> None:
    spoken = said(" ".join(["no"] * 9) + " I did not want it at all, said she", 0.5, 0.4)
    model = Failing({20}, lambda request: (spoken, -0.3, 0.01))
    found, figures = listen(model)
    assert figures.again == {Doubt.REPEATS: 1}
    assert found[2].segments != ()


def test_the_accurate_preset_hears_everything_again_with_the_text_before() -> None:
    model = Failing(set(), lambda request: None)
    listen(model, preset="accurate")
    prompts = [len(request.prompt) for batch in model.asked for _, request in batch]
    assert sorted(prompts) == [0] * 6 + [SHARED_PROMPT] * 5


def test_the_fast_preset_leaves_doubtful_words_alone() -> None:
    model = Failing({20}, lambda request: (GOOD, -0.9, 0.01))
    _, figures = listen(model, preset="fast")
    assert (model.again(), dict(figures.again)) == ([], {})


def test_hotwords_and_the_prompt_are_in_every_request() -> None:
    model = Failing({20}, lambda request: None if request.whole else (LOOP, -0.2, 0.01))
    listen(model, hotwords="Scriberr Whisper", initial_prompt="Minutes of the meeting.")
    assert {len(request.prompt) for batch in model.asked for _, request in batch} == {6}


def test_each_window_can_have_its_own_language() -> None:
    model = Failing(set(), lambda request: None)
    told = {0: {"pt": 0.9}, 10: {"de": 0.3, "fr": 0.2}}

    def languages(features: Sequence[NDArray[np.float32]]) -> list[dict[str, float]]:
        return [told.get(round(float(window[0, 0])), {"es": 0.8}) for window in features]

    model.languages = languages  # type: ignore[method-assign]
    listen(model, multilingual=True)
    asked = {round(place): request.language for batch in model.asked for place, request in batch}
    assert [asked[place] for place in (0, 10, 20)] == ["pt", "en", "es"]


def test_what_is_asked_again_keeps_its_language() -> None:
    model = Failing({20}, lambda request: None if request.whole else (LOOP, -0.2, 0.01))
    listen(model)
    ((_, request),) = model.again()
    assert replace(request, whole=False, beam_size=3).kind == model.asked[0][0][1].kind
