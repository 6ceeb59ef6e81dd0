"""A catalyst for hydrogen evolution from up to ten metals: activity with synergy, stability and the price of metal.

The volcano and the binding energies of the pure metals are published (Nørskov et al. 2005). That a site binds by its
own metal shifted towards its neighbours, and the extra shift of some pairs, is the picture of published work on
alloys, but the numbers for it were made up for this simulation. So was the stability, except for the standard
potentials it rests on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, pi, sqrt

from eutectic.core.composition import Basis, Composition
from eutectic.core.space import Value
from eutectic.core.trial import CauseCode
from eutectic.lab_interface.law import LawProcess, LawProperty
from eutectic.lab_interface.law_inputs import fractions_of, number_of, process_of
from eutectic.tools.mixing import price_per_kg

NAME = "her_catalyst"
_BINDING = {
    "Ag": 0.51,
    "Au": 0.45,
    "Co": -0.27,
    "Cu": 0.19,
    "Ir": 0.03,
    "Mo": -0.37,
    "Ni": -0.27,
    "Pd": -0.14,
    "Pt": -0.09,
    "W": -0.43,
}
"""Free energy of hydrogen adsorption in eV: dE_H at a quarter layer plus 0.24 eV, Nørskov et al. 2005, table I."""
_POTENTIAL = {
    "Ag": 0.80,
    "Au": 1.50,
    "Co": -0.28,
    "Cu": 0.34,
    "Ir": 1.16,
    "Mo": -0.20,
    "Ni": -0.26,
    "Pd": 0.95,
    "Pt": 1.18,
    "W": 0.10,
}
"""Standard potential of dissolution in V against SHE (CRC Handbook, rounded)."""
_SYNERGY = {
    frozenset(("Mo", "Ni")): 0.55,
    frozenset(("Co", "Mo")): 0.40,
    frozenset(("Ni", "W")): 0.45,
    frozenset(("Co", "W")): 0.30,
    frozenset(("Cu", "Ni")): 0.10,
    frozenset(("Cu", "Mo")): -0.25,
    frozenset(("Ag", "Mo")): -0.35,
}
"""Shift of the binding in eV per 4 c_i c_j: hyper-d with hypo-d metals bind weaker together (made up)."""
_LIGAND = 0.45
"""How far a site's binding moves towards the mean of its neighbours (made up)."""
_SPREAD = 0.05
"""Standard deviation of the binding among sites of one metal in a mixture, in eV (made up)."""
_THERMAL = 0.025693
"""k T at 298.15 K in eV."""
_SITE_CURRENT = 1.602e-19 * 200.0 * 1.5e15 * 1e3
"""mA/cm2: charge times k0 = 200 per site and second (Nørskov et al. 2005) times sites per cm2 of Pt(111)."""


@dataclass(frozen=True)
class HerCatalyst:
    """The law; see the module for what is published and what was made up."""

    basis: Basis = "at%"
    components: tuple[str, ...] = ("Ni", "Co", "Mo", "W", "Cu", "Ag", "Au", "Pd", "Pt", "Ir")
    process: tuple[LawProcess, ...] = (
        LawProcess(name="overpotential_mV", unit="mV", low=10.0, high=300.0, default=100.0),
    )
    properties: tuple[LawProperty, ...] = (
        LawProperty(name="current_density", unit="mA/cm2", direction="maximize", below=0.001),
        LawProperty(name="stability", unit="%", direction="maximize"),
        LawProperty(name="cost", unit="USD/kg", direction="minimize", noise=0.0),
    )
    citation: str = (
        "Volcano, k0 and binding energies: Nørskov et al. 2005, DOI 10.1149/1.1856988. Sites of an alloy each with "
        "their own binding: Batchelor et al. 2019, DOI 10.1016/j.joule.2018.12.015; ligand shift, spread and pair "
        "synergy made up. stability: logistic in a mean dissolution potential, after Greeley and Nørskov 2007, "
        "DOI 10.1016/j.electacta.2007.02.082, coefficients made up. cost: element prices of mendeleev."
    )

    def true_values(self, composition: Composition, process: Mapping[str, Value]) -> dict[str, float]:
        """Current density in mA/cm2, share of it kept after ten hours in %, price of the metal in USD/kg."""
        fractions = fractions_of(self, composition)
        drive = number_of(process_of(self, process), "overpotential_mV") / 1000
        tafel = exp(0.5 * drive / _THERMAL) - exp(-0.5 * drive / _THERMAL)
        return {
            "current_density": exchange_current(fractions) * tafel,
            "stability": stability(fractions),
            "cost": price_per_kg(fractions),
        }

    def feasible(self, composition: Composition, process: Mapping[str, Value]) -> CauseCode | None:
        """`not_stabilised` where less than a tenth of the activity outlives ten hours."""
        return "not_stabilised" if stability(fractions_of(self, composition)) < 10.0 else None


def law() -> HerCatalyst:
    """The law, ready to use."""
    return HerCatalyst()


def exchange_current(fractions: Mapping[str, float]) -> float:
    """Exchange current in mA/cm2: the volcano averaged over the sites of every metal."""
    mixed = 1 - sum(share**2 for share in fractions.values())
    spread = _SPREAD * sqrt(mixed)
    return sum(share * _averaged(site_binding(name, fractions), spread) for name, share in fractions.items())


def site_binding(metal: str, fractions: Mapping[str, float]) -> float:
    """Free energy of adsorption in eV on a site of one metal among the others."""
    mean = sum(share * _BINDING[name] for name, share in fractions.items())
    synergy = sum(
        4 * shift * fractions.get(first, 0.0) * fractions.get(second, 0.0)
        for pair, shift in _SYNERGY.items()
        for first, second in [sorted(pair)]
        if metal in pair
    )
    return _BINDING[metal] + _LIGAND * (mean - _BINDING[metal]) + synergy


def volcano(binding: float) -> float:
    """Exchange current in mA/cm2 at one binding energy in eV: equations 12 and 14 of Nørskov et al. 2005."""
    covered = 1 / (1 + exp(-binding / _THERMAL))
    return _SITE_CURRENT * covered * (exp(-binding / _THERMAL) if binding > 0 else 1.0)


def stability(fractions: Mapping[str, float]) -> float:
    """Share of the activity kept after ten hours in %; mixing by itself slows dissolution down (made up)."""
    mean = sum(share * _POTENTIAL[name] for name, share in fractions.items())
    mixed = 1 - sum(share**2 for share in fractions.values())
    return 100 / (1 + exp(-(mean + 0.55 * mixed - 0.15) / 0.16))


def _averaged(binding: float, spread: float) -> float:
    """The volcano over a normal distribution of bindings, on 13 points of three standard deviations either way."""
    if spread == 0:
        return volcano(binding)
    points = [step / 2 for step in range(-6, 7)]
    weights = [exp(-0.5 * point**2) / sqrt(2 * pi) * 0.5 for point in points]
    return sum(w * volcano(binding + spread * p) for w, p in zip(weights, points, strict=True)) / sum(weights)
