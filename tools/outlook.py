"""What the next batch is worth and whether the goal can be reached: from draws of the surrogate over the lattice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from eutectic.core.composition import Composition
from eutectic.core.objective import Objective
from eutectic.core.record import Record, significant
from eutectic.core.space import Value
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Observation
from eutectic.tools.acquisition import acquisition_of
from eutectic.tools.gaussian_process import PropertyModel
from eutectic.tools.goals import goals_of
from eutectic.tools.history import History
from eutectic.tools.incumbent import Measured, measured_recipes
from eutectic.tools.local_search import allowed, row_keys
from eutectic.tools.sampling import Domain, domain_of
from eutectic.tools.surrogate import fit_table
from eutectic.tools.torch_scope import torch_scope

FloatArray = NDArray[np.float64]
Recipe = tuple[Composition, dict[str, Value]]
_LEAST = 8
"""Recipes that must have been measured, and two for each feature: with fewer the surrogate is too sure of itself."""
_MOST_SEEN = 50
_DRAWS = 256
_POOL = 1200
_BEST = 400


class Outlook(Record):
    """What is left to gain, as the surrogate sees it."""

    chance: float | None
    """Probability that some recipe of the space meets every goal; null where no objective has a goal."""
    chance_next: float | None
    """Probability that one of the next batch does."""
    best_left: tuple[float, float] | None
    """10 % and 90 % quantiles of the best value anywhere in the space, for one objective; null for several."""
    repeat_or_new: Literal["repeat", "new"]
    """Whether a repeat of the best recipe or a new recipe tells more about which is best."""
    repeat_gain: float
    """Expected gain in the value of the recipe that would be recommended, from one repeat of the best; standardised."""
    new_gain: float
    """The same from one new recipe, the best of those looked at."""

    def words(self, spec: CampaignSpec) -> str:
        """The outlook in plain words."""
        said = []
        if self.chance is not None and self.chance_next is not None:
            said.append(
                f"Probability that some recipe of this space reaches the goals: {_percent(self.chance)}; that one of "
                f"the next batch does: {_percent(self.chance_next)}."
            )
        if self.best_left is not None:
            low, high = self.best_left
            said.append(
                f"The best anywhere in the space lies between {low:g} and {high:g} {spec.objectives[0].unit} (80 %)."
            )
        better = "measuring the best recipe again" if self.repeat_or_new == "repeat" else "a new recipe"
        said.append(
            f"Repeat or new? One trial more of {better} is expected to improve the final choice more: "
            f"{self.repeat_gain:.2g} for a repeat, {self.new_gain:.2g} for a new recipe, in standard deviations."
        )
        return " ".join(said) + " This is the surrogate's view: it knows nothing of what lies outside its assumptions."


def _percent(chance: float) -> str:
    if chance < 1 / _DRAWS:
        return f"below {1 / _DRAWS:.1%}"
    return f"above {1 - 1 / _DRAWS:.1%}" if chance > 1 - 1 / _DRAWS else f"{chance:.0%}"


class Looked(Record):
    """An outlook, or that there was none."""

    outlook: Outlook | None


def outlook(spec: CampaignSpec, observations: Sequence[Observation], batch: Sequence[Recipe]) -> Outlook | None:
    """The outlook after some observations, by the surrogate without knowledge; None without a model of each objective.

    The scale of the surrogate is itself uncertain, so draws are widened to Student's t with one degree of freedom less
    than recipes measured (Shah et al. 2014, arXiv:1402.4306). They are joint over all measured recipes, the next batch
    and the 400 most promising of 1,200 recipes of the space: the chance is that of a subset, hence a little low.

    Args:
        spec: The campaign.
        observations: What is to be learned from.
        batch: Recipes that would be measured next.
    """
    domain = domain_of(spec.space)
    history = History(domain.lattice, domain.encoder, spec.objectives)
    history.add(observations)
    table = history.table()
    measured = measured_recipes(table, spec.objectives)
    if len(measured.rows) < max(_LEAST, 2 * domain.encoder.n_plain):
        return None
    with torch_scope(spec.seed):
        models = fit_table(spec, domain.encoder, table).models
        if any(o.property not in models for o in spec.objectives):
            return None
        draws = _draw(spec, domain, [models[o.property] for o in spec.objectives], measured, batch)
    n_seen = min(len(measured.rows), _MOST_SEEN)
    chance, chance_next = _chances(spec, draws.values, n_seen, len(batch))
    repeat, new = knowledge_gains(draws.scores, n_seen, models[spec.optimized[0].property].noise_sd)
    return Outlook(
        chance=chance,
        chance_next=chance_next,
        best_left=_best_left(spec, draws.values),
        repeat_or_new="repeat" if repeat > new else "new",
        repeat_gain=significant(repeat, 3),
        new_gain=significant(new, 3),
    )


def repeat_pays(
    spec: CampaignSpec, domain: Domain, models: list[PropertyModel], measured: Measured, batch: Sequence[Recipe]
) -> bool:
    """Whether one more measurement of the best recipe is expected to improve the final choice more than a new recipe.

    False with too few recipes for the surrogate to judge by. Call inside a `torch_scope`.
    """
    if len(measured.rows) < max(_LEAST, 2 * domain.encoder.n_plain):
        return False
    draws = _draw(spec, domain, models, measured, batch)
    pushed = next(j for j, objective in enumerate(spec.objectives) if objective.role == "optimize")
    repeat, new = knowledge_gains(draws.scores, min(len(measured.rows), _MOST_SEEN), models[pushed].noise_sd)
    return repeat > new


class _Draws(NamedTuple):
    """Joint draws: measured recipes, then the batch, then promising ones."""

    values: FloatArray
    """`S x M x m` in their units."""
    scores: FloatArray
    """`S x M` sums of standardised scores."""


def _draw(
    spec: CampaignSpec, domain: Domain, models: list[PropertyModel], measured: Measured, batch: Sequence[Recipe]
) -> _Draws:
    encode = domain.encoder.rows
    seen = encode(domain.lattice, measured.rows[:_MOST_SEEN])
    drawn = domain.random(_POOL, np.random.default_rng([spec.seed, 3]))
    pool = encode(domain.lattice, drawn[allowed(drawn, set(row_keys(measured.rows)))])
    goals = goals_of(spec.objectives, models)
    moments = [model.standard(pool) for model in models]
    means, spread = (np.column_stack(part) for part in zip(*moments, strict=True))
    order = np.argsort(-(goals.scores(means).sum(axis=1) + 2 * spread.sum(axis=1)), kind="stable")[:_BEST]
    acquisition = acquisition_of(spec.objectives, models, seen, spec.seed)
    draws = acquisition.samples(np.vstack([seen, domain.encoder.recipes(list(batch)), pool[order]]), _DRAWS)
    freedom = max(len(measured.rows) - 1, 1)
    widen = np.sqrt(freedom / np.random.default_rng([spec.seed, 4]).chisquare(freedom, size=len(draws)))
    centre = draws.mean(axis=0)
    draws = centre + (draws - centre) * widen[:, None, None]
    values = np.stack([model.warp.inverse(draws[..., j]) for j, model in enumerate(models)], axis=-1)
    return _Draws(values, goals.scores(draws).sum(axis=-1))


def _chances(spec: CampaignSpec, values: FloatArray, n_seen: int, n_batch: int) -> tuple[float | None, float | None]:
    """Probability that any recipe, and that one of the batch, meets every goal."""
    wanted = [(j, o) for j, o in enumerate(spec.objectives) if o.has_goal]
    if not any(o.role == "optimize" for _, o in wanted):
        return None, None
    met = np.all([_meets(values[..., j], o) for j, o in wanted], axis=0)
    batch = met[:, n_seen : n_seen + n_batch]
    return significant(float(met.any(axis=1).mean()), 3), significant(float(batch.any(axis=1).mean()), 3)


def _best_left(spec: CampaignSpec, values: FloatArray) -> tuple[float, float] | None:
    """10 % and 90 % quantiles of the best value anywhere, worst first."""
    if len(spec.objectives) != 1 or spec.objectives[0].direction == "target":
        return None
    sign = 1.0 if spec.objectives[0].direction == "maximize" else -1.0
    low, high = (sign * float(v) for v in np.quantile((sign * values[..., 0]).max(axis=1), [0.1, 0.9]))
    return significant(low, 4), significant(high, 4)


def knowledge_gains(scores: FloatArray, n_seen: int, noise: float) -> tuple[float, float]:
    """Knowledge gradient of repeating the best measured recipe and of the best new one, from joint draws.

    `KG = E max_i (mu_i + cov_ij / sqrt(var_j + noise^2) Z) - max_i mu_i` over the measured recipes and j itself
    (Frazier, Powell and Dayanik 2009, DOI 10.1287/ijoc.1080.0314), moments taken from the draws.

    Args:
        scores: `S x M` joint draws, measured recipes first.
        n_seen: How many of them are measured.
        noise: Standard deviation of one measurement.
    """
    means = scores.mean(axis=0)
    centred = scores - means
    best = int(means[:n_seen].argmax())
    nodes, weights = np.polynomial.hermite_e.hermegauss(15)
    weights = weights / weights.sum()

    def gain(j: int) -> float:
        among = np.unique(np.append(np.arange(n_seen), j))
        covariance = centred[:, among].T @ centred[:, j] / max(len(scores) - 1, 1)
        slope = covariance / np.sqrt(centred[:, j].var() + noise**2 + 1e-12)
        after = (means[among][:, None] + slope[:, None] * nodes).max(axis=0) @ weights
        return float(after - means[:n_seen].max()) if j < n_seen else float(after - max(means[:n_seen].max(), means[j]))

    upper = means + 2 * centred.std(axis=0)
    new = np.argsort(-upper[n_seen:], kind="stable")[:30] + n_seen
    return max(0.0, gain(best)), max((max(0.0, gain(int(j))) for j in new), default=0.0)


def _meets(values: FloatArray, objective: Objective) -> NDArray[np.bool_]:
    met = np.ones(values.shape, dtype=np.bool_)
    if objective.target is not None and objective.tolerance is not None:
        met &= np.abs(values - objective.target) <= objective.tolerance
    if objective.at_least is not None:
        met &= values >= objective.at_least
    if objective.at_most is not None:
        met &= values <= objective.at_most
    return met
