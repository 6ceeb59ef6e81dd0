"""All feasible compositions of a small lattice, component by component with pruning."""

from __future__ import annotations

import numpy as np

from eutectic.tools.lattice import IntArray, Lattice


def enumerate_counts(lattice: Lattice, most: int = 20_000) -> IntArray | None:
    """Every feasible composition as counts `N x n`, or None where there are more than `most`."""
    order = np.argsort(lattice.high - lattice.low, kind="stable")
    partial = np.zeros((1, 0), dtype=np.int64)
    for place in range(lattice.n_components):
        grown = _grow(lattice, partial, order[: place + 1], order[place + 1 :], widest=20 * most)
        if grown is None:
            return None
        partial = grown
    counts = np.empty_like(partial)
    counts[:, order] = partial
    padded = np.hstack([counts, np.zeros((len(counts), len(lattice.levels)), dtype=np.int64)])
    counts = counts[lattice.feasible(padded)]
    return None if len(counts) > most else counts[np.lexsort(counts.T[::-1])]


def _grow(lattice: Lattice, partial: IntArray, taken: IntArray, rest: IntArray, widest: int) -> IntArray | None:
    """Partial rows with one more component, without those that no values of the rest can complete."""
    new = int(taken[-1])
    steps = lattice.equal[0]
    left = lattice.equal_value[0] - partial @ steps[taken[:-1]]
    least_rest, most_rest = int(steps[rest] @ lattice.low[rest]), int(steps[rest] @ lattice.high[rest])
    first = np.maximum(lattice.low[new], -((most_rest - left) // steps[new]))
    last = np.minimum(lattice.high[new], (left - least_rest) // steps[new])
    sizes = np.maximum(0, last - first + 1)
    if sizes.sum() > widest:
        return None
    index = np.repeat(np.arange(len(partial)), sizes)
    offset = np.arange(len(index)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    grown = np.hstack([partial[index], (first[index] + offset)[:, None]])
    value = grown[:, -1]
    keep = (value == 0) | (value >= lattice.dose[new])
    there = (grown > 0).astype(np.int64)
    for factors, right in zip(lattice.present, lattice.present_most, strict=True):
        forced = np.where(lattice.low[rest] > 0, factors[rest], np.minimum(factors[rest], 0))
        keep &= there @ factors[taken] + int(forced.sum()) <= right
    for factors, right in zip(lattice.most, lattice.most_value, strict=True):
        keep &= grown @ factors[taken] + _least(lattice, factors, rest) <= right
    for factors, right in zip(lattice.equal[1:], lattice.equal_value[1:], strict=True):
        reached = grown @ factors[taken]
        keep &= (reached + _least(lattice, factors, rest) <= right) & (
            reached - _least(lattice, -factors, rest) >= right
        )
    return np.asarray(grown[keep], dtype=np.int64)


def _least(lattice: Lattice, factors: IntArray, rest: IntArray) -> int:
    """The least a row can still add over the components not yet taken."""
    return int(np.minimum(factors[rest] * lattice.low[rest], factors[rest] * lattice.high[rest]).sum())
