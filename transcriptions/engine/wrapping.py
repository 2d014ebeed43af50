"""Text broken into lines no wider than a page, in time that grows with the text. How wide a word is, somebody measures.

A script without spaces is broken between any two characters, but not before a closing mark nor after an opening one;
others at spaces; a word that is wider than a line anywhere between its characters.
"""

from collections.abc import Callable, Iterator

from transcriptions.engine.cue_breaks import ENDS, NEVER_FIRST, NEVER_LAST, OPENING
from transcriptions.engine.cue_words import inseparable, spaceless

Width = Callable[[str], float]


def wrapped(text: str, line: float, width: Width) -> Iterator[str]:
    """At least one line. line: its width, in the unit of `width`."""
    begun, left = "", line
    for part in _parts(text, line, width):
        taken = width(part.strip()) + (width(" ") if begun and part[0] == " " else 0.0)
        if taken > left and begun:
            yield begun
            begun, left, taken = "", line, width(part.strip())
        begun += part if begun else part.lstrip()
        left -= taken
    yield begun


def _parts(text: str, line: float, width: Width) -> Iterator[str]:
    """What stays together, with the space before it. None wider than a line unless it is one character."""
    for number, word in enumerate(text.split()):
        space = " " if number else ""
        runs = _cut(word, _may_break) if any(map(spaceless, word)) else [word]
        for run in runs:
            for part in [run] if width(run) <= line else _cut(run, lambda before, char: True):
                yield space + part
                space = ""


def _may_break(before: str, char: str) -> bool:
    if not (spaceless(before) or spaceless(char)):
        return False
    return char not in ENDS and char not in NEVER_FIRST and before not in OPENING and before not in NEVER_LAST


def _cut(word: str, may_break: Callable[[str, str], bool]) -> list[str]:
    parts, start = [], 0
    for at in range(1, len(word)):
        before = word[max(start, at - 2) : at]
        if not inseparable(before, word[at]) and may_break(before[-1], word[at]):
            parts.append(word[start:at])
            start = at
    return [*parts, word[start:]]
