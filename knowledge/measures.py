"""Quantities in running text: amounts with the unit that stands behind them, in SI, and the search token of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from eutectic.knowledge.amounts import Amount, find_amounts
from eutectic.knowledge.units import Dimension, Unit, read_unit
from eutectic.knowledge.units_text import unit_at

_HYPHENS = ("-", "–")
"""Between a number and its unit: `2-mm rods`."""
_SHARED = re.compile(r"\s*(?:,|and|or|to|至|和|、|[-–—~/±])\s*", re.IGNORECASE)
_LETTERS = "mgsAKnx"
"""Metre, kilogram, second, ampere, kelvin, mole, scale, in the order of a dimension."""
_NO_UNIT = re.compile(r"[\d⁰-⁹¹²³]{3}|[\d⁰-⁹¹²³][A-Za-z]{3}")
_BRACKETED = re.compile(r"[(\[（]([^()\[\]（）]{1,24})[)\]）]")
_NEAR = 0.006
"""Relative difference up to which two quantities are the same: three significant digits."""


class Measure(NamedTuple):
    """A quantity of a text."""

    value: float
    """In SI."""
    low: float
    high: float
    """The ends of a range in SI; both the value where it is none."""
    spread: float
    """Its stated uncertainty in SI; 0 where none is stated."""
    dimension: Dimension
    start: int
    end: int
    """Of the number with its unit in the text."""

    def holds(self, other: Measure) -> bool:
        """Whether another quantity is this one, whatever unit it is written in, or lies at an end of its range."""
        return self.dimension == other.dimension and any(
            same_value(value, other.value) for value in {self.value, self.low, self.high}
        )


def same_value(first: float, second: float) -> bool:
    """Whether two values agree to about three significant digits."""
    return abs(first - second) <= _NEAR * max(abs(first), abs(second))


@lru_cache(maxsize=16_384)
def find_measures(text: str) -> tuple[Measure, ...]:
    """Every amount with a unit; one without takes the unit of the next where a list or range joins them."""
    found = [(amount, _unit_behind(text, amount.end)) for amount in find_amounts(text) if amount.value is not None]
    measures = []
    for i, (amount, behind) in enumerate(found):
        unit, end = behind
        if unit is None and i + 1 < len(found):
            following, (shared, shared_end) = found[i + 1]
            if shared is not None and _SHARED.fullmatch(text[amount.end : following.start]):
                unit, end = shared, shared_end
        if unit is not None:
            measures.append(_measure(amount, unit, end))
    return tuple(measures)


def plain_numbers(text: str) -> Iterator[float]:
    """Every number of a text as it is written, with or without a unit."""
    for amount in find_amounts(text):
        if amount.value is not None:
            yield from {amount.value, *(end for end in (amount.low, amount.high) if end is not None)}


def measure_tokens(text: str) -> list[str]:
    """A token for each quantity, the same in every unit: 1.7 T and 17 kG, 600 K and 327 °C."""
    return [
        _token(value, measure.dimension)
        for measure in find_measures(text)
        for value in dict.fromkeys((measure.low, measure.high))
    ]


def bracketed_units(text: str) -> tuple[Unit, ...]:
    """The units that stand in brackets, as table headers write them."""
    found = [read_unit(match) for match in _BRACKETED.findall(text) if not _NO_UNIT.search(match)]
    return tuple(unit for unit in found if unit is not None)


def _measure(amount: Amount, unit: Unit, end: int) -> Measure:
    value = amount.value if amount.value is not None else 0.0
    low, high = (value if edge is None else edge for edge in (amount.low, amount.high))
    return Measure(
        value=unit.to_si(value),
        low=unit.to_si(low),
        high=unit.to_si(high),
        spread=abs(unit.to_si(amount.sd or 0.0, is_difference=True)),
        dimension=unit.dimension,
        start=amount.start,
        end=max(end, amount.end),
    )


def _unit_behind(text: str, at: int) -> tuple[Unit | None, int]:
    """The unit that stands behind a number, and where it ends."""
    found = unit_at(text, at) or (unit_at(text, at + 1) if text[at : at + 1] in _HYPHENS else None)
    return (None, at) if found is None else (found.unit, found.end)


def _token(value: float, dimension: Dimension) -> str:
    powers = "".join(f"{name}{power:g}" for name, power in zip(_LETTERS, dimension, strict=True) if power)
    return f"q:{powers or '1'}:{float(f'{value:.3g}'):g}"
