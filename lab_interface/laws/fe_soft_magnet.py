"""A soft magnetic glass: saturation induction against glass forming, coercivity and price.

The induction is the magnetic valence formula as published. Glass forming and coercivity rest on published
descriptors and power laws, but their coefficients were made up for this simulation: they give the right order of
magnitude and the right trade-offs (more Fe and Co: more induction, no glass; Nb and Mo: glass, less induction;
cobalt: dear), and nothing else should be read into them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp

from eutectic.core.composition import Basis, Composition
from eutectic.core.space import Value
from eutectic.core.trial import CauseCode
from eutectic.lab_interface.law import LawProcess, LawProperty
from eutectic.lab_interface.law_inputs import fractions_of, number_of, process_of
from eutectic.tools.mixing import mixing_enthalpy_sum, mixing_entropy, price_per_kg, size_mismatch
from eutectic.tools.slater_pauling import saturation_induction

NAME = "fe_soft_magnet"
RIBBON_MM = 0.02
"""Thickness of a melt-spun ribbon: what does not stay glassy at 20 um cannot be made at all."""
_METALLOIDS = ("B", "C", "P", "Si")
_AS_CAST_C = 25.0


@dataclass(frozen=True)
class FeSoftMagnet:
    """The law; see the module for what is published and what was made up."""

    basis: Basis = "at%"
    components: tuple[str, ...] = ("Fe", "Co", "Ni", "B", "C", "P", "Si", "Cu", "Nb", "Mo", "Zr", "Cr")
    process: tuple[LawProcess, ...] = (
        LawProcess(name="anneal_C", unit="degC", low=_AS_CAST_C, high=700.0, default=_AS_CAST_C),
    )
    properties: tuple[LawProperty, ...] = (
        LawProperty(name="Bs", unit="T", direction="maximize", noise=0.01),
        LawProperty(name="Dmax", unit="mm", direction="maximize", above=20.0),
        LawProperty(name="Hc", unit="A/m", direction="minimize", below=0.1, above=20_000.0),
        LawProperty(name="cost", unit="USD/kg", direction="minimize", noise=0.0),
    )
    citation: str = (
        "Bs: magnetic valence, Williams et al., IEEE Trans. Magn. 19 (1983) 1983, with Miedema volumes. "
        "Dmax: made up, on mixing enthalpy (Takeuchi and Inoue 2005, DOI 10.2320/matertrans.46.2817) and Miracle radii "
        "(DOI 10.1179/095066010X12646898728200). Hc: random anisotropy D^6 law of Herzer 1990 "
        "(DOI 10.1109/20.104389) and magnetoelastic pinning, coefficients made up. cost: element prices of mendeleev."
    )

    def true_values(self, composition: Composition, process: Mapping[str, Value]) -> dict[str, float]:
        """Bs in T, Dmax in mm, Hc in A/m, cost in USD/kg."""
        fractions = fractions_of(self, composition)
        anneal = number_of(process_of(self, process), "anneal_C")
        induction = saturation_induction(fractions)
        return {
            "Bs": induction,
            "Dmax": critical_diameter(fractions),
            "Hc": coercivity(fractions, induction, anneal),
            "cost": price_per_kg(fractions),
        }

    def feasible(self, composition: Composition, process: Mapping[str, Value]) -> CauseCode | None:
        """`not_stabilised` where the melt crystallises even as a ribbon of 20 um."""
        return "not_stabilised" if critical_diameter(fractions_of(self, composition)) < RIBBON_MM else None


def law() -> FeSoftMagnet:
    """The law, ready to use."""
    return FeSoftMagnet()


def critical_diameter(fractions: Mapping[str, float]) -> float:
    """Largest diameter that casts glassy, in mm: made up for the simulation.

    log10 D falls with the squared distance from the metalloid content of the deep eutectics (22 at%), from a mixing
    enthalpy of -25 kJ/mol and from a size mismatch of 0.12, and rises with the entropy of mixing: the three empirical
    rules of Inoue (2000, DOI 10.1016/S1359-6454(99)00300-6) as one smooth function. A Cu-rich melt separates.
    The scale is set so that Fe-Si-B casts at some 0.1 mm and 85 at% of Fe and Co is the edge for a ribbon.
    """
    metalloid = sum(fractions.get(name, 0.0) for name in _METALLOIDS)
    enthalpy = mixing_enthalpy_sum(fractions).value
    log_diameter = (
        0.40
        - 0.7 * ((metalloid - 0.22) / 0.07) ** 2
        - 0.45 * ((enthalpy + 25.0) / 8.0) ** 2
        - 0.4 * ((size_mismatch(fractions) - 0.12) / 0.04) ** 2
        + 0.16 * (mixing_entropy(fractions) - 8.0)
        - 0.6 * max(0.0, fractions.get("Cu", 0.0) - 0.01) / 0.01
    )
    return float(10 ** max(log_diameter, -4.0))


def coercivity(fractions: Mapping[str, float], induction: float, anneal: float) -> float:
    """Coercivity in A/m after an hour at `anneal` degC.

    Three parts add up: pinning at the surface; stress times magnetostriction over induction, which relaxes around
    330 degC; and, above the onset of crystallisation, Herzer's `p K1^4 D^6 / (Js A^3)` below the exchange length.
    """
    floor = 1.2
    if induction <= 0.01:
        return floor
    stress = _STRESS_AS_CAST / (1 + exp((anneal - 330.0) / 35.0)) + 0.04 * _STRESS_AS_CAST
    magnetoelastic = 1.5 * abs(magnetostriction(fractions, induction)) * stress / induction
    return floor + magnetoelastic + _grain_coercivity(fractions, induction, anneal)


_STRESS_AS_CAST = 0.35e6
"""Effective internal stress of a ribbon in Pa; gives about 8 A/m for Fe-Si-B as cast."""
_EXCHANGE_STIFFNESS = 1e-11
"""J/m, of iron (Herzer 1990)."""
_ANISOTROPY = 8.2e3
"""K1 in J/m3, of Fe80Si20 grains (Herzer 1990)."""
_SHAPE = 0.13
"""The prefactor p of Herzer's law, of order one tenth."""


