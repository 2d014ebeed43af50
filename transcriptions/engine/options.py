"""What a person or an operator may choose about a recognition, and its fingerprint."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

from transcriptions.engine.values import Doubt

ENGINE_VERSION = 5  # raise it when the same options come to give another text
Task = Literal["transcribe", "translate"]
Preset = Literal["fast", "balanced", "accurate"]

# Whisper's languages, as in faster_whisper.tokenizer, which is not imported because it loads the whole engine.
LANGUAGES = tuple(
    "af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr "
    "ht hu hy id is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc "
    "pa pl ps pt ro ru sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo zh "
    "yue".split()
)


LONGEST_TEXT = 1000  # characters of a prompt or of hotwords; Whisper reads some 220 tokens of it


@dataclass(frozen=True)
class Effort:
    """What a preset means.

    doubts: those for which a window is decoded again, at these temperatures after the beam has failed. halves: whether
    a window that still repeats itself or stops early is decoded in two. with_text: whether every window is decoded a
    second time with the text before it as prompt.
    """

    beam_size: int
    doubts: frozenset[Doubt]
    temperatures: tuple[float, ...]
    halves: bool
    with_text: bool = False


PRESETS: dict[Preset, Effort] = {
    "fast": Effort(
        beam_size=1,
        doubts=frozenset({Doubt.REPEATS, Doubt.UNCOVERED, Doubt.NO_SPEECH}),
        temperatures=(),
        halves=False,
    ),
    "balanced": Effort(
        beam_size=3,
        doubts=frozenset(Doubt),
        temperatures=(0.4, 0.8),
        halves=True,
    ),
    "accurate": Effort(
        beam_size=5,
        doubts=frozenset(Doubt),
        temperatures=(0.2, 0.4, 0.6, 0.8, 1.0),
        halves=True,
        with_text=True,
    ),
}


def is_of_english_alone(model: str) -> bool:
    """Whisper's models say so in their names."""
    return model.endswith(".en")


@dataclass(frozen=True)
class Options:
    """Everything that changes the text. Raises ValueError for what Whisper does not know.

    language: an ISO 639 code, or "" to have it detected; multilingual: detect it anew in each window. initial_prompt:
    text in the style that is wanted; hotwords: names and terms that are likely to come. beam_size (hypotheses kept
    while decoding) and temperatures (of windows decoded again) are the preset's unless given. speech_threshold and
    silence_threshold: probabilities at which voice activity begins and ends. track: which audio track of the file,
    counted from 0; None for the one the file calls its default. live: somebody speaks while it is transcribed: in short
    pieces, which come soon. temperature: 0 has the beam decide; more draws words at random from the beginning, and
    those of windows decoded again no more surely.
    """

    model: str
    language: str = ""
    task: Task = "transcribe"
    preset: Preset = "balanced"
    multilingual: bool = False
    initial_prompt: str = ""
    hotwords: str = ""
    beam_size: int | None = None
    temperatures: tuple[float, ...] | None = None
    word_timestamps: bool = True
    speech_threshold: float = 0.5
    silence_threshold: float = 0.35
    track: int | None = None
    live: bool = False
    temperature: float = 0.0

    def __post_init__(self) -> None:
        if self.temperatures is not None:
            object.__setattr__(self, "temperatures", tuple(self.temperatures))  # a row's JSON has lists
        if self.language and self.language not in LANGUAGES:
            raise ValueError(f"Whisper does not know the language {self.language!r}.")
        if self.task not in get_args(Task):
            raise ValueError(f"The task is transcribe or translate, not {self.task!r}.")
        if self.preset not in PRESETS:
            raise ValueError(f"The preset is fast, balanced or accurate, not {self.preset!r}.")
        if self.beam_size is not None and not 1 <= self.beam_size <= 10:  # noqa: PLR2004
            raise ValueError(f"The beam has 1 to 10 hypotheses, not {self.beam_size}.")
        if not all(0 < temperature <= 1 for temperature in self.temperatures or ()):
            raise ValueError(f"Temperatures are above 0 and at most 1, not {self.temperatures}.")
        if not 0 <= self.temperature <= 1:
            raise ValueError(f"The temperature is 0 to 1, not {self.temperature}.")
        if max(len(self.initial_prompt), len(self.hotwords)) > LONGEST_TEXT:
            raise ValueError(f"The prompt and the hotwords have at most {LONGEST_TEXT} characters each.")
        if self.track is not None and self.track < 0:
            raise ValueError(f"Audio tracks are counted from 0, there is none of number {self.track}.")
        if not 0 < self.silence_threshold <= self.speech_threshold < 1:
            raise ValueError("Voice activity begins at a probability below 1 and ends at one not above it.")

    @property
    def is_beyond_the_model(self) -> bool:
        """A model of English alone would write English whatever is said."""
        return is_of_english_alone(self.model) and (self.language not in {"", "en"} or self.task == "translate")

    @property
    def effort(self) -> Effort:
        """The preset, with what was chosen apart from it."""
        chosen: dict[str, Any] = {"beam_size": self.beam_size, "temperatures": self.temperatures}
        return replace(PRESETS[self.preset], **{name: value for name, value in chosen.items() if value is not None})

    def fingerprint(self, model_version: str = "") -> str:
        """sha256 over the options and the versions of the engine and the model: equal fingerprints, equal text."""
        versions = {"engine": ENGINE_VERSION, "model_version": model_version}
        chosen = asdict(self)
        if not self.temperature:
            del chosen["temperature"]  # texts of before there was one are still the same
        canonical = json.dumps({**versions, **chosen}, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()
