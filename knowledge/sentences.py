"""Sentences of running scientific text: abbreviations, initials and decimals do not end one."""

from __future__ import annotations

import re

_END = re.compile(r"(?<=[.!?])[)\]\"'”’⁰-⁹¹²³,–]*\s+(?=[A-Z(\[\"“'‘0-9µβαγΔ~∼])|(?<=[。！？])")
_ABBREVIATED = re.compile(
    r"\b(?:fig|figs|eq|eqs|ref|refs|tab|sec|vol|pp|cf|vs|et al|e\.g|i\.e|ca|approx|resp|dr|prof|max|supp|suppl)\.$",
    re.IGNORECASE,
)
_INITIAL = re.compile(r"(?<![\d°◦º˚])(?<![\d°◦º˚]\s)\b[A-Z]\.$")
"""A person's initial; after a number or a degree sign a single letter is a unit."""


def split_sentences(text: str) -> list[str]:
    """The sentences of a paragraph, in order; together they hold every word of it."""
    found: list[str] = []
    start = 0
    for match in _END.finditer(text):
        before = text[start : match.start()]
        if match[0].startswith(",") or _INITIAL.search(before) or _ABBREVIATED.search(before):
            continue
        sentence = text[start : match.end()].strip()
        if sentence:
            found.append(sentence)
        start = match.end()
    last = text[start:].strip()
    return [*found, last] if last else found