def magnetostriction(fractions: Mapping[str, float], induction: float) -> float:
    """Saturation magnetostriction of the glass: about 30e-6 for iron-rich ones, zero near Fe6Co94 (O'Handley 1987).

    Scales with the square of the induction (DOI 10.1063/1.339065 reviews the data); the line is a simplification.
    """
    magnetic = fractions.get("Fe", 0.0) + fractions.get("Co", 0.0) + fractions.get("Ni", 0.0)
    cobalt = (fractions.get("Co", 0.0) + 0.6 * fractions.get("Ni", 0.0)) / magnetic if magnetic else 0.0
    return 32e-6 * (induction / 1.6) ** 2 * (1 - cobalt / 0.94)


def crystallisation_onset(fractions: Mapping[str, float]) -> float:
    """Onset of crystallisation on heating in degC: made up, 380 degC and more with metalloids and early metals."""
    metalloid = sum(fractions.get(name, 0.0) for name in _METALLOIDS)
    early = sum(fractions.get(name, 0.0) for name in ("Nb", "Mo", "Zr", "Cr"))
    return 380.0 + 1000.0 * max(0.0, metalloid - 0.12) + 1600.0 * early - 2500.0 * min(fractions.get("Cu", 0.0), 0.015)


def grain_size(fractions: Mapping[str, float], anneal: float) -> float:
    """Grain size in nm after an hour above the onset: copper makes nuclei, niobium and its like hold growth back."""
    nuclei = 1 - exp(-fractions.get("Cu", 0.0) / 0.004)
    brake = 1 - exp(
        -(fractions.get("Nb", 0.0) + 0.8 * fractions.get("Zr", 0.0) + 0.6 * fractions.get("Mo", 0.0)) / 0.012
    )
    start = 45.0 - 34.0 * nuclei * brake
    return start * exp(max(0.0, anneal - crystallisation_onset(fractions)) / (90.0 + 160.0 * brake))


def _grain_coercivity(fractions: Mapping[str, float], induction: float, anneal: float) -> float:
    crystalline = 1 / (1 + exp(-(anneal - crystallisation_onset(fractions)) / 12.0))
    size = grain_size(fractions, anneal) * 1e-9
    random = _SHAPE * _ANISOTROPY**4 * size**6 / (induction * _EXCHANGE_STIFFNESS**3)
    ceiling = 0.64 * _ANISOTROPY / induction
    return crystalline * random * ceiling / (random + ceiling)
