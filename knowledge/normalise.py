"""Text normalisation: the one stated form in which quotes are compared with pages, and the form people read.

Compared form: characters that show nothing (zero-width, soft hyphen, control, private use, replacement) are out,
NFKC, dashes and look-alike signs folded, the caret and braces of a typed exponent out (`10^{4}` and `10⁴` are one),
a hyphen between a letter and a small letter out (line ends hyphenate words), all white space out. Case counts.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

SUPERSCRIPTS = str.maketrans("0123456789+-\u2212\u2013()=", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁽⁾⁼")
"""What raised characters become; NFKC folds them back to the plain ones."""
_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad\ufe58\ufe63\uff0d\u207b\u208b", "-")
PLAIN_DASHES = str.maketrans("\u2212\u2010\u2011\u2012\u2013\u2014", "------")
"""Minus signs and dashes of printed text as hyphens, for formulas and search tokens."""
_FOLDS = _DASHES | {
    "\u25e6": "°",
    "\u02da": "°",
    "\u00ba": "°",
    "\u223c": "~",
    "\u02dc": "~",
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u00b5": "\u03bc",
}
_EXPONENT = re.compile(r"[\^_]\{?(?=[+\-\u2212]?\d)|(?<=\d)\}")
_WORD_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[a-z])")
_LINE_HYPHEN = re.compile(r"(?<=[^\W_])[-\u2010\u00ad][ \t]*\n\s*(?=[a-z])")
_KEPT_HYPHEN = re.compile(r"(?<=[^\W_])[-\u2010][ \t]*\n\s*(?=[A-Z\d])")
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000e-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)


class Normalised(NamedTuple):
    """A text in the compared form, with the place of each of its characters in the original."""

    text: str
    origin: list[int]


def normalise(text: str) -> str:
    """The compared form of a text."""
    return normalise_with_origin(text).text


def normalise_with_origin(text: str) -> Normalised:
    """The compared form of a text, and the index in the original that each character came from."""
    dropped = {i for match in _EXPONENT.finditer(text) for i in range(*match.span())}
    characters: list[str] = []
    origin: list[int] = []
    for start, cluster in _clusters(text, dropped):
        for piece in unicodedata.normalize("NFKC", _FOLDS.get(cluster, cluster)):
            folded = _FOLDS.get(piece, piece)
            if not folded.isspace() and not _shows_nothing(folded):
                characters.append(folded)
                origin.append(start)
    plain = "".join(characters)
    hyphens = {match.start() for match in _WORD_HYPHEN.finditer(plain)}
    kept = [i for i in range(len(plain)) if i not in hyphens]
    return Normalised("".join(plain[i] for i in kept), [origin[i] for i in kept])


def _clusters(text: str, dropped: set[int]) -> list[tuple[int, str]]:
    """Characters with the combining marks behind them, which NFKC must see together."""
    clusters: list[tuple[int, str]] = []
    for i, character in enumerate(text):
        if i in dropped or (_shows_nothing(character) and character != "\u00ad"):
            continue
        if unicodedata.combining(character) and clusters:
            start, base = clusters[-1]
            clusters[-1] = (start, base + character)
        else:
            clusters.append((i, character))
    return clusters


def _shows_nothing(character: str) -> bool:
    return character == "\ufffd" or (
        unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Cn") and not character.isspace()
    )


def visible(text: str) -> str:
    """A text without zero-width, direction and tag characters; a control character becomes U+FFFD, a lost glyph."""

    def mark(match: re.Match[str]) -> str:
        return "\ufffd" if unicodedata.category(match[0]) == "Cc" else ""

    return _INVISIBLE.sub(mark, text)


def raised(text: str) -> str:
    """Superscript text: digits and signs as the Unicode superscripts, the rest as it is."""
    return text.translate(SUPERSCRIPTS)


def readable(text: str) -> str:
    """One line of running text: words hyphenated at a line end are joined, white space is single."""
    joined = _KEPT_HYPHEN.sub("-", _LINE_HYPHEN.sub("", text))
    return " ".join(joined.replace("\u00ad", "").split())
