"""The fonts that documents are set in, chosen by the characters they have. They come with two packages.

Has none for Tibetan. Emoji are drawn in outline.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from fontTools.ttLib import TTFont

NOTO, CJK = Path(str(files("manimgx_fonts"))), Path(str(files("noto_cjk_sans_otc"))) / "NotoSansCJK-Regular.ttc"
LATIN = NOTO / "NotoSans[wght].ttf"
CJK_BY_LANGUAGE = {"ja": 0, "ko": 1, "zh": 2, "yue": 4}  # the same characters are written differently
EMOJI = "NotoEmoji[wght].ttf"


@dataclass(frozen=True)
class Font:
    """number: in a file of several."""

    file: Path
    number: int = 0

    @property
    def name(self) -> str:
        return f"{self.file.stem}-{self.number}"

    @property
    def is_shaped(self) -> bool:
        """Whether its signs change and join with their neighbours."""
        return self.file not in (LATIN, CJK)


UNKNOWN = "\ufffd"
TEXT = Font(LATIN)  # Latin, Cyrillic, Greek


def drawable(text: str, language: str) -> str:
    """With a sign in place of each character that no font has."""
    fonts = [TEXT, *needed(text, language)]
    return "".join(char if any(ord(char) in _coverage(font) for font in fonts) else UNKNOWN for char in text)


def needed(text: str, language: str) -> list[Font]:
    """Those of the characters that TEXT has not, each once. No font for a character that none has."""
    found: dict[Font, None] = {}
    for code in {ord(char) for char in text if not char.isascii()} - _coverage(TEXT):
        if not any(code in _coverage(font) for font in found):
            font = next((font for font in _others(language) if code in _coverage(font)), None)
            if font:
                found[font] = None
    return list(found)


def most(text: str, of: Iterable[Font]) -> Font:
    """The one that has most of the text, so that the fewest words change the font. Of equal ones the first."""
    return max(of, key=lambda font: sum(ord(char) in _coverage(font) for char in text))


def _others(language: str) -> Iterator[Font]:
    """By script first; emoji last, as they also have figures and signs."""
    files = sorted(NOTO.glob("NotoSans?*[[]wght].ttf"))
    yield from (Font(file) for file in files if file != LATIN and "Italic" not in file.name)
    yield Font(CJK, CJK_BY_LANGUAGE.get(language, CJK_BY_LANGUAGE["zh"]))
    yield Font(NOTO / EMOJI)


@cache
def _coverage(font: Font) -> frozenset[int]:
    with TTFont(font.file, fontNumber=font.number, lazy=True) as opened:
        return frozenset(opened.getBestCmap())
