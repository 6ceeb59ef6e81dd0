"""The verbatim check: a quote counts only where it stands, whole words and whole numbers, on the page it names."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from eutectic.knowledge.normalise import Normalised, normalise, normalise_with_origin

LEAST_LENGTH = 4
"""Characters (in the compared form) under which a quote says nothing."""


def find_quote(page: str, quote: str) -> str | None:
    """The page's own words for a quote, or None where it does not stand there; see `locate_quote`."""
    place = locate_quote(page, quote)
    return None if place is None else page[place[0] : place[1]]


def locate_quote(page: str, quote: str) -> tuple[int, int] | None:
    """Where the page's own words for a quote begin and end, or None where it does not stand there.

    A match may not begin or end inside a word or a number: `5.1 T` does not stand in `15.1 T`, nor `10` in `10⁴`,
    nor `5 K` in `-5 K`.
    """
    wanted = normalise(quote)
    if len(wanted) < LEAST_LENGTH:
        return None
    text, origin = _compared(page)
    at = text.find(wanted)
    while at >= 0:
        first, last = origin[at], origin[at + len(wanted) - 1]
        last = _with_marks(page, last)
        if _begins(page, first) and _ends(page, last):
            return first, last + 1
        at = text.find(wanted, at + 1)
    return None


@lru_cache(maxsize=128)
def _compared(page: str) -> Normalised:
    return normalise_with_origin(page)


def _with_marks(page: str, last: int) -> int:
    while last + 1 < len(page) and unicodedata.combining(page[last + 1]):
        last += 1
    return last


def _begins(page: str, first: int) -> bool:
    if first == 0:
        return True
    here, before = page[first], page[first - 1]
    if here.isdigit():
        if before.isdigit() or (before == "." and first > 1 and page[first - 2].isdigit()):
            return False
        if before in "-\u2212":
            return first > 1 and page[first - 2].isalnum()
        return not before.isalpha()
    return not (_is_letter(here) and _is_letter(before))


def _ends(page: str, last: int) -> bool:
    if last + 1 >= len(page):
        return True
    here, after = page[last], page[last + 1]
    if here.isdigit():
        if after.isdigit() or after in "⁻⁺":
            return False
        return not (after == "." and last + 2 < len(page) and page[last + 2].isdigit())
    return not (_is_letter(here) and (_is_letter(after) or after in "0123456789"))


def _is_letter(character: str) -> bool:
    return character.isalpha() and not _is_ideograph(character)


def _is_ideograph(character: str) -> bool:
    return "\u3040" <= character <= "\u9fff"
