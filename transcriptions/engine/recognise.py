"""Speech to segments: windows decoded in batches, looked at, and the few that went wrong decoded again.

Does not decode files, find speech or load models: see ffmpeg, speech, model_pool.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from transcriptions.engine.batching import Batcher
from transcriptions.engine.decoding import Hypothesis, Request, Sound
from transcriptions.engine.doubts import doubts, is_made_up
from transcriptions.engine.languages import language_of
from transcriptions.engine.options import Effort, Options
from transcriptions.engine.segments import segments
from transcriptions.engine.values import Doubt, Segment, Span
from transcriptions.engine.windows import Window, halves, windows

WINDOW_SECONDS, HURRIED_SECONDS = 15.0, 7.0  # at most; the second where somebody waits for the first words
CLIP_SECONDS = 20.0  # up to so long a recording is better heard in as few windows as it can be
FIRST_WINDOWS, GROWTH = 1, 4  # decoded together where somebody waits for words, and how many times more each time after
TEXT_BEFORE = 300  # characters of it, as the prompt of a window that is decoded again
SHARED_PROMPT = 24  # tokens of it, where every window has them
CAREFUL_BEAM = 5
LIKELY_LANGUAGE = 0.5  # or a window is taken to be in the language of the recording


@dataclass
class Figures:
    """What it took: windows decoded, and those decoded again by reason."""

    windows: int = 0
    again: Counter[Doubt] = field(default_factory=Counter)

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(self.windows + other.windows, self.again + other.again)


@dataclass(frozen=True)
class Heard:
    """Segments up to `reached`, in seconds of the recording, after which nothing has been heard yet."""

    segments: tuple[Segment, ...]
    reached: float


def recognise(
    batcher: Batcher,
    sound: Sound,
    speech: Sequence[Span],
    options: Options,
    *,
    within: Span,
    language: str,
    rank: float = 0.0,
    hurry: bool = False,
    figures: Figures | None = None,
) -> Iterator[list[Heard]]:
    """Recognise voiced runs (ascending, in the recording's time), some windows at a time, in order.

    within: the stretch of the recording that `sound` gives and that has not been heard yet.

    rank: seconds of the recording; shorter ones go first where several threads share the model. hurry: somebody waits
    for the first words, so the first window of what is longer than a clip is short. Raises RuntimeError when the model
    cannot do it even window by window.
    """
    work = _Work(batcher, sound, options, language, rank, Figures() if figures is None else figures)
    hurry = hurry and rank > CLIP_SECONDS
    waiting = windows(speech, WINDOW_SECONDS, within, HURRIED_SECONDS if hurry else None)
    most = batcher.windows_at_once
    count = FIRST_WINDOWS if hurry else most
    while waiting:
        now, waiting = waiting[:count], waiting[count:]
        yield work.hear(now)
        count = min(count * GROWTH, most)


@dataclass
class _Case:
    """A window and the best that has been heard in it so far."""

    window: Window
    request: Request
    previous: "_Case | None" = None
    best: Hypothesis | None = None
    doubts: frozenset[Doubt] = frozenset()

    @property
    def text(self) -> str:
        """Nothing for what was made up."""
        return "" if self.best is None or is_made_up(self.best) else self.best.text

    def take(self, answer: Hypothesis) -> None:
        wrong = doubts(self.window, answer)
        if self.best is None or _badness(wrong, answer) < _badness(self.doubts, self.best):
            self.best, self.doubts = answer, wrong

    def segments(self) -> Iterator[Segment]:
        return segments(self.window, self.best) if self.best and self.text else iter(())


def _badness(wrong: frozenset[Doubt], answer: Hypothesis) -> tuple[bool, int, float]:
    """Any text is better than none: an empty answer is always probable."""
    return not answer.words or is_made_up(answer), len(wrong), -answer.avg_logprob


@dataclass
class _Work:
    batcher: Batcher
    sound: Sound
    options: Options
    language: str
    rank: float
    figures: Figures
    last: _Case | None = None

    @property
    def effort(self) -> Effort:
        return self.options.effort

    def hear(self, some: Sequence[Window]) -> list[Heard]:
        cases = [self._case(window) for window in some]
        self._try(cases, [case.request for case in cases])
        self.figures.windows += len(cases)
        self._again(self._doubtful(cases))
        if self.effort.with_text:
            self._with_text(cases)
        for case in cases:
            case.previous = None  # or a long recording would be a long chain
        return [self._heard(case) for case in cases]

    def _heard(self, case: _Case) -> Heard:
        return Heard(tuple(self._kept(segment) for segment in self._segments(case)), case.window.end)

    def _case(self, window: Window) -> _Case:
        self.last = _Case(window, self._request(window), self.last)
        return self.last

    def _request(self, window: Window) -> Request:
        samples = self.sound(Span(window.start, window.end))
        return Request(
            features=self.batcher.model.features(samples),
            language=self._language(window),
            task=self.options.task,
            prompt=self._prompt(),
            beam_size=self.effort.beam_size,
            temperature=self.options.temperature,
        )

    def _language(self, window: Window) -> str:
        if not self.options.multilingual:
            return self.language
        said = language_of(self.batcher, self.sound, window)
        likeliest = max(said, key=lambda code: said[code])
        return likeliest if said[likeliest] >= LIKELY_LANGUAGE else self.language

    def _prompt(self, before: str = "") -> tuple[int, ...]:
        given = filter(None, (self.options.hotwords, self.options.initial_prompt, before))
        return self.batcher.model.tokens(" ".join(given))

    def _try(self, cases: Sequence[_Case], requests: Sequence[Request]) -> None:
        answers = self.batcher.decode(requests, self.rank)
        for case, answer in zip(cases, answers, strict=True):
            case.take(answer)

    def _doubtful(self, cases: Sequence[_Case]) -> list[_Case]:
        return [case for case in cases if case.doubts & self.effort.doubts]

    def _again(self, cases: list[_Case]) -> None:
        """As Whisper was trained to: 30 s, a wide beam; then with the text before as prompt, then less greedily."""
        for case in cases:
            self.figures.again.update(case.doubts)
        least = self.options.temperature
        higher = (temperature for temperature in self.effort.temperatures if temperature > least)
        attempts = [(least, False), (least, True), *((temperature, False) for temperature in higher)]
        for temperature, with_text in attempts:
            if cases:
                self._try(cases, [self._carefully(case, temperature, with_text) for case in cases])
                cases = self._doubtful(cases)

    def _with_text(self, cases: Sequence[_Case]) -> None:
        """Once more, with the text before as prompt: names are spelled as before. Taken where it is as good or better.

        The prompts are of one length, so that the requests can share batches.
        """
        prompts = [self._prompt(case.previous.text if case.previous else "")[-SHARED_PROMPT:] for case in cases]
        asked = [(case, prompt) for case, prompt in zip(cases, prompts, strict=True) if len(prompt) == SHARED_PROMPT]
        self._try([case for case, _ in asked], [replace(case.request, prompt=prompt) for case, prompt in asked])

    def _carefully(self, case: _Case, temperature: float, with_text: bool) -> Request:
        before = case.previous.text[-TEXT_BEFORE:] if with_text and case.previous else ""
        prompt = self._prompt(before)
        return replace(case.request, whole=True, beam_size=CAREFUL_BEAM, prompt=prompt, temperature=temperature)

    def _kept(self, segment: Segment) -> Segment:
        return segment if self.options.word_timestamps else replace(segment, words=())

    def _segments(self, case: _Case) -> Iterator[Segment]:
        parts = halves(case.window) if case.doubts & {Doubt.REPEATS, Doubt.UNCOVERED} and self.effort.halves else ()
        if len(parts) > 1:
            cases = [_Case(part, self._request(part)) for part in parts]
            self._try(cases, [self._carefully(part, self.options.temperature, with_text=False) for part in cases])
            if sum(len(part.text) for part in cases) > len(case.text):
                return (segment for part in cases for segment in part.segments())
        return case.segments()
