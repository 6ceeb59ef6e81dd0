"""Terms made of descriptors: with a direction where physics gives one, else with a slope that the data must find."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eutectic.core.errors import BadInput
from eutectic.core.objective import Objective
from eutectic.core.space import SearchSpace
from eutectic.tools.claim_term import Unused
from eutectic.tools.descriptors import (
    Atoms,
    atoms_of,
    electronegativity_mismatches,
    magnetic_moments,
    mixing_enthalpies,
    size_mismatches,
    valence_concentrations,
)
from eutectic.tools.property_names import meaning
from eutectic.tools.source_term import SourceTerm, standard_term

FloatArray = NDArray[np.float64]
Descriptor = Callable[[Atoms, FloatArray], FloatArray]

DESCRIPTORS: dict[str, Descriptor] = {
    "mixing enthalpy": mixing_enthalpies,
    "size mismatch": size_mismatches,
    "electronegativity mismatch": electronegativity_mismatches,
    "valence electrons": valence_concentrations,
    "magnetic moment": magnetic_moments,
}


class Rule(NamedTuple):
    """Physics that gives a descriptor a direction for a property."""

    property: re.Pattern[str]
    """Found in the property's name as `property_names.meaning` writes it out."""
    descriptor: str
    slope: tuple[float, float]
    source: str


RULES: tuple[Rule, ...] = (
    Rule(
        re.compile(r"saturation|magneti[sz]ation", re.IGNORECASE),
        "magnetic moment",
        (0.7, 0.5),
        "generalised Slater-Pauling curve, Williams et al. 1983",
    ),
    Rule(
        re.compile(r"hardness|yield[ -]?(strength|stress|point)", re.IGNORECASE),
        "valence electrons",
        (-0.4, 0.5),
        "bcc below 6.87 valence electrons, Guo et al. 2011, DOI 10.1063/1.3587228",
    ),
    Rule(
        re.compile(r"hardness|yield[ -]?(strength|stress|point)", re.IGNORECASE),
        "size mismatch",
        (0.3, 0.5),
        "solid-solution strengthening, Wen et al. 2019, DOI 10.1016/j.actamat.2019.03.010",
    ),
)
UNDIRECTED = (0.0, 0.3)
"""Slope where physics gives no direction."""


def descriptor_terms(
    space: SearchSpace, objectives: Sequence[Objective], shares: FloatArray, *, undirected: bool = False
) -> tuple[list[SourceTerm], list[Unused]]:
    """Terms of the descriptors that can be calculated in a space, and why others cannot.

    Args:
        space: The search space.
        objectives: Of the campaign.
        shares: `N x n` recipes that stand for the space.
        undirected: Whether to add descriptors for which no rule gives a direction.
    """
    atoms = atoms_of(space.component_names, space.basis)
    if isinstance(atoms, str):
        return [], [Unused("descriptors", atoms)]
    terms: list[SourceTerm] = []
    unused: list[Unused] = []
    for objective in objectives:
        words = meaning(objective.property, objective.unit)
        wanted = {rule.descriptor: (rule.slope, rule.source) for rule in RULES if rule.property.search(words)}
        if undirected:
            plain = [name for name in DESCRIPTORS if name not in wanted and name != "magnetic moment"]
            wanted |= dict.fromkeys(plain, (UNDIRECTED, "no direction known"))
        if not wanted:
            unused.append(Unused("descriptors", f"no rule gives {objective.property} a direction"))
        for name, (slope, source) in wanted.items():
            found = _term(name, objective.property, atoms, slope, source, shares)
            if isinstance(found, str):
                unused.append(Unused(f"descriptors: {name}", found))
            else:
                terms.append(found)
    return terms, unused


def _term(
    name: str, property: str, atoms: Atoms, slope: tuple[float, float], source: str, shares: FloatArray
) -> SourceTerm | str:
    def raw(some: FloatArray, _: FloatArray) -> FloatArray:
        value = DESCRIPTORS[name](atoms, atoms.fractions(some))
        return -value if slope[0] < 0 else value

    turned = (abs(slope[0]), slope[1])
    about = f"{'lower' if slope[0] < 0 else 'higher'} {name} for higher {property}: {source}" if slope[0] else source
    term = SourceTerm(f"descriptors: {name} on {property}", "descriptors", property, turned, raw, 0.0, 1.0, about)
    try:
        return standard_term(term, shares, np.zeros((len(shares), 0))) or "the same for every recipe"
    except BadInput as error:
        return str(error)
