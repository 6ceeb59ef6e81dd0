"""Recipes drawn from the feasible lattice: at random, or spread out to fill it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray

from eutectic.core.composition import Composition
from eutectic.core.errors import InfeasibleSpace
from eutectic.core.space import SearchSpace, Value
from eutectic.tools.encoding import Encoder, encoder_of
from eutectic.tools.enumeration import enumerate_counts
from eutectic.tools.knowledge_term import KnowledgeTerm
from eutectic.tools.lattice import IntArray, Lattice, lattice_of
from eutectic.tools.walk import Walker, walker_of

SMALL = 20_000
"""Lattices of at most so many recipes are enumerated."""
_POOL = 1500


@dataclass(frozen=True)
class Domain:
    """A lattice ready to be searched: all its recipes where they are few, else a walker."""

    lattice: Lattice
    encoder: Encoder
    every: IntArray | None
    """All recipes as rows, where the lattice is small."""
    walker: Walker

    def random(self, n: int, rng: np.random.Generator) -> IntArray:
        """Up to `n` different feasible rows, uniform on a small lattice and near to it on a large one."""
        if self.every is not None:
            return self.every[rng.permutation(len(self.every))[:n]]
        counts = self.walker.compositions(max(2 * n, 64), rng)
        levels = [rng.integers(size, size=len(counts)) for size in self.lattice.levels.tolist()]
        rows = np.column_stack([counts, *levels]) if levels else counts
        return unique_rows(rows)[:n]

    def spread(self, n: int, rng: np.random.Generator) -> IntArray:
        """Up to `n` feasible rows that fill the space: recipes nearest to the centres of k-means clusters.

        Of a small lattice a random half is looked at, so that seeds differ there too.
        """
        from scipy.cluster.vq import kmeans2

        size = max(_POOL, 4 * n)
        if self.every is not None:
            size = min(size, max(3 * n, (len(self.every) + 1) // 2))
        pool = self.random(size, rng)
        if len(pool) <= n:
            return pool
        features = self.encoder.spaced(self.lattice, pool)
        centres, _ = kmeans2(features, n, minit="++", iter=15, rng=rng)
        return pool[_nearest_distinct(features, centres)]


def domain_of(space: SearchSpace, terms: Sequence[KnowledgeTerm] = ()) -> Domain:
    """The searchable form of a space, its encoder with the knowledge terms.

    Raises:
        InfeasibleSpace: the space is empty; the message names the constraints that clash.
    """
    lattice = lattice_of(space)
    walker = walker_of(lattice)
    return Domain(lattice, encoder_of(lattice, terms), _every(lattice), walker)


def random_feasible(space: SearchSpace, n: int, seed: int) -> list[tuple[Composition, dict[str, Value]]]:
    """Up to `n` different recipes, uniform over the feasible lattice (near to uniform where it is large).

    Raises:
        InfeasibleSpace: the space is empty.
    """
    domain = domain_of(space)
    return [domain.lattice.recipe(row) for row in domain.random(n, np.random.default_rng(seed))]


def space_filling(space: SearchSpace, n: int, seed: int) -> list[tuple[Composition, dict[str, Value]]]:
    """Up to `n` different recipes that fill the feasible lattice, the most central first.

    Raises:
        InfeasibleSpace: the space is empty.
    """
    domain = domain_of(space)
    return [domain.lattice.recipe(row) for row in domain.spread(n, np.random.default_rng(seed))]


def unique_rows(rows: IntArray) -> IntArray:
    """Rows without repeats, in the order of their first appearance."""
    first = np.unique(rows, axis=0, return_index=True)[1]
    return rows[np.sort(first)]


def farthest(features: NDArray[np.float64], seen: NDArray[np.float64], n: int) -> list[int]:
    """Up to `n` indices picked one by one, each farthest from what is seen and picked (maximin)."""
    if not len(features):
        return []
    if len(seen):
        distance = np.min([((features - point) ** 2).sum(axis=1) for point in seen], axis=0)
    else:
        distance = -((features - features.mean(axis=0)) ** 2).sum(axis=1)
    picked: list[int] = []
    for _ in range(min(n, len(features))):
        distance[picked] = -np.inf
        picked.append(int(distance.argmax()))
        new = ((features - features[picked[-1]]) ** 2).sum(axis=1)
        distance = np.minimum(distance, new) if len(seen) or len(picked) > 1 else new
    return picked


def _every(lattice: Lattice) -> IntArray | None:
    combinations = prod(lattice.levels.tolist())
    if combinations > SMALL:
        return None
    counts = enumerate_counts(lattice, SMALL // combinations)
    if counts is None:
        return None
    if not len(counts):
        raise InfeasibleSpace("no composition satisfies the search space", where="space", mend="loosen a rule")
    grid = np.array(list(product(*map(range, lattice.levels.tolist()))), dtype=np.int64).reshape(combinations, -1)
    return np.hstack([np.repeat(counts, len(grid), axis=0), np.tile(grid, (len(counts), 1))])


def _nearest_distinct(features: NDArray[np.float64], centres: NDArray[np.float64]) -> list[int]:
    """For each centre the nearest row not yet taken, the most central centre first."""
    middle = features.mean(axis=0)
    taken: list[int] = []
    for centre in centres[np.argsort(((centres - middle) ** 2).sum(axis=1), kind="stable")]:
        distance = ((features - centre) ** 2).sum(axis=1)
        distance[taken] = np.inf
        taken.append(int(distance.argmin()))
    return taken
