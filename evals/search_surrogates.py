"""Searches as others write them: a Gaussian process with LogEI, and forests with EI or UCB."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import log, sqrt
from typing import Literal

import numpy as np

from eutectic.evals.pools import FloatArray, Pool
from eutectic.tools.improvement import log_improvement
from eutectic.tools.lattice import IntArray


class Seen:
    """What a search has asked for and been told, with random starts."""

    def __init__(self, pool: Pool, seed: int, starts: int) -> None:
        self._rng = np.random.default_rng([seed, 11])
        self._starts = self._rng.permutation(len(pool.rows))[:starts].tolist()
        self._features = np.hstack([pool.lattice.shares(pool.rows), pool.features[:, pool.lattice.n_components :]])
        self._free = np.ones(len(pool.rows), dtype=np.bool_)
        self._places: list[int] = []
        self._values: list[float] = []
        self._has_asked = False

    def ask(self, n: int) -> list[int]:
        """Random starts first, then the surrogate's choice."""
        self._has_asked = True
        first = [self._starts.pop(0) for _ in range(min(n, len(self._starts)))]
        self._free[first] = False
        chosen = self._choose(n - len(first)) if len(first) < n else []
        self._free[chosen] = False
        return [*first, *chosen]

    def tell(self, places: Sequence[int], values: Sequence[float]) -> None:
        """Remember them; told before anything was asked for, they stand in place of its own starts."""
        if not self._has_asked:
            self._starts = []
        self._free[list(places)] = False
        self._places += places
        self._values += values

    def _choose(self, n: int) -> list[int]:
        raise NotImplementedError

    def _greedy(
        self, n: int, judge: Callable[[FloatArray, FloatArray, FloatArray], tuple[FloatArray, FloatArray]]
    ) -> list[int]:
        """One place after the other, each believed to give its mean; `judge` gives merits and means of candidates."""
        features, standard = self._features[self._places], self._standard()
        chosen: list[int] = []
        for _ in range(n):
            places = self._left(chosen)
            if not len(places):
                break
            merit, mean = judge(features, standard, self._features[places])
            best = int((merit + self._bonus(places) + 1e-9 * self._rng.random(len(places))).argmax())
            chosen.append(int(places[best]))
            features = np.vstack([features, self._features[places[best]]])
            standard = np.append(standard, mean[best])
        return chosen

    def _left(self, chosen: Sequence[int]) -> IntArray:
        """The places neither asked for, told of, nor among those chosen."""
        free = self._free.copy()
        free[list(chosen)] = False
        return np.flatnonzero(free)

    def _bonus(self, places: IntArray) -> FloatArray:
        """`N` numbers added to the merits of places in the pool."""
        return np.zeros(len(places))

    def _standard(self) -> FloatArray:
        values = np.array(self._values)
        return np.asarray((values - values.mean()) / (values.std() or 1.0), dtype=np.float64)


class ProcessSearch(Seen):
    """BoTorch's default model and LogEI over the whole pool."""

    def _choose(self, n: int) -> list[int]:
        if not self._values:
            return [int(place) for place in np.flatnonzero(self._free)[:n]]
        lengthscales, noise = _default_process(self._features[self._places], self._standard())

        def judge(features: FloatArray, standard: FloatArray, wanted: FloatArray) -> tuple[FloatArray, FloatArray]:
            mean, sd = _moments(features, standard, lengthscales, noise, wanted)
            return log_improvement(mean, sd, float(standard.max())), mean

        return self._greedy(n, judge)


class ForestSearch(Seen):
    """Trees whose disagreement stands for the uncertainty; a batch takes the best of as many refits on bootstraps."""

    def __init__(self, pool: Pool, seed: int, starts: int, kind: Literal["rf", "et"]) -> None:
        super().__init__(pool, seed, starts)
        self._kind = kind

    def _choose(self, n: int) -> list[int]:
        from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor

        build = RandomForestRegressor if self._kind == "rf" else ExtraTreesRegressor

        def judge(features: FloatArray, standard: FloatArray, wanted: FloatArray) -> tuple[FloatArray, FloatArray]:
            forest = build(60 if self._kind == "rf" else 100, random_state=int(self._rng.integers(2**31)))
            forest.fit(features, standard)
            trees = np.array([tree.tree_.predict(wanted.astype(np.float32))[:, 0] for tree in forest.estimators_])
            mean, sd = trees.mean(axis=0), trees.std(axis=0)
            return (log_improvement(mean, sd, float(standard.max())) if self._kind == "rf" else mean + 2 * sd), mean

        return self._greedy(n, judge)


def _default_process(features: FloatArray, standard: FloatArray) -> tuple[FloatArray, float]:
    """Lengthscales and noise of BoTorch 0.18's default `SingleTaskGP` by maximum a posteriori, features on their range.

    Priors: lengthscale log-normal (sqrt 2 + log(d) / 2, sqrt 3), noise log-normal (-4, 1), as in
    `botorch.models.utils.gpytorch_modules`.
    """
    from scipy.optimize import minimize

    d = features.shape[1]
    centre = sqrt(2) + log(d) / 2

    def loss(point: FloatArray) -> tuple[float, FloatArray]:
        lengthscales, noise = np.exp(point[:d]), float(np.exp(point[d]))
        scaled = features / lengthscales
        kernel = _rbf(scaled, scaled)
        try:
            inverse = np.linalg.inv(kernel + (noise + 1e-6) * np.eye(len(kernel)))
            factor = np.linalg.cholesky(kernel + (noise + 1e-6) * np.eye(len(kernel)))
        except np.linalg.LinAlgError:
            return 1e10, np.zeros_like(point)
        mean = inverse.sum(axis=0) @ standard / inverse.sum()
        weights = inverse @ (standard - mean)
        value = 0.5 * (standard - mean) @ weights + np.log(np.diag(factor)).sum()
        value += ((point[:d] - centre) ** 2).sum() / 6 + point[:d].sum() + (point[d] + 4) ** 2 / 2 + point[d]
        outer = inverse - np.outer(weights, weights)
        pulled = outer * kernel
        slope = np.empty_like(point)
        slope[:d] = pulled.sum(axis=1) @ scaled**2 - np.einsum("ij,ij->j", scaled, pulled @ scaled)
        slope[:d] += (point[:d] - centre) / 3 + 1.0
        slope[d] = 0.5 * noise * np.trace(outer) + (point[d] + 4) + 1.0
        return float(value), slope

    bounds = [(log(0.025), 7.0)] * d + [(log(1e-4), 1.4)]
    start = np.append(np.full(d, centre - 3.0), -4.0)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 60})
    return np.exp(found.x[:d]), float(np.exp(found.x[d]))


def _moments(
    features: FloatArray, standard: FloatArray, lengthscales: FloatArray, noise: float, wanted: FloatArray
) -> tuple[FloatArray, FloatArray]:
    scaled = features / lengthscales
    inverse = np.linalg.inv(_rbf(scaled, scaled) + (noise + 1e-6) * np.eye(len(features)))
    mean = inverse.sum(axis=0) @ standard / inverse.sum()
    cross = _rbf(wanted / lengthscales, scaled)
    variance = 1.0 - np.einsum("ij,ij->i", cross @ inverse, cross)
    return mean + cross @ (inverse @ (standard - mean)), np.sqrt(np.maximum(variance, 1e-10))


def _rbf(one: FloatArray, other: FloatArray) -> FloatArray:
    from scipy.spatial.distance import cdist

    return np.asarray(np.exp(-0.5 * cdist(one, other, "sqeuclidean")), dtype=np.float64)
