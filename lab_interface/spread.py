"""The composition spread of a co-sputtered plate or wafer: each component's amount slopes across it in its own way."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from random import Random

_LETTERED = re.compile(r"([A-Z])(\d+)")


def position(places: Sequence[str], place: str) -> tuple[float, float]:
    """Where a place lies, from -1/2 to 1/2 across and down: by letter and number on plates, else along one line."""
    found = [_LETTERED.fullmatch(name) for name in places]
    if all(found) and len({match[1] for match in found if match}) > 1:
        spots = [(float(match[2]), float(ord(match[1]))) for match in found if match]
    else:
        spots = [(float(index), 0.0) for index in range(len(places))]
    mine = spots[places.index(place)]
    return _within([x for x, _ in spots], mine[0]), _within([y for _, y in spots], mine[1])


def _within(values: Sequence[float], value: float) -> float:
    low, high = min(values), max(values)
    return (value - low) / (high - low) - 0.5 if high > low else 0.0


def spread_factors(size: float, at: tuple[float, float], draws: Mapping[str, Random]) -> dict[str, float]:
    """Factor of each component's amount at a position; `size` is the difference between opposite edges."""
    found = {}
    for name, draw in sorted(draws.items()):
        angle = 2 * math.pi * draw.random()
        found[name] = 1 + size * (at[0] * math.cos(angle) + at[1] * math.sin(angle))
    return found
