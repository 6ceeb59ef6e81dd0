"""Repeat or new: what one more measurement of a leading recipe adds to the final choice, beside that of a new one.

The final choice is that of the report: the recipe with the best mean of its measurements. Under noise the leader is
often a fluke; a repeat finds that out, and a new recipe may become the next fluke. Both count here.

.. [Chen2010] doi:10.1142/7437, optimal computing budget: measurements go where they may change the choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from eutectic.core.objective import Objective
from eutectic.tools.encoding import FloatArray
from eutectic.tools.gaussian_process import PropertyModel
from eutectic.tools.goals import Goals, goals_of
from eutectic.tools.history import replicate_variance
from eutectic.tools.incumbent import Measured
from eutectic.tools.lattice import IntArray

_DRAWS = 1024
_MOST_SEEN = 50
_CONTENDERS = 8
"""Leading recipes whose repeat is looked at."""
_DOUBT = 2.0
"""Degrees of freedom that the surrogate's noise counts for beside the repeats'."""


class RepeatWorth(NamedTuple):
    """What one trial more is expected to add to the score of the recipe finally chosen, in standard deviations."""

    repeat: float
    """From the best of the repeats looked at."""
    new: float
    """From the best of the new recipes looked at."""
    places: tuple[int, ...]
    """The measured recipes whose repeat is worth more than a new one, as they stand in `Measured`, best first."""

    @property
    def pays(self) -> bool:
        """Whether a repeat is worth more than a new recipe."""
        return bool(self.places)


class RecipeDraws(NamedTuple):
    """Joint draws of the true values of recipes: the measured ones, then others."""

    values: FloatArray
    """`S x M x m`, standardised."""
    noise: FloatArray
    """`m` standard deviations of one measurement about its recipe's true value."""


def repeat_worth(
    objectives: Sequence[Objective],
    models: Sequence[PropertyModel],
    measured: Measured,
    features: FloatArray,
    new: FloatArray,
    free: Sequence[int],
    seed: int,
) -> RepeatWorth:
    """What a repeat and a new recipe would add; zero for a repeat where no recipe may be repeated.

    Args:
        objectives: In the order of the models.
        models: Fitted.
        measured: Recipes with their means, best first.
        features: `G x d` features of the measured recipes.
        new: `N x d` features of recipes that could be measured instead.
        free: Which of the measured recipes may be repeated, best first.
        seed: Of the draws.
    """
    goals = goals_of(objectives, models)
    rng = np.random.default_rng([seed, 3])
    n_seen = min(len(features), _MOST_SEEN)
    drawn = _drawn(models, features, n_seen, new, rng)
    shown = np.column_stack([m.warp.forward(column) for m, column in zip(models, measured.means.T, strict=True)])
    reading = drawn.values + drawn.noise * rng.normal(size=drawn.values.shape)
    choice = Choice(goals, drawn.values, reading, shown[:n_seen], measured.counts[:n_seen])
    contenders = [place for place in free if place < n_seen][:_CONTENDERS]
    new_gain = max([0.0, *(choice.new(n_seen + j) for j in range(len(new)))])
    gains = {place: choice.repeat(place) for place in contenders}
    paying = sorted((place for place, gain in gains.items() if gain > new_gain), key=lambda place: -gains[place])
    return RepeatWorth(max([0.0, *gains.values()]), new_gain, tuple(paying))


class Choice:
    """The final choice, by means of measurements, and how one measurement more may change it."""

    def __init__(
        self, goals: Goals, truth: FloatArray, reading: FloatArray, shown: FloatArray, counts: IntArray
    ) -> None:
        """Open it from standardised values.

        Args:
            goals: What makes a value good.
            truth: `S x M x m` draws of true values, measured recipes first.
            reading: The same with the noise of one measurement.
            shown: `G x m` means of the measured recipes.
            counts: `G` measurements of each.
        """
        self._goals, self._truth, self._reading = goals, truth, reading
        self._shown, self._counts = shown, counts
        self._worth = self._scored(truth)
        """`S x M` true scores."""
        self._now = self._scored(shown)
        """`G` scores as they stand."""
        self._chosen = int(self._now.argmax())

    def repeat(self, place: int) -> float:
        """Expected gain from measuring a recipe again."""
        count = self._counts[place]
        later = self._scored((count * self._shown[place] + self._reading[:, place]) / (count + 1))
        others = np.delete(np.arange(len(self._now)), place)
        if not len(others):
            return 0.0
        rival = int(others[self._now[others].argmax()])
        chosen = np.where(later >= self._now[rival], self._worth[:, place], self._worth[:, rival])
        return float((chosen - self._worth[:, self._chosen]).mean())

    def new(self, place: int) -> float:
        """Expected gain from measuring a new recipe."""
        wins = self._scored(self._reading[:, place]) > self._now[self._chosen]
        return float(np.where(wins, self._worth[:, place] - self._worth[:, self._chosen], 0.0).mean())

    def _scored(self, values: FloatArray) -> FloatArray:
        return np.asarray(self._goals.scores(values).sum(axis=-1), dtype=np.float64)


