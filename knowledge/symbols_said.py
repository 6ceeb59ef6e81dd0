"""Symbols of properties that the text of a document explains: `where Q is the activation energy`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from eutectic.knowledge.properties import Property
from eutectic.knowledge.table_headers import property_in

_SYMBOL = r"[A-Za-zα-ωΑ-Ω](?:[^\W_]|_(?=\w)|,(?=\w)){0,7}"
_VERB = r"(?:is|are|denotes?|represents?|stands? for|means?|refers? to)"
_ONE = re.compile(
    rf"(?<![\w.-])(?P<symbol>{_SYMBOL})\s+{_VERB}\s+the\s+(?P<said>[^,;.()=:\n]{{3,60}}(?:\n[^,;.()=:\n]{{3,40}})?)"
)
_MANY = re.compile(
    rf"(?<![\w.-])(?P<symbols>{_SYMBOL}(?:\s*,\s*{_SYMBOL}){{0,4}},?\s+and\s+{_SYMBOL})\s+{_VERB}\s+(?P<said>[^;.()=:]{{8,200}}?),?\s+respectively"
)
_APART = re.compile(r"\s*(?:,\s*and\s|,|\band\s)\s*")
_WORDS = "a an as at be by do he i if in is it of on or so to we this that which what there here one"
_WORD = frozenset(_WORDS.split())
"""Words before `is the` that are no symbols."""
_LONGEST = 2
"""Letters of a symbol that is all lower case."""
_SUNK = re.compile(r"(?<![\w.-])([A-Za-zα-ωΑ-Ω])\s([a-z]{1,3}|\d{1,2})(?=\s+(?:is|are|denotes?|represents?)\s+the\b)")


def symbols_said(pages: Iterable[str]) -> Mapping[str, Property]:
    """By symbol the property that the pages explain it by; symbols explained in two ways are left out."""
    found: dict[str, set[str]] = {}
    known: dict[str, Property] = {}
    for page in pages:
        for symbol, said in _pairs(_SUNK.sub(r"\1\2", page)):
            words = " ".join(said.split())
            is_word = symbol.lower() in _WORD or (len(symbol) > _LONGEST and symbol.islower())
            item = None if is_word else property_in(words, None)
            if item is not None and _is_name(words, item):
                known[symbol.replace("_", "")] = item
                found.setdefault(symbol.replace("_", ""), set()).add(item.name)
    return {symbol: known[symbol] for symbol, names in found.items() if len(names) == 1}


def _pairs(page: str) -> Iterator[tuple[str, str]]:
    rest = page
    for match in _MANY.finditer(page):
        symbols, said = _APART.split(match["symbols"]), _APART.split(match["said"])
        if len(symbols) == len(said):
            bare = (re.sub(r"^the\s+", "", words.strip()) for words in said)
            yield from zip(symbols, bare, strict=True)
        rest = rest.replace(match[0], "")
    for match in _ONE.finditer(rest):
        yield match["symbol"], re.split(r"\b(?:of|in|at|for|and)\b", match["said"])[0]


def _is_name(words: str, item: Property) -> bool:
    """Whether words say a property by a name of several letters, not by a symbol."""
    return any(name in words.lower().replace("-", " ") for name in (known.replace("-", " ") for known in item.names))
