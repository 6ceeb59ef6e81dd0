"""One claim put in numbers: a score of every recipe, larger where the claim expects a larger value of the property."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eutectic.core.claim import BestRange, Claim, Effect, ProcessEffect, ProcessRange, Ranking, Region, Synergy
from eutectic.core.composition import Basis, per_mole
from eutectic.core.errors import BadInput
from eutectic.core.objective import Objective
from eutectic.core.space import SearchSpace

FloatArray = NDArray[np.float64]
_MOLE_BASES = ("at%", "mol%")
_LEAST_EDGE = 0.05
"""Share over which the score of a range falls off outside of it, at least."""


@dataclass(frozen=True)
class ClaimScore:
    """The score of one claim on one search space."""

    claim: Claim
    components: tuple[str, ...]
    """Of the space, in order."""
    basis: Basis
    """Of the space."""
    better: int
    """1 where a larger value of the property is better, -1 where a smaller one is."""

    def raw(self, shares: FloatArray) -> FloatArray:
        """`N` scores of shares `N x n` in the space's basis, not standardised.

        An effect is linear in the share, a synergy the geometric mean of two shares, a ranking linear with evenly
        spaced weights, a range a trapezium, a region a Gaussian of half the summed absolute differences.
        """
        said = self.claim.statement
        shares = in_basis(shares, self.components, self.basis, self.claim.basis)
        if isinstance(said, Effect):
            return said.sign * self._share(shares, said.component)
        if isinstance(said, Synergy):
            first, second = (self._share(shares, name) for name in said.components)
            return np.asarray(said.sign * np.sqrt(first * second), dtype=np.float64)
        if isinstance(said, Ranking):
            weights = np.linspace(1.0, -1.0, len(said.components))
            pairs = zip(said.components, weights, strict=True)
            return sum((w * self._share(shares, name) for name, w in pairs), np.zeros(len(shares)))
        if isinstance(said, BestRange):
            share, edge = self._share(shares, said.component), max(said.high - said.low, _LEAST_EDGE)
            outside = np.maximum(np.maximum(said.low - share, share - said.high), 0.0)
            return np.asarray(self.better * np.maximum(0.0, 1.0 - outside / edge), dtype=np.float64)
        assert isinstance(said, Region)
        centre = (
            said.composition.to(self.claim.basis) if said.composition.basis != self.claim.basis else said.composition
        )
        away = np.abs(shares - np.asarray(centre.vector(self.components))).sum(axis=1) / 2
        return np.asarray(said.sign * self.better * np.exp(-0.5 * (away / said.radius) ** 2), dtype=np.float64)

    def _share(self, shares: FloatArray, component: str) -> FloatArray:
        """`N` shares of a component, 0 for one that the space has not."""
        if component not in self.components:
            return np.zeros(len(shares))
        return shares[:, self.components.index(component)]


def claim_score(claim: Claim, space: SearchSpace, objective: Objective) -> ClaimScore | str:
    """The score of a claim in a campaign, or the reason why it says nothing there."""
    if claim.property != objective.property:
        return f"speaks of {claim.property}, not of {objective.property}"
    known = set(space.component_names)
    said = claim.statement
    if isinstance(said, ProcessEffect | ProcessRange):
        return (
            f"speaks of the {said.variable.replace('_', ' ')}: it is scored on the observations, and steers no recipe"
        )
    needed = set(claim.components)
    if isinstance(said, Ranking | Region):
        if len(needed & known) < 2:
            return f"names fewer than two components of the search space ({', '.join(sorted(needed))})"
        if isinstance(said, Region) and sum(said.composition.fractions[name] for name in needed - known) > said.radius:
            return f"its recipe needs {', '.join(sorted(needed - known))}, which the search space has not"
    elif not needed <= known:
        return f"needs {', '.join(sorted(needed - known))}, which the search space has not"
    if isinstance(said, BestRange | Region) and objective.direction == "target":
        return "says where the best is, while the objective is a target value: that gives the value no direction"
    if not _same_basis(claim.basis, space.basis, space.component_names):
        return f"counts in {claim.basis}, the search space in {space.basis}, and its components are not all elements"
    return ClaimScore(claim, space.component_names, space.basis, 1 if objective.direction != "minimize" else -1)


def in_basis(shares: FloatArray, components: Sequence[str], given: Basis, wanted: Basis) -> FloatArray:
    """`N x n` shares counted in another basis (volumes by the densities of the pure elements, ideal mixing)."""
    if given == wanted or (given in _MOLE_BASES and wanted in _MOLE_BASES):
        return shares
    moles = shares / np.array([per_mole(name, given) for name in components])
    counted = moles * np.array([per_mole(name, wanted) for name in components])
    return np.asarray(counted / np.maximum(counted.sum(axis=1, keepdims=True), 1e-12), dtype=np.float64)


def _same_basis(given: Basis, wanted: Basis, components: Sequence[str]) -> bool:
    """Whether shares can be put from one basis into the other."""
    if given == wanted or (given in _MOLE_BASES and wanted in _MOLE_BASES):
        return True
    try:
        return all(per_mole(name, basis) > 0 for name in components for basis in (given, wanted))
    except BadInput:
        return False
