"""What the next batch is worth and whether the goal can be reached: from draws of the surrogate over the lattice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

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
from eutectic.tools.repeat_pays import RepeatWorth, repeat_worth
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
_NEW = 60
"""Promising recipes that a repeat is weighed against."""


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
    if len(measured.rows) < _least(domain):
        return None
    with torch_scope(spec.seed):
        models = fit_table(spec, domain.encoder, table).models
        if any(o.property not in models for o in spec.objectives):
            return None
        draws = _draw(spec, domain, [models[o.property] for o in spec.objectives], measured, batch)
        every = range(len(measured.rows))
        worth = _repeat_worth(spec, domain, [models[o.property] for o in spec.objectives], measured, batch, every)
    chance, chance_next = _chances(spec, draws, min(len(measured.rows), _MOST_SEEN), len(batch))
    return Outlook(
        chance=chance,
        chance_next=chance_next,
        best_left=_best_left(spec, draws),
        repeat_or_new="repeat" if worth.pays else "new",
        repeat_gain=significant(worth.repeat, 3),
        new_gain=significant(worth.new, 3),
    )


def repeats_of(
    spec: CampaignSpec, domain: Domain, models: list[PropertyModel], measured: Measured, free: Sequence[int]
) -> tuple[int, ...]:
    """Measured recipes whose repeat is expected to improve the final choice more than a new recipe, best first.

    None with too few recipes for the surrogate to judge by. Call inside a `torch_scope`.

    Args:
        spec: The campaign.
        domain: Where new recipes are drawn from.
        models: Of each objective.
        measured: Recipes with their means.
        free: Which of them may be repeated.
    """
    if len(measured.rows) < _least(domain) or not free:
        return ()
    return _repeat_worth(spec, domain, models, measured, (), free).places


def _least(domain: Domain) -> int:
    return max(_LEAST, 2 * domain.encoder.n_plain)


def _repeat_worth(
    spec: CampaignSpec,
    domain: Domain,
    models: list[PropertyModel],
    measured: Measured,
    batch: Sequence[Recipe],
    free: Sequence[int],
) -> RepeatWorth:
    """A repeat beside the recipes of the next batch and the most promising others."""
    seen = domain.encoder.rows(domain.lattice, measured.rows)
    new = np.vstack([domain.encoder.recipes(list(batch)), _promising(spec, domain, models, measured)[:_NEW]])
    return repeat_worth(spec.objectives, models, measured, seen, new, free, spec.seed)


def _draw(
    spec: CampaignSpec, domain: Domain, models: list[PropertyModel], measured: Measured, batch: Sequence[Recipe]
) -> FloatArray:
    """Joint draws `S x M x m` in their units: measured recipes, then the batch, then promising ones."""
    encode = domain.encoder.rows
    seen = encode(domain.lattice, measured.rows[:_MOST_SEEN])
    pool = _promising(spec, domain, models, measured)
    acquisition = acquisition_of(spec.objectives, models, seen, spec.seed)
    draws = acquisition.samples(np.vstack([seen, domain.encoder.recipes(list(batch)), pool]), _DRAWS)
    freedom = max(len(measured.rows) - 1, 1)
    widen = np.sqrt(freedom / np.random.default_rng([spec.seed, 4]).chisquare(freedom, size=len(draws)))
    centre = draws.mean(axis=0)
    draws = centre + (draws - centre) * widen[:, None, None]
    return np.stack([model.warp.inverse(draws[..., j]) for j, model in enumerate(models)], axis=-1)


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


def _promising(spec: CampaignSpec, domain: Domain, models: list[PropertyModel], measured: Measured) -> FloatArray:
    """Features of the most promising recipes not measured, of those drawn, the most promising first."""
    drawn = domain.random(_POOL, np.random.default_rng([spec.seed, 3]))
    pool = domain.encoder.rows(domain.lattice, drawn[allowed(drawn, set(row_keys(measured.rows)))])
    moments = [model.standard(pool) for model in models]
    means, spread = (np.column_stack(part) for part in zip(*moments, strict=True))
    hope = goals_of(spec.objectives, models).scores(means).sum(axis=1) + 2 * spread.sum(axis=1)
    return pool[np.argsort(-hope, kind="stable")[:_BEST]]


def _meets(values: FloatArray, objective: Objective) -> NDArray[np.bool_]:
    met = np.ones(values.shape, dtype=np.bool_)
    if objective.target is not None and objective.tolerance is not None:
        met &= np.abs(values - objective.target) <= objective.tolerance
    if objective.at_least is not None:
        met &= values >= objective.at_least
    if objective.at_most is not None:
        met &= values <= objective.at_most
    return met
