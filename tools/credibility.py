"""The model card: how well the surrogate predicts recipes it has not seen, how noisy the lab is, and what matters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np

from eutectic.core.objective import Objective
from eutectic.core.record import Record, significant
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Observation
from eutectic.tools.effects import Effect, effects_of
from eutectic.tools.encoding import FloatArray, encoder_of
from eutectic.tools.gaussian_process import PropertyModel, fit_property
from eutectic.tools.history import History, Table, replicate_variance
from eutectic.tools.lattice import BoolArray, IntArray, lattice_of
from eutectic.tools.torch_scope import torch_scope

_LEAST_RECIPES = 5
_ONE_BY_ONE = 12
"""Recipes up to which each is left out in turn; beyond, five folds."""
_FOLDS = 5
_MOST = 300
"""Observations that the card is made from at most, whole recipes drawn at random."""
_LEAST_FREEDOM = 2
_Z90 = 1.6448536269514722


class OutOfFold(Record):
    """A measured value beside what a model predicted that had seen no replicate of its recipe."""

    trial: str
    measured: float
    predicted: float
    sd: float
    """Of a new measurement, noise included."""


class PropertyCredibility(Record):
    """How far predictions of one property can be trusted."""

    property: str
    unit: str
    n: int
    """Values that the figures rest on."""
    recipes: int
    rmse: float | None
    mae: float | None
    r2: float | None
    """1 - residual over total sum of squares; below 0 is worse than the mean."""
    coverage_90: float | None
    """Share of left-out values inside the 90 % interval."""
    reason: str = ""
    """Why there are no figures, where there are none."""
    noise_sd: float | None
    """Standard deviation of one measurement, in the unit."""
    noise_from: Literal["replicates", "model", "none"]
    split: str
    """What was held out, in words."""
    pairs: tuple[OutOfFold, ...] = ()


class Credibility(Record):
    """The model card of a campaign."""

    properties: tuple[PropertyCredibility, ...]
    effects: tuple[Effect, ...]
    about_effects: str
    """What is varied against what in the effects."""


def assess(spec: CampaignSpec, observations: Iterable[Observation]) -> Credibility:
    """The model card from all observations of a campaign; the same for the same spec and observations.

    What a screen read is left out: the figures are those of the surrogate on the tests alone.

    Replicates of a recipe never stand on both sides of a split: row-wise splits flatter.

    Raises:
        BadInput: the space's rules cannot be put in whole numbers.
    """
    lattice = lattice_of(spec.space)
    history = History(lattice, encoder_of(lattice), spec.objectives)
    history.add(observations)
    table = history.table()
    table = table.take(~table.screened)
    properties, effects = [], []
    with torch_scope(spec.seed):
        for j, objective in enumerate(spec.objectives):
            seen = _sample(table.take(np.flatnonzero(~np.isnan(table.values[:, j]))), spec.seed)
            model = _fit(objective, seen, j) if len(seen) else None
            properties.append(_card(objective, seen, j, model, spec.seed))
            if model is not None and len(np.unique(seen.groups)) >= _LEAST_RECIPES:
                effects += effects_of(model, history.encoder, seen.features, spec.seed)
    return Credibility(
        properties=tuple(properties),
        effects=tuple(effects),
        about_effects=(
            "each factor of a measured recipe is given the value it has in another one and the model's prediction is "
            "compared; a component takes its share from or gives it to all others in proportion (Cox direction)"
        ),
    )


def _card(objective: Objective, table: Table, j: int, model: PropertyModel | None, seed: int) -> PropertyCredibility:
    """The figures of one property."""
    groups, values = table.groups, table.values[:, j]
    recipes = len(np.unique(groups))
    noise, source = _noise(values[~table.censored[:, j]], groups[~table.censored[:, j]], model)
    folds, split = _folds(groups, seed)
    pairs, inside = _out_of_fold(objective, table, j, folds) if recipes >= _LEAST_RECIPES else ((), np.zeros(0))
    errors = np.array([pair.measured - pair.predicted for pair in pairs])
    spread = float(np.var([pair.measured for pair in pairs])) if pairs else 0.0
    few = f"{recipes} recipes with a value, {_LEAST_RECIPES} are needed"
    return PropertyCredibility(
        property=objective.property,
        unit=objective.unit,
        n=len(pairs) or len(table),
        recipes=recipes,
        rmse=significant(float(np.sqrt((errors**2).mean()))) if pairs else None,
        mae=significant(float(np.abs(errors).mean())) if pairs else None,
        r2=significant(1 - float((errors**2).mean()) / spread) if spread > 0 else None,
        coverage_90=significant(float(inside.mean())) if pairs else None,
        reason="" if pairs else few if recipes < _LEAST_RECIPES else "every value is censored",
        noise_sd=noise,
        noise_from=source,
        split=split if pairs else "none",
        pairs=pairs,
    )


def _out_of_fold(
    objective: Objective, table: Table, j: int, folds: Sequence[BoolArray]
) -> tuple[tuple[OutOfFold, ...], FloatArray]:
    """Pairs in the order of the observations, and whether each lies in its 90 % interval; censored ones only train."""
    found: dict[int, tuple[OutOfFold, bool]] = {}
    for held in folds:
        model = _fit(objective, table.take(~held), j)
        places = np.flatnonzero(held & ~table.censored[:, j])
        features, values = table.features[places], table.values[places, j]
        mean, sd = model.predict(features, noisy=True)
        standard, spread = model.standard(features)
        inside = np.abs(model.warp.forward(values) - standard) <= _Z90 * np.hypot(spread, model.noise_sd)
        for i, place in enumerate(places.tolist()):
            pair = OutOfFold(
                trial=table.trials[place],
                measured=float(values[i]),
                predicted=significant(float(mean[i])),
                sd=significant(float(sd[i])),
            )
            found[place] = pair, bool(inside[i])
    ordered = [found[place] for place in sorted(found)]
    return tuple(pair for pair, _ in ordered), np.array([inside for _, inside in ordered], dtype=np.float64)


def _folds(groups: IntArray, seed: int) -> tuple[list[BoolArray], str]:
    """Masks of what is held out, whole recipes at a time, and the protocol in words."""
    names = np.unique(groups)
    if len(names) <= _ONE_BY_ONE:
        return [groups == name for name in names], "each recipe left out in turn with all its replicates"
    shuffled = np.random.default_rng(seed).permutation(names)
    folds = [np.isin(groups, part) for part in np.array_split(shuffled, _FOLDS)]
    return folds, f"{_FOLDS} folds of whole recipes, replicates kept together"


def _sample(table: Table, seed: int) -> Table:
    """At most so many observations, as whole recipes drawn at random."""
    if len(table) <= _MOST:
        return table
    groups = table.groups
    order = np.random.default_rng(seed).permutation(int(groups.max()) + 1)
    sizes = np.bincount(groups)[order].cumsum()
    return table.take(np.flatnonzero(np.isin(groups, order[sizes <= max(_MOST, sizes[0])])))


def _fit(objective: Objective, table: Table, j: int) -> PropertyModel:
    return fit_property(
        objective.property, table.features, table.readings(j), table.groups, bend=objective.target is None
    )


def _noise(
    values: FloatArray, groups: IntArray, model: PropertyModel | None
) -> tuple[float | None, Literal["replicates", "model", "none"]]:
    """Standard deviation of one measurement: from replicates where there are enough, else the model's."""
    variance, freedom = replicate_variance(values, groups)
    if freedom >= _LEAST_FREEDOM and variance > 0:
        return significant(variance**0.5), "replicates"
    if model is None or model.note:
        return None, "none"
    _, sd = model.warp.moments(np.zeros(1), np.full(1, model.noise_sd))
    return significant(float(sd[0])), "model"
