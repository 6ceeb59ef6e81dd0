"""Roots of English stems: `rough` and `roughness`, `solid` and `solidify`, `safe` and `safer` are of one root."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

_ENDINGS = (
    "abl", "ibl", "abil", "ibil", "iti", "ness", "ation", "ition", "ion", "ment", "anc", "enc", "ant", "ent", "ator",
    "or", "er", "um", "ifi", "iz", "al", "ic", "ous", "iv", "at", "ist", "ism", "en", "ish", "li", "y", "i", "e",
)  # fmt: skip
_LEAST = 4
"""Letters of a root at least; fewer say too little."""
_MOST_CUTS = 2
_COMPARED = ("est", "eti", "er", "e")
"""Endings that also leave a root of three letters: safe, safer, safety."""


@cache
def root(word: str) -> str:
    """The root of a stem in small letters: it without its endings; the stem itself where nothing may be cut."""
    if not (word.isascii() and word.isalpha()):
        return word
    for end in _COMPARED:
        if word.endswith(end) and len(word) - len(end) == _LEAST - 1:
            return word[: -len(end)]
    short = word
    for _ in range(_MOST_CUTS):
        cut = next((end for end in _ENDINGS if short.endswith(end) and len(short) - len(end) >= _LEAST), None)
        if cut is None:
            break
        short = short[: -len(cut)]
    return short


def by_root(words: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """The words of a vocabulary by their root; search tokens such as `f:` and numbers are left out."""
    found: dict[str, set[str]] = {}
    for word in words:
        if word.isascii() and word.isalpha():
            found.setdefault(root(word), set()).add(word)
    return {key: frozenset(group) for key, group in found.items()}
