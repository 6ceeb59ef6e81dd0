"""Property tokens: one token for a property whether a text writes its English name, its Chinese name or its symbol."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from eutectic.knowledge.properties import properties

_WORD = re.compile(r"[^\W\d_]+(?:['’][a-z]+)?|[^\W_]+", re.ASCII)
_SYMBOL = re.compile(r"(?<![\w.])(?:[Δ∆]?[A-Za-zσλμκρηχ][A-Za-z0-9_]{0,5}|\(BH\)max)(?![\w.]*\w)")
_DASH = re.compile(r"[-–—/]")
_PLURAL = re.compile(r"(?<=[a-z]{3})s$")
_DENSITIES = frozenset(
    [
        "current",
        "energy",
        "power",
        "charge",
        "electron",
        "number",
        "flux",
        "dislocation",
        "defect",
        "vacancy",
        "probability",
    ]
)
_SHORT = 2
"""Letters of a symbol at least, for it to mean its property in running text."""


class _Name(NamedTuple):
    words: tuple[str, ...]
    token: str


def property_tokens(text: str) -> list[str]:
    """The token of every property a text names, each once."""
    return list(dict.fromkeys(token for token, _ in named_properties(text)))


def named_properties(text: str) -> list[tuple[str, str]]:
    """The token of every property a text names, with the words or the symbol that name it."""
    words = [_PLURAL.sub("", word) for word in _WORD.findall(_DASH.sub(" ", text).lower())]
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(words):
        longest = 0
        for name in _english().get(words[at], ()):
            if len(name.words) >= longest and tuple(words[at : at + len(name.words)]) == name.words:
                if name.words == ("density",) and _is_other_density(words, at):
                    continue
                found.append((name.token, " ".join(name.words)))
                longest = len(name.words)
        at += max(1, longest)
    if not text.isascii():
        found += [(token, name) for name, token in _chinese() if name in text]
    for match in _SYMBOL.findall(text):
        found += [(token, match) for token in _symbols().get(match, ())]
    return found


def _is_other_density(words: list[str], at: int) -> bool:
    """Whether `density` at a place is not of mass: a current density, a density functional, a density of states."""
    return bool(at and words[at - 1] in _DENSITIES) or (
        words[at + 1 : at + 2] in (["functional"], ["of"])
        and (words[at + 1] == "functional" or words[at + 2 : at + 3] in (["state"], ["dislocation"]))
    )


def dimensions_of(token: str) -> tuple[float, ...]:
    """The dimension of the values of a property token's property."""
    return properties()[token.removeprefix("p:").replace("_", " ")].dimension


def token_of(name: str) -> str:
    """The token of a property by its canonical name."""
    return f"p:{name.replace(' ', '_')}"


@cache
def _english() -> dict[str, tuple[_Name, ...]]:
    """Names by their first word, longest first."""
    by_first: dict[str, list[_Name]] = {}
    for item in properties().values():
        for name in item.names:
            words = tuple(_PLURAL.sub("", word) for word in _WORD.findall(_DASH.sub(" ", name)))
            if words and name.isascii():
                by_first.setdefault(words[0], []).append(_Name(words, token_of(item.name)))
    return {first: tuple(sorted(names, key=lambda name: -len(name.words))) for first, names in by_first.items()}


@cache
def _chinese() -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, token_of(item.name)) for item in properties().values() for name in item.names if not name.isascii()
    )


@cache
def _symbols() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for item in properties().values():
        for symbol in item.symbols:
            if len(symbol) >= _SHORT and not symbol.isdigit():
                found[symbol] = (*found.get(symbol, ()), token_of(item.name))
    return found
