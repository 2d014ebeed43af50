"""The real OpenAI client against the whole site: formats, granularities, a stream, errors; all as its own types say."""

import asyncio
import json
from pathlib import Path
from typing import Any

import openai as library
import pytest
from openai import AsyncOpenAI, OpenAI
from openai.types.audio import (
    Transcription,
    TranscriptionTextDeltaEvent,
    TranscriptionTextDoneEvent,
    TranscriptionVerbose,
    TranslationVerbose,
)

from accounts.models import User
from tests import speech
from tests.api.conftest import token_of
from transcriptions import models

pytestmark = pytest.mark.django_db(transaction=True)

MODEL = "whisper-1"
FLOAT = ("-c:a", "pcm_f32le")


def test_json(openai: OpenAI, spoken: Path, alice: User) -> None:
    said = openai.audio.transcriptions.create(model=MODEL, file=spoken)
    assert isinstance(said, Transcription)
    assert "budget" in said.text
    assert said.usage is not None
    assert said.usage.type == "duration"
    assert 4 < said.usage.seconds < 8
    entry = alice.transcriptions.get()
    assert entry.by_program
    assert entry.file_name == "spoken.wav"


@pytest.mark.parametrize(
    ("response_format", "beginning"), [("text", "Good"), ("srt", "1\n00:00:00,"), ("vtt", "WEBVTT\n")]
)
def test_text_and_subtitles(openai: OpenAI, spoken: Path, response_format: str, beginning: str) -> None:
    said = openai.audio.transcriptions.create(model=MODEL, file=spoken, response_format=response_format)  # type: ignore[call-overload]
    assert said.startswith(beginning)
    assert "budget" in said


@pytest.mark.parametrize(
    ("granularities", "segments", "words"),
    [(None, True, False), (["segment"], True, False), (["word"], False, True), (["word", "segment"], True, True)],
)
def test_verbose_json_has_what_was_asked_for(
    openai: OpenAI, long_spoken: Path, granularities: list[str] | None, segments: bool, words: bool
) -> None:
    more: dict[str, Any] = {"timestamp_granularities": granularities} if granularities else {}
    answer = openai.audio.transcriptions.with_raw_response.create(
        model=MODEL, file=long_spoken, response_format="verbose_json", **more
    )
    said = TranscriptionVerbose.model_validate(json.loads(answer.text), strict=True)
    assert said.language == "english"
    assert 30 < said.duration < 60
    assert said.usage is not None
    assert bool(said.segments) == segments
    assert bool(said.words) == words
    if said.segments:
        assert [segment.id for segment in said.segments] == list(range(len(said.segments)))
        assert "".join(segment.text for segment in said.segments).strip() == said.text
        assert all(one.start <= two.start for one, two in zip(said.segments, said.segments[1:], strict=False))
        assert said.segments[-1].seek == int(said.segments[-1].start * 100)
    if said.words:
        assert " ".join(word.word for word in said.words) == said.text
    assert len(answer.headers["x-request-id"]) == 32
    assert int(answer.headers["x-ratelimit-remaining-requests"]) < int(answer.headers["x-ratelimit-limit-requests"])


def test_a_stream_is_what_is_said_in_order_and_then_all_of_it(openai: OpenAI, long_spoken: Path) -> None:
    events = list(openai.audio.transcriptions.create(model=MODEL, file=long_spoken, stream=True))
    deltas, done = events[:-1], events[-1]
    assert len(deltas) >= 3
    assert all(isinstance(event, TranscriptionTextDeltaEvent) for event in deltas)
    assert isinstance(done, TranscriptionTextDoneEvent)
    TranscriptionTextDoneEvent.model_validate(json.loads(done.to_json()), strict=True)
    assert "".join(event.delta for event in deltas if isinstance(event, TranscriptionTextDeltaEvent)) == done.text
    assert done.usage is not None
    assert done.usage.total_tokens == done.usage.input_tokens + done.usage.output_tokens
    assert "library" in done.text


@pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")  # by OpenAI, on its own servers
def test_translations(openai: OpenAI, spoken: Path, alice: User, multilingual: str) -> None:
    said = openai.audio.translations.create(model=multilingual, file=spoken, response_format="verbose_json")
    assert isinstance(said, TranslationVerbose)
    assert said.language == "english"
    assert alice.transcriptions.get().transcript.options["task"] == "translate"


def test_what_is_chosen_becomes_options(openai: OpenAI, spoken: Path, alice: User) -> None:
    openai.audio.transcriptions.create(
        model="Systran/faster-whisper-tiny.en",
        file=spoken,
        language="EN",
        prompt="A meeting\nabout money.",
        temperature=0.2,
        chunking_strategy="auto",
        extra_body={"keywords[]": "budget", "nobody_knows_this": "1"},
    )
    options = alice.transcriptions.get().transcript.options
    assert options["model"] == "tiny.en"
    assert options["language"] == "en"
    assert options["initial_prompt"] == "A meeting about money."
    assert options["hotwords"] == "budget"
    assert options["temperature"] == pytest.approx(0.2)


def test_the_models_are_those_of_the_installation(openai: OpenAI) -> None:
    assert [model.id for model in openai.models.list()][:2] == ["whisper-1", "tiny.en"]
    assert openai.models.retrieve("Systran/faster-whisper-tiny.en").id == "Systran/faster-whisper-tiny.en"
    with pytest.raises(library.NotFoundError) as caught:
        openai.models.retrieve("gpt-4o-transcribe")
    assert caught.value.code == "model_not_found"


def test_the_originals_25_megabytes_are_no_limit_here(openai: OpenAI, spoken: Path, tmp_path: Path) -> None:
    large = speech.convert(
        spoken, tmp_path / "large.wav", "-af", "apad", "-t", "18", "-ar", "192000", "-ac", "2", *FLOAT
    )
    assert large.stat().st_size > 26 * 1024**2
    assert "budget" in openai.audio.transcriptions.create(model=MODEL, file=large).text


def test_errors_are_its_exceptions(site: str, openai: OpenAI, spoken: Path) -> None:
    with pytest.raises(library.NotFoundError) as missing:
        openai.audio.transcriptions.create(model="large-v9", file=spoken)
    assert (missing.value.code, missing.value.param) == ("model_not_found", "model")
    with pytest.raises(library.BadRequestError) as caught:
        openai.audio.transcriptions.create(model=MODEL, file=("nothing.wav", b""))
    assert caught.value.code == "empty_file"
    with pytest.raises(library.AuthenticationError) as wrong:
        OpenAI(base_url=f"{site}/v1", api_key="ts_wrong").audio.transcriptions.create(model=MODEL, file=spoken)
    assert wrong.value.code == "invalid_api_key"


def test_the_asynchronous_client_waits_for_many_at_once(site: str, bob: User, spoken: Path) -> None:
    async def ask(client: AsyncOpenAI, number: int) -> str:
        said = await client.audio.transcriptions.create(model=MODEL, file=(f"{number}.wav", spoken.read_bytes()))
        return said.text

    async def all_of_them() -> list[str]:
        async with AsyncOpenAI(base_url=f"{site}/v1", api_key=token_of_bob, timeout=60) as client:
            return await asyncio.gather(*(ask(client, number) for number in range(8)))

    token_of_bob = token_of(bob)
    texts = asyncio.run(all_of_them())
    assert len(set(texts)) == 1
    assert "budget" in texts[0]
    assert bob.transcriptions.count() == 1, "the same content again is the same request"
    assert models.Transcript.objects.count() == 1


def test_the_asynchronous_client_streams(site: str, token: str, long_spoken: Path) -> None:
    async def texts() -> list[str]:
        async with AsyncOpenAI(base_url=f"{site}/v1", api_key=token, timeout=60) as client:
            stream = await client.audio.transcriptions.create(model=MODEL, file=long_spoken, stream=True)
            return [event.type async for event in stream]

    types = asyncio.run(texts())
    assert types[-1] == "transcript.text.done"
    assert set(types[:-1]) == {"transcript.text.delta"}
