"""Descriptors of an alloy from its atomic fractions, such as signed mixing enthalpy, entropy and size mismatch."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from math import log, sqrt
from typing import NamedTuple

from eutectic.core.composition import Composition
from eutectic.core.elements import element
from eutectic.core.errors import BadInput
from eutectic.core.record import Record, significant
from eutectic.core.tool import tool
from eutectic.tools.alloy_table import alloy_element, pair_enthalpies

GAS_CONSTANT = 8.31446261815324
"""J/(mol K) (exact)."""


class PairSum(NamedTuple):
    """A sum over pairs, with the pairs that no table holds."""

    value: float
    """Over the pairs that are known, in kJ/mol."""
    missing: tuple[str, ...]
    """Such as `Fe-Rh`; the value is a part of the whole where any stands here."""


class MixingEnthalpy(Record):
    """The mixing enthalpy of a liquid alloy."""

    formula: str
    enthalpy: float | None
    """kJ/mol, negative where the elements attract each other; null where a pair is not tabulated."""
    known_part: float
    """kJ/mol, over the tabulated pairs."""
    missing_pairs: tuple[str, ...]
    missing: int
    source: str = "Takeuchi and Inoue 2005, DOI 10.2320/matertrans.46.2817"


class AlloyDescriptors(Record):
    """What is commonly computed of an alloy before it is made."""

    formula: str
    mixing_enthalpy: float | None
    """kJ/mol, signed; null where a pair is not tabulated."""
    missing_pairs: tuple[str, ...]
    mixing_entropy: float
    """J/(mol K)."""
    omega: float | None
    """Melting point times entropy over the size of the enthalpy; null where the enthalpy is unknown or zero."""
    size_mismatch: float
    """Root mean square, relative, from Miracle's radii in metallic glasses."""
    electronegativity_mismatch: float
    """Root mean square on Pauling's scale."""
    valence_electrons: float
    """Mean number per atom, d electrons counted for transition metals."""
    density: float
    """g/cm3 of an ideal mixture by Miedema volumes."""


def mixing_enthalpy_sum(fractions: Mapping[str, float]) -> PairSum:
    """`4 sum_{i<j} c_i c_j H_ij` in kJ/mol for atomic fractions, signed (regular solution).

    H_ij is the tabulated value at 50:50 (Takeuchi and Inoue 2005, DOI 10.2320/matertrans.46.2817).
    """
    table = pair_enthalpies()
    total, missing = 0.0, []
    for first, second in combinations(sorted(name for name, share in fractions.items() if share > 0), 2):
        value = table.get(frozenset((first, second)))
        if value is None:
            missing.append(f"{first}-{second}")
        else:
            total += 4 * fractions[first] * fractions[second] * value
    return PairSum(total, tuple(missing))


def mixing_entropy(fractions: Mapping[str, float]) -> float:
    """Ideal entropy of mixing in J/(mol K): `-R sum c ln c`."""
    return -GAS_CONSTANT * sum(share * log(share) for share in fractions.values() if share > 0)


def size_mismatch(fractions: Mapping[str, float]) -> float:
    """Relative atomic size mismatch `sqrt(sum c (1 - r/r_mean)^2)` (Zhang et al. 2008, DOI 10.1002/adem.200700240)."""
    mean = sum(share * alloy_element(name).radius for name, share in fractions.items())
    return sqrt(sum(share * (1 - alloy_element(name).radius / mean) ** 2 for name, share in fractions.items()))


def electronegativity_mismatch(fractions: Mapping[str, float]) -> float:
    """Root mean square deviation of Pauling's electronegativity.

    Raises:
        BadInput: an element has none.
    """
    values = {name: _known(name, element(name).electronegativity, "electronegativity") for name in fractions}
    mean = sum(share * values[name] for name, share in fractions.items())
    return sqrt(sum(share * (values[name] - mean) ** 2 for name, share in fractions.items()))


def valence_electron_concentration(fractions: Mapping[str, float]) -> float:
    """Mean valence electrons per atom: the group, less 10 behind the transition metals (3 for rare earths)."""
    return sum(share * valence_electrons(name) for name, share in fractions.items())


def valence_electrons(symbol: str) -> int:
    """Valence electrons of one atom, d electrons counted for groups 3 to 12."""
    group = element(symbol).group
    if group is None:
        return 3
    return group - 10 if group > 12 else group


def melting_point(fractions: Mapping[str, float]) -> float:
    """Mean of the elements' melting points in K, by atomic fraction."""
    return sum(share * alloy_element(name).melting for name, share in fractions.items())


def density(fractions: Mapping[str, float]) -> float:
    """g/cm3 of atomic fractions that add up to 1, from masses and Miedema volumes (no excess volume)."""
    mass = sum(share * element(name).mass for name, share in fractions.items())
    return mass / sum(share * alloy_element(name).volume for name, share in fractions.items())


def price_per_kg(fractions: Mapping[str, float]) -> float:
    """USD per kg of alloy from atomic fractions and the prices of the pure elements (see `AlloyElement`)."""
    masses = {name: share * element(name).mass for name, share in fractions.items()}
    return sum(mass * alloy_element(name).price for name, mass in masses.items()) / sum(masses.values())


@tool
def mixing_enthalpy(formula: str) -> MixingEnthalpy:
    """Signed enthalpy of mixing (kJ/mol) of the liquid alloy: negative means the elements attract each other.

    Good metallic glasses usually lie between about -5 and -40 kJ/mol. Where a pair of elements is not tabulated the
    answer is null and the pairs are named: never take `known_part` for the whole then.

    Args:
        formula: Atomic formula such as Fe69Co16Ni1Si3B11.
    """
    composition = Composition.from_formula(formula)
    total = mixing_enthalpy_sum(composition.fractions)
    return MixingEnthalpy(
        formula=composition.formula(),
        enthalpy=None if total.missing else significant(total.value),
        known_part=significant(total.value),
        missing_pairs=total.missing,
        missing=len(total.missing),
    )


@tool
def alloy_descriptors(formula: str) -> AlloyDescriptors:
    """Mixing enthalpy and entropy, Omega, size and electronegativity mismatch, valence electrons, density of an alloy.

    Use the numbers as soft hints (glass forming, solid solution), never as a filter: their published windows were
    tested on few alloys.

    Args:
        formula: Atomic formula such as Fe69Co16Ni1Si3B11.
    """
    composition = Composition.from_formula(formula)
    fractions = composition.fractions
    total, entropy = mixing_enthalpy_sum(fractions), mixing_entropy(fractions)
    enthalpy = None if total.missing else total.value
    omega = melting_point(fractions) * entropy / abs(enthalpy * 1000) if enthalpy else None
    return AlloyDescriptors(
        formula=composition.formula(),
        mixing_enthalpy=None if enthalpy is None else significant(enthalpy),
        missing_pairs=total.missing,
        mixing_entropy=significant(entropy),
        omega=None if omega is None else significant(omega),
        size_mismatch=significant(size_mismatch(fractions)),
        electronegativity_mismatch=significant(electronegativity_mismatch(fractions)),
        valence_electrons=significant(valence_electron_concentration(fractions)),
        density=significant(density(fractions)),
    )


def _known(symbol: str, value: float | None, what: str) -> float:
    if value is None:
        raise BadInput(f"no {what} is tabulated for {symbol!r}", mend="leave the element out")
    return value
