"""One Whisper model in memory: features of a window, and one batch encoded, decoded and aligned at a time.

By way of faster-whisper's model, tokenizer and alignment, over CTranslate2. Does not choose windows or judge results.
"""

import threading
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_suppressed_tokens, merge_punctuations
from numpy.typing import NDArray

from transcriptions.engine.cores import usable_cores
from transcriptions.engine.decoding import FRAMES_PER_SECOND, WHOLE_FRAMES, Hypothesis, Request, padded
from transcriptions.engine.device import Device, slots
from transcriptions.engine.frugal import be_frugal
from transcriptions.engine.options import Task
from transcriptions.engine.values import Word

MAX_TOKENS = 448  # of prompt and text together: the decoder's context
PROMPT_TOKENS = MAX_TOKENS // 2 - 1  # of text before, at most
# Tokens that a window may have, and each second of it: a decoder that misses the end goes on and on. Of 300 windows in
# nine languages few need more than the first, the fastest 5.4 a second; those are decoded again with the second.
TIGHT_ROOM, WIDE_ROOM = (14, 4), (24, 12)
TIMESTAMP_SECONDS = 0.02
DRAWN = 5  # texts, at a temperature
END_SLACK = 0.3  # seconds before the end of the sound in which nothing new begins
SQUEEZED_SECONDS = 0.05  # a word that is shorter was not spoken; a single one at the end may be
PREPENDED, APPENDED = "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、"  # punctuation that belongs to the word after, before


