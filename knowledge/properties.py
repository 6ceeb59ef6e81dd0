"""The property table: canonical names with dimension, SI unit, plausible range, and how papers write them."""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from eutectic.knowledge.units import NUMBER, Dimension, Unit, read_unit

_MU0 = 1.25663706127e-6
"""N/A2, CODATA 2022: a field in tesla divided by it is one in A/m."""
_SPACED = re.compile(r"[\s_\-–—/]+")


class Property(NamedTuple):
    """A row of the table."""

    name: str
    unit: str
    """SI unit of its values, as `read_unit` reads it."""
    low: float
    high: float
    """Values outside are impossible, or a misread unit."""
    is_difference: bool
    """A difference of temperatures: 20 °C are 20 K."""
    symbols: tuple[str, ...]
    names: tuple[str, ...]
    """English and Chinese, lower case."""

    @property
    def dimension(self) -> Dimension:
        """Of its SI unit."""
        unit = read_unit(self.unit)
        assert unit is not None, self.unit
        return unit.dimension

    @property
    def is_share(self) -> bool:
        """Whether it is a share of a whole or a strain, which papers give in percent as often as not."""
        return self.dimension == NUMBER and (
            (self.low <= 0.02 and 0.9 <= self.high <= 1.2) or self.name in ("elongation", "plastic strain")
        )

    def to_si(self, value: float, unit: Unit) -> float | None:
        """A value in the property's SI unit; None where the unit measures something else."""
        own = read_unit(self.unit)
        assert own is not None
        if unit.dimension == own.dimension:
            return unit.to_si(value, is_difference=self.is_difference) / own.factor
        bridge = _bridges().get((unit.dimension, own.dimension))
        return None if bridge is None else value * unit.factor * bridge / own.factor


@cache
def properties() -> dict[str, Property]:
    """Every property by canonical name."""
    text = files("eutectic.knowledge").joinpath("properties.csv").read_text(encoding="utf-8")
    table = {}
    for row in csv.DictReader(text.splitlines()):
        names = (row["name"], *row["english"].split("|"), *row["chinese"].split("|"))
        table[row["name"]] = Property(
            row["name"],
            row["unit"],
            float(_scaled(row["low"])),
            float(_scaled(row["high"])),
            bool(row["is_difference"]),
            tuple(filter(None, row["symbols"].split("|"))),
            tuple(dict.fromkeys(filter(None, (name.lower() for name in names)))),
        )
    return table


def find_property(written: str, unit: Unit | None = None) -> Property | None:
    """The property that a name, a symbol or a campaign's name for it means; where several do, the unit decides."""
    bare = _bare(written)
    named = [item for item in properties().values() if written.strip() in item.symbols or bare in _bare_names(item)]
    if unit is not None:
        named = [item for item in named if item.to_si(1.0, unit) is not None]
    return named[0] if named else None


def same_property(first: str, second: str) -> bool:
    """Whether two names mean one property: `Bs` and `saturation magnetic flux density`."""
    if _bare(first) == _bare(second):
        return True
    one, other = find_property(first), find_property(second)
    return one is not None and one == other


def _bare(text: str) -> str:
    return _SPACED.sub(" ", unicodedata.normalize("NFKC", text).replace("’", "'").lower()).strip()


@cache
def _bare_names(item: Property) -> frozenset[str]:
    return frozenset(_bare(name) for name in (*item.names, *item.symbols))


def _scaled(text: str) -> str:
    return text or "0"


@cache
def _bridges() -> dict[tuple[Dimension, Dimension], float]:
    """Factors between dimensions that one property is given in: tesla and A/m, molar and atomic energies, kg/mm²."""
    units = {name: read_unit(name) for name in ("T", "A/m", "eV", "J/mol", "kg/m2", "Pa")}
    tesla, field, electronvolt, molar, weight, pressure = (u.dimension for u in units.values() if u is not None)
    avogadro = 6.02214076e23
    return {
        (tesla, field): 1 / _MU0,
        (field, tesla): _MU0,
        (electronvolt, molar): avogadro,
        (molar, electronvolt): 1 / avogadro,
        (weight, pressure): 9.80665,
    }
