"""Properties named in a sentence, by their names (longest first) and symbols."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from eutectic.knowledge.properties import Property, properties


class NamedProperty(NamedTuple):
    """A property named in a sentence."""

    start: int
    end: int
    written: str
    is_symbol: bool
    candidates: tuple[Property, ...]


def named_properties(text: str) -> list[NamedProperty]:
    """Properties by name, longest first, then by symbol."""
    found: list[NamedProperty] = []
    lowered = text.lower()
    for name, items in _by_name():
        at = lowered.find(name)
        while at >= 0:
            end = at + len(name)
            if _is_word(lowered, at, end, name) and not any(at < other.end and other.start < end for other in found):
                found.append(NamedProperty(at, end, text[at:end], False, items))
            at = lowered.find(name, end)
    for symbol, items in _by_symbol():
        for match in re.finditer(rf"(?<![\w/])(?<!\d\s){re.escape(symbol)}(?![\w/])", text):
            if not any(match.start() < other.end and other.start < match.end() for other in found):
                found.append(NamedProperty(match.start(), match.end(), symbol, True, items))
    return sorted(found)


def _is_word(text: str, start: int, end: int, name: str) -> bool:
    if not name.isascii():
        return text[start - 1 : start + 1] != "导致"
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isascii() and before.isalpha()) and not (
        after.isascii() and after.isalpha() and after not in "s"
    )


@cache
def _by_name() -> tuple[tuple[str, tuple[Property, ...]], ...]:
    named = [(name, item) for item in properties().values() for name in item.names]
    plural = [(f"{name[:-1]}ies", item) for name, item in named if re.search(r"[^aeiou\W]y$", name)]
    return _longest_first([*named, *plural])


@cache
def _by_symbol() -> tuple[tuple[str, tuple[Property, ...]], ...]:
    return _longest_first([(symbol, item) for item in properties().values() for symbol in item.symbols])


def _longest_first(pairs: list[tuple[str, Property]]) -> tuple[tuple[str, tuple[Property, ...]], ...]:
    table: dict[str, list[Property]] = {}
    for word, item in pairs:
        table.setdefault(word, []).append(item)
    return tuple(sorted(((word, tuple(items)) for word, items in table.items()), key=lambda pair: -len(pair[0])))
