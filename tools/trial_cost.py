"""What a trial of a recipe costs: what every trial costs, and the components of its sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eutectic.core.errors import BadInput
from eutectic.core.recipe_price import mass_per_share
from eutectic.core.spec import CampaignSpec
from eutectic.tools.encoding import FloatArray


@dataclass(frozen=True)
class TrialCost:
    """Cost of a trial by the shares of its recipe."""

    fixed: float
    """Money."""
    sample_kg: float
    masses: FloatArray
    """`n` masses of one unit of share."""
    prices: FloatArray
    """`n`, money per kg."""

    def of(self, shares: FloatArray) -> FloatArray:
        """Money of trials `N` from shares `N x n`."""
        grams = shares * self.masses
        per_kg = grams @ self.prices / np.maximum(grams.sum(axis=1), 1e-300)
        return np.asarray(self.fixed + self.sample_kg * per_kg, dtype=np.float64)


def trial_cost_of(spec: CampaignSpec) -> TrialCost | None:
    """The cost that proposals are weighed by; None where the campaign gives no `trial_cost`.

    Raises:
        BadInput: a sample's components have no price, or a mass is not known.
    """
    fixed = spec.optimizer.trial_cost
    if fixed is None:
        return None
    components = spec.space.components
    missing = spec.space.unpriced
    if spec.optimizer.sample_kg and missing:
        raise BadInput(f"sample_kg needs the price of every component: {list(missing)} have none", where="optimizer")
    with_masses = spec.optimizer.sample_kg > 0
    return TrialCost(
        fixed,
        spec.optimizer.sample_kg,
        np.array([mass_per_share(item.name, spec.space.basis) if with_masses else 1.0 for item in components]),
        np.array([item.price or 0.0 for item in components]),
    )
