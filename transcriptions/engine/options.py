"""What a person or an operator may choose about a recognition, and its fingerprint."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Literal, get_args

ENGINE_VERSION = 1  # raise it when the same options come to give another text
Task = Literal["transcribe", "translate"]

# Whisper's languages, as in faster_whisper.tokenizer, which is not imported because it loads the whole engine.
LANGUAGES = tuple(
    "af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr "
    "ht hu hy id is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc "
    "pa pl ps pt ro ru sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo zh "
    "yue".split()
)


@dataclass(frozen=True)
class Options:
    """Everything that changes the text. Raises ValueError for what Whisper does not know.

    language: an ISO 639 code, or "" to have it detected. beam_size: hypotheses kept while decoding.
    """

    model: str
    language: str = ""
    task: Task = "transcribe"
    beam_size: int = 5
    word_timestamps: bool = False

    def __post_init__(self) -> None:
        if self.language and self.language not in LANGUAGES:
            raise ValueError(f"Whisper does not know the language {self.language!r}.")
        if self.task not in get_args(Task):
            raise ValueError(f"The task is transcribe or translate, not {self.task!r}.")
        if not 1 <= self.beam_size <= 10:  # noqa: PLR2004
            raise ValueError(f"The beam has 1 to 10 hypotheses, not {self.beam_size}.")

    def fingerprint(self) -> str:
        """sha256 over the options and the engine's version: equal fingerprints, equal text."""
        canonical = json.dumps({"engine": ENGINE_VERSION, **asdict(self)}, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()
