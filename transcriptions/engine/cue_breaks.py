"""What kind of break stands between two words. Knows scripts and languages, not screens: choosing is for `cues`.

The kinds are those that the subtitle guidelines of Netflix and the BBC name: break after punctuation, before
conjunctions and prepositions; keep together an article, determiner, preposition, auxiliary or negation and its noun or
verb, a subject pronoun and its verb, a name, a number and its unit. Without a parser, lists of function words do most
of that; a language without a list is broken by punctuation, pauses, names and numbers alone.
"""

import unicodedata
from collections.abc import Sequence
from enum import IntEnum, auto

from transcriptions.engine.cue_vocabulary import VOCABULARIES, Vocabulary
from transcriptions.engine.cue_words import inseparable, spaceless
from transcriptions.engine.values import Word


class Break(IntEnum):
    """From the best to the worst."""

    SENTENCE = auto()
    CLAUSE = auto()
    CONJUNCTION = auto()  # before one
    PREPOSITION = auto()
    PLAIN = auto()  # between two words of which nothing is known
    CLOSE = auto()  # a pronoun and its verb, a noun and its genitive; in what may be a word of a script without spaces
    BOUND = auto()  # the parts of a name, an article and its noun, a number and its unit
    WORD = auto()  # inside a word
    NEVER = auto()  # before a closing mark, after an opening one, inside a character


SEEN = 6  # words: the longest name with particles, or conjunction of a script without spaces, that is known as one
PAUSE = 0.5  # seconds of silence that read like a comma
SENTENCE_ENDS = frozenset(".!?…。！？｡؟۔।॥།။។։")
UNSURE_ENDS = frozenset(".!?…")  # no sentence ends there when a small letter follows
CLAUSE_ENDS = frozenset(",;:،؛、，；：､၊፣፤–—―")
DASHES = frozenset("-–—―")
CLOSING = frozenset("\"'”’»›)]}」』）】》〉〕］｝")
OPENING = frozenset("\"'“‘«‹([{„‚¿¡「『（【《〈〔［｛")
ENDS = CLOSING | SENTENCE_ENDS | CLAUSE_ENDS
BRACKETS = "".join(OPENING | CLOSING)
MARKS = BRACKETS + "".join(SENTENCE_ENDS | CLAUSE_ENDS)
NEVER_FIRST = frozenset(  # small kana and marks that belong to what is before (JIS X 4051), Thai and Lao vowels
    "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶー々ゝゞヽヾ・ะาำๅๆฯະາຳໆ%％°"
)
NEVER_LAST = frozenset("เแโใไເແໂໃໄ")  # vowels written before the consonant that they are said after
ENDINGS = frozenset("的了吗嗎呢吧啊们們着著过過")  # Chinese particles and suffixes: with what is before
BEFORE_DIGITS = frozenset("第年月")  # within an ordinal or a date
PREFIXES = frozenset("おご")  # Japanese honorifics before Han: with what follows
PARTICLES = frozenset("of the de do da dos das del della di du des la van von der den".split())  # within a name
ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof st vs sr sra srta dra dña exmo eng mme mlle hr fr bzw dott avv gen col capt lt sgt nº e.g i.e"
    " z.b d.h p.ex".split()
)
YEAR_DIGITS = 4  # what follows is seldom a unit
ORDINAL_DIGITS = 2  # "am 3. Oktober": a year or a longer number before a full stop ends its sentence


def breaks(words: Sequence[Word], language: str = "") -> list[Break]:
    """The kind of break after each word but the last; `words` as `cue_words.laid_out` gives them."""
    vocabulary = VOCABULARIES.get(language, Vocabulary())
    kinds = [_kind([word.text for word in words[at : at + SEEN]], vocabulary) for at in range(len(words) - 1)]
    return [
        min(kind, Break.CLAUSE) if kind < Break.BOUND and after.start - before.end >= PAUSE else kind
        for kind, before, after in zip(kinds, words, words[1:], strict=False)
    ]


def _kind(texts: Sequence[str], vocabulary: Vocabulary) -> Break:
    """Of the break between the first and the second of some words."""
    spaced = texts[1].startswith(" ")
    texts = [text.strip() for text in texts]
    before, after = texts[:2]
    if _inseparable(before, after):
        return Break.NEVER
    if not (spaced or spaceless(before[-1]) or spaceless(after[0])):
        return Break.WORD
    if kind := _by_punctuation(before, after, vocabulary):
        return kind
    if spaced and not (spaceless(before[-1]) and spaceless(after[0])):
        return _by_words(texts, vocabulary)
    return Break.CLAUSE if spaced else _by_script(before[-1], "".join(texts[1:]), vocabulary)


