"""Proposals that do not look at values: uniform random ones, and ones that fill the space."""

from __future__ import annotations

from collections.abc import Sequence, Set

import numpy as np

from eutectic.core.errors import InfeasibleSpace
from eutectic.core.optimizer import Advice, Pending, Proposal
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Observation, Source
from eutectic.tools.history import History
from eutectic.tools.lattice import IntArray, Lattice
from eutectic.tools.local_search import RowSet, allowed, candidates
from eutectic.tools.sampling import Domain, domain_of, farthest


class SpaceOptimizer:
    """The optimiser for `random` (uniform over the lattice) and `sobol` (space-filling, each far from the others)."""

    def __init__(self, spec: CampaignSpec) -> None:
        self._spec = spec
        self._domain = domain_of(spec.space)
        self._history = History(self._domain.lattice, self._domain.encoder, spec.objectives)

    def tell(self, observations: Sequence[Observation]) -> None:
        """Add observations; only their recipes matter here."""
        self._history.add(observations)

    def ask(self, n: int, *, round: int, pending: Sequence[Pending] = (), alternatives: int = 0) -> Advice:
        """Up to `n` recipes not measured and not pending.

        Raises:
            InfeasibleSpace: nothing is left to propose.
        """
        rng = np.random.default_rng([self._spec.seed, round])
        rows = self._history.recipes()
        waiting = pending_rows(self._domain.lattice, pending)
        taken = RowSet(np.vstack([rows, waiting]))
        pick = pick_random if self._spec.optimizer.kind == "random" else pick_spread
        seen = np.vstack([rows[-300:], waiting])
        picked = pick(self._domain, n + alternatives, seen, taken, rng)
        source: Source = "optimizer"
        words = "uniform random draw" if self._spec.optimizer.kind == "random" else "fills the space"
        proposals = tuple(space_proposal(self._domain, row, source, words) for row in picked)
        return Advice(
            batch=proposals[:n],
            alternatives=proposals[n:],
            surrogate="none" if pick is pick_random else "space-filling",
        )


def pick_random(domain: Domain, n: int, seen: IntArray, taken: Set[bytes], rng: np.random.Generator) -> IntArray:
    """Up to `n` free rows, uniform.

    Raises:
        InfeasibleSpace: nothing is left to propose.
    """
    return left(candidates(domain, max(64, n), seen[:0], taken, rng), n, rng)


def pick_spread(domain: Domain, n: int, seen: IntArray, taken: Set[bytes], rng: np.random.Generator) -> IntArray:
    """Up to `n` free rows: cluster centres at first, then each as far as can be from what is seen.

    Raises:
        InfeasibleSpace: nothing is left to propose.
    """
    if not len(seen):
        rows = domain.spread(n, rng)
        rows = rows[allowed(rows, taken)]
        if len(rows):
            return rows
    free = left(candidates(domain, 1500, seen[:0], taken, rng), 3000, rng)
    encode = domain.encoder.plain
    return free[farthest(encode(domain.lattice, free), encode(domain.lattice, seen), n)]


def left(free: IntArray, n: int, rng: np.random.Generator) -> IntArray:
    """Up to `n` of the free rows in random order.

    Raises:
        InfeasibleSpace: there are none.
    """
    if not len(free):
        raise InfeasibleSpace(
            "every recipe of the search space is measured or on its way",
            where="space",
            mend="widen it or use finer steps",
        )
    return free[rng.permutation(len(free))[:n]]


def pending_rows(lattice: Lattice, pending: Sequence[Pending]) -> IntArray:
    """The lattice rows of recipes that are on their way."""
    rows = [lattice.nearest(item.composition, item.process) for item in pending]
    return np.array(rows, dtype=np.int64).reshape(-1, lattice.n_components + len(lattice.levels))


def space_proposal(domain: Domain, row: IntArray, source: Source, why: str) -> Proposal:
    """A proposal without predictions."""
    composition, process = domain.lattice.recipe(row)
    return Proposal(composition=composition, process=process, source=source, why=why)
