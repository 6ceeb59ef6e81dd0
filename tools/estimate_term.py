"""Terms of the optimiser made of values that somebody expects of single recipes, carried over to all others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from eutectic.core.claim import LEAST_ESTIMATES, Claim, Estimated, Estimates
from eutectic.core.errors import BadInput
from eutectic.core.objective import Objective
from eutectic.core.space import Categorical, SearchSpace
from eutectic.tools.claim_term import SLOPE_SD, Unused
from eutectic.tools.exact_process import ExactProcess
from eutectic.tools.kernel_fit import Kernel
from eutectic.tools.knowledge_term import Slopes
from eutectic.tools.settings_voice import settings_voice
from eutectic.tools.source_term import SourceTerm, standard_term

FloatArray = NDArray[np.float64]
_SLOPE_PER_TRUST = 0.8
_DECADES = 30.0
"""Ratio of the largest to the least value from which logarithms are learned."""
_LEAST_SPREAD = 1e-9
"""Standard deviation of values, in the largest of them, below which they are all the same."""


def estimate_terms(
    claims: Sequence[Claim],
    space: SearchSpace,
    objectives: Sequence[Objective],
    shares: FloatArray,
    process: FloatArray,
) -> tuple[list[SourceTerm], list[Unused]]:
    """A term for each author and property of the claims that are estimates, and those that say nothing here.

    Args:
        claims: Of any kind; others are passed over.
        space: The search space.
        objectives: Of the campaign.
        shares: `N x n` recipes that stand for the space.
        process: `N x q` process columns of the same.
    """
    found: list[SourceTerm] = []
    unused: list[Unused] = []
    properties = {objective.property for objective in objectives}
    for claim in claims:
        if not isinstance(claim.statement, Estimates):
            continue
        name = f"advice: estimates of {claim.author} on {claim.property}"
        read = [row for item in claim.statement.recipes if (row := _row(item, space)) is not None]
        if claim.property not in properties:
            unused.append(Unused(name, f"speaks of {claim.property}, no objective here"))
        elif any(term.name == name for term in found):
            unused.append(Unused(name, "a second list of the same author"))
        elif len(read) < LEAST_ESTIMATES:
            unused.append(Unused(name, f"{len(read)} recipes of this space; {LEAST_ESTIMATES} are needed"))
        else:
            table = np.array(read, dtype=np.float64)
            said = (table[:, :-1], table[:, -1])
            term = estimate_term(claim.author, claim.property, said, claim.trust, shares, process)
            if isinstance(term, str):
                unused.append(Unused(name, term))
            else:
                found.append(term)
    return found, unused


def estimate_term(
    author: str,
    property: str,
    said: tuple[FloatArray, FloatArray],
    trust: float,
    shares: FloatArray,
    process: FloatArray,
) -> SourceTerm | str:
    """A term of the mean of processes of one length-scale on the estimates, or the reason why there is none.

    Shares are read by their roots, values that span decades by their logarithms.

    Args:
        author: Who estimated.
        property: Objective it speaks of.
        said: Recipes `M x (n + q)`, shares and process columns, and `M` values.
        trust: From 0 to 1; the prior mean of the slope is 0.8 of it.
        shares: `N x n` recipes that stand for the space.
        process: `N x q` process columns of the same.
    """
    recipes, values = said
    n = shares.shape[1]
    values = on_their_scale(values)
    spread = float(values.std())
    if not spread > _LEAST_SPREAD * float(np.abs(values).max()):
        return "expects the same of every recipe"
    standard = (values - values.mean()) / spread
    features = _rooted(recipes[:, :n], recipes[:, n:])
    d = features.shape[1]
    voice = settings_voice(ExactProcess(features, standard, Kernel(np.ones(d), 0.1, 0.0), Slopes(d)))
    if voice is None:
        return "cannot be carried over to other recipes"

    def expected(some: FloatArray, set_to: FloatArray) -> FloatArray:
        return voice.means(_rooted(some, set_to))

    term = SourceTerm(
        name=f"advice: estimates of {author} on {property}",
        kind="advice",
        property=property,
        slope=(_SLOPE_PER_TRUST * trust, SLOPE_SD),
        raw=expected,
        centre=0.0,
        scale=1.0,
        about=f"{len(values)} recipes estimated, trust {trust:.2f}",
    )
    return standard_term(term, shares, process) or "does not tell the recipes of this space apart"


def on_their_scale(values: FloatArray) -> FloatArray:
    """`M` values, by their logarithms where they are positive and span decades."""
    return np.log(values) if values.min() > 0 and values.max() > _DECADES * values.min() else values


def _rooted(shares: FloatArray, process: FloatArray) -> FloatArray:
    return np.hstack([np.sqrt(np.maximum(shares, 0.0)), process])


def _row(item: Estimated, space: SearchSpace) -> list[float] | None:
    """Shares, process columns and value of an estimated recipe; None for one of other components or bases.

    A process variable that is not given, or a choice that the space has not, is taken in the middle.
    """
    if not set(item.composition.fractions) <= set(space.component_names):
        return None
    try:
        row = [float(share) for share in item.composition.to(space.basis).vector(space.component_names)]
    except BadInput:
        return None
    for variable in space.process:
        value = item.process.get(variable.name)
        if isinstance(variable, Categorical):
            known = value in variable.choices
            row += [float(value == choice) if known else 1 / len(variable.choices) for choice in variable.choices]
        elif value is None or isinstance(value, str):
            row.append(0.5)
        else:
            row.append((float(value) - variable.low) / (variable.high - variable.low))
    return [*row, item.value]
