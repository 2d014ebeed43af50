"""Which language is spoken: several windows vote, each by its seconds of speech. Does not recognise words."""

from collections import defaultdict
from collections.abc import Iterable

from transcriptions.engine.batching import Batcher
from transcriptions.engine.decoding import Sound
from transcriptions.engine.values import Language, Span
from transcriptions.engine.windows import Window

WINDOW_SECONDS = 6.0  # enough to tell, and a twelfth of the cost of 30
LEAST_VOTES, MOST_VOTES = 2, 8
SURE = 0.9  # of the votes: no more windows are asked


def detect(batcher: Batcher, places: Iterable[tuple[Sound, Window]]) -> Language:
    """Asks windows one after another, two to eight as long as they disagree; at least one must be given.

    The windows vote with their probabilities, weighted by how long somebody speaks in them.
    """
    votes: dict[str, float] = defaultdict(float)
    total = 0.0
    for count, (sound, window) in enumerate(places, start=1):
        said = language_of(batcher, sound, window)
        total += window.voiced_seconds
        for code, probability in said.items():
            votes[code] += probability * window.voiced_seconds
        if count == MOST_VOTES or (count >= LEAST_VOTES and max(votes.values()) >= SURE * total):
            break
    code = max(votes, key=lambda code: votes[code])
    return Language(code, round(votes[code] / total, 4))


def language_of(batcher: Batcher, sound: Sound, window: Window) -> dict[str, float]:
    """The probability of each language in one window."""
    samples = sound(Span(window.start, min(window.end, window.start + WINDOW_SECONDS)))
    return batcher.languages(batcher.model.features(samples))
