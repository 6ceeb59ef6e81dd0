"""Descriptors of many recipes at once: pair enthalpies, mismatches, valence electrons, magnetic valence, vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eutectic.core.composition import Basis, per_mole
from eutectic.core.elements import element
from eutectic.core.errors import BadInput
from eutectic.core.formula import parse_formula
from eutectic.tools.alloy_table import alloy_element, pair_enthalpies
from eutectic.tools.element_vectors import element_vectors
from eutectic.tools.mixing import valence_electrons
from eutectic.tools.slater_pauling import SP_ELECTRONS, magnetic_valence

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Atoms:
    """How recipes of a search space turn into atomic fractions."""

    symbols: tuple[str, ...]
    """The `E` elements in them."""
    amounts: FloatArray
    """`n x E` moles of each element for one unit of share of each component."""

    def fractions(self, shares: FloatArray) -> FloatArray:
        """`N x E` atomic fractions of shares `N x n`."""
        moles = shares @ self.amounts
        return np.asarray(moles / np.maximum(moles.sum(axis=1, keepdims=True), 1e-12), dtype=np.float64)


def component_amounts(components: Sequence[str]) -> dict[str, dict[str, float] | None]:
    """Elements of each component; None for one whose name is no formula, such as P3HT."""
    found: dict[str, dict[str, float] | None] = {}
    for name in components:
        try:
            found[name] = parse_formula(name)
        except BadInput:
            found[name] = None
    return found


def atoms_of(components: Sequence[str], basis: Basis) -> Atoms | str:
    """The atoms of the components, or the reason why there are none."""
    amounts = component_amounts(components)
    strange = [name for name, item in amounts.items() if item is None]
    if strange:
        return f"{', '.join(strange)}: no formula, so no atoms to describe"
    if basis not in ("at%", "mol%") and any(len(item or ()) > 1 for item in amounts.values()):
        return f"compounds are counted in {basis}"
    symbols = tuple(sorted({symbol for item in amounts.values() for symbol in item or ()}))
    table = np.array([[(amounts[name] or {}).get(symbol, 0.0) for symbol in symbols] for name in components])
    if basis in ("wt%", "vol%"):
        table = table / np.array([[per_mole(name, basis)] for name in components])
    return Atoms(symbols, table)


def element_matrix(amounts: dict[str, float]) -> FloatArray | None:
    """The mean learned vector of a component, by atomic fractions; None where an element has none."""
    vectors = [element_vectors().vector(symbol) for symbol in amounts]
    if any(vector is None for vector in vectors):
        return None
    weights = np.array(list(amounts.values()))
    return np.asarray(weights @ np.array(vectors) / weights.sum(), dtype=np.float64)


def mixing_enthalpies(atoms: Atoms, fractions: FloatArray) -> FloatArray:
    """`N` signed enthalpies of mixing in kJ/mol: `4 sum_{i<j} c_i c_j H_ij` (DOI 10.2320/matertrans.46.2817).

    Raises:
        BadInput: a pair is not tabulated.
    """
    table = pair_enthalpies()
    pairs = np.zeros((len(atoms.symbols), len(atoms.symbols)))
    for i, first in enumerate(atoms.symbols):
        for j, second in enumerate(atoms.symbols[:i]):
            value = table.get(frozenset((first, second)))
            if value is None:
                raise BadInput(f"the pair {second}-{first} is not tabulated")
            pairs[i, j] = pairs[j, i] = value
    return np.asarray(2 * np.einsum("ni,ij,nj->n", fractions, pairs, fractions), dtype=np.float64)


def size_mismatches(atoms: Atoms, fractions: FloatArray) -> FloatArray:
    """`N` relative size mismatches (Zhang et al. 2008, DOI 10.1002/adem.200700240), from Miracle's radii."""
    radii = np.array([alloy_element(symbol).radius for symbol in atoms.symbols])
    mean = fractions @ radii
    ratio = 1 - radii[None, :] / mean[:, None]
    return np.asarray(np.sqrt((fractions * ratio**2).sum(axis=1)), dtype=np.float64)


def electronegativity_mismatches(atoms: Atoms, fractions: FloatArray) -> FloatArray:
    """`N` root mean square deviations of Pauling's electronegativity.

    Raises:
        BadInput: an element has none.
    """
    found = [element(symbol).electronegativity for symbol in atoms.symbols]
    if any(value is None for value in found):
        raise BadInput("an element has no electronegativity")
    values = np.array(found, dtype=np.float64)
    spread = fractions @ values**2 - (fractions @ values) ** 2
    return np.asarray(np.sqrt(np.maximum(spread, 0.0)), dtype=np.float64)


def valence_concentrations(atoms: Atoms, fractions: FloatArray) -> FloatArray:
    """`N` mean valence electrons per atom."""
    return np.asarray(fractions @ np.array([valence_electrons(symbol) for symbol in atoms.symbols]), dtype=np.float64)


def magnetic_moments(atoms: Atoms, fractions: FloatArray) -> FloatArray:
    """`N` Bohr magnetons per atom by the magnetic valence (see `slater_pauling`).

    Raises:
        BadInput: an element has no known magnetic valence.
    """
    values = np.array([magnetic_valence(symbol) for symbol in atoms.symbols])
    return np.asarray(np.maximum(0.0, fractions @ values + SP_ELECTRONS), dtype=np.float64)
