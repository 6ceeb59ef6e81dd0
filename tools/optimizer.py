"""Opens the optimiser that a campaign asks for."""

from __future__ import annotations

from collections.abc import Sequence

from eutectic.core.optimizer import Optimizer
from eutectic.core.spec import CampaignSpec
from eutectic.tools.knowledge_term import Judge, KnowledgeTerm
from eutectic.tools.optimizer_bayes import BayesOptimizer
from eutectic.tools.optimizer_space import SpaceOptimizer


def open_optimizer(spec: CampaignSpec, terms: Sequence[KnowledgeTerm] = (), judge: Judge | None = None) -> Optimizer:
    """The optimiser of `spec.optimizer.kind`; tell it earlier observations before asking.

    Args:
        spec: The campaign.
        terms: Knowledge for the surrogate and the first trials; optimisers of other kinds take no notice of it.
        judge: Says before each batch which terms to use, trust or drop; without one all are used.

    Raises:
        InfeasibleSpace: no composition satisfies the space; the message names the constraints that clash.
    """
    if spec.optimizer.kind == "botorch":
        return BayesOptimizer(spec, terms, judge)
    return SpaceOptimizer(spec)
