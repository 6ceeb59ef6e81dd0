"""Abbreviations that a text declares: `oleic acid (OA)`, found by the letters of the words before the bracket."""

from __future__ import annotations

import re

from eutectic.knowledge.tokens import tokenise

_DECLARED = re.compile(r"\(\s*(?P<short>[A-Za-z][A-Za-z\d-]{1,9})\s*[);,]")
_MOST_WORDS = 8


def abbreviations(text: str) -> dict[str, frozenset[str]]:
    """By the token of an abbreviation: the word tokens of what it is short for.

    Letters are matched from the right, the first at the beginning of a word (Schwartz and Hearst, Pacific Symposium on
    Biocomputing 2003, DOI 10.1142/9789812776303_0042).
    """
    found: dict[str, frozenset[str]] = {}
    for match in _DECLARED.finditer(text) if "(" in text else ():
        short = match["short"].removesuffix("s")
        if sum(letter.isupper() for letter in short) < 2:
            continue
        long = _long_form(short, text[: match.start()])
        words = frozenset(token for token in tokenise(long) if ":" not in token)
        for written in dict.fromkeys((short, match["short"])):
            codes = [token for token in tokenise(written) if ":" not in token]
            if len(codes) == 1 and words and codes[0] not in words:
                found.setdefault(codes[0], words)
    return found


def _long_form(short: str, before: str) -> str:
    """The words at the end of a text that an abbreviation stands for; empty where its letters do not fit."""
    most = min(_MOST_WORDS, 2 * len(short), len(short) + 5)
    words = re.split(r"(?<=[.;:])\s", before)[-1].split()[-most:]
    text = " ".join(words)
    place = len(text)
    letters = [letter.lower() for letter in short if letter.isalnum()]
    for number, letter in reversed(list(enumerate(letters))):
        place -= 1
        while place >= 0 and not (
            text[place].lower() == letter and (number or place == 0 or not text[place - 1].isalnum())
        ):
            place -= 1
        if place < 0:
            return ""
    return text[place:]
