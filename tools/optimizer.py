"""Opens the optimiser that a campaign asks for."""

from __future__ import annotations

from eutectic.core.optimizer import Optimizer
from eutectic.core.spec import CampaignSpec
from eutectic.tools.optimizer_bayes import BayesOptimizer
from eutectic.tools.optimizer_space import SpaceOptimizer


def open_optimizer(spec: CampaignSpec) -> Optimizer:
    """The optimiser of `spec.optimizer.kind`; tell it earlier observations before asking.

    Raises:
        InfeasibleSpace: no composition satisfies the space; the message names the constraints that clash.
    """
    if spec.optimizer.kind == "botorch":
        return BayesOptimizer(spec)
    return SpaceOptimizer(spec)
