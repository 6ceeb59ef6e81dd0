"""The chemical elements: symbols, masses, densities and the few tabulated properties the tools need."""

from __future__ import annotations

import csv
import unicodedata
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from eutectic.core.errors import BadInput


class Element(NamedTuple):
    """One row of the table; `None` where no value is tabulated.

    Masses in g/mol (IUPAC), density in g/cm3 near 20 degC (none for gases), radius in pm, melting point in K; the
    values are those of the `mendeleev` package (DOI 10.5281/zenodo.7198862).
    """

    symbol: str
    number: int
    name: str
    mass: float
    group: int | None
    period: int
    density: float | None
    electronegativity: float | None
    radius: float | None
    melting: float | None


@cache
def elements() -> dict[str, Element]:
    """All 118 elements by symbol."""
    text = files("eutectic.core").joinpath("elements.csv").read_text(encoding="utf-8")

    def number(cell: str) -> float | None:
        return float(cell) if cell else None

    rows = csv.DictReader(text.splitlines())
    return {
        row["symbol"]: Element(
            row["symbol"],
            int(row["number"]),
            row["name"],
            float(row["mass_g_mol"]),
            int(row["group"]) if row["group"] else None,
            int(row["period"]),
            number(row["density_g_cm3"]),
            number(row["electronegativity_pauling"]),
            number(row["radius_pm"]),
            number(row["melting_K"]),
        )
        for row in rows
    }


def is_element(symbol: str) -> bool:
    """Whether the text is the exact ASCII symbol of an element."""
    return symbol in elements()


def element(symbol: str) -> Element:
    """The element of a symbol.

    Raises:
        BadInput: for anything that is not one of the 118 symbols.
    """
    found = elements().get(symbol)
    if found is None:
        near = elements().get(unicodedata.normalize("NFKC", symbol).strip().capitalize())
        mend = f"did you mean {near.symbol!r}?" if near else "use one of the 118 symbols, such as 'Fe'"
        raise BadInput(f"{symbol!r} is not a chemical element", mend=mend)
    return found
