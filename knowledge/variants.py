"""Spellings of one material: formulas that round to each other, and the codes that papers give to formulas."""

from __future__ import annotations

import re
from collections.abc import Iterable

from eutectic.knowledge.tokens import tokenise

_NEAR = 0.15
"""At% by which each element of two formulas may differ through rounding."""
_PART = re.compile(r"([A-Z][a-z]?)([\d.]+)")
_CODE = r"[A-Z][A-Za-z]{0,5}-?\d{1,5}[A-Za-z]?"
_FORMULA = r"(?:\(?[A-Z][a-z]?[\d.]*\)?[\d.]*){2,}"
_NAMED = re.compile(
    rf"\b(?P<code>{_CODE})[”\"']?\s*\(\s*(?P<formula>{_FORMULA})(?:\s|\)|,)|"
    rf"(?P<formula2>{_FORMULA})\s*\((?:at\.?\s?%|wt\.?\s?%)?,?\s*(?P<code2>{_CODE})\)"
)


def near_formulas(token: str, known: Iterable[str]) -> list[str]:
    """The formula tokens of the same elements whose shares differ by rounding alone."""
    wanted = _parts(token)
    found = []
    for other in known:
        if other != token and _symbols(other) == tuple(wanted):
            parts = _parts(other)
            if all(abs(parts[symbol] - share) <= _NEAR for symbol, share in wanted.items()):
                found.append(other)
    return sorted(found)


def aliases(text: str) -> dict[str, set[str]]:
    """Tokens that a text declares to be one material: `BT48 (Ti45.7Zr33.0...)`, `Fe80B20 (S1)`; both directions."""
    found: dict[str, set[str]] = {}
    if "(" not in text:
        return found
    for match in _NAMED.finditer(text):
        code, formula = match["code"] or match["code2"], match["formula"] or match["formula2"]
        formulas = [token for token in tokenise(formula) if token.startswith("f:")]
        codes = [token for token in tokenise(code) if ":" not in token]
        if formulas and len(codes) == 1 and not any(token.startswith("f:") for token in tokenise(code)):
            found.setdefault(codes[0], set()).update(formulas)
            for token in formulas:
                found.setdefault(token, set()).add(codes[0])
    return found


def _parts(token: str) -> dict[str, float]:
    return {symbol: float(share) for symbol, share in _PART.findall(token.removeprefix("f:"))}


def _symbols(token: str) -> tuple[str, ...]:
    return tuple(symbol for symbol, _ in _PART.findall(token.removeprefix("f:")))
