"""Other optimisers as searches of a pool: BayBE where it is installed, CRESt's KABO, BO weighted by a prior."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from eutectic.evals.pools import FloatArray, Pool
from eutectic.evals.search_surrogates import ProcessSearch, Seen
from eutectic.tools.descriptors import component_amounts, element_matrix
from eutectic.tools.kernel_fit import matern, matern_between
from eutectic.tools.lattice import IntArray
from eutectic.tools.torch_scope import torch_scope

_LENGTHS = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
_WIDTH = 20
"""Numbers of a learned element vector."""


class BaybeSearch(Seen):
    """BayBE's two phases: random starts, then its Botorch recommender with default surrogate, over the pool."""

    def __init__(self, pool: Pool, seed: int, starts: int) -> None:
        super().__init__(pool, seed, starts)
        pandas: Any = importlib.import_module("pandas")
        campaign: Any = importlib.import_module("baybe").Campaign
        spaces: Any = importlib.import_module("baybe.searchspace")
        targets: Any = importlib.import_module("baybe.targets")
        objectives: Any = importlib.import_module("baybe.objectives")
        recommenders: Any = importlib.import_module("baybe.recommenders")
        # BayBE refuses a column that never changes.
        used = np.flatnonzero(np.ptp(self._features, axis=0) > 0)
        self._frame = pandas.DataFrame(self._features[:, used], columns=[f"x{i}" for i in used])
        self._seed = seed
        self._campaign = campaign(
            spaces.SearchSpace(discrete=spaces.SubspaceDiscrete.from_dataframe(self._frame)),
            objectives.SingleTargetObjective(targets.NumericalTarget("y")),
            recommenders.BotorchRecommender(),
        )

    def tell(self, places: Sequence[int], values: Sequence[float]) -> None:
        """Hand the measurements on."""
        super().tell(places, values)
        told = self._frame.iloc[list(places)].copy()
        told["y"] = list(values)
        self._campaign.add_measurements(told)

    def _choose(self, n: int) -> list[int]:
        with torch_scope(self._seed + 1000 * len(self._places)):
            return [int(place) for place in self._campaign.recommend(n).index]


class KaboSearch(Seen):
    """CRESt's KABO as near to its release as a pool allows.

    Recipes are points `x E` with element vectors E of unit length along five principal directions; a Gaussian process
    with one length-scale (Matern-5/2, no noise model) and UCB with kappa 1.5, as its `bayes_opt` does. The text model
    of the release is not at hand: learned element vectors stand in for it, random ones for what is no element or
    formula. The release decodes points of a box into recipes; here the recipes of the pool are scored.
    """

    _KAPPA = 1.5

    def __init__(self, pool: Pool, seed: int, starts: int) -> None:
        super().__init__(pool, seed, starts)
        self._features = np.hstack([_embedded(pool), pool.features[:, pool.lattice.n_components :]])

    def _choose(self, n: int) -> list[int]:
        def judge(points: FloatArray, standard: FloatArray, wanted: FloatArray) -> tuple[FloatArray, FloatArray]:
            mean, sd = _isotropic(points, standard, wanted)
            return mean + self._KAPPA * sd, mean

        return self._greedy(n, judge)


class PriorSearch(ProcessSearch):
    """The plain Gaussian process with LogEI and a prior over the optimum that fades: piBO.

    `log EI(x) + (beta / n) log pi(x)` with beta 10 (Hvarfner et al. 2022, arXiv:2204.11051) and `pi` the exponential of
    the standardised sum of what the knowledge terms expect.
    """

    _BETA = 10.0

    def __init__(self, pool: Pool, seed: int, starts: int, promise: FloatArray) -> None:
        """Open it with `N` expectations of the recipes of the pool, more is better."""
        super().__init__(pool, seed, starts)
        spread = float(promise.std())
        self._log_prior = (promise - promise.mean()) / (spread if spread > 0 else 1.0)

    def _bonus(self, places: IntArray) -> FloatArray:
        return np.asarray(self._BETA / max(len(self._places), 1) * self._log_prior[places], dtype=np.float64)


def _embedded(pool: Pool) -> FloatArray:
    """`N x 5` mean vectors of the recipes along principal directions of their components' vectors."""
    names = pool.lattice.space.component_names
    rng = np.random.default_rng(0)
    vectors = []
    for amounts in component_amounts(names).values():
        found = element_matrix(amounts) if amounts else None
        vectors.append(rng.normal(size=_WIDTH) if found is None else found)
    table = np.array(vectors)
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    _, _, directions = np.linalg.svd(table - table.mean(axis=0), full_matrices=False)
    return np.asarray(pool.lattice.shares(pool.rows) @ table @ directions[:5].T, dtype=np.float64)


def _isotropic(points: FloatArray, standard: FloatArray, wanted: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean and standard deviation with the length-scale of largest likelihood on a grid."""

    def factored(length: float) -> tuple[float, FloatArray]:
        lengths = np.full(points.shape[1], length)
        factor = np.linalg.cholesky(matern(points, lengths)[0] + 1e-6 * np.eye(len(points)))
        off = np.linalg.solve(factor, standard)
        return float(-0.5 * off @ off - np.log(np.diag(factor)).sum()), np.asarray(factor, dtype=np.float64)

    length = max(_LENGTHS, key=lambda one: factored(one)[0])
    factor = factored(length)[1]
    cross = np.linalg.solve(factor, matern_between(wanted, points, np.full(points.shape[1], length)).T)
    mean = cross.T @ np.linalg.solve(factor, standard)
    return np.asarray(mean), np.sqrt(np.maximum(1.0 - (cross**2).sum(axis=0), 1e-10))
