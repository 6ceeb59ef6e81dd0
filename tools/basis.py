"""Formulas and bases for a role to call: read a formula into fractions, turn fractions of one basis into another."""

from __future__ import annotations

from pydantic import Field

from eutectic.core.composition import Basis, Composition, Part
from eutectic.core.errors import BadInput
from eutectic.core.record import Record
from eutectic.core.tool import tool


class ReadFormula(Record):
    """A formula in plain fractions."""

    formula: str
    """Written anew in percentages, largest first."""
    basis: Basis
    parts: tuple[Part, ...] = Field(min_length=1)


@tool
def read_formula(formula: str, basis: Basis = "at%") -> ReadFormula:
    """Read a chemical formula into fractions that add up to 1, in at% or in another basis.

    Args:
        formula: Atomic formula; brackets, decimals and subscript digits are read, such as (Fe82Co18)85.5Ni1.5B9P3C1.
        basis: at%, wt%, mol% or vol% of the answer.
    """
    composition = Composition.from_formula(formula).to(basis)
    return ReadFormula(formula=composition.formula(), basis=basis, parts=composition.parts)


@tool
def convert_basis(parts: list[Part], from_basis: Basis, to_basis: Basis) -> ReadFormula:
    """Convert fractions of elements between at%, wt%, mol% and vol% (vol% by the densities of the pure elements).

    Args:
        parts: Elements and their fractions between 0 and 1, which must add up to 1.
        from_basis: What the fractions count now.
        to_basis: What they should count.
    """
    if len({part.component for part in parts}) != len(parts):
        raise BadInput("a component stands twice", mend="give each element once")
    given = Composition.of({part.component: part.fraction for part in parts}, from_basis)
    converted = given.to(to_basis)
    return ReadFormula(formula=converted.formula(), basis=to_basis, parts=converted.parts)
