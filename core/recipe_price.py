"""What a kilogram of a recipe costs, from the price of each component, exact in any basis that tells masses."""

from __future__ import annotations

from collections.abc import Mapping

from eutectic.core.composition import Basis
from eutectic.core.elements import element, is_element
from eutectic.core.errors import BadInput
from eutectic.core.formula import parse_formula


def mass_per_share(name: str, basis: Basis) -> float:
    """Mass of one unit of a component's share: g/mol for atoms and moles, g/cm3 for volumes, 1 for weights.

    Raises:
        BadInput: the mass is not known, such as of a polymer's name in mol%.
    """
    if basis == "wt%":
        return 1.0
    if basis == "vol%":
        density = element(name).density if is_element(name) else None
        if density is None:
            raise BadInput(f"the density of {name!r} is not known", mend="give the space in wt% for max_price")
        return density
    try:
        return sum(count * element(symbol).mass for symbol, count in parse_formula(name).items())
    except BadInput as error:
        raise BadInput(
            f"the molar mass of {name!r} is not known", mend="give the space in wt% for max_price"
        ) from error


def price_per_kg(fractions: Mapping[str, float], prices: Mapping[str, float], basis: Basis) -> float:
    """Money per kg of a recipe.

    Args:
        fractions: Share of each component in the basis.
        prices: Money per kg of each component.
        basis: Of the shares.

    Raises:
        BadInput: a component's mass is not known.
    """
    masses = {name: share * mass_per_share(name, basis) for name, share in fractions.items()}
    return sum(mass * prices[name] for name, mass in masses.items()) / sum(masses.values())
