"""Random walks on the feasible lattice: hit-and-run along moves that keep every equality."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eutectic.core.errors import InfeasibleSpace
from eutectic.tools.feasibility import check_space, find_row
from eutectic.tools.lattice import BoolArray, IntArray, Lattice
from eutectic.tools.moves import lattice_moves

_STARTS = 10
_CHAINS = 200
_THINNING = 10
_TO_THE_END = 0.3
"""Share of steps that go to an end of the line where a least dose or a rule on presence cuts the lattice up."""
_TWICE = 0.4
"""Share of steps of two moves there, with a gap allowed between: components that only go together come in so."""


@dataclass(frozen=True)
class Walker:
    """A lattice with its moves and some feasible compositions far apart to start from."""

    lattice: Lattice
    moves: IntArray
    starts: IntArray

    def compositions(self, n: int, rng: np.random.Generator) -> IntArray:
        """Up to `n` feasible rows of counts, near to uniform; repeats are possible.

        Hit-and-run on integer points: Baumert et al., doi:10.1287/opre.1080.0600.
        """
        counts = self.starts[rng.integers(len(self.starts), size=min(n, _CHAINS))]
        if not len(self.moves):
            return counts
        for _ in range(40 + 15 * self.lattice.n_components):
            counts = self._step(counts, rng)
        kept = [counts]
        while sum(map(len, kept)) < n:
            for _ in range(_THINNING):
                counts = self._step(counts, rng)
            kept.append(counts)
        return np.concatenate(kept)[:n]

    def _step(self, counts: IntArray, rng: np.random.Generator) -> IntArray:
        if not self.lattice.has_gaps:
            return self._moved(counts, rng)
        moved = self._moved(counts, rng)
        again = rng.random(len(counts)) < _TWICE
        moved = np.where(again[:, None], self._moved(moved, rng), moved)
        return np.where(self.lattice.without_gaps(moved)[:, None], moved, counts)

    def _moved(self, counts: IntArray, rng: np.random.Generator) -> IntArray:
        """Rows after a random move each, within bounds and linear rules; gaps are not looked at."""
        move = self.moves[rng.integers(len(self.moves), size=len(counts))]
        least, most = reach(self.lattice, counts, move)
        times = rng.integers(least, most + 1)
        if self.lattice.has_gaps:
            end = rng.random(len(counts))
            times = np.where(end < _TO_THE_END / 2, least, np.where(end < _TO_THE_END, most, times))
        return np.asarray(counts + times[:, None] * move, dtype=np.int64)


def walker_of(lattice: Lattice) -> Walker:
    """A walker whose starts minimise random weighted sums, so that separate corners are all reached.

    Raises:
        InfeasibleSpace: the lattice is empty.
    """
    check_space(lattice.space)
    rng = np.random.default_rng(0)
    starts: set[tuple[int, ...]] = set()
    for _ in range(_STARTS):
        row = find_row(
            lattice, np.round(rng.normal(size=lattice.n_components), 3) * lattice.steps / lattice.steps.max()
        )
        if row is None:
            raise InfeasibleSpace("no composition satisfies the search space", where="space", mend="loosen a rule")
        starts.add(tuple(int(count) for count in row))
    return Walker(lattice, lattice_moves(lattice), np.array(sorted(starts), dtype=np.int64))


def reach(lattice: Lattice, counts: IntArray, move: IntArray) -> tuple[IntArray, IntArray]:
    """How many times each move (`N x n`) can be taken backwards (<= 0) and forwards (>= 0) within bounds and rules."""
    up, down = move > 0, move < 0
    size = np.maximum(np.abs(move), 1)
    above, below = (lattice.high - counts) // size, (counts - lattice.low) // size
    most = _smallest(above, up, below, down)
    least = -_smallest(below, up, above, down)
    if len(lattice.most):
        slack = lattice.most_value - counts @ lattice.most.T
        rate = move @ lattice.most.T
        times = np.maximum(0, slack) // np.maximum(np.abs(rate), 1)
        large = np.iinfo(np.int64).max
        most = np.minimum(most, np.where(rate > 0, times, large).min(axis=1))
        least = np.maximum(least, -np.where(rate < 0, times, large).min(axis=1))
    return least, most


def _smallest(a: IntArray, where_a: BoolArray, b: IntArray, where_b: BoolArray) -> NDArray[np.int64]:
    large = np.iinfo(np.int64).max
    both = np.where(where_a, a, np.where(where_b, b, large))
    return np.asarray(both.min(axis=1), dtype=np.int64)
