"""Transcripts as OpenAI's objects, written in pieces: a long one is never whole in memory."""

import json
import math
from collections.abc import Iterable, Iterator
from itertools import chain, pairwise
from typing import Any

from transcriptions.api.spoken import NAMES
from transcriptions.engine.cue_words import spaceless
from transcriptions.engine.values import Segment, Word
from transcriptions.models import Transcription
from transcriptions.workflow.export import segments

FRAMES_PER_SECOND = 100  # of Whisper's spectrogram, in which `seek` counts
POSITIONS_PER_SECOND = 50  # that Whisper's encoder makes of it: its tokens of sound


def plain(entry: Transcription) -> Iterator[str]:
    """The text alone."""
    yield from text(entry)
    yield "\n"


def simple(entry: Transcription) -> Iterator[str]:
    """Transcription: text and usage."""
    yield from _text_field("{", entry)
    yield f', "usage": {json.dumps(usage(entry))}}}'


def verbose(entry: Transcription, *, with_segments: bool, with_words: bool) -> Iterator[str]:
    """TranscriptionVerbose."""
    task = entry.transcript.options.get("task", "transcribe")
    code = "en" if task == "translate" else entry.transcript.language
    head = {"task": task, "language": NAMES.get(code, code), "duration": entry.transcript.duration_seconds or 0.0}
    yield from _text_field(json.dumps(head)[:-1] + ", ", entry)
    if with_segments:
        yield from _list("segments", (segment(*numbered) for numbered in enumerate(segments(entry, original=True))))
    if with_words:
        yield from _list("words", (_word(word) for each in segments(entry, original=True) for word in each.words))
    yield f', "usage": {json.dumps(usage(entry))}}}'


def segment(number: int, said: Segment) -> dict[str, Any]:
    """TranscriptionSegment. Its tokens are not kept here, so there are none."""
    return {
        "id": number,
        "seek": int(said.start * FRAMES_PER_SECOND),
        "start": said.start,
        "end": said.end,
        "text": f" {said.text}",
        "tokens": [],
        "temperature": said.temperature,
        "avg_logprob": said.avg_logprob,
        "compression_ratio": said.compression_ratio,
        "no_speech_prob": said.no_speech_prob,
    }


def done(entry: Transcription) -> Iterator[str]:
    """TranscriptionTextDoneEvent."""
    yield from _text_field('{"type": "transcript.text.done", ', entry)
    words = sum(len(said.text.split()) for said in segments(entry, original=True))
    yield f', "usage": {json.dumps(_tokens(entry, words))}}}'


def usage(entry: Transcription) -> dict[str, Any]:
    """In seconds, begun ones in full."""
    return {"type": "duration", "seconds": math.ceil(entry.transcript.duration_seconds or 0.0)}


def text(entry: Transcription) -> Iterator[str]:
    """What was said, segment by segment; where a space belongs between two, it is before the second."""
    yield from joined(said.text for said in segments(entry, original=True))


def joined(texts: Iterable[str], before: str = "") -> Iterator[str]:
    """before: the text that has been there already."""
    for last, following in pairwise(chain([before], filter(None, texts))):
        yield following if not last or (spaceless(last[-1]) and spaceless(following[0])) else f" {following}"


def _text_field(opening: str, entry: Transcription) -> Iterator[str]:
    yield f'{opening}"text": "'
    for piece in text(entry):
        yield json.dumps(piece, ensure_ascii=False)[1:-1]
    yield '"'


def _list(name: str, items: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield f', "{name}": ['
    for number, item in enumerate(items):
        yield (", " if number else "") + json.dumps(item, ensure_ascii=False)
    yield "]"


def _word(word: Word) -> dict[str, Any]:
    return {"word": word.text.strip(), "start": word.start, "end": word.end}


def _tokens(entry: Transcription, words: int) -> dict[str, Any]:
    """A stream's usage is in tokens. Those of the text are not kept: its words stand for them."""
    sound = math.ceil((entry.transcript.duration_seconds or 0.0) * POSITIONS_PER_SECOND)
    details = {"audio_tokens": sound, "text_tokens": 0}
    total = sound + words
    return {
        "type": "tokens",
        "input_tokens": sound,
        "input_token_details": details,
        "output_tokens": words,
        "total_tokens": total,
    }
