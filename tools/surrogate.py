"""The surrogate: what the observations so far say of recipes not yet measured, with uncertainty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from eutectic.core.composition import Composition
from eutectic.core.objective import Objective
from eutectic.core.space import Value
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Observation
from eutectic.tools.encoding import Encoder, FloatArray, encoder_of
from eutectic.tools.gaussian_process import PropertyModel, fit_property
from eutectic.tools.history import History, Table
from eutectic.tools.knowledge_term import Standing, slopes_of, without
from eutectic.tools.lattice import IntArray, lattice_of
from eutectic.tools.sampling import farthest
from eutectic.tools.torch_scope import torch_scope

MOST_TRAINING = 600
"""Observations a model is fitted on at most: the best, the latest and some that fill the space."""


@dataclass(frozen=True)
class Posterior:
    """One model per measured property."""

    encoder: Encoder
    models: dict[str, PropertyModel] = field(default_factory=dict)
    seed: int = 0

    def predict(
        self, recipes: Sequence[tuple[Composition, dict[str, Value]]], *, noisy: bool = False
    ) -> dict[str, tuple[FloatArray, FloatArray]]:
        """Mean and standard deviation by property, in its unit, `N` each, for recipes on or off the lattice.

        Args:
            recipes: Compositions with their process values.
            noisy: Whether the deviation is that of a new measurement; else of the property itself.
        """
        return self.predict_features(self.encoder.recipes(recipes), noisy=noisy)

    def predict_features(
        self, features: FloatArray, *, noisy: bool = False
    ) -> dict[str, tuple[FloatArray, FloatArray]]:
        """The same for features `N x d` of the encoder."""
        with torch_scope(self.seed):
            return {name: model.predict(features, noisy=noisy) for name, model in self.models.items()}

    def standings(self) -> list[Standing]:
        """What the data say of each knowledge term in use."""
        return [one for model in self.models.values() for one in model.standings(self.encoder.terms)]


def fit_posterior(spec: CampaignSpec, observations: Sequence[Observation]) -> Posterior:
    """The surrogate of a campaign from its observations; properties without any value are left out.

    Raises:
        BadInput: the space's rules cannot be put in whole numbers.
    """
    lattice = lattice_of(spec.space)
    history = History(lattice, encoder_of(lattice), spec.objectives)
    history.add(observations)
    with torch_scope(spec.seed):
        return fit_table(spec, history.encoder, history.table())


def fit_table(
    spec: CampaignSpec, encoder: Encoder, table: Table, dropped: Sequence[str] = (), most: int = MOST_TRAINING
) -> Posterior:
    """The surrogate of a table of observations, without the knowledge terms dropped; call inside a `torch_scope`.

    Args:
        spec: The campaign.
        encoder: Of its recipes.
        table: Its observations.
        dropped: Names of terms.
        most: Observations it is fitted on at most.
    """
    off = [encoder.n_plain + j for j, term in enumerate(encoder.terms) if term.name in dropped]
    table = table.take(training_rows(table, spec.objectives, most))
    models = {}
    for j, objective in enumerate(spec.objectives):
        seen = ~np.isnan(table.values[:, j])
        if (seen & ~table.screened).any():
            models[objective.property] = fit_property(
                objective.property,
                table.features[seen],
                table.readings(j).take(seen),
                table.groups[seen],
                bend=objective.target is None,
                n_shares=table.n_shares,
                slopes=without(slopes_of(encoder.terms, objective.property, encoder.n_plain), off),
            )
    return Posterior(encoder, models, spec.seed)


def training_rows(table: Table, objectives: Sequence[Objective], most: int = MOST_TRAINING) -> IntArray:
    """Indices of at most `most` observations: a third the best, a third the latest, the rest spread over the space."""
    usable = np.flatnonzero((~np.isnan(table.values)).any(axis=1))
    if len(usable) <= most:
        return usable
    third = most // 3
    keep = set(usable[-third:].tolist())
    pushed = [j for j, objective in enumerate(objectives) if objective.role == "optimize"]
    for j in pushed:
        scores = np.array([objectives[j].score(value) for value in table.values[usable, j]])
        scores[table.screened[usable]] = np.nan
        best = np.argsort(-np.nan_to_num(scores, nan=-np.inf), kind="stable")[: third // len(pushed)]
        keep |= set(usable[best].tolist())
    rest = np.array([i for i in usable.tolist() if i not in keep])
    rest = rest[:: max(1, len(rest) // 3000)]
    seen = table.features[sorted(keep)]
    keep |= set(rest[farthest(table.features[rest], seen[:: max(1, len(seen) // 100)], most - len(keep))].tolist())
    return np.array(sorted(keep), dtype=np.int64)
