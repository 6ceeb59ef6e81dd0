"""Rules on presence and price as whole-number rows: on presence bits, and on counts."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray

from eutectic.core.recipe_price import mass_per_share
from eutectic.core.space import SearchSpace

_SCALE = 1e8


def presence_rows(space: SearchSpace) -> list[tuple[str, list[int], int]]:
    """Rows on presence bits (0 or 1 for each component): name, factors, and the value their sum may not pass."""
    names = space.component_names
    found: list[tuple[str, list[int], int]] = []
    if space.max_components is not None and space.max_components < len(names):
        found.append((f"at most {space.max_components} components", [1] * len(names), space.max_components))
    if space.min_components is not None and space.min_components > 1:
        found.append((f"at least {space.min_components} components", [-1] * len(names), -space.min_components))
    for rule in space.presence:
        found += [(rule.words(), [row.get(name, 0) for name in names], value) for row, value in rule.rows()]
    return found


def price_row(space: SearchSpace, steps: NDArray[np.int64]) -> list[int] | None:
    """Factors on counts whose sum may not pass 0 where the price is kept; None without a cap.

    `sum x_i w_i (p_i - cap) <= 0` with mass `w_i` per share is linear in the shares. Factors are rounded up to eight
    digits, so that no recipe passes the cap by rounding.
    """
    if space.max_price is None:
        return None
    exact = [
        mass_per_share(item.name, space.basis) * ((item.price or 0.0) - space.max_price) * int(step)
        for item, step in zip(space.components, steps, strict=True)
    ]
    largest = max(map(abs, exact)) or 1.0
    return [ceil(factor / largest * _SCALE - 1e-3) for factor in exact]
