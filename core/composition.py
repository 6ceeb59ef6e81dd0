"""Compositions: fractions by component with a basis, and conversion between bases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Literal

from pydantic import Field, model_validator

from eutectic.core.elements import element
from eutectic.core.errors import BadInput
from eutectic.core.formula import parse_formula
from eutectic.core.record import Record

Basis = Literal["at%", "wt%", "mol%", "vol%"]
PPM = 1_000_000
_SUM_TOLERANCE = 1e-6
_MOLE_BASES = ("at%", "mol%")


class Part(Record):
    """One component and its share of the whole."""

    component: str = Field(min_length=1, max_length=64)
    fraction: float = Field(ge=0, le=1)
    """Between 0 and 1, in the composition's basis."""


class Composition(Record):
    """Fractions that add up to 1, by component, in one basis.

    Parts are kept sorted by component and without zeros, so that equal compositions are equal records.
    """

    basis: Basis = "at%"
    parts: tuple[Part, ...]

    @model_validator(mode="before")
    @classmethod
    def _from_shorthand(cls, given: Any) -> Any:
        if isinstance(given, str):
            return {"parts": composition_parts(parse_formula(given))}
        return given

    @model_validator(mode="after")
    def _check(self) -> Composition:
        names = [part.component for part in self.parts]
        if len(set(names)) != len(names):
            raise ValueError(f"a component stands twice in {names}")
        total = sum(part.fraction for part in self.parts)
        if abs(total - 1) > _SUM_TOLERANCE:
            raise ValueError(f"fractions add up to {total:.6g}, not 1")
        kept = tuple(sorted((p for p in self.parts if p.fraction > 0), key=lambda part: part.component))
        object.__setattr__(self, "parts", kept)
        return self

    @classmethod
    def of(cls, fractions: Mapping[str, float], basis: Basis = "at%", *, normalise: bool = False) -> Composition:
        """A composition of a mapping; with `normalise`, of amounts in any proportion.

        Raises:
            BadInput: negative or not finite amounts, or a sum that is not 1 (without `normalise`).
        """
        try:
            parts = (
                composition_parts(fractions)
                if normalise
                else [{"component": name, "fraction": value} for name, value in fractions.items()]
            )
            return cls.model_validate({"basis": basis, "parts": parts})
        except ValueError as error:
            raise BadInput(f"not a composition: {dict(fractions)}", mend=_first_line(error)) from error

    @classmethod
    def from_formula(cls, text: str) -> Composition:
        """The at% composition of a formula (see `parse_formula`)."""
        return cls.of(parse_formula(text), "at%", normalise=True)

    @cached_property
    def fractions(self) -> dict[str, float]:
        """Fraction by component, zeros left out."""
        return {part.component: part.fraction for part in self.parts}

    @cached_property
    def ppm(self) -> dict[str, int]:
        """Whole parts per million by component that add up to exactly 1,000,000 (largest remainder)."""
        total = sum(self.fractions.values())
        raw = {name: fraction / total * PPM for name, fraction in self.fractions.items()}
        whole = {name: int(value) for name, value in raw.items()}
        short = PPM - sum(whole.values())
        for name in sorted(raw, key=lambda n: whole[n] - raw[n])[:short]:
            whole[name] += 1
        return whole

    def vector(self, components: Iterable[str]) -> tuple[float, ...]:
        """Fractions in the order of `components`; 0 for those that are absent."""
        return tuple(self.fractions.get(name, 0.0) for name in components)

    def formula(self) -> str:
        """Text such as `Fe70.1Co15.4B14.5`: percentages in the composition's basis, largest first."""
        ordered = sorted(self.parts, key=lambda part: (-part.fraction, part.component))
        if all(len(part.component) <= 2 for part in ordered):
            return "".join(f"{part.component}{round(part.fraction * 100, 3):g}" for part in ordered)
        return " ".join(f"{part.component} {round(part.fraction * 100, 3):g}%" for part in ordered)

    def to(self, basis: Basis) -> Composition:
        """The same material in another basis, for elements.

        Volume fractions use the densities of the pure elements (ideal mixing: no excess volume).

        Raises:
            BadInput: a component is not an element, or has no tabulated density where volume is asked for.
        """
        if basis == self.basis:
            return self
        moles = {name: share / per_mole(name, self.basis) for name, share in self.fractions.items()}
        return Composition.of({n: m * per_mole(n, basis) for n, m in moles.items()}, basis, normalise=True)


def composition_parts(amounts: Mapping[str, float]) -> list[dict[str, Any]]:
    """Amounts in any proportion as parts that add up to 1.

    Raises:
        ValueError: an amount is negative or the sum is not positive.
    """
    total = sum(amounts.values())
    if not total > 0 or any(not amount >= 0 for amount in amounts.values()):
        raise ValueError(f"amounts must be finite, not negative and not all zero: {dict(amounts)}")
    return [{"component": name, "fraction": amount / total} for name, amount in amounts.items()]


def per_mole(symbol: str, basis: Basis) -> float:
    """Moles, grams or cm3 of one mole of an element, as the basis counts.

    Raises:
        BadInput: it is not an element, or has no tabulated density where volume is asked for.
    """
    entry = element(symbol)
    if basis in _MOLE_BASES:
        return 1.0
    if basis == "wt%":
        return entry.mass
    if entry.density is None:
        raise BadInput(f"no density is tabulated for {symbol!r}", mend="give the composition in at% or wt%")
    return entry.mass / entry.density


def _first_line(error: ValueError) -> str:
    errors = getattr(error, "errors", None)
    return str(errors()[0]["msg"]) if callable(errors) else str(error)
