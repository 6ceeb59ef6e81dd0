"""Families of compositions as papers write them, `Fe84-xB10C6Cux`: their tokens, and which alloys belong to them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from eutectic.core.elements import elements
from eutectic.knowledge.normalise import PLAIN_DASHES

_SYMBOLS = "|".join(sorted(elements(), key=lambda symbol: -len(symbol)))
_SHARE = r"(?:\d+(?:\.\d+)?)?(?:[-+]\d*(?:\.\d+)?[xyz])?|\d*(?:\.\d+)?[xyz]"
_PART = re.compile(rf"({_SYMBOLS})(\d*(?:\.\d+)?[xyz]|(?:\d+(?:\.\d+)?)?(?:[-+]\d*(?:\.\d+)?[xyz])?)")
_ELEMENT = rf"(?:{_SYMBOLS})(?:{_SHARE})"
_GROUP = re.compile(rf"[(\[]((?:{_ELEMENT})+)[)\]](\d+(?:\.\d+)?)?")
"""Elements that share a site: `(Zr1-xNbx)4`."""
_FAMILY = re.compile(rf"(?<![\w.])(?:{_ELEMENT}|{_GROUP.pattern})+(?![\w(\[]|[)\]]\d|\.\d)")
_TERM = re.compile(r"([-+]?)(\d*(?:\.\d+)?)([xyz]?)")
_NEAR = 0.15
"""At% by which each element may differ through rounding."""


class Part(NamedTuple):
    """The share of an element: `base + slope x`."""

    symbol: str
    base: float
    slope: float


def find_families(text: str) -> list[str]:
    """The formulas with one variable that a text writes, with plain dashes."""
    found = []
    for match in _FAMILY.finditer(text.translate(PLAIN_DASHES)):
        alone = _GROUP.fullmatch(match[0])
        family = alone[1] if alone and not alone[2] else match[0]
        if parts_of(family):
            found.append(family)
    return found


@lru_cache(maxsize=4096)
def parts_of(family: str) -> tuple[Part, ...]:
    """The parts of a formula with one variable; none where it has none, several, or an element alone."""
    if len(set(re.findall(r"[xyz]", re.sub(_SYMBOLS, "", family)))) != 1:
        return ()
    parts: dict[str, Part] = {}
    at = 0
    while at < len(family):
        match = _GROUP.match(family, at) or _PART.match(family, at)
        if match is None or match.end() == at:
            return ()
        is_group = family[at] in "(["
        inner = _PART.finditer(match[1]) if is_group else (match,)
        times = float(match[2] or 1) if is_group else 1.0
        for symbol, base, slope in map(_part, inner):
            _, so_far, before = parts.get(symbol, (symbol, 0.0, 0.0))
            parts[symbol] = Part(symbol, so_far + times * base, before + times * slope)
        at = match.end()
    found = tuple(parts.values())
    return found if len(found) > 1 and any(part.slope for part in found) else ()


def tokens_of(family: str) -> list[str]:
    """Its own token, that of its system of elements, and those of its elements."""
    symbols = sorted({part.symbol for part in parts_of(family)})
    return [f"v:{family}", f"sys:{'-'.join(symbols)}", *(f"el:{symbol}" for symbol in symbols)]


def memberships(formula: str, known: Iterable[str]) -> dict[str, float]:
    """By token of a family, the value of its variable that makes it the formula of another token.

    Args:
        formula: a token such as `f:B10C6Cu1Fe83`, in at%.
        known: tokens, of which those of families are looked at.
    """
    wanted = {symbol: float(share) for symbol, share in re.findall(r"([A-Z][a-z]?)([\d.]+)", formula)}
    found = {}
    for token in known:
        if token.startswith("v:") and (at := _variable(parts_of(token[2:]), wanted)) is not None:
            found[token] = at
    return found


def system_of(token: str) -> frozenset[str]:
    """The token of the system of elements that a formula without shares names: `FeBCCu`."""
    parts = re.findall(r"([A-Z][a-z]?)([\d.]+)", token)
    if len({share for _, share in parts}) != 1:
        return frozenset()
    return frozenset([f"sys:{'-'.join(sorted(symbol for symbol, _ in parts))}"])


def _variable(parts: tuple[Part, ...], wanted: dict[str, float]) -> float | None:
    whole = sum(part.base for part in parts)
    if not whole or abs(sum(part.slope for part in parts)) > 1e-9 or not set(wanted) <= {p.symbol for p in parts}:
        return None
    moving = next(part for part in parts if part.slope)
    value = round((wanted.get(moving.symbol, 0.0) * whole / 100 - moving.base) / moving.slope, 3)
    shares = {part.symbol: 100 * (part.base + part.slope * value) / whole for part in parts}
    is_near = all(abs(share - wanted.get(symbol, 0.0)) <= _NEAR for symbol, share in shares.items())
    return value if is_near and len(shares) == len(parts) else None


def _part(match: re.Match[str]) -> Part:
    base, slope = 0.0, 0.0
    for sign, number, variable in _TERM.findall(match[2] or "1"):
        size = (-1.0 if sign == "-" else 1.0) * (float(number) if number else 1.0)
        if variable:
            slope += size
        elif number:
            base += size
    return Part(match[1], base, slope)