def _drawn(
    models: Sequence[PropertyModel], features: FloatArray, n_seen: int, new: FloatArray, rng: np.random.Generator
) -> RecipeDraws:
    wanted = np.vstack([features[:n_seen], new])
    values, noise = [], []
    for model in models:
        mean, covariance, sd = recipe_posterior(model, features, wanted, n_seen)
        root = np.linalg.cholesky(covariance + 1e-8 * np.eye(len(covariance)))
        values.append(mean + rng.normal(size=(_DRAWS, len(mean))) @ root.T)
        noise.append(sd)
    return RecipeDraws(np.stack(values, axis=-1), np.array(noise))


def recipe_posterior(
    model: PropertyModel, features: FloatArray, wanted: FloatArray, n_seen: int
) -> tuple[FloatArray, FloatArray, float]:
    """Mean and covariance of the true values of recipes, and the noise of one measurement, standardised.

    What the surrogate calls noise is parted: repeats tell how much of it a recipe shows anew each time; the rest is the
    recipe's own, that the smooth part of the surrogate does not follow, and a repeat would show it again.

    Args:
        model: Fitted.
        features: `G x d` features of all measured recipes.
        wanted: `M x d` features of recipes, the first `n_seen` of them the first of `features`.
        n_seen: How many of them were measured.
    """
    from scipy.spatial.distance import cdist

    process, n = model.process, model.process.slopes.n_plain
    recipe = cdist(process.features[:, :n], features[:, :n]).argmin(axis=1)
    noise, own = _parted(model, recipe)
    same = (recipe[:, None] == recipe[None, :]).astype(np.float64)
    known = _known(model, process.features), _known(model, wanted)
    between, seen = process.kernel.between, process.features[:, :n]
    measured = between(seen, seen) + known[0] @ known[0].T
    measured += process.noise + own * (same - np.eye(len(same))) + 1e-8 * np.eye(len(same))
    places = np.append(np.arange(n_seen), np.full(len(wanted) - n_seen, -1))
    cross = between(wanted[:, :n], seen) + known[1] @ known[0].T
    cross += own * (places[:, None] == recipe[None, :])
    prior = between(wanted[:, :n], wanted[:, :n]) + known[1] @ known[1].T + own * np.eye(len(wanted))
    columns, means = list(process.slopes.columns), np.asarray(process.slopes.means)
    off = process.standard - process.kernel.mean - process.features[:, columns] @ means
    solved = np.linalg.solve(measured, np.column_stack([off, cross.T]))
    mean = process.kernel.mean + wanted[:, columns] @ means + cross @ solved[:, 0]
    return np.asarray(mean), np.asarray(prior - cross @ solved[:, 1:]), noise


def _parted(model: PropertyModel, recipe: IntArray) -> tuple[float, float]:
    """Standard deviation of one measurement about its recipe, and the variance that is the recipe's own."""
    process = model.process
    whole = process.kernel.noise
    variance, freedom = replicate_variance(process.standard[process.is_measured], recipe[process.is_measured])
    noise = min(whole, (freedom * variance + _DOUBT * whole) / (freedom + _DOUBT)) if freedom else whole
    return float((noise + process.usual_variance) ** 0.5), whole - noise


def _known(model: PropertyModel, features: FloatArray) -> FloatArray:
    slopes = model.process.slopes
    return np.asarray(features[:, list(slopes.columns)] * np.asarray(slopes.sds), dtype=np.float64)
