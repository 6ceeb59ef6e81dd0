"""Element data of alloys that the periodic table of `core` does not hold: radii in glasses, volumes, prices, pairs."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from eutectic.core.errors import BadInput


class AlloyElement(NamedTuple):
    """One row of `alloy_elements.csv`.

    Radius in metallic glasses in pm (Miracle et al. 2010, DOI 10.1179/095066010X12646898728200); molar volume in
    cm3/mol in alloys (Miedema, in de Boer et al., *Cohesion in Metals*, 1988; B 4.7, C 3.9, Si 6.6 and P 6.0 are the
    volumes these take in an iron host, not those of the pure solids); melting
    point in K (`mendeleev`; C and P of the Magpie tables in matminer); price in USD/kg of the pure element as the
    `mendeleev` package 1.3.0 lists it (DOI 10.5281/zenodo.7198862): an order of magnitude, not a quotation.
    """

    symbol: str
    radius: float
    volume: float
    melting: float
    price: float


@cache
def alloy_elements() -> dict[str, AlloyElement]:
    """Every element with a row, by symbol."""
    rows = csv.DictReader(_text("alloy_elements.csv").splitlines())
    return {
        row["symbol"]: AlloyElement(
            row["symbol"],
            float(row["miracle_radius_pm"]),
            float(row["miedema_volume_cm3_mol"]),
            float(row["melting_K"]),
            float(row["price_usd_kg"]),
        )
        for row in rows
    }


def alloy_element(symbol: str) -> AlloyElement:
    """The row of an element.

    Raises:
        BadInput: no row for it; the message lists those there are.
    """
    found = alloy_elements().get(symbol)
    if found is None:
        raise BadInput(
            f"no alloy data (radius, volume, price) for {symbol!r}",
            mend="there is data for " + " ".join(alloy_elements()),
        )
    return found


@cache
def pair_enthalpies() -> dict[frozenset[str], float]:
    """Mixing enthalpy of a liquid A50B50 in kJ/mol by pair, signed.

    The values are those of Takeuchi and Inoue 2005 (DOI 10.2320/matertrans.46.2817), taken from the copy that the
    matminer package 0.10.1 ships. A pair that is not there is unknown, not zero.
    """
    rows = csv.DictReader(_text("mixing_enthalpy.csv").splitlines())
    return {frozenset((row["element_a"], row["element_b"])): float(row["enthalpy_kJ_mol"]) for row in rows}


def _text(name: str) -> str:
    return files("eutectic.tools").joinpath(name).read_text(encoding="utf-8")
