"""A sputtered resistor film of Ni, Cr, Al, Cu and Ta: resistivity, temperature coefficient, sheet resistance, gloss.

The forms are published; pair coefficients are set to a few known alloys, and the rest was made up for this simulation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from math import exp, log

from eutectic.core.composition import Basis, Composition
from eutectic.core.space import Value
from eutectic.core.trial import CauseCode
from eutectic.lab_interface.law import LawProcess, LawProperty
from eutectic.lab_interface.law_inputs import fractions_of, number_of, process_of

NAME = "thin_film_resistor"
_PURE = {"Ni": 6.99, "Cr": 12.5, "Al": 2.65, "Cu": 1.68, "Ta": 13.1}
"""uOhm cm at 293 K (CRC Handbook of Chemistry and Physics)."""
_PAIR = {
    ("Cr", "Ni"): 620.0,
    ("Cu", "Ni"): 178.0,
    ("Al", "Ni"): 300.0,
    ("Ni", "Ta"): 520.0,
    ("Cr", "Cu"): 240.0,
    ("Al", "Cr"): 460.0,
    ("Cr", "Ta"): 330.0,
    ("Al", "Cu"): 130.0,
    ("Cu", "Ta"): 380.0,
    ("Al", "Ta"): 420.0,
}
"""Nordheim coefficients in uOhm cm: Ni-Cr to the 108 of Ni80Cr20, Cu-Ni to the 49 of Cu55Ni45; the others made up."""
_MELTING_K = {"Ni": 1728.0, "Cr": 2180.0, "Al": 933.0, "Cu": 1358.0, "Ta": 3290.0}
_PATH_NM = 67.0
"""Mean free path times resistivity in nm uOhm cm: that of copper (Gall 2016, DOI 10.1063/1.4942216) for all."""
_REFLECTED = 0.25
"""Share of electrons that a grain boundary reflects; a usual value of the fit to metal films."""
_PHONON_PPM = 3900.0
"""Temperature coefficient of a pure metal in ppm/K."""
_MOOIJ_PPM = 1.3
"""Fall of the coefficient per uOhm cm: with it films of about 150 to 190 uOhm cm do not change with temperature."""


@dataclass(frozen=True)
class ThinFilmResistor:
    """The law; see the module for what is published and what was made up."""

    basis: Basis = "at%"
    components: tuple[str, ...] = ("Ni", "Cr", "Al", "Cu", "Ta")
    process: tuple[LawProcess, ...] = (
        LawProcess(name="thickness", unit="nm", low=5.0, high=1000.0, default=100.0),
        LawProcess(name="substrate_temperature", unit="degC", low=20.0, high=600.0, default=150.0),
    )
    properties: tuple[LawProperty, ...] = (
        LawProperty(name="resistivity", unit="uOhm cm", direction="maximize", noise=0.02),
        LawProperty(name="tcr", unit="ppm/K", direction="target", noise=0.03),
        LawProperty(name="sheet_resistance", unit="Ohm", direction="target", noise=0.02),
        LawProperty(name="gloss", unit="%", direction="maximize", noise=0.02),
    )
    citation: str = (
        "Alloy scattering: Nordheim, Ann. Phys. 401 (1931) 607, DOI 10.1002/andp.19314010507. Surfaces and grains: "
        "Mayadas and Shatzkes, Phys. Rev. B 1 (1970) 1382, DOI 10.1103/PhysRevB.1.1382. tcr: the correlation of Mooij, "
        "Phys. Status Solidi A 17 (1973) 521, DOI 10.1002/pssa.2210170217. Most pair coefficients, grain size, gloss "
        "and delamination: made up."
    )

    def true_values(self, composition: Composition, process: Mapping[str, Value]) -> dict[str, float]:
        """Resistivity in uOhm cm, its temperature coefficient in ppm/K, Ohm per square, reflected light in %."""
        fractions, settings = fractions_of(self, composition), process_of(self, process)
        thickness = number_of(settings, "thickness")
        kelvin = number_of(settings, "substrate_temperature") + 273.15
        rho = film_resistivity(fractions, thickness, kelvin)
        pure = sum(share * _PURE[name] for name, share in fractions.items())
        return {
            "resistivity": rho,
            "tcr": _PHONON_PPM * pure / rho - _MOOIJ_PPM * rho,
            "sheet_resistance": 10.0 * rho / thickness,
            "gloss": gloss(fractions, thickness, kelvin),
        }

    def feasible(self, composition: Composition, process: Mapping[str, Value]) -> CauseCode | None:
        """`sample_prep` where a thick film of much tantalum or chromium on a cold substrate peels off."""
        fractions, settings = fractions_of(self, composition), process_of(self, process)
        stress = number_of(settings, "thickness") / 1000 * (fractions.get("Ta", 0.0) + 0.8 * fractions.get("Cr", 0.0))
        is_cold = number_of(settings, "substrate_temperature") < 200.0
        return "sample_prep" if is_cold and stress > 0.35 else None


def law() -> ThinFilmResistor:
    """The law, ready to use."""
    return ThinFilmResistor()


def bulk_resistivity(fractions: Mapping[str, float]) -> float:
    """uOhm cm of a solid solution: the mean of its components and Nordheim's `sum C_ij x_i x_j`."""
    mean = sum(share * _PURE[name] for name, share in fractions.items())
    pairs = combinations(sorted(fractions), 2)
    return mean + sum(_PAIR[pair] * fractions[pair[0]] * fractions[pair[1]] for pair in pairs)


def film_resistivity(fractions: Mapping[str, float], thickness_nm: float, kelvin: float) -> float:
    """uOhm cm of a film: the bulk's, more by its surfaces and by its grains (Mayadas and Shatzkes 1970, eq. 11).

    `rho0 / rho = 1 - 3 a / 2 + 3 a^2 - 3 a^3 ln(1 + 1 / a)` with `a = (path / grain) R / (1 - R)`.
    """
    bulk = bulk_resistivity(fractions)
    path = _PATH_NM / bulk
    a = path / grain_nm(fractions, thickness_nm, kelvin) * _REFLECTED / (1 - _REFLECTED)
    grains = 1 - 1.5 * a + 3 * a**2 - 3 * a**3 * log(1 + 1 / a)
    return bulk / grains * (1 + 0.375 * path / thickness_nm)


def grain_nm(fractions: Mapping[str, float], thickness_nm: float, kelvin: float) -> float:
    """Grain size in nm: a part of the thickness that grows with the temperature over the melting point (made up)."""
    melting = sum(share * _MELTING_K[name] for name, share in fractions.items())
    part = 0.15 + 0.85 / (1 + exp(-14 * (kelvin / melting - 0.4)))
    mixed = 1 - sum(share**2 for share in fractions.values())
    return max(1.0, part * thickness_nm * (1 - 0.6 * mixed))


def gloss(fractions: Mapping[str, float], thickness_nm: float, kelvin: float) -> float:
    """Light reflected in %: bright metals, rough where grains are large, thin films let light through (made up)."""
    bright = 92 * fractions.get("Al", 0.0) + 70 * fractions.get("Cu", 0.0) + 62 * fractions.get("Ni", 0.0)
    bright += 58 * fractions.get("Cr", 0.0) + 50 * fractions.get("Ta", 0.0)
    rough = exp(-((grain_nm(fractions, thickness_nm, kelvin) / 400) ** 2))
    return bright * rough * (1 - exp(-thickness_nm / 15))
