"""How far a text is from what was said: errors by word, by character for languages that do not write words apart.

Texts are first made alike, as Whisper's authors did: English by their English normaliser, others by their basic one
with numbers spelled out. Does not recognise anything.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache, reduce
from operator import add

import jiwer
from num2words import num2words
from whisper_normalizer.basic import BasicTextNormalizer
from whisper_normalizer.english import EnglishTextNormalizer

from benchmarks.values import Recording, Score

BY_CHARACTER = frozenset({"zh", "ja", "yue", "th", "lo", "my", "km"})
NUMBERS = {"pt": "pt_BR", "es": "es", "fr": "fr", "de": "de"}  # as num2words names the languages
THOUSANDS = re.compile(r"(?<=\d)[. ](?=\d{3}\b)")
DIGITS = re.compile(r"\d{1,15}")  # longer ones are no numbers that anybody says


def score(recordings: Iterable[Recording], texts: Iterable[str]) -> Score | None:
    """Over all recordings whose text is known and not empty; None where there is none."""
    pairs = zip(recordings, texts, strict=True)
    scores = [compare(said.text, heard, said.language) for said, heard in pairs if said.text]
    return reduce(add, scores) if scores else None


def compare(reference: str, heard: str, language: str) -> Score:
    normalise = normaliser(language)
    said, written = normalise(reference), normalise(heard)
    by_character = language in BY_CHARACTER
    found = jiwer.process_characters(said, written) if by_character else jiwer.process_words(said, written)
    count = found.hits + found.substitutions + found.deletions
    return Score(found.substitutions, found.deletions, found.insertions, count)


@cache
def normaliser(language: str) -> Callable[[str], str]:
    """Makes texts of the language alike where they differ in nothing that is heard."""
    if language == "en":
        english: Callable[[str], str] = EnglishTextNormalizer()
        return english
    basic: Callable[[str], str] = BasicTextNormalizer()
    if language in BY_CHARACTER:
        return lambda text: re.sub(r"\s", "", basic(text))
    return lambda text: basic(spelled_out(text, language)).strip()


def spelled_out(text: str, language: str) -> str:
    """Whole numbers in words, where num2words knows the language."""
    if language not in NUMBERS:
        return text
    return DIGITS.sub(lambda digits: _in_words(digits[0], language), THOUSANDS.sub("", text))


def _in_words(digits: str, language: str) -> str:
    return f" {num2words(int(digits), lang=NUMBERS[language])} "