class Whisper:
    """A model that stays loaded; used by many threads."""

    def __init__(self, folder: Path, device: Device) -> None:
        be_frugal()
        self._model = WhisperModel(
            str(folder),
            device=device.name,
            device_index=device.index,
            compute_type=device.compute_type,
            cpu_threads=max(1, usable_cores() // slots(device)),
            num_workers=slots(device),
            local_files_only=True,
        )
        self._one_by_one = device.name == "cpu"
        self._alone = threading.Lock()
        self._tokenizer = cache(self._make_tokenizer)
        self._suppressed = get_suppressed_tokens(self._tokenizer("en", "transcribe"), [-1])

    @property
    def is_multilingual(self) -> bool:
        return bool(self._model.model.is_multilingual)

    def features(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Log-mel of at most 30 s of 16 kHz mono sound: shape (mels, frames), 100 frames a second."""
        found: NDArray[np.float32] = self._model.feature_extractor(samples)[:, :WHOLE_FRAMES]
        return found

    def tokens(self, text: str) -> tuple[int, ...]:
        """The last tokens of a text that stands before what is said, as a prompt."""
        tokenizer = self._tokenizer("en", "transcribe")
        encoded = tokenizer.encode(f" {text.strip()}") if text.strip() else []
        return tuple(token for token in encoded if token < tokenizer.eot)[-PROMPT_TOKENS:]  # none that steers

    def languages(self, features: Sequence[NDArray[np.float32]]) -> list[dict[str, float]]:
        """The probability of each language, for each window."""
        if not self.is_multilingual:
            return [{"en": 1.0} for _ in features]
        length = padded(max(one.shape[1] for one in features))
        found = self._model.model.detect_language(self._encode(features, length))
        return [{token[2:-2]: float(probability) for token, probability in window} for window in found]

    def decode(self, requests: Sequence[Request]) -> list[Hypothesis]:
        """Decode a batch of one kind. Raises RuntimeError, as CTranslate2 does, when the device has no room for it."""
        if requests[0].whole:
            return self._decode_whole(requests)
        answers = self._decode(requests, TIGHT_ROOM)
        broken = [index for index, answer in enumerate(answers) if answer.broken_off]
        if broken:
            wider = self._decode([requests[index] for index in broken], WIDE_ROOM)
            for index, answer in zip(broken, wider, strict=True):
                answers[index] = answer
        return answers

    def _decode_whole(self, requests: Sequence[Request]) -> list[Hypothesis]:
        """On a CPU one by one, whoever asks: 30 seconds take 200 MB in the encoder alone."""
        if not self._one_by_one:
            return self._decode(requests, WIDE_ROOM)
        with self._alone:
            return [answer for request in requests for answer in self._decode([request], WIDE_ROOM)]

    def _decode(self, requests: Sequence[Request], room: tuple[int, int]) -> list[Hypothesis]:
        first = requests[0]
        tokenizer = self._tokenizer(first.language, first.task)
        features = [request.features for request in requests]
        encoded = self._encode(features, first.length)
        prompts = [self._prompt(request, tokenizer) for request in requests]
        allowed = _allowed_tokens(first, *room)
        results = self._generated(encoded, prompts, first, max_length=_max_length(allowed, len(prompts[0])))
        tokens = [
            _until_the_end(result.sequences_ids[0], request, tokenizer)
            for request, result in zip(requests, results, strict=True)
        ]
        words = self._words(tokenizer, encoded, tokens, [request.frames for request in requests])
        return [
            Hypothesis(
                tokens=tuple(said),
                words=heard,
                avg_logprob=_mean(result),
                no_speech_prob=float(result.no_speech_prob),
                temperature=first.temperature,
                broken_off=len(result.sequences_ids[0]) >= allowed and _is_all_of(result, said, heard, tokenizer),
            )
            for result, said, heard in zip(results, tokens, words, strict=True)
        ]

    def _generated(
        self, encoded: ctranslate2.StorageView, prompts: list[list[int]], like: Request, max_length: int
    ) -> list[Any]:
        """What CTranslate2 finds for each window. On a CPU it draws one text after the other, of which the likeliest is
        taken: five at a time, of a whole window, take 160 MB instead of 75."""
        generate = partial(
            self._model.model.generate,
            encoded,
            prompts,
            max_length=max_length,
            suppress_tokens=self._suppressed,
            return_scores=True,
            return_no_speech_prob=True,
        )
        if not like.temperature:
            return list(generate(beam_size=like.beam_size))
        draw = partial(generate, beam_size=1, sampling_topk=0, sampling_temperature=like.temperature)
        if not self._one_by_one:
            return list(draw(num_hypotheses=DRAWN))
        drawn = [draw() for _ in range(DRAWN)]
        return [max(of_one, key=_mean) for of_one in zip(*drawn, strict=True)]

    def _encode(self, features: Sequence[NDArray[np.float32]], length: int) -> ctranslate2.StorageView:
        """All at one length; on a CPU window by window, for a batch's attention falls out of the caches."""
        filled = [_filled_up(one, length) for one in features]
        if not self._one_by_one:
            return self._model.encode(np.stack(filled))
        rows = [np.asarray(self._model.encode(one))[0] for one in filled]
        return ctranslate2.StorageView.from_array(np.stack(rows))

    def _prompt(self, request: Request, tokenizer: Tokenizer) -> list[int]:
        before = [tokenizer.sot_prev, *request.prompt] if request.prompt else []
        return [*before, *tokenizer.sot_sequence]

    def _words(
        self,
        tokenizer: Tokenizer,
        encoded: ctranslate2.StorageView,
        tokens: list[list[int]],
        frames: list[int],
    ) -> list[tuple[Word, ...]]:
        """Cross-attention alignment; on a CPU window by window, as in `_encode`."""
        lengths = [count - count % 2 for count in frames]
        if not self._one_by_one:
            return self._aligned(tokenizer, encoded, tokens, lengths)
        rows = np.asarray(encoded)
        return [
            words
            for index, (said, length) in enumerate(zip(tokens, lengths, strict=True))
            for words in self._aligned(
                tokenizer, ctranslate2.StorageView.from_array(rows[index : index + 1]), [said], [length]
            )
        ]

    def _aligned(
        self, tokenizer: Tokenizer, encoded: ctranslate2.StorageView, tokens: list[list[int]], lengths: list[int]
    ) -> list[tuple[Word, ...]]:
        """A window without text takes part with a token whose place nobody asks for."""
        if not any(tokens):
            return [() for _ in tokens]
        stand_in = tokenizer.encode(" .")
        found = self._model.find_alignment(tokenizer, [said or stand_in for said in tokens], encoded, lengths)
        return [_merged(words) if said else () for said, words in zip(tokens, found, strict=True)]

    def _make_tokenizer(self, language: str, task: Task) -> Tokenizer:
        return Tokenizer(self._model.hf_tokenizer, self.is_multilingual, task=task, language=language)


def _filled_up(features: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    """With digital silence; zeros, a faint hiss, make the decoder go on after the end."""
    filled = np.full((features.shape[0], frames), features.min(), np.float32)
    filled[:, : features.shape[1]] = features
    return filled


def _until_the_end(tokens: Sequence[int], request: Request, tokenizer: Tokenizer) -> list[int]:
    """The text's tokens, up to the first segment whose timestamp lies where the sound has ended."""
    end = request.frames / FRAMES_PER_SECOND - END_SLACK
    begun = False  # whether the last token was text: a timestamp then closes a segment, else it opens one
    kept: list[int] = []
    for token in tokens:
        if token < tokenizer.eot:
            kept.append(token)
            begun = True
        elif token >= tokenizer.timestamp_begin:
            if not begun and (token - tokenizer.timestamp_begin) * TIMESTAMP_SECONDS >= end:
                break
            begun = False
    return kept


def _allowed_tokens(request: Request, at_least: int, a_second: int) -> int:
    """As many for each of its kind."""
    return at_least + int(request.length / FRAMES_PER_SECOND * a_second)


def _max_length(allowed: int, prompt: int) -> int:
    """CTranslate2 counts the prompt in, and gives the text half of the length at most."""
    return min(MAX_TOKENS, max(2 * allowed, prompt + allowed))


def _is_all_of(result: Any, kept: Sequence[int], words: Sequence[Word], tokenizer: Tokenizer) -> bool:
    """Whether nothing was left out as said after the end: the end was not reached."""
    text = [token for token in result.sequences_ids[0] if token < tokenizer.eot]
    return len(text) == len(kept) and len(tokenizer.decode(text)) == sum(len(word.text) for word in words)


def _mean(result: Any) -> float:
    """Mean log-probability of the tokens and the end."""
    length = len(result.sequences_ids[0])
    return float(result.scores[0]) * length / (length + 1)


def _merged(words: list[dict[str, Any]]) -> tuple[Word, ...]:
    merge_punctuations(words, PREPENDED, APPENDED)
    found = [
        Word(float(word["start"]), float(word["end"]), word["word"], float(word["probability"]))
        for word in words
        if word["word"]
    ]
    return tuple(without_the_squeezed(found))


def without_the_squeezed(words: Sequence[Word]) -> Sequence[Word]:
    """Alignment has no place for what is said after the sound has ended: it stands, all of it, in the last instant."""
    spoken = len(words)
    while spoken and words[spoken - 1].end - words[spoken - 1].start < SQUEEZED_SECONDS:
        spoken -= 1
    return words[:spoken] if len(words) - spoken > 1 else words
