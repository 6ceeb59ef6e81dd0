"""Chooses a batch greedily: each recipe is worth what it adds to those already chosen or on their way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eutectic.core.objective import Objective
from eutectic.tools.acquisition import Acquisition, acquisition_of
from eutectic.tools.encoding import FloatArray
from eutectic.tools.improvement import Improvement
from eutectic.tools.incumbent import Measured
from eutectic.tools.kernel_fit import matern_between
from eutectic.tools.lattice import BoolArray, IntArray
from eutectic.tools.local_search import RowSet, allowed, candidates, improve, row_keys
from eutectic.tools.optimizer_space import left
from eutectic.tools.sampling import Domain, unique_rows
from eutectic.tools.screening import Screening
from eutectic.tools.surrogate import Posterior
from eutectic.tools.survival import Survival
from eutectic.tools.trial_cost import TrialCost

_POOL = 1100
_KEPT = 400
"""Best candidates that are scored again as the batch grows."""
_STARTS = 4
_CLIMBS = 8
"""Full climbs that a batch is worth: in a larger one each pick gets a share of them, and goes on from where others
ended."""
_LEAST_ROUNDS = 5
_NEAR = 12
_MOST_WAITING = 96
_MOST_ALIKE = 1e-3
_CROWDED = -50.0
"""Added to the logarithm of the merit: taken only where nothing else is left."""


@dataclass(frozen=True)
class Batch:
    """The rows chosen, best first, then the alternatives, each with its merit, and what scored them."""

    rows: IntArray
    log_merits: FloatArray
    acquisition: Acquisition
    survival: Survival
    is_screen: BoolArray
    """Which of them are worth more screened first than tested at once."""


@dataclass(frozen=True)
class Chooser:
    """Everything a choice rests on; use inside a `torch_scope`."""

    objectives: Sequence[Objective]
    domain: Domain
    posterior: Posterior
    survival: Survival
    measured: Measured
    features: FloatArray
    """`N x d` features of measured recipes."""
    waiting: IntArray
    """Rows that are on their way."""
    taken: set[bytes]
    """Keys of rows that may not be proposed."""
    cost: TrialCost | None = None
    """What trials cost, where they are chosen by their worth for it."""
    screening: Screening | None = None
    """The cheap assay that recipes may have first."""
    screened: IntArray | None = None
    """Rows that had it."""

    def choose(self, n: int, alternatives: int, rng: np.random.Generator) -> Batch:
        """Up to `n` new rows and up to `alternatives` more.

        Raises:
            InfeasibleSpace: nothing is left to propose.
        """
        models = [self.posterior.models[objective.property] for objective in self.objectives]
        acquisition = acquisition_of(self.objectives, models, self.features, int(rng.integers(2**31)))
        if len(self.waiting):
            acquisition.await_also(self._encode(self.waiting))
        near = np.vstack([self.measured.rows[:_NEAR], self.waiting[-_NEAR:]])
        pool = left(candidates(self.domain, _POOL, near, self.taken, rng), 2 * _POOL + 24 * len(near), rng)
        if self.screened is not None and len(self.screened):
            pool = unique_rows(np.vstack([self.screened[allowed(self.screened, self.taken)], pool]))
        is_whole = self.domain.every is not None and len(self.domain.every) - len(self.taken) <= len(pool)
        taken = set(self.taken)
        rows: list[IntArray] = []
        merits: list[float] = []
        screens: list[bool] = []
        values = self._merit(acquisition, pool, self.waiting)
        while len(rows) < n and len(pool):
            order = np.argsort(-values, kind="stable")[:_KEPT]
            pool, values = pool[order], values[order]
            if not is_whole:
                rounds = _rounds(acquisition.climb[0], len(rows), n)
                climbed, gained = self._climbed(acquisition, pool, rows, taken, rng, rounds)
                pool, values = np.vstack([climbed, pool]), np.append(gained, values)
            best = pool[values.argmax()]
            rows.append(best)
            merits.append(float(values.max()))
            screens += self._screens(acquisition, best[None, :]).tolist()
            taken.add(row_keys(best[None, :])[0])
            acquisition.await_also(self._encode(best[None, :]))
            pool = pool[[key not in taken for key in row_keys(pool)]]
            if len(pool) and (len(rows) < n or alternatives):
                values = self._merit(acquisition, pool, np.vstack([self.waiting, *rows]))
        others = self._diverse(pool, values, rows, alternatives) if len(pool) else []
        merits += [float(values[i]) for i in others]
        screens += self._screens(acquisition, pool[others]).tolist() if others else []
        found = np.array([*rows, *(pool[i] for i in others)], dtype=np.int64).reshape(-1, self.waiting.shape[1])
        return Batch(found, np.array(merits), acquisition, self.survival, np.array(screens, dtype=np.bool_))

    def _encode(self, rows: IntArray) -> FloatArray:
        return self.domain.encoder.rows(self.domain.lattice, rows)

    def _climbed(
        self,
        acquisition: Acquisition,
        pool: IntArray,
        rows: list[IntArray],
        taken: set[bytes],
        rng: np.random.Generator,
        rounds: int,
    ) -> tuple[IntArray, FloatArray]:
        """Recipes not in the pool that small moves from its first ones lead to, with their merits."""
        already = np.vstack([self.waiting, *rows])

        def merit(some: IntArray) -> FloatArray:
            return self._merit(acquisition, some, already)

        climbed = improve(self.domain, pool[:_STARTS], merit, taken, rng, rounds=rounds, width=acquisition.climb[1])
        climbed = unique_rows(climbed)
        climbed = climbed[allowed(climbed, RowSet(pool))]
        return climbed, merit(climbed) if len(climbed) else np.zeros(0)

    def _merit(self, acquisition: Acquisition, rows: IntArray, already: IntArray) -> FloatArray:
        """Logarithms of what rows are worth beside those already in the batch or on their way."""
        features = self._encode(rows)
        crowding = self._crowding(features, self._encode(already[-_MOST_WAITING:]))
        worth = acquisition.log_merit(features)
        if self.cost is not None:
            worth = worth - np.log(self.cost.of(self.domain.lattice.shares(rows)))
            worth = np.maximum(worth, self._log_screened(acquisition, rows, features))
        return worth + self.survival.log_worth(features) + crowding

    def _log_screened(self, acquisition: Acquisition, rows: IntArray, features: FloatArray) -> FloatArray:
        """Logarithms of what rows are worth for the money when screened first; of nothing where they may not be."""
        if self.screening is None or self.cost is None or not isinstance(acquisition, Improvement) or not len(rows):
            return np.full(len(rows), -np.inf)
        costs = self.cost.of(self.domain.lattice.shares(rows))
        rates = self.screening.log_rates(acquisition, features, costs)
        return rates if self.screened is None else np.where(allowed(rows, RowSet(self.screened)), rates, -np.inf)

    def _screens(self, acquisition: Acquisition, rows: IntArray) -> BoolArray:
        """Which rows are worth more for the money screened first than tested at once."""
        if self.screening is None or self.cost is None:
            return np.zeros(len(rows), dtype=np.bool_)
        features = self._encode(rows)
        tested = acquisition.log_merit(features) - np.log(self.cost.of(self.domain.lattice.shares(rows)))
        return np.asarray(self._log_screened(acquisition, rows, features) > tested, dtype=np.bool_)

    def _crowding(self, features: FloatArray, already: FloatArray) -> FloatArray:
        """`N` penalties of recipes that the surrogate can hardly tell from one already in the batch or on its way.

        Such a recipe is a repeat in all but name: knowing the other leaves of it less than the noise of a measurement.
        """
        crowded = np.ones(len(features), dtype=np.bool_)
        if not len(already):
            return np.zeros(len(features))
        for objective in self.objectives:
            model = self.posterior.models[objective.property]
            n, kernel = model.process.slopes.n_plain, model.process.kernel
            alike = matern_between(features[:, :n], already[:, :n], kernel.lengthscales).max(axis=1)
            crowded &= alike**2 > 1 - min(model.noise_sd**2, _MOST_ALIKE)
        return np.where(crowded, _CROWDED, 0.0)

    def _diverse(self, pool: IntArray, values: FloatArray, rows: list[IntArray], n: int) -> list[int]:
        """Good candidates apart from the batch and from each other; the distance asked for shrinks as needed."""
        features = self._encode(pool)
        order = np.argsort(-values, kind="stable")
        apart = 0.25 * float(np.median(np.linalg.norm(features - features.mean(axis=0), axis=1)))
        picked: list[int] = []
        while len(picked) < min(n, len(pool)):
            seen = [*self._encode(np.array(rows, dtype=np.int64).reshape(-1, pool.shape[1])), *features[picked]]
            for i in order:
                if len(picked) >= n or i in picked:
                    continue
                if all(float(np.linalg.norm(features[i] - point)) >= apart for point in seen):
                    picked.append(int(i))
                    seen.append(features[i])
            apart = apart / 2 if apart > 1e-6 else 0.0
        return sorted(picked, key=lambda i: -values[i])


def _rounds(most: int, chosen: int, n: int) -> int:
    """Rounds in which recipes are improved before the next pick of `n`."""
    return most if not chosen else min(most, max(_LEAST_ROUNDS, most * _CLIMBS // n))
