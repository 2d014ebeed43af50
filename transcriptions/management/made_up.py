"""A long history, made up: recordings of two people who do not exist, for measuring.

The words are made of syllables, but for the commonest, and are as frequent as words are (Zipf and Mandelbrot); half of
the recordings are in Portuguese, half in English.
"""

import itertools
import json
import uuid
from collections.abc import Iterator
from datetime import timedelta

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from transcriptions.models import Media, Shard, Transcript, Transcription
from transcriptions.workflow import passages, replace

SEARCHER, COLLECTOR = "searcher@example.org", "collector@example.org"
VOCABULARY = 60_000  # words of a language
SEGMENT_SECONDS, SEGMENT_WORDS, SHARD_SECONDS = 3.6, 10, 120
MEAN_MINUTES = 30
CORRECTED = 10  # every so many recordings of the searcher's have corrections
MISHEARD = replace.Wanted("people|coração", "committee", as_pattern=True)
COMMONEST = {
    "pt": "de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu"
    " sua ou ser quando muito há nos já está eu também só pelo pela até isso ela entre era depois sem mesmo aos ter"
    " quem nas me esse eles estão você tinha foram essa num nem suas meu às minha têm coração ação reunião relatório"
    " orçamento telhado biblioteca janeiro música educação situação informação",
    "en": "the be to of and a in that have i it for not on with he as you do at this but his by from they we say her"
    " she or an will my one all would there their what so up out if about who get which go me when make can like time"
    " just him know take people into year your good some could them see other than then now look only come its over"
    " committee library report budget meeting roof spring photosynthesis architecture question understand important",
}
SYLLABLES = {
    "pt": "ca ção ra to men da li ba no ves ti por ção fa zer gra nha lho ou ei re con des tra pre ma so pe ni vo ju",
    "en": "tion ing er ly ment con re pro ter sta ble per ish com de ex in tran sub ver th or an el low wood bur ness",
}


def words_of(language: str, chance: np.random.Generator) -> list[str]:
    """The commonest first."""
    words = dict.fromkeys(COMMONEST[language].split())
    syllables = SYLLABLES[language].split()
    while len(words) < VOCABULARY:
        words["".join(chance.choice(syllables, size=chance.choice((2, 2, 3, 3, 3, 4, 4, 5))))] = None
    return list(words)


class Speech:
    """Endless text in one language."""

    def __init__(self, language: str, seed: int) -> None:
        self.chance = np.random.default_rng(seed)
        self.words = np.array(words_of(language, self.chance))
        weights = 1.0 / (np.arange(VOCABULARY) + 2.7) ** 1.05
        self.weights = weights.cumsum() / weights.sum()

    def segments(self, count: int) -> Iterator[list[str]]:
        lengths = self.chance.integers(SEGMENT_WORDS // 2, SEGMENT_WORDS * 3 // 2 + 1, size=count)
        ranks = np.searchsorted(self.weights, self.chance.random(int(lengths.sum())))
        spoken = self.words[ranks].tolist()
        at = 0
        for length in lengths:
            yield spoken[at : at + length]
            at += length


def fill(hours: float, entries: int) -> None:
    """Indexed as the speech worker does it, shard by shard."""
    searcher, collector = (User.objects.create_user(email=email, password=None) for email in (SEARCHER, COLLECTOR))
    voices = {language: Speech(language, seed) for seed, language in enumerate(("pt", "en"))}
    lengths = np.random.default_rng(1).lognormal(mean=0.0, sigma=0.7, size=max(1, int(hours * 60 / MEAN_MINUTES)))
    lengths *= hours * 3600 / lengths.sum()
    for number, (seconds, language) in enumerate(zip(lengths.tolist(), itertools.cycle(voices))):
        entry = _recording(searcher, voices[language], language, seconds, number)
        if number % CORRECTED == 0:
            replace.replace_all(entry=entry, user=searcher, wanted=MISHEARD, now=timezone.now())
    for number in range(entries):
        _recording(collector, voices["en"], "en", 0.0, number)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _recording(user: User, speech: Speech, language: str, seconds: float, number: int) -> Transcription:
    now = timezone.now() - timedelta(minutes=37 * number)
    length = seconds or 60.0 + number % 3600
    with transaction.atomic():
        media = Media.objects.create(
            sha256=uuid.uuid4().hex * 2, size_bytes=1_000_000, container="mp3", duration_seconds=length, created_at=now
        )
        transcript = Transcript.objects.create(
            media=media,
            fingerprint="made up",
            reuse_key=uuid.uuid4().hex,
            options={"model": "base", "task": "transcribe"},
            state=Transcript.State.FAILED if number % 50 == 0 and not seconds else Transcript.State.DONE,
            error_code="unreadable",
            language=language,
            duration_seconds=length,
            first_segment_at=now,
            created_at=now,
            last_used_at=now,
        )
        shards = Shard.objects.bulk_create(
            Shard(
                transcript=transcript,
                index=index,
                start_seconds=index * SHARD_SECONDS,
                end_seconds=(index + 1) * SHARD_SECONDS,
                speech=[],
                state=Shard.State.DONE,
            )
            for index in range(int(seconds // SHARD_SECONDS) + bool(seconds))
        )
        columns = "transcript_id, shard_id, position, start_seconds, end_seconds, text, words, avg_logprob,"
        columns += " no_speech_prob, compression_ratio, temperature, revision"
        with connection.cursor() as cursor, cursor.copy(f"COPY transcriptions_segment ({columns}) FROM STDIN") as copy:
            per_shard = int(SHARD_SECONDS / SEGMENT_SECONDS)
            for index, said in enumerate(speech.segments(int(seconds / SEGMENT_SECONDS))):
                start = index * SEGMENT_SECONDS
                shard = shards[min(index // per_shard, len(shards) - 1)]
                step = SEGMENT_SECONDS / len(said)
                timed = [
                    [round(start + place * step, 2), round(start + (place + 1) * step, 2), f" {word}", 0.987]
                    for place, word in enumerate(said)
                ]
                row = (transcript.pk, shard.pk, index, start, start + SEGMENT_SECONDS, " ".join(said).capitalize())
                copy.write_row((*row, json.dumps(timed), -0.2, 0.01, 1.5, 0.0, index))
        for shard in shards:
            passages.index(shard.pk)
        title = " ".join(next(speech.segments(1))[:5]).capitalize()
        entry = Transcription.objects.create(
            user=user,
            transcript=transcript,
            title=title[:200],
            file_name="made-up.mp3",
            created_at=now,
            tags=["weekly"] if number % 7 == 0 else [],
            is_favourite=number % 40 == 0,
        )
        passages.learn_entry(entry.pk)
        return entry
