"""Formulas that a line end cut in two are joined again: `Ti60.58Zr3` + `6.11Cu2.30Co1.01`."""

from __future__ import annotations

import re

from eutectic.core.elements import is_element

_PART = re.compile(r"([A-Z][a-z]?)(\d*\.?\d*)")
_LEFT = re.compile(r"(?:[A-Z][a-z]?\d*\.?\d*)+$")
_RIGHT = re.compile(r"\.?\d*\.?\d*(?:[A-Z][a-z]?\d*\.?\d*)*")
_FULL = (99.0, 101.0)
"""Sum of atomic percent of a whole formula."""


def join_formula_lines(text: str) -> str:
    """A text in which a formula cut at a line end, with a hyphen or without, stands whole where it adds up to 100."""
    lines = text.split("\n")
    joined = lines[:1]
    for line in lines[1:]:
        bare = joined[-1].rstrip("-‐\u00ad")
        if _is_cut(bare, line):
            joined[-1] = bare + line.lstrip()
        else:
            joined.append(line)
    return "\n".join(joined)


def _is_cut(above: str, below: str) -> bool:
    left, right = _LEFT.search(above), _RIGHT.match(below.lstrip())
    if left is None or right is None or not right[0] or not any(c.isdigit() for c in left[0]):
        return False
    if len(_PART.findall(left[0])) < 2 or (left.start() and above[left.start() - 1].isalnum()):
        return False
    alone, whole = _sum(left[0]), _sum(left[0] + right[0])
    return whole is not None and _FULL[0] <= whole <= _FULL[1] and not (alone and _FULL[0] <= alone <= _FULL[1])


def _sum(formula: str) -> float | None:
    """Sum of the amounts, None where an element is unknown, comes twice or a number is not one."""
    total, seen = 0.0, set()
    for match in _PART.finditer(formula):
        symbol, amount = match.groups()
        if not is_element(symbol) or symbol in seen:
            return None
        seen.add(symbol)
        try:
            total += float(amount) if amount else 1.0
        except ValueError:
            return None
    return total if len(seen) >= 2 else None
