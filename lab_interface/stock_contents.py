"""What a tick of a stock holds: strengths in any unit turned into amounts of components in the basis of a space."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from eutectic.core.composition import Basis, Composition
from eutectic.core.elements import element, is_element
from eutectic.core.errors import BadInput
from eutectic.core.formula import parse_formula
from eutectic.core.stock import Stock, Tick
from eutectic.lab_interface.weights import weights

_PERCENT_SLACK = 0.5
"""Strengths in at% or mol% must add up to 100 within so much, or a mass cannot be computed from them."""


class Source(NamedTuple):
    """Something that is dosed: how much of each component one tick of it holds, and how surely."""

    id: str
    per_tick: Mapping[str, float]
    """In micromoles (at%, mol%), milligrams (wt%) or microlitres (vol%); empty for a solvent."""
    strength_sd: float = 0.0
    """Relative standard uncertainty of each of those amounts."""
    fill: float = 1.0
    """How many of the lab's ticks one tick of it fills of a vessel; 1 where the lab's own pipette doses it."""
    least: int | None = None
    """Its own least dose in its own ticks; the lab's where None."""


def sources(components: Sequence[str], basis: Basis, tick: Tick, stocks: Sequence[Stock] = ()) -> list[Source]:
    """What doses are made from: the stocks, or where there are none every component by itself.

    Raises:
        BadInput: a stock lacks a density or a molar mass that its strength needs.
    """
    if stocks:
        return [_source(item, tick, basis) for item in stocks]
    factors = weights(components, basis, tick).factors
    return [Source(name, {name: 1.0 / factors[name]}) for name in components]


def _source(stock: Stock, tick: Tick, basis: Basis) -> Source:
    if stock.dispenser is None:
        return Source(stock.id, per_tick(stock, tick, basis), stock.strength_sd)
    own = stock.dispenser
    held = per_tick(stock, own.tick, basis)
    return Source(stock.id, held, stock.strength_sd, ticks_filled(stock, tick), own.min_ticks)


def ticks_filled(stock: Stock, tick: Tick) -> float:
    """How many of the lab's ticks one tick of a stock fills of a vessel.

    Raises:
        BadInput: it is weighed where the lab dispenses, or the reverse, and has no density.
    """
    if stock.dispenser is None:
        return 1.0
    (size, unit), (its_size, its_unit) = tick.split(), stock.dispenser.tick.split()
    if unit == its_unit:
        return float(its_size) / float(size)
    density = _density(stock)
    filled = float(its_size) / density if unit == "uL" else float(its_size) * density  # mg over g/mL is uL
    return filled / float(size)


def made_of(ticks: Mapping[str, float], given: Sequence[Source], basis: Basis) -> Composition:
    """The composition that whole ticks of sources make, to the ppm.

    Raises:
        BadInput: the ticks hold no component at all.
    """
    amounts: dict[str, float] = {}
    for source in given:
        for name, amount in source.per_tick.items():
            if ticks.get(source.id):
                amounts[name] = amounts.get(name, 0.0) + amount * ticks[source.id]
    exact = Composition.of(amounts, basis, normalise=True)
    return Composition.of({name: parts / 1_000_000 for name, parts in exact.ppm.items()}, basis)


def per_tick(stock: Stock, tick: Tick, basis: Basis) -> dict[str, float]:
    """Amounts in one tick of a stock.

    Raises:
        BadInput: a density or a molar mass is missing, or percentages that do not add up.
    """
    size, unit = float(tick.split()[0]), tick.split()[1]
    volume = size if unit == "uL" else None
    mass = size if unit == "mg" else None
    if stock.unit in ("mol/L", "g/L", "vol%"):
        if volume is None:
            volume = mass / _density(stock) if mass is not None else 0.0  # mg over g/mL is uL
    elif mass is None and volume is not None:
        mass = volume * _density(stock)
    found: dict[str, float] = {}
    total = _molar_mass_of_whole(stock) if stock.unit in ("at%", "mol%") else 1.0
    for name, strength in stock.strength.items():
        if stock.unit == "mol/L":
            amount = _from_micromoles(name, strength * (volume or 0.0), basis, stock)
        elif stock.unit == "g/L":
            amount = _from_milligrams(name, strength * 1e-3 * (volume or 0.0), basis, stock)
        elif stock.unit == "wt%":
            amount = _from_milligrams(name, strength / 100 * (mass or 0.0), basis, stock)
        elif stock.unit == "vol%":
            amount = _from_microlitres(name, strength / 100 * (volume or 0.0), basis, stock)
        else:
            amount = _from_micromoles(name, strength / 100 * (mass or 0.0) / total * 1e3, basis, stock)
        found[name] = amount
    return found


def _density(stock: Stock) -> float:
    if stock.density is None:
        dosed = "mass" if stock.unit in ("mol/L", "g/L", "vol%") else "volume"
        said = f"the strength of stock {stock.id!r} is in {stock.unit}, and it is dosed by {dosed}"
        if stock.dispenser is not None:
            said = f"stock {stock.id!r} is dosed in {stock.dispenser.tick}, and how much it fills needs its density"
        raise BadInput(
            said,
            where="lab.settings.stocks",
            mend="add its density in g/mL",
        )
    return stock.density


def _molar_mass_of_whole(stock: Stock) -> float:
    """Grams per mole of what an alloy or mixture in at% or mol% consists of."""
    total = sum(stock.strength.values())
    if abs(total - 100) > _PERCENT_SLACK:
        raise BadInput(
            f"the strengths of stock {stock.id!r} in {stock.unit} add up to {total:g}, not 100",
            where="lab.settings.stocks",
            mend="name everything it holds, or give the strengths in wt%",
        )
    return sum(share / 100 * molar_mass(name, stock) for name, share in stock.strength.items())


def molar_mass(name: str, stock: Stock) -> float:
    """Grams per mole of an element or of a component whose name is a formula.

    Raises:
        BadInput: the name is neither.
    """
    if is_element(name):
        return element(name).mass
    try:
        return sum(element(symbol).mass * count for symbol, count in parse_formula(name).items())
    except BadInput as error:
        raise BadInput(
            f"stock {stock.id!r}: no molar mass is known of {name!r}",
            where="lab.settings.stocks",
            mend="give strengths in the unit of the space (wt% in wt%, mol/L in mol%)",
        ) from error


def _from_micromoles(name: str, amount: float, basis: Basis, stock: Stock) -> float:
    if basis in ("at%", "mol%"):
        return amount
    return _from_milligrams(name, amount * molar_mass(name, stock) * 1e-3, basis, stock)


def _from_milligrams(name: str, amount: float, basis: Basis, stock: Stock) -> float:
    if basis == "wt%":
        return amount
    if basis == "vol%":
        return amount / _density_of(name, stock)
    return amount / molar_mass(name, stock) * 1e3


def _from_microlitres(name: str, amount: float, basis: Basis, stock: Stock) -> float:
    if basis == "vol%":
        return amount
    return _from_milligrams(name, amount * _density_of(name, stock), basis, stock)


def _density_of(name: str, stock: Stock) -> float:
    density = element(name).density if is_element(name) else None
    if density is None:
        raise BadInput(
            f"stock {stock.id!r}: no density is known of {name!r}",
            where="lab.settings.stocks",
            mend="give strengths in the unit of the space",
        )
    return density
