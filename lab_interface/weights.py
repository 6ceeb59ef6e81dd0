"""Weights: how shares of components that are weighed or dispensed by themselves become masses or volumes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from eutectic.core.composition import Basis
from eutectic.core.elements import element, is_element


class Weights(NamedTuple):
    """What one share unit of each component takes, so that ticks are proportional to share times factor."""

    factors: dict[str, float]
    note: str
    """How shares are read as amounts, in words."""


def weights(components: Sequence[str], basis: Basis, tick: str) -> Weights:
    """Factors from shares to amounts in the unit of a tick.

    Milligrams: atomic shares times atomic mass, volume shares times density, for elements (IUPAC masses, see
    `eutectic.core.elements`). Microlitres: stocks of equal strength are assumed, so volume follows the share.
    """
    same = dict.fromkeys(components, 1.0)
    if tick.endswith("uL"):
        return Weights(same, f"volume follows the {basis} share: stocks of equal strength are assumed")
    if basis == "wt%":
        return Weights(same, "mass follows the wt% share")
    if not all(is_element(name) for name in components):
        return Weights(same, f"not all components are elements: mass follows the {basis} share itself")
    if basis in ("at%", "mol%"):
        return Weights({name: element(name).mass for name in components}, f"mass from {basis} by atomic masses")
    densities = {name: element(name).density for name in components}
    known = {name: value for name, value in densities.items() if value is not None}
    if len(known) < len(densities):
        return Weights(same, "a density is not tabulated: mass follows the vol% share itself")
    return Weights(known, "mass from vol% by the densities of the elements")