def _inseparable(before: str, after: str) -> bool:
    if after[0] in NEVER_FIRST or before[-1] in NEVER_LAST or inseparable(before[-2:], after[0]):
        return True
    if DASHES.issuperset(after):
        return before[-1] not in SENTENCE_ENDS  # after one it begins what somebody else says
    return ENDS.issuperset(after) or OPENING.issuperset(before)


def _by_punctuation(before: str, after: str, vocabulary: Vocabulary) -> Break | None:
    end = before.rstrip(BRACKETS)[-1:]
    if end == "." and _is_short_form(before, vocabulary):
        return Break.BOUND
    if end in SENTENCE_ENDS:
        goes_on = end in UNSURE_ENDS and _first_letter(after).islower()
        return Break.CLAUSE if goes_on else Break.SENTENCE
    return Break.CLAUSE if end in CLAUSE_ENDS or DASHES.issuperset(before) else None


def _by_script(last: str, following: str, vocabulary: Vocabulary) -> Break:
    """Without a space. Japanese is best broken where hiragana ends: after a particle or an ending."""
    first = following[0]
    scripts = _script(last), _script(first)
    in_date = last in BEFORE_DIGITS and first.isdigit()
    if last.isdigit() or in_date or first in ENDINGS or scripts == ("KATAKANA", "KATAKANA"):
        return Break.BOUND
    if any(map(following.startswith, vocabulary.conjunctions)):
        return Break.CONJUNCTION
    if any(map(following.startswith, vocabulary.prepositions)):
        return Break.PREPOSITION
    if first in PREFIXES and _script(following[1:2]) == "CJK":
        return Break.PLAIN
    if scripts[0] == scripts[1]:
        return Break.CLOSE
    return Break.BOUND if scripts[1] == "HIRAGANA" or last in PREFIXES else Break.PLAIN


def _by_words(texts: Sequence[str], vocabulary: Vocabulary) -> Break:
    before, after = _key(texts[0]), _key(texts[1])
    if before in vocabulary.leaning or before in vocabulary.prepositions or before in vocabulary.conjunctions:
        return Break.BOUND
    if after in vocabulary.conjunctions:
        return Break.CONJUNCTION
    if _is_name(texts, vocabulary):
        return Break.BOUND
    if after in vocabulary.prepositions:
        return Break.PREPOSITION
    is_year = before.isdecimal() and len(before) == YEAR_DIGITS
    if before in vocabulary.pronouns or after in vocabulary.trailing or is_year:
        return Break.CLOSE
    return Break.BOUND if before[-1:].isdigit() or unicodedata.category(texts[0][-1]) == "Sc" else Break.PLAIN


def _is_name(texts: Sequence[str], vocabulary: Vocabulary) -> bool:
    """Whether two words with a capital (or a number: "May 5") are neighbours, but for "of the", "de", "van der"."""
    if not _is_capital(texts[0], vocabulary):
        return False
    for text in texts[1:]:
        if _is_capital(text, vocabulary):
            return True
        if text not in PARTICLES:
            return False
    return False


def _is_capital(text: str, vocabulary: Vocabulary) -> bool:
    first = _first_letter(text)
    return (first.isupper() or first.isdigit()) and _key(text) not in vocabulary.pronouns  # English "I"


def _is_short_form(text: str, vocabulary: Vocabulary) -> bool:
    """Whether its full stop ends an abbreviation, initials or an ordinal, and not a sentence."""
    word = text.strip(BRACKETS).removesuffix(".")
    if word.isdigit():
        return vocabulary.ordinals and len(word) <= ORDINAL_DIGITS
    return word.lower() in ABBREVIATIONS or all(len(part) == 1 and part.isupper() for part in word.split("."))


def _key(text: str) -> str:
    """As the lists have it: "L'homme," is "homme", "don't" is "t"."""
    word = text.strip(MARKS).lower()
    return word.replace("’", "'").rpartition("'")[2]


def _first_letter(text: str) -> str:
    return text.lstrip(BRACKETS)[:1]


def _script(char: str) -> str:
    """As Unicode's names of characters begin: "CJK", "HIRAGANA", "THAI"."""
    return unicodedata.name(char, "").partition(" ")[0].partition("-")[0] if char else ""
