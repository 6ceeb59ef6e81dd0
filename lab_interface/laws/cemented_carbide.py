"""A cemented carbide in wt%: hardness against toughness, decided by the share of carbide and the size of its grains.

The hardness is the published model of Lee and Gurland for WC-Co, with the contiguity of carbide grains as a published
fit. How inhibitors and sintering set the grain size, the toughness and the porosity were made up for this simulation:
they give the right order of magnitude and the right trade-offs, and nothing else should be read into them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, sqrt
from typing import NamedTuple

from eutectic.core.composition import Basis, Composition
from eutectic.core.space import Value
from eutectic.core.trial import CauseCode
from eutectic.lab_interface.law import LawProcess, LawProperty
from eutectic.lab_interface.law_inputs import fractions_of, number_of, process_of
from eutectic.lab_interface.microstructure import Microstructure

NAME = "cemented_carbide"
_DENSITY = {"WC": 15.63, "TaC": 14.3, "Co": 8.90, "Ni": 8.91, "VC": 5.77, "Cr3C2": 6.68}
"""g/cm3."""
_HARD, _BINDER, _INHIBITORS = ("WC", "TaC"), ("Co", "Ni"), ("VC", "Cr3C2")
_PRICE = {"WC": 45.0, "TaC": 280.0, "Co": 35.0, "Ni": 18.0, "VC": 90.0, "Cr3C2": 60.0}
"""USD per kg of powder; orders of magnitude, made up."""


class _Section(NamedTuple):
    """What a section shows."""

    carbide: float
    """Volume share of the hard phase."""
    grain_um: float
    """Mean linear intercept of its grains."""
    path_um: float
    """Mean free path in the binder."""
    contiguity: float
    porosity: float


@dataclass(frozen=True)
class CementedCarbide:
    """The law; see the module for what is published and what was made up."""

    basis: Basis = "wt%"
    components: tuple[str, ...] = ("WC", "TaC", "Co", "Ni", "VC", "Cr3C2")
    process: tuple[LawProcess, ...] = (
        LawProcess(name="sinter_C", unit="degC", low=1340.0, high=1480.0, default=1410.0),
    )
    properties: tuple[LawProperty, ...] = (
        LawProperty(name="hardness", unit="HV30", direction="maximize", noise=0.02),
        LawProperty(name="toughness", unit="MPa m^0.5", direction="maximize", noise=0.08),
        LawProperty(name="cost", unit="USD/kg", direction="minimize", noise=0.0),
    )
    citation: str = (
        "hardness: Lee and Gurland, Mater. Sci. Eng. 33 (1978) 125, DOI 10.1016/0025-5416(78)90163-5. contiguity: "
        "form of Golovchan and Litoshenko, Int. J. Refract. Met. Hard Mater. 21 (2003) 241. grain size, toughness, "
        "porosity and cost: made up."
    )

    def true_values(self, composition: Composition, process: Mapping[str, Value]) -> dict[str, float]:
        """Hardness in HV30, toughness in MPa m^0.5, cost in USD/kg."""
        fractions = fractions_of(self, composition)
        section = _section(fractions, number_of(process_of(self, process), "sinter_C"))
        return {
            "hardness": hardness(section.carbide, section.grain_um, section.path_um, section.contiguity)
            * exp(-4.0 * section.porosity),
            "toughness": (3.5 + 11.0 * sqrt(section.path_um)) * _soundness(fractions) * exp(-6.0 * section.porosity),
            "cost": sum(share * _PRICE[name] for name, share in fractions.items()),
        }

    def microstructure(self, composition: Composition, process: Mapping[str, Value]) -> Microstructure:
        """Bright carbide in dark binder, as back-scattered electrons show them."""
        section = _section(fractions_of(self, composition), number_of(process_of(self, process), "sinter_C"))
        return Microstructure(section.carbide * (1 - section.porosity), section.grain_um / (1 - section.contiguity))

    def feasible(self, composition: Composition, process: Mapping[str, Value]) -> CauseCode | None:
        """`not_stabilised` with less than 3 or more than 30 wt% of binder: it does not sinter dense, or slumps."""
        binder = _sum(fractions_of(self, composition), _BINDER)
        return None if 0.03 <= binder <= 0.30 else "not_stabilised"


def law() -> CementedCarbide:
    """The law, ready to use."""
    return CementedCarbide()


def hardness(carbide: float, grain_um: float, path_um: float, contiguity: float) -> float:
    """Vickers hardness of WC-Co: `H_WC V C + H_Co (1 - V C)` (Lee and Gurland 1978).

    `H_WC = 1382 + 23.1 d^-1/2` and `H_Co = 304 + 12.7 l^-1/2` with the grain size d and the mean free path l in mm.

    Args:
        carbide: Volume share V of the carbide.
        grain_um: Grain size in um.
        path_um: Mean free path in the binder in um.
        contiguity: Share C of the carbide's surface that other carbide grains touch.
    """
    grains = 1382 + 23.1 / sqrt(grain_um * 1e-3)
    binder = 304 + 12.7 / sqrt(path_um * 1e-3)
    return float(grains * carbide * contiguity + binder * (1 - carbide * contiguity))


def _section(fractions: Mapping[str, float], sinter: float) -> _Section:
    volumes = {name: share / _DENSITY[name] for name, share in fractions.items()}
    carbide = _sum(volumes, _HARD) / sum(volumes.values())
    carbide = min(max(carbide, 0.05), 0.99)
    grain = grain_size(fractions, sinter)
    contiguity = min(max(1 - (1 - carbide) ** 0.644 * exp(0.391 * 0.3), 0.02), 0.95)
    path = grain * (1 - carbide) / (carbide * (1 - contiguity))
    binder = _sum(fractions, _BINDER)
    needed = 1370 + 60 * exp(-binder / 0.06) + 900 * _sum(fractions, _INHIBITORS) + 25 * fractions.get("Ni", 0.0)
    porosity = 0.08 / (1 + exp((sinter - needed) / 9.0))
    return _Section(carbide, grain, path, contiguity, porosity)


def grain_size(fractions: Mapping[str, float], sinter: float) -> float:
    """Mean intercept of the carbide grains in um after an hour at `sinter` degC: made up.

    Grains grow in the liquid binder; VC and, half as strongly, Cr3C2 hold them back as far as it dissolves them.
    """
    binder = max(_sum(fractions, _BINDER), 0.01)
    dissolved = min(fractions.get("VC", 0.0) / binder, 0.06) + 0.5 * min(fractions.get("Cr3C2", 0.0) / binder, 0.10)
    growth = exp((sinter - 1400.0) / 60.0) * (binder / 0.10) ** 0.4
    return float(0.30 + 1.3 * growth * exp(-dissolved / 0.02))


def _soundness(fractions: Mapping[str, float]) -> float:
    """What is left of the toughness where more inhibitor is given than the binder dissolves, or nickel replaces Co."""
    binder = max(_sum(fractions, _BINDER), 0.01)
    excess = max(fractions.get("VC", 0.0) / binder - 0.06, 0.0) + max(fractions.get("Cr3C2", 0.0) / binder - 0.10, 0.0)
    return exp(-6.0 * excess) * (1 - 0.15 * fractions.get("Ni", 0.0) / binder)


def _sum(amounts: Mapping[str, float], names: tuple[str, ...]) -> float:
    return sum(amounts.get(name, 0.0) for name in names)
