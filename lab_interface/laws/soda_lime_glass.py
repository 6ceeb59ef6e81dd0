"""A soda-lime-silica glass in mol%: working and melting temperatures, thermal expansion and the price of the batch.

Viscosity and expansion are published regressions on real glasses, used inside and a little outside their range.
Whether a melt stays glass, and the durability, were made up for this simulation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp

from eutectic.core.composition import Basis, Composition
from eutectic.core.space import Value
from eutectic.core.trial import CauseCode
from eutectic.lab_interface.law import LawProcess, LawProperty
from eutectic.lab_interface.law_inputs import fractions_of, process_of

NAME = "soda_lime_glass"
_MOLAR_MASS = {"SiO2": 60.084, "Na2O": 61.979, "K2O": 94.196, "CaO": 56.077, "MgO": 40.304, "Al2O3": 101.961}
"""g/mol."""
_PRICE = {"SiO2": 0.05, "Na2O": 0.45, "K2O": 1.3, "CaO": 0.09, "MgO": 0.25, "Al2O3": 0.6}
"""USD per kg of oxide brought in by its usual raw material; orders of magnitude, made up."""
_EXPANSION = {"SiO2": 0.05, "Na2O": 4.32, "K2O": 3.90, "CaO": 1.63, "MgO": 0.45, "Al2O3": 0.14}
"""1e-7 per K and wt%: factors of English and Turner (1927, J. Am. Ceram. Soc. 10, 551)."""
_FULCHER = {
    "constant": (1.4550, 5736.4, 198.1),
    "Na2O": (-1.4788, -6039.7, -25.07),
    "K2O": (0.8350, -1439.6, -321.0),
    "CaO": (1.6030, -3919.3, 544.3),
    "MgO": (5.4936, 6285.3, -384.0),
    "Al2O3": (-1.5183, 2253.4, 294.4),
}
"""A, B in degC and T0 in degC per mole on one mole of SiO2 (Lakatos et al. 1972, Glass Technol. 13, 88)."""


@dataclass(frozen=True)
class SodaLimeGlass:
    """The law; see the module for what is published and what was made up."""

    basis: Basis = "mol%"
    components: tuple[str, ...] = ("SiO2", "Na2O", "K2O", "CaO", "MgO", "Al2O3")
    process: tuple[LawProcess, ...] = ()
    properties: tuple[LawProperty, ...] = (
        LawProperty(name="working_point", unit="degC", direction="target", noise=0.004),
        LawProperty(name="melting_point", unit="degC", direction="minimize", noise=0.004, above=1700.0),
        LawProperty(name="expansion", unit="1e-7/K", direction="target", noise=0.01),
        LawProperty(name="durability_loss", unit="mg/g", direction="minimize"),
        LawProperty(name="cost", unit="USD/kg", direction="minimize", noise=0.0),
    )
    citation: str = (
        "Viscosity: Lakatos, Johansson and Simmingskold, Glass Technol. 13 (1972) 88. expansion: English and Turner, "
        "J. Am. Ceram. Soc. 10 (1927) 551. durability_loss, cost and glass formation: made up."
    )

    def true_values(self, composition: Composition, process: Mapping[str, Value]) -> dict[str, float]:
        """Temperatures at 10^4 and 10^2 dPa s in degC, expansion in 1e-7/K, loss in water in mg/g, cost in USD/kg."""
        fractions = fractions_of(self, composition)
        process_of(self, process)
        weights = _weights(fractions)
        return {
            "working_point": temperature_at(4.0, fractions),
            "melting_point": temperature_at(2.0, fractions),
            "expansion": sum(100 * share * _EXPANSION[name] for name, share in weights.items()),
            "durability_loss": durability_loss(fractions),
            "cost": sum(share * _PRICE[name] for name, share in weights.items()),
        }

    def feasible(self, composition: Composition, process: Mapping[str, Value]) -> CauseCode | None:
        """`not_stabilised` outside 55 to 85 mol% silica, 8 to 32 alkali, 20 lime with magnesia, 10 alumina."""
        fractions = fractions_of(self, composition)
        silica, alkali = fractions.get("SiO2", 0.0), fractions.get("Na2O", 0.0) + fractions.get("K2O", 0.0)
        earth = fractions.get("CaO", 0.0) + fractions.get("MgO", 0.0)
        is_glass = 0.55 <= silica <= 0.85 and 0.08 <= alkali <= 0.32 and earth <= 0.20
        return None if is_glass and fractions.get("Al2O3", 0.0) <= 0.10 else "not_stabilised"


def law() -> SodaLimeGlass:
    """The law, ready to use."""
    return SodaLimeGlass()


def temperature_at(log_viscosity: float, fractions: Mapping[str, float]) -> float:
    """Temperature in degC at which the decimal logarithm of the viscosity in dPa s has a value (Fulcher equation).

    `T = T0 + B / (log eta + A)`, with A, B and T0 linear in moles per mole of silica (Lakatos et al. 1972). Far
    outside the range of that work the denominator is held at 0.5 or more, so that the value stays finite.
    """
    silica = max(fractions.get("SiO2", 0.0), 0.2)
    ratios = {name: fractions.get(name, 0.0) / silica for name in _FULCHER if name != "constant"}
    a, b, t0 = (
        _FULCHER["constant"][index] + sum(ratio * _FULCHER[name][index] for name, ratio in ratios.items())
        for index in range(3)
    )
    return t0 + b / max(log_viscosity + a, 0.5)


def durability_loss(fractions: Mapping[str, float]) -> float:
    """Mass lost in hot water in mg/g: alkali dissolves; lime, alumina and mixed alkalis hold it back (made up)."""
    soda, potash = fractions.get("Na2O", 0.0), fractions.get("K2O", 0.0)
    alkali = soda + potash
    mixed = 4 * soda * potash / alkali**2 if alkali else 0.0
    guard = 9 * fractions.get("CaO", 0.0) + 5 * fractions.get("MgO", 0.0) + 14 * fractions.get("Al2O3", 0.0)
    return 0.08 * exp(22 * alkali - guard - 0.5 * mixed)


def _weights(fractions: Mapping[str, float]) -> dict[str, float]:
    masses = {name: share * _MOLAR_MASS[name] for name, share in fractions.items()}
    total = sum(masses.values())
    return {name: mass / total for name, mass in masses.items()}
